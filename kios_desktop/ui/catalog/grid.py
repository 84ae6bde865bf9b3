"""The grid of entries: turns mouse and key events into actions."""

from typing import Final

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent

from kios_desktop.domain.catalog import Entry
from kios_desktop.ui.catalog.action_row import ActionStyle, EntryAction
from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.catalog.delegate import EntryDelegate
from kios_desktop.ui.catalog.model import EntryModel
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.grid import cover_tiles
from kios_desktop.ui.widgets.tile_view import TileView

_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_FRAME_MS: Final = 66  # interval of frames of a progress bar whose length is unknown


class EntryGrid(TileView):
    """Shows an `EntryModel`. `scrolls` and `inset` as in `TileView`, `notes` as in
    `EntryDelegate`."""

    open_requested = Signal(object)  # Entry: show its page
    # EntryAction, Entry, global position for a menu
    action_requested = Signal(object, object, QPoint)
    menu_requested = Signal(object, QPoint)  # Entry, global position
    choosing_ended = Signal()  # Esc was pressed in the select mode

    def __init__(
        self,
        model: EntryModel,
        covers: CatalogCovers,
        *,
        scrolls: bool,
        inset: int = 0,
        notes: bool = False,
    ) -> None:
        self._entries = model
        self._painter = EntryDelegate(model, covers, notes=notes)
        super().__init__(
            lambda width: cover_tiles(width, self._painter.cell_extra),
            scrolls=scrolls,
            inset=inset,
        )
        self._pressed: tuple[int, EntryAction] = (-1, EntryAction.NONE)
        self._anchor = -1
        self._moving = QTimer(self, interval=_FRAME_MS)
        self._moving.timeout.connect(self._move_bars)
        self.setAccessibleName(tr("Books"))
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        covers.ready.connect(self._repaint_entry)

    def current_entry(self) -> Entry | None:
        return self._entries.entry(self.currentIndex().row())

    def set_current(self, row: int) -> None:
        if 0 <= row < self._entries.rowCount():
            self.setCurrentIndex(self._entries.index(row))

    def ensure_current(self) -> None:
        """Make the first entry the current one if there is none; it is not selected."""
        if not self.currentIndex().isValid() and self._entries.rowCount():
            quiet = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(self._entries.index(0), quiet)

    def visible_entries(self) -> list[Entry]:
        """The entries in sight, in reading order."""
        area = self.viewport().visibleRegion().boundingRect()
        if area.isEmpty():
            return []
        first, last = self.rows_in(area)
        rows = range(max(0, first), last + 1)
        return [entry for row in rows if (entry := self._entries.entry(row)) is not None]

    def states_changed(self) -> None:
        """Repaint rows whose state has changed, and animate bars of unknown length."""
        first, last = self.rows_in(self.viewport().rect())
        self._entries.states_changed(first, last)
        unknown = self._unknown_bars()
        if bool(unknown) is not self._moving.isActive():
            (self._moving.start if unknown else self._moving.stop)()

    # -- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            self._pressed = (index.row(), self._action_at(index, point))
            if self._pressed[1] is not EntryAction.NONE:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        pressed, self._pressed = self._pressed, (-1, EntryAction.NONE)
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton or index.row() != pressed[0]:
            return
        entry = self._entries.entry(index.row())
        if entry is None:
            return
        if self._entries.choosing:
            self._choose(index.row(), event.modifiers())
        elif pressed[1] is not EntryAction.NONE and self._action_at(index, point) is pressed[1]:
            box = self._painter.action_box(self.visualRect(index))
            at = self.viewport().mapToGlobal(box.bottomLeft())
            self.action_requested.emit(pressed[1], entry, at)
        elif pressed[1] is EntryAction.NONE:
            self.open_requested.emit(entry)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        self._set_hovered_action(index.row(), self._action_at(index, point))
        pointing = index.isValid() and self._entries.entry(index.row()) is not None
        shape = Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._set_hovered_action(-1, EntryAction.NONE)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            at = self.viewport().mapToGlobal(self.visualRect(index).center())
        else:
            index = self.indexAt(event.pos())
            at = event.globalPos()
        if (entry := self._entries.entry(index.row())) is not None:
            self.setCurrentIndex(index)
            self.menu_requested.emit(entry, at)

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry, row = self.current_entry(), self.currentIndex().row()
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        choosing = self._entries.choosing
        if choosing and event.key() == Qt.Key.Key_Escape:
            self.choosing_ended.emit()
        elif entry is not None and plain and event.key() in _ENTER:
            self.open_requested.emit(entry)
        elif entry is not None and choosing and event.key() == Qt.Key.Key_Space:
            self._choose(row, event.modifiers())
        elif entry is not None and plain and event.key() == Qt.Key.Key_D and not choosing:
            at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
            self.action_requested.emit(EntryAction.DOWNLOAD, entry, at)
        else:
            super().keyPressEvent(event)

    # -- internals

    def _choose(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ShiftModifier and self._anchor >= 0:
            low, high = sorted((self._anchor, row))
            self._entries.choose(range(low, high + 1))
        else:
            self._entries.toggle(row)
        self._anchor = row

    def _action_at(self, index: QModelIndex, point: QPoint) -> EntryAction:
        if not index.isValid():
            return EntryAction.NONE
        cell = self.visualRect(index)
        part = self._painter.part_at(index.row(), cell, point, self.isRightToLeft())
        return EntryAction.NONE if part is None else part.action

    def _set_hovered_action(self, row: int, action: EntryAction) -> None:
        if self._painter.hovered_action == (row, action):
            return
        before, self._painter.hovered_action = self._painter.hovered_action, (row, action)
        for changed in {before[0], row} - {-1}:
            self.viewport().update(self._painter.action_box(self.tile(changed)))

    def _repaint_entry(self, key: str) -> None:
        row = self._entries.row_of(key)
        if row is not None:
            self.viewport().update(self.tile(row))

    def _unknown_bars(self) -> list[int]:
        """The rows in sight whose download has an unknown length."""
        if theme.motion_reduced():
            return []
        first, last = self.rows_in(self.viewport().rect())
        found = []
        for row in range(max(0, first), last + 1):
            entry = self._entries.entry(row)
            if entry is None:
                continue
            action = self._entries.action_row(entry)
            if action.style is ActionStyle.BAR and action.fraction is None:
                found.append(row)
        return found

    def _move_bars(self) -> None:
        for row in self._unknown_bars():
            self.viewport().update(self._painter.action_box(self.tile(row)))
