"""Sign-in, tokens, and the user of KOReader sync."""

import base64
import hashlib
import json
from collections import deque
from typing import Any

from tests.fakes.booklore_answers import (
    CONFLICT,
    Failed,
    error,
    failed,
    framework,
    invalid,
    js,
    nothing,
)
from tests.fakes.booklore_state import Person, State
from tests.fakes.booklore_variants import Variant
from tests.fakes.loopback import Asked, Says

LOCKED_S, WRONG = 900, 5
LIMITED = "Too many failed login attempts. Please try again later."


class Accounts:
    """Tokens are made as the servers make them: two of one second are the same.

    `now` is their clock, in seconds; `oidc_only` turns passwords away.
    """

    def __init__(self, variant: Variant, state: State) -> None:
        self.variant, self.state = variant, state
        self.now = 1_796_000_000.0
        self.oidc_only = False
        self.lifetime_s: int = variant.lifetime_s
        self.revoked_before = 0.0  # access tokens issued earlier are not good any more
        self.refresh_tokens: dict[str, tuple[int, bool]] = {}  # token → (person, still good)
        self._wrong: dict[str, deque[float]] = {"login": deque(), "refresh": deque()}

    def issue(self, person: Person, lifetime_s: int | None = None, kind: str = "access") -> str:
        """A token of this second."""
        issued = int(self.now)
        claims = {
            **({"iss": "booklore"} if self.variant.modern else {}),
            "sub": person.name,
            "userId": person.id,
            "isDefaultPassword": True,
            "iat": issued,
            "exp": issued + (self.lifetime_s if lifetime_s is None else lifetime_s),
        }
        if kind == "refresh":
            claims["exp"] = issued + 30 * 86_400
        parts = [{"alg": "HS256"}, claims]
        encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode() for p in parts]
        signature = hashlib.sha256(".".join(encoded).encode()).hexdigest()
        return ".".join(one.rstrip("=") for one in (*encoded, signature))

    def person_of(self, asked: Asked, public: bool = False) -> Person | None:
        """Who asks, by Bearer; None without one. Raises `Failed` for a token that is not good."""
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        person = self._bearer(token)
        if person is None and self.variant.modern:
            if public:
                return None
            raise Failed(framework(401, asked.path.partition("?")[0]))
        if person is None:
            raise Failed(nothing(401))
        return person

    def koreader_person(self, asked: Asked) -> Person | None:
        """Who asks, by the headers of KOReader; None for wrong ones and without them."""
        name, key = asked.headers.get("x-auth-user"), asked.headers.get("x-auth-key", "")
        for person in self.state.people.values():
            user = person.koreader
            if user is not None and user["username"] == name:
                return person if key.lower() == user["passwordMD5"] else None
        return None

    def sign_in(self, body: Any) -> Says:
        self._check_limit("login")
        given = body if isinstance(body, dict) else {}
        if not given.get("username"):
            raise invalid("username: Username must not be blank")
        if not given.get("password"):
            raise invalid("password: Password must not be blank")
        if self.oidc_only:
            raise failed(403, "Local login is disabled. Use OIDC to sign in.")
        person = self.state.named(given["username"])
        if person is None or person.password != given["password"]:
            self._wrong["login"].append(self.now)
            raise failed(400, "Invalid credentials")
        return self._pair(person, default_password=True)

    def refresh(self, body: Any) -> Says:
        self._check_limit("refresh")
        token = body.get("refreshToken") if isinstance(body, dict) else None
        if not token:
            raise invalid("refreshToken: Refresh token must not be blank")
        person_id, good = self.refresh_tokens.get(token, (0, False))
        if not good:
            self._wrong["refresh"].append(self.now)
            raise failed(400, "Invalid credentials")
        self.refresh_tokens[token] = (person_id, False)
        return self._pair(self.state.people[person_id], default_password=False)

    def koreader_user(self, person: Person) -> Says:
        self._check_may_sync(person)
        if person.koreader is None:
            message = f"Koreader user not found for BookLore user ID: {person.id}"
            return error(404, message)
        return js(200, person.koreader)

    def save_koreader_user(self, person: Person, body: Any) -> Says:
        self._check_may_sync(person)
        key = hashlib.md5(body["password"].encode(), usedforsecurity=False).hexdigest()
        switch = "syncWithWebReader" if self.variant.modern else "syncWithBookloreReader"
        kept = person.koreader or {"id": 1, "syncEnabled": False, switch: False}
        given = {"username": body["username"], "password": body["password"], "passwordMD5": key}
        person.koreader = {**kept, **given}
        return js(200, person.koreader)

    def _check_may_sync(self, person: Person) -> None:
        if not person.may_sync:
            raise failed(403, self.variant.denied)

    def _check_limit(self, what: str) -> None:
        wrong = self._wrong[what]
        while wrong and wrong[0] <= self.now - LOCKED_S:
            wrong.popleft()
        if len(wrong) >= WRONG:
            raise failed(429, LIMITED)

    def _pair(self, person: Person, default_password: bool) -> Says:
        refresh = self.issue(person, kind="refresh")
        if refresh in self.refresh_tokens:
            raise Failed(error(400, CONFLICT))
        self.refresh_tokens[refresh] = (person.id, True)
        body: dict[str, Any] = {"accessToken": self.issue(person), "refreshToken": refresh}
        if self.variant.modern:
            body["expires"] = self.lifetime_s
        if default_password:
            body["isDefaultPassword"] = True if self.variant.modern else "true"
        return js(200, body)

    def _bearer(self, token: str) -> Person | None:
        """Refresh tokens too are taken for access tokens."""
        head, _, signature = token.rpartition(".")
        parts = head.split(".")
        if len(parts) != 2:
            return None
        try:
            padded = [part + "=" * (-len(part) % 4) for part in parts]
            claims = json.loads(base64.urlsafe_b64decode(padded[1]))
        except ValueError:
            return None
        if hashlib.sha256(".".join(padded).encode()).hexdigest() != signature:
            return None
        if claims["exp"] <= self.now or claims["iat"] < self.revoked_before:
            return None
        return self.state.people.get(claims["userId"])
