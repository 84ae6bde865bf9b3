"""Paints one book of the grid."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kios_desktop.domain.library import Book, ReadingStatus
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.placement import line_flags
from kios_desktop.ui.kit.shadow import paint_shadow
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.model import BOOK_ROLE, DISTINCTION_ROLE, status_text
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring
from kios_desktop.ui.widgets.progress_bar import paint_progress

GAP: Final = 22  # px between covers
TOP: Final = 10  # px above the cover, for the selection ring
_TEXT_GAP: Final = 10
_RING, _RING_DISTANCE = 3, 5
_MORE: Final = 28


class CellText:
    """Fonts and line heights of the text under a cover. A change of font needs a new instance."""

    def __init__(self) -> None:
        self.title, self.author = theme.font("bodyStrong"), theme.font("small")
        self.status = theme.font("micro", tabular=True)
        self.lines = [
            max(least, QFontMetrics(face).height())
            for face, least in ((self.title, 20), (self.author, 18), (self.status, 18))
        ]

    @property
    def cell_extra(self) -> int:
        """Height of a cell without its cover: 96 px, more when the text is larger."""
        return max(96, TOP + _TEXT_GAP + sum(self.lines) + 16)


def cover_rect(cell: QRect) -> QRect:
    """The cover's rectangle in a cell of the grid."""
    width = cell.width() - GAP
    return QRect(cell.x() + GAP // 2, cell.y() + TOP, width, round(width * 1.5))


def more_rect(cell: QRect, mirrored: bool) -> QRect:
    """The rectangle of the “More” button, shown while the pointer is over the cover."""
    cover = cover_rect(cell)
    x = cover.left() + 6 if mirrored else cover.right() + 1 - 6 - _MORE
    return QRect(x, cover.top() + 6, _MORE, _MORE)


class CoverDelegate(QStyledItemDelegate):
    """Paints cover, title, authors and status; ring, badge and More button where they apply."""

    def __init__(self, covers: Covers) -> None:
        super().__init__()
        self._covers = covers
        self.text = CellText()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        cover = cover_rect(cell)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        book = index.data(BOOK_ROLE)
        pixmap = None
        if isinstance(book, Book):
            ratio = painter.device().devicePixelRatio()
            pixmap = self._covers.pixmap(book, cover.width(), ratio)
        paint_cover(painter, cover, pixmap)
        if state & QStyle.StateFlag.State_Selected:
            paint_ring(painter, cover, "accent")
        if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
            paint_focus(painter, cell)
        if isinstance(book, Book):
            if book.status is ReadingStatus.FINISHED:
                _paint_badge(painter, cover, "check", mirrored)
            distinction = index.data(DISTINCTION_ROLE) or ""
            self._paint_text(painter, book, cell, cover, mirrored, distinction)
            if state & QStyle.StateFlag.State_MouseOver:
                _paint_more(painter, more_rect(cell, mirrored))
        painter.restore()

    def _paint_text(
        self,
        painter: QPainter,
        book: Book,
        cell: QRect,
        cover: QRect,
        mirrored: bool,
        distinction: str,
    ) -> None:
        now = theme.painted()
        y = cover.bottom() + 1 + _TEXT_GAP
        title, author, status = self.text.lines
        width = cover.width()
        paint_line(painter, QRect(cover.x(), y, width, title), book.title, self.text.title, "text")
        y += title
        names = ", ".join(book.authors)
        paint_line(
            painter, QRect(cover.x(), y, width, author), names, self.text.author, "textMuted"
        )
        y += author
        text = " · ".join(filter(None, (status_text(book), distinction)))
        box = QRect(cover.x(), y, width, status)
        if book.status is ReadingStatus.READING:
            bar = QRectF(0, 0, min(56, width // 2), 3)
            left = cover.right() + 1 - bar.width() if mirrored else float(cover.x())
            bar.moveTo(left, y + (status - 3) / 2)
            paint_progress(painter, bar, book.total_progression or 0, mirrored)
            shift = int(bar.width()) + 10
            box.adjust(0 if mirrored else shift, 0, -shift if mirrored else 0, 0)
        painter.setPen(now.color("textMuted"))
        painter.setFont(self.text.status)
        shown = theme.elided(text, self.text.status, box.width()) if distinction else text
        painter.drawText(box, line_flags(mirrored), shown)


def paint_cover(painter: QPainter, cover: QRect, pixmap: QPixmap | None) -> None:
    """Paint a cover with its shadow, or a plain rectangle while `pixmap` is None."""
    if pixmap is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.painted().color("sunken"))
        painter.drawRoundedRect(cover, 3, 3)
        return
    paint_shadow(painter, cover, "cover", 3)
    fits = pixmap.width() == round(cover.width() * painter.device().devicePixelRatio())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not fits)
    painter.drawPixmap(cover, pixmap)
    if theme.painted().high_contrast:  # in other themes the edge is part of the pixmap
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.painted().color("border"), 1))
        painter.drawRect(cover.adjusted(0, 0, -1, -1))


def paint_ring(painter: QPainter, cover: QRect, token: str) -> None:
    """Paint the selection ring: 3 px wide, 5 px away from the cover."""
    out = _RING_DISTANCE + _RING / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.painted().color(token), _RING))
    painter.drawRoundedRect(QRectF(cover).adjusted(-out, -out, out, out), 8, 8)


def paint_focus(painter: QPainter, cell: QRect) -> None:
    """Paint the keyboard focus ring around cover and text; it does not need a selection."""
    paint_focus_ring(painter, theme.painted(), QRectF(cell).adjusted(1, 1, -1, -1), 8)


def paint_line(painter: QPainter, box: QRect, words: str, face: QFont, token: str) -> None:
    """Paint one line, elided at the end of the text, whatever direction the text runs in."""
    painter.setPen(theme.painted().color(token))
    painter.setFont(face)
    shown = theme.elided(words, face, box.width())
    mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
    painter.drawText(box, line_flags(mirrored), shown)


def _paint_badge(painter: QPainter, cover: QRect, icon_name: str, mirrored: bool) -> None:
    side = 26
    x = cover.left() + 8 if mirrored else cover.right() + 1 - 8 - side
    circle = QRect(QPoint(x, cover.bottom() + 1 - 8 - side), QSize(side, side))
    now = theme.painted()
    painter.setPen(QPen(now.color("tooltipText"), 1.5))
    painter.setBrush(now.color("tooltipBg"))
    painter.drawEllipse(circle)
    icon(icon_name, "tooltipText").paint(painter, circle.adjusted(6, 6, -6, -6))


def _paint_more(painter: QPainter, box: QRect) -> None:
    now = theme.painted()
    painter.setPen(QPen(now.color("border"), 1))
    painter.setBrush(now.color("raised"))
    painter.drawRoundedRect(box, 6, 6)
    icon("dots-three").paint(painter, box.adjusted(5, 5, -5, -5))
