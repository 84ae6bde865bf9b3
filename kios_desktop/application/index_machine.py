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
        # what follows from these two, so that no step costs more with more books
        self._pending: dict[BookId, BookFile] = {}  # to be read, in this order
        self._stale: set[BookId] = set()  # to be dropped
        self._unread: set[BookId] = set()  # known to have no text here
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
            self._plan()

    @property
    def is_on(self) -> bool:
        """Whether there is to be an index."""
        return self._on

    def pause(self, paused: bool) -> None:
        self._paused = paused

    def go_on(self) -> None:
        """Try again what a problem has stopped; a damaged index is made anew."""
        self._is_damaged = self._is_damaged or isinstance(self._problem, Corrupt)
        self._problem = None

    def want(self, books: Iterable[BookFile]) -> None:
        """The books of the library, in the order in which they were added."""
        self._wanted = {book.id: book for book in books}
        self._plan()

    def not_listed(self, error: StorageError) -> None:
        """The books of the library could not be asked for."""
        self._problem = error

    def _plan(self) -> None:
        """What was added last is read first, as it is looked for first."""
        wanted, known = self._wanted or {}, self._known or {}
        self._stale = known.keys() - wanted.keys()
        self._pending = {
            book.id: book
            for book in reversed(wanted.values())
            if book not in self._missing
            and (book.id not in known or known[book.id].sha256 != book.sha256)
        }
        self._unread = {
            book.id
            for book in wanted.values()
            if book in self._missing
            or (book.id not in self._pending and known[book.id].why_not is not None)
        }

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
        for book_id in self._stale:
            return DropBook(book_id)
        for book in self._pending.values():
            if self._lost[book.sha256] >= TRIES:
                return GiveUp(IndexedBook(book.id, book.sha256, Unindexed.LOST))
            return ReadBook(book)
        return None

    # -- how it went

    def looked(self, books: Iterable[IndexedBook]) -> None:
        self._known = {book.id: book for book in books}
        self._plan()

    def removed(self) -> None:
        """The index is gone, or could not be deleted and is left to a later start."""
        self._known, self._exists, self._is_damaged = None, False, False
        self.size_bytes = 0
        self._plan()

    def read(self, book: BookFile, why_not: Unindexed | None) -> None:
        self._keep(IndexedBook(book.id, book.sha256, why_not))

    def gave_up(self, book: IndexedBook) -> None:
        self._keep(book)

    def _keep(self, book: IndexedBook) -> None:
        self._exists = True
        if self._known is None:
            return
        self._known[book.id] = book
        pending = self._pending.get(book.id)
        if pending is not None and pending.sha256 == book.sha256:
            del self._pending[book.id]
            if book.why_not is not None:
                self._unread.add(book.id)
        elif pending is None:  # it was removed while it was read
            self._stale.add(book.id)

    def was_missing(self, book: BookFile) -> None:
        """There is no such file now. The next start looks again."""
        self._missing.add(book)
        if self._pending.get(book.id) == book:
            del self._pending[book.id]
            self._unread.add(book.id)

    def dropped(self, book_id: BookId) -> None:
        self._stale.discard(book_id)
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
        total = len(self._wanted or {})
        is_known = self._wanted is not None and self._known is not None
        if is_known and not self._stale and not self._pending and self._problem is None:
            stage = IndexStage.COMPLETE
        elif self._paused or self._problem is not None:
            stage = IndexStage.PAUSED
        else:
            stage = IndexStage.BUILDING
        read = total - len(self._pending)
        return IndexProgress(stage, read, total, len(self._unread), self.size_bytes, self._problem)
