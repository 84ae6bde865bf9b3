"""Keeps the tokens of one account good: one renewal at a time, and as few sign-ins as can be.

The tokens and the password are in the password store. Another running Kios may share them, so they
are read again before a renewal: whoever was quicker has put the new pair there.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from kios_desktop.domain.errors import (
    Conflict,
    Fault,
    Faulty,
    LockedOut,
    Malformed,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    StorageError,
    Unreachable,
    Untrusted,
)
from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore.sign_in import SignInDoor
from kios_desktop.protocols.booklore.tokens import Tokens, packed, unpacked

log = logging.getLogger(__name__)

PAUSE_S: Final = 1.5
"""Two sign-ins of one account within a second make the same token, and one of them fails."""

_NEVER_SENT: Final = frozenset({Fault.DNS, Fault.REFUSED, Fault.OFFLINE})


class AccountSecrets(Protocol):
    """What the password store has of one account. Raises `StorageError` when the store fails."""

    async def password(self) -> Secret | None: ...
    async def tokens(self) -> Secret | None: ...
    async def keep_tokens(self, tokens: Secret) -> None: ...


class TokenKeeper:
    """The tokens of `username`. `now` is our clock.

    After a wrong password nothing is sent any more with it: every call raises `Rejected` with
    `CREDENTIALS`, until the store has another one. A lock-out raises `LockedOut` without a request
    until it is over. Nobody is ever signed out: that would sign out all other apps too.
    """

    def __init__(
        self,
        door: SignInDoor,
        username: str,
        secrets: AccountSecrets,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._door, self._username, self._secrets = door, username, secrets
        self._now, self._sleep = now, sleep
        self._renewing = asyncio.Lock()
        self._tokens: Tokens | None = None
        self._wrong: Secret | None = None
        self.locked_until: datetime | None = None
        """Until when the server takes no sign-in; None if it does."""

    @property
    def user_id(self) -> int | None:
        """The account's id at the server; None before the first request, or if it does not say."""
        return None if self._tokens is None else self._tokens.user_id

    @property
    def left_s(self) -> float | None:
        """How long the access token is good; None if it does not say, or before the first one."""
        return None if self._tokens is None else self._tokens.left_s(self._now())

    @property
    def issuer(self) -> str:
        return "" if self._tokens is None else self._tokens.issuer

    async def token(self) -> Secret:
        """The access token for a request; renewed before, when it is due."""
        tokens = self._tokens
        if tokens is not None and not tokens.is_due(self._now()):
            return tokens.access
        async with self._renewing:
            tokens = self._tokens or await self._stored()
            if tokens is not None and tokens.is_due(self._now()):
                tokens = await self._next_while_good(tokens)
            self._tokens = tokens or await self._signed_in()
            return self._tokens.access

    async def renewed(self, refused: Secret) -> Secret:
        """The access token after `refused` was answered with a 401 without a word.

        Raises `Faulty` where that token is new: then it is not about the token, but about a server
        whose database is away. Nobody is asked for a password because of that.
        """
        async with self._renewing:
            tokens = self._tokens
            if tokens is not None and tokens.access != refused:
                return tokens.access
            if tokens is not None and tokens.is_new(self._now()):
                raise Faulty(401)
            stored = await self._stored()
            if stored is not None and stored.access != refused:
                self._tokens = stored
            else:
                self._tokens = await self._next(stored or tokens)
            return self._tokens.access

    async def _next_while_good(self, tokens: Tokens) -> Tokens:
        """The next pair, or the same one if there is no next just now but it can still be used."""
        stored = await self._stored()
        if stored is not None and not stored.is_due(self._now()):
            return stored
        try:
            return await self._next(stored or tokens)
        except RemoteError:
            if not tokens.is_good(self._now()):
                raise
            log.info("the tokens could not be renewed; the old one is still good")
            return self._tokens or tokens

    async def _next(self, tokens: Tokens | None) -> Tokens:
        """By refresh; by password where there is no refresh token any more."""
        if tokens is not None and tokens.refresh:
            try:
                return await self._kept(await self._door.refresh(tokens.refresh))
            except Unreachable as error:
                if not isinstance(error, Untrusted) and error.fault not in _NEVER_SENT:
                    await self._spent(tokens)
                raise
            except Malformed:
                await self._spent(tokens)
                raise
            except (Refused, Conflict):
                # Somebody was quicker: another Kios, whose pair may be in the store by now
                stored = await self._stored()
                if stored is not None and stored.refresh != tokens.refresh:
                    return stored
                await self._spent(tokens)
                await self._sleep(PAUSE_S)
            except LockedOut:
                log.info("no refresh for a while; signing in")
        return await self._signed_in()

    async def _signed_in(self) -> Tokens:
        """By password. Raises `Rejected`, `LockedOut`, `Faulty` and the like."""
        self._check_lock()
        password = await self._secrets.password()
        if not password:
            raise Rejected(Refusal.FORGOTTEN)
        if password == self._wrong:
            raise Rejected(Refusal.CREDENTIALS)
        try:
            try:
                tokens = await self._door.sign_in(self._username, password)
            except Conflict:
                await self._sleep(PAUSE_S)
                tokens = await self._door.sign_in(self._username, password)
        except LockedOut as error:
            self.locked_until = self._now() + timedelta(seconds=error.retry_after_s or 0)
            raise
        except Rejected as error:
            self._wrong = password if error.refusal is Refusal.CREDENTIALS else self._wrong
            raise
        return await self._kept(tokens)

    def _check_lock(self) -> None:
        if self.locked_until is None:
            return
        left_s = (self.locked_until - self._now()).total_seconds()
        if left_s > 0:
            raise LockedOut(left_s)
        self.locked_until = None

    async def _spent(self, tokens: Tokens) -> None:
        """The refresh token may have been used up: it is never sent again."""
        self._tokens = await self._kept(Tokens(tokens.access, Secret(""), tokens.obtained_at))

    async def _kept(self, tokens: Tokens) -> Tokens:
        """Stored before the first use; a store that fails costs one sign-in at the next start."""
        try:
            await self._secrets.keep_tokens(packed(tokens))
        except StorageError as error:
            log.warning("the tokens could not be kept: %s", type(error).__name__)
        return tokens

    async def _stored(self) -> Tokens | None:
        return unpacked(await self._secrets.tokens())
