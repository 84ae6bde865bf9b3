"""What has to be done next for the index over all books. Pure: it does none of it itself."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kios_desktop.domain.errors import Corrupt, KiosError, StorageError
from kios_desktop.domain.inside_books import (
    BookFile,
    IndexedBook,
    IndexProgress,
    IndexStage,
    Unindexed,
)
from kios_desktop.domain.library import BookId

TRIES: Final = 2  # that a book gets after what read it was lost; so does a damaged index


@dataclass(frozen=True, slots=True)
class Look:
    """See which books the index has."""


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete the index from the disk."""


@dataclass(frozen=True, slots=True)
class ReadBook:
    """Read a book, and take its text into the index."""

    book: BookFile


@dataclass(frozen=True, slots=True)
class DropBook:
    """Take a book out of the index."""

    book_id: BookId


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Keep in mind that a book can't be read."""

    book: IndexedBook


Work = Look | Remove | ReadBook | DropBook | GiveUp


class IndexMachine:
    """One index. Tell it what happened, do the `work` that it names, and tell it how that went."""

    def __init__(self, *, on: bool, paused: bool, exists: bool) -> None:
        """`exists`: there may be an index on the disk."""
        self._on, self._paused, self._exists = on, paused, exists
        self._wanted: dict[BookId, BookFile] | None = None
        self._known: dict[BookId, IndexedBook] | None = None
        self._missing: set[BookFile] = set()  # not to be read again by this Kios
        self._lost: Counter[str] = Counter()  # by SHA-256
        self._problem: KiosError | None = None
        self._damages = 0
        self._is_damaged = False
        self.size_bytes = 0

    # -- what is wanted

    def switch(self, on: bool) -> None:
        if on != self._on:
            self._on, self._problem = on, None
            self._damages = 0
            self._lost.clear()
            self._missing.clear()

    def pause(self, paused: bool) -> None:
        self._paused = paused

    def go_on(self) -> None:
        """Try again what a problem has stopped."""
        self._problem = None

    def want(self, books: Iterable[BookFile]) -> None:
        """The books of the library."""
        self._wanted = {book.id: book for book in books}

    # -- what is to be done

    @property
    def work(self) -> Work | None:
        """None when there is nothing to do, or nothing that may be done now."""
        if self._is_damaged or not self._on:
            return Remove() if self._exists else None
        if self._problem is not None or self._wanted is None:
            return None
        if self._known is None:
            return Look()
        return None if self._paused else self._change()

    def _change(self) -> Work | None:
        wanted, known = self._wanted or {}, self._known or {}
        for book_id in known:
            if book_id not in wanted:
                return DropBook(book_id)
        for book in reversed(wanted.values()):  # what was added last is looked for first
            if not self._is_read(book):
                if self._lost[book.sha256] >= TRIES:
                    return GiveUp(IndexedBook(book.id, book.sha256, Unindexed.LOST))
                return ReadBook(book)
        return None

    def _is_read(self, book: BookFile) -> bool:
        known = (self._known or {}).get(book.id)
        return (known is not None and known.sha256 == book.sha256) or book in self._missing

    # -- how it went

    def looked(self, books: Iterable[IndexedBook]) -> None:
        self._known = {book.id: book for book in books}

    def removed(self) -> None:
        """The index is gone, or could not be deleted and is left to a later start."""
        self._known, self._exists, self._is_damaged = None, False, False
        self.size_bytes = 0

    def read(self, book: BookFile, why_not: Unindexed | None) -> None:
        self._exists = True
        self._keep(IndexedBook(book.id, book.sha256, why_not))

    def gave_up(self, book: IndexedBook) -> None:
        self._exists = True
        self._keep(book)

    def _keep(self, book: IndexedBook) -> None:
        if self._known is not None:
            self._known[book.id] = book

    def was_missing(self, book: BookFile) -> None:
        """There is no such file now. The next start looks again."""
        self._missing.add(book)

    def dropped(self, book_id: BookId) -> None:
        if self._known is not None:
            self._known.pop(book_id, None)

    def lost(self, book: BookFile) -> None:
        """What read a book ended without an answer."""
        self._exists = True
        self._lost[book.sha256] += 1

    def failed(self, error: StorageError) -> None:
        """The index can't be written or read. A damaged one is made anew, but not without end."""
        self._exists = True
        if isinstance(error, Corrupt) and self._damages < TRIES:
            self._damages += 1
            self._is_damaged = True
        else:
            self._problem = error

    # -- how far it is

    @property
    def progress(self) -> IndexProgress:
        if not self._on:
            return IndexProgress()
        wanted, known = self._wanted or {}, self._known or {}
        read = [book for book in wanted.values() if self._is_read(book)]
        unread = sum(
            1
            for book in read
            if book in self._missing or (book.id in known and known[book.id].why_not is not None)
        )
        is_all = self._known is not None and self._change() is None
        stopped = self._paused or self._problem is not None
        if is_all and self._problem is None:
            stage = IndexStage.COMPLETE
        else:
            stage = IndexStage.PAUSED if stopped else IndexStage.BUILDING
        return IndexProgress(stage, len(read), len(wanted), unread, self.size_bytes, self._problem)
