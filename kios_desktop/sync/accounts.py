"""An account in use: whose turn it is to send a request, and how the server has been."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from kios_desktop.domain.errors import (
    ClockAhead,
    KiosError,
    Lacks,
    NotMatched,
    Overtaken,
    Refused,
    RemoteError,
    Unreachable,
    Unsupported,
)
from kios_desktop.domain.progress import ServerLine
from kios_desktop.sync.ports import Account

_OF_ONE_BOOK = (NotMatched, Refused, Overtaken, ClockAhead)


class Connection:
    """One request at a time per account; the last answer and the last trouble."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.one_at_a_time = asyncio.Lock()
        self.checking = False
        self.checked_at: datetime | None = None
        self.sent_at: datetime | None = None
        self.error: KiosError | None = None
        self.not_reachable_since: datetime | None = None

    def heard(self, error: KiosError | None, at: datetime) -> None:
        """What came of a request. Trouble with one book is no trouble with the server."""
        if error is not None and not isinstance(error, RemoteError):
            return
        if error is None or keeps_none(error) or isinstance(error, _OF_ONE_BOOK):
            self.checked_at, self.error, self.not_reachable_since = at, None, None
            return
        self.error = error
        if isinstance(error, Unreachable):
            self.not_reachable_since = self.not_reachable_since or at
        else:
            self.not_reachable_since = None

    async def check_since(self, begun: datetime, now: Callable[[], datetime]) -> None:
        """Ask the server whether all is well, unless it has answered somebody since `begun`."""
        check = self.account.check
        if check is None or (self.checked_at is not None and self.checked_at >= begun):
            return
        try:
            await check()
        except RemoteError as error:
            self.heard(error, now())
        else:
            self.heard(None, now())

    def line(self, next_try_at: datetime | None) -> ServerLine:
        return ServerLine(
            source_id=self.account.source_id,
            name=self.account.name,
            kind=self.account.kind,
            checked_at=self.checked_at,
            error=self.error,
            not_reachable_since=self.not_reachable_since,
            next_try_at=next_try_at if self.error is not None else None,
        )


def keeps_none(error: KiosError) -> bool:
    """Whether a server said that it keeps no places at all: there is nothing wrong with it."""
    return isinstance(error, Unsupported) and error.lacks is Lacks.PLACES
