"""Keeps the tokens of one account good: one renewal at a time, and as few sign-ins as can be.

The tokens and the password are in the password store. Another running Kios may share them, so they
are read again before a renewal: whoever was quicker has put the new pair there. They are bound to
the name and the server: after a change of either they are not used, and never sent elsewhere.

A renewal is one task for all who wait for it, and goes on when they are cancelled: the answer to a
refresh can't be had twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

from kios_desktop.domain.errors import (
    Conflict,
    Faulty,
    LockedOut,
    Malformed,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    StorageError,
    Unreachable,
)
from kios_desktop.domain.secret import Secret
from kios_desktop.protocols.booklore.sign_in import SignInDoor
from kios_desktop.protocols.booklore.tokens import (
    LOCKED_S,
    KeptTokens,
    Tokens,
    packed,
    unpacked,
)

log = logging.getLogger(__name__)

PAUSE_S: Final = 1.5
"""Two sign-ins of one account within a second make the same token, and one of them fails. Whoever
was quicker with a refresh has stored the new pair after that time."""

AGAIN_S: Final = 60.0
"""While the old token is good, a renewal that failed is not tried again for so long."""


class AccountSecrets(Protocol):
    """What the password store has of one account. Raises `StorageError` when the store fails.

    The text that `keep_tokens` is given is what `tokens` is to give back, in any later process.
    """

    async def password(self) -> Secret | None: ...
    async def tokens(self) -> Secret | None: ...
    async def keep_tokens(self, tokens: Secret) -> None: ...


class TokenKeeper:
    """The tokens of `username`. `now` is our clock.

    After a wrong password nothing is sent any more with it: every call raises `Rejected` with
    `CREDENTIALS`, until the store has another one. A lock-out raises `LockedOut` without a request
    until it is over, also after a restart. Nobody is ever signed out: that would sign out all other
    apps too.
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
        self._account = f"{username} {door.server}"
        self._now, self._sleep = now, sleep
        self._renewing: asyncio.Task[Tokens] | None = None
        self._tokens: Tokens | None = None
        self._wrong: Secret | None = None
        self._failed_at: datetime | None = None  # the last renewal, while the old token was good
        self._no_refresh_until: datetime | None = None
        self.locked_until: datetime | None = None
        """Until when the server takes no sign-in; None if it does, or before the first attempt."""

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
        if tokens is None or not self._will_do(tokens):
            tokens = await self._together(self._usable)
        return tokens.access

    async def renewed(self, refused: Secret) -> Secret:
        """The access token after `refused` was answered with a 401 without a word.

        Raises `Faulty` where that token is new: then it is not about the token, but about a server
        whose database is away. Nobody is asked for a password because of that.
        """
        tokens = self._tokens
        if tokens is None or tokens.access == refused:
            if tokens is not None and tokens.is_new(self._now()):
                raise Faulty(401)
            tokens = await self._together(partial(self._other_than, refused))
        if tokens.access == refused:
            raise Faulty(401)  # it could not be renewed just now, and is no good
        return tokens.access

    async def _together(self, renew: Callable[[], Coroutine[Any, Any, Tokens]]) -> Tokens:
        """The outcome of the renewal that is going on, or of this one."""
        if self._renewing is None:
            self._renewing = asyncio.create_task(renew(), name="tokens of an account")
            self._renewing.add_done_callback(self._ended)
        return await asyncio.shield(self._renewing)

    def _ended(self, renewing: asyncio.Task[Tokens]) -> None:
        self._renewing = None
        if not renewing.cancelled():
            renewing.exception()  # nobody may be waiting for it any more

    def _will_do(self, tokens: Tokens) -> bool:
        """Whether it needs no renewal, or none just now."""
        now = self._now()
        if not tokens.is_due(now):
            return True
        return tokens.is_good(now) and _within(AGAIN_S, self._failed_at, now)

    async def _usable(self) -> Tokens:
        tokens = await self._latest()
        if tokens is not None and tokens.is_due(self._now()):
            tokens = await self._next_while_good(tokens)
        self._tokens = tokens or await self._signed_in()
        return self._tokens

    async def _other_than(self, refused: Secret) -> Tokens:
        tokens = await self._latest()
        if tokens is None or tokens.access == refused:
            tokens = await self._next(tokens)
        self._tokens = tokens
        return tokens

    async def _next_while_good(self, tokens: Tokens) -> Tokens:
        """The next pair, or the same one if there is no next just now but it can still be used."""
        self._tokens = tokens
        try:
            return await self._next(tokens)
        except RemoteError:
            if not tokens.is_good(self._now()):
                raise
            self._failed_at = self._now()
            log.info("the tokens could not be renewed; the old one is still good")
            return self._tokens

    async def _next(self, tokens: Tokens | None) -> Tokens:
        """By refresh; by password where there is no refresh token any more."""
        locked = _within(LOCKED_S, self._now(), self._no_refresh_until)
        if tokens is not None and tokens.refresh and not locked:
            try:
                return await self._kept(await self._door.refresh(tokens.refresh))
            except Unreachable as error:
                if not error.not_done:
                    await self._spent(tokens)
                raise
            except Malformed:
                await self._spent(tokens)
                raise
            except (Refused, Conflict):
                await self._sleep(PAUSE_S)  # another Kios may have been quicker
                stored = (await self._stored()).tokens
                others = stored is not None and stored.access != tokens.access
                if stored is not None and others and not stored.is_due(self._now()):
                    return stored
                await self._spent(tokens)
            except LockedOut as error:
                self._no_refresh_until = self._now() + timedelta(seconds=error.retry_after_s or 0)
                log.info("no refresh for a while; signing in")
        return await self._signed_in()

    async def _signed_in(self) -> Tokens:
        """By password. Raises `Rejected`, `LockedOut`, `Faulty` and the like."""
        await self._check_lock()
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
            await self._keep(self._tokens or (await self._stored()).tokens)
            raise
        except Rejected as error:
            self._wrong = password if error.refusal is Refusal.CREDENTIALS else self._wrong
            raise
        return await self._kept(tokens)

    async def _check_lock(self) -> None:
        """A wait that was stored counts too, but none that is longer than the servers have it."""
        now = self._now()
        for until in (self.locked_until, (await self._stored()).locked_until):
            if until is not None and _within(LOCKED_S, now, until):
                self.locked_until = until
                raise LockedOut((until - now).total_seconds())
        self.locked_until = None

    async def _latest(self) -> Tokens | None:
        """The pair here, or that in the store if it is newer: another Kios may have renewed it.

        Of the same pair that one whose refresh token was spent.
        """
        mine, stored = self._tokens, (await self._stored()).tokens
        if mine is None or stored is None:
            return mine or stored
        if mine.access == stored.access:
            return stored if mine.refresh else mine
        return stored if stored.obtained_at > mine.obtained_at else mine

    async def _spent(self, tokens: Tokens) -> None:
        """The refresh token may have been used up: it is never sent again."""
        self._tokens = Tokens(tokens.access, Secret(""), tokens.obtained_at)
        stored = (await self._stored()).tokens
        if stored is None or stored.refresh == tokens.refresh:
            await self._keep(self._tokens)

    async def _kept(self, tokens: Tokens) -> Tokens:
        """Stored before the first use."""
        await self._keep(tokens)
        self._tokens, self._failed_at = tokens, None
        return tokens

    async def _keep(self, tokens: Tokens | None) -> None:
        """A store that fails costs one sign-in at the next start."""
        kept = KeptTokens(tokens, self.locked_until)
        try:
            await self._secrets.keep_tokens(packed(kept, self._account))
        except StorageError as error:
            log.warning("the tokens could not be kept: %s", type(error).__name__)

    async def _stored(self) -> KeptTokens:
        """Nothing from a store that fails: then the password, too, is not to be had."""
        try:
            return unpacked(await self._secrets.tokens(), self._account)
        except StorageError as error:
            log.warning("the kept tokens could not be read: %s", type(error).__name__)
            return KeptTokens()


def _within(seconds: float, earlier: datetime | None, later: datetime | None) -> bool:
    """Whether the one is before the other, by so much at most."""
    if earlier is None or later is None:
        return False
    return 0 <= (later - earlier).total_seconds() <= seconds
