"""The row “Continue reading”: a card for each book that was read last."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kios_desktop.domain.library import Book, BookId
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import percent, percent_number, when
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.delegate import paint_cover
from kios_desktop.ui.sync.devices import device_icon, device_name
from kios_desktop.ui.widgets.buttons import pressed_by_enter
from kios_desktop.ui.widgets.focus_ring import has_ring
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.progress_bar import paint_progress

_PAD = 12
_SLOT = "continue-reading"
_STYLES = (
    "bodyStrong",
    "small",
    "body",
    "smallStrong",
    "micro",
)  # text styles of a card's lines, from top to bottom


def device_line(book: Book, now: datetime) -> str:
    """Where and when a book was read last: “Read on Kobo Libra, today 07:42”."""
    at = when(book.read_at, now) if book.read_at is not None else ""
    if book.device:
        return tr("Read on {device}, {when}", device=device_name(book.device), when=at)
    return tr("On this computer, {when}", when=at)


_NO_DISTINCTIONS: Final[Mapping[BookId, str]] = {}


class ContinueReadingCard(QAbstractButton):
    """A button with cover, chapter and progress of a book; `compact` is a lower form of it.

    `distinction` distinguishes the book from one with the same title and authors.
    """

    menu_requested = Signal(object, QPoint)

    def __init__(
        self, book: Book, covers: Covers, now: datetime, compact: bool, distinction: str = ""
    ) -> None:
        super().__init__()
        self._authors = " · ".join(filter(None, (", ".join(book.authors), distinction)))
        self._book, self._covers, self._compact = book, covers, compact
        self._device = device_line(book, now)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip(tip("\n".join(filter(None, (book.title, distinction)))))
        self.setAccessibleName(
            tr(
                "Continue reading {title}, {chapter}, {n} percent, last read {device}",
                title=", ".join(filter(None, (book.title, distinction))),
                chapter=book.chapter_title,
                n=percent_number(book.total_progression or 0),
                device=self._device,
            )
        )

    @property
    def book(self) -> Book:
        return self._book

    def sizeHint(self) -> QSize:
        if self._compact:
            return QSize(200, max(56, self._height(("bodyStrong", "small")) + 16))
        text_height = self._height(_STYLES) + 30
        return QSize(240, max(126, text_height) + 2 * _PAD)

    def _height(self, styles: Sequence[str]) -> int:
        return sum(_line(style, theme.font(style)) for style in styles)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, width = ("focus", 2) if has_ring(self) else ("border", 1)
        painter.setPen(QPen(now.color(edge), width))
        painter.setBrush(now.color("hover" if self.isDown() or self.underMouse() else "raised"))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 8, 8)
        cover_width = 32 if self._compact else 84
        cover_height = round(cover_width * 1.5)
        top = (self.height() - cover_height) // 2
        cover = self._mirror(QRect(_PAD, top, cover_width, cover_height))
        ratio = self.devicePixelRatioF()
        paint_cover(painter, cover, self._covers.pixmap(self._book, cover_width, ratio, _SLOT))
        left = _PAD + cover_width + (_PAD if self._compact else 16)
        room = QRect(left, 0, self.width() - left - 16, self.height())
        if self._compact:
            self._paint_row(painter, room)
        else:
            self._paint_card(painter, room)
        painter.end()

    def _paint_card(self, painter: QPainter, room: QRect) -> None:
        book = self._book
        used = self._height(_STYLES) + 26
        spare = max(0, self.height() - 2 * _PAD - used) // 2
        y = _PAD
        y = self._paint_line(painter, room, y, book.title, "bodyStrong", "text")
        y = self._paint_line(painter, room, y, self._authors, "small", "textMuted") + 4 + spare
        y = self._paint_line(painter, room, y, book.chapter_title, "body", "text") + 5
        bar = self._mirror(QRect(room.x(), y, room.width(), 4))
        progress = book.total_progression or 0
        paint_progress(painter, QRectF(bar), progress, self.isRightToLeft())
        y = (
            self._paint_line(painter, room, y + 9, percent(progress), "smallStrong", "text")
            + 3
            + spare
        )
        side = theme.icon_px("inline")
        mark = self._mirror(QRect(room.x(), y + 1, side, side))
        icon(device_icon(book.device), "textMuted").paint(painter, mark)
        beside = room.adjusted(side + 6, 0, 0, 0)
        self._paint_line(painter, beside, y, self._device, "micro", "textMuted")

    def _paint_row(self, painter: QPainter, room: QRect) -> None:
        book = self._book
        y = (self.height() - self._height(("bodyStrong", "small"))) // 2
        y = self._paint_line(painter, room, y, book.title, "bodyStrong", "text")
        text = percent(book.total_progression or 0)
        if book.chapter_title:
            text = f"{text} · {book.chapter_title}"
        self._paint_line(painter, room, y, text, "small", "textMuted")

    def _paint_line(
        self, painter: QPainter, room: QRect, y: int, text: str, style: str, token: str
    ) -> int:
        """Draw one line of text at `y`; returns the y below it."""
        face: QFont = theme.font(style, tabular=True)
        height = _line(style, face)
        box = self._mirror(QRect(room.x(), y, room.width(), height))
        painter.setFont(face)
        painter.setPen(theme.of(self).color(token))
        shown = theme.elided(text, face, room.width())
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, int(flags), shown)
        return y + height

    def _mirror(self, box: QRect) -> QRect:
        if not self.isRightToLeft():
            return box
        return QRect(self.width() - box.x() - box.width(), box.y(), box.width(), box.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(self._book, event.globalPos())


def _line(style: str, face: QFont) -> int:
    """The height in px of a line in a text style."""
    return max(round(theme.line_height(style, face)), QFontMetrics(face).height())


class ContinueReadingRow(QWidget):
    """A heading and as many cards as the window has room for."""

    open_requested = Signal(object)  # Book
    menu_requested = Signal(object, QPoint)

    def __init__(self, covers: Covers) -> None:
        super().__init__()
        self._covers = covers
        self._books: list[Book] = []
        self._distinctions: Mapping[BookId, str] = {}
        self._shape = (3, False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._heading = label(tr("Continue reading"), "section")
        column.addWidget(self._heading)
        self._row = QHBoxLayout()
        self._row.setSpacing(16)
        column.addLayout(self._row)
        self.cards: list[ContinueReadingCard] = []
        covers.ready.connect(self._repaint)

    def set_books(
        self, books: Sequence[Book], distinctions: Mapping[BookId, str] = _NO_DISTINCTIONS
    ) -> None:
        """Show cards for `books`; `distinctions` for those that look like another book."""
        self._books, self._distinctions = list(books), distinctions
        self._rebuild()

    def set_shape(self, window_width: int, window_height: int) -> None:
        """Choose the number of cards and their form by the size of the window, in px."""
        if window_width < 1000:
            count = 2
        elif window_width < 1600:
            count = 3
        else:
            count = 4 if window_width < 2000 else 5
        shape = (count, window_height < 680)
        if shape != self._shape:
            self._shape = shape
            self._rebuild()

    def _rebuild(self) -> None:
        focused = next((card.book.id for card in self.cards if card.hasFocus()), None)
        self._make_cards()
        for card in self.cards:
            if card.book.id == focused:
                card.show()  # the layout shows it later, and a hidden widget can't take the focus
                card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_cards(self) -> None:
        for card in self.cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        while self._row.count():
            self._row.takeAt(0)
        count, compact = self._shape
        now = datetime.now(UTC)
        self.cards = [
            ContinueReadingCard(
                book, self._covers, now, compact, self._distinctions.get(book.id, "")
            )
            for book in self._books[:count]
        ]
        for card in self.cards:
            card.clicked.connect(lambda _=False, book=card.book: self.open_requested.emit(book))
            card.menu_requested.connect(self.menu_requested)
            self._row.addWidget(card, 1)
        if self.cards:
            self._row.addStretch(0)
            for _ in range(count - len(self.cards)):
                self._row.addStretch(1)
        self.setVisible(bool(self.cards))

    def _repaint(self, book_id: object) -> None:
        for card in self.cards:
            if card.book.id == book_id:
                card.update()
