"""A dialog that asks which book of the library the marks of a file are of."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QListView, QWidget

from kios_desktop.domain.library import Book
from kios_desktop.domain.text import clean_line, fold
from kios_desktop.exchange.candidates import MarksOfBook
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.widgets.field import line_edit
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.words_field import WordsField

_ROWS = 8

_Index = QModelIndex | QPersistentModelIndex


class _Books(QAbstractListModel):
    """The books that have all the words that are sought, those that are likely first."""

    def __init__(self, likely: Sequence[Book], books: Sequence[Book]) -> None:
        super().__init__()
        first = {book.id for book in likely}
        self._all = [*likely, *(book for book in books if book.id not in first)]
        self._keys = [fold(_name(book)) for book in self._all]
        self._shown = list(self._all)
        self._row = QSize(0, theme.control_height(measure="controlSmall"))

    def seek(self, words: str) -> None:
        terms = fold(words).split()
        self.beginResetModel()
        self._shown = [
            book
            for book, key in zip(self._all, self._keys, strict=True)
            if all(term in key for term in terms)
        ]
        self.endResetModel()

    def book(self, index: _Index) -> Book | None:
        return self._shown[index.row()] if 0 <= index.row() < len(self._shown) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.SizeHintRole:
            return self._row
        book = self.book(index)
        if book is None:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(_name(book))
        shown = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole
        return _name(book) if role in shown else None


class BookChoice(Dialog):
    """`chosen` is emitted for a book, `rest_skipped` before it is closed for all that follow."""

    chosen = Signal(object)  # Book
    rest_skipped = Signal()

    def __init__(
        self,
        told: MarksOfBook,
        likely: Sequence[Book],
        books: Sequence[Book],
        more: int,
        parent: QWidget | None,
    ) -> None:
        title = tr("Which book are these highlights from?")
        super().__init__(title, parent, 520)
        self._books = _Books(likely, books)
        words = tr("Find a book")
        self.field = line_edit(words, words, field=WordsField())
        self.list = QListView()
        self.list.setModel(self._books)
        self.list.setAccessibleName(tr("Books of your library"))
        self.list.setProperty("kind", "choices")
        self.list.setUniformItemSizes(True)
        self.list.setFont(theme.font("body"))
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setFixedHeight(_ROWS * theme.control_height(measure="controlSmall") + 4)
        self.body.addWidget(label(title, "title", wrap=True))
        self.body.addWidget(label(_said(told), "body", "muted", wrap=True))
        self.body.addWidget(self.field)
        self.body.addWidget(self.list)
        skip = tr("Skip") if more else tr("Cancel")
        self.add_button(skip, QDialogButtonBox.ButtonRole.RejectRole)
        self.verb = self.add_button(
            tr("Import"), QDialogButtonBox.ButtonRole.ActionRole, "primary", self._choose
        )
        self.verb.setDefault(True)
        if more:
            self.add_left(tr("Skip all others")).clicked.connect(self._skip_rest)
        self.field.textChanged.connect(self._seek)
        self.list.doubleClicked.connect(lambda _index: self._choose())
        selection = self.list.selectionModel()
        selection.currentChanged.connect(lambda _now, _before: self._show_verb())
        if likely:
            self.list.setCurrentIndex(self._books.index(0))
        self._show_verb()
        self.field.setFocus()

    def _seek(self, words: str) -> None:
        self._books.seek(words)
        if words.strip() and self._books.rowCount():
            self.list.setCurrentIndex(self._books.index(0))
        self._show_verb()

    def _show_verb(self) -> None:
        self.verb.setEnabled(self._books.book(self.list.currentIndex()) is not None)

    def _choose(self) -> None:
        book = self._books.book(self.list.currentIndex())
        if book is not None:
            self.chosen.emit(book)
            self.accept()

    def _skip_rest(self) -> None:
        self.rest_skipped.emit()
        self.reject()


def _name(book: Book) -> str:
    return f"{book.title} — {', '.join(book.authors)}" if book.authors else book.title


def _said(told: MarksOfBook) -> str:
    """What the file says of its book, and how much it has."""
    n = len(told.candidates)
    count = counted("%Ln highlights", "", n, one="%Ln highlight")
    title, authors = clean_line(told.title), clean_line(", ".join(told.authors))
    if title and authors:
        return tr(
            "The file has {count} of “{title}” by {authors}, which was not found for sure in your "
            "library.",
            count=count,
            title=isolated(title),
            authors=isolated(authors),
        )
    if title:
        return tr(
            "The file has {count} of “{title}”, which was not found for sure in your library.",
            count=count,
            title=isolated(title),
        )
    return tr("The file has {count}, and does not say of which book.", count=count)
