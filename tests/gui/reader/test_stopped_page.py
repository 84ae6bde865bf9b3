"""A web engine that dies is started again, each time later; then it is said, and the place kept."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QPushButton

from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.engine.page import BookPage, BookProfile
from kios_desktop.ui.reader.engine.recovery import PAUSES_S, WELL_S, PageRecovery
from kios_desktop.ui.reader.engine.wire import LEFT_OUT, Ready
from kios_desktop.ui.reader.stopped_banner import StoppedBanner
from tests.books import write_book
from tests.gui.kios import Kios, OpenedBook, settled
from tests.gui.reader.engine import WORLD
from tests.gui.waiting import until

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(sys.platform == "win32", reason="kills the renderer with a signal"),
]

SHORT_S = (0.0, 0.05, 0.1)
CHAPTER = "<h1>{}</h1>" + "<p>The fog came in while they were talking of the harbour.</p>" * 80


@asynccontextmanager
async def reading(qapp: QApplication, folder: Path) -> AsyncIterator[tuple[Kios, OpenedBook]]:
    path = write_book(folder / "b.epub", *(CHAPTER.format(n) for n in range(6)))
    async with Kios(qapp, folder) as kios:
        book = await kios.open(await kios.add(path))
        book.window.recovery.pauses_s = SHORT_S
        yield kios, book


def kill(book: OpenedBook, by: str = "SIGKILL") -> None:
    """What the system does to a renderer that takes too much memory."""
    os.kill(book.window._page.renderProcessPid(), signal.Signals[by])


async def killed(book: OpenedBook, times: int = 1) -> None:
    """The renderer dies as soon as it runs again, and the window knows."""
    for _ in range(times):
        failures = book.window.recovery.failures
        await until(lambda: book.window._page.is_ready, 15)
        kill(book)
        await until(lambda before=failures: book.window.recovery.failures > before, 15)  # type: ignore[misc]


async def shown_again(book: OpenedBook) -> None:
    before = book.screens
    await until(lambda: book.screens > before, 15)


async def address(book: OpenedBook) -> str:
    """Where the chapter on screen comes from."""
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    book.window._page.runJavaScript("kios.current.frame.src", WORLD, found.set_result)
    return await asyncio.wait_for(found, 8)


def banner(book: OpenedBook) -> StoppedBanner | None:
    shown = book.window.overlays.shown(OverlayKind.BANNER)
    return None if shown is None else shown.findChild(StoppedBanner)


@pytest.mark.parametrize("by", ["SIGKILL", "SIGHUP"], ids=["killed", "ended as if all were well"])
async def test_a_page_that_died_once_is_back_where_it_was(
    qapp: QApplication, tmp_path: Path, by: str
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await book.go_to_line(2)
        await book.turn()
        place = book.place
        kill(book, by)
        await shown_again(book)
        assert book.place == place
        assert banner(book) is None
        await book.turn()
        assert book.place > place


WITHOUT_ENGINE = """
import os
from kios_desktop.startup.launch import new_application
from kios_desktop.paths import resources
qt = new_application()
from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.ui.reader.engine.page import BookProfile

async def main():
    page = BookProfile(resources() / "reader", qt).new_page()
    assert page.renderProcessPid() == 0
    page.end_web_engine()
    print("stopped" if page.has_stopped else "not stopped", flush=True)
    os._exit(0)

new_event_loop(qt).run_until_complete(main())
"""


def test_where_there_is_no_web_engine_to_end_nothing_else_is_ended() -> None:
    """In a group of processes of its own: number 0 means all of it."""
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_ENGINE],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, "stopped")


async def test_one_that_dies_again_and_again_is_given_up_and_said(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await book.go_to_line(2)
        place = book.place
        await killed(book, len(SHORT_S) + 1)
        said = banner(book)
        assert said is not None
        assert "Your place is safe" in said.title and "contents" in said.remedy
        assert book.place == place
        assert not book.window._page.is_ready  # nobody starts it by himself any more
        said.findChildren(QPushButton)[0].click()
        await shown_again(book)
        assert banner(book) is None
        assert book.place == place
        assert LEFT_OUT not in await address(book)
        await book.turn()
        assert book.place > place and book.place.spine_index == 2


async def test_another_part_can_be_chosen_when_it_is_given_up(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await killed(book, len(SHORT_S) + 1)
        assert banner(book) is not None
        await book.go_to_line(4)
        assert book.place.spine_index == 4
        assert banner(book) is None


async def test_after_a_death_only_what_is_asked_for_is_loaded(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await book.go_to_line(2)
        assert not book.window.recovery.avoids_preloading
        await killed(book)
        await shown_again(book)
        assert book.window.recovery.avoids_preloading
        await book.turn(-1)
        assert book.place.spine_index == 1


async def test_a_part_that_kills_the_page_twice_is_left_out(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as (_, book):
        await book.go_to_line(1)
        page, presenter = book.window._page, book.window._presenter
        assert presenter is not None
        await settled(0.5)  # else the first death is put down to the neighbour that loads ahead
        await until(lambda: presenter.failures._preloading is None)

        def die(message: object) -> None:
            """As soon as the page is told where to go."""
            if isinstance(message, Ready) and book.window.recovery.failures < 2:
                kill(book)

        page.bridge.message.connect(die)
        kill(book)
        book.window.choose_line(4)
        await until(lambda: book.window.recovery.failures == 2, 15)
        await shown_again(book)
        assert book.place.spine_index == 4
        assert LEFT_OUT in await address(book)
        await book.turn()
        assert book.place.spine_index == 5


async def test_a_part_that_takes_for_ever_is_left_out(qapp: QApplication, tmp_path: Path) -> None:
    endless = "<i>a</i><b/>" * 148_000  # one line that can be broken nowhere: minutes
    path = write_book(tmp_path / "b.epub", "<p>One.</p>", "<p>Two.</p>", endless, "<p>Four.</p>")
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(path))
        book.window.recovery.answer_timer.setInterval(3000)
        before = book.screens
        book.window.choose_line(2)
        await until(lambda: book.screens > before, 20)
        assert book.place.spine_index == 2
        assert LEFT_OUT in await address(book)
        await book.turn()
        assert book.place.spine_index == 3


@pytest.mark.long
async def test_a_part_that_takes_for_ever_before_anybody_goes_there_is_left_out(
    qapp: QApplication, tmp_path: Path
) -> None:
    endless = "<i>a</i><b/>" * 148_000
    path = write_book(tmp_path / "b.epub", CHAPTER.format(1), endless, "<p>Three.</p>")
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(path))
        recovery = book.window.recovery
        recovery.answer_timer.setInterval(3000)
        for _ in range(30):  # answered until the next part is being laid out
            book.window.turn(1 if book.place.ordinal == 0 else -1)
            await asyncio.sleep(0.5)
            if recovery.failures:
                break
        await until(lambda: book.window._page.is_ready, 15)
        await shown_again(book)
        assert book.place.spine_index == 0
        book.window.choose_line(1)
        await shown_again(book)
        assert book.place.spine_index == 1 and LEFT_OUT in await address(book)
        assert recovery.failures == 1


# some lines of a style sheet, each twice as long as the one before
DOUBLED = "".join(f"--c{n}: var(--c{n - 1}) var(--c{n - 1});" for n in range(1, 16))
GREEDY = (
    f"<style>:root {{ --c0: 'aaaaaaaaaa'; {DOUBLED} }} p::before {{ content: var(--c15) }}</style>"
    + "<p>x</p>" * 2000
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nothing else says what is used")
@pytest.mark.parametrize(
    "goes_there",
    [
        pytest.param(False, id="loaded ahead", marks=pytest.mark.long),
        pytest.param(True, id="chosen"),
    ],
)
async def test_a_part_that_takes_all_memory_is_left_out_the_first_time(
    qapp: QApplication, tmp_path: Path, goes_there: bool
) -> None:
    parts = [CHAPTER.format(1), CHAPTER.format(2), GREEDY, CHAPTER.format(4)]
    path = write_book(tmp_path / "b.epub", *parts)
    async with Kios(qapp, tmp_path) as kios:
        book = await kios.open(await kios.add(path))
        recovery = book.window.recovery
        recovery.memory.most_growth = 200 * 1024 * 1024
        before = book.screens
        book.window.choose_line(2 if goes_there else 1)
        await until(lambda: recovery.failures == 1, 30)
        await until(lambda: book.screens > before + (not goes_there), 15)
        assert book.place.spine_index == (2 if goes_there else 1)
        if not goes_there:
            await book.go_to_line(2)
        assert LEFT_OUT in await address(book)
        await book.turn()
        assert book.place.spine_index == 3
        assert recovery.failures == 1


async def test_a_spare_page_that_dies_is_replaced(profile: BookProfile) -> None:
    profile.warm_up()
    spare = profile._spare
    assert spare is not None
    await until(lambda: spare.is_ready, 8)
    os.kill(spare.renderProcessPid(), signal.SIGKILL)
    await until(lambda: profile._spare is not spare, 8)
    page = await profile.take_page()
    await until(lambda: page.is_ready, 20)
    page.end()


class OnlyStarts(QObject):
    """Stands for a page: counts its starts."""

    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.starts = 0

    def reload_shell(self) -> None:
        self.starts += 1

    def renderProcessPid(self) -> int:
        return 0


async def test_pauses_grow_and_a_page_that_lived_well_begins_anew(qapp: QApplication) -> None:
    assert list(PAUSES_S) == sorted(PAUSES_S) and PAUSES_S[0] == 0
    now = 1000.0
    page = OnlyStarts()
    recovery = PageRecovery(cast(BookPage, page), clock=lambda: now)
    pauses: list[float] = []
    recovery.stopped.connect(lambda pause_s, _stuck: pauses.append(pause_s))
    given_up: list[bool] = []
    recovery.given_up.connect(lambda: given_up.append(True))
    for _ in PAUSES_S:
        page.stopped.emit()
    assert pauses == list(PAUSES_S) and not given_up
    assert recovery.is_waiting
    page.stopped.emit()
    assert given_up and recovery.is_waiting
    recovery.start()
    assert page.starts == 1 and not recovery.is_waiting
    now += WELL_S + 1
    page.stopped.emit()
    assert pauses[len(PAUSES_S) :] == [0.0]
    recovery.end()
