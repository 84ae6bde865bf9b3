"""The whole of Kios in this process, with a sync server of its own: for tests and for pictures."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtWidgets import QApplication

from kios_desktop import log
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.paths import profile_paths
from kios_desktop.startup.app import App
from kios_desktop.startup.desktop import Desktop
from kios_desktop.storage.secrets import InMemory, SecretStore
from kios_desktop.ui.reader.engine.wire import Relocated
from kios_desktop.ui.reader.window import ReaderWindow
from tests.fakes.kosync_server import KosyncServer
from tests.gui.waiting import until

START_S = 15  # a first page, with the web engine's start


@dataclass
class OpenedBook:
    """One reader window and the key of its book."""

    id: BookId
    window: ReaderWindow
    screens: int = 0  # pages that came on screen

    def __post_init__(self) -> None:
        self.window._page.bridge.message.connect(self._noted)

    def _noted(self, message: object) -> None:
        self.screens += isinstance(message, Relocated)

    @property
    def place(self) -> Place:
        place = self.window.place_shown
        if place is None:
            raise RuntimeError("the first page is not there yet")
        return place

    async def go_to_line(self, number: int) -> None:
        """Choose an entry of the contents and wait for its page."""
        before = self.screens
        self.window.choose_line(number)
        await until(lambda: self.screens > before)

    async def turn(self, count: int = 1) -> None:
        """Turn pages one by one."""
        for _ in range(abs(count)):
            before = self.screens
            self.window.turn(1 if count > 0 else -1)
            await until(lambda before=before: self.screens > before)  # type: ignore[misc]


class Kios:
    """`async with Kios(qapp, folder) as kios`: started with an empty library, closed in order."""

    def __init__(
        self,
        qt: QApplication,
        profile: Path,
        desktop: Desktop | None = None,
        *,
        connect: bool = True,
        secrets: SecretStore | None = None,
    ) -> None:
        self._qt, self._profile, self._desktop = qt, profile, desktop
        self._secrets: SecretStore = InMemory() if secrets is None else secrets
        self._connect = connect  # to its server
        self.server = KosyncServer("official")

    async def __aenter__(self) -> Self:
        await self.server.start()
        paths = profile_paths(self._profile)
        paths.create()
        self.app = App(
            self._qt, paths, log.RedactingFormatter(), self._secrets, desktop=self._desktop
        )
        await self.app.start()
        if self._connect:
            await self._save_server()
        return self

    async def _save_server(self) -> None:
        username, password = self.server.fake.login
        await self.app.save_source(
            Source(
                id="test".ljust(32, "0"),
                kind=SourceKind.KOSYNC,
                preset="koreader-sync-server",
                name="Home library",
                url=ServerUrl(self.server.url),
                auth=AuthMethod.KOREADER_HEADERS,
                username=username,
                password=Secret(password),
            )
        )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.app.quit()
        await self.app.close()
        await self.server.stop()

    def end_in_background(self) -> "asyncio.Task[None]":
        """Close the app in a task of its own, so that a test can watch it."""
        return asyncio.get_running_loop().create_task(self.app.close())

    async def add(self, path: Path) -> BookId:
        report = await self.app.parts.importer.add(
            [path], progress=lambda _done, _all: None, cancelled=lambda: False
        )
        book_id = report.items[0].book_id
        if book_id is None:
            raise RuntimeError(str(report.items[0].error))
        return book_id

    async def open(self, book_id: BookId) -> OpenedBook:
        """Open a book and wait for its first page."""
        window = await self.app.parts.readers.open(book_id)
        if window is None:
            raise RuntimeError("the book did not open")
        await until(lambda: window.place_shown is not None, START_S)
        return OpenedBook(book_id, window)

    async def put_elsewhere(self, book_id: BookId, progress: str, fraction: float) -> None:
        """Another device stores its place in a book on the server."""
        book = await self.app.parts.books.get(book_id)
        self.server.fake.put_elsewhere(
            book.hashes.partial_md5, progress, fraction, device="Kobo Libra"
        )


async def settled(seconds: float = 0.3) -> None:
    """Wait a moment for painting, and for what follows a message of the page."""
    await asyncio.sleep(seconds)
