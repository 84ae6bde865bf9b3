"""The page of a book in a real window."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from kios_desktop.application.book_routes import Routing
from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.library import BookId, Shelf
from kios_desktop.domain.locator import Locator
from kios_desktop.ui.book.page import BookDetailsPage
from kios_desktop.ui.shell.main_window import MainWindow
from tests.fakes_book import HOME, FakeBooks
from tests.fakes_ui import sample_books
from tests.gui import book_screens, catalog_screens
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    catalog_screens.running.clear()
    while catalog_screens.windows:
        catalog_screens.windows.pop().deleteLater()


async def shown(books: FakeBooks, book: int = 1) -> tuple[MainWindow, BookDetailsPage]:
    window = book_screens.window(books, QSize(1200, 800), book)
    window.show()
    window.activateWindow()
    page = book_screens.page_of(window)
    await until(lambda: page.book_id == book)
    return window, page


def buttons(page: BookDetailsPage) -> dict[str, QPushButton]:
    found = page.findChildren(QPushButton)
    return {b.accessibleName() or b.text(): b for b in found if b.isVisible()}


async def test_continue_reading_is_the_first_thing(qapp: QApplication) -> None:
    window, page = await shown(FakeBooks())
    opened: list[BookId] = []
    window.open_requested.connect(opened.append)
    await until(lambda: page.primary.isVisible())
    assert window.focusWidget() is page.primary
    QTest.keyClick(page.primary, Qt.Key.Key_Space)
    assert page.primary.text() == "Continue reading"
    assert opened == [BookId(1)]
    await catalog_screens.close_all()


async def test_another_server_can_be_chosen(qapp: QApplication) -> None:
    books = FakeBooks()
    _window, page = await shown(books)
    combo = page.sync_tab.combo
    assert combo is not None
    assert combo.value() == "auto"
    combo.set_value(HOME)
    combo.activated.emit(combo.currentIndex())
    await until(lambda: books.asked == [("choose", HOME)])
    await until(lambda: "You chose Home library" in page.sync_tab._reason.text())
    chosen = page.sync_tab.combo
    assert chosen is not None
    assert chosen.value() == HOME
    await catalog_screens.close_all()


async def test_a_book_nobody_syncs_offers_to_set_sync_up(qapp: QApplication) -> None:
    window, page = await shown(FakeBooks(route=Routing(), history=()), 4)
    asked: list[str] = []
    window.settings_requested.connect(asked.append)
    await until(lambda: "Set up…" in buttons(page))
    buttons(page)["Set up…"].click()
    assert asked == ["sync"]
    assert not page.sync_tab.sync.isVisible()
    await catalog_screens.close_all()


async def test_a_place_of_the_timeline_leads_back_there(qapp: QApplication) -> None:
    window, page = await shown(FakeBooks())
    gone: list[tuple[BookId, Locator]] = []
    window.go_requested.connect(lambda book, locator: gone.append((book, locator)))
    await until(lambda: any("Chapter 12" in name for name in buttons(page)))
    name = next(name for name in buttons(page) if "Chapter 12" in name)
    assert name.endswith("You stayed, Go there")
    buttons(page)[name].click()
    assert gone[0][0] == BookId(1)
    assert gone[0][1].chapter.title == "Chapter 12"
    await catalog_screens.close_all()


async def test_the_library_leads_to_a_book_and_back(qapp: QApplication) -> None:
    window, page = await shown(FakeBooks())
    QTest.keyClick(page, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.library.isVisible()
    menu = [action.text() for action in window.library.book_menu(sample_books()[0]).actions()]
    assert "Details" in menu
    window.library.details_requested.emit(BookId(5))
    await until(lambda: page.book_id == 5)
    assert page.isVisible()
    window.sidebar._go_to_shelf(Shelf.FINISHED.value)
    assert window.library.isVisible()
    await catalog_screens.close_all()


async def test_tabs_are_turned_by_key(qapp: QApplication) -> None:
    _window, page = await shown(FakeBooks())
    QTest.keyClick(page, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert page.file_tab.isVisible()
    copy = next(b for b in page.findChildren(type(page.back)) if b.toolTip() == "Copy SHA-256")
    copy.click()
    assert qapp.clipboard().text() == sample_books()[0].hashes.sha256
    await catalog_screens.close_all()


DEFECTS = (Defect(DefectKind.MISSING_FILES, 2), Defect(DefectKind.NO_CONTENTS))


async def test_the_file_tab_lists_what_is_wrong_with_the_file(qapp: QApplication) -> None:
    odd = replace(sample_books()[0], defects=DEFECTS)
    _window, page = await shown(FakeBooks([odd, *sample_books()[1:]]))
    lists = [w.text() for w in page.file_tab.findChildren(QLabel)]
    assert "2 files named in the package are missing.\nThe book has no table of contents." in lists
    await catalog_screens.close_all()


async def test_a_book_that_was_begun_is_rated_by_the_keyboard(qapp: QApplication) -> None:
    books = FakeBooks()
    window, page = await shown(books)
    await until(page.stars.isVisible)
    page.stars.setFocus()
    QTest.keyClick(page.stars, Qt.Key.Key_End)
    QTest.keyClick(page.stars, Qt.Key.Key_Left)
    await until(lambda: books.asked[-1:] == [("rate", 9)])
    await until(lambda: page._rated.text() == "9 of 10")
    assert window.focusWidget() is page.stars
    await catalog_screens.close_all()


async def test_a_book_that_nobody_read_is_not_rated(qapp: QApplication) -> None:
    _window, page = await shown(FakeBooks(), 4)
    await until(lambda: page.primary.isVisible())
    assert page.stars.isVisible() is False
    await catalog_screens.close_all()
