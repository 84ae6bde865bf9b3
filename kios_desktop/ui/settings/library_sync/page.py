"""Settings → Library sync: the list of sources."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.errors import Rejected, Untrusted
from kios_desktop.domain.source import SourceKind
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import books, since, when
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.badge import Badge, card, tile
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.empty_state import EmptyState
from kios_desktop.ui.widgets.label import ElidedLabel, label, line

KIND_ICONS: Final = {SourceKind.OPDS: "hard-drives", SourceKind.KOBO: "device-tablet"}
_ROW_HEIGHT: Final = 72


def kind_name(kind: SourceKind) -> str:
    """The name of a kind of source."""
    return tr("Kobo sync") if kind is SourceKind.KOBO else tr("OPDS")


def state_of(line: ListedSource, now: datetime) -> tuple[str, str, str]:
    """(text, tone, icon) of a source's badge."""
    if not line.source.enabled:
        return tr("Off"), "neutral", "pause"
    if isinstance(line.error, Untrusted):
        return tr("Certificate changed"), "warning", "shield-warning"
    if isinstance(line.error, Rejected):
        return tr("Needs sign-in"), "warning", "key"
    if line.error is not None and line.not_reachable_since is None:
        return tr("Needs attention"), "warning", "warning-circle"
    if line.not_reachable_since is not None:
        at = since(line.not_reachable_since, now)
        return tr("Not reachable since {time}", time=at), "warning", "warning-circle"
    if line.checked_at is None:
        return tr("Not asked yet"), "neutral", ""
    return tr("Connected"), "success", "check"


def facts_of(line: ListedSource, now: datetime) -> str:
    """The facts below a source's name: “books.example.org · 312 books · checked 2 min ago”."""
    facts = [line.source.url.host]
    if line.books is not None:
        facts.append(books(line.books))
    if line.checked_at is not None:
        facts.append(tr("checked {when}", when=when(line.checked_at, now)))
    return " · ".join(facts)


class LibrarySyncPage(SettingsPage):
    """Emits requests of the reader, with the id of the source they are about."""

    add_requested = Signal()
    edit_requested = Signal(str)
    check_requested = Signal(str)
    enabled_changed = Signal(str, bool)
    remove_requested = Signal(str)
    reordered = Signal(object)  # list of ids

    def __init__(self) -> None:
        super().__init__(
            "library-sync",
            tr("Library sync"),
            tr("Catalogs to browse and download from. Some of them also keep your place."),
            "hard-drives",
        )
        self._add = button(tr("Add source"), "primary", "plus")
        self._add.clicked.connect(self.add_requested)
        self.add_to_head(self._add)
        self._list = SourceList()
        self._list.reordered.connect(self.reordered)
        self.column.addWidget(self._list)
        self._empty = EmptyState(
            tr("No sources yet"),
            tr("Add the catalog of your server to browse and download."),
            "hard-drives",
            primary=(tr("Add source"), self.add_requested.emit),
        )
        self.column.addWidget(self._empty, 1)
        self._lines: list[ListedSource] = []
        self.end()
        self.show_sources([])

    def show_sources(self, lines: Sequence[ListedSource]) -> None:
        self._lines = list(lines)
        rows = [self._row(one) for one in lines]
        self._list.fill(rows)
        self._list.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._add.setVisible(bool(rows))

    def _row(self, line: ListedSource) -> "SourceRow":
        row = SourceRow(line)
        source_id, on = line.source.id, line.source.enabled
        actions = (
            (tr("Edit…"), lambda: self.edit_requested.emit(source_id)),
            (tr("Check now"), lambda: self.check_requested.emit(source_id)),
            (
                tr("Turn off") if on else tr("Turn on"),
                lambda: self.enabled_changed.emit(source_id, not on),
            ),
            (tr("Move up"), lambda: self._list.shift(source_id, -1)),
            (tr("Move down"), lambda: self._list.shift(source_id, 1)),
            (tr("Remove…"), lambda: self.remove_requested.emit(source_id)),
        )
        for text, act in actions:
            action = QAction(text, row)
            action.triggered.connect(act)
            row.menu.addAction(action)
        return row


class SourceRow(QWidget):
    """A source with its state and a menu. It can be dragged to another place in the list."""

    dragged = Signal(str, int)  # its id, and the y of the mouse in the list, in px
    dropped = Signal()

    def __init__(self, line: ListedSource) -> None:
        super().__init__()
        now = datetime.now(UTC)
        source = line.source
        self.source_id = source.id
        self.menu = QMenu(self)
        self._pressed: QPoint | None = None
        self.setMinimumHeight(theme.scaled(_ROW_HEIGHT))
        words, tone, mark = state_of(line, now)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(label(source.name, "bodyStrong"))
        head.addWidget(label(f"· {kind_name(source.kind)}", "body", "muted"))
        head.addStretch(1)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addStretch(1)
        text.addLayout(head)
        text.addWidget(ElidedLabel(facts_of(line, now), "small", "muted"))
        text.addStretch(1)
        more = IconButton("dots-three-vertical", tr("More about {name}", name=source.name))
        more.clicked.connect(lambda: self._open_menu(more.mapToGlobal(QPoint(0, more.height()))))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(14)
        row.addWidget(tile(KIND_ICONS[source.kind], "plain"))
        row.addLayout(text, 1)
        row.addWidget(Badge(words, tone, mark))
        row.addWidget(more)
        self.setAccessibleName(f"{source.name}, {kind_name(source.kind)}, {words}")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._open_menu(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        far = QApplication.startDragDistance()
        if self._pressed is not None and (at - self._pressed).manhattanLength() >= far:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self.source_id, self.mapToParent(at).y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        self.unsetCursor()
        self.dropped.emit()

    def _open_menu(self, at: QPoint) -> None:
        self.menu.popup(at)


class SourceList(QFrame):
    """The rows in a card. `reordered` carries the ids in their new order."""

    reordered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[SourceRow] = []
        self._before: list[str] = []  # the order before the current drag
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        frame = card()
        outer.addWidget(frame)
        self._column = QVBoxLayout(frame)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def fill(self, rows: Sequence[SourceRow]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows, self._before = list(rows), []
        for index, row in enumerate(rows):
            if index:
                self._column.addWidget(line())
            self._column.addWidget(row)
            row.dragged.connect(self._drag)
            row.dropped.connect(self._drop)

    def ids(self) -> list[str]:
        """The ids in the order shown."""
        return [row.source_id for row in self._rows]

    def shift(self, source_id: str, by: int) -> None:
        """Move a source up (-1) or down (1)."""
        ids = self.ids()
        at = ids.index(source_id)
        to = min(len(ids) - 1, max(0, at + by))
        if to != at:
            ids.insert(to, ids.pop(at))
            self.reordered.emit(ids)

    def _drag(self, source_id: str, y: int) -> None:
        """Swap the row with its neighbour as soon as the mouse is over that one."""
        self._before = self._before or self.ids()
        at = self.ids().index(source_id)
        for to in (at - 1, at + 1):
            if 0 <= to < len(self._rows):
                other = self._rows[to].geometry()
                if other.top() < y < other.bottom():
                    self._swap(at, to)
                    return

    def _swap(self, at: int, to: int) -> None:
        """Swap two rows. With a line between rows, a row's index in the layout is twice its
        number."""
        first, second = sorted((at, to))
        upper, lower = self._rows[first], self._rows[second]
        self._column.removeWidget(lower)
        self._column.removeWidget(upper)
        self._column.insertWidget(2 * first, lower)
        self._column.insertWidget(2 * second, upper)
        self._rows[first], self._rows[second] = lower, upper

    def _drop(self) -> None:
        before, self._before = self._before, []
        if before and before != self.ids():
            self.reordered.emit(self.ids())
