"""The sync of all books: creates it per book, passes triggers on, and sums up its state."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from kios_desktop.domain.errors import (
    StorageError,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.preferences import SyncPreferences
from kios_desktop.domain.progress import (
    BookOverview,
    SyncOverview,
    SyncRecord,
    Unsettled,
)
from kios_desktop.domain.watchers import Watchers
from kios_desktop.sync.accounts import Connection
from kios_desktop.sync.driver import BookSync, Timer
from kios_desktop.sync.events import (
    Discarded,
    PreferencesChanged,
    Returned,
    SyncNow,
    Triggered,
    UnknownFileShown,
)
from kios_desktop.sync.overview import book_overview, sync_overview
from kios_desktop.sync.ports import (
    Account,
    BookSourceLinks,
    BookSourceLinkStore,
    Connect,
    NoBookSourceLinks,
    PositionStore,
    ReaderView,
)
from kios_desktop.sync.route import Route, choices, route

log = logging.getLogger(__name__)

SAVE_S = 2.0  # the longest wait for our own disk at the end

T = TypeVar("T")


class SyncEngine:
    """Construct, `start`, and `flush` before the end. All on the event loop's thread.

    `connect` makes the accounts that are configured; `release` is called once no book uses the
    accounts of before any more. `source_links` knows where books came from. `now` and `later` are
    the clock and the timer.
    """

    def __init__(
        self,
        store: PositionStore,
        connect: Connect,
        preferences: SyncPreferences,
        *,
        source_links: BookSourceLinkStore | None = None,
        release: Callable[[], Awaitable[None]] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        later: Callable[[float, Callable[[], None]], Timer] | None = None,
    ) -> None:
        self.store = store
        self._connect, self._release, self._preferences = connect, release, preferences
        self._source_links: BookSourceLinkStore = source_links or NoBookSourceLinks()
        self._now, self._later = now, later
        self._connections: list[Connection] = []
        self._books: dict[BookId, BookSync] = {}
        self._watchers = Watchers()
        self._overview: SyncOverview | None = None  # None when it may differ from the last one
        self._tasks: set[asyncio.Task[Any]] = set()
        self._connecting = asyncio.Lock()
        self._storage_error: StorageError | None = None

    # --- the application

    async def start(self) -> None:
        """Connects the accounts, and pushes what an earlier run left dirty, in the background."""
        await self._reconnect()
        for unsettled in await self._waiting_on_disk():
            book = self._books.get(unsettled.book_id)
            if book is None:
                book = self._book(unsettled.book_id, unsettled.title)
                book.restore(unsettled.position)
                await self._join(book)
                book.feed(Triggered())
            elif book.restored:
                self._push_what_was_left(book)

    def open(self, book_id: BookId, title: str, view: ReaderView) -> BookSync:
        """The sync of a book that is being opened; call its `opened` when the page is shown."""
        book = self._books.get(book_id)
        if book is None:
            book = self._book(book_id, title)
            self._start(self._restore(book))
        book.title = title
        book.attach(view)
        self.changed()
        return book

    def backgrounded(self) -> None:
        """Focus lost, minimised, hidden, or the session ends: push dirty places."""
        self._feed_all(Triggered())

    def foregrounded(self) -> None:
        """Kios is in front again: push dirty places, repeat failed pulls."""
        self._feed_all(Returned())

    def sync_now(self) -> None:
        """Push dirty places, pull for open books, and ask every server at least once."""
        self._feed_all(SyncNow())
        for connection in self._place_servers:
            if connection.account.check is not None:
                self._start(self._check(connection))

    def retry(self, book_id: BookId) -> None:
        if (book := self._books.get(book_id)) is not None:
            book.feed(SyncNow())

    def discard(self, book_id: BookId) -> None:
        """The dirty place of this book is not to be pushed; it stays here."""
        if (book := self._books.get(book_id)) is not None:
            book.feed(Discarded())

    def unknown_file_shown(self, book_id: BookId) -> None:
        """The reader was shown that the server does not know this book."""
        if (book := self._books.get(book_id)) is not None:
            book.feed(UnknownFileShown())

    def try_saving(self) -> None:
        """Retry failed writes, after the disk was full."""
        for book in self._books.values():
            book.try_saving()

    def accounts_changed(self) -> None:
        """Servers or credentials have changed: connect again."""
        self._start(self._reconnect())

    def source_links_changed(self, book_id: BookId) -> None:
        """The book was downloaded from a source, or the reader chose where it syncs."""
        if (book := self._books.get(book_id)) is not None and book.restored:
            self._start(self._rejoin(book))

    def set_preferences(self, preferences: SyncPreferences) -> None:
        before, self._preferences = self._preferences, preferences
        self._feed_all(PreferencesChanged(preferences))
        if (before.enabled, before.device) != (preferences.enabled, preferences.device):
            self.accounts_changed()

    async def deliver(self, timeout_s: float) -> None:
        """Pushes dirty places for at most `timeout_s`, then waits for the disk. Sync goes on."""
        self.backgrounded()
        try:
            async with asyncio.timeout(timeout_s):
                await self._at_rest()
        except TimeoutError:
            log.info("left for the next time: the server took too long")
        await self.saved()

    async def flush(self, timeout_s: float) -> None:
        """`deliver`, then stop: nothing is sent any more."""
        await self.deliver(timeout_s)
        books = list(self._books.values())
        for book in books:
            book.abandon()
        for task in self._tasks:
            task.cancel()
        try:
            async with asyncio.timeout(SAVE_S):
                await asyncio.gather(*(book.requests_done() for book in books))
        except TimeoutError:
            log.error("a request did not end in time")
        await self.saved()

    async def saved(self) -> None:
        """Returns when all places are on the disk, their writes failed, or `SAVE_S` is over."""
        try:
            async with asyncio.timeout(SAVE_S):
                await asyncio.gather(*(book.saved() for book in self._books.values()))
        except TimeoutError:
            log.error("the last place could not be saved in time")

    def unkept(self) -> list[str]:
        """The titles of books whose place is in memory only and would be lost at the end.

        To be asked after `flush`; `try_saving` and `flush` try again.
        """
        return sorted(book.title for book in self._books.values() if book.unkept)

    async def _check(self, connection: Connection) -> None:
        """Ask a server, unless it answers a book's request meanwhile."""
        begun, connection.checking = self._now(), True
        self.changed()
        try:
            async with connection.one_at_a_time:
                await connection.check_since(begun, self._now)
        finally:
            connection.checking = False
            self.changed()

    # --- the state of sync

    async def _at_rest(self) -> None:
        """Returns when no request is running or about to be."""
        while True:
            waits = [task for task in self._tasks if not task.done()]
            books = [book for book in self._books.values() if book.busy]
            if not waits and not books:
                return
            await asyncio.gather(*waits, return_exceptions=True)
            await asyncio.gather(*(book.requests_done() for book in books))

    async def quiet(self) -> None:
        """Returns when nothing is running, with a server or with our own disk.

        Does not return while a place can't be written.
        """
        while True:
            await self._at_rest()
            books = [book for book in self._books.values() if not book.all_saved]
            if not books:
                return
            await asyncio.gather(*(book.written() for book in books))
            await asyncio.sleep(0)

    def watch(self, read: Callable[[], T], show: Callable[[T], object]) -> Callable[[], None]:
        """Calls `show` with what `read` takes from this engine, whenever that is another value.

        At most once per turn of the event loop. Returns a function that ends the watch.
        """
        return self._watchers.watch(read, show)

    def overview(self) -> SyncOverview:
        if self._overview is None:
            self._overview = sync_overview(
                self._place_servers, list(self._books.values()), self._storage_error
            )
        return self._overview

    def book_overview(self, book_id: BookId) -> BookOverview:
        book = self._books.get(book_id)
        return BookOverview() if book is None else book_overview(book, self._now())

    def place_of(self, book_id: BookId) -> tuple[Locator | None, SyncRecord | None]:
        """The place of an open book, and the record of the server that it syncs with."""
        book = self._books.get(book_id)
        return (None, None) if book is None else (book.state.local, book.state.record)

    async def route_of(self, book_id: BookId) -> Route:
        """Which server keeps the place of this book, and why."""
        return route([c.account for c in self._connections], await self._source_links_of(book_id))

    async def choices_of(self, book_id: BookId) -> list[Account]:
        """The accounts that could keep this book's place."""
        return choices([c.account for c in self._connections], await self._source_links_of(book_id))

    # --- `SyncHost`

    def now(self) -> datetime:
        return self._now()

    def later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        if self._later is not None:
            return self._later(delay_s, call)
        return asyncio.get_running_loop().call_later(delay_s, call)

    def changed(self) -> None:
        for book_id in [book_id for book_id, book in self._books.items() if book.is_done]:
            del self._books[book_id]
        self._overview = None
        self._watchers.changed()

    def given_up(self, connection: Connection) -> None:
        """The server keeps no places: its books go to another one, where there is one."""
        connection.account = replace(connection.account, keeps_places=False)
        for book in list(self._books.values()):
            if book.connection is connection:
                self._start(self._rejoin(book))
        self.changed()

    def stored(self, error: StorageError | None) -> None:
        before, self._storage_error = self._storage_error, error
        self._overview = None
        if (before is None) != (error is None):
            log.warning("saving a place: %s", error or "works again")
            self.changed()

    # --- parts

    def _book(self, book_id: BookId, title: str) -> BookSync:
        book = self._books[book_id] = BookSync(self, book_id, title, self._preferences)
        return book

    def _feed_all(self, event: Triggered | Returned | SyncNow | PreferencesChanged) -> None:
        for book in list(self._books.values()):
            book.feed(event)

    async def _restore(self, book: BookSync) -> None:
        """First reads the place on our own disk, so that page turns are saved; then connects."""
        last = None
        try:
            last = await self.store.last(book.book_id)
        except StorageError as error:
            self.stored(error)
        except Exception:  # page turns are saved all the same
            log.exception("a mistake of ours while reading the last place")
        book.restore(last)
        async with self._connecting:
            await self._join(book)
        self._push_what_was_left(book)  # if `start` came first

    def _push_what_was_left(self, book: BookSync) -> None:
        """Pushes what an earlier run left dirty; a page turned since waits for a trigger."""
        if not (book.state.open and book.state.moved):
            book.feed(Returned())

    async def _join(self, book: BookSync) -> None:
        """Connects one book. A bug with it must not keep the other books from their server."""
        try:
            await self._give_server(book)
        except Exception:
            log.exception("a mistake of ours while connecting a book")

    async def _give_server(self, book: BookSync) -> None:
        # Without accounts nothing is to be chosen, so the database is not read
        account = (await self.route_of(book.book_id)).account if self._connections else None
        connection = next((c for c in self._connections if c.account is account), None)
        record = book.state.record
        if account is None:
            record = None
        elif record is None or record.source_id != account.source_id:
            record = await self._record(book.book_id, account.source_id)
        book.connect(connection, record)

    async def _rejoin(self, book: BookSync) -> None:
        async with self._connecting:
            await self._join(book)
        self.changed()

    async def _source_links_of(self, book_id: BookId) -> BookSourceLinks:
        try:
            return await self._source_links.source_links(book_id)
        except StorageError as error:
            self.stored(error)
            return BookSourceLinks()

    async def _record(self, book_id: BookId, source_id: str) -> SyncRecord:
        try:
            known = await self.store.record(book_id, source_id)
        except StorageError as error:
            self.stored(error)
            known = None
        return known or SyncRecord(source_id)

    async def _reconnect(self) -> None:
        async with self._connecting:
            accounts = await self._connect()  # catalogs need it even with sync switched off
            accounts = accounts if self._preferences.enabled else ()
            self._connections = [self._made_anew(account) for account in accounts]
            for book in list(self._books.values()):
                if book.restored:
                    await self._join(book)
            if self._release is not None:
                await self._release()
        self.changed()

    def _made_anew(self, account: Account) -> Connection:
        """A new connection without the errors of the old one."""
        made = Connection(account)
        for old in self._connections:
            if old.account.source_id == account.source_id:
                made.sent_at = old.sent_at
        return made

    async def _waiting_on_disk(self) -> Sequence[Unsettled]:
        try:
            return await self.store.waiting()
        except StorageError as error:
            self.stored(error)
            return ()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a mistake of ours while connecting", exc_info=error)

    @property
    def _place_servers(self) -> list[Connection]:
        return [one for one in self._connections if one.account.keeps_places]
