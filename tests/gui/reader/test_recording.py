"""The book's own recording: clips in step with the text, played by QtMultimedia from tones."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from kios_desktop.domain.errors import Missing
from kios_desktop.domain.utterance import AloudTrouble, AudioClip, Utterance
from kios_desktop.startup.desktop import Desktop
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.reader.aloud.recording import RecordingPlayer
from tests.books import write_zip
from tests.corpus import corpus
from tests.fakes_aloud import FakeVoices
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.test_read_aloud import choose, do, is_painted, painted
from tests.gui.waiting import until
from tests.narrated import SENTENCES, narrated_book, overlay, pair, tone

try:
    from PySide6.QtMultimedia import QMediaDevices
except ImportError as e:  # the system lacks what it is built on
    pytest.skip(f"QtMultimedia can't be loaded: {e}", allow_module_level=True)

pytestmark = pytest.mark.gui


class Noted:
    """Implements `ports.Heard`: what was heard, with the seconds since the first."""

    def __init__(self) -> None:
        self.events: list[tuple[str, int]] = []
        self.times: dict[tuple[str, int], float] = {}
        self.fractions: list[tuple[int, float]] = []
        self.troubles: list[tuple[int, AloudTrouble]] = []
        self.next: list[Utterance] = []
        self.player: RecordingPlayer | None = None

    def _note(self, what: str, turn: int) -> None:
        self.events.append((what, turn))
        self.times[what, turn] = time.monotonic()

    def begun(self, turn: int) -> None:
        self._note("begun", turn)

    def reached(self, turn: int, fraction: float) -> None:
        self.fractions.append((turn, fraction))

    def finished(self, turn: int) -> None:
        self._note("finished", turn)
        if self.next and self.player is not None:
            self.player.speak(turn + 1, self.next.pop(0))

    def failed(self, turn: int, trouble: AloudTrouble) -> None:
        self.troubles.append((turn, trouble))


def clip(begin_s: float, end_s: float | None, href: str = "tone.wav") -> Utterance:
    return Utterance(0, 0, 10, "", AudioClip(href, begin_s, end_s))


def fail(error: Exception) -> None:
    raise error


def made(heard: Noted, files: dict[str, bytes]) -> RecordingPlayer:
    async def read(href: str) -> bytes:
        if href not in files:
            raise Missing(href)
        return files[href]

    heard.player = RecordingPlayer(read, Tasks(fail), heard)
    return heard.player


async def test_clips_are_played_in_step_without_gaps(qapp: QApplication) -> None:
    heard = Noted()
    player = made(heard, {"tone.wav": tone(3)})
    heard.next = [clip(0.9, 1.4), clip(1.4, None)]
    player.speak(1, clip(0.5, 0.9))
    await until(lambda: ("finished", 3) in heard.events)
    times = heard.times
    for turn, length in ((1, 0.4), (2, 0.5), (3, 1.6)):
        heard_s = times["finished", turn] - times["begun", turn]
        assert heard_s == pytest.approx(length, abs=0.25)
    assert times["begun", 2] - times["finished", 1] < 0.05
    assert all(0 <= fraction < 1.3 for _, fraction in heard.fractions)
    player.end()


async def test_speed_changes_while_it_is_played(qapp: QApplication) -> None:
    heard = Noted()
    player = made(heard, {"tone.wav": tone(4)})
    player.set_rate(2.0)
    player.speak(1, clip(0, 2))
    await until(lambda: ("finished", 1) in heard.events)
    assert heard.times["finished", 1] - heard.times["begun", 1] == pytest.approx(1.0, abs=0.3)
    player.end()


async def test_it_holds_and_goes_on(qapp: QApplication) -> None:
    heard = Noted()
    player = made(heard, {"tone.wav": tone(2)})
    player.speak(1, clip(0, 0.5))
    await until(lambda: bool(heard.fractions))
    player.hold()
    await settled(0.8)
    assert ("finished", 1) not in heard.events
    player.go_on()
    await until(lambda: ("finished", 1) in heard.events)
    player.end()


async def test_what_is_held_before_its_file_is_there_waits(qapp: QApplication) -> None:
    heard = Noted()
    player = made(heard, {"tone.wav": tone(1)})
    player.speak(1, clip(0, 0.2))
    player.hold()
    await settled(0.5)
    assert heard.events == []
    player.go_on()
    await until(lambda: ("finished", 1) in heard.events)
    player.end()


@pytest.mark.parametrize(
    ("files", "trouble"),
    [
        ({}, AloudTrouble.AUDIO_MISSING),
        ({"tone.wav": b""}, AloudTrouble.AUDIO_UNPLAYABLE),
        ({"tone.wav": b"no sound at all " * 500}, AloudTrouble.AUDIO_UNPLAYABLE),
        ({"tone.wav": b"\x89PNG\r\n\x1a\n" + bytes(9000)}, AloudTrouble.AUDIO_UNPLAYABLE),
        ({"tone.wav": tone(1)}, AloudTrouble.CLIP_BEYOND),
    ],
)
async def test_what_cannot_be_played_is_told_and_the_next_file_is_played(
    files: dict[str, bytes], trouble: AloudTrouble, qapp: QApplication
) -> None:
    heard = Noted()
    player = made(heard, {**files, "good.wav": tone(1)})
    player.speak(1, clip(5, 6))
    await until(lambda: bool(heard.troubles))
    assert heard.troubles == [(1, trouble)]
    player.speak(2, clip(0, 0.2, "good.wav"))
    await until(lambda: ("finished", 2) in heard.events)
    player.end()


async def test_a_file_that_is_replaced_while_it_loads_is_not_heard(qapp: QApplication) -> None:
    heard = Noted()
    player = made(heard, {"tone.wav": tone(1), "good.wav": tone(1)})
    player.speak(1, clip(0, 0.2))
    player.speak(2, clip(0, 0.2, "good.wav"))
    await until(lambda: ("finished", 2) in heard.events)
    assert [turn for _, turn in heard.events] == [2, 2]
    player.end()


async def test_players_that_come_and_go_never_wait_for_each_other(qapp: QApplication) -> None:
    """Qt's player waits for threads that wait for Python: called directly, it hangs here."""
    files = {"tone.wav": tone(9), "other.wav": tone(9)}
    for number in range(60):
        heard = Noted()
        player = made(heard, files)
        player.speak(1, clip(number / 10, None))
        await settled(0.02 + number % 7 / 500)
        player.speak(2, clip(number / 20, None, "other.wav" if number % 3 else "tone.wav"))
        await settled(number % 5 / 200)
        player.end()


def inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


async def test_the_copy_of_a_recording_goes_with_its_player(qapp: QApplication) -> None:
    heard = Noted()
    player = made(heard, {"tone.wav": tone(1), "other.wav": tone(1)})
    player.speak(1, clip(0, 0.1))
    await until(lambda: ("finished", 1) in heard.events)
    player.speak(2, clip(0, 0.1, "other.wav"))
    await until(lambda: ("finished", 2) in heard.events)
    folder = player._folder
    assert folder is not None
    assert len(inside(folder)) == 1, "one file at a time"
    player.end()
    assert inside(folder) == []


@asynccontextmanager
async def reading(
    qapp: QApplication, folder: Path, path: Path, voices: FakeVoices
) -> AsyncIterator[OpenedBook]:
    async with Kios(qapp, folder, Desktop(make_speech=voices)) as kios:
        book = await kios.open(await kios.add(path))
        book.window.resize(900, 640)
        await settled(0.2)
        yield book


def toast(book: OpenedBook) -> str:
    shown = book.window.overlays.shown(OverlayKind.TOAST)
    return "" if shown is None else shown.findChildren(QLabel)[0].text()


async def followed(book: OpenedBook, last: str) -> list[str]:
    """What was painted, one after another, until something that begins so is."""
    seen: list[str] = []
    async with asyncio.timeout(15):
        while not seen or not seen[-1].startswith(last):
            words = await painted(book)
            if words and words not in seen[-1:]:
                seen.append(words)
            await asyncio.sleep(0.02)
    return seen


def in_step(seen: list[str], spoken: list[str]) -> bool:
    """Whether it came in this order. A busy machine may have looked away for a clip or two."""
    left = iter(spoken)
    return all(words in left for words in seen) and len(seen) > len(spoken) / 2


async def test_the_text_is_painted_in_step_with_the_recording(
    qapp: QApplication, tmp_path: Path
) -> None:
    voices = FakeVoices()
    async with reading(qapp, tmp_path, narrated_book(tmp_path / "n.epub"), voices) as book:
        do(book, "aloud")
        assert in_step(await followed(book, SENTENCES[-1]), ["One", *SENTENCES])
        assert not voices.made, "no voice is asked for"


async def test_skip_pause_and_speed_of_a_recording(qapp: QApplication, tmp_path: Path) -> None:
    path = narrated_book(tmp_path / "n.epub", audio=tone(60), smil=overlay(LONG))
    async with reading(qapp, tmp_path, path, FakeVoices()) as book:
        do(book, "aloud")
        await is_painted(book, "One")
        do(book, "aloud_next")
        await is_painted(book, SENTENCES[0])
        do(book, "aloud_pause")
        do(book, "aloud_next")
        await is_painted(book, SENTENCES[1])
        bar = book.window.aloud.bar
        assert bar is not None
        assert not bar.voice.isEnabled()
        assert bar.voice.accessibleName() == "The book’s own recording"
        choose(bar.speed._menu, "2×")
        do(book, "aloud")
        do(book, "aloud_previous")
        await is_painted(book, SENTENCES[0])


LONG = "".join(pair(1, f"s{n}", 10 * (n - 1), 10 * n) for n in range(1, 6))


async def test_pages_follow_a_recording_over_pages_and_chapters(
    qapp: QApplication, tmp_path: Path
) -> None:
    filling = "<p>And nobody reads these words aloud, for they are not recorded.</p>" * 20
    path = narrated_book(tmp_path / "n.epub", chapters=2, filling=filling)
    async with reading(qapp, tmp_path, path, FakeVoices()) as book:
        do(book, "aloud")
        await until(lambda: book.place.ordinal > 500)
        await until(lambda: book.place.spine_index == 1)


async def test_a_chapter_without_a_recording_is_spoken(qapp: QApplication, tmp_path: Path) -> None:
    voices = FakeVoices()
    path = narrated_book(tmp_path / "n.epub", chapters=2, overlays=1)
    async with reading(qapp, tmp_path, path, voices) as book:
        do(book, "aloud")
        await until(lambda: bool(voices.made))
        assert voices.last.said == ["One"]
        await until(lambda: book.place.spine_index == 1)


async def test_without_a_voice_the_rest_of_a_recorded_book_is_passed_over(
    qapp: QApplication, tmp_path: Path
) -> None:
    path = narrated_book(tmp_path / "n.epub", chapters=2, overlays=1)
    async with reading(qapp, tmp_path, path, FakeVoices(AloudTrouble.NO_ENGINE)) as book:
        do(book, "aloud")
        await until(lambda: toast(book).startswith("Without a voice"))
        await until(lambda: not book.window.aloud.is_on)
        assert book.place.spine_index == 0, "the end was not read, so it is not turned to"


async def test_a_damaged_recording_is_told_and_nothing_hangs(
    qapp: QApplication, tmp_path: Path
) -> None:
    path = narrated_book(tmp_path / "n.epub", audio=b"no sound" * 999)
    async with reading(qapp, tmp_path, path, FakeVoices()) as book:
        do(book, "aloud")
        await until(lambda: toast(book).startswith("Some of the recording can’t be played"))
        await until(lambda: not book.window.aloud.is_on)


async def test_where_there_is_no_loudspeaker_that_is_told_and_it_goes_on(
    qapp: QApplication, tmp_path: Path
) -> None:
    path = narrated_book(tmp_path / "n.epub")
    is_deaf = QMediaDevices.defaultAudioOutput().isNull()
    async with reading(qapp, tmp_path, path, FakeVoices()) as book:
        do(book, "aloud")
        await until(lambda: book.window.aloud.is_on)
        await until(lambda: toast(book).startswith("No loudspeaker") or not is_deaf)
        await settled(0.3)
        assert book.window.aloud.is_on
        assert toast(book).startswith("No loudspeaker") == is_deaf


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["mol-support_xhtml", "mol-timing-synchronization"])
async def test_the_tests_of_the_w3c_with_a_tone(
    name: str, qapp: QApplication, tmp_path: Path
) -> None:
    """Their recording is missing: a tone stands in its place."""
    import zipfile

    with zipfile.ZipFile(corpus() / "w3c" / f"{name}.epub") as book_file:
        entries = {one: book_file.read(one) for one in book_file.namelist()}
    entries["EPUB/audio/mobydick.mp4"] = tone(160)
    path = write_zip(tmp_path / "w3c.epub", entries)
    async with reading(qapp, tmp_path, path, FakeVoices()) as book:
        await book.turn(1)
        await until(lambda: book.place.spine_index == 1)
        do(book, "aloud")
        seen = await followed(book, "Some years ago")
        assert in_step(seen, ["Call", "me", "Ishmael.", seen[-1]])
