"""The catalog in a real window, over a catalog in memory."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Feed,
    Format,
    Group,
    Navigation,
)
from kios_desktop.domain.download import Availability, DownloadState, EntryState
from kios_desktop.domain.errors import Fault, Refusal, Rejected, Unreachable
from kios_desktop.domain.library import BookId, Shelf
from kios_desktop.ui.catalog.action_row import EntryAction
from kios_desktop.ui.catalog.view import CatalogView
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.shell.main_window import MainWindow
from tests.fakes_catalog import (
    SOURCE,
    FakeCatalog,
    FakeDownloads,
    endless_catalog,
    list_feed,
    make_download,
    make_entry,
    rich_entry,
    root_feed,
    sample_entries,
    url,
)
from tests.gui import catalog_screens as screens
from tests.gui.waiting import until

pytestmark = pytest.mark.gui
REFUSED = Unreachable(Fault.REFUSED, "books.example.org:8083")


async def shown(
    catalog: FakeCatalog,
    downloads: FakeDownloads | None = None,
    size: QSize | None = None,
) -> tuple[MainWindow, CatalogView]:
    """A window whose first list is there."""
    window = screens.window(catalog, downloads, size)
    window.show()
    window.activateWindow()
    view = screens.view_of(window)
    await until(lambda: view.feed_list.listing is not None)
    return window, view


def click(view: CatalogView, row: int, action: EntryAction) -> None:
    """Press a part of an action row."""
    tile = view.grid.tile(row)
    entry = view._model.entry(row)
    assert entry is not None
    box = view.grid._painter.action_box(tile)
    parts = view.grid._painter._actions.parts(
        view._model.action_row(entry), box, view.isRightToLeft()
    )
    part = next(part for part in parts if part.action is action)
    QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=part.box.center())


async def test_a_click_on_download_downloads(qapp: QApplication) -> None:
    queue = FakeDownloads()
    _window, view = await shown(FakeCatalog({"": list_feed()}), queue)
    click(view, 1, EntryAction.DOWNLOAD)
    assert queue.asked == [("add", ("urn:test:2", "EPUB"))]
    await until(lambda: view._model.action_row(sample_entries()[1]).text == "Waiting")
    await screens.close_all()


async def test_a_click_on_a_cover_shows_the_entry_and_back_the_list(qapp: QApplication) -> None:
    _window, view = await shown(FakeCatalog({"": list_feed()}))
    view.grid.verticalScrollBar().setValue(400)
    tile = view.grid.tile(7)
    QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=tile.center())
    await until(lambda: view.entry_page.isVisible())
    entry = view.entry_page.entry
    assert entry is not None
    assert entry.key == "urn:test:8"
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    await until(lambda: view.grid.isVisible())
    await until(lambda: view.grid.verticalScrollBar().value() == 400)
    assert view.grid.currentIndex().row() == 7
    await screens.close_all()


async def test_the_side_buttons_of_a_mouse_go_back_and_forward(qapp: QApplication) -> None:
    window, view = await shown(FakeCatalog({"": root_feed(), "new": list_feed()}))
    view.sections.follow_requested.emit(url("new"), "Latest books")
    await until(lambda: view.header.title() == "Latest books")
    press(view.grid.viewport(), Qt.MouseButton.BackButton)
    await until(lambda: view.header.title() == "Home library")
    press(view.sections, Qt.MouseButton.ForwardButton)
    await until(lambda: view.header.title() == "Latest books")
    assert window.isVisible()
    await screens.close_all()


def press(target: object, button: Qt.MouseButton) -> None:
    middle = QPointF(20, 20)
    event = QMouseEvent(
        QMouseEvent.Type.MouseButtonPress,
        middle,
        target.mapToGlobal(middle),  # type: ignore[attr-defined]
        button,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(target, event)  # type: ignore[arg-type]


def komga_series(path: str) -> Feed | None:
    """“Browse” of Komga: 56 series in a group, 20 a page, the same links above each of them."""
    number = int(path.rpartition("=")[2]) if "=" in path else 0
    series = range(20 * number, min(56, 20 * number + 20))
    above = tuple(Navigation(name, url(name)) for name in ("Recommended", "Browse"))
    return Feed(
        url(path or "browse"),
        "All libraries",
        navigation=above,
        groups=(Group("Series", navigation=tuple(_series(n) for n in series)),),
        next=url(f"browse?page={number + 1}") if number < 2 else None,
        previous=url(f"browse?page={number - 1}") if number else None,
        total=56,
        per_page=20,
        first=20 * number + 1,
    )


def _series(number: int) -> Navigation:
    return Navigation(f"Series {number}", url(f"series/{number}"))


async def test_a_list_of_links_grows_while_scrolling_and_keeps_its_place(
    qapp: QApplication,
) -> None:
    catalog = FakeCatalog(make=komga_series)
    _window, view = await shown(catalog, size=QSize(1100, 500))
    view.header.endless_chosen.emit(True)
    above, series = view.sections.cards
    bar = view.grid.verticalScrollBar()
    assert series.model().rowCount() == 20
    for _ in range(3):
        bar.setValue(bar.maximum())
        await asyncio.sleep(0.15)
    await until(lambda: series.model().rowCount() == 56)
    assert view.sections.cards == [above, series]  # the same: the focus is where it was
    assert above.model().rowCount() == 2
    assert catalog.asked == ["", "browse?page=1", "browse?page=2"]
    assert bar.value() > 0
    await screens.close_all()


async def test_a_list_of_links_is_turned_page_by_page(qapp: QApplication) -> None:
    _window, view = await shown(FakeCatalog(make=komga_series), size=QSize(1100, 500))
    assert view.bar._words.text() == "Entries 1–20 of 56"
    for words in ("Entries 21–40 of 56", "Entries 41–56 of 56"):
        view.bar.next.click()
        await until(lambda: view.bar._words.text() == words)  # noqa: B023
    assert not view.bar.next.isEnabled()
    await screens.close_all()


async def test_keys_lead_through_a_list_and_download(qapp: QApplication) -> None:
    queue = FakeDownloads()
    _window, view = await shown(FakeCatalog({"": list_feed()}), queue)
    view.grid.setFocus()
    across = view.grid._tiles.count
    QTest.keyClick(view.grid, Qt.Key.Key_Home)
    QTest.keyClick(view.grid, Qt.Key.Key_Right)
    QTest.keyClick(view.grid, Qt.Key.Key_Down)
    assert view.grid.currentIndex().row() == across + 1
    QTest.keyClick(view.grid, Qt.Key.Key_D)
    assert queue.asked == [("add", (f"urn:test:{across + 2}", "EPUB"))]
    QTest.keyClick(view.grid, Qt.Key.Key_End)
    assert view.grid.currentIndex().row() == 49
    assert view.grid.verticalScrollBar().value() > 0
    QTest.keyClick(view.grid, Qt.Key.Key_Down)  # there is no row below
    assert view.grid.currentIndex().row() == 49
    QTest.keyClick(view.grid, Qt.Key.Key_Return)
    await until(lambda: view.entry_page.isVisible())
    await screens.close_all()


async def test_the_menu_of_an_entry_has_what_its_row_has(qapp: QApplication) -> None:
    queue = FakeDownloads()
    queue.states["urn:test:1"] = EntryState(Availability.HERE, None, BookId(3))
    queue.put(make_download(make_entry(2), DownloadState.TRANSFERRING, 1))
    window, view = await shown(FakeCatalog({"": list_feed()}), queue)
    texts = [
        [action.text() for action in view.action_router.menu(entry).actions() if action.text()]
        for entry in (make_entry(1), make_entry(2), make_entry(3))
    ]
    assert texts == [["Details", "Open"], ["Details", "Cancel download"], ["Details", "Download"]]
    opened: list[BookId] = []
    window.open_requested.connect(opened.append)
    view.action_router.menu(make_entry(1)).actions()[-1].trigger()
    assert opened == [BookId(3)]
    await screens.close_all()


async def test_formats_are_offered_in_a_menu(qapp: QApplication) -> None:
    queue = FakeDownloads()
    feed = Feed(url(""), entries=(rich_entry(),))
    _window, view = await shown(FakeCatalog({"": feed}), queue)
    click(view, 0, EntryAction.CHOOSE)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    actions = menu.actions()
    assert [action.text() for action in actions] == ["EPUB (1.8 MB)", "KEPUB (2.1 MB)"]
    actions[1].trigger()
    assert queue.asked == [("add", (rich_entry().key, "KEPUB"))]
    menu.close()
    await screens.close_all()


async def test_progress_is_painted_where_it_happens(qapp: QApplication) -> None:
    queue = FakeDownloads()
    _window, view = await shown(FakeCatalog({"": list_feed()}), queue)
    entry = sample_entries()[0]
    for got in (0, 900_000, 1_700_000):
        queue.put(make_download(entry, DownloadState.TRANSFERRING, 1, got_bytes=got))
        await asyncio.sleep(0.15)
    assert view._model.action_row(entry).text == "94%"
    queue.put(make_download(entry, DownloadState.DONE, 1))
    await until(lambda: view._model.action_row(entry).text == "Open")
    await screens.close_all()


async def test_books_are_selected_and_downloaded_together(qapp: QApplication) -> None:
    queue = FakeDownloads()
    _window, view = await shown(FakeCatalog({"": list_feed()}), queue)
    view.header.choosing_chosen.emit(True)
    assert view.select_mode.bar.isVisible()
    assert not view.select_mode.bar.download.isEnabled()
    for row in (0, 2):
        tile = view.grid.tile(row)
        QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=tile.center())
    shift = Qt.KeyboardModifier.ShiftModifier
    tile = view.grid.tile(4)
    QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, shift, tile.center())
    assert view.select_mode.bar.download.text() == "Download 4"
    view.select_mode.bar.download.click()
    assert queue.asked == [("add_all", [f"urn:test:{n}" for n in (1, 3, 4, 5)])]
    assert not view.select_mode.bar.isVisible()
    await screens.close_all()


async def test_selecting_works_by_keyboard_alone(qapp: QApplication) -> None:
    _window, view = await shown(FakeCatalog({"": list_feed()}))
    view.header.choosing_chosen.emit(True)
    view.grid.setCurrentIndex(view._model.index(0))
    QTest.keyClick(view.grid, Qt.Key.Key_Space)
    spoken = view._model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith("not downloaded, chosen")
    QTest.keyClick(view.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.select_mode.bar.download.text() == "Download 50"
    QTest.keyClick(view.grid, Qt.Key.Key_Escape)
    assert not view.select_mode.bar.isVisible()
    await screens.close_all()


async def test_the_filter_keeps_to_the_page(qapp: QApplication) -> None:
    catalog = FakeCatalog({"": list_feed()})
    _window, view = await shown(catalog)
    view.bar.filter.setFocus()
    QTest.keyClicks(view.bar.filter, "jules")
    assert [view._model.index(n).data() for n in range(view._model.rowCount())] == [
        "Around the World in Eighty Days",
        "Twenty Thousand Leagues Under the Seas",
    ]
    QTest.keyClick(view.bar.filter, Qt.Key.Key_Escape)
    assert view._model.rowCount() == 50
    assert catalog.asked == [""]
    await screens.close_all()


async def test_a_list_that_grew_is_not_filtered(qapp: QApplication) -> None:
    _window, view = await shown(endless_catalog(500))
    assert view.bar.filter.isVisible()
    view.header.endless_chosen.emit(True)
    bar = view.grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    await until(lambda: view._model.rowCount() == 100)
    assert not view.bar.filter.isVisible()
    await screens.close_all()


async def test_search_asks_the_server_on_enter(qapp: QApplication) -> None:
    catalog = FakeCatalog({"": list_feed()})
    window, view = await shown(catalog)
    window.actions_.search.trigger()
    search = view.header.search
    assert search.placeholderText() == "Search Home library"
    QTest.keyClicks(search, "moby")
    assert catalog.asked == [""]
    QTest.keyClick(search, Qt.Key.Key_Return)
    await until(lambda: view.content.replacement is not None)
    assert view.content.replacement is not None
    assert view.content.replacement.accessibleName() == "Nothing found for ‘moby’ in Home library"
    QTest.keyClick(search, Qt.Key.Key_Escape)
    await until(lambda: view.content.replacement is None)
    await screens.close_all()


async def test_endless_scrolling_keeps_the_place_and_comes_back(qapp: QApplication) -> None:
    _window, view = await shown(endless_catalog(2000))
    view.header.endless_chosen.emit(True)
    bar, model = view.grid.verticalScrollBar(), view._model
    while model.rowCount() < 2000:
        before = model.rowCount()
        bar.setValue(bar.maximum())
        at = bar.value()
        await until(lambda n=before: model.rowCount() > n)  # type: ignore[misc]
        assert bar.value() == at  # what is in sight does not jump
    assert model.entry(0) is None
    bar.setValue(0)
    await until(lambda: model.entry(0) is not None)
    assert model.index(0).data() == "Book 1"
    await screens.close_all()


async def test_pages_are_turned_by_the_buttons(qapp: QApplication) -> None:
    _window, view = await shown(endless_catalog(120))
    view.grid.verticalScrollBar().setValue(900)
    view.bar.next.click()
    await until(lambda: view.bar._words.text() == "Books 51–100 of 120")
    assert view.grid.verticalScrollBar().value() == 0
    view.bar.previous.click()
    await until(lambda: view.bar._words.text() == "Books 1–50 of 120")
    await screens.close_all()


async def test_a_feed_with_groups_shows_a_row_of_each(qapp: QApplication) -> None:
    _window, view = await shown(FakeCatalog({"": root_feed()}), size=QSize(1200, 800))
    await until(lambda: len(view.sections.grids) == 2)
    first = view.sections.grids[0]
    await until(lambda: first._tiles.count > 1)
    across = first._tiles.count
    assert first.height() == first._tiles.size.height()  # one row; “Show all” has the rest
    assert first.rows_in(first.viewport().rect()) == (0, across - 1)
    await screens.close_all()


async def test_cards_lead_to_their_feeds_by_mouse_and_key(qapp: QApplication) -> None:
    catalog = FakeCatalog({"": root_feed()}, make=lambda path: Feed(url(path), path))
    _window, view = await shown(catalog)
    cards = view.sections.cards[0]
    await until(lambda: cards._tiles.count == 3)
    middle = cards.tile(1).center()
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    await until(lambda: catalog.asked[-1] == "new")
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    await until(lambda: view.header.title() == "Home library")
    cards = view.sections.cards[0]
    cards.setFocus()
    cards.setCurrentIndex(cards.model().index(2, 0))
    QTest.keyClick(cards, Qt.Key.Key_Return)
    await until(lambda: catalog.asked[-1] == "series")
    await screens.close_all()


@pytest.mark.parametrize(("width", "columns"), [(900, 2), (1200, 3), (1700, 4)])
async def test_cards_have_as_many_columns_as_the_window_allows(
    qapp: QApplication, width: int, columns: int
) -> None:
    _window, view = await shown(FakeCatalog({"": root_feed()}), size=QSize(width, 800))
    await until(lambda: view.sections.cards[0]._tiles.count == columns)
    await screens.close_all()


async def test_offline_shows_what_is_known_and_how_to_go_on(qapp: QApplication) -> None:
    catalog = FakeCatalog({"": list_feed()}, kept={"": REFUSED})
    _window, view = await shown(catalog)
    banner = view.notices.banners[0]
    assert "can’t be reached" in banner.text()
    assert view._model.action_row(sample_entries()[0]).text == "Needs a connection"
    catalog.kept.clear()
    view.notices.action_requested.emit(view.notices._shown[0].action)
    await until(lambda: not view.notices.isVisible())
    assert view._model.action_row(sample_entries()[0]).text == "Download"
    await screens.close_all()


async def test_rejected_credentials_lead_to_signing_in(qapp: QApplication) -> None:
    window = screens.window(FakeCatalog(errors={"": Rejected(Refusal.CREDENTIALS)}))
    asked: list[str] = []
    window.sign_in_requested.connect(asked.append)
    window.show()
    view = screens.view_of(window)
    await until(lambda: view.content.replacement is not None)
    view.content.replacement.buttons[0].click()  # type: ignore[union-attr]
    assert asked == [SOURCE]
    await screens.close_all()


async def test_a_broken_catalog_leaves_the_rest_usable(qapp: QApplication) -> None:
    window = screens.window(FakeCatalog(errors={"": REFUSED}))
    window.show()
    view = screens.view_of(window)
    await until(lambda: view.content.replacement is not None)
    window.sidebar.set_shelf(Shelf.ALL)
    window.sidebar._go_to_shelf(Shelf.ALL.value)
    assert window.library.isVisible()
    window.show_catalog(FakeCatalog({"": list_feed()}))
    await until(lambda: screens.view_of(window).grid.isVisible())
    await screens.close_all()


async def test_web_pages_are_asked_about(qapp: QApplication) -> None:
    loan = Acquisition(url("loan"), AcquisitionKind.WEB_PAGE, Format.UNKNOWN, "Borrow")
    feed = Feed(url(""), entries=(replace(make_entry(1), acquisitions=(loan,)),))
    window, view = await shown(FakeCatalog({"": feed}))
    asked: list[str] = []
    window.link_requested.connect(asked.append)
    click(view, 0, EntryAction.BROWSE)
    assert asked == [url("loan").reveal()]
    await screens.close_all()


async def test_back_from_the_root_shows_the_library(qapp: QApplication) -> None:
    window, view = await shown(FakeCatalog({"": root_feed()}))
    assert window.sidebar.browses
    view.header.back.click()
    assert window.library.isVisible()
    assert not window.sidebar.browses
    assert window.sidebar.nav.rows.chosen == Shelf.ALL.value
    await screens.close_all()


async def test_a_source_that_is_removed_is_gone_from_the_window(qapp: QApplication) -> None:
    window, _view = await shown(FakeCatalog({"": root_feed()}))
    window.forget_catalog(SOURCE, purge=True)
    assert window.catalog_view() is None
    assert window.library.isVisible()
    await screens.close_all()


async def test_two_sources_keep_their_places(qapp: QApplication) -> None:
    first = FakeCatalog({"": root_feed(), "new": list_feed()})
    window, view = await shown(first)
    view.sections.follow_requested.emit(url("new"), "Latest books")
    await until(lambda: view.grid.isVisible() and first.asked == ["", "new"])
    other = FakeCatalog({"": list_feed()}, source_id="6" * 32, name="Calibre-Web")
    window.show_catalog(other)
    await until(lambda: screens.view_of(window).header.title() == "Calibre-Web")
    window.show_catalog(first)
    assert screens.view_of(window) is view
    assert view.header.title() == "Latest books"
    assert first.asked == ["", "new"]
    await screens.close_all()


async def test_the_way_to_any_source_is_the_sidebar(qapp: QApplication) -> None:
    window, _view = await shown(FakeCatalog({"": root_feed()}))
    chosen: list[str] = []
    added: list[bool] = []
    window.source_chosen.connect(chosen.append)
    window.add_source_requested.connect(lambda: added.append(True))
    sources = window.sidebar.sources
    sources.setFocus()
    sources.setCurrentIndex(sources.rows.index(1))
    assert chosen == []  # the arrow keys only move
    QTest.keyClick(sources, Qt.Key.Key_Return)
    assert chosen == ["6" * 32]
    spoken = sources.rows.index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Komga, source, Komga can’t be reached."
    window.set_sources([])
    assert sources.rows.index(0).data() == "Add source…"
    QTest.mouseClick(sources.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    window.actions_.add_source.trigger()
    assert added == [True, True]
    await screens.close_all()


async def test_f6_goes_through_the_catalog_and_the_panel(qapp: QApplication) -> None:
    window, view = await shown(FakeCatalog({"": list_feed()}))
    window.actions_.downloads.setChecked(True)
    window.sidebar.sources.setFocus()
    seen = []
    for _ in range(6):
        window._next_region(1)
        seen.append(window.focusWidget())
    assert seen[0] is window.sidebar.you
    assert view.header.isAncestorOf(seen[1])
    assert view.bar.isAncestorOf(seen[2])
    assert seen[3] is view.grid
    assert seen[4] is not None
    assert seen[4].window() is window
    assert seen[5] is window.sidebar.sync_line
    await screens.close_all()


async def test_a_toast_says_what_could_not_be_done(qapp: QApplication) -> None:
    partial = replace(make_entry(1), acquisitions=(), partial=True)
    catalog = FakeCatalog({"": Feed(url(""), entries=(partial,))}, errors={"full": REFUSED})
    window, view = await shown(catalog)
    click(view, 0, EntryAction.DOWNLOAD)
    await until(lambda: window.overlays.shown(OverlayKind.TOAST) is not None)
    await screens.close_all()
