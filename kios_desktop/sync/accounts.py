"""An account in use: one request at a time, and the result of the last one."""

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
    """One account, its lock, and what its server answered last."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.one_at_a_time = asyncio.Lock()
        self.checking = False
        self.checked_at: datetime | None = None
        self.sent_at: datetime | None = None
        self.error: KiosError | None = None
        self.not_reachable_since: datetime | None = None

    def record_result(self, error: KiosError | None, at: datetime) -> None:
        """Records the result of a request. An error about one book is no error of the server."""
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
        """Runs the account's check, unless the server has answered a request since `begun`."""
        check = self.account.check
        if check is None or (self.checked_at is not None and self.checked_at >= begun):
            return
        try:
            await check()
        except RemoteError as error:
            self.record_result(error, now())
        else:
            self.record_result(None, now())

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
    """Whether the error means that the server keeps no places at all, which is no fault."""
    return isinstance(error, Unsupported) and error.lacks is Lacks.PLACES
