"""The reader window in the whole app: names, focus, questions, and what may cover the text."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from kios_desktop.domain.library import Query
from kios_desktop.domain.locator import Place
from kios_desktop.startup.lifetime import SESSION_S
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.link_question import LinkQuestion
from tests.books import write_book
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import WORLD
from tests.gui.test_reachable import controls, name_of
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

ABOVE_TEXT, BELOW_TEXT = 56, 64  # px that the page leaves free
CHAPTER = "<h1>{}</h1>" + "<p>The fog came in while they were talking of the harbour.</p>" * 200


@asynccontextmanager
async def reading(
    qapp: QApplication, folder: Path, asks: bool = False
) -> AsyncIterator[tuple[Kios, OpenedBook]]:
    path = write_book(folder / "b.epub", *(CHAPTER.format(n) for n in ("One", "Two", "Three")))
    async with Kios(qapp, folder) as kios:
        book_id = await kios.add(path)
        if asks:
            await kios.put_elsewhere(book_id, "/body/DocFragment[3]/body", 0.7)
        book = await kios.open(book_id)
        if asks:
            await until(lambda: book.window.question.sentence != "")
        yield kios, book


def on_page(overlay: QWidget, book: OpenedBook) -> QRect:
    return overlay.geometry().adjusted(24, 24, -24, -24).translated(-book.window.view.pos())


async def test_everything_in_the_reader_has_a_name_and_a_hit_target(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path, asks=True) as (_, book):
        window = book.window
        banner = window.question.banner
        assert banner is not None
        banner.caret.click()
        window.actions_by_name["contents"].trigger()
        for popover in ("appearance", "sync"):
            window.actions_by_name[popover].trigger()
            await until(lambda: len(controls(window)) > 12)
            found = controls(window)
            for widget in found:
                assert name_of(widget), type(widget).__name__
                assert widget.focusPolicy() & Qt.FocusPolicy.ClickFocus or (
                    widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                ), name_of(widget)
                if isinstance(widget, QAbstractButton):
                    assert min(widget.width(), widget.height()) >= 20, name_of(widget)
        assert window.view.accessibleName().startswith("Chapter 1, page 1 of ")


async def test_the_link_question_names_the_whole_address(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        book.window.display.ask_about_link("https://example.org/a?b=c")
        question = book.window.findChildren(LinkQuestion)[0]
        shown = "".join(part.text() for part in question.findChildren(QLabel))
        assert "https://example.org/a?b=c" in shown.replace("\u200b", "")
        question.reject()


async def test_a_collapsed_question_covers_no_text(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path, asks=True) as (_, book):
        for width in (900, 1440):
            book.window.resize(width, 640)
            await settled(0.1)
            banner = book.window.overlays.shown(OverlayKind.BANNER)
            assert banner is not None
            box = on_page(banner, book)
            assert box.top() >= 0
            assert box.bottom() < ABOVE_TEXT
            assert box.width() == 760


async def test_a_place_known_only_as_a_percentage_is_asked_about_and_not_written_over(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        book.window.close()
        await kios.put_elsewhere(book.id, "", 0.6)
        book = await kios.open(book.id)
        await until(lambda: book.window.question.sentence != "")
        assert book.window.question.sentence == "Another device is at 60% — switch?"
        for width in (500, 900, 1440):
            book.window.resize(width, 640)
            await settled(0.05)
        book.window.close()
        await settled(0.2)
        book = await kios.open(book.id)
        await until(lambda: book.window.question.sentence != "")
        book.window.question.answer(True)
        await until(lambda: book.place.spine_index == 1)
        assert kios.server.fake.writes() == []


def keep_busy(book: OpenedBook, ms: int) -> None:
    """The page answers nothing meanwhile."""
    busy = f"for (const from = Date.now(); Date.now() - from < {ms};);"
    book.window.view.page().runJavaScript(busy, WORLD, lambda _: None)


async def test_a_page_turned_just_before_closing_is_sent(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        await until(lambda: not kios.app.parts.sync.book_overview(book.id).error)
        book.window.turn(1)
        book.window.close()
        await until(lambda: len(kios.server.fake.writes()) == 1)
        last = await kios.app.parts.positions.last(book.id)
        assert last is not None and last.locator.place.ordinal > 0


async def test_a_page_turned_just_before_quitting_is_sent(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        book.window.turn(1)
        kios.app.quit()
        await kios.app.parts.readers.all_closed()
        await kios.app.parts.sync.flush(3.0)
        assert len(kios.server.fake.writes()) == 1


async def test_a_page_turned_just_before_the_session_ends_is_sent_however_slow_it_is(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        keep_busy(book, 400)
        book.window.turn(1)
        await kios.app.save()
        assert len(kios.server.fake.writes()) == 1
        last = await kios.app.parts.positions.last(book.id)
        assert last is not None and last.locator.place.ordinal > 0


async def test_a_window_that_closes_meanwhile_keeps_nothing_from_being_sent(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        book.window.turn(1)
        await until(lambda: book.place.ordinal > 0)
        keep_busy(book, 1500)
        saving = asyncio.ensure_future(kios.app.save())
        await asyncio.sleep(0)
        book.window.close()
        await saving
        assert len(kios.server.fake.writes()) == 1


async def test_a_chapter_that_is_on_its_way_is_waited_for_at_the_end_of_the_session(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        await settled(0.5)
        book.window.go_to_place_when_open(Place(2, 500))
        await kios.app.save()
        last = await kios.app.parts.positions.last(book.id)
        assert last is not None and last.locator.place.spine_index == 2


@pytest.mark.long
async def test_pages_and_servers_share_the_time_that_the_system_gives(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        book.window.turn(1)
        await until(lambda: book.place.ordinal > 0)
        kios.server.mode = "dead"
        keep_busy(book, 4000)
        since = time.monotonic()
        kios.app.quit()
        closing = asyncio.ensure_future(kios.app.close())
        await kios.app.save()
        assert time.monotonic() - since < SESSION_S
        await closing


async def test_toast_and_pill_stay_below_the_text_and_off_one_another(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        book.window.resize(1000, 640)
        await book.go_to_line(1)
        await until(book.window.pill.isVisible)
        book.window.display.show_toast("Moved to where Kobo Libra stopped", "Undo", lambda: None)
        toast = book.window.overlays.shown(OverlayKind.TOAST)
        assert toast is not None
        box = on_page(toast, book)
        height = book.window.view.height()
        assert box.top() > height - BELOW_TEXT
        assert book.window.pill.geometry().top() > height - BELOW_TEXT
        assert not box.intersects(book.window.pill.geometry())


async def test_focus_is_back_on_the_page_after_every_overlay(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        window = book.window
        window.activateWindow()
        for popover in ("appearance", "sync"):
            window.actions_by_name[popover].trigger()
            await until(lambda: not on_view(book))
            window.overlays.close(OverlayKind.POPOVER)
            await until(lambda: on_view(book))
        window.actions_by_name["contents"].trigger()
        await until(lambda: not on_view(book))
        window.actions_by_name["contents"].trigger()
        await until(lambda: on_view(book))


def on_view(book: OpenedBook) -> bool:
    focus = book.window.focusWidget()
    return focus is not None and (focus is book.window.view or book.window.view.isAncestorOf(focus))


async def test_a_window_closed_and_opened_again_at_once_is_no_trouble(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        for _ in range(3):
            book.window.close()
            book = await kios.open(book.id)
        await asyncio.sleep(3.5)  # by then the characters of every opening were counted
        assert book.window.place_shown is not None
        weights = await kios.app.parts.books.weights(book.id)
        assert weights is not None and all(weights), "counts of a closed file were kept"


async def test_a_book_dropped_on_the_library_is_added(qapp: QApplication, tmp_path: Path) -> None:
    path = write_book(tmp_path / "dropped.epub", "<p>Words.</p>", title="Dropped")
    async with Kios(qapp, tmp_path / "profile") as kios:
        dropped = QMimeData()
        dropped.setUrls([QUrl.fromLocalFile(str(path))])
        event = QDropEvent(
            QPoint(50, 50),
            Qt.DropAction.CopyAction,
            dropped,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        kios.app.parts.window.dropEvent(event)
        async with asyncio.timeout(10):
            while not await kios.app.parts.books.ids(Query()):
                await asyncio.sleep(0.05)
        book = await kios.app.parts.books.get((await kios.app.parts.books.ids(Query()))[0])
        assert book.title == "Dropped"


async def test_after_the_sync_menu_was_open_sync_goes_on(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (kios, book):
        for _ in range(2):
            book.window.actions_by_name["sync"].trigger()
            await settled(0.1)
            book.window.overlays.close(OverlayKind.POPOVER)
            await settled(0.3)
        await book.turn()
        kios.app.parts.sync.backgrounded()
        await until(lambda: len(kios.server.fake.writes()) == 1)
        book.window.close()
        await settled(0.1)
        assert kios.app.parts.window.isVisible()
