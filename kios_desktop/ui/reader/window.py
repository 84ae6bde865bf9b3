"""The window of one open book. It shows and reports; the presenter decides."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow

from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import Answer, Layout
from kios_desktop.domain.progress import Offer
from kios_desktop.domain.publication import Direction
from kios_desktop.ui.kit.actions import add_app_keys
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.actions import (
    NEED_MARKS,
    aloud_actions,
    make_actions,
    make_menu,
    mark_actions,
    moving_actions,
    text_actions,
)
from kios_desktop.ui.reader.aloud.reader_aloud import ReaderAloud
from kios_desktop.ui.reader.bars import BackPill, ReaderFooter, ReaderHeader
from kios_desktop.ui.reader.bars_visibility import BarsVisibility
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.reader.contents import Contents
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.display import ReaderDisplay
from kios_desktop.ui.reader.engine.book_view import BookView
from kios_desktop.ui.reader.engine.page import BookPage
from kios_desktop.ui.reader.footnotes import FootnotePopovers
from kios_desktop.ui.reader.layout import ReaderLayout
from kios_desktop.ui.reader.link_question import WebLinks
from kios_desktop.ui.reader.lookup.look_ups import LookUps
from kios_desktop.ui.reader.marks.mark_tabs import MarkTabs
from kios_desktop.ui.reader.marks.marking import Marking
from kios_desktop.ui.reader.page_controller import REPORT_S, PageController
from kios_desktop.ui.reader.page_input import PageInput
from kios_desktop.ui.reader.panel import Panel, PanelTab
from kios_desktop.ui.reader.popovers import ReaderPopovers
from kios_desktop.ui.reader.presenter import ReaderPresenter
from kios_desktop.ui.reader.question import Question
from kios_desktop.ui.reader.regions import Region, region_after
from kios_desktop.ui.reader.search import ReaderSearch
from kios_desktop.ui.reader.stopped_banner import StoppedBanner
from kios_desktop.ui.reader.theming import WindowTheming
from kios_desktop.ui.reader.viewer.files import ReadFile
from kios_desktop.ui.reader.viewer.viewer import BookViewer

BELOW_HEADER, AT_EDGE = 12, 4  # px, where a banner floats


class ReaderWindow(QMainWindow):
    """Made of parts; `display` is what the presenter shows its book in."""

    closed = Signal()
    first_page = Signal()  # is about to be shown
    library_requested = Signal()
    settings_requested = Signal(str)  # a page of the settings window
    source_settings_requested = Signal(str)  # source id
    sync_menu_requested = Signal(object)  # the button it opens from
    sync_now_requested = Signal()
    quit_requested = Signal()
    app_requested = Signal(str)  # a name of `APP_KEYS`, for an action of the whole application
    book_rule_chosen = Signal(object)  # Answer, for this book
    hidden_away = Signal()  # minimised
    activated = Signal()  # the window was activated
    deactivated = Signal()  # another one was, or none of Kios

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
        read_file: ReadFile,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self.title = title
        self.setWindowTitle(tr("{title} — Kios", title=title))
        self.setMinimumSize(480, 400)
        self.resize(1000, 800)
        self._page, self._choices = page, choices
        self._presenter: ReaderPresenter | None = None
        self.is_closing = False
        self.closed_event = asyncio.Event()
        self._final_report = QTimer(self, singleShot=True, interval=round(REPORT_S * 1000))
        self.area = ReaderLayout()
        self.setCentralWidget(self.area)
        # in the order of Tab
        self.header = ReaderHeader(self.area)
        self.view = BookView(page, self.area)
        self.view.lower()
        self.footer = ReaderFooter(self.area)
        self.panel = Panel(self.area, after=self.header.more, before=self.view)
        self.contents = Contents(self)
        self.search = ReaderSearch(self.footer, page.bridge, self)
        self.pill = BackPill(self.area)
        self.pill.hide()
        self.theming = WindowTheming(self, self.area, page, choices)
        self.pages = PageController(page, self.area, self.theming.page_style, self)
        self.recovery = self.pages.recovery
        self.overlays = OverlayHost(self.area, home=self.view)
        self.bars = BarsVisibility(self._bars_held, self._bars_hovered, self)
        self.question = Question(self.overlays, self.view, self._banner_top)
        self.display = ReaderDisplay(self, WebLinks(self, ask_links, stop_asking_links))
        self._popovers = ReaderPopovers(
            self.overlays, self.header, self.bars, choices, self._go_to_typed
        )
        rtl = direction is Direction.RTL
        self.footnotes = FootnotePopovers(self.overlays, self.view)
        self.footnotes.link.connect(lambda link: self._with_presenter(lambda it: it.link(link))())
        self.marking = Marking(page, self.view, self.overlays, self.display.show_toast)
        self.look_ups = LookUps(self.overlays, self.view)
        self.aloud = ReaderAloud(page.bridge, self.area, self, self.display.say)
        self.mark_tabs = MarkTabs(self.marking)
        marks = self.mark_tabs
        for tab in (self.contents, marks.bookmarks, marks.highlights, self.search):
            self.panel.add(tab)
        self.view.select = self.marking.move
        self.viewer = BookViewer(
            page, self.view, read_file, tasks, rtl=rtl, add_to_menu=self.marking.add_to
        )
        self._input = PageInput(
            lambda: self._presenter,
            self.bars,
            self.overlays,
            direction=direction,
            click_turns=lambda: self.paged and click_turns(),
            view=self.viewer.open,
            mark=self.marking.click,
            escape=self._escape,
        )
        self.actions_by_name = make_actions(self, self._actions())
        add_app_keys(self, ("add_files", "add_source", "downloads"), self.app_requested.emit)
        self._connect()
        self.area.hold(self.view, self.header, self.footer, self.pill)
        self.theming.apply()

    # -- opening and closing

    def start(self, presenter: ReaderPresenter) -> None:
        """Open the book as soon as the page's script runs."""
        self._presenter = presenter
        presenter.show_contents()
        self.footer.scrubber.describe_with(presenter.describe)
        self.mark_tabs.percent_at = presenter.percent_at
        self.pages.start(presenter)
        self.view.setFocus()
        self.bars.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide at once; end when the page has reported the last turn that was asked for."""
        event.accept()
        if self.is_closing:
            return
        self.is_closing = True
        self.aloud.stop()
        if self._presenter is None or not self.pages.had_screen:
            self._end()
            return
        self._final_report.start()
        self._page.bridge.settle()

    def _end(self) -> None:
        self._final_report.stop()
        if self._presenter is not None:
            self._presenter.closed()
            self._presenter = None
        self.mark_tabs.end()
        self.marking.end()
        self.look_ups.end()
        self.search.end()
        self.aloud.end()
        self.pages.end()
        self._choices.close()
        self.view.setPage(None)  # type: ignore[arg-type]
        self._page.end()
        self.closed.emit()
        self.closed_event.set()
        self.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange and self.isMinimized():
            self.hidden_away.emit()
        if event.type() is QEvent.Type.ActivationChange:
            (self.activated if self.isActiveWindow() else self.deactivated).emit()

    def _page_restarting(self) -> None:
        self.display.show_toast(tr("The page stopped working. It is being started again."))

    def _page_given_up(self) -> None:
        banner = StoppedBanner()
        banner.again.connect(self._with_presenter(lambda it: it.failures.forget()))
        banner.again.connect(self.pages.start_again)
        banner.contents.connect(lambda: self._open_panel(self.contents))
        self.overlays.banner(banner, top=self._banner_top)

    def _banner_top(self) -> int:
        shown = not self.header.isHidden()
        return self.header.height() + BELOW_HEADER if shown else AT_EDGE

    def _page_settled(self) -> None:
        """The page has done and reported all that it was asked for."""
        if self.is_closing:
            self._end()

    def _close_stopped_banner(self) -> None:
        shown = self.overlays.shown(OverlayKind.BANNER)
        if shown is not None and shown.findChild(StoppedBanner) is not None:
            self.overlays.close(OverlayKind.BANNER)

    # -- asked for by the rest of Kios

    def turn(self, count: int) -> None:
        self.display.turn(count)

    def go_to_place_when_open(self, place: Place) -> None:
        """Go to a place of the book's timeline, also while the first page is on its way."""
        self.pages.when_shown("place", self._with_presenter(lambda it: it.go_to_place(place)))

    def look_at_place_when_open(self, place: Place) -> None:
        """Look at what was found from outside, also while the first page is on its way."""
        self.pages.when_shown("place", self._with_presenter(lambda it: it.look_at(place)))

    def set_finished(self, finished: bool) -> None:
        """Mark the book as finished, or as one that is being read."""
        self._with_presenter(lambda it: it.finish() if finished else it.unfinish())()

    def read_again(self) -> None:
        """Go to the beginning; “Back” leads to the end."""
        self._with_presenter(lambda it: it.go_to_start())()

    def show_highlights(self) -> None:
        self._open_panel(self.mark_tabs.highlights)

    def take_offer(self, offer: Offer) -> None:
        """“Continue” in the sync menu, also while the first page is on its way."""
        self.pages.when_shown("offer", self._with_presenter(lambda it: it.offers.take(offer)))

    def set_book_rule(self, rule: Answer | None) -> None:
        """The stored answer about other devices for this book; None for “as everywhere”."""
        self.question.rule = rule

    # -- seen from outside: tours and tests

    @property
    def place_shown(self) -> Place | None:
        """The place on screen; None before the first page is there."""
        return self._presenter.shown_place if self._presenter is not None else None

    def choose_line(self, number: int) -> None:
        """What a click on an entry of the contents does."""
        self.contents.widget().choose(number)

    # -- theme

    def restyle(self) -> None:
        """The look changed: text settings, page theme or the windows' theme."""
        self.theming.apply()
        self._page.bridge.apply_settings(self.theming.page_style())
        self.viewer.restyle()

    @property
    def paged(self) -> bool:
        return self._choices.in_force.layout is Layout.PAGES

    # -- keys, pointer and focus

    def _escape(self) -> None:
        """Close the topmost popover, question, search or panel; without any, toggle the bars."""
        if self.overlays.close(OverlayKind.POPOVER) or self.marking.escape():
            return
        if self.viewer.close():
            return
        if self.question.banner is not None and self._presenter is not None:
            self._presenter.offers.stay()
        elif self.search.is_active:
            self.search.clear()
        elif self.panel.is_open and not self.panel.is_pinned:
            self._close_panel()
        elif self.isFullScreen():
            self.showNormal()
        else:
            self.bars.toggle()

    def _bars_held(self) -> bool:
        focus = self.focusWidget()
        in_bars = focus is not None and (
            self.header.isAncestorOf(focus) or self.footer.isAncestorOf(focus)
        )
        return in_bars or self.panel.is_open or self.overlays.shown(OverlayKind.POPOVER) is not None

    def _bars_hovered(self) -> bool:
        return self.header.underMouse() or self.footer.underMouse()

    def _pointer_moved(self, y: int) -> None:
        """Show the bars near an edge; not near the top, where a banner may be."""
        if self.question.banner is None or y > self.height() // 2:
            self.bars.pointer_at(y, self.view.height())

    def _show_bars(self, shown: bool) -> None:
        self.header.setVisible(shown)
        self._show_footer()
        self.area.place()
        self.overlays.replace_all()  # the banner goes below the header

    def _show_footer(self) -> None:
        """The bar of reading aloud takes its place, also while there are no other bars."""
        self.footer.setVisible(self.bars.shown and not self.aloud.is_on)

    def _aloud_changed(self) -> None:
        bar, focus = self.aloud.bar, self.focusWidget()
        if bar is not None and bar.isHidden() and focus is not None and bar.isAncestorOf(focus):
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_footer()
        self.display.place_pill()

    def _toggle_panel(self, tab: PanelTab) -> None:
        if self.panel.shows(tab):
            self._close_panel()
        else:
            self._open_panel(tab)

    def _open_panel(self, tab: PanelTab) -> None:
        self.viewer.close()
        self.panel.open(tab)
        self.bars.show()

    def _close_panel(self) -> None:
        self.panel.close()
        self.view.setFocus()

    def _panel_changed(self) -> None:
        self.header.contents.setChecked(self.panel.shows(self.contents))
        self.header.search.setChecked(self.panel.shows(self.search))
        self.area.place()

    def _go_to_typed(self, words: str) -> bool:
        return self._presenter is not None and self._presenter.go_to_typed(words)

    def _step_region(self, step: int) -> None:
        """F6: page, banner, footer, header, panel, page. A question comes first."""
        regions: list[Region] = [(self.view, self.view)]
        banner = self.question.banner
        if banner is not None:
            regions.append((banner, banner.first))
        foot: Region = (self.footer, self.footer.scrubber)
        if self.aloud.is_on and self.aloud.bar is not None:
            foot = (self.aloud.bar, self.aloud.bar.play)
        regions += [foot, (self.header, self.header.library)]
        if self.panel.is_open:
            regions.append((self.panel.frame, self.panel.first()))
        region, target = region_after(regions, self.focusWidget(), step)
        if region is not banner:
            self.bars.show()
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc in header, footer or panel does the same as on the page, and focuses the page."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._escape()

    # -- wiring

    def _connect(self) -> None:
        self._final_report.timeout.connect(self._end)
        self.view.key.connect(self._input.key)
        self.view.pointer_moved.connect(self._pointer_moved)
        self.view.side_button.connect(self._input.mouse_button)
        self.pages.first_page.connect(self.first_page)
        self.pages.clicked.connect(self._input.click)
        self.pages.shown.connect(self.viewer.close)
        self.viewer.opened.connect(self.bars.hide)
        self.viewer.opened.connect(lambda: self.display.cover(True))
        self.viewer.closed.connect(lambda: self.display.cover(False))
        self.viewer.said.connect(self.display.say)
        self.pages.zoomed.connect(self._choices.step_size)
        self.pages.settled.connect(self._page_settled)
        self.pages.restarting.connect(self._page_restarting)
        self.pages.given_up.connect(self._page_given_up)
        self.pages.starting.connect(self._close_stopped_banner)
        self.bars.shown_changed.connect(self._show_bars)
        self.contents.chosen.connect(self._contents_chosen)
        self.marking.bookmarked.connect(self.header.show_bookmarked)
        self.mark_tabs.chosen.connect(self._chosen_in_panel)
        self.search.wanted.connect(lambda: self._open_panel(self.search))
        self.search.chosen.connect(self._chosen_in_panel)
        self.marking.search_wanted.connect(self._search_for)
        self.marking.look_up_wanted.connect(self.look_ups.show)
        self.look_ups.add_wanted.connect(lambda: self.settings_requested.emit("data"))
        self.marking.aloud_wanted.connect(self.aloud.read_from)
        self.aloud.shown_changed.connect(self._aloud_changed)
        self._let_mark(False)  # not the guide
        self.marking.started.connect(lambda: self._let_mark(True))
        self.pages.loaded.connect(self.search.loaded)
        self.panel.changed.connect(self._panel_changed)
        self.panel.close_requested.connect(self._close_panel)
        self.pill.back.connect(self._with_presenter(ReaderPresenter.go_back))
        self.pill.dismissed.connect(self._with_presenter(ReaderPresenter.dismiss_pill))
        self.footer.scrubber.chosen.connect(self._scrubbed)
        self.footer.scrubber.chapter_step.connect(self._step_chapter)
        self.question.accepted.connect(self._with_presenter(lambda it: it.offers.accept()))
        self.question.stayed.connect(self._with_presenter(lambda it: it.offers.stay()))
        self.question.rule_chosen.connect(self.book_rule_chosen)
        self._popovers.more_appearance_requested.connect(
            lambda: self.settings_requested.emit("appearance")
        )
        self._choices.on_change(self.restyle)
        for name, source in (
            ("library", self.header.library),
            ("contents", self.header.contents),
            ("search", self.header.search),
            ("bookmark", self.header.bookmark),
            ("appearance", self.header.appearance),
            ("sync", self.header.sync),
        ):
            action = self.actions_by_name[name]
            source.set_name(action.text(), action.shortcut())
            source.clicked.connect(action.trigger)
        self.header.more.setMenu(make_menu(self, self.actions_by_name))
        self.header.more.setPopupMode(self.header.more.ToolButtonPopupMode.InstantPopup)

    def _actions(self) -> dict[str, Callable[[], object]]:
        """What each of the window's actions does, by its name in `WINDOW_KEYS`."""
        return {
            **moving_actions(self._with_presenter),
            **text_actions(self._choices),
            **mark_actions(self.marking),
            **aloud_actions(self.aloud, lambda: self.marking.selection_start),
            "library": self.library_requested.emit,
            "contents": lambda: self._toggle_panel(self.contents),
            "bookmarks": lambda: self._toggle_panel(self.mark_tabs.bookmarks),
            "highlights": lambda: self._toggle_panel(self.mark_tabs.highlights),
            "search": self._toggle_search,
            "next_result": lambda: self._step_result(1),
            "previous_result": lambda: self._step_result(-1),
            "appearance": self._popovers.toggle_appearance,
            "sync": lambda: self.sync_menu_requested.emit(self.header.sync),
            "sync_now": self.sync_now_requested.emit,
            "go_to": self._popovers.show_go_to,
            "viewer": lambda: self.viewer.open("page"),
            "next_region": lambda: self._step_region(1),
            "previous_region": lambda: self._step_region(-1),
            "full_screen": self._toggle_full_screen,
            "settings": lambda: self.settings_requested.emit("reading"),
            "shortcuts": self._show_shortcuts,
            "close": self.close,
            "quit": self.quit_requested.emit,
        }

    def _with_presenter(self, act: Callable[[ReaderPresenter], object]) -> Callable[[], None]:
        """`act` on the presenter; does nothing once the window is closing."""

        def call() -> None:
            if self._presenter is not None:
                act(self._presenter)

        return call

    def _contents_chosen(self, line: ContentsLine) -> None:
        self._with_presenter(lambda it: it.go_to_line(line))()
        self._chosen_in_panel()

    def _chosen_in_panel(self) -> None:
        if not self.panel.is_pinned:
            self._close_panel()

    def _let_mark(self, on: bool) -> None:
        for name in NEED_MARKS:
            self.actions_by_name[name].setEnabled(on)
        self.header.bookmark.setEnabled(on)

    def _toggle_search(self) -> None:
        """The key leads to the field, from wherever; the button closes what it opened."""
        by_button = self.panel.shows(self.search) and not self.header.search.isChecked()
        if by_button:
            self._close_panel()
        else:
            self._open_panel(self.search)

    def _search_for(self, words: str) -> None:
        self._open_panel(self.search)
        self.search.search_for(words)

    def _step_result(self, by: int) -> None:
        self.search.step(by)
        self.bars.show()  # the footer says which it is

    def _scrubbed(self, fraction: float) -> None:
        self._with_presenter(lambda it: it.go_to_fraction(fraction))()

    def _step_chapter(self, step: int) -> None:
        self._with_presenter(lambda it: it.step_chapter(step))()

    def _show_shortcuts(self) -> None:
        from kios_desktop.ui.kit.shortcut_list import show_shortcuts

        show_shortcuts(self, reading=True)

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
