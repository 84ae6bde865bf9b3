"""The sidebar: shelves, sources, and the sync line; a rail of icons when narrow."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.library import Shelf, ShelfCounts
from kios_desktop.domain.progress import SyncOverview
from kios_desktop.domain.source import SourceKind
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.header import shelf_title
from kios_desktop.ui.shell.nav_list import NavList, NavRow
from kios_desktop.ui.sync.sync_line import SyncLine
from kios_desktop.ui.sync.texts import StatusLine, status_line
from kios_desktop.ui.widgets.buttons import IconButton
from kios_desktop.ui.widgets.label import label

_ICONS: Final = {
    Shelf.ALL: "books",
    Shelf.READING: "book-open",
    Shelf.UNREAD: "circle-dashed",
    Shelf.FINISHED: "check-circle",
}
_SOURCE_ICONS: Final = {SourceKind.OPDS: "hard-drives", SourceKind.KOBO: "device-tablet"}
_ADD: Final = "add"
_MARKS: Final = "marks"
_STATISTICS: Final = "statistics"
_MINUTE_MS: Final = 60_000


class SourceLine(Struct, frozen=True):
    """A source in the sidebar. `trouble` is its trouble in a few words, "" for none."""

    source_id: str
    name: str
    kind: SourceKind = SourceKind.OPDS
    trouble: str = ""


class Sidebar(QWidget):
    """232 px, or a rail of 52."""

    shelf_chosen = Signal(object)  # Shelf
    source_chosen = Signal(str)  # source id
    add_source_requested = Signal()
    marks_requested = Signal()
    statistics_requested = Signal()
    sync_menu_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._overview = SyncOverview()
        self._importing = self._downloading = ""
        self._rail = False
        self.nav = NavList(tr("Shelves"))
        self.set_counts(ShelfCounts())
        self.nav.rows.set_chosen(Shelf.ALL.value)
        self.nav.setCurrentIndex(self.nav.rows.index(0))
        self.nav.selectionModel().currentChanged.connect(self._shelf_changed)
        self.nav.row_chosen.connect(self._go_to_shelf)
        self.sources = NavList(tr("Sources"))
        self.sources.row_chosen.connect(self._go_to_source)
        self._sources_head = self._head()
        self._show_sources(False)
        self.you = NavList(tr("You"))
        marks, statistics = tr("Highlights and notes"), tr("Statistics")
        self.you.rows.set_rows(
            [
                NavRow(_MARKS, "highlighter-circle", marks, marks),
                NavRow(_STATISTICS, "chart-bar", statistics, statistics),
            ]
        )
        self.you.row_chosen.connect(self._go_to_you)
        self._you_title = label(tr("You"), "microStrong", "muted")
        self.sync_line = SyncLine()
        self.sync_line.clicked.connect(self.sync_menu_requested)
        self._lay_out()
        # updates “2 min ago”
        minute = QTimer(self, interval=_MINUTE_MS)
        minute.timeout.connect(self._show_status)
        minute.start()
        self.set_rail(False)
        self._show_status()

    def set_rail(self, rail: bool) -> None:
        self._rail = rail
        self.sync_line.set_rail(rail)
        self.nav.set_rail(rail)
        self.sources.set_rail(rail)
        self.you.set_rail(rail)
        self._you_title.setVisible(not rail)
        self._title.setVisible(not rail)
        wide = theme.size("sidebar")
        text = QFontMetrics(theme.font("bodyStrong")).horizontalAdvance("m" * 14)
        self.setFixedWidth(theme.size("rail") if rail else max(wide, min(320, text)))
        side = (theme.size("rail") - 28) // 2
        self._head_row.setContentsMargins(side if rail else 20, 16, side if rail else 14, 4)
        self.nav.setFixedHeight(self.nav.height_of_rows())
        self.you.setFixedHeight(self.you.height_of_rows())
        self.sources.setMaximumHeight(self.sources.height_of_rows())

    def set_counts(self, counts: ShelfCounts) -> None:
        rows = []
        for shelf in Shelf:
            n = int(getattr(counts, shelf.value))
            title = shelf_title(shelf)
            spoken = counted("{shelf}, %Ln books", "", n, one="{shelf}, %Ln book", shelf=title)
            rows.append(NavRow(shelf.value, _ICONS[shelf], title, spoken, number(n)))
        self.nav.rows.set_rows(rows)

    def set_sources(self, sources: Sequence[SourceLine]) -> None:
        """Show the sources; without any, the offer to add one."""
        rows = [
            NavRow(
                one.source_id,
                _SOURCE_ICONS.get(one.kind, "hard-drives"),
                one.name,
                tr("{source}, source", source=one.name),
                trouble=one.trouble,
            )
            for one in sources
        ]
        words = tr("Add source…")
        self.sources.rows.set_rows(rows or [NavRow(_ADD, "plus", words, words, faint=True)])
        self.sources.setMaximumHeight(self.sources.height_of_rows())
        self._show_sources(True)

    def set_shelf(self, shelf: Shelf) -> None:
        """Select a shelf, as a click does."""
        self.nav.setCurrentIndex(self.nav.rows.index(self.nav.rows.number_of(shelf.value)))
        self._go_to_shelf(shelf.value)

    def show_source(self, source_id: str) -> None:
        """Mark a source as shown; "" marks the last shelf again."""
        self.sources.rows.set_chosen(source_id)
        self.you.rows.set_chosen("")
        current = self.nav.rows.row(self.nav.currentIndex().row())
        shelf = "" if source_id or current is None else current.key
        self.nav.rows.set_chosen(shelf)

    def show_marks(self) -> None:
        """Mark the highlights of all books as shown."""
        self._show_you(_MARKS)

    def show_statistics(self) -> None:
        """Mark the statistics as shown."""
        self._show_you(_STATISTICS)

    def go_to_first_source(self) -> None:
        """Select the first source, as a click does."""
        if (first := self.sources.rows.row(0)) is not None:
            self._go_to_source(first.key)

    @property
    def browses(self) -> bool:
        """Whether the window shows a source."""
        return bool(self.sources.rows.chosen)

    def set_overview(self, overview: SyncOverview) -> None:
        self._overview = overview
        self._show_status()

    def set_import(self, done: int, total: int) -> None:
        """Show “Adding books 12 of 40” in place of the sync status; (0, 0) ends it."""
        words = tr("Adding books {n} of {all}", n=number(done), all=number(total))
        self._importing = words if total else ""
        self._show_status()

    def set_downloads(self, done: int, total: int) -> None:
        """Show “Downloading 1 of 2” in place of the sync status; (0, 0) ends it."""
        words = tr("Downloading {n} of {all}", n=done, all=total)
        self._downloading = words if total else ""
        self._show_status()

    def regions(self) -> list[QWidget]:
        return [self.nav, self.sources, self.you]

    # -- construction

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.nav)
        column.addWidget(self._sources_head)
        column.addWidget(self.sources, 1)
        self._you_title.setContentsMargins(20, 16, 14, 10)
        column.addWidget(self._you_title)
        column.addWidget(self.you)
        column.addStretch(0)
        column.addWidget(self.sync_line)
        edge = QFrame()
        edge.setObjectName("sidebarEdge")
        edge.setFixedWidth(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(column, 1)
        row.addWidget(edge)

    def _head(self) -> QWidget:
        holder = QWidget()
        self._head_row = QHBoxLayout(holder)
        self._head_row.setSpacing(0)
        self._title = label(tr("Sources"), "microStrong", "muted")
        add = IconButton("plus", tr("Add source"), px=14, side=28, color="textMuted")
        add.clicked.connect(self.add_source_requested)
        self._head_row.addWidget(self._title, 1)
        self._head_row.addWidget(add)
        return holder

    def _show_sources(self, shown: bool) -> None:
        self._sources_head.setVisible(shown)
        self.sources.setVisible(shown)

    def _shelf_changed(self, index: QModelIndex) -> None:
        if (row := self.nav.rows.row(index.row())) is not None:
            self._go_to_shelf(row.key)

    def _go_to_shelf(self, key: str) -> None:
        if self.nav.rows.chosen != key:
            self.nav.rows.set_chosen(key)
            self.sources.rows.set_chosen("")
            self.you.rows.set_chosen("")
            self.shelf_chosen.emit(Shelf(key))

    def _go_to_you(self, key: str) -> None:
        (self.marks_requested if key == _MARKS else self.statistics_requested).emit()

    def _show_you(self, key: str) -> None:
        self.sources.rows.set_chosen("")
        self.nav.rows.set_chosen("")
        self.you.rows.set_chosen(key)

    def _go_to_source(self, key: str) -> None:
        if key == _ADD:
            self.add_source_requested.emit()
        else:
            self.source_chosen.emit(key)

    def _show_status(self) -> None:
        line = status_line(self._overview, datetime.now(UTC))
        if busy := self._importing or self._downloading:
            line = StatusLine("arrows-clockwise", "textMuted", busy)
        self.sync_line.show_status(line)
