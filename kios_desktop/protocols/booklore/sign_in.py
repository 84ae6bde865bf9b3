"""Sign-in with a password, and the refresh of a pair of tokens: two requests without a token.

No old token goes along: to an expired one the servers answer 401, even here.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from kios_desktop.domain.errors import (
    Gone,
    Lacks,
    LockedOut,
    NotMatched,
    Refusal,
    Refused,
    Rejected,
    Unsupported,
)
from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore.answers import json_of, said_in
from kios_desktop.protocols.booklore.api import Api
from kios_desktop.protocols.booklore.endpoints import REFRESH, SIGN_IN, Endpoint
from kios_desktop.protocols.booklore.tokens import LOCKED_S, Tokens, tokens_in
from kios_desktop.protocols.http import Reply

_WRONG = "invalid credentials"


class SignInDoor:
    """Where tokens are bought. `now` is our clock."""

    def __init__(self, api: Api, now: Callable[[], datetime]) -> None:
        self._api, self._now = api, now

    @property
    def server(self) -> str:
        """Whose tokens they are; it may hold secrets."""
        return self._api.base.reveal()

    async def sign_in(self, username: str, password: Secret) -> Tokens:
        """A new pair for a password.

        Raises `Rejected` with `CREDENTIALS` for a wrong one and with `ELSEWHERE` where the server
        takes none, `LockedOut`, and `Conflict` when somebody signed in within the same second.
        """
        if not all(map(_is_text, (username, password.reveal()))):
            raise Rejected(Refusal.CREDENTIALS)  # no account has these
        body = {"username": username, "password": password.reveal()}
        reply = await self._send(SIGN_IN, body, password)
        words = said_in(reply).lower()  # what is quoted has the password taken out
        try:
            return await self._read(SIGN_IN, reply)
        except Refused:
            if _WRONG in words:
                raise Rejected(Refusal.CREDENTIALS) from None
            raise
        except Rejected as error:
            raise Rejected(_refusal(words), error.said) from None

    async def refresh(self, token: Secret) -> Tokens:
        """The next pair; the token is spent by asking.

        Raises `Refused` or `Conflict` for a token that is not good any more, and `LockedOut`.
        """
        reply = await self._send(REFRESH, {"refreshToken": token.reveal()}, token)
        return await self._read(REFRESH, reply)

    async def _send(self, endpoint: Endpoint, body: dict[str, str], secret: Secret) -> Reply:
        reply = await self._api.send(endpoint, {}, {}, body)
        if reply.status == 429:
            raise LockedOut(LOCKED_S)
        return replace(reply, secrets=(secret.reveal(), *reply.secrets))  # it may be quoted

    async def _read(self, endpoint: Endpoint, reply: Reply) -> Tokens:
        try:
            return tokens_in(await json_of(reply, endpoint), self._now())
        except (Gone, NotMatched, Unsupported):
            raise Unsupported(f"{reply.status} on {endpoint.path}", Lacks.BOOKLORE) from None


def _is_text(given: str) -> bool:
    """Whether it can be sent: bytes of another encoding are read as halves of characters."""
    try:
        given.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refusal(words: str) -> Refusal:
    """“local login is disabled. use oidc to sign in.”"""
    elsewhere = "oidc" in words or "local login" in words
    return Refusal.ELSEWHERE if elsewhere else Refusal.FORBIDDEN
