"""Reading aloud in the whole app, with a voice that the test controls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu

from kios_desktop.domain.locator import Place
from kios_desktop.domain.utterance import AloudTrouble
from kios_desktop.startup.desktop import Desktop
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.aloud.bar import AloudBar
from kios_desktop.ui.reader.engine.wire import Clicked, MenuWanted
from tests.books import write_book
from tests.fakes_aloud import FakeVoices
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import WORLD
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

SENTENCES = "".join(f"<p>This is the sentence number {n}. It is followed.</p>" for n in range(120))
CHAPTERS = (f"<h1>One</h1>{SENTENCES}", "<h1>Two</h1><p>The end is near. Here it is.</p>")


@asynccontextmanager
async def reading(
    qapp: QApplication, folder: Path, voices: FakeVoices, *chapters: str
) -> AsyncIterator[tuple[Kios, OpenedBook]]:
    path = write_book(folder / "b.epub", *(chapters or CHAPTERS))
    async with Kios(qapp, folder, Desktop(make_speech=voices)) as kios:
        book = await kios.open(await kios.add(path))
        book.window.resize(900, 640)
        book.window.activateWindow()
        await settled(0.2)
        yield kios, book


def do(book: OpenedBook, name: str) -> None:
    book.window.actions_by_name[name].trigger()


async def start(book: OpenedBook, voices: FakeVoices) -> AloudBar:
    do(book, "aloud")
    await until(lambda: bool(voices.made and voices.last.said))
    bar = book.window.aloud.bar
    assert bar is not None
    return bar


async def painted(book: OpenedBook) -> str:
    """What is painted as read aloud in the chapter on the screen."""
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    script = (
        '[...(kios.current.window.CSS.highlights.get("kios-aloud") ?? [])].map(String).join("|")'
    )
    book.window._page.runJavaScript(script, WORLD, done.set_result)
    return str(await asyncio.wait_for(done, 10))


async def is_painted(book: OpenedBook, words: str) -> None:
    for _ in range(100):
        if await painted(book) == words:
            return
        await asyncio.sleep(0.02)
    assert await painted(book) == words


async def test_sentences_are_spoken_and_painted(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        bar = await start(book, voices)
        assert bar.isVisible()
        assert voices.last.said == ["One"]
        await is_painted(book, "One")
        voices.last.end_sentence(2)
        assert voices.last.said[1:] == ["This is the sentence number 0.", "It is followed."]
        await is_painted(book, "It is followed.")
        bar.close_button.click()
        assert not voices.last.speaks
        await is_painted(book, "")
        assert bar.isHidden()


async def test_pages_follow_and_the_place_with_them(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (kios, book):
        await start(book, voices)
        place = book.place
        while book.place == place:
            voices.last.end_sentence()
            await settled(0.03)
        spoken = voices.last.utterance
        assert spoken is not None
        assert book.place == Place(0, spoken.start)
        position = await kios.app.parts.positions.last(book.id)
        assert position is not None
        assert position.locator.place == book.place, "a turn, which is kept"


async def test_it_goes_on_into_the_next_chapter_and_past_the_end(
    qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices, "<p>A b. C d.</p>", "<p>E f.</p>") as (kios, book):
        ends: list[object] = []
        kios.app.parts.readers.end_reached.connect(lambda *given: ends.append(given))
        await start(book, voices)
        voices.last.end_sentence(2)
        await until(lambda: "E f." in voices.last.said)
        await until(lambda: book.place.spine_index == 1)
        await is_painted(book, "E f.")
        voices.last.end_sentence()
        await until(lambda: bool(ends))
        assert not book.window.aloud.is_on


async def test_a_reader_who_turns_pages_is_left_alone_and_can_come_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        bar = await start(book, voices)
        assert bar.back_button.isHidden()
        await book.turn(2)
        await until(lambda: bar.back_button.isVisible())
        elsewhere = book.place
        voices.last.end_sentence(3)
        await settled(0.2)
        assert book.place == elsewhere
        bar.back_button.click()
        await until(lambda: book.place != elsewhere)
        await until(lambda: bar.back_button.isHidden())


async def test_a_look_at_another_place_ends_with_the_way_back_to_what_is_read(
    qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (kios, book):
        bar = await start(book, voices)
        book.window.look_at_place_when_open(Place(1, 0))
        await until(lambda: book.place.spine_index == 1)
        await until(lambda: bar.back_button.isVisible())
        assert book.window.pill.isVisible()
        bar.back_button.click()
        await until(lambda: book.place.spine_index == 0)
        await until(lambda: book.window.pill.isHidden())
        position = await kios.app.parts.positions.last(book.id)
        assert position is None or position.locator.place.spine_index == 0


async def test_play_pause_and_skip_by_buttons_and_keys(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        bar = await start(book, voices)
        bar.play.setFocus()
        QTest.keyClick(bar.play, Qt.Key.Key_Space)
        assert not voices.last.speaks
        assert bar.play.accessibleName() == "Go on reading aloud"
        QTest.keyClick(bar, Qt.Key.Key_Space)
        assert voices.last.speaks
        do(book, "aloud_pause")
        assert not voices.last.speaks
        do(book, "aloud")
        assert voices.last.speaks
        do(book, "aloud_next")
        bar.next.click()
        bar.previous.click()
        assert voices.last.said[-3:] == [
            "This is the sentence number 0.",
            "It is followed.",
            "This is the sentence number 0.",
        ]
        do(book, "aloud_stop")
        assert not book.window.aloud.is_on


async def test_speed_and_voice_are_kept_for_the_next_book(
    qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (kios, book):
        bar = await start(book, voices)
        choose(bar.speed._menu, "1.5×")
        choose(bar.voice._menu, "Bob")
        assert voices.last.rates[-1] == 1.5
        assert voices.last.chosen[-1] == "Bob"
        assert voices.last.said == ["One"] * 3, "the sentence is spoken again"
        kept = kios.app.parts.live.value.aloud
        assert (kept.rate, kept.voices) == (1.5, (("en", "Bob"),))
        assert bar.speed.text() == "1.5×"
        book.window.close()
        await until(lambda: kios.app.parts.readers.window_of(book.id) is None)
        assert voices.last.has_ended
        again = await kios.open(book.id)
        do(again, "aloud")
        await until(lambda: len(voices.made) == 2)
        assert voices.last.rates == [1.5]
        assert voices.last.chosen == ["Bob"]


def choose(menu: QMenu | None, text: str) -> None:
    assert menu is not None
    next(action for action in menu.actions() if action.text() == text).trigger()


async def test_the_sleep_timer_counts_minutes(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        bar = await start(book, voices)
        minutes = book.window.aloud._minutes
        assert not minutes.isActive()
        choose(bar.sleep._menu, "15 minutes")
        assert minutes.isActive()
        assert minutes.interval() == 60_000
        minutes.timeout.emit()
        assert bar.sleep.text() == "14 minutes"
        for _ in range(14):
            minutes.timeout.emit()
        assert not voices.last.speaks
        assert not minutes.isActive()
        assert shown_toast(book) == "Paused by the sleep timer"
        choose(bar.sleep._menu, "End of the chapter")
        assert not minutes.isActive()


def shown_toast(book: OpenedBook) -> str:
    toast = book.window.overlays.shown(OverlayKind.TOAST)
    return "" if toast is None else toast.findChildren(QLabel)[0].text()


@pytest.mark.parametrize("trouble", [AloudTrouble.NO_LIBRARY, AloudTrouble.NO_ENGINE])
async def test_without_a_voice_it_is_said_what_to_install(
    trouble: AloudTrouble, qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices(trouble)
    async with reading(qapp, tmp_path, voices) as (_, book):
        do(book, "aloud")
        await until(lambda: bool(book.window.findChildren(Dialog)))
        dialog = book.window.findChildren(Dialog)[0]
        words = [one.text() for one in dialog.findChildren(QLabel)]
        assert words[0] == "This computer can’t read aloud yet"
        assert not book.window.aloud.is_on
        assert book.window.aloud.bar is None or book.window.aloud.bar.isHidden()
        dialog.reject()


async def test_a_voice_that_breaks_is_told(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        bar = await start(book, voices)
        voices.last.fail(AloudTrouble.SPEECH_FAILED)
        assert (
            shown_toast(book)
            == "The voice does not answer any more. Try again, or choose another voice."
        )
        assert bar.isHidden()


async def test_the_menu_of_the_page_reads_from_the_word_there(
    qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        menu = QMenu()
        book.window.marking.add_to(menu, MenuWanted(10, 10, [], "", spine=0, ordinal=5))
        choose(menu, "Read aloud from here")
        await until(lambda: bool(voices.made))
        assert voices.last.said == ["This is the sentence number 0."]


async def test_a_selection_is_where_reading_begins(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        book.window._page.runJavaScript(
            "kios.selecting.select({spine: 0, start: 30, end: 33})", WORLD, lambda _: None
        )
        await until(lambda: book.window.marking.selection_start == Place(0, 30))
        await start(book, voices)
        assert voices.last.said == ["It is followed."]


async def test_one_book_is_read_aloud_at_a_time(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (kios, book):
        await start(book, voices)
        other = await kios.open(
            await kios.add(write_book(tmp_path / "other.epub", "<p>Other words.</p>"))
        )
        do(other, "aloud")
        await until(lambda: len(voices.made) == 2)
        assert not voices.made[0].speaks
        assert voices.made[1].speaks


async def test_closing_the_window_is_silence_at_once(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        await start(book, voices)
        book.window.close()
        assert not voices.last.speaks


@pytest.mark.parametrize("pill", [False, True])
@pytest.mark.parametrize("size", [QSize(1200, 800), QSize(900, 640), QSize(480, 400)])
async def test_the_bar_covers_no_text_and_its_parts_have_names_and_room(
    size: QSize, pill: bool, qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        book.window.resize(size)
        bar = await start(book, voices)
        if pill:
            book.window.look_at_place_when_open(Place(1, 0))
        else:
            await book.turn(1)
        await until(lambda: bar.back_button.isVisible())
        await settled(0.2)
        assert book.window.pill.isVisible() == pill
        assert book.window.footer.isHidden()
        assert bar.geometry().bottom() == book.window.area.rect().bottom()
        assert book.window.area.height() - bar.y() <= 64, "the page's own lower margin"
        corner = book.window.pill.geometry().translated(-bar.pos())
        shown = [corner] if pill else []
        for part in bar.findChildren(QAbstractButton):
            if part.isVisible():
                assert part.accessibleName() or part.text()
                box = QRect(part.mapTo(bar, QPoint()), part.size())
                assert bar.rect().contains(box), part.accessibleName() or part.text()
                assert not any(box.intersects(other) for other in shown)
                assert part.width() >= part.minimumSizeHint().width()
                shown.append(box)
        do(book, "aloud_stop")
        book.window.bars.show()
        assert book.window.footer.isVisible()


async def test_f6_leads_to_the_bar_and_esc_back_to_the_page(
    qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        bar = await start(book, voices)
        book.window.view.setFocus()
        do(book, "next_region")
        assert book.window.focusWidget() is bar.play
        QTest.keyClick(bar.play, Qt.Key.Key_Escape)
        focus = book.window.focusWidget()
        assert focus is book.window.view or book.window.view.isAncestorOf(focus)


async def test_a_click_on_the_bar_turns_no_page(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, voices) as (_, book):
        bar = await start(book, voices)
        place = book.place
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 3, 20))
        await settled(0.2)
        assert book.place == place
        book.window._page.bridge.message.emit(Clicked(at=0.9))
        await until(lambda: book.place != place)
        assert bar.isVisible(), "turning by a click hides the other bars only"
