"""Nothing in the page waits for a chapter that does not come, and every request is answered."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kios_desktop.ui.reader.engine.page import BookProfile
from kios_desktop.ui.reader.engine.wire import Destination, Loaded, Relocated
from tests.books import PIXEL_PNG, BookDraft, write_book, write_zip
from tests.gui.kios import Kios
from tests.gui.reader.engine import Engine, Gate, open_engine
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

SENTENCE = "This part of the book could not be loaded."


def chapter(number: int) -> str:
    """The file of a spine item."""
    return f"chapter{number + 1:04}.xhtml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "b.epub", *(f"<p id='p'>Chapter {n}</p>" for n in range(8)))


@asynccontextmanager
async def held(
    profile: BookProfile, book: Path, number: int, patient: bool = False
) -> AsyncIterator[tuple[Engine, Gate]]:
    """A book in which one chapter does not come; the page is `patient`, or waits a moment."""
    with Gate() as gate:
        engine = await open_engine(profile, book, through=gate)
        if not patient:
            await impatient(engine)
        gate.hold(chapter(number))
        yield engine, gate
        await engine.close()


async def impatient(engine: Engine) -> None:
    """The page waits a fraction of its time."""
    await engine.ask("kios.patience.lookMs = 60")


async def asked(gate: Gate, name: str) -> None:
    async with asyncio.timeout(8):
        while name not in gate.asked:
            await asyncio.sleep(0.01)


async def sentence(engine: Engine) -> str:
    text = await engine.ask("kios.current.doc.querySelector('[role=note]')?.ariaLabel")
    return str(text)


async def test_another_destination_ends_the_wait_for_the_next_chapter(
    profile: BookProfile, book: Path
) -> None:
    async with held(profile, book, 2, patient=True) as (engine, gate):
        await engine.go(1)
        await asked(gate, chapter(2))
        engine.page.bridge.turn(1)  # towards the chapter that does not come
        assert (await engine.go(5)).spine == 5
        await asyncio.sleep(0.2)  # the frames that are not wanted any more are gone
        assert (await engine.turn(1)).spine == 6
        assert (await engine.turn(-1)).spine == 5
        gate.release(chapter(2))
        assert (await engine.go(2)).spine == 2


async def test_turning_back_ends_the_wait_for_the_next_chapter(
    profile: BookProfile, book: Path
) -> None:
    async with held(profile, book, 2, patient=True) as (engine, _):
        await engine.go(1)
        engine.page.bridge.turn(1)
        engine.page.bridge.turn(1)
        engine.page.bridge.turn(-1)
        seen = len(engine.messages)
        engine.page.bridge.turn(-1)
        assert (await engine.wait(Relocated, seen)).spine == 1  # an answer, though nothing moved
        assert (await engine.turn(-1)).spine == 0


async def test_turns_on_the_way_count_from_where_it_leads(profile: BookProfile, book: Path) -> None:
    async with held(profile, book, 4, patient=True) as (engine, gate):
        seen = len(engine.messages)
        engine.page.bridge.go_to(Destination(4, "go"))
        engine.page.bridge.turn(1)
        engine.page.bridge.turn(1)
        await asked(gate, chapter(4))
        gate.release(chapter(4))
        async with asyncio.timeout(8):
            while (await engine.wait(Relocated, seen)).spine != 6:
                seen += 1


async def test_what_does_not_come_is_said_and_the_book_reads_on(
    profile: BookProfile, book: Path
) -> None:
    async with held(profile, book, 3) as (engine, gate):
        there = await engine.go(3, 7)
        assert SENTENCE in await sentence(engine)
        assert (there.spine, there.ordinal) == (3, 7)  # the place is kept
        assert not any(isinstance(m, Loaded) and m.spine == 3 for m in engine.messages)
        assert (await engine.turn(1)).spine == 4
        gate.release(chapter(3))
        here = await engine.go(3, 7)  # chosen again, it is asked for again
        assert (here.spine, here.ordinal, here.total) == (3, 7, 8)


async def test_a_chapter_that_hangs_is_read_once_however_often_it_is_asked_for(
    profile: BookProfile, book: Path
) -> None:
    async with held(profile, book, 3) as (engine, gate):
        await engine.go(3)
        assert gate.asked.count(chapter(3)) == 1


async def test_a_last_chapter_that_does_not_come_is_not_the_end_of_the_book(
    profile: BookProfile, book: Path
) -> None:
    async with held(profile, book, 7) as (engine, gate):
        assert not (await engine.go(7)).book_end
        gate.release(chapter(7))
        assert (await engine.go(7)).book_end


@pytest.mark.parametrize("fault", [RuntimeError("unforeseen"), MemoryError(), SystemExit(3)])
async def test_an_unforeseen_fault_is_logged_and_said(
    profile: BookProfile, book: Path, fault: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    with Gate() as gate, caplog.at_level(logging.ERROR):
        engine = await open_engine(profile, book, through=gate)
        gate.faults[chapter(2)] = fault
        await engine.go(1)
        assert (await engine.turn(1)).spine == 2
        assert SENTENCE in await sentence(engine)
        assert (await engine.turn(1)).spine == 3
        assert any(record.exc_info for record in caplog.records)
        assert (await engine.turn(-1)).spine == 2
        gate.faults.clear()
        assert (await engine.go(2)).total == 8
        await engine.close()


async def test_a_picture_that_does_not_come_keeps_no_chapter_from_being_read(
    profile: BookProfile, tmp_path: Path
) -> None:
    draft = BookDraft(
        chapters=["<p>One</p>", "<p>Two</p>", '<p>Three <img src="x.png" alt=""/></p>']
    )
    draft.manifest = '<item id="x" href="x.png" media-type="image/png"/>'
    draft.files = {"EPUB/x.png": PIXEL_PNG}
    with Gate() as gate:
        engine = await open_engine(profile, draft.write(tmp_path / "b.epub"), through=gate)
        await impatient(engine)
        gate.hold("x.png")
        assert (await engine.go(2)).total == 5
        await engine.close()


async def test_books_do_not_wait_for_each_other(profile: BookProfile, book: Path) -> None:
    with Gate() as gate:
        for number in range(2, 8):
            gate.hold(chapter(number))
        stuck = await open_engine(profile, book, through=gate)
        for number in range(2, 6):
            stuck.page.bridge.go_to(Destination(number, "go"))
        await asked(gate, chapter(2))
        other = await open_engine(profile, book)
        assert (await other.go(4)).spine == 4
        await other.close()
        await stuck.close()


@pytest.mark.parametrize("path", ["%FF%FE.png", "%ED%A0%80", "%00", "a%2F..%2F..%2Fb", "%"])
async def test_every_address_is_answered(profile: BookProfile, book: Path, path: str) -> None:
    engine = await open_engine(profile, book)
    await engine.ask(
        "(() => { const p = document.createElement('img'); window.outcome = '';"
        " p.onerror = () => { window.outcome = 'answered'; };"
        f" p.src = '/{path}'; document.body.append(p); kios.current.doc.body.append(p); }})()"
    )
    async with asyncio.timeout(8):
        while await engine.ask("window.outcome") != "answered":
            await asyncio.sleep(0.02)
    await engine.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
async def test_a_chapter_of_gigabytes_is_a_sentence_and_costs_no_memory(
    profile: BookProfile, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=["<p>One</p>", "<p>Two</p>", "<p>Three</p>", "<b/>" * 10_000_000])
    path = write_zip(tmp_path / "b.epub", draft.entries(), stored=True)
    engine = await open_engine(profile, path)
    processes = (os.getpid(), engine.page.renderProcessPid())
    before = [peak_mb(pid) for pid in processes]
    there = await engine.go(3)
    assert (there.spine, there.total) == (3, 0)
    assert "too large to be shown" in await sentence(engine)
    grown = sum(peak_mb(pid) for pid in processes) - sum(before)
    assert grown < 300
    assert (await engine.turn(-1)).spine == 2
    await engine.close()


def peak_mb(pid: int) -> float:
    """The most memory a process had so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


async def test_a_read_that_hangs_does_not_keep_kios_from_ending(
    profile: BookProfile, book: Path
) -> None:
    before = set(threading.enumerate())
    async with held(profile, book, 3, patient=True) as (engine, gate):
        engine.page.bridge.go_to(Destination(3, "go"))
        await asked(gate, chapter(3))
        made = [t.name for t in set(threading.enumerate()) - before if "book" in t.name]
        assert made and all(name.startswith("work") for name in made)  # those `launch` leaves


async def test_while_a_chapter_is_awaited_it_is_said(
    qapp: QApplication, tmp_path: Path, book: Path
) -> None:
    with Gate() as gate:
        async with Kios(qapp, tmp_path) as kios:
            opened = await kios.open(await kios.add(book))
            window = opened.window
            host = window._page._scheme._hosts[window._page.host]
            host.read = gate.reading(host.read)
            gate.hold(chapter(5))
            window.choose_line(5)
            await until(window.pages.opening.isVisible)
            assert window.pages.opening.text() == "Opening…"
            gate.release(chapter(5))
            await until(window.pages.opening.isHidden)
            assert opened.place.spine_index == 5
