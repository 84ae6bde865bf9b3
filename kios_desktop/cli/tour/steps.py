"""The steps of the tour; each is verified, or the tour fails."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop import __version__, log
from kios_desktop.cli.tour.server import TourServer
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.paths import profile_paths, resources
from kios_desktop.startup.app import App
from kios_desktop.storage.secrets import InMemory
from kios_desktop.ui.reader.window import ReaderWindow

T = TypeVar("T")
PATIENCE_S = 20.0
CHAPTER = 3  # the entry of the contents that the first reader opens
LOOK_S = 0.4  # the page is painted by then


class TourFailed(Exception):
    """A step did not happen."""


class Tour:
    """Two Kios with a profile each, and one server."""

    def __init__(
        self, qt: QApplication, folder: Path, formatter: log.RedactingFormatter, quick: bool,
        say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._qt, self._folder, self._formatter = qt, folder, formatter
        self._quick, self._say = quick, say
        self._server = TourServer("reader", "a-word-between-us")
        self._step = 0

    async def run(self) -> None:
        """Run all steps. Raises TourFailed."""
        await self._server.start()
        self._tell(f"Kios Desktop {__version__} starts with an empty library.")
        first = await self._reader("first")
        await self._picture("first-run", first.parts.window)
        book, window = await self._open_guide(first)
        here = await self._read(first, window, book)
        await self._look_away(window, here)
        await self._leave(first)
        self._tell("A second reader opens the same book on another profile.")
        second = await self._reader("second")
        book, window = await self._open_guide(second)
        await self._be_asked(window)
        await self._continue(window, here)
        await self._leave(second)
        await self._server.close()

    async def _reader(self, name: str) -> App:
        paths = profile_paths(self._folder / name)
        paths.create()
        app = App(self._qt, paths, self._formatter, InMemory())
        await app.start()
        app.parts.window.resize(1200, 800)
        url = ServerUrl(self._server.url)
        await app.save_source(
            Source(
                id=name.ljust(32, "0"),
                kind=SourceKind.KOSYNC,
                preset="koreader-sync-server",
                name="Tour server",
                url=url,
                auth=AuthMethod.KOREADER_HEADERS,
                username=self._server.username,
                password=Secret(self._server.password),
            )
        )
        return app

    async def _open_guide(self, app: App) -> tuple[BookId, ReaderWindow]:
        await app.parts.opening.open_files([resources() / "guide.epub"])
        ids = await app.parts.books.ids(app.parts.library.presenter.query)
        window = app.parts.readers.window_of(ids[0])
        if window is None:
            raise TourFailed("The guide did not open.")
        await self._until(lambda: window.place_shown, "the guide’s first page")
        self._tell(f"The guide is open: “{window.windowTitle()}”.")
        await self._picture("opened", window)
        return ids[0], window

    async def _read(self, app: App, window: ReaderWindow, book: BookId) -> Place:
        await self._until(lambda: self._server.requests, "the question to the server on opening")
        await app.parts.sync.quiet()
        before = len(self._server.requests)
        window.choose_line(CHAPTER)
        await self._until(
            lambda: window.place_shown.spine_index == CHAPTER if window.place_shown else False,
            "the chosen chapter",
        )
        turns = 1 if self._quick else 2
        for _ in range(turns):
            was = window.place_shown
            window.turn(1)
            await self._until(lambda was=was: window.place_shown != was, "the next page")  # type: ignore[misc]
        here = window.place_shown
        if here is None:
            raise TourFailed("The page does not know where it is.")
        kept = await self._wait_for_position(app, book, here)
        if len(self._server.requests) != before:
            raise TourFailed("A page turn touched the network.")
        self._tell(
            f"Read on to “{kept}”, page by page. Every turn was saved here; no request left."
        )
        await self._picture("reading", window)
        return here

    async def _wait_for_position(self, app: App, book: BookId, here: Place) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            position = await app.parts.positions.last(book)
            if position is not None and position.locator.place == here:
                return position.locator.chapter.title
            await asyncio.sleep(0.02)
        raise TourFailed("The place was not saved.")

    async def _look_away(self, window: ReaderWindow, here: Place) -> None:
        window.showMinimized()
        await self._until(lambda: self._server.places, "the place on the server")
        record = next(iter(self._server.places.values()))
        puts = [r for r in self._server.requests if r.startswith("PUT")]
        if len(puts) != 1 or f"DocFragment[{here.spine_index + 1}]" not in str(record["progress"]):
            raise TourFailed(f"The server holds another place: {record['progress']}")
        self._tell(
            f"The window was put away, and one push went out: {record['progress']} "
            f"at {float(str(record['percentage'])):.1%}."
        )

    async def _be_asked(self, window: ReaderWindow) -> None:
        sentence = await self._until(lambda: window.question.sentence, "the question")
        self._tell(f"It asks: “{sentence}”")
        await self._picture("question", window)

    async def _continue(self, window: ReaderWindow, here: Place) -> None:
        window.question.answer(True)
        await self._until(lambda: window.place_shown == here, "the other reader’s place")
        self._tell("Continue was chosen, and it stands on the same character.")
        await self._picture("continued", window)

    async def _leave(self, app: App) -> None:
        app.quit()
        await app.close()
        self._tell("Closed; everything is on disk.")

    # -- printing and waiting

    def _tell(self, text: str) -> None:
        self._step += 1
        self._say(f"{self._step:2}. {text}")

    async def _until(self, happened: Callable[[], T], what: str) -> T:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if found := happened():
                return found
            await asyncio.sleep(0.01)
        raise TourFailed(f"Waited {PATIENCE_S:.0f} s in vain for {what}.")

    async def _picture(self, name: str, window: QWidget) -> None:
        if self._quick:
            return
        await asyncio.sleep(LOOK_S)
        path = self._folder / f"{self._step:02}-{name}.png"
        window.grab().save(str(path))
        self._say(f"    picture: {path}")
