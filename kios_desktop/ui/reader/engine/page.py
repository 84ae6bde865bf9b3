"""The web page that shows a book: its profile, its script and its isolation.

Five measures isolate book content, each sufficient alone: JavaScript is off for page content,
frames are sandboxed, and there are the Content-Security-Policy of `scheme.py`, the request
interceptor and the navigation filter.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QFile, QIODevice, QObject, QTimer, QUrl, Signal
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineScript,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from kios_desktop.ui.reader.engine.bridge import Bridge
from kios_desktop.ui.reader.engine.modules import joined_modules
from kios_desktop.ui.reader.engine.reading_faces import READING_FACES, RUNNING_LINES
from kios_desktop.ui.reader.engine.scheme import (
    FONTS,
    MATH_FONT,
    OWN_FONTS,
    SCHEME,
    SHELL,
    BookScheme,
    Read,
    book_url,
    book_urls,
)
from kios_desktop.ui.reader.engine.screen_reader import announce_screen_reader
from kios_desktop.ui.reader.engine.wire import Ready

log = logging.getLogger(__name__)

LOAD_MS = 4000  # for the shell page to load, which usually takes 100 ms
BEGUN_MS = 1000  # for a load to begin, which usually takes 10 ms
TRIES = 3  # new pages, or loads of one page, before giving up
RETRY_MS = 100
_WINDOWS = sys.platform == "win32"  # where SIGTERM ends a process as surely as SIGKILL
EMPTY = QUrl("about:blank")

MATH_FONT_FILE = "NotoSansMath-Regular.woff2"
MODULES = (
    "later",
    "ordinals",
    "patterns",
    "paragraphs",
    "hyphens",
    "copying",
    "mends",
    "rules",
    "faces",
    "math_font",
    "sizes",
    "setting",
    "plain",
    "typography",
    "palette",
    "inks",
    "colours",
    "paints",
    "styles",
    "suspects",
    "nests",
    "overprints",
    "lines",
    "remedies",
    "controls",
    "boxes",
    "drawings",
    "pictures",
    "tables",
    "formulas",
    "blanks",
    "fit",
    "chapter_frame",
    "dressing",
    "chapter",
    "subjects",
    "exhibit",
    "viewer",
    "selection",
    "input",
    "reader",
    "main",
)

OFF = (
    "JavascriptEnabled",
    "JavascriptCanOpenWindows",
    "JavascriptCanAccessClipboard",
    "LocalStorageEnabled",
    "LocalContentCanAccessRemoteUrls",
    "LocalContentCanAccessFileUrls",
    "PluginsEnabled",
    "HyperlinkAuditingEnabled",
    "WebGLEnabled",
    "AutoLoadIconsForPage",
    "DnsPrefetchEnabled",
    "FullScreenSupportEnabled",
    "ScreenCaptureEnabled",
    "PdfViewerEnabled",
    "ErrorPageEnabled",
    "NavigateOnDropEnabled",
    "FocusOnNavigationEnabled",
)


class RequestFilter(QWebEngineUrlRequestInterceptor):
    """Blocks every request but those for resources of open books."""

    def __init__(self, scheme: BookScheme) -> None:
        super().__init__(scheme)
        self._scheme = scheme

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        try:
            passes = self._passes(info)
        except Exception:
            log.exception("a request of a page could not be judged")
            passes = False
        if not passes:
            info.block(True)

    def _passes(self, info: QWebEngineUrlRequestInfo) -> bool:
        url = info.requestUrl()
        own = url.scheme() == SCHEME.decode() and self._scheme.serves(url.host())
        first = info.firstPartyUrl()
        return own and (not first.host() or first.host() == url.host())


class BookProfile(QObject):
    """The off-the-record profile of all books; each book has an origin of its own."""

    def __init__(
        self, reader_folder: Path, parent: QObject | None = None, own_fonts: Path | None = None
    ) -> None:
        """`own_fonts` is the folder of the fonts that the user added."""
        super().__init__(parent)
        self._profile = QWebEngineProfile(self)  # without a name: nothing is stored
        announce_screen_reader()
        shipped = reader_folder.parent / "fonts"
        self._own_fonts = own_fonts
        fonts = {MATH_FONT: shipped / MATH_FONT_FILE, FONTS: shipped}
        if own_fonts is not None:
            fonts[OWN_FONTS] = own_fonts
        self.scheme = BookScheme((reader_folder / "shell.html").read_bytes(), fonts, self)
        self._profile.installUrlSchemeHandler(SCHEME, self.scheme)
        self._filter = RequestFilter(
            self.scheme
        )  # Qt holds no reference: a wrapper that is collected would let every request pass
        self._profile.setUrlRequestInterceptor(self._filter)
        settings = self._profile.settings()
        for name in OFF:
            settings.setAttribute(QWebEngineSettings.WebAttribute[name], False)
        self._script = reader_script(reader_folder)
        self._spare: BookPage | None = None
        self._spares_lost = 0
        self._pages: set[BookPage] = set()

    def warm_up(self) -> None:
        """Prepare a page, so that the next book opens sooner."""
        if self._spare is None:
            self._spare = page = self.new_page()
            page.never_started.connect(lambda: self._spare_failed(page))
            page.stopped.connect(lambda: self._spare_failed(page))

    def _spare_failed(self, page: "BookPage") -> None:
        if self._spare is not page:
            return
        self._spare = None
        page.end()
        self._spares_lost += 1
        if self._spares_lost <= TRIES:  # else the next book creates its page
            self.warm_up()

    async def take_page(self) -> "BookPage":
        """The prepared page, or a new one that has begun to load."""
        page, self._spare = self._spare or self.new_page(), None
        for _ in range(TRIES):
            if await page.begins():
                break
            page.end()
            page = self.new_page()
        return page

    def new_page(self) -> "BookPage":
        page = BookPage(self._profile, self.scheme, self._script)
        page.own_fonts = self._own_fonts
        self._pages.add(page)
        page.destroyed.connect(lambda: self._pages.discard(page))
        return page

    def close(self) -> None:
        """Delete the remaining pages, which must go before their profile."""
        self._spare = None
        for page in self._pages:
            page.deleteLater()
        self.scheme.close()


def reader_script(folder: Path) -> QWebEngineScript:
    """The reader's modules as one script."""
    channel = QFile(":/qtwebchannel/qwebchannel.js")
    channel.open(QIODevice.OpenModeFlag.ReadOnly)
    bridge = bytes(channel.readAll().data()).decode()
    channel.close()
    reader = joined_modules(folder / f"{name}.js" for name in MODULES)
    script = QWebEngineScript()
    script.setName("kios")
    script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentReady)
    script.setWorldId(QWebEngineScript.ScriptWorldId.ApplicationWorld.value)
    script.setRunsOnSubFrames(False)
    script.setSourceCode(f"{bridge}\nglobalThis.QWebChannel = QWebChannel;\n{reader}")
    return script


class BookPage(QWebEnginePage):
    """The page of one open book.

    `never_started`: on a busy machine, one page in some hundreds never begins to load; loading it
    again does not help, a new page does. `stopped`: the page has lost its web engine, or its shell
    did not load after several tries; it may be loaded again. `logged`: a warning or an error
    that the web engine wrote to its console.
    """

    never_started = Signal()
    stopped = Signal()
    logged = Signal(str)

    def __init__(
        self, profile: QWebEngineProfile, scheme: BookScheme, script: QWebEngineScript
    ) -> None:
        super().__init__(profile)
        self._scheme = scheme
        self.host = scheme.new_host()
        self.own_fonts: Path | None = None
        self.is_ready = self.has_stopped = self._ended = False
        self._tries = 0
        self._begun = asyncio.Event()
        self.bridge = Bridge(self)
        channel = QWebChannel(self)
        channel.registerObject("bridge", self.bridge)
        world = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
        self.setWebChannel(channel, world)
        self.scripts().insert(script)
        self.bridge.message.connect(self._note)
        self.loadStarted.connect(self._begun.set)
        self.loadFinished.connect(self._loaded)
        self.renderProcessTerminated.connect(self._terminated)
        self._load_timer = QTimer(self, singleShot=True, interval=LOAD_MS)
        self._load_timer.timeout.connect(self._try_again)
        self.reload_shell()
        # not before the event loop runs: the start of Kios may take longer than the limit
        QTimer.singleShot(0, self, self._schedule_check)

    async def begins(self) -> bool:
        """Whether the page begins to load within the limit."""
        try:
            async with asyncio.timeout(BEGUN_MS / 1000):
                await self._begun.wait()
        except TimeoutError:
            return False
        return True

    def _schedule_check(self) -> None:
        QTimer.singleShot(BEGUN_MS, self, self._check_begun)

    def _check_begun(self) -> None:
        if not self._begun.is_set() and not self._ended:
            log.warning("a page did not begin to load")
            self.never_started.emit()

    def reload_shell(self) -> None:
        """Load the shell; the bridge says `Ready` when the reader script runs."""
        self._tries = 0
        self._load_shell()

    def _load_shell(self) -> None:
        self.is_ready = self.has_stopped = False
        self._load_timer.start(LOAD_MS)
        self.load(QUrl(book_url(self.host, SHELL)))

    def serve(self, read: Read) -> None:
        """Serve a book to this page. `read` is called in other threads."""
        self._scheme.serve_book(self.host, read)

    def _note(self, message: object) -> None:
        if isinstance(message, Ready):
            self.is_ready = True
            self._load_timer.stop()
            self.bridge.read_faces((*READING_FACES, RUNNING_LINES))

    def _loaded(self, well: bool) -> None:
        log.debug("the shell was loaded: %s", well)
        if self._ended:
            self.deleteLater()
        elif not well:
            self._load_timer.start(RETRY_MS)

    def _try_again(self) -> None:
        """Load the shell again: on a busy machine Chromium may lose the first navigation."""
        if self._ended:
            self.deleteLater()
            return
        self._tries += 1
        if self._tries == TRIES:
            log.error("the page did not answer, however often it was loaded")
            self._stop()
            return
        log.warning("the page did not answer; loading it again")
        self._load_shell()

    def _terminated(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        """The web engine of the page has ended; whatever the status says, nothing is shown."""
        if not self._ended and not self.has_stopped:
            log.warning("the web engine of a page ended: %s, %d", status.name, code)
            self._stop()

    def end_web_engine(self) -> None:
        """Kill a web engine that hangs, as with a chapter that it can't lay out."""
        pid = self.renderProcessPid()
        if pid <= 0 or pid == os.getpid():  # no process; 0 would mean our own process group
            self._stop()
            return
        try:
            os.kill(pid, signal.SIGTERM if _WINDOWS else signal.SIGKILL)
        except OSError as e:
            log.warning("a web engine that hangs could not be ended: %s", e)
            self._stop()

    def _stop(self) -> None:
        self._load_timer.stop()
        self.is_ready, self.has_stopped = False, True
        self.stopped.emit()

    def urls_of(self, hrefs: Sequence[str]) -> list[str]:
        return book_urls(self.host, hrefs)

    def end(self) -> None:
        """Stop serving the book, and delete the page later.

        Deleting a page after some hundred turns blocks the event loop for four frames. So it first
        navigates to an empty page, which lets Chromium clean up in the background.
        """
        self._scheme.remove_book(self.host)
        self._ended = True
        self._load_timer.start(LOAD_MS)
        self.load(EMPTY)

    def acceptNavigationRequest(
        self, url: QUrl | str, _kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        target = QUrl(url)
        if self._ended:
            return target == EMPTY
        if target.scheme() != SCHEME.decode() or target.host() != self.host:
            return False
        return not is_main_frame or target.path().lstrip("/") == SHELL

    def createWindow(self, _kind: QWebEnginePage.WebWindowType) -> QWebEnginePage | None:  # type: ignore[override]
        return None

    def javaScriptConsoleMessage(
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        line: int,
        source: str,
    ) -> None:
        log.debug("page: %s (%s:%d, %s)", message, source.rpartition("/")[2], line, level.name)
        if level is not QWebEnginePage.JavaScriptConsoleMessageLevel.InfoMessageLevel:
            self.logged.emit(message)
