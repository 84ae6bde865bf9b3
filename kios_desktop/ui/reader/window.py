"""One open book: page, chrome and what floats over them. It shows; the presenter decides."""

import asyncio
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import Answer, Columns, Layout
from kios_desktop.domain.progress import Offer
from kios_desktop.domain.publication import Direction
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.actions import add_app_keys
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.actions import make_actions, make_menu
from kios_desktop.ui.reader.appearance import AppearancePopover
from kios_desktop.ui.reader.bars import BackPill, ReaderFooter, ReaderHeader
from kios_desktop.ui.reader.book_map import ContentsLine, PercentOf
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.reader.chrome import Chrome
from kios_desktop.ui.reader.contents import Contents
from kios_desktop.ui.reader.engine.book_view import BookView
from kios_desktop.ui.reader.engine.keys import PageKey
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
    Ready,
    Relocated,
    Settled,
    Zoomed,
)
from kios_desktop.ui.reader.go_to import GoToPopover
from kios_desktop.ui.reader.layout import ReaderLayout
from kios_desktop.ui.reader.link_question import LinkQuestion, open_in_browser
from kios_desktop.ui.reader.opening_indicator import OpeningIndicator
from kios_desktop.ui.reader.presenter import ReaderPresenter
from kios_desktop.ui.reader.question import Question
from kios_desktop.ui.reader.screen import Prompt, ShownPlace
from kios_desktop.ui.reader.stopped_banner import StoppedBanner
from kios_desktop.ui.reader.theming import WindowTheming

LAST_WORD_MS = 300  # for the page to report a turn that was asked for just before closing
GO_TO_WIDTH = 320
LEFT_ZONE, RIGHT_ZONE = 1 / 3, 2 / 3
BELOW_HEADER, AT_EDGE = 12, 4  # px, where a banner floats


class ReaderWindow(QMainWindow):
    """Implements `screen.ReaderScreen`."""

    closed = Signal()
    first_page = Signal()  # it is on the screen, or about to be
    library_requested = Signal()
    settings_requested = Signal(str)  # a page of the settings window
    source_settings_requested = Signal(str)  # source id
    sync_menu_requested = Signal(object)  # the button it opens from
    sync_now_requested = Signal()
    quit_requested = Signal()
    app_requested = Signal(str)  # a name of `APP_KEYS` that only Kios as a whole can answer
    book_rule_chosen = Signal(object)  # Answer, for this book
    hidden_away = Signal()  # minimised
    activated = Signal()  # in front, with the focus

    def __init__(
        self,
        page: BookPage,
        title: str,
        choices: ReadingChoices,
        *,
        direction: Direction,
        click_turns: Callable[[], bool],
        ask_links: Callable[[], bool],
        stop_asking_links: Callable[[], None],
    ) -> None:
        super().__init__()
        self.title = title
        self.setWindowTitle(f"{title} — Kios")
        self.setMinimumSize(480, 400)
        self.resize(1000, 800)
        self._page, self._choices = page, choices
        self._rtl = direction is Direction.RTL
        self._click_turns, self._ask_links = click_turns, ask_links
        self._stop_asking_links = stop_asking_links
        self._presenter: ReaderPresenter | None = None
        self._offer_to_take: Offer | None = None
        self._place_to_go_to: Place | None = None
        self._had_a_page = self.leaving = False
        self.screen_at = time.monotonic()  # when the page last showed another screen
        self.area = ReaderLayout()
        self.setCentralWidget(self.area)
        # made in the order of Tab
        self.header = ReaderHeader(self.area)
        self.view = BookView(page, self.area)
        self.view.lower()
        self.footer = ReaderFooter(self.area)
        self.contents = Contents(self.area, after=self.header.more, before=self.view)
        self.pill = BackPill(self.area)
        self.pill.hide()
        self._opening = OpeningIndicator(self.area)
        self.recovery = PageRecovery(page, self, is_seen=self._is_seen)
        self.gone = asyncio.Event()
        self._last_word = QTimer(self, singleShot=True, interval=LAST_WORD_MS)
        self._last_word.timeout.connect(self._left)
        self._pill_shown, self._sync_shown = "", ("", "", "")
        self.overlays = OverlayHost(self.area, home=self.view)
        self.chrome = Chrome(self._chrome_held, self._chrome_hovered, self)
        self.question = Question(self.overlays, self.view, self._banner_top)
        self.theming = WindowTheming(self, self.area, page, choices)
        self.actions_by_name = make_actions(self, self._doings())
        add_app_keys(self, ("add_files", "add_source", "downloads"), self.app_requested.emit)
        self._join()
        self.area.hold(self.view, self.header, self.footer, self.pill)
        self.theming.apply()

    # -- life

    def start(self, presenter: ReaderPresenter) -> None:
        """Open the book as soon as the page's script runs."""
        self._presenter = presenter
        presenter.show_contents()
        self.footer.scrubber.describe_with(presenter.describe)
        self._opening.start()
        if self._page.is_ready:
            self._ready(presenter)
        elif self._page.has_stopped:
            self.recovery.page_failed()
        self.view.setFocus()
        self.chrome.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Off the screen at once; over when the page has reported what was turned last."""
        event.accept()
        if self.leaving:
            return
        self.leaving = True
        if self._presenter is None or not self._had_a_page:
            self._left()
            return
        self._last_word.start()
        self._page.bridge.settle()

    def _left(self) -> None:
        self._last_word.stop()
        if self._presenter is not None:
            self._presenter.closed()
            self._presenter = None
        self.recovery.end()
        self._choices.close()
        self._page.bridge.message.disconnect(self._received)
        self.view.setPage(None)  # type: ignore[arg-type]
        self._page.end()
        self.closed.emit()
        self.gone.set()
        self.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange and self.isMinimized():
            self.hidden_away.emit()
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()

    def _received(self, message: object) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        match message:
            case Relocated():
                self.screen_at = time.monotonic()
                self._opened()
                presenter.relocated(message)
                offer, self._offer_to_take = self._offer_to_take, None
                if offer is not None:
                    presenter.offers.take(offer)
                place, self._place_to_go_to = self._place_to_go_to, None
                if place is not None:
                    presenter.go_to_place(place)
            case Loaded():
                presenter.loaded(message)
            case Clicked():
                self._clicked(message.at)
            case LinkActivated():
                presenter.link(message.href, message.spine)
            case Zoomed():
                self._choices.step_size(1 if message.larger else -1)
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
                if self.leaving:
                    self._left()

    def _ready(self, presenter: ReaderPresenter) -> None:
        self.recovery.memory.begin()
        presenter.ready(self.theming.page_style(), ahead=not self.recovery.avoids_preloading)

    def _opened(self) -> None:
        """The page reported a screen."""
        if not self._had_a_page:
            self._had_a_page = True
            self.first_page.emit()
        self.recovery.answered()
        self._opening.stop()

    def _page_stopped(self, pause_s: float, stuck: bool) -> None:
        if self._presenter is None:
            return
        if pause_s:
            self.show_toast(tr("The page stopped working. It is being started again."))
        self._presenter.failures.stopped(stuck)

    def _page_given_up(self) -> None:
        self._opening.stop()
        banner = StoppedBanner()
        banner.again.connect(self._with_presenter(lambda it: it.failures.forget()))
        banner.again.connect(self._start_again)
        banner.contents.connect(lambda: self._show_panel(True))
        self.overlays.banner(banner, top=self._banner_top)

    def _is_seen(self) -> bool:
        return self.isVisible() and not self.isMinimized()

    def _start_again(self) -> None:
        shown = self.overlays.shown(OverlayKind.BANNER)
        if shown is not None and shown.findChild(StoppedBanner) is not None:
            self.overlays.close(OverlayKind.BANNER)
        self.recovery.start()

    # -- what the presenter shows

    def open_book(self, book: OpenBook) -> None:
        self._page.bridge.open(book)

    def go_to(self, destination: Destination) -> None:
        if self.recovery.is_waiting:  # once it is ready, the presenter says so again
            self._start_again()
        else:
            self._wait_for_a_screen()
            self._page.bridge.go_to(destination)

    def turn(self, count: int) -> None:
        if not self.recovery.is_waiting:
            self._wait_for_a_screen()
            self._page.bridge.turn(count)

    def _wait_for_a_screen(self) -> None:
        self.recovery.expect()
        self._opening.start()

    def show_lines(self, lines: Lines) -> None:
        self._page.bridge.lines(lines)

    def show_place(self, shown: ShownPlace) -> None:
        self.header.show_names(shown.book_title, shown.chapter_title)
        self.footer.show_place(shown)
        self.contents.show_place(shown)
        self.view.setAccessibleName(shown.chapter_and_page)

    def show_contents(
        self, lines: Sequence[ContentsLine], percent_of: PercentOf, own: bool
    ) -> None:
        self.contents.fill(lines, percent_of, own)
        if self._presenter is not None:
            self.footer.scrubber.show_ticks(self._presenter.ticks())

    def mark_contents(self, index: int | None) -> None:
        self.contents.mark(index)

    def show_pill(self, label: str) -> None:
        if label == self._pill_shown:  # told at every turn
            return
        self._pill_shown = label
        if not label and self.pill.isAncestorOf(self.focusWidget() or self):
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.pill.setVisible(bool(label))
        if label:
            self.pill.show_label(label)
            self.pill.raise_()
        self.footer.make_room(self.pill.width() if label else 0)
        self.area.place()
        self.overlays.replace_all()  # a toast makes room

    def show_prompt(self, prompt: Prompt) -> None:
        self.chrome.hide()  # at the top edge the banner covers no text
        self.question.ask(prompt)

    def _banner_top(self) -> int:
        shown = not self.header.isHidden()
        return self.header.height() + BELOW_HEADER if shown else AT_EDGE

    def show_excerpts(self, here: str, there: str) -> None:
        self.question.show_excerpts(here, there)

    def hide_prompt(self) -> None:
        self.question.withdraw()

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self.overlays.toast(text, action, on_action, bottom=14, beside=self.pill)

    def mark_other_device(self, fraction: float | None) -> None:
        self.footer.scrubber.mark_other_device(fraction)

    def mark_origin(self, fraction: float | None) -> None:
        self.footer.scrubber.mark_origin(fraction)

    def ask_about_link(self, url: str) -> None:
        if not self._ask_links():
            open_in_browser(url)
            return
        question = LinkQuestion(url, self._asked_about_links, self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.open()

    def _asked_about_links(self, ask_again: bool) -> None:
        if not ask_again:
            self._stop_asking_links()

    def say(self, text: str) -> None:
        self.show_toast(text)

    def show_sync_icon(self, name: str, color: str, words: str) -> None:
        """The state of sync in the header."""
        if (name, color, words) == self._sync_shown:
            return
        self._sync_shown = (name, color, words)
        self.header.sync.set_icon(name, color)
        self.header.sync.set_name(f"Sync status: {words}")

    def go_to_place_when_open(self, place: Place) -> None:
        """A place of the book's timeline, also while the first page is on its way."""
        if self._presenter is not None and self.place_shown is not None:
            self._presenter.go_to_place(place)
        else:
            self._place_to_go_to = place

    def take_offer(self, offer: Offer) -> None:
        """“Continue” in the sync menu."""
        if self._presenter is not None:
            self._presenter.offers.take(offer)

    def take_offer_when_open(self, offer: Offer) -> None:
        """The same, for a window whose first page may still be on its way."""
        if self.place_shown is not None:
            self.take_offer(offer)
        else:
            self._offer_to_take = offer

    def set_book_rule(self, rule: Answer | None) -> None:
        """What this book does about other devices: None is “as everywhere”."""
        self.question.rule = rule

    # -- seen from outside: tours and tests

    @property
    def place_shown(self) -> Place | None:
        """The place on screen; None before the first page is there."""
        return self._presenter.shown_place if self._presenter is not None else None

    def choose_line(self, number: int) -> None:
        """What a click on an entry of the contents does."""
        self.contents.panel.choose(number)

    # -- look

    def restyle(self) -> None:
        """The look changed: text settings, page theme or the windows' theme."""
        self.theming.apply()
        self._page.bridge.apply_settings(self.theming.page_style())

    @property
    def paged(self) -> bool:
        return self._choices.in_force.layout is Layout.PAGES

    # -- hands

    def _clicked(self, at: float) -> None:
        if self.overlays.close(OverlayKind.POPOVER):
            return
        presenter = self._presenter
        if presenter is None:
            return
        middle = LEFT_ZONE <= at <= RIGHT_ZONE
        if middle or not self._click_turns() or not self.paged:
            self.chrome.toggle()
            return
        presenter.turn(1 if (at > RIGHT_ZONE) != self._rtl else -1)
        self.chrome.hide()

    def _keyed(self, key: PageKey) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        forward = PageKey.LEFT if self._rtl else PageKey.RIGHT
        match key:
            case PageKey.LEFT | PageKey.RIGHT:
                presenter.turn(1 if key is forward else -1)
                self.chrome.hide()
            case PageKey.NEXT | PageKey.PREVIOUS:
                presenter.turn(1 if key is PageKey.NEXT else -1)
                self.chrome.hide()
            case PageKey.NEXT_CHAPTER:
                presenter.step_chapter(1)
            case PageKey.PREVIOUS_CHAPTER:
                presenter.step_chapter(-1)
            case PageKey.START:
                presenter.go_to_start()
            case PageKey.END:
                presenter.go_to_end()
            case PageKey.CHROME:
                self._escape()

    def _escape(self) -> None:
        """Close exactly one thing, the topmost; with nothing open, toggle the chrome."""
        if self.overlays.close(OverlayKind.POPOVER):
            return
        if self.question.banner is not None and self._presenter is not None:
            self._presenter.offers.stay()
        elif self.contents.is_open and not self.contents.is_pinned:
            self._show_panel(False)
        elif self.isFullScreen():
            self.showNormal()
        else:
            self.chrome.toggle()

    def _chrome_held(self) -> bool:
        focus = self.focusWidget()
        in_bars = focus is not None and (
            self.header.isAncestorOf(focus) or self.footer.isAncestorOf(focus)
        )
        return (
            in_bars or self.contents.is_open or self.overlays.shown(OverlayKind.POPOVER) is not None
        )

    def _chrome_hovered(self) -> bool:
        return self.header.underMouse() or self.footer.underMouse()

    def _pointer_moved(self, y: int) -> None:
        """Near an edge the pointer calls the chrome; but the top is the banner's while one asks."""
        if self.question.banner is None or y > self.height() // 2:
            self.chrome.pointer_at(y, self.view.height())

    def _show_chrome(self, shown: bool) -> None:
        self.header.setVisible(shown)
        self.footer.setVisible(shown)
        self.area.place()
        self.overlays.replace_all()  # the banner goes below the header

    def _show_panel(self, shown: bool) -> None:
        self.header.contents.setChecked(shown)
        if shown:
            self.contents.open()
            self.chrome.show()
        else:
            self.contents.close()
            self.view.setFocus()
        self.area.place()

    def _toggle_appearance(self) -> None:
        self.chrome.show()
        width = theme.size("popoverAppearance")
        self.overlays.toggle_popover(self._appearance, self.header.appearance, width=width)

    def _ask_where(self) -> None:
        """“Go to…”, at the contents button: both lead somewhere."""
        self.chrome.show()
        self.overlays.popover(self._go_to(), self.header.contents, width=GO_TO_WIDTH)

    def _go_to(self) -> QWidget:
        presenter = self._presenter
        popover = GoToPopover(lambda words: presenter is not None and presenter.go_to_words(words))
        popover.gone.connect(lambda: self.overlays.close(OverlayKind.POPOVER))
        return popover

    def _appearance(self) -> QWidget:
        popover = AppearancePopover(self._choices)
        popover.more_requested.connect(lambda: self.overlays.close(OverlayKind.POPOVER))
        popover.more_requested.connect(lambda: self.settings_requested.emit("appearance"))
        return popover

    def _step_region(self, step: int) -> None:
        """F6: page, banner, footer, header, panel, page; from the page first to a question."""
        regions: list[tuple[QWidget, QWidget]] = [(self.view, self.view)]
        banner = self.question.banner
        if banner is not None:
            regions.append((banner, banner.first))
        regions += [(self.footer, self.footer.scrubber), (self.header, self.header.library)]
        if self.contents.is_open:
            regions.append((self.contents.panel, self.contents.panel.list))
        focus = self.focusWidget()
        at = 0
        for number, (region, _) in enumerate(regions):
            if focus is not None and (region is focus or region.isAncestorOf(focus)):
                at = number
        region, target = regions[(at + step) % len(regions)]
        if region is not banner:
            self.chrome.show()
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc in header, footer or panel: one step of the same ladder, and back to the page."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._escape()

    # -- wiring

    def _join(self) -> None:
        self.view.key.connect(self._keyed)
        self.view.pointer_moved.connect(self._pointer_moved)
        self.view.side_button.connect(self._side_button)
        self._page.bridge.message.connect(self._received)
        self.recovery.stopped.connect(self._page_stopped)
        self.recovery.given_up.connect(self._page_given_up)
        self.chrome.shown_changed.connect(self._show_chrome)
        self.contents.chosen.connect(self._contents_chosen)
        self.contents.close_requested.connect(lambda: self._show_panel(False))
        self.pill.back.connect(self._with_presenter(ReaderPresenter.go_back))
        self.pill.dismissed.connect(self._with_presenter(ReaderPresenter.dismiss_pill))
        scrubber = self.footer.scrubber
        scrubber.chosen.connect(self._scrubbed)
        scrubber.chapter_step.connect(
            lambda step: self._presenter.step_chapter(step) if self._presenter else None
        )
        self.question.accepted.connect(self._with_presenter(lambda it: it.offers.accept()))
        self.question.stayed.connect(self._with_presenter(lambda it: it.offers.stay()))
        self.question.rule_chosen.connect(self.book_rule_chosen)
        self._choices.on_change(self.restyle)
        for name, source in (
            ("library", self.header.library),
            ("contents", self.header.contents),
            ("appearance", self.header.appearance),
            ("sync", self.header.sync),
        ):
            action = self.actions_by_name[name]
            source.set_name(action.text(), action.shortcut())
            source.clicked.connect(action.trigger)
        self.header.more.setMenu(make_menu(self, self.actions_by_name))
        self.header.more.setPopupMode(self.header.more.ToolButtonPopupMode.InstantPopup)

    def _doings(self) -> dict[str, Callable[[], object]]:
        """What each of the window's actions does."""
        p = ReaderPresenter
        return {
            "library": self.library_requested.emit,
            "contents": lambda: self._show_panel(not self.contents.is_open),
            "appearance": self._toggle_appearance,
            "sync": lambda: self.sync_menu_requested.emit(self.header.sync),
            "sync_now": self.sync_now_requested.emit,
            "back": self._with_presenter(p.go_back),
            "forward": self._with_presenter(p.go_forward),
            "go_to": self._ask_where,
            "next_chapter": self._with_presenter(lambda it: it.step_chapter(1)),
            "previous_chapter": self._with_presenter(lambda it: it.step_chapter(-1)),
            "larger": lambda: self._choices.step_size(1),
            "smaller": lambda: self._choices.step_size(-1),
            "default_size": lambda: self._choices.step_size(0),
            "next_theme": self._choices.next_theme,
            "one_column": lambda: self._choices.set_columns(Columns.ONE),
            "two_columns": lambda: self._choices.set_columns(Columns.TWO),
            "where": self._with_presenter(p.where_am_i),
            "undo": self._with_presenter(lambda it: it.offers.undo()),
            "next_region": lambda: self._step_region(1),
            "previous_region": lambda: self._step_region(-1),
            "full_screen": self._toggle_full_screen,
            "settings": lambda: self.settings_requested.emit("reading"),
            "shortcuts": self._show_shortcuts,
            "close": self.close,
            "quit": self.quit_requested.emit,
        }

    def _with_presenter(self, act: Callable[[ReaderPresenter], object]) -> Callable[[], None]:
        def call() -> None:
            if self._presenter is not None:
                act(self._presenter)

        return call

    def _contents_chosen(self, line: ContentsLine) -> None:
        if self._presenter is not None:
            self._presenter.go_to_line(line)
        if not self.contents.is_pinned:
            self._show_panel(False)

    def _scrubbed(self, fraction: float) -> None:
        if self._presenter is not None:
            self._presenter.go_to_fraction(fraction)

    def _side_button(self, which: Qt.MouseButton) -> None:
        if self._presenter is not None:
            back = which is Qt.MouseButton.BackButton
            (self._presenter.go_back if back else self._presenter.go_forward)()

    def _show_shortcuts(self) -> None:
        from kios_desktop.ui.kit.shortcut_list import show_shortcuts

        show_shortcuts(self, reading=True)

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
