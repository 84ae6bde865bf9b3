"""A book in a real page, driven by hand: for tests of the engine without a window around it."""

import asyncio
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from PySide6.QtCore import QEventLoop
from PySide6.QtWebEngineCore import QWebEngineScript, QWebEngineSettings
from PySide6.QtWebEngineWidgets import QWebEngineView

from kios_desktop.domain.preferences import PageTheme, ReadingSettings
from kios_desktop.epub.container import Container
from kios_desktop.epub.fallback import addresses
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.serving import Serving
from kios_desktop.ui.kit import theme
from kios_desktop.ui.reader.engine.page import BookPage, BookProfile
from kios_desktop.ui.reader.engine.scheme import Read, Resource
from kios_desktop.ui.reader.engine.wire import Destination, OpenBook, PageStyle, Ready, Relocated
from kios_desktop.ui.reader.page_style import new_page_style

T = TypeVar("T")
WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld.value


def look(settings: ReadingSettings | None = None) -> PageStyle:
    asked = settings or ReadingSettings()
    at = PageTheme.PAPER if asked.theme is PageTheme.AUTO else asked.theme
    colors = theme.current().page(at)
    named = {name: getattr(colors, name) for name in ("bg", "text", "muted", "link", "selection")}
    return new_page_style(asked, named, at, dim_pictures=False)


async def evaluate(page: BookPage, script: str, patience_s: float = 8) -> Any:
    """The value of an expression in our isolated world; it goes through JSON."""
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    page.runJavaScript(f"JSON.stringify({script})", WORLD, done.set_result)
    async with asyncio.timeout(patience_s):
        text = await done
    return json.loads(text) if text else None


@dataclass
class Engine:
    """One open book. `messages` is everything the page said, in order."""

    page: BookPage
    view: QWebEngineView
    container: Container
    hrefs: list[str]
    messages: list[Any] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, message: object) -> None:
        self.messages.append(message)
        self._news.set()

    async def wait(self, kind: type[T], after: int = 0, timeout_s: float = 8) -> T:
        """The first message of a kind past the first `after` messages."""
        async with asyncio.timeout(timeout_s):
            while True:
                for message in self.messages[after:]:
                    if isinstance(message, kind):
                        return message
                self._news.clear()
                await self._news.wait()

    async def go(self, spine: int, ordinal: int = 0, anchor: str = "") -> Relocated:
        seen = len(self.messages)
        self.page.bridge.go_to(Destination(spine, "go", ordinal, anchor))
        return await self.wait(Relocated, seen)

    async def turn(self, count: int = 1) -> Relocated:
        seen = len(self.messages)
        self.page.bridge.turn(count)
        return await self.wait(Relocated, seen)

    async def relaid(self, settings: ReadingSettings) -> Relocated:
        seen = len(self.messages)
        self.page.bridge.apply_settings(look(settings))
        return await self.wait(Relocated, seen)

    async def restyled(self, style: PageStyle) -> Relocated:
        seen = len(self.messages)
        self.page.bridge.apply_settings(style)
        return await self.wait(Relocated, seen)

    async def ask(self, script: str, patience_s: float = 8) -> Any:
        """Evaluate an expression in our isolated world; the result goes through JSON."""
        return await evaluate(self.page, script, patience_s)

    async def close(self) -> None:
        self.view.setPage(None)  # type: ignore[arg-type]
        self.page.end()
        self.view.close()
        self.view.deleteLater()
        self.container.close()
        await asyncio.sleep(0.02)


class Gate:
    """Holds reads back until they are let through, or lets them fail. To be used as a context."""

    def __init__(self) -> None:
        self._held: dict[str, threading.Event] = {}
        self.faults: dict[str, BaseException] = {}
        self.asked: list[str] = []

    def hold(self, name: str) -> None:
        """From now on reading the file called so takes until `release`."""
        self._held[name] = threading.Event()

    def release(self, name: str) -> None:
        self._held.pop(name).set()

    def reading(self, read: Read) -> Read:
        def through(path: str) -> Resource:
            name = path.rpartition("/")[2]
            self.asked.append(name)
            if name in self.faults:
                raise self.faults[name]
            if (held := self._held.get(name)) is not None:
                held.wait(60)
            return read(path)

        return through

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for name in tuple(self._held):
            self.release(name)


async def open_engine(
    profile: BookProfile,
    path: Path,
    *,
    settings: ReadingSettings | None = None,
    size: tuple[int, int] = (1000, 800),
    spine: int = 0,
    scripts_on: bool = False,
    through: "Gate | None" = None,
    style: PageStyle | None = None,
) -> Engine:
    """Open a book and wait for its first screen. `scripts_on` lets the book run scripts.

    `through` is what its files are read through; `style` goes before `settings`.
    """
    container = Container.open(path)
    publication = read_publication(container)
    serving = Serving(container, publication)
    page = await profile.take_page()
    if scripts_on:
        page.settings().setAttribute(QWebEngineSettings.WebAttribute.JavascriptEnabled, True)
    view = QWebEngineView()
    view.setPage(page)
    view.resize(*size)
    view.show()
    hrefs = addresses(publication)
    engine = Engine(page, view, container, hrefs)
    page.bridge.message.connect(engine.note)
    page.serve(serving.resource if through is None else through.reading(serving.resource))
    if not page.is_ready:
        await engine.wait(Ready)
    nonlinear = [i for i, link in enumerate(publication.reading_order) if not link.linear]
    urls = page.urls_of(hrefs)
    language = publication.metadata.language
    style = look(settings) if style is None else style
    page.bridge.open(OpenBook(urls, nonlinear, {}, style, language=language))
    page.bridge.go_to(Destination(spine, "open"))
    await engine.wait(Relocated)
    return engine


def process_events() -> None:
    """Let Qt do what is due, once."""
    QEventLoop().processEvents()
