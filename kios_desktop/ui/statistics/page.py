"""“Statistics”: what was read when, a page of the main window."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.preferences import StatisticsPreferences
from kios_desktop.exchange.session_writers import SessionFormat
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.formats import books, calendar_day, duration
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.statistics import texts
from kios_desktop.ui.statistics.bars import BarChart
from kios_desktop.ui.statistics.book_lines import SIDE, BookLines
from kios_desktop.ui.statistics.cards import Card, ChartCard, Tile
from kios_desktop.ui.statistics.header import StatisticsHeader
from kios_desktop.ui.statistics.presenter import StatisticsPresenter
from kios_desktop.ui.statistics.summary import BookLine, Summary
from kios_desktop.ui.statistics.value_table import ValueTable
from kios_desktop.ui.statistics.year_grid import Legend, YearGrid
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.empty_state import EmptyState
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.inline_banner import InlineBanner
from kios_desktop.ui.widgets.label import label

BOOKS: Final = 5  # shown until all are asked for
_NARROW: Final = 1000  # px of the window at the usual size of text
_GAP: Final = 16  # px between cards


class StatisticsPage(QWidget):
    """Implements `presenter.StatisticsView`."""

    book_requested = Signal(object)  # BookId: show its page

    def __init__(self, covers: Covers, overlays: OverlayHost) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._overlays = overlays
        self._presenter: StatisticsPresenter | None = None
        self._shown: Summary | None = None
        self._all_books = False
        self.header = StatisticsHeader()
        self.read = Tile("clock", tr("Time read"))
        self.streak = Tile("flame", tr("Current streak"))
        self.finished = Tile("check-circle", tr("Finished"))
        self.pace = Tile("gauge", tr("Reading pace"))
        self.year = YearGrid()
        self.bars = BarChart()
        self.books = BookLines(covers)
        self.more_books = button("", "link", height="controlSmall")
        self.more_books.setProperty("flush", True)
        self.paused = InlineBanner(tr("Statistics are paused."), "info", closable=False)
        self.empty = EmptyState(
            tr("Nothing to count yet"), tr("Read for a minute and come back."), "chart-bar"
        )
        self._lay_out()

    def bind(self, presenter: StatisticsPresenter) -> None:
        self._presenter = presenter
        header = self.header
        header.span_chosen.connect(presenter.choose_span)
        header.step_wanted.connect(presenter.step)
        header.pause_wanted.connect(presenter.pause)
        header.export_wanted.connect(self._choose_file)
        header.forget_all_wanted.connect(self._ask_to_forget)
        self.paused.add_link(tr("Go on"), lambda: presenter.pause(False))
        self.books.chosen.connect(self.book_requested)
        self.books.menu_wanted.connect(self._show_book_menu)
        self.year.menu_wanted.connect(self._show_day_menu)
        self.more_books.clicked.connect(self._show_all_books)

    def regions(self) -> list[QWidget]:
        """A chart or its table, whichever is shown."""
        charts = [self.year, self.year_table, self.bars, self.bars_table]
        return [self.header, *charts, self.books]

    # -- StatisticsView

    def show_summary(self, shown: Summary | None, chosen: StatisticsPreferences) -> None:
        self._shown = shown
        self.header.show_period(shown, recorded=chosen.enabled)
        self.paused.setVisible(not chosen.enabled)
        self.empty.setVisible(shown is None)
        self._scroll.setVisible(shown is not None)
        if shown is None:
            return
        self.read.show_value(duration(shown.read_s), texts.read_note(shown, chosen))
        self.streak.show_value(texts.days(shown.streaks.current), texts.longest_note(shown))
        self.finished.show_value(books(shown.finished), texts.finished_note(shown))
        pace = shown.words_per_min
        self.pace.show_value(texts.pace(pace), texts.pace_note(pace))
        self.year_card.note.setText(texts.year_note(shown))
        self.year.show_year(shown)
        self.bars_card.show_title(texts.bars_title(shown))
        self.bars_card.note.setText(texts.unit_note(shown.unit))
        self.bars.show_bars(shown)
        self.books_card.note.setText(texts.books_note(shown))
        self._show_books()
        self._fill_tables()

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self._overlays.toast(text, action, on_action)

    # -- what is done

    def menu_of_day(self, day: date) -> QMenu:
        """What can be done with a day."""
        menu = QMenu(self)
        today = self._shown.today if self._shown is not None else day
        words = tr("Delete the statistics of {day}", day=calendar_day(day, today))
        if (presenter := self._presenter) is not None:
            menu.addAction(words).triggered.connect(lambda: presenter.forget_day(day))
        return menu

    def menu_of_book(self, line: BookLine) -> QMenu:
        """What can be done with a book."""
        menu = QMenu(self)
        if line.is_here:
            show = menu.addAction(tr("About this book"))
            show.triggered.connect(lambda: self.book_requested.emit(line.book_id))
        if (presenter := self._presenter) is not None:
            delete = menu.addAction(tr("Delete the statistics of this book"))
            delete.triggered.connect(lambda: presenter.forget_book(line.book_id))
        return menu

    def _show_day_menu(self, day: date, at: QPoint) -> None:
        _pop_up(self.menu_of_day(day), at)

    def _show_book_menu(self, line: BookLine, at: QPoint) -> None:
        _pop_up(self.menu_of_book(line), at)

    def _ask_to_forget(self) -> None:
        dialog = AskDialog(
            tr("Delete all statistics?"),
            tr(
                "Kios forgets when you have read what, and how fast. Your books, places and "
                "highlights stay."
            ),
            tr("Delete"),
            self.window(),
            dangerous=True,
        )
        if (presenter := self._presenter) is not None:
            dialog.accepted.connect(presenter.forget_all)
        dialog.open()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self.window(), tr("Export reading sessions"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        names = {
            tr("Table (*.csv)"): SessionFormat.CSV,
            tr("JSON (*.json)"): SessionFormat.JSON,
        }
        dialog.setNameFilters(list(names))
        dialog.selectFile(tr("Reading sessions"))
        dialog.setDefaultSuffix(SessionFormat.CSV.value)

        def chosen_name(name_filter: str) -> None:
            dialog.setDefaultSuffix(names[name_filter].value)

        def chosen(name: str) -> None:
            path = Path(name)
            if (presenter := self._presenter) is not None:
                presenter.export(path, format_of(path, names[dialog.selectedNameFilter()]))

        dialog.filterSelected.connect(chosen_name)
        dialog.fileSelected.connect(chosen)
        dialog.open()

    # -- parts

    def _show_all_books(self) -> None:
        self._all_books = True
        self._show_books()
        self.books.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_books(self) -> None:
        if (shown := self._shown) is None:
            return
        self.books.show_books(shown, None if self._all_books else BOOKS)
        n = len(shown.books)
        self.more_books.setText(counted("Show all %Ln books", "", n, one="Show the book"))
        self.more_books.setVisible(n > BOOKS and not self._all_books)
        self._no_books.setVisible(n == 0)

    def _fill_tables(self) -> None:
        if (shown := self._shown) is None:
            return
        days = sorted(shown.days.values(), key=lambda line: line.day, reverse=True)
        self.year_table.show_rows(
            [
                (
                    calendar_day(line.day, shown.today, named=True),
                    duration(line.read.read_s),
                    ", ".join(line.titles),
                )
                for line in days
            ]
        )
        self.bars_table.show_rows(
            [
                (texts.bar_name(shown.unit, bar, shown.today), duration(bar.read_s))
                for bar in shown.bars
                if not bar.is_ahead
            ]
        )

    def _lay_out(self) -> None:
        self._tiles = QGridLayout()
        self._tiles.setSpacing(_GAP)
        self._per_row = 0
        self._make_cards()
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(_GAP)
        self._pair.addWidget(self.bars_card, 11)
        self._pair.addWidget(self.books_card, 19)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._column = QVBoxLayout(inner)
        self._column.setSpacing(_GAP)
        self._column.addLayout(self._tiles)
        self._column.addWidget(self.year_card)
        self._column.addLayout(self._pair)
        self._column.addWidget(self._foot())
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        dress_as_page(self._scroll)
        self._scroll.setWidget(inner)
        self._scroll.verticalScrollBar().setSingleStep(40)
        self._scroll.verticalScrollBar().rangeChanged.connect(lambda *_: self._fit())
        self._around = QVBoxLayout()
        self._around.addWidget(self.header)
        self._around.addWidget(self.paused)
        self._around.setSpacing(_GAP // 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self._around)
        box.addWidget(self.empty, 1)
        box.addWidget(self._scroll, 1)
        for widget in (self.paused, self.empty, self._scroll):
            widget.hide()
        self._order_tabs()
        self._fit()

    def _order_tabs(self) -> None:
        """As one reads, not as the widgets were made."""
        order = (
            self.header.more,
            self.year_card.more,
            self.year,
            self.year_table,
            self.bars_card.more,
            self.bars,
            self.bars_table,
            self.books,
            self.more_books,
        )
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _make_cards(self) -> None:
        self.year_table = ValueTable(tr("Your year"), [tr("Day"), tr("Time"), tr("Books")])
        steps = label(tr("Less"), "micro", "muted"), Legend(), label(tr("More"), "micro", "muted")
        self.year_card = ChartCard(tr("Your year"), self.year, self.year_table, ends=steps)
        self.bars_table = ValueTable(tr("Time read"), [tr("When"), tr("Time")])
        self.bars_card = ChartCard("", self.bars, self.bars_table)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        self._no_books = label(tr("Nothing was read."), "body", "muted")
        column.addWidget(self.books)
        for widget in (self._no_books, self.more_books):
            row = QHBoxLayout()
            row.setContentsMargins(SIDE, 0, SIDE, 0)
            row.addWidget(widget)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(1)
        self.books_card = Card(tr("Books"), lines, hanging=SIDE)

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 16)
        row.setSpacing(8)
        row.addWidget(IconLabel("lock-simple", "textMuted", theme.icon_px("inline")))
        row.addWidget(
            label(
                tr(
                    "These numbers stay on this computer unless you send sessions to a Grimmory or "
                    "BookLore account."
                ),
                "small",
                "muted",
            )
        )
        row.addStretch(1)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Two tiles in a row, and bars above books, in a narrow window."""
        narrow = self.window().width() < theme.scaled(_NARROW)
        margin = _GAP if narrow else theme.size("pageMargin")
        self._around.setContentsMargins(margin, 0, margin, 0)
        bar = theme.size("scrollbar") if self._scroll.verticalScrollBar().maximum() > 0 else 0
        left, right = (margin - bar, margin) if self.isRightToLeft() else (margin, margin - bar)
        self._column.setContentsMargins(left, 4, right, 0)
        direction = QBoxLayout.Direction
        self._pair.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
        per_row = 2 if narrow else 4
        if per_row != self._per_row:
            self._per_row = per_row
            for n, tile in enumerate((self.read, self.streak, self.finished, self.pace)):
                self._tiles.addWidget(tile, n // per_row, n % per_row)
            for column in range(4):
                self._tiles.setColumnStretch(column, 1 if column < per_row else 0)


def format_of(path: Path, otherwise: SessionFormat) -> SessionFormat:
    """By the end of a file's name."""
    ending = path.suffix.lower().removeprefix(".")
    return SessionFormat(ending) if ending in set(SessionFormat) else otherwise


def _pop_up(menu: QMenu, at: QPoint) -> None:
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if menu.actions():
        menu.popup(at)
