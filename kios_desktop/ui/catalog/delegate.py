"""Paints one entry of a catalog: cover, title, authors, and its action row."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kios_desktop.domain.catalog import Entry
from kios_desktop.ui.catalog.action_painter import ActionPainter, Part
from kios_desktop.ui.catalog.action_row import EntryAction
from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.catalog.model import EntryModel
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.library.delegate import TOP, cover_rect, paint_cover, paint_line, paint_ring
from kios_desktop.ui.widgets.focus_ring import has_ring
from kios_desktop.ui.widgets.tile_view import TileView

_TEXT_GAP: Final = 10
_SHADOW: Final = 6  # px that the cover's shadow extends below the gap
_ACTION_GAP: Final = 4
_BOX: Final = 24
_FADED: Final = 0.55
_Index = QModelIndex | QPersistentModelIndex


class EntryDelegate(QStyledItemDelegate):
    """`notes` reserves a line for the entry's note.

    `hovered_action` is the action under the pointer and its row; (-1, NONE) for none.
    """

    def __init__(self, model: EntryModel, covers: CatalogCovers, *, notes: bool = False) -> None:
        super().__init__()
        self._notes = notes
        self._model, self._covers = model, covers
        self._title, self._author = theme.font("bodyStrong"), theme.font("small")
        self._lines = [
            max(least, QFontMetrics(face).height())
            for face, least in ((self._title, 20), (self._author, 18))
        ]
        self._actions = ActionPainter()
        self.hovered_action: tuple[int, EntryAction] = (-1, EntryAction.NONE)

    @property
    def _text_height(self) -> int:
        return sum(self._lines) + (self._lines[1] if self._notes else 0)

    @property
    def cell_extra(self) -> int:
        """Height of a cell without its cover, in px."""
        below_cover = self._text_height + _ACTION_GAP + self._actions.height
        return max(106, TOP + _TEXT_GAP + below_cover + 16)

    def action_box(self, cell: QRect) -> QRect:
        """The rectangle of the action row in a cell."""
        cover = cover_rect(cell)
        y = cover.bottom() + 1 + _TEXT_GAP + self._text_height + _ACTION_GAP
        return QRect(cover.x(), y, cover.width(), self._actions.height)

    def part_at(self, row: int, cell: QRect, point: QPoint, mirrored: bool) -> Part | None:
        """The part of a row's action row at `point`; None for none, and in the select mode."""
        entry = self._model.entry(row)
        if entry is None or self._model.choosing:
            return None
        parts = self._actions.parts(self._model.action_row(entry), self.action_box(cell), mirrored)
        return next((part for part in parts if part.box.contains(point)), None)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        cell: QRect = option.rect
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        cover = cover_rect(cell)
        entry = self._model.entry(index.row())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry is None:
            paint_cover(painter, cover, None)
        else:
            # while scrolling only a strip of the viewport is exposed; nothing outside of it is
            # painted
            exposed = option.widget.exposed if isinstance(option.widget, TileView) else cell
            below = QRect(cell)
            below.setTop(cover.bottom() + 1 + _TEXT_GAP)
            if exposed.top() < below.top() + _SHADOW:
                self._paint_cover(painter, option, entry, cover)
            if exposed.bottom() >= below.top():
                self._paint_text(painter, entry, cover)
                self._paint_action(painter, entry, index.row(), cell, mirrored)
        painter.restore()

    def _paint_cover(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: Entry, cover: QRect
    ) -> None:
        state: QStyle.StateFlag = option.state
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        pixmap = self._covers.pixmap(entry, cover.width(), painter.device().devicePixelRatio())
        painter.setOpacity(_FADED if self._model.is_unavailable(entry) else 1.0)
        paint_cover(painter, cover, pixmap)
        painter.setOpacity(1.0)
        if self._model.choosing:
            self._paint_box(painter, cover, self._model.is_chosen(entry), mirrored)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if focused and (chosen or has_ring(option.widget)):
            paint_ring(painter, cover, "focus")
        elif chosen and not self._model.choosing:
            paint_ring(painter, cover, "accent")

    def _paint_action(
        self, painter: QPainter, entry: Entry, row: int, cell: QRect, mirrored: bool
    ) -> None:
        hovered_row, action = self.hovered_action
        self._actions.paint(
            painter,
            self._model.action_row(entry),
            self.action_box(cell),
            action if hovered_row == row else EntryAction.NONE,
            mirrored,
        )

    def _paint_text(self, painter: QPainter, entry: Entry, cover: QRect) -> None:
        title, line = self._lines
        box = QRect(cover.x(), cover.bottom() + 1 + _TEXT_GAP, cover.width(), title)
        paint_line(painter, box, title_of(entry), self._title, "text")
        below = QRect(box.x(), box.y() + title, box.width(), line)
        paint_line(painter, below, ", ".join(entry.authors), self._author, "textMuted")
        if self._notes and entry.note:
            paint_line(painter, below.translated(0, line), entry.note, self._author, "textFaint")

    def _paint_box(self, painter: QPainter, cover: QRect, chosen: bool, mirrored: bool) -> None:
        """Paint the check box of the select mode in the cover's upper trailing corner."""
        now = theme.painted()
        x = cover.x() + 8 if mirrored else cover.right() + 1 - 8 - _BOX
        box = QRect(QPoint(x, cover.y() + 8), QSize(_BOX, _BOX))
        painter.setPen(now.color("borderControl" if not chosen else "accent"))
        painter.setBrush(now.color("accent" if chosen else "base"))
        painter.drawRoundedRect(box, 6, 6)
        if chosen:
            icon("check", "onAccent").paint(painter, box.adjusted(3, 3, -3, -3))
