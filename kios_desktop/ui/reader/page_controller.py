"""The page of one reader window: where it is sent, what it reports, and its restart."""

import asyncio
import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.reader.engine.page import BookPage
from kios_desktop.ui.reader.engine.recovery import PageRecovery
from kios_desktop.ui.reader.engine.wire import (
    ChapterLoading,
    ChapterLost,
    ChapterPreloading,
    Clicked,
    Destination,
    Edge,
    Lines,
    LinkActivated,
    Loaded,
    OpenBook,
    PageStyle,
    Ready,
    Relocated,
    Settled,
    Zoomed,
)
from kios_desktop.ui.reader.opening_indicator import OpeningIndicator
from kios_desktop.ui.reader.presenter import ReaderPresenter

log = logging.getLogger(__name__)

REPORT_S = 1.0  # the longest wait for a page to report the turns that were asked for


class PageController(QObject):
    """Between `start` and `end`, what the page reports goes to the presenter.

    While the web engine is down the page is sent nowhere: as soon as it runs again, the presenter
    opens the book at the place where it was, or was sent to last.
    """

    first_page = Signal()  # it is on the screen, or about to be
    clicked = Signal(object)  # Clicked
    loaded = Signal(int)  # a spine item was laid out
    shown = Signal()  # another screen, not only another layout of the same
    zoomed = Signal(int)  # steps of the text size
    settled = Signal()
    restarting = Signal()  # the page stopped, and is started again after a pause
    given_up = Signal()  # it stopped too often
    starting = Signal()  # on demand, after it was given up or during a pause

    def __init__(
        self, page: BookPage, area: QWidget, style: Callable[[], PageStyle], window: QWidget
    ) -> None:
        super().__init__(window)
        self._page, self._style, self._window = page, style, window
        self._presenter: ReaderPresenter | None = None
        self._when_shown: dict[str, Callable[[], None]] = {}
        self.had_screen = False
        self._awaiting_report: list[asyncio.Event] = []
        self.screen_at = time.monotonic()  # when the page last showed another screen
        self.opening = OpeningIndicator(area)
        self.recovery = PageRecovery(page, self, is_seen=self._is_seen)
        self.recovery.stopped.connect(self._stopped)
        self.recovery.given_up.connect(self._given_up)
        page.bridge.message.connect(self._received)

    def start(self, presenter: ReaderPresenter) -> None:
        """Open the presenter's book as soon as the page's script runs."""
        self._presenter = presenter
        self.opening.start()
        if self._page.is_ready:
            self._ready(presenter)
        elif self._page.has_stopped:
            self.recovery.page_failed()

    def end(self) -> None:
        self._presenter = None
        self._all_reported()
        self.recovery.end()
        self._page.bridge.message.disconnect(self._received)

    def open_book(self, book: OpenBook) -> None:
        self._page.bridge.open(book)

    def show_lines(self, lines: Lines) -> None:
        self._page.bridge.lines(lines)

    def go_to(self, destination: Destination) -> None:
        if self.recovery.is_waiting:  # once it is ready, the presenter sends it there again
            self.start_again()
        else:
            self._expect_screen()
            self._page.bridge.go_to(destination)

    def follow(self, destination: Destination) -> None:
        """Go where nobody asked to go: a page that has stopped is not started for it."""
        if not self.recovery.is_waiting:
            self._expect_screen()
            self._page.bridge.go_to(destination)

    def turn(self, count: int) -> None:
        if not self.recovery.is_waiting:
            self._expect_screen()
            self._page.bridge.turn(count)

    async def reported(self) -> None:
        """Returns when the page has reported all that it was asked for, or `REPORT_S` is over."""
        if self._presenter is None or not self.had_screen or self.recovery.is_waiting:
            return
        told = asyncio.Event()
        self._awaiting_report.append(told)
        self._page.bridge.settle()
        try:
            async with asyncio.timeout(REPORT_S):
                await told.wait()
        except TimeoutError:
            log.warning("a page did not report its last turn in time")

    def _all_reported(self) -> None:
        waiting, self._awaiting_report = self._awaiting_report, []
        for told in waiting:
            told.set()

    def when_shown(self, name: str, act: Callable[[], None]) -> None:
        """Call `act` now, or as soon as the first page is there.

        Of several with one `name` that wait for the first page, the last one counts.
        """
        if self._presenter is not None and self._presenter.shown_place is not None:
            act()
        else:
            self._when_shown[name] = act

    def start_again(self) -> None:
        self.starting.emit()
        self.recovery.start()

    def _expect_screen(self) -> None:
        self.recovery.expect()
        self.opening.start()

    def _received(self, message: object) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        match message:
            case Relocated():
                self._relocated(message, presenter)
            case Loaded():
                presenter.loaded(message)
                self.loaded.emit(message.spine)
            case Clicked():
                self.clicked.emit(message)
            case LinkActivated():
                presenter.link(message)
            case Zoomed():
                self.zoomed.emit(1 if message.larger else -1)
            case Edge():
                presenter.edge(message)
            case ChapterLoading():
                self.recovery.memory.begin()
                presenter.failures.loading(message.spine)
            case ChapterPreloading():
                self.recovery.memory.begin()
                presenter.failures.preloading(message.spine)
            case ChapterLost():
                self.recovery.page_failed()
            case Ready():
                self._ready(presenter)
            case Settled():
                self._all_reported()
                self.settled.emit()

    def _ready(self, presenter: ReaderPresenter) -> None:
        self.recovery.memory.begin()
        presenter.ready(self._style(), ahead=not self.recovery.avoids_preloading)

    def _relocated(self, message: Relocated, presenter: ReaderPresenter) -> None:
        self.screen_at = time.monotonic()
        if not self.had_screen:
            self.had_screen = True
            self.first_page.emit()
        self.recovery.answered()
        self.opening.stop()
        presenter.relocated(message)
        if message.cause != "layout":
            self.shown.emit()
        waiting, self._when_shown = self._when_shown, {}
        for act in waiting.values():
            act()

    def _stopped(self, pause_s: float, stuck: bool) -> None:
        if self._presenter is None:
            return
        if pause_s:
            self.restarting.emit()
        self._presenter.failures.stopped(stuck)

    def _given_up(self) -> None:
        self.opening.stop()
        self.given_up.emit()

    def _is_seen(self) -> bool:
        return self._window.isVisible() and not self._window.isMinimized()
