"""Links of a feed to other feeds, as cards."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kios_desktop.domain.catalog import Navigation
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.texts import NAVIGATION_ICONS, navigation_summary
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.placement import mirror
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.delegate import paint_line
from kios_desktop.ui.widgets.focus_ring import has_ring
from kios_desktop.ui.widgets.tile_view import Tiles, TileView

GAP: Final = 12
_HEIGHT: Final = 60
_PAD: Final = 16
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_Index = QModelIndex | QPersistentModelIndex


def card_columns(window_width: int) -> int:
    """Two to four columns, by the width of the window in px."""
    if window_width < 1000:
        return 2
    return 3 if window_width <= 1600 else 4


class NavigationModel(QAbstractListModel):
    """The links that pass the filter."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Navigation, ...] = ()
        self._shown: list[Navigation] = []

    def set_links(self, links: Sequence[Navigation]) -> None:
        self.beginResetModel()
        self._all, self._shown = tuple(links), list(links)
        self.endResetModel()

    def extend(self, links: Sequence[Navigation]) -> None:
        """Add links at the end. Call it only while there is no filter."""
        self.beginInsertRows(QModelIndex(), len(self._all), len(self._all) + len(links) - 1)
        self._all = (*self._all, *links)
        self._shown = list(self._all)
        self.endInsertRows()

    def filter(self, words: str) -> int:
        wanted = words.casefold().split()
        self.beginResetModel()
        self._shown = [
            link
            for link in self._all
            if all(word in f"{link.title} {link.summary}".casefold() for word in wanted)
        ]
        self.endResetModel()
        return len(self._shown)

    def link(self, row: int) -> Navigation | None:
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def row_of(self, url: ServerUrl) -> int:
        """The row of the link to an address; -1 when it is not shown."""
        return next((n for n, link in enumerate(self._shown) if link.href == url), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        link = self.link(index.row())
        if link is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return link.title
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            lines = [line for line in (link.title, navigation_summary(link)) if line]
            is_tip = role == Qt.ItemDataRole.ToolTipRole
            return tip("\n".join(lines)) if is_tip else ", ".join(lines)
        return None


class CardDelegate(QStyledItemDelegate):
    """Paints a card: icon, title, a line of text, and a caret."""

    def __init__(self, model: NavigationModel) -> None:
        super().__init__()
        self._model = model
        self._title, self._summary = theme.font("bodyStrong"), theme.font("small")
        self._lines = [QFontMetrics(face).height() for face in (self._title, self._summary)]
        self.height = max(_HEIGHT, sum(self._lines) + 20)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        link = self._model.link(index.row())
        if link is None:
            return
        now = theme.painted()
        state: QStyle.StateFlag = option.state
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        cell: QRect = option.rect
        half = GAP // 2
        card = cell.adjusted(half, 0, -half, -GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = bool(state & QStyle.StateFlag.State_HasFocus) and has_ring(option.widget)
        painter.setPen(QPen(now.color("focus" if focused else "border"), 2 if focused else 1))
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setBrush(now.color("hover" if hovered else "raised"))
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(QRectF(card).adjusted(inset, inset, -inset, -inset), 8, 8)
        side = theme.icon_px("nav")
        mark = QRect(card.x() + _PAD, card.center().y() - side // 2, side, side)
        icon(NAVIGATION_ICONS[link.kind], "textMuted").paint(painter, mirror(mark, card, mirrored))
        small = theme.icon_px("small")
        caret = QRect(card.right() - _PAD - small, card.center().y() - small // 2, small, small)
        icon("caret-right", "textMuted").paint(painter, mirror(caret, card, mirrored))
        self._paint_text(painter, link, card, side, small, mirrored)
        painter.restore()

    def _paint_text(
        self,
        painter: QPainter,
        link: Navigation,
        card: QRect,
        side: int,
        small: int,
        mirrored: bool,
    ) -> None:
        left = card.x() + _PAD + side + 14
        width = card.right() - _PAD - small - 8 - left
        summary = navigation_summary(link)
        title, line = self._lines
        y = card.y() + (card.height() - title - (line if summary else 0)) // 2
        box = QRect(left, y, width, title)
        paint_line(painter, mirror(box, card, mirrored), link.title, self._title, "text")
        if summary:
            below = QRect(left, y + title, width, line)
            paint_line(painter, mirror(below, card, mirrored), summary, self._summary, "textMuted")


class NavigationCards(TileView):
    """Shows cards at full height: the scroll area around it scrolls."""

    follow_requested = Signal(object)  # Navigation

    def __init__(self) -> None:
        self._links = NavigationModel()
        self._card = CardDelegate(self._links)
        super().__init__(self._tiles_in, scrolls=False)
        self.setAccessibleName(tr("Browse"))
        self.setModel(self._links)
        self.setItemDelegate(self._card)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def set_links(self, links: Sequence[Navigation]) -> None:
        self._links.set_links(links)

    def extend(self, links: Sequence[Navigation]) -> None:
        """Add links of a further page of the list."""
        if links:
            self._links.extend(links)

    def choose(self, url: ServerUrl) -> bool:
        """Make the link to `url` the current one; False when it is not shown."""
        row = self._links.row_of(url)
        self._make_current(row)
        return row >= 0

    def ensure_current(self) -> None:
        """Make the first link the current one if there is none."""
        if not self.currentIndex().isValid():
            self._make_current(0)

    def _make_current(self, row: int) -> None:
        quiet = QItemSelectionModel.SelectionFlag.NoUpdate
        if 0 <= row < self._links.rowCount():
            self.selectionModel().setCurrentIndex(self._links.index(row), quiet)

    def filter(self, words: str) -> int:
        """Show only links that match; returns their number."""
        return self._links.filter(words)

    def _tiles_in(self, width: int) -> Tiles:
        count = card_columns(self.window().width())
        return Tiles(count, QSize(width // count, self._card.height + GAP))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._follow(self.indexAt(event.position().toPoint()).row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._follow(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _follow(self, row: int) -> None:
        if (link := self._links.link(row)) is not None:
            self.follow_requested.emit(link)
