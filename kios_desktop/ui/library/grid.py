"""The grid of books: as many columns as fit, aligned with both edges of the page."""

from typing import Final

from msgspec import Struct
from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent

from kios_desktop.domain.library import Book
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.delegate import GAP, CoverDelegate, more_rect
from kios_desktop.ui.library.model import BookModel
from kios_desktop.ui.widgets.tile_view import Tiles, TileView

_TYPE_AHEAD_MS: Final = 900
_OPEN_KEYS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class GridColumns(Struct, frozen=True):
    """The number of columns and the width of a cover in px."""

    count: int
    cover_width: int


def columns(viewport: int, least: int) -> GridColumns:
    """Divide `viewport` px into at least two columns of covers, `least` px wide or more."""
    inner = viewport - GAP
    count = max(2, (inner + GAP) // (least + GAP))
    return GridColumns(count, max(1, (inner - (count - 1) * GAP) // count))


def cover_tiles(width: int, cell_extra: int) -> Tiles:
    """The tiles of a grid `width` px wide; each is `cell_extra` px higher than its cover."""
    fitted = columns(width, theme.size("coverMedium"))
    height = round(fitted.cover_width * 1.5) + cell_extra
    return Tiles(fitted.count, QSize(fitted.cover_width + GAP, height))


class BookGrid(TileView):
    """Shows a `BookModel` at full height: the scroll area around it scrolls."""

    open_requested = Signal(object)  # Book
    menu_requested = Signal(object, QPoint)  # Book, global position
    remove_requested = Signal(object)
    details_requested = Signal(object)
    typed_ahead = Signal(str)

    def __init__(self, model: BookModel, covers: Covers) -> None:
        self._delegate = CoverDelegate(covers)
        super().__init__(
            lambda width: cover_tiles(width, self._delegate.text.cell_extra), scrolls=False
        )
        self._model = model
        self._typed = ""
        self._typing = QTimer(self, singleShot=True, interval=_TYPE_AHEAD_MS)
        self._typing.timeout.connect(self._forget_typed)
        self.setAccessibleName(tr("Books"))
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)
        self.doubleClicked.connect(self._open)
        covers.ready.connect(self._repaint_book)

    def current_book(self) -> Book | None:
        return self._model.book(self.currentIndex().row())

    def _repaint_book(self, book_id: object) -> None:
        row = self._model.row_of(book_id)  # type: ignore[arg-type]  # a Signal(object)
        if row is not None:
            self.update(self._model.index(row))

    def _open(self, index: QModelIndex) -> None:
        if (book := self._model.book(index.row())) is not None:
            self.open_requested.emit(book)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        book = self.current_book()
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if book is not None and _asks_details(event):
            self.details_requested.emit(book)
        elif event.key() in _OPEN_KEYS and plain and book is not None:
            self.open_requested.emit(book)
        elif event.key() == Qt.Key.Key_Delete and book is not None:
            self.remove_requested.emit(book)
        elif plain and self._is_typed(event.text()):
            self._typed += event.text()
            self._typing.start()
            self.typed_ahead.emit(self._typed)
        else:
            super().keyPressEvent(event)

    def _is_typed(self, text: str) -> bool:
        """Whether a key types part of a title: printable, no leading space. Esc has text too."""
        return text.isprintable() and bool(text.strip() or (text and self._typed))

    def _forget_typed(self) -> None:
        self._typed = ""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            at = self.viewport().mapToGlobal(self.visualRect(index).center())
        else:
            index = self.indexAt(event.pos())
            at = event.globalPos()
        if (book := self._model.book(index.row())) is not None:
            self.setCurrentIndex(index)
            self.menu_requested.emit(book, at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        book = self._model.book(index.row())
        more = more_rect(self.visualRect(index), self.isRightToLeft())
        if book is not None and more.contains(event.position().toPoint()):
            self.setCurrentIndex(index)
            self.menu_requested.emit(book, self.viewport().mapToGlobal(more.bottomLeft()))
            return
        super().mousePressEvent(event)


def _asks_details(event: QKeyEvent) -> bool:
    """Whether this is Alt+Enter or Ctrl+I."""
    alt, ctrl = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
    if event.key() in _OPEN_KEYS:
        return bool(event.modifiers() & alt)
    return event.key() == Qt.Key.Key_I and bool(event.modifiers() & ctrl)
