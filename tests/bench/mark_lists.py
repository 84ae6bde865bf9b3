"""Lists of thousands of highlights, scrolled as a wheel does, and from end to end."""

import asyncio
import time

from PySide6.QtWidgets import QAbstractScrollArea

from kios_desktop.domain.library import DocumentHashes, NewBook
from kios_desktop.domain.mark_query import KeptMark
from kios_desktop.startup.app import App
from kios_desktop.ui.marks.page import AllMarksPage
from tests.bench.heartbeat import Heartbeat
from tests.marks import highlight

BOOKS, IN_A_BOOK = 500, 100
ROUNDS = 3
NOTCH_PX, NOTCHES, JUMPS = 120, 200, 100
FRAME_S = 1 / 60
TEXT = "It was the best of times, it was the worst of times, it was the age of wisdom. "


async def fill(app: App) -> None:
    """Highlights in books of a library, of lengths that differ; every fifth one has a note."""
    new = [
        NewBook(
            title=f"Marked book {number}",
            authors=("Ann Author",),
            language="en",
            series="",
            series_index=None,
            identifier="",
            file=f"marked-{number}.epub",
            file_name=f"marked-{number}.epub",
            size_bytes=1,
            hashes=DocumentHashes(f"{number:064x}", f"{number:032x}", "", ""),
            cover="",
        )
        for number in range(BOOKS)
    ]
    marks = [
        KeptMark(
            book_id,
            highlight(n * 90, n * 90 + 60, text=TEXT * (1 + n % 7), note="" if n % 5 else TEXT),
        )
        for book_id in await app.parts.books.add_all(new)
        for n in range(IN_A_BOOK)
    ]
    await app.parts.marks.save_kept(marks)


async def opened(app: App) -> tuple[AllMarksPage, float]:
    """The page of all highlights, and the seconds until its first cards are there."""
    since = time.perf_counter()
    marks = app.parts.all_marks
    app.parts.window.show_marks(marks)
    model = marks.page.model
    async with asyncio.timeout(20):
        while model.rowCount() < 2 or model.kept(model.index(1)) is None:
            await asyncio.sleep(0.001)
    return marks.page, time.perf_counter() - since


async def scrolled(view: QAbstractScrollArea, beat: Heartbeat) -> float:
    """The longest silence of the loop, in ms, while the view is scrolled: a frame that was late.

    Of several rounds the best: what is the program's own doing comes in each.
    """
    bar, worst = view.verticalScrollBar(), list[float]()
    for _ in range(ROUNDS):
        bar.setValue(0)
        await asyncio.sleep(0.5)
        beat.start()
        for _ in range(NOTCHES):
            bar.setValue(bar.value() + NOTCH_PX)
            await asyncio.sleep(FRAME_S)
        for step in range(JUMPS):
            bar.setValue(bar.maximum() * step // JUMPS)
            await asyncio.sleep(3 * FRAME_S)
        worst.append(beat.worst_ms())
    return min(worst)
