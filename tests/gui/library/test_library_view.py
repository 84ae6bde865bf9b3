"""The library screen with real widgets over a list of books."""

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from kios_desktop.domain.library import BookId, Shelf
from kios_desktop.domain.progress import Health
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.library.model import BOOK_ROLE, DISTINCTION_ROLE, PAGE, BookModel
from kios_desktop.ui.shell.main_window import MainWindow
from tests.fakes_ui import make_book, sample_books
from tests.gui import screens
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


async def shown(more: int = 0, size: QSize | None = None) -> MainWindow:
    """A window whose first rows are there."""
    window, _presenter = screens.window(sample_books(more), size=size or QSize(1200, 800))
    window.show()
    window.activateWindow()
    await until(lambda: window.library.grid.model().index(0, 0).data(BOOK_ROLE) is not None)
    return window


async def end(window: MainWindow) -> None:
    window.close_now()
    assert not window.isVisible()
    await screens.close_all()


def test_the_model_asks_for_a_page_once(qapp: QApplication) -> None:
    model = BookModel()
    asked: list[list[BookId]] = []
    model.rows_needed.connect(asked.append)
    model.set_ids([BookId(n) for n in range(300)])
    for row in (0, 1, 130):
        assert model.index(row).data(BOOK_ROLE) is None
    QTest.qWait(20)
    assert [len(page) for page in asked] == [PAGE, PAGE]
    model.put([make_book(n) for n in range(PAGE)])
    assert model.index(0).data(BOOK_ROLE).id == 0
    QTest.qWait(20)
    assert len(asked) == 2


def test_a_row_speaks_a_whole_sentence(qapp: QApplication) -> None:
    model = BookModel()
    books = sample_books()
    model.set_ids([book.id for book in books])
    model.put(books)
    spoken = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in (0, 3, 4)]
    assert spoken == [
        "Pride and Prejudice, Jane Austen, progress 15 percent",
        "Frankenstein, Mary Shelley, Unread",
        "The Time Machine, H. G. Wells, Finished",
    ]


async def test_enter_opens_the_current_book(qapp: QApplication) -> None:
    window = await shown()
    opened: list[BookId] = []
    window.open_requested.connect(opened.append)
    grid = window.library.grid
    grid.setFocus()
    grid.setCurrentIndex(grid.model().index(3, 0))
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert opened == [BookId(4)]
    await end(window)


async def test_arrow_keys_move_in_the_grid_and_the_page_follows(qapp: QApplication) -> None:
    window = await shown(200)
    grid = window.library.grid
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Home)
    for _ in range(8):
        QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.currentIndex().row() >= 8 * 4
    assert window.library._page.verticalScrollBar().value() > 0
    await end(window)


async def test_searching_shows_matches_and_escape_brings_all_back(qapp: QApplication) -> None:
    window = await shown()
    search = window.library.header.search
    window.actions_.search.trigger()
    QTest.keyClicks(search, "dracula")
    model = window.library.grid.model()
    await until(lambda: model.rowCount() == 1)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    await until(lambda: model.rowCount() == 17)
    await end(window)


async def test_a_search_says_that_it_looks_through_the_whole_library(qapp: QApplication) -> None:
    window = await shown()
    model = window.library.grid.model()
    window.sidebar.set_shelf(Shelf.FINISHED)
    await until(lambda: model.rowCount() < 17)
    window.actions_.search.trigger()
    QTest.keyClicks(window.library.header.search, "dracula")
    await until(lambda: model.rowCount() == 1)
    said = [one.text() for one in window.library.header.findChildren(QLabel) if one.isVisible()]
    assert "Search" in said and "1 book of your library" in said
    window.sidebar.set_shelf(Shelf.ALL)
    await until(lambda: model.rowCount() == 17)
    assert window.library.header.search.text() == ""
    await end(window)


async def test_two_copies_say_in_what_they_differ(qapp: QApplication) -> None:
    window, presenter = screens.window(
        [make_book(1, "Walden"), make_book(2, "Walden"), make_book(3, "Emma")],
        size=QSize(1200, 800),
    )
    window.show()
    model = window.library.grid.model()
    await until(lambda: bool(model.index(0, 0).data(DISTINCTION_ROLE)))
    assert [model.index(row, 0).data(DISTINCTION_ROLE) for row in range(3)] == [
        "book-1",
        "book-2",
        "",
    ]
    spoken = model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Walden, Jane Austen, Unread, book-2"
    window.library.grid.setFocus()
    window.library.grid.setCurrentIndex(model.index(1, 0))
    QTest.keyClick(window.library.grid, Qt.Key.Key_Delete)
    asking = window.findChild(AskDialog)
    assert asking is not None
    said = [one.text() for one in asking.findChildren(QLabel)]
    assert "Remove Walden (book-2)?" in said
    asking.reject()
    presenter.remove_by_id(BookId(1))
    await until(lambda: model.rowCount() == 2)
    await until(lambda: model.index(0, 0).data(BOOK_ROLE) is not None)
    assert model.index(0, 0).data(DISTINCTION_ROLE) == "", "there is one only"
    await end(window)


async def test_an_empty_shelf_leads_back_to_all_books(qapp: QApplication) -> None:
    window, _presenter = screens.window([make_book(1)], size=QSize(1200, 800))
    window.show()
    await until(lambda: window.library.grid.model().rowCount() == 1)
    window.sidebar.set_shelf(Shelf.FINISHED)
    await until(lambda: window.library._empty is not None)
    empty = window.library._empty
    assert empty is not None
    assert empty.accessibleName() == "No finished books yet"
    window.library.shelf_requested.emit(Shelf.ALL)
    await until(lambda: window.library._empty is None)
    await end(window)


async def test_the_first_run_gives_way_to_the_library(qapp: QApplication) -> None:
    window, _presenter = screens.window([], Health.NOT_SET_UP, QSize(1200, 800))
    window.show()
    await until(lambda: window.onboarding.isVisible())
    assert not window.sidebar.isVisible()
    window.onboarding.skip.click()
    assert window.library.isVisible()
    await end(window)


async def test_the_book_menu_has_only_what_works_now(qapp: QApplication) -> None:
    window = await shown()
    reading, unread, _middle, finished = (
        [a.text() for a in window.library.book_menu(book).actions() if a.text()]
        for book in (sample_books()[i] for i in (0, 3, 5, 4))
    )
    assert reading == [
        "Continue reading",
        "Mark as finished",
        "Mark as unread",
        "Rate",
        "Sync this book now",
        "Show in folder",
        "Remove…",
    ]
    assert unread[:2] == ["Read", "Mark as finished"]
    assert "Rate" not in unread
    assert "Mark as finished" not in finished
    await end(window)


async def test_a_narrow_window_has_a_rail_and_two_cards(qapp: QApplication) -> None:
    window = await shown(size=QSize(900, 720))
    assert window.sidebar.width() == 52
    assert len(window.library.continue_reading.cards) == 2
    window.resize(1200, 720)
    await until(lambda: window.sidebar.width() == 232)
    assert len(window.library.continue_reading.cards) == 3
    await end(window)


async def test_dropped_files_and_folders_are_added(qapp: QApplication, tmp_path: object) -> None:
    window = await shown()
    added: list[list[object]] = []
    window.add_requested.connect(added.append)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/x/a.epub"), QUrl.fromLocalFile("/x/b.pdf")])
    drop = QDropEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    window.dropEvent(drop)
    assert [[str(path) for path in paths] for paths in added] == [["/x/a.epub"]]
    await end(window)


async def test_closing_is_asked_for_and_not_done(qapp: QApplication) -> None:
    window = await shown()
    asked: list[bool] = []
    window.close_requested.connect(lambda: asked.append(True))
    window.close()
    assert asked == [True]
    assert window.isVisible()
    await end(window)


async def test_f6_goes_round_the_regions(qapp: QApplication) -> None:
    window = await shown()
    window.sidebar.nav.setFocus()
    seen = []
    for _ in range(6):
        window._next_region(1)
        seen.append(window.focusWidget())
    assert seen[0] is window.sidebar.you
    assert seen[1] is window.library.header.search
    assert seen[3] is window.library.grid
    assert seen[4] is window.sidebar.sync_line
    assert seen[5] is window.sidebar.nav
    await end(window)


async def test_the_sync_menu_opens_and_closes_at_its_line(qapp: QApplication) -> None:
    window = await shown()
    window.actions_.sync_menu.trigger()
    opened = window.overlays.shown(OverlayKind.POPOVER)
    assert opened is not None
    assert opened.content is window.sync_menu
    window.actions_.sync_menu.trigger()
    assert window.overlays.shown(OverlayKind.POPOVER) is None
    await end(window)


async def test_twenty_thousand_books_are_asked_for_by_the_page(qapp: QApplication) -> None:
    window = await shown(20_000)
    model = window.library.grid.model()
    assert model.rowCount() == 20_017
    assert isinstance(model, BookModel)
    assert len(model._books) <= 2 * PAGE
    await end(window)


async def test_what_waits_can_be_retried_and_discarded_after_a_question(qapp: QApplication) -> None:
    window, _presenter = screens.window(sample_books(), Health.WAITING, QSize(1200, 800))
    window.show()
    retried: list[BookId] = []
    discarded: list[BookId] = []
    window.retry_requested.connect(retried.append)
    window.discard_requested.connect(discarded.append)
    window.toggle_sync_menu()
    assert window.sync_menu is not None
    window.sync_menu.retry_requested.emit(BookId(5))
    window.sync_menu.discard_requested.emit(BookId(5))
    assert (retried, discarded) == ([BookId(5)], [])
    dialog = window.findChild(AskDialog)
    assert dialog is not None
    dialog.verb.click()
    assert discarded == [BookId(5)]
    await end(window)
