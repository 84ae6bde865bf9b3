"""How a catalog of 100,000 entries feels in the window, over a catalog in memory.

    python -m tests.bench.catalog_bench [--json FILE]

Everything is as in the app but the server: it answers from memory, at once. Exits 1 past a limit.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from kios_desktop.domain.library import ShelfCounts
from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.startup.garbage_collection import collect_in_gui_thread, settle_garbage
from kios_desktop.startup.launch import SWITCH_S, new_application
from kios_desktop.ui.catalog.view import CatalogView
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.window_memory import WindowMemory
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.shell.sidebar import SourceLine
from tests.bench.processes import tree_rss_mb
from tests.bench.table import Figure, Table
from tests.fakes_catalog import SOURCE, FakeDownloads, endless_catalog

ENTRIES, PAGE = 100_000, 50
GAP_MS, GROWTH_MB, COVER_MS = 16.0, 100.0, 300.0
BEAT_MS = 3
NOTCH = QPoint(0, -120)
NOTCHES_A_SECOND = 20
NOTCHES = 600
_TITLE_TONES = 12


class Gaps(QObject):
    """How long the loop was away, beat by beat."""

    def __init__(self) -> None:
        super().__init__()
        self.ms: list[float] = []
        self._last = time.perf_counter()
        timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._beat)
        timer.start()

    def forget(self) -> None:
        self.ms.clear()
        self._last = time.perf_counter()

    def percentile(self, part: float) -> float:
        """Of the time: a long gap counts for as long as it is, not once."""
        return statistics.quantiles(self.ms, n=1000)[round(part * 1000) - 1]

    def _beat(self) -> None:
        now = time.perf_counter()
        self.ms.append((now - self._last) * 1000)
        self._last = now


def pictures() -> list[bytes]:
    """Covers as servers send them: JPEG of 400 × 600."""
    made = []
    for number in range(_TITLE_TONES):
        image = QImage(400, 600, QImage.Format.Format_RGB32)
        image.fill(QColor.fromHsv(number * 30, 120, 160))
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        image.save(buffer, "JPG")  # type: ignore[call-overload]  # the stubs do not know it
        made.append(bytes(data.data()))
    return made


class Browse:
    """One window over the catalog."""

    def __init__(self, folder: Path) -> None:
        self.tasks = Tasks(_unexpected)
        memory = WindowMemory(folder / "windows.json", lambda save: save())
        memory.keep("catalog/load_more", True)
        covers = pictures()
        self.catalog = endless_catalog(ENTRIES, PAGE)
        self.catalog.images = lambda path: covers[hash(path) % len(covers)]
        shown = Covers(folder, self.tasks, QColor("#888888"))
        self.window = MainWindow(shown, folder, memory)
        self.window.resize(1440, 900)
        self.window.show_counts(ShelfCounts(1))
        self.window.set_sources([SourceLine(SOURCE, self.catalog.name)])
        self.window.join_catalogs(FakeDownloads(), folder / "covers", self.tasks)

    @property
    def view(self) -> CatalogView:
        view = self.window.catalog_view()
        if view is None:
            raise RuntimeError("no catalog is shown")
        return view

    async def first_cover_ms(self) -> float:
        """From the wish for the catalog to the first cover on the screen."""
        self.window.show()
        await asyncio.sleep(0.3)
        since = time.perf_counter()
        self.window.show_catalog(self.catalog)
        ready = asyncio.Event()
        self.view.covers.ready.connect(lambda _key: ready.set())
        await asyncio.wait_for(ready.wait(), 10)
        self.view.grid.viewport().repaint()
        return (time.perf_counter() - since) * 1000

    def turn_wheel(self) -> None:
        viewport = self.view.grid.viewport()
        middle = QPointF(viewport.rect().center())
        event = QWheelEvent(
            middle,
            viewport.mapToGlobal(middle),
            QPoint(0, 0),
            NOTCH,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)

    async def scroll(self) -> None:
        """As a hand at the wheel does."""
        for _ in range(NOTCHES):
            self.turn_wheel()
            await asyncio.sleep(1 / NOTCHES_A_SECOND)

    async def to_the_end(self) -> None:
        """Down to the last entry, as fast as pages come."""
        bar, model = self.view.grid.verticalScrollBar(), self.view.grid.model()
        presenter = self.window.catalog_presenter()
        if presenter is None:
            raise RuntimeError("no catalog is shown")
        while (rows := model.rowCount()) < ENTRIES:
            bar.setValue(bar.maximum())
            presenter.in_sight(rows - 1, rows - 1, near_end=True)
            await asyncio.sleep(0.002)

    async def close(self) -> None:
        self.window.close_browsing()
        self.window.hide()
        await self.tasks.aclose()


def _unexpected(error: Exception) -> None:
    raise error


async def _measured(table: Table, folder: Path) -> None:
    browse = Browse(folder)
    first = await browse.first_cover_ms()
    table.add("catalog: first cover painted", Figure(first, "ms", limit=COVER_MS))
    await asyncio.sleep(1)
    settle_garbage()
    before = tree_rss_mb(os.getpid())
    gaps = Gaps()
    await browse.scroll()
    _tell(table, "at the top", gaps)
    await browse.to_the_end()
    bar = browse.view.grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    await asyncio.sleep(1)
    gaps.forget()
    await browse.scroll()
    _tell(table, f"at entry {ENTRIES // 2:,}", gaps)
    await asyncio.sleep(1)
    growth = tree_rss_mb(os.getpid()) - before
    note = f"after all {ENTRIES:,} entries were seen"
    table.add("catalog: memory growth", Figure(growth, "MB", limit=GROWTH_MB, note=note))
    await browse.close()


def _tell(table: Table, where: str, gaps: Gaps) -> None:
    p99, worst = gaps.percentile(0.99), max(gaps.ms)
    note = f"worst {worst:.1f} ms of {len(gaps.ms):,} beats"
    table.add(
        f"catalog: event loop gap p99 while scrolling {where}",
        Figure(p99, "ms", limit=GAP_MS, note=note),
    )


def measure(table: Table, folder: Path) -> None:
    """In a window of its own, offscreen."""
    app = new_application()
    theme.apply_theme(app, "light")
    collect_in_gui_thread(app)
    sys.setswitchinterval(SWITCH_S)
    with asyncio.Runner(loop_factory=lambda: new_event_loop(app)) as runner:
        runner.run(_measured(table, folder))


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(argv)
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        measure(table, Path(folder))
    if asked.json is not None:
        table.write(asked.json)
    return int(any(figure.ok is False for figure in table.figures.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
