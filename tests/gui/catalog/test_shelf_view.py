"""A Kobo shelf in a real window, over a shelf in memory."""

import asyncio
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.download import Availability, EntryState
from kios_desktop.domain.library import BookId
from kios_desktop.domain.shelf import ShelfStatus
from kios_desktop.ui.catalog.action_row import EntryAction
from kios_desktop.ui.catalog.view import CatalogView
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.widgets.buttons import IconButton
from kios_desktop.ui.widgets.empty_state import EmptyState
from tests.fakes_catalog import FakeCatalog, FakeDownloads, list_feed, make_entry
from tests.fakes_shelf import FakeShelf, at, gone_feed, noted_entries, shelf_feed, withdrawn_entries
from tests.gui import catalog_screens as screens
from tests.gui.shelf_screens import here, in_step, shelf
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


async def shown(
    catalog: FakeCatalog, downloads: FakeDownloads | None = None
) -> tuple[MainWindow, CatalogView]:
    window = screens.window(catalog, downloads)
    window.show()
    window.activateWindow()
    view = screens.view_of(window)
    await until(lambda: view.feed_list.listing is not None)
    return window, view


async def gone_books(downloads: FakeDownloads) -> tuple[MainWindow, CatalogView, FakeShelf]:
    """The section of books that left the shelf."""
    one = shelf()
    window, view = await shown(one, downloads)
    view.sections.follow_requested.emit(at("gone"), "No longer on the shelf")
    await until(lambda: view.header.title() == "No longer on the shelf")
    await until(lambda: view._model.rowCount() == 3)
    return window, view, one


def press(view: CatalogView, row: int, action: EntryAction) -> None:
    """A part of an action row."""
    entry = view._model.entry(row)
    assert entry is not None
    box = view.grid._painter.action_box(view.grid.tile(row))
    parts = view.grid._painter._actions.parts(
        view._model.action_row(entry), box, view.isRightToLeft()
    )
    part = next(part for part in parts if part.action is action)
    QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=part.box.center())


def dialog_of(window: MainWindow) -> AskDialog:
    return window.findChildren(AskDialog)[-1]


async def test_sync_now_syncs_and_the_list_has_what_is_new(qapp: QApplication) -> None:
    def came(one: FakeShelf) -> None:
        one.feeds[""] = shelf_feed([*noted_entries(), make_entry(99)])

    one = shelf(sync=came)
    _window, view = await shown(one)
    assert view.shelf_bar.words.full_text() == "Last synced 2 min ago · 14 books"
    view.shelf_bar.sync.click()
    await until(lambda: view._model.rowCount() == 15)
    assert one.calls == ["refresh"]
    await screens.close_all()


async def test_a_catalog_of_another_kind_has_no_such_line(qapp: QApplication) -> None:
    _window, view = await shown(FakeCatalog({"": list_feed()}))
    assert not view.shelf_bar.isVisible()
    assert "Start over…" not in menu_words(view.header.more)
    await screens.close_all()


def menu_words(button: IconButton) -> list[str]:
    menu = button.menu()
    assert menu is not None
    return [action.text() for action in menu.actions()]


async def test_the_button_gives_its_focus_to_the_list_while_it_is_gone(qapp: QApplication) -> None:
    hold = asyncio.Event()
    _window, view = await shown(shelf(hold=hold))
    view.shelf_bar.sync.setFocus()
    QTest.keyClick(view.shelf_bar.sync, Qt.Key.Key_Space)
    await until(lambda: not view.shelf_bar.sync.isVisible())
    assert view.shelf_bar.words.full_text() == "Syncing… · 14 books"
    assert view.grid.isAncestorOf(QApplication.focusWidget() or view)
    hold.set()
    await until(view.shelf_bar.sync.isVisible)
    await screens.close_all()


async def test_what_was_chosen_stays_chosen_when_books_come(qapp: QApplication) -> None:
    def came(one: FakeShelf) -> None:
        one.feeds[""] = shelf_feed([make_entry(99), *noted_entries()])

    _window, view = await shown(shelf(sync=came))
    view.header.choosing_chosen.emit(True)
    view._model.choose([1, 4])
    keys = [entry.key for entry in view._model.chosen]
    view.shelf_bar.sync.click()
    await until(lambda: view._model.rowCount() == 15)
    assert view._model.choosing
    assert [entry.key for entry in view._model.chosen] == keys
    await screens.close_all()


async def test_starting_over_is_asked_about(qapp: QApplication) -> None:
    one = shelf()
    window, view = await shown(one)
    assert "Start over…" in menu_words(view.header.more)
    view.header.start_over_requested.emit()
    dialog_of(window).reject()
    assert one.calls == []
    view.header.start_over_requested.emit()
    dialog_of(window).verb.click()
    await until(lambda: one.calls == ["rebuild"])
    await screens.close_all()


async def test_keep_takes_a_book_out_of_the_section(qapp: QApplication) -> None:
    _window, view, one = await gone_books(here(3, 4, 5))
    one.feeds["kobo:gone"] = gone_feed(withdrawn_entries()[1:])
    press(view, 0, EntryAction.KEEP)
    await until(lambda: view._model.rowCount() == 2)
    assert one.kept_entries == ["urn:test:3"]
    await screens.close_all()


async def test_remove_asks_and_then_removes_the_book(qapp: QApplication) -> None:
    queue = here(3, 4, 5)
    window, view, one = await gone_books(queue)
    removed: list[BookId] = []
    view.remove_book_requested.connect(removed.append)
    press(view, 1, EntryAction.REMOVE)
    dialog_of(window).reject()
    assert removed == []
    press(view, 1, EntryAction.REMOVE)
    dialog_of(window).verb.click()
    assert removed == [BookId(4)]
    left = withdrawn_entries()
    one.feeds["kobo:gone"] = gone_feed([left[0], left[2]])
    queue.states["urn:test:4"] = EntryState(Availability.REMOVED)
    queue.tell()
    await until(lambda: view._model.rowCount() == 2)
    await screens.close_all()


async def test_a_book_that_left_the_shelf_can_still_be_opened(qapp: QApplication) -> None:
    window, view, _one = await gone_books(here(3, 4, 5))
    opened: list[BookId] = []
    window.open_requested.connect(opened.append)
    entry = view._model.entry(0)
    assert entry is not None
    menu = view.action_router.menu(entry)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Details",
        "Open",
        "Keep",
        "Remove",
    ]
    view.action_router.perform(EntryAction.OPEN, entry, QPoint())
    assert opened == [BookId(3)]
    await screens.close_all()


async def test_an_empty_shelf_says_what_to_do(qapp: QApplication) -> None:
    one = shelf(feeds={"": shelf_feed([])}, status=in_step(books=0))
    _window, view = await shown(one)
    empty = view.content.replacement
    assert isinstance(empty, EmptyState)
    assert [made.text() for made in empty.buttons] == ["Sync now"]
    assert not view.bar.isVisible()
    empty.buttons[0].click()
    await until(lambda: one.calls == ["refresh"])
    await screens.close_all()


async def test_what_was_left_out_is_said_until_it_is_closed(qapp: QApplication) -> None:
    status = ShelfStatus(datetime.now(UTC), 30, starved=30)
    _window, view = await shown(shelf(status=status))
    [banner] = view.notices.banners
    assert "30 books were found" in banner.text()
    banner.findChildren(IconButton)[-1].click()
    assert view.notices.banners == []
    await screens.close_all()
