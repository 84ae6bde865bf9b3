"""Reading is recorded in the whole app, as long as the book's window is in front."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import Layout, StatisticsPreferences
from kios_desktop.domain.reading_sessions import Instant, ReadingSession
from kios_desktop.ui.reader.presenter import ReaderPresenter
from kios_desktop.ui.reader.reading_sessions import ReadingSessions, moment
from tests.books import BookDraft, page, write_book
from tests.gui.kios import Kios, OpenedBook
from tests.gui.reader.engine import evaluate
from tests.gui.waiting import until

pytestmark = pytest.mark.gui

CHAPTER = "<h1>{}</h1>" + "<p>The fog came in while they were talking of the harbour. </p>" * 120
PAGES = "".join(f'<li><a href="chapter0001.xhtml#p{n}">{n}</a></li>' for n in range(1, 8))
NAV = page(
    '<nav epub:type="toc"><ol><li><a href="chapter0001.xhtml">One</a></li>'
    '<li><a href="chapter0002.xhtml">Two</a></li></ol></nav>'
    f'<nav epub:type="page-list"><ol>{PAGES}</ol></nav>'
)
AT = datetime(2026, 11, 22, 19, tzinfo=UTC)


@dataclass
class Clock:
    gone_s: float = 0.0

    def now(self) -> Instant:
        return Instant(AT + timedelta(seconds=self.gone_s), 7000 + self.gone_s)


def presenter_of(book: OpenedBook) -> ReaderPresenter:
    presenter = book.window._presenter
    assert presenter is not None
    return presenter


class Reading:
    """One book in the whole app, and the time that goes by for it."""

    def __init__(self, kios: Kios, clock: Clock, recorded: ReadingSessions, path: Path) -> None:
        self.kios, self.clock, self.recorded, self.path = kios, clock, recorded, path
        self.book: OpenedBook | None = None

    async def open(self) -> OpenedBook:
        book = await self.kios.open(await self.kios.add(self.path))
        book.window.activateWindow()
        await until(book.window.isActiveWindow)
        self.book = book
        return book

    async def read(self, pages: int, seconds: float = 20) -> None:
        assert self.book is not None
        for _ in range(pages):
            self.clock.gone_s += seconds
            await self.book.turn()

    async def close(self) -> None:
        assert self.book is not None
        self.book.window.close()
        await self.book.window.closed_event.wait()
        await self.recorded.save()

    async def kept(self) -> list[ReadingSession]:
        return await self.kios.app.parts.sessions.all()


@asynccontextmanager
async def reading(
    qapp: QApplication, folder: Path, path: Path | None = None
) -> AsyncIterator[Reading]:
    path = path or write_book(folder / "b.epub", CHAPTER.format("One"), CHAPTER.format("Two"))
    async with Kios(qapp, folder, connect=False) as kios:
        clock, parts = Clock(), kios.app.parts
        recorded = parts.readers._sessions = ReadingSessions(
            parts.sessions,
            parts.tasks,
            lambda: parts.live.value.statistics,
            lambda: None,
            clock.now,
        )
        yield Reading(kios, clock, recorded, path)


async def test_a_session_is_kept_when_its_book_is_closed(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        book = await it.open()
        await it.read(3)
        last = book.place
        await it.close()
        [session] = await it.kept()
        assert session.read_s == pytest.approx(60)
        assert session.turns == 3
        assert (session.started_at, session.ended_at) == (AT, AT + timedelta(seconds=60))
        assert (session.start.place, session.end.place) == (Place(0, 0), last)
        assert 0 < session.end.progression < 1
        assert session.paced_ordinals > 0


async def test_what_is_looked_at_another_window_meanwhile_does_not_count(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        book = await it.open()
        await it.read(2)
        library = it.kios.app.parts.window
        library.show()
        library.activateWindow()
        await until(lambda: not book.window.isActiveWindow())
        it.clock.gone_s += 900
        book.window.activateWindow()
        await until(book.window.isActiveWindow)
        await it.read(2)
        await it.close()
        assert [round(one.read_s) for one in await it.kept()] == [40, 40]


async def test_a_session_is_on_the_disk_while_it_goes_on(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.open()
        await it.read(2)
        it.clock.gone_s += 15
        it.recorded._tick()
        await it.recorded.save()
        assert [round(one.read_s) for one in await it.kept()] == [55]


async def test_nothing_is_recorded_while_statistics_are_paused(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        live = it.kios.app.parts.live

        async def want(enabled: bool) -> None:
            live.change(replace(live.value, statistics=StatisticsPreferences(enabled=enabled)))
            recording = next(iter(it.recorded._open))
            await until(lambda: recording._is_wanted == enabled)

        book = await it.open()
        await want(enabled=False)
        await it.read(3)
        assert await it.kept() == []
        await want(enabled=True)
        await it.read(3)
        await it.close()
        [session] = await it.kept()
        assert (round(session.read_s), session.turns) == (60, 3)
        assert session.start.place > Place(0, 0) or book.place.spine_index > 0


async def test_jumps_and_looks_are_no_turns_and_printed_pages_are_counted(
    qapp: QApplication, tmp_path: Path
) -> None:
    filling = "<p>The fog came in while they were talking of the harbour. </p>" * 14
    pages = "".join(f'<span id="p{n}"></span>{filling}' for n in range(1, 8))
    draft = BookDraft(chapters=[pages, CHAPTER.format("Two")], files={"EPUB/nav.xhtml": NAV})
    async with reading(qapp, tmp_path, draft.write(tmp_path / "p.epub")) as it:
        book = await it.open()
        places = presenter_of(book)._map
        await until(lambda: places.printed_before(Place(0, 1)) is not None)
        await it.read(2, 25)
        shown = places.printed_before(book.place)
        assert shown is not None
        await book.go_to_line(1)
        await it.read(1)
        await it.close()
        [session] = await it.kept()
        assert session.turns == 3
        assert session.printed_pages == shown - 1 > 0
        assert session.end.place.spine_index == 1


async def test_scrolling_by_lines_is_no_turn(qapp: QApplication, tmp_path: Path) -> None:
    async with reading(qapp, tmp_path) as it:
        live = it.kios.app.parts.live
        text = replace(live.value.reading, layout=Layout.SCROLL)
        live.change(replace(live.value, reading=text))
        book = await it.open()
        await it.read(2, 40)
        for _ in range(3):
            it.clock.gone_s += 10
            before = book.place
            await evaluate(book.window._page, "(kios.current.window.scrollBy(0, 60), 1)")
            await until(lambda before=before: book.place != before)  # type: ignore[misc]
        await it.close()
        [session] = await it.kept()
        assert session.turns == 2
        assert round(session.read_s) == 110
        assert round(session.paced_s) == 80
        assert session.end.place > before


async def test_the_pace_of_earlier_sessions_is_that_of_the_next_book(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.open()
        await it.read(16, 25)
        await it.close()
        pace = await it.recorded.pace()
        assert pace is not None
        book = await it.open()
        await until(lambda: presenter_of(book).pace_per_min == pytest.approx(pace))


async def test_a_deleted_session_that_goes_on_does_not_come_back(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        await it.open()
        await it.read(3)
        await it.recorded.begin_anew()
        [first] = await it.kept()
        assert round(first.read_s) == 60
        await it.kios.app.parts.sessions.delete_all()
        await it.read(2)
        await it.close()
        [second] = await it.kept()
        assert round(second.read_s) == 40
        assert second.started_at == first.ended_at


async def test_a_file_outside_the_library_is_not_recorded(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reading(qapp, tmp_path) as it:
        window = await it.kios.app.parts.readers.open_file(it.path)
        assert window is not None
        await until(lambda: window.place_shown is not None, 15)
        assert not it.recorded._open


def test_time_goes_on_by_two_clocks() -> None:
    first, second = moment(), moment()
    assert second.elapsed_s >= first.elapsed_s
    assert first.at.tzinfo is UTC
