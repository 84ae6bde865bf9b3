"""The keyboard stays in the catalog's list, whatever becomes of what had the focus."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from kios_desktop.domain.catalog import Feed, Navigation
from kios_desktop.domain.errors import Fault, Unreachable
from kios_desktop.ui.catalog.grid import EntryGrid
from kios_desktop.ui.catalog.navigation_cards import NavigationCards
from kios_desktop.ui.catalog.view import CatalogView
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.widgets.focus_ring import FocusRing, has_ring
from tests.fakes_catalog import SEARCH, FakeCatalog, facets, make_entry, url
from tests.gui import catalog_screens as screens
from tests.gui.waiting import until

pytestmark = pytest.mark.gui
REFUSED = Unreachable(Fault.REFUSED, "books.example.org:8083")
ENTER, DOWN, RIGHT = Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Right


def folders() -> FakeCatalog:
    def links(*names: str) -> tuple[Navigation, ...]:
        return tuple(Navigation(name, url(name.lower())) for name in names)

    books = tuple(make_entry(n) for n in range(1, 9))
    return FakeCatalog(
        {
            "": Feed(url(""), "Home library", navigation=links("Series", "Authors", "Broken")),
            "authors": Feed(url("authors"), "Authors", navigation=links("A", "B")),
            "b": Feed(url("b"), "B", entries=books, facets=facets()),
        },
        errors={"broken": REFUSED},
    )


async def opened(catalog: FakeCatalog) -> tuple[MainWindow, CatalogView]:
    window = screens.window(catalog, size=QSize(1200, 800))
    window.show()
    window.activateWindow()
    view = screens.view_of(window)
    await until(lambda: view.feed_list.listing is not None)
    view.focus_content()
    return window, view


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    held = QApplication.focusWidget()
    assert held is not None
    QTest.keyClick(held, key, modifier)


def current(view: CatalogView) -> str:
    """What Enter would open."""
    held = QApplication.focusWidget()
    assert isinstance(held, EntryGrid | NavigationCards), held
    assert view.isAncestorOf(held)
    return str(held.currentIndex().data())


async def into(view: CatalogView, title: str, first: str) -> None:
    """Enter, and wait until the first thing there is the one that keys go on from."""
    press(ENTER)
    await until(lambda: view.header.title() == title and current(view) == first)


async def test_enter_leads_from_folder_to_folder_and_to_a_book(qapp: QApplication) -> None:
    _window, view = await opened(folders())
    left: list[bool] = []
    view.left.connect(lambda: left.append(True))
    assert current(view) == "Series"
    press(RIGHT)
    await into(view, "Authors", "A")
    press(RIGHT)
    await into(view, "B", "Book 1")
    assert not view._model.choosing
    press(ENTER)
    await until(lambda: view.entry_page.isVisible())
    assert view.entry_page.isAncestorOf(QApplication.focusWidget() or view)
    assert left == []
    await screens.close_all()


async def test_back_leads_to_the_link_that_was_followed(qapp: QApplication) -> None:
    _window, view = await opened(folders())
    press(RIGHT)
    await into(view, "Authors", "A")
    press(RIGHT)
    await into(view, "B", "Book 1")
    for title, link in (("Authors", "B"), ("Home library", "Authors")):
        press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        await until(lambda: view.header.title() == title)  # noqa: B023
        await until(lambda: current(view) == link)  # noqa: B023
    await screens.close_all()


async def test_who_clicks_sees_no_ring(qapp: QApplication) -> None:
    ring = FocusRing(qapp)
    _window, view = await opened(folders())
    cards = view.sections.cards[0]
    middle = cards.visualRect(cards.model().index(1, 0)).center()
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    await until(lambda: view.header.title() == "Authors" and current(view) == "A")
    assert not has_ring(view.sections.cards[0])
    qapp.focusChanged.disconnect(ring._moved)
    await screens.close_all()


async def test_who_goes_by_keyboard_sees_where_the_keyboard_is(qapp: QApplication) -> None:
    ring = FocusRing(qapp)
    _window, view = await opened(folders())
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Backtab)
    assert has_ring(view.sections.cards[0])
    press(RIGHT)
    await into(view, "Authors", "A")
    assert has_ring(view.sections.cards[0])
    press(RIGHT)
    await into(view, "B", "Book 1")
    assert has_ring(view.grid)
    press(ENTER)
    await until(lambda: view.entry_page.isVisible())
    assert has_ring(QApplication.focusWidget() or view)
    qapp.focusChanged.disconnect(ring._moved)
    await screens.close_all()


async def test_while_a_server_is_slow_enter_leaves_nothing(qapp: QApplication) -> None:
    catalog = folders()
    _window, view = await opened(catalog)
    left: list[bool] = []
    view.left.connect(lambda: left.append(True))
    catalog.delay_s = 0.8
    press(RIGHT)
    press(ENTER)
    await until(lambda: view._model.rowCount() > 0)  # placeholders
    for _ in range(3):
        assert QApplication.focusWidget() is view.grid
        press(ENTER)
        await asyncio.sleep(0.02)
    catalog.delay_s = 0
    await until(lambda: len(view.sections.cards) == 1 and not view.sections.isHidden(), seconds=5)
    assert current(view) == "A"
    assert view.header.title() == "Authors"
    assert left == []
    await screens.close_all()


async def test_where_there_is_nothing_enter_tries_again(qapp: QApplication) -> None:
    catalog = folders()
    _window, view = await opened(catalog)
    press(RIGHT)
    press(RIGHT)
    press(ENTER)
    await until(lambda: view.content.replacement is not None)
    held = QApplication.focusWidget()
    assert isinstance(held, QPushButton) and view.content.replacement is not None
    assert view.content.replacement.isAncestorOf(held)
    catalog.errors.clear()
    catalog.feeds["broken"] = Feed(url("broken"), "Broken", entries=(make_entry(7),))
    QTest.keyClick(held, Qt.Key.Key_Space)
    await until(lambda: view.content.replacement is None)
    assert current(view) == "Book 7"
    await screens.close_all()


async def test_a_part_of_the_way_leads_to_its_list(qapp: QApplication) -> None:
    _window, view = await opened(folders())
    press(RIGHT)
    await into(view, "Authors", "A")
    crumb = view.crumbs.findChild(QPushButton)
    assert crumb is not None
    crumb.setFocus()
    QTest.keyClick(crumb, Qt.Key.Key_Space)
    await until(lambda: view.header.title() == "Home library")
    await until(lambda: _in_content(view))
    await screens.close_all()


async def test_who_types_into_the_search_is_left_there(qapp: QApplication) -> None:
    catalog = folders()
    catalog.feeds[""] = replace(catalog.feeds[""], search=SEARCH)
    _window, view = await opened(catalog)
    view.header.search.setFocus()
    held = QApplication.focusWidget()
    view._presenter.refresh() if view._presenter is not None else None
    await asyncio.sleep(0.1)
    assert QApplication.focusWidget() is held
    await screens.close_all()


@pytest.mark.parametrize("in_bar", [False, True])
async def test_escape_ends_the_selecting_from_the_list_and_from_its_bar(
    qapp: QApplication, in_bar: bool
) -> None:
    _window, view = await opened(folders())
    press(RIGHT)
    await into(view, "Authors", "A")
    press(RIGHT)
    await into(view, "B", "Book 1")
    view.select_mode.set_active(True)
    press(Qt.Key.Key_Space)
    assert len(view._model.chosen) == 1
    if in_bar:
        view.select_mode.bar.all.setFocus()
    press(Qt.Key.Key_Escape)
    assert not view._model.choosing
    assert _in_content(view)
    await screens.close_all()


def _in_content(view: CatalogView) -> bool:
    held: QWidget | None = QApplication.focusWidget()
    return held is not None and view.content.isAncestorOf(held)


async def test_the_answer_takes_the_place_of_the_copy_under_the_readers_hands(
    qapp: QApplication,
) -> None:
    """A server that takes its time: the copy is used, and nothing moves when the answer comes."""
    catalog = folders()
    catalog.copies["authors"] = catalog.feeds["authors"]
    _window, view = await opened(catalog)
    catalog.silent = asyncio.Event()
    press(RIGHT)
    await into(view, "Authors", "A")
    cards = view.sections.cards
    press(RIGHT)
    assert current(view) == "B"
    listing = view.feed_list.listing
    catalog.silent.set()
    await until(lambda: view.feed_list.listing is not listing)
    assert view.sections.cards == cards
    assert current(view) == "B"
    await screens.close_all()
