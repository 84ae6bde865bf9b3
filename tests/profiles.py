"""A database with something in every table, and everything that Kios reads of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kios_desktop.domain.account_items import (
    AccountItem,
    HighlightContent,
    ItemFault,
    ItemKind,
    ItemState,
    RatingContent,
)
from kios_desktop.domain.accounts import (
    AccountChoices,
    AccountServer,
    BookLink,
    FoundBy,
    LinkState,
    Topic,
    TopicChoice,
)
from kios_desktop.domain.catalog import Acquisition, AcquisitionKind, Entry, Format
from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.download import BookAcquisition, Download, DownloadId, DownloadState
from kios_desktop.domain.errors import Missing, StorageError
from kios_desktop.domain.library import BookId, DocumentHashes, NewBook, Query, Shelf, Sort, Visit
from kios_desktop.domain.locator import Position
from kios_desktop.domain.mark_filter import MarkFilter
from kios_desktop.domain.preferences import Preferences, ReadingPreferences
from kios_desktop.domain.progress import SyncRecord
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.shelf import (
    Changes,
    Collection,
    FileKind,
    KoboBook,
    KoboFile,
    KoboStatus,
    ReadingState,
    ShelfQuery,
    ShelfView,
)
from kios_desktop.domain.source import AuthMethod, Pin, Source, SourceKind
from kios_desktop.storage.account_items import AccountItems
from kios_desktop.storage.accounts import Accounts
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.downloads import DownloadRecords
from kios_desktop.storage.kobo_shelf import KoboShelf
from kios_desktop.storage.marks import Marks
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.preferences import PreferenceStore
from kios_desktop.storage.secrets import InMemory, Secrets
from kios_desktop.storage.sessions import Sessions
from kios_desktop.storage.sources import Sources
from tests.fakes.places import locator
from tests.marks import highlight
from tests.sessions import session

Ask = Callable[..., Awaitable[object]]

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROOT = ServerUrl("https://books.example/kobo/0f1e2d3c4b5a69788796a5b4c3d2e1f0")
SOURCES = ("a" * 32, "b" * 32, "c" * 32)
BOOKS = 24
ALL_ON = AccountChoices(dict.fromkeys(Topic, TopicChoice()), fetches=True)
EVERYTHING = {
    "books": BOOKS,
    "places": BOOKS,
    "visits": 2 * BOOKS,
    "sync records": BOOKS,
    "waiting": BOOKS,
    "marks": BOOKS,
    "sessions": BOOKS,
    "weights": BOOKS,
    "reading preferences": BOOKS,
    "sources": len(SOURCES),
    "downloads": BOOKS,
    "acquisitions": BOOKS,
    "acquired_entries": BOOKS,
    "choices": BOOKS,
    "shelf": BOOKS,
    "states": BOOKS,
    "collections": 3,
    "account items": 3 * BOOKS,
    "account links": BOOKS,
    "accounts": len(SOURCES),
}
"""How much there is of each kind."""


def root_of(_source_id: str) -> ServerUrl:
    return ROOT


def _book(number: int) -> NewBook:
    return NewBook(
        title=f"The Life of Émile, part {number}",
        authors=(f"Ann Author {number}", "Zoë Writer"),
        language="en",
        series="Lives",
        series_index=float(number),
        identifier=f"urn:isbn:{number:013d}",
        file=f"books/{number:02x}/{number:064x}.epub",
        file_name=f"emile {number}.epub",
        size_bytes=100_000 + number,
        hashes=DocumentHashes(f"{number:064x}", f"{number:032x}", f"{number:032x}", "e" * 32),
        cover=f"covers/{number:064x}.png",
        defects=(Defect(DefectKind.MISSING_FILES, 1),),
    )


def _entry(number: int) -> Entry:
    link = ServerUrl(f"{ROOT.reveal()}/books/{number}")
    one = Acquisition(link, AcquisitionKind.DOWNLOAD, Format.EPUB, "EPUB", "application/epub", 9)
    return Entry(key=f"urn:entry:{number}", title=f"Émile {number}", acquisitions=(one,))


@dataclass
class Stores:
    """Everything that reads the database."""

    database: Database
    passwords: InMemory = field(default_factory=InMemory)

    def __post_init__(self) -> None:
        self.books = Books(self.database)
        self.positions = Positions(self.database)
        self.marks = Marks(self.database)
        self.sessions = Sessions(self.database)
        self.preferences = PreferenceStore(self.database)
        self.sources = Sources(self.database, Secrets(self.passwords))
        self.downloads = DownloadRecords(self.database, root_of)
        self.acquisitions = BookAcquisitions(self.database, root_of)
        self.shelf = KoboShelf(self.database, SOURCES[0], ROOT)
        self.accounts = Accounts(self.database)
        self.account_items = AccountItems(self.database)

    async def fill(self) -> None:
        ids = await self.books.add_all([_book(n) for n in range(1, BOOKS + 1)])
        for number, book_id in enumerate(ids, 1):
            at = AT + timedelta(minutes=number)
            position = Position(locator(number % 4, 10 * number), at, "Kobo Libra")
            record = SyncRecord(SOURCES[0], dirty=True, since=at)
            visits = [Visit(position, "read"), Visit(position, "moved by sync")]
            await self.positions.save(book_id, position, record, visits)
            await self.marks.save(book_id, [highlight(number, 90, note="Zoë", made_at=at)])
            await self.sessions.save([session(book_id, at)])
            await self.books.opened(book_id, at)
            await self.books.save_weights(book_id, [number, 100, 2000])
            await self.books.save_reading_preferences(book_id, ReadingPreferences(size_px=30))
            download = Download(
                DownloadId(number), SOURCES[0], _entry(number), ROOT, Format.EPUB,
                DownloadState.PAUSED, at,
            )  # fmt: skip
            await self.downloads.save([download])
            await self.acquisitions.save(
                BookAcquisition(
                    SOURCES[0], _entry(number), ROOT, Format.EPUB, book_id, downloaded_at=at
                )
            )
            await self.acquisitions.choose(book_id, SOURCES[1])
        await self.preferences.save(Preferences())
        for name in SOURCES:
            await self.sources.save(
                Source(
                    name, SourceKind.KOSYNC, "kavita", "Books", ROOT, AuthMethod.KOREADER_HEADERS,
                    "me", Secret("secret"), pin=Pin("f" * 64, "pem", "2026-11-21"),
                )
            )  # fmt: skip
            await self.sources.remember(name, "what was learned")
        await self._fill_shelf()
        await self._fill_accounts(ids)

    async def _fill_accounts(self, ids: Sequence[BookId]) -> None:
        for name in SOURCES:
            await self.accounts.save_choices(name, ALL_ON)
            await self.accounts.save_server(name, AccountServer("me at home", asked_at=AT))
        for number, book_id in enumerate(ids, 1):
            link = BookLink(book_id, LinkState.MATCHED, number, FoundBy.ID, "Émile", checked_at=AT)
            await self.accounts.save_link(SOURCES[0], link)
            sent = HighlightContent("epubcfi(/6/4!/4,/1:0,/1:9)", "Words", "Zoë", "#FACC15")
            rated, key = RatingContent(number % 10 + 1), str(book_id)
            await self.account_items.save(
                [
                    AccountItem(SOURCES[0], ItemKind.HIGHLIGHT, f"m{number}", book_id,
                                ItemState.DIFFERS, number, sent, 1, sent, 2, sent),
                    AccountItem(SOURCES[0], ItemKind.RATING, key, book_id, ItemState.DONE,
                                sent=rated, version=number),
                    AccountItem(SOURCES[0], ItemKind.SESSION, f"s{number}", book_id,
                                ItemState.REFUSED, tries=1, not_before=AT,
                                fault=ItemFault.INVALID, said="No."),
                ]
            )  # fmt: skip

    async def _fill_shelf(self) -> None:
        numbers = range(1, BOOKS + 1)
        file = KoboFile(FileKind.EPUB, ROOT, 10)
        offered = [KoboBook(f"k{n}", f"Émile {n}", ("Zoë",), files=(file,)) for n in numbers]
        states = [ReadingState(f"k{n}", KoboStatus.READING, AT, AT, 50, 50) for n in numbers]
        named = tuple(f"k{n}" for n in numbers)
        collections = [Collection(f"c{n}", f"Collection {n}", named) for n in range(3)]
        await self.shelf.apply(Changes(offered, [], states, collections), "a token")
        await self.shelf.finish("a token", AT)

    async def read(self) -> "Found":
        """Ask everything that can be asked, as Kios does."""
        found = Found()
        ids = [BookId(number) for number in range(1, BOOKS + 1)]
        await found.all("books", lambda: self.books.load(ids))
        for sort in Sort:
            for shelf in Shelf:
                await found.whole(lambda sort=sort, shelf=shelf: self.books.ids(Query(shelf, sort)))
        for words in ("Emile", "ife", "zoe wri"):
            await found.whole(lambda words=words: self.books.ids(Query(words=words)))
        await found.whole(self.books.counts)
        await found.whole(lambda: self.books.continue_reading(BOOKS))
        await found.whole(lambda: self.books.by_sha256([f"{n:064x}" for n in ids]))
        for one in ids:
            await found.one("places", lambda one=one: self.positions.last(one))
            await found.all("visits", lambda one=one: self.positions.history(one))
            await found.one("sync records", lambda one=one: self.positions.record(one, SOURCES[0]))
            await found.all("marks", lambda one=one: self.marks.of_book(one))
            await found.whole(lambda one=one: self.sessions.of_book(one))
            await found.one("weights", lambda one=one: self.books.weights(one))
            await found.all("acquisitions", lambda one=one: self.acquisitions.of_book(one))
            await found.one("choices", lambda one=one: self.acquisitions.chosen(one))
            await found.whole(lambda one=one: self.acquisitions.place_sources(one))
            own = await found.whole(lambda one=one: self.books.reading_preferences(one))
            found.counts["reading preferences"] += own == ReadingPreferences(size_px=30)
        await found.whole(lambda: self.marks.highlight_counts(MarkFilter()))
        await found.all("sessions", self.sessions.all)
        await found.whole(lambda: self.sessions.newest(BOOKS))
        await found.all("waiting", self.positions.waiting)
        await found.whole(self.preferences.load)
        await found.all("sources", self.sources.all)
        await found.whole(self.sources.known)
        for name in SOURCES:
            await found.whole(lambda name=name: self.sources.remembered(name))
        await found.all("downloads", self.downloads.all)
        await found.all("acquired_entries", self.acquisitions.acquired_entries)
        await found.whole(lambda: self.acquisitions.books_from(SOURCES[0]))
        await found.whole(lambda: self.acquisitions.books_only_from(SOURCES[0]))
        await found.whole(self.acquisitions.all_place_sources)
        await self._read_shelf(found)
        await self._read_accounts(found, ids)
        return found

    async def _read_accounts(self, found: "Found", ids: Sequence[BookId]) -> None:
        for name in SOURCES:
            choices = await found.whole(lambda name=name: self.accounts.choices(name))
            found.counts["accounts"] += choices == ALL_ON
            await found.whole(lambda name=name: self.accounts.server(name))
        await found.all("account links", lambda: self.accounts.links(SOURCES[0]))
        for one in ids:
            await found.all(
                "account items", lambda one=one: self.account_items.of_book(SOURCES[0], one)
            )
            await found.whole(lambda one=one: self.accounts.link(SOURCES[0], one))
            await found.whole(
                lambda one=one: self.account_items.one(SOURCES[0], ItemKind.RATING, str(one))
            )
            await found.whole(
                lambda one=one: self.account_items.unsent_sessions(
                    SOURCES[0], one, ALL_ON, (), AT, 9
                )
            )
        await found.whole(lambda: self.account_items.open(SOURCES[0], 99))
        await found.whole(lambda: self.account_items.counts(SOURCES[0]))
        await found.whole(lambda: self.account_items.books_with_work(SOURCES[0], ALL_ON, (), AT))

    async def _read_shelf(self, found: "Found") -> None:
        async def books(query: ShelfQuery) -> Sequence[object]:
            return (await self.shelf.books(query))[0]

        await found.all("shelf", lambda: books(ShelfQuery()))
        for view in ShelfView:
            await found.whole(lambda view=view: books(ShelfQuery(view)))
        await found.whole(lambda: books(ShelfQuery(collection_id="c1", words="emile")))
        for number in range(1, BOOKS + 1):
            await found.one("states", lambda number=number: self.shelf.state(f"k{number}"))
            await found.whole(lambda number=number: self.shelf.book(f"k{number}"))
        await found.all("collections", self.shelf.collections)
        await found.whole(self.shelf.book_counts)
        await found.whole(self.shelf.mark)
        await found.whole(self.shelf.named_only)
        await found.whole(self.shelf.known)

    async def write(self) -> "Found":
        """Go on as if nothing had happened."""
        found = Found()
        for number in range(1, BOOKS + 1, 5):
            one = BookId(number)
            there = Position(locator(2, 7), AT, "")
            visits = [Visit(there, "read")]
            await found.whole(
                lambda one=one, there=there, visits=visits: self.positions.save(
                    one, there, SyncRecord(SOURCES[0]), visits
                )
            )
            await found.whole(lambda one=one: self.marks.save(one, [highlight(1, 2)]))
            await found.whole(lambda one=one: self.sessions.save([session(one, AT)]))
            await found.whole(lambda one=one: self.books.opened(one, AT))
            await found.whole(lambda one=one: self.books.mark_finished(one, None))
            await found.whole(lambda one=one: self.acquisitions.choose(one, None))
        await found.whole(lambda: self.books.add_all([_book(1), _book(BOOKS + 1)]))
        await found.whole(lambda: self.preferences.save(Preferences()))
        await found.whole(lambda: self.downloads.remove([DownloadId(1)]))
        await found.whole(lambda: self.sources.reorder(SOURCES[::-1]))
        await found.whole(lambda: self.shelf.finish("b", AT))
        await found.whole(lambda: self.accounts.save_choices(SOURCES[0], ALL_ON))
        await found.whole(lambda: self.account_items.leave_ratings(SOURCES[1]))
        await found.whole(lambda: self.account_items.take_off_shelf(BookId(1)))
        await found.whole(lambda: self.accounts.forget(SOURCES[0]))
        return found


@dataclass
class Found:
    """How much was there, which errors of ours were raised, and what else came through."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EVERYTHING, 0))
    errors: list[StorageError] = field(default_factory=list)
    escaped: list[Exception] = field(default_factory=list)

    async def whole(self, ask: Ask) -> object:
        try:
            return await ask()
        except StorageError as error:
            self.errors.append(error)
        except Missing:
            return None
        except Exception as error:  # noqa: BLE001 (that is what is looked for)
            self.escaped.append(error)
        return None

    async def all(self, kind: str, ask: Ask) -> None:
        found = await self.whole(ask)
        self.counts[kind] += len(found) if isinstance(found, Sequence) else 0

    async def one(self, kind: str, ask: Ask) -> None:
        self.counts[kind] += await self.whole(ask) is not None

    def lost(self) -> dict[str, int]:
        """How many records of each kind were not there."""
        return {
            kind: count - self.counts[kind]
            for kind, count in EVERYTHING.items()
            if self.counts[kind] < count
        }


async def make_database(path: Path) -> InMemory:
    """One with everything in it, closed; the passwords of its sources."""
    database = await Database.open(path)
    stores = Stores(database)
    await stores.fill()
    await database.aclose()
    return stores.passwords
