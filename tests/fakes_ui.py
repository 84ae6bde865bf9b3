"""List-backed stand-ins for what the windows are given, and books to show in them."""

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from kios_desktop.domain.errors import NoKeystore, StorageError, WrongPassphrase
from kios_desktop.domain.library import (
    Book,
    BookId,
    DocumentHashes,
    ImportReport,
    Query,
    ReadingStatus,
    Shelf,
    ShelfCounts,
    Sort,
)
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.source import AuthMethod, Preset, Source, SourceKind, StepResult

NOW = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)

_TITLES = (
    ("Pride and Prejudice", "Jane Austen", 0.15, "Chapter 9", ""),
    ("Moby-Dick; or, the Whale", "Herman Melville", 0.01, "Loomings", "Kobo Libra"),
    ("Walden", "Henry David Thoreau", 0.22, "Where I Lived, and What I Lived For", ""),
    ("Frankenstein", "Mary Shelley", None, "", ""),
    ("The Time Machine", "H. G. Wells", 1.0, "", ""),
    ("Middlemarch", "George Eliot", 0.38, "Book Two", ""),
    ("Jane Eyre", "Charlotte Brontë", None, "", ""),
    ("The War of the Worlds", "H. G. Wells", 0.64, "The Thunder Child", "Pixel phone"),
    ("Twenty Thousand Leagues Under the Seas", "Jules Verne", None, "", ""),
    ("Dracula", "Bram Stoker", 1.0, "", ""),
    ("Great Expectations", "Charles Dickens", None, "", ""),
    ("The Count of Monte Cristo", "Alexandre Dumas", 0.12, "The Catalans", ""),
    ("Anna Karenina", "Leo Tolstoy", None, "", ""),
    ("The Picture of Dorian Gray", "Oscar Wilde", None, "", ""),
    ("A Study in Scarlet", "Arthur Conan Doyle", None, "", ""),
    ("Wuthering Heights", "Emily Brontë", None, "", ""),
    ("Leaves of Grass", "Walt Whitman", 0.47, "Song of Myself", ""),
)


def make_book(
    number: int,
    title: str = "",
    author: str = "Jane Austen",
    progression: float | None = None,
    chapter: str = "",
    device: str = "",
    cover: str = "",
) -> Book:
    """A book whose every fact follows from its number. `progression` 1.0 means finished."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    read_at = None if progression is None else NOW - timedelta(minutes=7 * number**2)
    return Book(
        id=BookId(number),
        title=title or f"Book {number}",
        authors=(author,),
        language="en",
        series="",
        series_index=None,
        identifier=f"urn:test:{number}",
        file=f"{digest[:2]}/{digest}.epub",
        file_name=f"book-{number}.epub",
        size_bytes=1000 * number,
        hashes=DocumentHashes(digest, digest[:32], digest[:32], digest[:32]),
        cover=cover,
        added_at=NOW - timedelta(days=number),
        read_at=read_at,
        finished_at=read_at if progression == 1.0 else None,
        total_progression=progression,
        chapter_title=chapter,
        device=device,
    )


def sample_books(more: int = 0) -> list[Book]:
    """Seventeen books in every state, and `more` unread ones."""
    known = [make_book(i + 1, *facts) for i, facts in enumerate(_TITLES)]
    return known + [make_book(len(known) + 1 + i) for i in range(more)]


_ON_SHELF: dict[Shelf, Callable[[Book], bool]] = {
    Shelf.ALL: lambda _book: True,
    Shelf.READING: lambda book: book.status is ReadingStatus.READING,
    Shelf.UNREAD: lambda book: book.status is ReadingStatus.UNREAD,
    Shelf.FINISHED: lambda book: book.status is ReadingStatus.FINISHED,
}


@dataclass
class ListShelf:
    """`Bookshelf` over a list. `broken` makes every call fail."""

    books: list[Book] = field(default_factory=list)
    broken: StorageError | None = None
    loads: list[list[BookId]] = field(default_factory=list)

    async def ids(self, query: Query) -> list[BookId]:
        self._fail()
        words = query.words.casefold()
        found = [
            book
            for book in self.books
            if _ON_SHELF[query.shelf](book) and words in f"{book.title} {book.authors}".casefold()
        ]
        if query.sort is Sort.TITLE:
            found.sort(key=lambda book: book.title)
        elif query.sort is Sort.RECENTLY_ADDED:
            found.sort(key=lambda book: book.added_at, reverse=True)
        return [book.id for book in (reversed(found) if query.reverse else found)]

    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        self._fail()
        self.loads.append(list(ids))
        by_id = {book.id: book for book in self.books}
        return [by_id[i] for i in ids if i in by_id]

    async def copies(self, ids: Sequence[BookId]) -> list[list[Book]]:
        self._fail()
        groups = {(book.title, book.authors): list[Book]() for book in self.books}
        for book in self.books:
            groups[book.title, book.authors].append(book)
        asked = set(ids)
        return [
            group
            for group in groups.values()
            if len(group) > 1 and any(book.id in asked for book in group)
        ]

    async def counts(self) -> ShelfCounts:
        self._fail()
        n = {shelf: sum(map(on, self.books)) for shelf, on in _ON_SHELF.items()}
        return ShelfCounts(n[Shelf.ALL], n[Shelf.READING], n[Shelf.UNREAD], n[Shelf.FINISHED])

    async def continue_reading(self, limit: int) -> list[Book]:
        self._fail()
        return [book for book in self.books if book.status is ReadingStatus.READING][:limit]

    async def mark_finished(self, book_id: BookId, at: datetime | None) -> None:
        self._change(book_id, finished_at=at)

    async def mark_unread(self, book_id: BookId) -> None:
        self._change(book_id, finished_at=None, read_at=None)

    async def rate(self, book_id: BookId, rating: int | None) -> None:
        self._change(book_id, rating=rating)

    async def remove(self, book_id: BookId) -> None:
        self._fail()
        self.books = [book for book in self.books if book.id != book_id]

    def _change(self, book_id: BookId, **values: datetime | int | None) -> None:
        self._fail()
        self.books = [
            replace(book, **values) if book.id == book_id else book for book in self.books
        ]

    def _fail(self) -> None:
        if self.broken is not None:
            raise self.broken


@dataclass
class ScriptedImporter:
    """`Importer` that tells of `steps`, then answers with `report`."""

    report: ImportReport
    steps: tuple[tuple[int, int], ...] = ()
    asked: list[list[Path]] = field(default_factory=list)

    async def add(
        self,
        paths: Sequence[Path],
        *,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
    ) -> ImportReport:
        self.asked.append(list(paths))
        for done, total in self.steps:
            if cancelled():
                return replace(self.report, cancelled=True)
            progress(done, total)
        return self.report


def make_preset(
    key: str, title: str, auth: AuthMethod, path: str = "", login_optional: bool = False
) -> Preset:
    url = f"https://your-server{path}"
    return Preset(key, title, SourceKind.KOSYNC, url, auth, path, login_optional)


PRESETS = (
    make_preset("cwa", "Calibre-Web-Automated", AuthMethod.BASIC, "/kosync"),
    make_preset("booklore", "Grimmory / BookLore", AuthMethod.KOREADER_HEADERS, "/api/koreader"),
    make_preset("komga", "Komga", AuthMethod.KOREADER_HEADERS, "/koreader"),
    make_preset("kavita", "Kavita", AuthMethod.KOREADER_HEADERS, login_optional=True),
    make_preset("stump", "Stump", AuthMethod.KOREADER_HEADERS, login_optional=True),
    make_preset("kosync", "koreader-sync-server", AuthMethod.KOREADER_HEADERS),
    make_preset("other", "", AuthMethod.KOREADER_HEADERS),
)


@dataclass
class KeptPreferences:
    """`PreferenceStore` in memory."""

    kept: Preferences = field(default_factory=Preferences)

    async def load(self) -> Preferences:
        return self.kept

    async def save(self, asked: Preferences) -> None:
        self.kept = asked


@dataclass
class ListSources:
    """`SourceStore` and `Keystore` over a list; `keystore` says whether there is one."""

    sources: list[Source] = field(default_factory=list)
    keystore: bool = True
    passphrase: str = "open"

    async def all(self) -> list[Source]:
        return list(self.sources)

    async def save(self, source: Source) -> None:
        if not self.keystore:
            raise NoKeystore
        self.sources = [s for s in self.sources if s.id != source.id] + [source]

    async def remove(self, source_id: str) -> None:
        self.sources = [s for s in self.sources if s.id != source_id]

    async def keep_in_memory(self) -> None:
        self.keystore = True

    async def seal(self, passphrase: str) -> None:
        if passphrase != self.passphrase:
            raise WrongPassphrase
        self.keystore = True


@dataclass
class ScriptedTest:
    """A `ConnectionTest` that answers with `steps`."""

    steps: tuple[StepResult, ...] = ()
    asked: list[Source] = field(default_factory=list)

    async def __call__(self, source: Source) -> AsyncGenerator[StepResult, None]:
        self.asked.append(source)
        for step in self.steps:
            yield step
