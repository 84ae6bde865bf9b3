"""The Qt model of a list of books: all ids are known, books are loaded when they are shown."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from kios_desktop.domain.library import Book, BookId, ReadingStatus
from kios_desktop.ui.kit.formats import percent, percent_number
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr

PAGE: Final = 128  # books that are requested together
BOOK_ROLE: Final = int(Qt.ItemDataRole.UserRole)
DISTINCTION_ROLE: Final = BOOK_ROLE + 1  # str: distinguishes books that look the same, else ""

_Index = QModelIndex | QPersistentModelIndex


def status_text(book: Book) -> str:
    """The status of a book: “Unread”, “38%” or “Finished”."""
    if book.status is ReadingStatus.FINISHED:
        return tr("Finished")
    if book.status is ReadingStatus.UNREAD:
        return tr("Unread")
    return percent(book.total_progression or 0)


def accessible_text(book: Book, distinction: str = "") -> str:
    """What a screen reader says of a cell."""
    words = [book.title, ", ".join(book.authors)]
    if book.status is ReadingStatus.READING:
        words.append(tr("progress {n} percent", n=percent_number(book.total_progression or 0)))
    else:
        words.append(status_text(book))
    words.append(distinction)
    return ", ".join(word for word in words if word)


class BookModel(QAbstractListModel):
    """Holds books that others load. `rows_needed` carries the ids of one page, once per list."""

    rows_needed = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._ids: list[BookId] = []
        self._row_of: dict[BookId, int] = {}
        self._books: dict[BookId, Book] = {}
        self._distinctions: dict[BookId, str] = {}
        self._requested: set[int] = set()
        self._queued: set[int] = set()
        # requests are emitted after painting, together for all rows of one repaint
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._emit_requests)

    def set_ids(self, ids: Sequence[BookId]) -> None:
        """Show another list. Books that are already loaded are kept if they are in it."""
        self.beginResetModel()
        self._ids = list(ids)
        self._row_of = {book_id: row for row, book_id in enumerate(self._ids)}
        self._books = {i: book for i, book in self._books.items() if i in self._row_of}
        self._requested.clear()
        self._queued.clear()
        self.endResetModel()

    def put(self, books: Sequence[Book]) -> None:
        """Take over books that were loaded or changed; those not in the list are ignored."""
        rows = []
        for book in books:
            if (row := self._row_of.get(book.id)) is not None:
                self._books[book.id] = book
                rows.append(row)
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))

    def set_distinctions(self, distinctions: Mapping[BookId, str]) -> None:
        """Add the texts that distinguish books with the same title and author."""
        self._distinctions |= distinctions
        self.put(
            [book for book_id in distinctions if (book := self._books.get(book_id)) is not None]
        )

    def distinction(self, book_id: BookId) -> str:
        return self._distinctions.get(book_id, "")

    def forget(self) -> None:
        """Drop all loaded books, so that those in sight are requested again."""
        self._books.clear()
        self._distinctions.clear()
        self._requested.clear()

    def row_of(self, book_id: BookId) -> int | None:
        return self._row_of.get(book_id)

    def book(self, row: int) -> Book | None:
        return self._books.get(self._ids[row]) if 0 <= row < len(self._ids) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = index.row()
        if not 0 <= row < len(self._ids):
            return None
        book = self._books.get(self._ids[row])
        if role == BOOK_ROLE:
            if book is None:
                self._request(row // PAGE)
            return book
        if role == DISTINCTION_ROLE:
            return self.distinction(self._ids[row])
        if book is None:
            return tr("Loading…") if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return book.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return accessible_text(book, self.distinction(book.id))
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (book.title, ", ".join(book.authors), self.distinction(book.id))
            return tip("\n".join(filter(None, lines)))
        return None

    def _request(self, page: int) -> None:
        if page not in self._requested:
            self._queued.add(page)
            if not self._soon.isActive():
                self._soon.start()

    def _emit_requests(self) -> None:
        pages, self._queued = sorted(self._queued), set()
        self._requested.update(pages)
        for page in pages:
            part = self._ids[page * PAGE : (page + 1) * PAGE]
            missing = [book_id for book_id in part if book_id not in self._books]
            if missing:
                self.rows_needed.emit(missing)
