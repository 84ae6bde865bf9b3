"""The page of statistics in the whole app: by keyboard, spoken, narrow, and right to left."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QMenu, QPushButton

from kios_desktop.domain.library import BookId
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.domain.statistics import Span
from kios_desktop.ui.book.page import BookDetailsPage
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.statistics.page import StatisticsPage
from kios_desktop.ui.statistics.texts import day_text
from tests.books import write_book
from tests.gui.kios import Kios
from tests.gui.waiting import until
from tests.sessions import session

pytestmark = pytest.mark.gui

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
TITLES = ("Alpha", "Beta")


def noon(days_ago: int = 0) -> datetime:
    """Of the day that is so many before today's, which began at four."""
    day = (datetime.now().astimezone() - timedelta(hours=4)).date() - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, 12).astimezone().astimezone(UTC)


def today() -> date:
    return noon().astimezone().date()


class Library:
    """The main window of the whole app, with the page of statistics."""

    def __init__(self, kios: Kios, ids: list[BookId]) -> None:
        self.kios, self.ids = kios, ids

    @property
    def window(self) -> MainWindow:
        return self.kios.app.parts.window

    @property
    def page(self) -> StatisticsPage:
        return self.kios.app.parts.statistics.page

    async def keep(self, *read: tuple[int, int, float]) -> None:
        """Sessions, each as (days ago, number of the book, minutes)."""
        sessions = [session(self.ids[book], noon(ago), n) for ago, book, n in read]
        await self.kios.app.parts.sessions.save(sessions)

    async def kept(self) -> Sequence[ReadingSession]:
        return await self.kios.app.parts.sessions.all()

    async def open_page(self) -> StatisticsPage:
        """Open it by the keyboard, and wait until it shows something."""
        you = self.window.sidebar.you
        you.setCurrentIndex(you.rows.index(you.rows.number_of("statistics")))
        QTest.keyClick(you, Qt.Key.Key_Return)
        await until(lambda: self.page.books.isVisible() or self.page.empty.isVisible())
        return self.page

    def spoken_day(self) -> str:
        return str(self.page.year.currentIndex().data(SPOKEN))

    def spoken_books(self) -> list[str]:
        lines = self.page.books.lines
        return [str(lines.index(row).data(SPOKEN)) for row in range(lines.rowCount())]

    async def undo(self) -> None:
        await until(lambda: self.window.overlays.shown(OverlayKind.TOAST) is not None)
        toast = self.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        [undo] = [one for one in toast.findChildren(QPushButton) if one.text() == "Undo"]
        undo.click()


@asynccontextmanager
async def library(qapp: QApplication, folder: Path) -> AsyncIterator[Library]:
    async with Kios(qapp, folder, connect=False) as kios:
        ids = [
            await kios.add(write_book(folder / f"{title}.epub", "<p>Words.</p>", title=title))
            for title in TITLES
        ]
        kios.app.parts.library_changed()
        window = kios.app.parts.window
        window.resize(1440, 900)
        window.show()
        await until(lambda: window.sidebar.isVisible())
        yield Library(kios, ids)


async def test_what_was_read_is_shown_and_the_sidebar_leads_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 65), (0, 1, 10), (1, 1, 0.5))
        page = await it.open_page()
        assert page.read.value.full_text() == "1 h 15 min"
        assert page.streak.accessibleName().startswith("Current streak, 1 day, Longest: 1 day, in ")
        assert page.finished.value.full_text() == "0 books"
        assert page.pace.accessibleName() == ("Reading pace, 250 words/min, Used for “time left”")
        assert it.spoken_day().endswith(": 1 h 15 min, Alpha, Beta")
        assert it.spoken_books() == ["Alpha, Reading, 1 h 05 min", "Beta, Reading, 10 min"]
        assert it.window.sidebar.you.rows.chosen == "statistics"
        nav = it.window.sidebar.nav
        nav.setCurrentIndex(nav.rows.index(1))
        assert not page.isVisible()
        assert it.window.library.isVisible()
        assert not it.window.sidebar.you.rows.chosen


async def test_without_sessions_the_page_says_how_to_get_some(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        page = await it.open_page()
        assert page.empty.accessibleName() == "Nothing to count yet"
        assert page.empty.accessibleDescription() == "Read for a minute and come back."
        assert not page.header.spans.isVisible()
        assert not page.header.export.isVisible()
        assert not page.header.forget.isVisible()
        it.window.foregrounded.emit()  # which counts the books again
        await asyncio.sleep(0.1)
        assert page.isVisible()


async def test_what_is_recorded_while_the_page_is_shown_appears(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        page = await it.open_page()
        await it.keep((0, 1, 20))
        it.kios.app.parts.sessions_changed()
        await until(lambda: it.spoken_books() == ["Beta, Reading, 20 min"])
        await it.kios.app.parts.books.mark_finished(it.ids[1], datetime.now(UTC))
        it.kios.app.parts.library_changed()
        await until(lambda: "Finished" in it.spoken_books()[0])
        assert page.finished.value.full_text() == "1 book"
        await it.kios.app.parts.books.remove(it.ids[1])
        it.kios.app.parts.library_changed()
        await until(lambda: page.books.lines.line(page.books.lines.index(0)) is not None)
        assert it.spoken_books()[0].startswith("Beta, Finished")


async def test_arrows_lead_through_the_year_by_days_and_weeks(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30))
        page = await it.open_page()
        page.year.setFocus()
        assert page.year.current_day == today()
        QTest.keyClick(page.year, Qt.Key.Key_Down)  # tomorrow is not there yet
        assert page.year.current_day == today()
        QTest.keyClick(page.year, Qt.Key.Key_Home)
        assert page.year.current_day == date(today().year, 1, 1)
        day = first = date(today().year, 1, 1)
        for key, by in (
            (Qt.Key.Key_Up, -1),  # not into the year before
            (Qt.Key.Key_Left, -7),
            (Qt.Key.Key_Down, 1),
            (Qt.Key.Key_Right, 7),
            (Qt.Key.Key_Up, -1),
            (Qt.Key.Key_Left, -7),
        ):
            QTest.keyClick(page.year, key)
            to = day + timedelta(days=by)
            day = to if first <= to <= today() else day
            assert page.year.current_day == day
        assert it.spoken_day() == day_text(day, page.year.days.line(day), today())
        QTest.keyClick(page.year, Qt.Key.Key_End)
        assert it.spoken_day().endswith(": 30 min, Alpha")
        spoken = QAccessible.queryAccessibleInterface(page.year).focusChild()
        assert spoken.text(QAccessible.Text.Name) == it.spoken_day()


async def test_from_right_to_left_weeks_go_the_other_way(
    qapp: QApplication, tmp_path: Path
) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        async with library(qapp, tmp_path) as it:
            await it.keep((0, 0, 30))
            page = await it.open_page()
            page.year.setFocus()
            QTest.keyClick(page.year, Qt.Key.Key_Home)
            QTest.keyClick(page.year, Qt.Key.Key_Left)
            first, second = date(today().year, 1, 1), date(today().year, 1, 8)
            assert page.year.current_day == (second if second <= today() else first)
            boxes = [page.year.visualRect(page.year.days.place(day)) for day in (first, second)]
            assert boxes[1].left() < boxes[0].left()
            assert page.read.geometry().left() > page.pace.geometry().left()
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


async def test_tab_and_f6_reach_everything_and_leave_it(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30), (400, 0, 30))
        page = await it.open_page()
        page.header.spans.segment(Span.YEAR.value).setFocus()
        stops = [it.window.focusWidget()]
        for _ in range(8):
            QTest.keyClick(it.window.focusWidget(), Qt.Key.Key_Tab)
            stops.append(it.window.focusWidget())
        assert stops[1:] == [
            page.header.back,  # the next year is not there yet
            page.header.export,
            page.header.more,
            page.year_card.more,
            page.year,
            page.bars_card.more,
            page.bars,
            page.books,
        ]
        page.header.export.setFocus()
        reached = []
        for _ in range(3):
            QTest.keyClick(it.window, Qt.Key.Key_F6)
            reached.append(it.window.focusWidget())
        assert reached == [page.year, page.bars, page.books]


async def test_the_buttons_lead_through_the_periods(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30), (400, 0, 45))
        header = (await it.open_page()).header
        assert header.period.text() == str(today().year)
        assert not header.on.isEnabled()
        for year in range(today().year - 1, noon(400).year - 1, -1):
            header.back.setFocus()
            header.back.click()
            await until(lambda year=year: header.period.text() == str(year))  # type: ignore[misc]
        assert not header.back.isEnabled()
        assert it.window.focusWidget() is header.on, "the focus stays at the pair"
        assert it.page.read.value.full_text() == "45 min"
        assert it.page.year.current_day == date(noon(400).year, 12, 31)
        header.spans.segment(Span.ALL.value).click()
        await until(lambda: not header.back.isVisible())
        assert it.page.read.value.full_text() == "1 h 15 min"


async def test_charts_are_shown_as_tables(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30), (0, 1, 5))
        page = await it.open_page()
        page.year.setFocus()
        page.year_card.as_table.trigger()
        table = page.year_card.table
        assert (table.isVisible(), page.year.isVisible()) == (True, False)
        assert it.window.focusWidget() is table
        cells = [table.model().index(0, column).data() for column in range(3)]
        assert cells[1:] == ["35 min", "Alpha, Beta"]
        page.year_card.as_table.trigger()
        assert it.window.focusWidget() is page.year


async def test_a_book_is_opened_by_a_click_and_by_enter(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 1, 30))
        page = await it.open_page()
        await until(
            lambda: it.window.findChild(BookDetailsPage) is not None
        )  # made after the start
        QTest.keyClick(page.books, Qt.Key.Key_Return)
        await until(lambda: not page.isVisible())
        details = it.window.findChild(BookDetailsPage)
        assert details is not None
        await until(lambda: details.isVisible())
        assert it.window.sidebar.you.rows.chosen == "statistics"
        details.left.emit()
        await until(lambda: page.isVisible())


async def test_a_days_and_a_books_statistics_are_deleted_by_their_menus(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30), (1, 1, 20))
        page = await it.open_page()
        page.year.setFocus()
        it.window.activateWindow()
        QTest.keyClick(page.year, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        menu.actions()[0].trigger()
        menu.close()
        await until(lambda: it.spoken_books() == ["Beta, Reading, 20 min"])
        await it.undo()
        await until(lambda: len(it.spoken_books()) == 2)
        line = page.books.lines.line(page.books.lines.index(1))
        assert line is not None
        by_name = {one.text(): one for one in page.menu_of_book(line).actions()}
        assert list(by_name) == ["About this book", "Delete the statistics of this book"]
        by_name["Delete the statistics of this book"].trigger()
        await until(lambda: it.spoken_books() == ["Alpha, Reading, 30 min"])
        assert [one.book_id for one in await it.kept()] == [it.ids[0]]


async def test_a_day_without_reading_has_no_menu(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30))
        page = await it.open_page()
        asked: list[tuple[date, QPoint]] = []
        page.year.menu_wanted.connect(lambda day, at: asked.append((day, at)))
        page.year.go_to(today() - timedelta(days=1))
        page.year.setFocus()
        QTest.keyClick(page.year, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
        assert asked == []


async def test_all_statistics_are_deleted_after_a_question(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30), (1, 1, 20))
        page = await it.open_page()
        for answer in (QDialogButtonBox.ButtonRole.RejectRole, None):
            page.header.forget.trigger()
            dialog = it.window.findChildren(AskDialog)[-1]
            assert dialog.windowTitle() == "Delete all statistics?"
            if answer is None:
                dialog.verb.click()
            else:
                dialog.reject()
                await asyncio.sleep(0.05)
                assert len(await it.kept()) == 2
        await until(lambda: page.empty.isVisible())
        assert await it.kept() == []
        await it.undo()
        await until(lambda: page.books.isVisible())
        assert len(await it.kept()) == 2


async def test_statistics_pause_and_go_on_from_the_banner(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        page = await it.open_page()
        live = it.kios.app.parts.live
        page.header.pause.trigger()
        await until(lambda: page.paused.isVisible())
        assert not live.value.statistics.enabled
        assert page.header.pause.isChecked()
        [link] = page.paused.findChildren(QPushButton)
        link.click()
        await until(lambda: not page.paused.isVisible())
        assert live.value.statistics.enabled
        assert not page.header.pause.isChecked()


async def test_the_export_goes_into_the_chosen_file(qapp: QApplication, tmp_path: Path) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30), (1, 1, 20))
        page = await it.open_page()
        page.header.export.click()
        [dialog] = it.window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(tmp_path / "read.csv"))
        dialog.reject()
        await until(lambda: (tmp_path / "read.csv").exists())
        rows = list(csv.DictReader((tmp_path / "read.csv").read_text("utf-8").splitlines()))
        assert [row["title"] for row in rows] == ["Beta", "Alpha"]
        assert [row["seconds"] for row in rows] == ["1200", "1800"]


async def test_in_a_narrow_window_tiles_and_cards_stand_below_each_other(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with library(qapp, tmp_path) as it:
        await it.keep((0, 0, 30))
        page = await it.open_page()
        assert page.read.y() == page.pace.y()
        assert page.bars_card.y() == page.books_card.y()
        it.window.resize(900, 640)
        await until(lambda: page.finished.y() > page.read.y())
        assert page.read.y() == page.streak.y()
        await until(lambda: page.books_card.y() > page.bars_card.geometry().bottom())
        now = page.year.visualRect(page.year.days.place(today()))
        assert page.year.viewport().rect().contains(now.center()), "the current week is in view"
        assert page.width() >= page.header.width()
