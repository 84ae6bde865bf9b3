"""The two tokens of an account, and the rules about them. Pure.

The access token signs requests for some hours. The refresh token buys the next pair, once: the
server revokes it in the same moment. It would also be taken for an access token, for thirty days;
it is never sent as one.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.loose import words_of
from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore.claims import claims_of

LEAST_LEFT_S: Final = 600.0
LEAST_SHARE: Final = 0.1
SETTLED_S: Final = 60.0
"""A pair younger than this is not replaced: a refresh within a second of a sign-in spends the
token and fails, and a 401 to a new token is not about the token."""

LOCKED_S: Final = 900.0
"""How long the servers take no sign-in after five wrong ones."""


class Tokens(Struct, frozen=True):
    """A pair, obtained at a time of our clock. `refresh` is empty once it may have been spent."""

    access: Secret
    refresh: Secret
    obtained_at: datetime

    @property
    def user_id(self) -> int | None:
        return claims_of(self.access).user_id

    @property
    def issuer(self) -> str:
        return claims_of(self.access).issuer

    @property
    def lifetime_s(self) -> float | None:
        return claims_of(self.access).lifetime_s

    def left_s(self, now: datetime) -> float | None:
        """How long the access token is good; None if it does not say.

        0 where our clock has gone back since: it is not known when the token was obtained.
        """
        lifetime_s = self.lifetime_s
        if lifetime_s is None:
            return None
        age_s = (now - self.obtained_at).total_seconds()
        return 0.0 if age_s < -1 else max(0.0, lifetime_s - age_s)

    def is_due(self, now: datetime) -> bool:
        """Whether the pair is to be replaced before the next request."""
        left_s = self.left_s(now)
        if left_s is None or self.is_new(now):
            return False
        return left_s < max(LEAST_LEFT_S, LEAST_SHARE * (self.lifetime_s or 0.0))

    def is_new(self, now: datetime) -> bool:
        return timedelta(0) <= now - self.obtained_at < timedelta(seconds=SETTLED_S)

    def is_good(self, now: datetime) -> bool:
        """Whether the access token can still be used, although it is due."""
        left_s = self.left_s(now)
        return left_s is None or left_s > 0


def tokens_in(body: object, now: datetime) -> Tokens:
    """The pair in the answer to a sign-in or a refresh. Raises `Malformed`."""
    given: dict[str, Any] = body if isinstance(body, dict) else {}
    access, refresh = words_of(given.get("accessToken")), words_of(given.get("refreshToken"))
    if not access or not access.isascii() or not refresh:
        raise Malformed("signed in, but without a token")
    return Tokens(Secret(access), Secret(refresh), now)


class KeptTokens(Struct, frozen=True):
    """What is stored of an account: its pair, and until when the server takes no sign-in."""

    tokens: Tokens | None = None
    locked_until: datetime | None = None


def packed(kept: KeptTokens, account: str) -> Secret:
    """As text for the password store; `account` is the name and the server, and nobody else's."""
    tokens, until = kept.tokens, kept.locked_until
    content = {"account": account}
    if tokens is not None:
        content |= {
            "access": tokens.access.reveal(),
            "refresh": tokens.refresh.reveal(),
            "obtained_at": tokens.obtained_at.isoformat(),
        }
    content |= {"locked_until": until.isoformat()} if until is not None else {}
    return Secret(msgspec.json.encode(content).decode())


def unpacked(text: Secret | None, account: str) -> KeptTokens:
    """What was packed; nothing of what is of another account or server, or can't be read."""
    try:
        body = msgspec.json.decode(text.reveal()) if text else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict) or body.get("account") != account:
        return KeptTokens()
    access, refresh = words_of(body.get("access")), words_of(body.get("refresh"))
    obtained_at = _aware(body.get("obtained_at"))
    tokens = None
    if access and obtained_at is not None:
        tokens = Tokens(Secret(access), Secret(refresh), obtained_at)
    return KeptTokens(tokens, _aware(body.get("locked_until")))


def _aware(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(words_of(text))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def secrets_in(text: Secret) -> tuple[Secret, ...]:
    """The tokens in what was packed, whosesoever they are, to be kept out of logs."""
    try:
        body = msgspec.json.decode(text.reveal())
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    given: dict[str, Any] = body if isinstance(body, dict) else {}
    found = (words_of(given.get(name)) for name in ("access", "refresh"))
    return tuple(Secret(one) for one in found if one)
