"""Kios without a window, as one device with an account at a BookLore or Grimmory server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kios_desktop.application.account_library import AccountLibrary
from kios_desktop.application.publications import Publications
from kios_desktop.domain.account_items import AccountItem
from kios_desktop.domain.accounts import (
    AccountChoices,
    BookLink,
    FoundBy,
    LinkState,
    Topic,
    TopicChoice,
)
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.marks import Mark, MarkColour, MarkId, MarkKind, Passage
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.library.importer import Importer
from kios_desktop.outbox.account_sync import AccountSync
from kios_desktop.outbox.ports import AccountRemote
from kios_desktop.protocols.booklore import BookloreClient
from kios_desktop.protocols.http import Http
from kios_desktop.sources.booklore_account import BookloreAccount
from kios_desktop.storage.account_items import AccountItems
from kios_desktop.storage.accounts import Accounts
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.marks import Marks
from kios_desktop.storage.sessions import Sessions
from tests.books import BookDraft
from tests.fakes.booklore_server import BookloreServer
from tests.protocols.booklore.accounts import Clock, KeptSecrets
from tests.sessions import session

ACCOUNT = "a" * 32
REMOTE = 7
"""The id of the book on the server, where it is “The Salt Road”."""
WORDS = (
    "The tide had left the road at dawn, and salt lay on it like a second frost. "
    "Nobody walked there before the bells, for the wind was a knife and the gulls were bold. "
) * 4
ALL_ON = AccountChoices(dict.fromkeys(Topic, TopicChoice()), fetches=True)


Wrap = Callable[[AccountRemote], AccountRemote]


class NoOrigins:
    """No book came from a catalog."""

    async def of_book(self, _book_id: BookId) -> Sequence[Any]:
        return ()


class AccountDesk:
    """One device. `sync` is what is tested; the rest is real and on the disk."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        server: BookloreServer,
        clock: Clock,
        http: Http,
        account_id: str,
        secrets: KeptSecrets,
        wrap: Wrap,
    ) -> None:
        self.database, self.server, self.clock, self.account_id = (
            database,
            server,
            clock,
            account_id,
        )
        self.books, self.marks, self.sessions = Books(database), Marks(database), Sessions(database)
        self.accounts, self.items = Accounts(database), AccountItems(database)
        self.folder = folder
        self.publications = Publications(self.books, folder)
        self.growing: set[SessionId] = set()
        self.told: list[BookId] = []
        self.library = AccountLibrary(
            ServerUrl(server.url),
            self.books,
            self.marks,
            self.publications,
            NoOrigins(),
            lambda _source_id: None,
            lambda: self.growing,
            self.told.append,
            lambda: None,
            clock.now,
        )
        client = BookloreClient(
            http, ServerUrl(server.url), "mira", secrets, clock.now, clock.sleep, total_s=5.0
        )
        self.client = client
        remote = wrap(BookloreAccount(client))
        self.sync = AccountSync(
            account_id, remote, self.accounts, self.items, self.library, clock.now
        )

    async def add_book(self, title: str = "The Salt Road", chapters: int = 2) -> BookId:
        """A book whose file is in the library."""
        path = self.folder / "new.epub"
        BookDraft(title, "Mira Example", chapters=[f"<p>{WORDS}</p>"] * chapters).write(path)
        importer = Importer(self.books, self.folder)
        report = await importer.add(
            [path], progress=lambda _done, _total: None, cancelled=lambda: False
        )
        path.unlink()
        [one] = report.items
        assert one.book_id is not None
        return one.book_id

    async def book(self, book_id: BookId) -> Book:
        [found] = await self.books.load_ever([book_id])
        return found

    async def link(self, book_id: BookId, remote_id: int = REMOTE) -> None:
        """As if the book had come from this server."""
        title = self.server.state.books[remote_id].title
        link = BookLink(book_id, LinkState.MATCHED, remote_id, FoundBy.ID, title)
        await self.accounts.save_link(self.account_id, link)

    async def switch_on(self, choices: AccountChoices = ALL_ON) -> None:
        await self.accounts.save_choices(self.account_id, choices)

    async def highlight(
        self,
        book_id: BookId,
        start: int,
        end: int,
        note: str = "",
        colour: MarkColour = MarkColour.YELLOW,
        spine: int = 0,
    ) -> Mark:
        return await self._mark(
            book_id, MarkKind.HIGHLIGHT, Place(spine, start), Place(spine, end), note, colour
        )

    async def bookmark(self, book_id: BookId, at: int, name: str = "", spine: int = 0) -> Mark:
        place = Place(spine, at)
        return await self._mark(book_id, MarkKind.BOOKMARK, place, place, name, MarkColour.YELLOW)

    async def _mark(
        self,
        book_id: BookId,
        kind: MarkKind,
        start: Place,
        end: Place,
        note: str,
        colour: MarkColour,
    ) -> Mark:
        sha256 = (await self.book(book_id)).hashes.sha256
        async with self.publications.use(book_id) as opened:
            anchor = await asyncio.to_thread(
                opened.places.passages.anchor, Passage(start, end), sha256
            )
        now = self.clock.now()
        mark = Mark(
            MarkId(f"{self.account_id[0]}{start.spine_index:03x}{start.ordinal:014x}{end.ordinal:014x}"),
            kind, anchor, now, now, colour, note=note,
        )  # fmt: skip
        await self.marks.save(book_id, [mark])
        return mark

    async def change(self, book_id: BookId, mark: Mark, **changes: Any) -> Mark:
        self.clock.pass_(1)
        changed = replace(mark, changed_at=self.clock.now(), **changes)
        await self.marks.save(book_id, [changed])
        return changed

    async def mark(self, mark_id: str) -> Mark | None:
        found = await self.marks.load([MarkId(mark_id)])
        return found[0].mark if found else None

    async def read(self, book_id: BookId, count: int = 1, minutes: int = 5) -> list[ReadingSession]:
        """Sessions of the last days, one an hour."""
        begun = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
        made = [session(book_id, begun + timedelta(hours=n), minutes) for n in range(count)]
        await self.sessions.save(made)
        return made

    async def of_book(self, book_id: BookId) -> list[AccountItem]:
        return await self.items.of_book(self.account_id, book_id)

    async def waiting(self) -> list[AccountItem]:
        return await self.items.open(self.account_id, 10_000)


@asynccontextmanager
async def account_desk(
    folder: Path,
    server: BookloreServer,
    clock: Clock | None = None,
    account_id: str = ACCOUNT,
    secrets: KeptSecrets | None = None,
    wrap: Wrap = lambda remote: remote,
) -> AsyncIterator[AccountDesk]:
    """Opened again with the same folder, it goes on as after a restart."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 (a test waits for it)
    async with AsyncExitStack() as stack:
        database = await Database.open(folder / "library.db")
        stack.push_async_callback(database.aclose)
        http = Http()
        stack.push_async_callback(http.aclose)
        desk = AccountDesk(
            folder,
            database,
            server,
            clock or Clock(server),
            http,
            account_id,
            secrets or KeptSecrets(),
            wrap,
        )
        stack.push_async_callback(desk.publications.aclose)
        yield desk
