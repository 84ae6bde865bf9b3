"""The real app, driven line by line: python -m tests.e2e.driven --profile DIR [--server URL …].

Reads one JSON command per line and answers each with one JSON line; every place that comes on
screen is told at once as {"place": [spine index, ordinal]}. Passwords stay in memory, so that no
password store is needed; everything else is the app as it is shipped.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from kios_desktop import log
from kios_desktop.domain.library import BookId, Query
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.paths import Paths, profile_paths
from kios_desktop.startup.app import App
from kios_desktop.startup.application import Application
from kios_desktop.startup.event_loop import new_event_loop
from kios_desktop.startup.launch import new_application
from kios_desktop.startup.lifetime import handling_quits
from kios_desktop.storage import backup
from kios_desktop.storage.database import Database
from kios_desktop.storage.secrets import InMemory, Secrets, SecretStore
from kios_desktop.storage.sources import Sources
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.reader.engine.wire import Relocated
from kios_desktop.ui.reader.window import ReaderWindow
from tests.e2e.browsing import Browses


def tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Driven(Browses):
    """The commands, by name."""

    def __init__(self, qt: Application, app: App) -> None:
        self._qt, self._app = qt, app
        self._window: ReaderWindow | None = None
        self._told = 0  # screens so far

    async def open(self, path: str) -> dict[str, Any]:
        """Add a file and open it; answers when its first page is there."""
        report = await self._app.parts.importer.add(
            [Path(path)], progress=lambda _d, _a: None, cancelled=lambda: False
        )
        book_id = report.items[0].book_id
        if book_id is None:
            raise RuntimeError(str(report.items[0].error))
        return await self._opened(book_id)

    async def _opened(self, book_id: BookId) -> dict[str, Any]:
        window = self._window = await self._app.parts.readers.open(book_id)
        if window is None:
            raise RuntimeError("the book did not open")
        window._page.bridge.message.connect(self._noted)
        async with asyncio.timeout(20):
            while window.place_shown is None:
                await asyncio.sleep(0.01)
        return self._state()

    async def read(self, book: int) -> dict[str, Any]:
        """Open a book of the library; answers when its first page is there."""
        return await self._opened(BookId(book))

    async def open_books(self, count: int) -> dict[str, Any]:
        """The titles of the books that are open, when there are so many."""
        async with asyncio.timeout(20):
            while len(self._app.parts.readers.windows()) < count:
                await asyncio.sleep(0.01)
        return {"titles": [window.title for window in self._app.parts.readers.windows()]}

    async def state(self) -> dict[str, Any]:
        return self._state()

    async def wait_for_question(self) -> dict[str, Any]:
        async with asyncio.timeout(15):
            while not self._reader.question.sentence:
                await asyncio.sleep(0.01)
        return self._state()

    async def turn(self, count: int) -> dict[str, Any]:
        """Turn pages one by one, as fast as they come."""
        for _ in range(abs(count)):
            told = self._told
            self._reader.turn(1 if count > 0 else -1)
            async with asyncio.timeout(10):
                while self._told == told:
                    await asyncio.sleep(0.002)
        return self._state()

    async def chapter(self, number: int) -> dict[str, Any]:
        """Go to a contents entry."""
        told = self._told
        self._reader.choose_line(number)
        async with asyncio.timeout(10):
            while self._told == told:
                await asyncio.sleep(0.01)
        return self._state()

    async def answer(self, go_on: bool) -> dict[str, Any]:
        told = self._told
        self._reader.question.answer(go_on)
        async with asyncio.timeout(10):
            while go_on and self._told == told:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.6)
        return self._state()

    async def away(self) -> dict[str, Any]:
        self._reader.showMinimized()
        await asyncio.sleep(0.05)
        return self._state()

    async def back(self) -> dict[str, Any]:
        self._reader.showNormal()
        self._app.parts.sync.foregrounded()
        await asyncio.sleep(0.05)
        return self._state()

    async def close_book(self) -> dict[str, Any]:
        self._app.parts.window.show()
        self._reader.close()
        self._window = None
        await asyncio.sleep(0.2)
        return {}

    async def read_on(self, pause_s: float = 0.1, sources: str = "") -> dict[str, Any]:
        """Read until the process is ended, with a pause after each turn, and a look away now and
        then; copies of the database are made meanwhile, and the books in `sources` are added.
        """
        if sources:
            self._app.parts.library.presenter.add([Path(sources)])
        database, turns = self._app.parts.database, 0
        file = database._file
        while True:
            await self.turn(1)
            turns += 1
            if turns % 4 == 0:
                self._app.parts.sync.backgrounded()
            if turns % 3 == 0:
                copy = lambda: backup.make(file.path, file._backups, datetime.now(UTC))  # noqa: E731
                await database._on_thread(copy)
            await asyncio.sleep(pause_s)

    async def add(self, *paths: str) -> dict[str, Any]:
        """Add files; answers with the outcome of each, or the name of its error."""
        report = await self._app.parts.importer.add(
            [Path(path) for path in paths], progress=lambda _d, _a: None, cancelled=lambda: False
        )
        kinds = [type(i.error).__name__ if i.error else i.outcome.value for i in report.items]
        return {"kinds": kinds, "shown": len(await self._app.parts.books.ids(Query()))}

    async def said(self) -> dict[str, Any]:
        """What the toast of the book's window says."""
        toast = self._reader.overlays.shown(OverlayKind.TOAST)
        words = toast.findChildren(QLabel) if toast is not None else []
        return {"said": " ".join(one.text() for one in words)}

    async def offered(self) -> dict[str, Any]:
        """What the library offers of its folder, once Kios has looked."""
        async with asyncio.timeout(15):
            while "cleanup" not in self._app.parts.__dict__:
                await asyncio.sleep(0.01)
            await self._app.parts.cleanup.done.wait()
        await asyncio.sleep(0.3)
        banner = self._app.parts.window.library.orphans
        return {"offered": banner.text() if banner.isVisible() else ""}

    async def take_offer(self) -> dict[str, Any]:
        """“Add to library”; answers with the titles that are there then."""
        orphans = self._app.parts.window.library.orphans
        orphans.findChildren(QPushButton)[0].click()
        async with asyncio.timeout(15):
            while not (ids := await self._app.parts.books.ids(Query())):
                await asyncio.sleep(0.01)
        books = await self._app.parts.books.load(ids)
        return {"titles": sorted(book.title for book in books)}

    async def reopen(self) -> dict[str, Any]:
        """Open the first book of the library; answers whether a window came."""
        ids = await self._app.parts.books.ids(Query())
        return {"opened": await self._app.parts.readers.open(ids[0]) is not None}

    async def kept(self) -> dict[str, Any]:
        """What is on disk, and what is wrong with the disk."""
        with contextlib.suppress(TimeoutError):  # what can't be saved is never quiet
            async with asyncio.timeout(1):
                await self._app.parts.sync.quiet()
        ids = await self._app.parts.books.ids(Query())
        position = await self._app.parts.positions.last(ids[0])
        error = self._app.parts.sync.overview().storage_error
        at = position.locator.place if position else None
        return {
            "at": [at.spine_index, at.ordinal] if at else None,
            "error": type(error).__name__ if error else "",
        }

    async def save_again(self) -> dict[str, Any]:
        """“Try again”."""
        self._app.parts.sync.try_saving()
        return await self.kept()

    async def book_file(self) -> dict[str, Any]:
        book = await self._app.parts.books.get((await self._app.parts.books.ids(Query()))[0])
        return {"path": str(self._app.parts.importer._files.path(book.file))}

    async def waiting(self) -> dict[str, Any]:
        overview = self._app.parts.sync.overview()
        return {"waiting": len(overview.waiting), "health": overview.health.value}

    async def quit(self) -> dict[str, Any]:
        self._app.quit()
        return {}

    async def asked_to_quit(self) -> dict[str, Any]:
        """As the menu bar, the Dock and a log-out ask."""
        asked = QEvent(QEvent.Type.Quit)
        QTimer.singleShot(0, lambda: QCoreApplication.sendEvent(self._qt, asked))
        return {}

    async def session_ends(self) -> dict[str, Any]:
        """As Qt tells of it; the process is killed when this was answered."""
        told = asyncio.get_running_loop().create_future()

        def end() -> None:
            self._qt._session_ends(None)  # type: ignore[arg-type]
            told.set_result(None)

        QTimer.singleShot(0, end)
        await told
        return {}

    async def hide_library(self) -> dict[str, Any]:
        self._app.parts.window.hide()
        return {}

    async def quit_while_opening(self, book: int, pause_ms: int) -> dict[str, Any]:
        """Ctrl+Q a moment after a book was chosen; answers with what is shown until the end."""
        self._app.tasks.start(self._app.parts.opening.open_book(BookId(book)))
        await asyncio.sleep(pause_ms / 1000)
        self._app.quit()
        closing = asyncio.get_running_loop().create_task(self._app.close())
        shown: set[str] = set()
        while not closing.done():
            shown |= {w.windowTitle() for w in QApplication.topLevelWidgets() if w.isVisible()}
            await asyncio.sleep(0.005)
        return {"shown": sorted(shown)}

    async def turn_unseen(self, count: int) -> dict[str, Any]:
        """Ask for page turns, and do not wait for them."""
        for _ in range(count):
            self._reader.turn(1)
        return {}

    @property
    def _reader(self) -> ReaderWindow:
        if self._window is None:
            raise RuntimeError("no book is open")
        return self._window

    def _state(self) -> dict[str, Any]:
        place = self._reader.place_shown
        return {
            "at": [place.spine_index, place.ordinal] if place else None,
            "question": self._reader.question.sentence,
        }

    def _noted(self, message: object) -> None:
        if isinstance(message, Relocated):
            self._told += 1
            tell(place=[message.spine, message.ordinal])


async def life(qt: Application, app: App, arguments: argparse.Namespace) -> None:
    with handling_quits(qt, app):
        await run(qt, app, arguments)


async def run(qt: Application, app: App, arguments: argparse.Namespace) -> None:
    await app.start()
    if arguments.server:
        async with asyncio.timeout(20):
            while not app.parts.sync.overview().servers:
                await asyncio.sleep(0.01)
    driven = Driven(qt, app)
    loop = asyncio.get_running_loop()
    commands: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(commands.put_nowait, line)
        loop.call_soon_threadsafe(commands.put_nowait, '["quit"]')  # nobody is there any more
        time.sleep(arguments.linger)  # a command may never end
        if os.getpgrp() == os.getpid():  # Chromium's processes go too
            os.killpg(os.getpid(), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    app.quit_begun.connect(lambda: commands.put_nowait('["quit"]'))  # nobody else may say more
    tell(ready=True)
    while not app.finished.is_set():
        name, *words = json.loads(await commands.get())
        do: Callable[..., Awaitable[dict[str, Any]]] = getattr(driven, name)
        try:
            tell(ok=True, **await do(*words))
        except (RuntimeError, TimeoutError) as e:
            tell(ok=False, error=f"{type(e).__name__}: {e}")
    await app.close()


async def set_up(paths: Paths, secrets: SecretStore, arguments: argparse.Namespace) -> None:
    """Leave the server in the profile, as an earlier run with its settings has done."""
    source = Source(
        id="e2e".ljust(32, "0"),
        kind=SourceKind.KOSYNC,
        preset=arguments.preset,
        name="Test server",
        url=ServerUrl(arguments.server),
        auth=AuthMethod(arguments.auth),
        username=arguments.username,
        password=Secret(arguments.password),
    )
    database = await Database.open(paths.database)
    await Sources(database, Secrets(secrets)).save(source)
    await database.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("--server", default="")
    parser.add_argument("--preset", default="koreader-sync-server")
    parser.add_argument("--auth", default=AuthMethod.KOREADER_HEADERS.value)
    parser.add_argument("--username", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--linger", type=float, default=20, help="seconds, once nobody is there")
    arguments = parser.parse_args()
    paths = profile_paths(arguments.profile)
    paths.create()
    qt = new_application()
    formatter = log.set_up(paths.logs)
    with asyncio.Runner(loop_factory=lambda: new_event_loop(qt)) as runner:
        secrets = InMemory()
        if arguments.server:
            runner.run(set_up(paths, secrets, arguments))
        runner.run(life(qt, App(qt, paths, formatter, secrets), arguments))


if __name__ == "__main__":
    main()
