"""Keeps one account in step: book by book, one request at a time, and with patience.

Runs on the event loop's thread. `run` never raises for what a server or the disk does.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from kios_desktop.domain.accounts import (
    AccountChoices,
    AccountFault,
    AccountServer,
    AccountStatus,
    BookLink,
    Capabilities,
    FoundBy,
    LinkState,
)
from kios_desktop.domain.errors import (
    LockedOut,
    Malformed,
    NotMatched,
    Refusal,
    Rejected,
    RemoteError,
    StorageError,
    Unsupported,
)
from kios_desktop.domain.library import BookId
from kios_desktop.outbox.book_exchange import BookExchange, ExchangeVisit
from kios_desktop.outbox.other_book import forget_what_it_had, is_same_account
from kios_desktop.outbox.outcomes import (
    account_fault,
    concerns_a_book,
    is_to_come,
    pause_after,
    wait_after,
)
from kios_desktop.outbox.ports import (
    AccountRemote,
    AccountStore,
    BookThere,
    ItemStore,
    LibraryHere,
)

log = logging.getLogger(__name__)

_ASKED_AGAIN: Final = timedelta(days=1)  # what the server can do
_ASKED_SOON: Final = timedelta(hours=1)
_ASKED_JUST_NOW: Final = timedelta(minutes=5)
_MOST_IN_A_ROW: Final = 3  # books that fail one after the other: it is not about them
_SOUGHT_AGAIN: Final = timedelta(days=1)  # a book that the server did not have


class AccountSync:
    """`changed` is called when the status or what waits may have changed."""

    def __init__(
        self,
        account_id: str,
        remote: AccountRemote,
        accounts: AccountStore,
        items: ItemStore,
        library: LibraryHere,
        now: Callable[[], datetime],
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        self.account_id, self.remote = account_id, remote
        self._accounts, self._items, self._library = accounts, items, library
        self._now, self._changed = now, changed
        self._exchange = BookExchange(remote, items, library, now)
        self._visiting = asyncio.Lock()
        self._is_awaited = False  # a run for all books waits for its turn
        self._failures = 0
        self._unforeseen: Exception | None = None
        self._trouble: RemoteError | None = None  # of a single book, in this run
        self._resting: dict[BookId, tuple[int, datetime | None, RemoteError | None]] = {}
        self.status = AccountStatus()

    async def run(self, books: Sequence[BookId] | None = None, *, asked: bool = False) -> None:
        """Exchange what is due of these books, else of all. `asked`: a person wants it now.

        Of the runs for all, one at most waits for its turn.
        """
        is_for_all = books is None and not asked
        if is_for_all and self._is_awaited:
            return
        self._is_awaited |= is_for_all
        async with self._visiting:
            self._is_awaited &= not is_for_all
            retry_at = self.status.retry_at
            locked = self.status.fault is AccountFault.LOCKED_OUT
            if is_to_come(retry_at, self._now()) and (locked or not asked):
                return
            self._tell(replace(self.status, is_running=True))
            self._unforeseen = self._trouble = None
            try:
                await self._run(books, asked=asked)
            except RemoteError as error:
                await self._failed(error)
            except StorageError as error:
                log.warning("an account waits for our own disk: %s", error)
                self._pause(error, AccountFault.STORAGE, wait_after(1))
            else:
                self._failures = 0
                self._tell(AccountStatus(error=self._unforeseen, succeeded_at=self._now()))
            finally:
                self._tell(replace(self.status, is_running=False))

    async def _run(self, books: Sequence[BookId] | None, *, asked: bool) -> None:
        choices = await self._accounts.choices(self.account_id)
        if not choices.sends and not choices.fetches:
            return
        server = await self.server(asked=asked)
        if server.asks_password and not asked:
            raise Rejected(Refusal.CREDENTIALS)
        if books is None:
            books = await self._items.books_with_work(
                self.account_id, choices, self._library.growing(), self._now()
            )
        visit = ExchangeVisit(self.account_id, choices, server)
        in_a_row, has_worked = 0, False
        for book_id in books:
            if not asked and self._rests(book_id):
                continue
            error = await self._visit(visit, book_id, asked=asked)
            in_a_row = 0 if error is None else in_a_row + 1
            has_worked |= error is None
            self._changed()
            if error is not None and in_a_row == _MOST_IN_A_ROW:
                raise error
        if self._trouble is not None and not has_worked:
            raise self._trouble

    def _rests(self, book_id: BookId) -> bool:
        """Whether it failed a short while ago, which is told again."""
        _failures, until, error = self._resting.get(book_id, (0, None, None))
        if not is_to_come(until, self._now()):
            return False
        self._unforeseen = error
        return True

    async def server(self, *, asked: bool = False) -> AccountServer:
        """What is known of the server.

        It is asked again once a day, sooner when it lacks what is switched on, and when a person
        wants it.
        """
        choices = await self._accounts.choices(self.account_id)
        known = await self._accounts.server(self.account_id)
        until = known.locked_until
        if until is not None and is_to_come(until, self._now()):
            raise LockedOut((until - self._now()).total_seconds())
        if known.asks_password and not asked:
            return known
        age = None if known.asked_at is None else self._now() - known.asked_at
        newest = _ASKED_JUST_NOW if asked else _ASKED_AGAIN
        if not asked and lacks_something(choices, known.capabilities):
            newest = _ASKED_SOON
        if age is None or not timedelta(0) <= age < newest:
            known = replace(await self.remote.know(known), asked_at=self._now())
            await self._accounts.save_server(self.account_id, known)
        return known

    async def _visit(
        self, visit: ExchangeVisit, book_id: BookId, *, asked: bool
    ) -> RemoteError | None:
        """One book; what is wrong with it alone is returned, and stops no other."""
        try:
            link, there = await self.linked(visit.server, book_id, asked=asked)
            if link is not None and there is not None:
                await self._exchange.exchange(visit, link, there)
        except NotMatched as error:  # it went while it was visited
            log.info("a book is not on the server any more: %s", error)
            await self._lost(book_id)
        except RemoteError as error:
            if not concerns_a_book(error):
                raise
            log.warning("a book is not sent: %s", error)
            failures = self._resting.get(book_id, (0, None, None))[0] + 1
            self._resting[book_id] = failures, self._now() + wait_after(failures), error
            self._unforeseen = self._trouble = error
            return error
        except StorageError:
            raise
        except Exception as error:  # the others are visited all the same
            log.exception("a book is not sent")
            self._unforeseen = error
        self._resting.pop(book_id, None)
        return None

    # -- which book it is

    async def linked(
        self, server: AccountServer, book_id: BookId, *, asked: bool = False
    ) -> tuple[BookLink | None, BookThere | None]:
        """The book there; None where it is not known, or nothing of it is to be sent.

        An id of another server, or of one that was set up anew, counts only if the title or the
        ISBN agrees.
        """
        link = await self._accounts.link(self.account_id, book_id)
        if link is not None and link.state in (LinkState.OFF, LinkState.CHOOSE):
            return None, None
        if link is not None and link.state is LinkState.UNKNOWN and not asked:
            age = None if link.checked_at is None else self._now() - link.checked_at
            if age is not None and timedelta(0) <= age < _SOUGHT_AGAIN:
                return None, None
        if link is None or link.remote_id is None:
            return await self._found(link, server, book_id)
        there = await self.remote.book(link.remote_id)
        if there is None or not await self._is_still(link, there, server):
            return await self._found(link, server, book_id)
        if not is_same_account(link.identity, server.identity):
            await forget_what_it_had(self._items, self.account_id, book_id)
        known = replace(
            link, state=LinkState.MATCHED, title=there.title, identity=server.identity, choices=()
        )
        if known != link:
            await self._accounts.save_link(self.account_id, known)
        return known, there

    async def _is_still(self, link: BookLink, there: BookThere, server: AccountServer) -> bool:
        """Whether the id means the same book as before."""
        is_known = link.identity == server.identity
        if is_known and (there.title == link.title or link.found_by is FoundBy.PERSON):
            return True
        return self.remote.agrees(there, await self._library.evidence(link.book_id))

    async def _found(
        self, before: BookLink | None, server: AccountServer, book_id: BookId
    ) -> tuple[BookLink | None, BookThere | None]:
        evidence = await self._library.evidence(book_id)
        link = await self.remote.find(book_id, evidence, server, is_moved=before is not None)
        link = replace(link, identity=server.identity, checked_at=self._now())
        if link.remote_id is None:
            await self._accounts.save_link(self.account_id, _with_last(link, before))
            return None, None
        if before is not None and (
            before.remote_id not in (None, link.remote_id)
            or not is_same_account(before.identity, server.identity)
        ):
            await forget_what_it_had(self._items, self.account_id, book_id)
        await self._accounts.save_link(self.account_id, link)
        there = await self.remote.book(link.remote_id)
        return (link, there) if there is not None else (None, None)

    async def _lost(self, book_id: BookId) -> None:
        """Look for the book anew at the next visit."""
        link = await self._accounts.link(self.account_id, book_id)
        if link is not None and link.state is LinkState.MATCHED:
            unknown = replace(link, state=LinkState.UNKNOWN, checked_at=self._now())
            await self._accounts.save_link(self.account_id, unknown)

    # -- failures

    async def _failed(self, error: RemoteError) -> None:
        self._failures += 1
        fault = account_fault(error)
        log.warning("an account waits (%s): %s", fault, error)
        if isinstance(error, LockedOut):
            self._failures = 0
            await self._learned(locked_until=self._now() + pause_after(error, 1))
        if fault is AccountFault.PASSWORD:
            await self._learned(asks_password=True)
        elif isinstance(error, Malformed | Unsupported):
            await self._learned(asked_at=None)  # it may have lost what it could do
        self._pause(error, fault, pause_after(error, max(1, self._failures)))

    async def _learned(self, **changes: object) -> None:
        try:
            known = await self._accounts.server(self.account_id)
            await self._accounts.save_server(self.account_id, replace(known, **changes))
        except StorageError as error:
            log.warning("what is known of a server is not kept: %s", error)

    def _pause(self, error: Exception, fault: AccountFault, pause: timedelta) -> None:
        retry_at = self._now() + pause
        self._tell(replace(self.status, fault=fault, error=error, retry_at=retry_at))

    def _tell(self, status: AccountStatus) -> None:
        if status != self.status:
            self.status = status
            self._changed()


def _with_last(found: BookLink, before: BookLink | None) -> BookLink:
    """One that was not found, with the book that it was: it may only be away for a while."""
    if before is None or before.remote_id is None:
        return found
    return replace(before, state=found.state, checked_at=found.checked_at, choices=found.choices)


def lacks_something(choices: AccountChoices, found: Capabilities) -> bool:
    """Whether the server does not have what is switched on."""
    return not all(found.has(topic) for topic in choices.sends)
