"""What the measured process of `inside.py` does.

Everything here goes through the app as it is shipped: keys are sent to the view, books are opened
by `OpenBooks`, added by the importer. Only the page's own clock is asked by a script of ours.
"""

import asyncio
import itertools
import json
import os
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWebEngineCore import QWebEngineScript

from kios_desktop import log
from kios_desktop.domain.library import BookId, ImportOutcome
from kios_desktop.paths import profile_paths
from kios_desktop.startup.app import App
from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.startup.launch import new_application
from kios_desktop.storage.secrets import InMemory
from kios_desktop.ui.reader.engine.wire import Relocated
from kios_desktop.ui.reader.window import ReaderWindow
from tests import corpus
from tests.bench import bare_import, books, mark_lists
from tests.bench.heartbeat import Heartbeat
from tests.bench.processes import tree_rss_mb
from tests.bench.table import Figure
from tests.marks import highlight

WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
ROUNDS = 3
TURNS = 120
KEYS_A_SECOND = 30
MANY = 20
MARKS = 5000
OF_UNMARKED = 1.1  # of the time that the same book takes to open without highlights
SETTLE_S = 2.0
CALM_S = 0.3
GAP_MS = 50.0  # the longest silence of the loop; the creation of the web engine aside
READING_GAP_MS = 16.0
OPENING_GAP_MS = 100.0  # once, of a list of fifty thousand
GAPS_MS = {
    "opening and closing books": 30.0,
    "turning pages": READING_GAP_MS,
    "turning pages with pictures and tables": READING_GAP_MS,
    "turning pages in a chapter of 3.3 MB": READING_GAP_MS,
    "turning pages with 5000 highlights": READING_GAP_MS,
    "the list of 5000 highlights is scrolled": READING_GAP_MS,
    "the page of 50000 highlights is opened": OPENING_GAP_MS,
    "the page of 50000 highlights is scrolled": READING_GAP_MS,
    "a book is read": READING_GAP_MS,
}
LONG_CHAPTER_MS = 1800.0
OF_SMALL = {"War and Peace": 1.1, "2,014 items": 1.2}  # of the time that a small book takes to open

# Notes, for each turn command, how long it took until the second frame after it.
WATCH = """
kios.tookMs = [];
if (!kios.plainTurn) {
  kios.plainTurn = kios.turn;
  kios.turn = (count) => {
    const since = performance.now();
    kios.plainTurn(count);
    requestAnimationFrame(() => requestAnimationFrame(
      () => kios.tookMs.push(performance.now() - since)));
  };
}
true
"""
FRAMES = """
kios.frameMs = [];
(() => {
  let last = 0;
  const beat = (now) => {
    if (last) kios.frameMs.push(now - last);
    last = now;
    if (kios.frameMs.length < 120) requestAnimationFrame(beat);
  };
  requestAnimationFrame(beat);
})();
true
"""


def tell(name: str, figure: Figure) -> None:
    sys.stdout.write(json.dumps({"name": name, **asdict(figure)}) + "\n")
    sys.stdout.flush()


class OpenedBook:
    """One reader window, and what its page said."""

    def __init__(self, window: ReaderWindow) -> None:
        self.window = window
        self.seen: list[Relocated] = []
        self.at: list[float] = []
        window._page.bridge.message.connect(self._note)

    def _note(self, message: object) -> None:
        if isinstance(message, Relocated):
            self.seen.append(message)
            self.at.append(time.perf_counter())

    def press(self, key: Qt.Key = Qt.Key.Key_Right) -> None:
        """A key as the system would send it, to whatever takes keys inside the view."""
        target = self.window.view.focusProxy() or self.window.view
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.postEvent(target, event)

    async def ask(self, script: str) -> Any:
        """The value of an expression in our world of the page."""
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        text = f"JSON.stringify({script})" if "\n" not in script else script
        self.window._page.runJavaScript(text, WORLD, done.set_result)
        answer = await asyncio.wait_for(done, 10)
        return json.loads(answer) if isinstance(answer, str) else answer


class Bench:
    """The measurements, in the order of `run`."""

    def __init__(self, app: App, beat: Heartbeat, folder: Path) -> None:
        self._app, self._beat, self._folder = app, beat, folder

    async def run(self) -> None:
        self._beat.start()
        self._app.parts.readers.warm_up()
        creation = self._beat.worst_ms()
        tell("event loop, gap of the creation of the web engine", Figure(creation, "ms"))
        self._beat.start()
        await asyncio.sleep(SETTLE_S)
        self._gap("starting")
        small = await self._added(books.small(self._folder))
        war = await self._added(books.war_and_peace(self._folder))
        long = await self._added(corpus.book("idpf-mahabharata"))
        await self._openings(small, {"War and Peace": war, "2,014 items": long})
        illustrated = await self._added(books.illustrated(self._folder))
        self._beat.start()  # making books is not the app's doing
        await self._page_turns("", war)
        await self._page_turns(" with pictures and tables", illustrated)
        await self._keys(war)
        await self._memory(war, small)
        await self._marked(war)
        whole = await self._added(books.one_chapter(self._folder))
        await self._long_opening(whole)
        await self._page_turns(" in a chapter of 3.3 MB", whole)
        await self._import()
        await self._all_marks()  # Kios quits once this window, the last one, is hidden

    def _gap(self, doing: str, of: float | None = None) -> float:
        worst = self._beat.worst_ms() if of is None else of
        limit = GAPS_MS.get(doing, GAP_MS)
        tell(f"event loop, worst gap while {doing}", Figure(worst, "ms", limit=limit))
        self._beat.start()
        return worst

    async def _added(self, *paths: Path) -> BookId:
        report = await self._app.parts.importer.add(
            paths, progress=lambda _done, _all: None, cancelled=lambda: False
        )
        book_id = report.items[0].book_id
        if book_id is None:
            raise RuntimeError(f"not added: {report.items[0].error}")
        return book_id

    # -- opening

    async def _warm(self) -> None:
        """As it is a while after the last book was opened: a page is ready."""
        readers = self._app.parts.readers
        readers.warm_up()
        spare = readers._engine()._spare
        async with asyncio.timeout(20):
            while spare is not None and not spare.is_ready:
                await asyncio.sleep(0.01)
        await asyncio.sleep(CALM_S)

    @asynccontextmanager
    async def _open(self, book_id: BookId) -> AsyncIterator[tuple[OpenedBook, float]]:
        """A book, and the seconds from the wish to its first page."""
        since = time.perf_counter()
        window = await self._app.parts.readers.open(book_id)
        if window is None:
            raise RuntimeError("the book did not open")
        book = OpenedBook(window)
        async with asyncio.timeout(20):
            while not book.seen:
                await asyncio.sleep(0.001)
        try:
            yield book, book.at[0] - since
        finally:
            window.close()
            await asyncio.sleep(CALM_S)

    async def _openings(self, small: BookId, others: dict[str, BookId]) -> None:
        took: dict[BookId, list[float]] = {}
        gaps = []
        for _ in range(ROUNDS + 2):
            for book_id in (small, *others.values()):
                await self._warm()
                self._beat.start()
                async with self._open(book_id) as (_book, seconds):
                    took.setdefault(book_id, []).append(seconds)
                    await asyncio.sleep(CALM_S)
                gaps.append(self._beat.worst_ms())
        self._plain_s = {book_id: min(seconds) for book_id, seconds in took.items()}
        plain = min(took[small]) * 1000
        tell("opening a small book, engine warm", Figure(plain, "ms"))
        for name, book_id in others.items():
            figure = Figure(min(took[book_id]) * 1000, "ms", plain, limit=OF_SMALL[name])
            tell(f"opening {name}, engine warm", figure)
        self._gap("opening and closing books", max(gaps))

    async def _long_opening(self, book_id: BookId) -> None:
        took = []
        for _ in range(ROUNDS):
            await self._warm()
            async with self._open(book_id) as (_book, seconds):
                took.append(seconds)
                await asyncio.sleep(CALM_S)
        figure = Figure(min(took) * 1000, "ms", limit=LONG_CHAPTER_MS)
        tell("opening a chapter of 3.3 MB, engine warm", figure)

    async def _marked(self, book_id: BookId) -> None:
        """A book with thousands of highlights, beside the same one without."""
        book = await self._app.parts.books.get(book_id)
        async with self._app.parts.publications.use(book_id) as opened:
            totals = await asyncio.to_thread(opened.count)
        step = sum(totals) // MARKS
        places = [(n, at) for n, total in enumerate(totals) for at in range(0, total - 99, step)]
        marks = [
            highlight(at, at + 60, spine=spine, sha256=book.hashes.sha256)
            for spine, at in places[:MARKS]
        ]
        await self._app.parts.marks.save(book_id, marks)
        took = []
        for _ in range(ROUNDS + 2):
            await self._warm()
            async with self._open(book_id) as (_book, seconds):
                took.append(seconds)
                await asyncio.sleep(CALM_S)
        figure = Figure(min(took) * 1000, "ms", self._plain_s[book_id] * 1000, limit=OF_UNMARKED)
        tell(f"opening War and Peace with {len(marks)} highlights", figure)
        await self._page_turns(f" with {len(marks)} highlights", book_id)
        await self._warm()
        async with self._open(book_id) as (shown, _):
            shown.window.actions_by_name["highlights"].trigger()
            tab = shown.window.mark_tabs.highlights.widget()
            async with asyncio.timeout(20):
                while tab.model.rowCount() < len(marks):
                    await asyncio.sleep(0.01)
            worst = await mark_lists.scrolled(tab.list, self._beat)
        self._gap(f"the list of {len(marks)} highlights is scrolled", worst)

    async def _all_marks(self) -> None:
        """The page of all highlights."""
        window, count = self._app.parts.window, mark_lists.BOOKS * mark_lists.IN_A_BOOK
        window.show()
        await mark_lists.fill(self._app)
        await asyncio.sleep(SETTLE_S)
        self._beat.start()
        page, seconds = await mark_lists.opened(self._app)
        await asyncio.sleep(CALM_S)
        tell(f"opening the page of {count} highlights", Figure(seconds * 1000, "ms"))
        self._gap(f"the page of {count} highlights is opened")
        worst = await mark_lists.scrolled(page.cards, self._beat)
        self._gap(f"the page of {count} highlights is scrolled", worst)
        window.hide()

    # -- turning

    async def _page_turns(self, where: str, book_id: BookId) -> None:
        await self._warm()
        async with self._open(book_id) as (book, _):
            await asyncio.sleep(SETTLE_S / 2)
            await book.ask(FRAMES)
            await asyncio.sleep(3)
            period = statistics.median(await book.ask("kios.frameMs"))
            if not where:
                tell("frame period", Figure(period, "ms"))
            self._beat.start()
            rounds = [await self._one_round(book, period) for _ in range(ROUNDS)]
            self._gap(f"turning pages{where}")
        if not where:
            self._gap(f"a book is closed after {ROUNDS * TURNS} turns")
        for part, limit in (("p50", 1.1), ("p95", 1.6)):
            best = min(taken[part] for taken in rounds)
            note = f"reference: a frame; {rounds[0]['crossings']:.0f} chapter crossings in each run"
            tell(f"page turn {part}{where}", Figure(best, "ms", period, limit=limit, note=note))

    async def _one_round(self, book: OpenedBook, period: float) -> dict[str, float]:
        """Turns by key at uneven times, so that no frame is met on purpose."""
        rng = random.Random(5)
        await book.ask(WATCH)
        first = len(book.seen)
        for _ in range(TURNS):
            book.press()
            await asyncio.sleep(rng.uniform(0.06, 0.12))
        await asyncio.sleep(CALM_S)
        took = sorted(await book.ask("kios.tookMs"))
        spines = [message.spine for message in book.seen[first:]]
        if len(took) < TURNS or len(spines) < TURNS:  # one at a slow crossing is taken up again
            raise RuntimeError(f"{TURNS} keys, {len(took)} turns, {len(spines)} screens")
        return {
            "p50": took[len(took) // 2],
            "p95": took[len(took) * 95 // 100],
            "crossings": sum(a != b for a, b in itertools.pairwise(spines)),
        }

    async def _keys(self, book_id: BookId) -> None:
        """How many pages are there a second after the first of thirty keys."""
        await self._warm()
        async with self._open(book_id) as (book, _):
            await asyncio.sleep(SETTLE_S / 2)
            self._beat.start()
            counts = []
            for _ in range(ROUNDS):
                first, since = len(book.seen), time.perf_counter()
                for number in range(KEYS_A_SECOND):
                    wait = since + number / KEYS_A_SECOND - time.perf_counter()
                    await asyncio.sleep(max(0.0, wait))
                    book.press()
                await asyncio.sleep(max(0.0, since + 1 - time.perf_counter()))
                turned = [m for m in book.seen[first:] if m.cause == "turn"]
                counts.append(len({(m.spine, m.page) for m in turned}))
                await asyncio.sleep(CALM_S)
            self._gap("keys come at 30 a second")
        figure = Figure(max(counts), "pages", limit=KEYS_A_SECOND, at_least=True)
        tell("pages a second for 30 keys a second", figure)

    # -- memory

    async def _memory(self, war: BookId, small: BookId) -> None:
        me = os.getpid()
        await self._warm()
        async with self._open(war) as (book, _):
            await asyncio.sleep(CALM_S)
            self._beat.start()  # opening a book has a line of its own
            await asyncio.sleep(SETTLE_S)
            self._gap("a book is read")
            one = tree_rss_mb(me)
            self._beat.start()  # reading the memory of all processes is not the app's doing
        for number in range(MANY):
            await self._warm()
            async with self._open((war, small)[number % 2]) as (book, _):
                for _ in range(5):
                    book.press()
                    await asyncio.sleep(0.05)
        await asyncio.sleep(SETTLE_S)
        self._gap("twenty books are opened and closed")
        after = tree_rss_mb(me)
        tell("memory with a book open", Figure(one, "MB", note="RSS of the process tree"))
        tell("memory after opening and closing twenty", Figure(after, "MB", one, limit=1.2))

    # -- importing

    async def _import(self) -> None:
        paths = await asyncio.to_thread(lambda: list(books.thousand(self._folder / "thousand")))
        bare = await asyncio.to_thread(bare_import.books_a_second, paths)
        await asyncio.sleep(CALM_S)
        self._beat.start()
        since = time.perf_counter()
        report = await self._app.parts.importer.add(
            paths, progress=lambda _done, _all: None, cancelled=lambda: False
        )
        rate = len(paths) / (time.perf_counter() - since)
        self._gap("importing")
        added = report.count(ImportOutcome.ADDED)
        if added != len(paths):
            raise RuntimeError(f"{added} of {len(paths)} books were added")
        figure = Figure(rate, "books/s", limit=1000, at_least=True)
        tell("importing 1,000 books", figure)
        note = "reference: reading, hashing and parsing alone, in one thread"
        figure = Figure(rate, "books/s", bare, note=note)
        tell("importing 1,000 books, beside reading them", figure)


async def run(app: App, folder: Path) -> None:
    await app.start()
    await Bench(app, Heartbeat(), folder).run()
    app.quit()
    await app.close()


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    paths = profile_paths(folder / "profile")
    paths.create()
    qt = new_application()
    formatter = log.set_up(paths.logs)
    with asyncio.Runner(loop_factory=lambda: new_event_loop(qt)) as runner:
        runner.run(run(App(qt, paths, formatter, InMemory()), folder))
