"""Searches inside all books while the library is searched. No Qt: the screen is a protocol."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.inside_books import (
    BookExcerpts,
    BookHits,
    FoundInside,
    IndexProgress,
    IndexStage,
)
from kios_desktop.domain.library import Book, BookId
from kios_desktop.ui.kit.tasks import Tasks

BOOKS: Final = 8  # that are added at a time
_SEARCH: Final = "search-inside-books"
_NO_INDEX: Final = IndexProgress()


class InsideSearch(Protocol):
    """The part of `application.library_search.LibrarySearch` used here. Raises `StorageError`."""

    async def find(self, typed: str) -> FoundInside: ...
    async def excerpts(self, books: Sequence[BookHits]) -> list[BookExcerpts]: ...
    async def all_excerpts(self, hits: BookHits) -> BookExcerpts: ...
    async def count(self, hits: BookHits) -> int: ...
    def call_off(self) -> None: ...


class BuiltIndex(Protocol):
    """The part of `application.inside_books.InsideBooks` used here."""

    @property
    def progress(self) -> IndexProgress: ...

    def watch(self, show: Callable[[IndexProgress], object]) -> Callable[[], None]: ...


class BooksOfIds(Protocol):
    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        """In the order of the ids; removed books are left out."""


@dataclass(frozen=True, slots=True)
class InsideGroup:
    """A book with the first of its excerpts, or with `all_shown` as many as are ever shown."""

    book: Book
    found: BookExcerpts
    all_shown: bool = False

    @property
    def rest(self) -> int | None:
        """How many more there are; None while that is not counted."""
        count = self.found.count
        return None if count is None else count - len(self.found.excerpts)


@dataclass(frozen=True, slots=True)
class InsideResults:
    """What a search inside books found. `words` is "" while there is none.

    `groups` are the first of `books` books. `looking` until it is known which books there are.
    """

    words: str = ""
    looking: bool = False
    groups: tuple[InsideGroup, ...] = ()
    books: int = 0
    is_cut: bool = False  # there may be more of them
    progress: IndexProgress = _NO_INDEX
    problem: StorageError | None = None

    @property
    def is_of_all_books(self) -> bool:
        """Whether no book was left out."""
        complete = self.progress.stage is IndexStage.COMPLETE and not self.progress.unread
        return bool(self.words) and complete

    @property
    def is_shown(self) -> bool:
        """Whether there is something to be seen of it, or to be waited for."""
        return bool(self.words) and bool(
            self.looking or self.groups or self.problem or self.progress.is_incomplete
        )


class InsideScreen(Protocol):
    def show_inside(self, results: InsideResults) -> None: ...


class InsidePresenter:
    """`progress` is that of the index; with the stage OFF nothing is searched."""

    def __init__(
        self,
        search: InsideSearch,
        books: BooksOfIds,
        screen: InsideScreen,
        tasks: Tasks,
        progress: Callable[[], IndexProgress],
    ) -> None:
        self._search, self._books, self._screen = search, books, screen
        self._tasks, self._progress = tasks, progress
        self._results = InsideResults()
        self._wanted = ""  # also while there is no index
        self._later: list[BookHits] = []

    def search(self, words: str) -> None:
        """Search for words; with "" end the search. The same words again change nothing."""
        self._wanted = words
        progress = self._progress()
        if progress.stage is IndexStage.OFF:
            words = ""
        if words != self._results.words:
            self._begin(words, progress)

    def progressed(self, progress: IndexProgress) -> None:
        """The index has grown, was completed, switched on or off."""
        before, is_off = self._results.progress, progress.stage is IndexStage.OFF
        wanted = "" if is_off else self._wanted
        completed = before.is_incomplete and not progress.is_incomplete
        if wanted != self._results.words:
            self._begin(wanted, progress)
        elif wanted:
            self._show(replace(self._results, progress=progress))
            if completed:  # what is shown stays until it is known what there is now
                self._later = []
                self._tasks.replace(_SEARCH, self._telling(wanted, lambda: self._find(wanted)))

    def more(self) -> None:
        """Show more books."""
        if self._later:
            hits, self._later = self._later[:BOOKS], self._later[BOOKS:]
            words = self._results.words
            self._tasks.start(self._telling(words, lambda: self._add(words, hits)))

    def expand(self, book_id: BookId) -> None:
        """Show all excerpts of a book."""
        words = self._results.words
        for group in self._results.groups:
            if group.book.id == book_id and not group.all_shown:
                self._tasks.start(self._expanding(words, group.found.hits))

    def _begin(self, words: str, progress: IndexProgress) -> None:
        self._search.call_off()
        self._later = []
        self._show(InsideResults(words, bool(words), progress=progress))
        if words:
            self._tasks.replace(_SEARCH, self._telling(words, lambda: self._find(words)))
        else:
            self._tasks.cancel(_SEARCH)

    async def _telling(self, words: str, do: Callable[[], Awaitable[None]]) -> None:
        """Show why it fails, unless something else is searched for by then."""
        try:
            await do()
        except StorageError as error:
            if words == self._results.words:
                self._show(replace(self._results, looking=False, problem=error))

    async def _find(self, words: str) -> None:
        found = await self._search.find(words)
        groups = await self._groups(found.first)
        self._later = list(found.books[len(found.first) :])
        books = len(found.books)
        looked = replace(self._results, looking=False, problem=None)
        self._show(replace(looked, groups=groups, books=books, is_cut=found.is_cut))
        await self._count(words, groups)

    async def _add(self, words: str, hits: Sequence[BookHits]) -> None:
        groups = await self._groups(await self._search.excerpts(hits))
        if words == self._results.words:
            self._show(replace(self._results, groups=(*self._results.groups, *groups)))
            await self._count(words, groups)

    async def _expanding(self, words: str, hits: BookHits) -> None:
        async def expand() -> None:
            self._put(words, await self._search.all_excerpts(hits), all_shown=True)

        await self._telling(words, expand)

    async def _groups(self, found: Sequence[BookExcerpts]) -> tuple[InsideGroup, ...]:
        """With their books; a book that was removed meanwhile is left out."""
        books = await self._books.load([one.hits.book_id for one in found])
        by_id = {book.id: book for book in books}
        known = [one for one in found if one.hits.book_id in by_id]
        return tuple(InsideGroup(by_id[one.hits.book_id], one) for one in known)

    async def _count(self, words: str, groups: Sequence[InsideGroup]) -> None:
        """Count what was not counted, book by book: of frequent words there are thousands."""
        for group in groups:
            if group.found.count is None:
                count = await self._search.count(group.found.hits)
                self._put(words, replace(group.found, count=count))

    def _put(self, words: str, found: BookExcerpts, *, all_shown: bool = False) -> None:
        """Take over what is now known of a book."""
        if words != self._results.words:
            return
        groups: list[InsideGroup] = []
        for group in self._results.groups:
            if group.book.id != found.hits.book_id:
                groups.append(group)
            elif all_shown:
                count = found.count if found.count is not None else group.found.count
                groups.append(InsideGroup(group.book, replace(found, count=count), True))
            else:  # its excerpts may be more by now
                groups.append(replace(group, found=replace(group.found, count=found.count)))
        self._show(replace(self._results, groups=tuple(groups)))

    def _show(self, results: InsideResults) -> None:
        self._results = results
        self._screen.show_inside(results)
