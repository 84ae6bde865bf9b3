"""The reader by keyboard alone, with key events from the X server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop.domain.preferences import Columns
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.engine.wire import Relocated
from tests.books import write_book
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import evaluate
from tests.gui.waiting import until
from tests.gui.xvfb.x import focus, press

pytestmark = [pytest.mark.gui, pytest.mark.xvfb]

CHAPTER = "<h1>{}</h1>" + "<p>The fog came in while they were talking of the harbour.</p>" * 900


def long_book(folder: Path) -> Path:
    return write_book(folder / "long.epub", *(CHAPTER.format(n) for n in ("One", "Two", "Three")))


@asynccontextmanager
async def reading(qapp: QApplication, folder: Path) -> AsyncIterator[tuple[Kios, OpenedBook]]:
    async with Kios(qapp, folder) as kios:
        book = await kios.open(await kios.add(long_book(folder)))
        await focus(book.window)
        await until(lambda: has_focus(book.window.view))
        yield kios, book


def has_focus(region: QWidget) -> bool:
    widget = QApplication.focusWidget()
    return widget is not None and (region is widget or region.isAncestorOf(widget))


async def test_no_key_is_dropped(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        pages: list[int] = []
        book.window._page.bridge.message.connect(
            lambda message: pages.append(message.page) if hasattr(message, "page") else None
        )
        await press(*["Right"] * 25)
        await until(lambda: bool(pages) and pages[-1] >= 25)
        await settled()
        assert pages[-1] == 25
        await press(*["Left", "Prior", "space", "Next", "shift+space", "Down", "Up"])
        await until(lambda: pages[-1] == 24)
        await settled()
        assert pages[-1] == 24


async def test_f6_visits_every_region_and_back(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        window = book.window
        for region in (window.footer, window.header, window.view):
            await press("F6")
            await until(lambda region=region: has_focus(region))  # type: ignore[misc]
        for region in (window.header, window.footer, window.view):
            await press("shift+F6")
            await until(lambda region=region: has_focus(region))  # type: ignore[misc]


async def test_tab_walks_through_the_header_to_the_page(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        header = book.window.header
        await press("F6", "F6")
        await until(lambda: has_focus(header.library))
        buttons = (
            header.contents,
            header.search,
            header.bookmark,
            header.appearance,
            header.sync,
            header.more,
        )
        for button in buttons:
            await press("Tab")
            await until(lambda button=button: button.hasFocus())  # type: ignore[misc]
        await press("Tab")
        await until(lambda: has_focus(book.window.view))


async def test_escape_closes_one_thing_after_another(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        window = book.window
        await press("ctrl+t")
        await until(lambda: window.panel.is_open)
        await press("ctrl+shift+a")
        await until(lambda: window.overlays.shown(OverlayKind.POPOVER) is not None)
        await press("Escape")
        await until(lambda: window.overlays.shown(OverlayKind.POPOVER) is None)
        assert window.panel.is_open
        assert has_focus(window.view), "focus goes back to the page"
        await press("Escape")
        await until(lambda: not window.panel.is_open)
        shown = window.bars.shown
        await press("Escape")
        await until(lambda: window.bars.shown is not shown)


async def test_one_and_two_columns_by_key(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await press("ctrl+shift+2")
        await until(lambda: book.window._choices.in_force.columns is Columns.TWO)
        await press("ctrl+shift+1")
        await until(lambda: book.window._choices.in_force.columns is Columns.ONE)


async def test_a_question_is_answered_by_keyboard(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path) as kios:
        book_id = await kios.add(long_book(tmp_path))
        await kios.put_elsewhere(book_id, "/body/DocFragment[3]/body", 0.7)
        book = await kios.open(book_id)
        await focus(book.window)
        await until(lambda: book.window.question.sentence != "")
        assert has_focus(book.window.view), "a question does not take the focus"
        await press("F6", "Return")
        await until(lambda: book.place.spine_index == 2)
        assert book.window.question.sentence == ""
        await until(lambda: has_focus(book.window.view))


async def test_tab_goes_from_link_to_link_and_never_stands_between_two_pages(
    qapp: QApplication, tmp_path: Path
) -> None:
    text = "<p>The fog came in while they were talking of the harbour.</p>" * 60
    links = "".join(f"{text}<p><a href='#l{n}' id='l{n}'>a link</a></p>" for n in range(3))
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(write_book(tmp_path / "links.epub", links, text)))
        await focus(book.window)
        await until(lambda: has_focus(book.window.view))
        told: list[tuple[int, int]] = []

        def note(message: object) -> None:
            if isinstance(message, Relocated):
                told.append((message.spine, message.page))

        book.window._page.bridge.message.connect(note)
        pages = []
        for _ in range(3):
            await press("Tab")
            seen = len(told)
            await until(lambda seen=seen: len(told) >= max(1, seen))  # type: ignore[misc]
            await settled()
            pages.append(told[-1])
            offset = await evaluate(
                book.window._page, "kios.current.window.scrollX % kios.current.step"
            )
            assert offset == 0
        assert sorted(set(pages)) == pages, "each link is on a later page"
        await press("Right")
        await until(lambda: told[-1][1] == pages[-1][1] + 1 or told[-1][0] == 1)


async def test_a_book_is_searched_by_keyboard_alone(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        window = book.window
        await press("ctrl+f")
        await until(lambda: has_focus(window.search.widget().field))
        await press("w", "h", "a", "l", "e", "Return")
        await until(lambda: window.search.is_active and window.search.widget().bar.isHidden())
        await press("ctrl+f")
        await until(lambda: has_focus(window.search.widget().field))
        assert window.search.widget().field.selectedText() == "whale"
        await press("Escape")
        await until(lambda: not window.search.is_active)
        await press("Escape")
        await until(lambda: not window.panel.is_open)
        assert has_focus(window.view)
