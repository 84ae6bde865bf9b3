"""Passes what the presenter shows to the parts of a reader window."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.aloud.reader_aloud import ReaderAloud
from kios_desktop.ui.reader.bars import BackPill, ReaderFooter, ReaderHeader
from kios_desktop.ui.reader.bars_visibility import BarsVisibility
from kios_desktop.ui.reader.book_map import PercentOf
from kios_desktop.ui.reader.contents import Contents
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.engine.book_view import BookView
from kios_desktop.ui.reader.engine.wire import Box, Destination, Lines, OpenBook
from kios_desktop.ui.reader.footnotes import FootnotePopovers
from kios_desktop.ui.reader.layout import ReaderLayout
from kios_desktop.ui.reader.link_question import WebLinks
from kios_desktop.ui.reader.page_controller import PageController
from kios_desktop.ui.reader.panel import Panel
from kios_desktop.ui.reader.question import Question
from kios_desktop.ui.reader.screen import Prompt, ShownNote, ShownPlace

TOAST_BOTTOM = 14  # px between a toast and the lower edge


class WindowParts(Protocol):
    """The parts of a window that show something of the book."""

    area: ReaderLayout
    header: ReaderHeader
    footer: ReaderFooter
    aloud: ReaderAloud
    view: BookView
    panel: Panel
    contents: Contents
    pill: BackPill
    pages: PageController
    footnotes: FootnotePopovers
    overlays: OverlayHost
    bars: BarsVisibility
    question: Question

    def focusWidget(self) -> QWidget: ...


class ReaderDisplay:
    """Implements `screen.ReaderScreen`."""

    def __init__(self, parts: WindowParts, links: WebLinks) -> None:
        self._parts, self._links = parts, links
        self._pill_shown, self._is_covered = "", False
        self._sync_shown = ("", "", "")

    # -- the page

    def open_book(self, book: OpenBook) -> None:
        self._parts.pages.open_book(book)

    def go_to(self, destination: Destination) -> None:
        self._parts.pages.go_to(destination)

    def follow(self, destination: Destination) -> None:
        self._parts.pages.follow(destination)

    def turn(self, count: int) -> None:
        self._parts.pages.turn(count)

    def show_lines(self, lines: Lines) -> None:
        self._parts.pages.show_lines(lines)

    # -- where the reader is

    def show_place(self, shown: ShownPlace) -> None:
        self._parts.header.show_names(shown.book_title, shown.chapter_title)
        self._parts.footer.show_place(shown)
        self._parts.panel.show_place(shown)
        self._parts.view.setAccessibleName(shown.chapter_and_page)

    def show_contents(
        self,
        lines: Sequence[ContentsLine],
        percent_of: PercentOf,
        ticks: Sequence[tuple[float, int]],
        own: bool,
    ) -> None:
        self._parts.contents.fill(lines, percent_of, own)
        self._parts.footer.scrubber.show_ticks(ticks)

    def mark_contents(self, index: int | None) -> None:
        self._parts.contents.mark(index)

    def mark_origin(self, fraction: float | None) -> None:
        self._parts.footer.scrubber.mark_origin(fraction)

    def mark_other_device(self, fraction: float | None) -> None:
        self._parts.footer.scrubber.mark_other_device(fraction)

    def show_pill(self, label: str) -> None:
        if label == self._pill_shown:  # the presenter repeats it at every turn
            return
        self._pill_shown = label
        if label:
            self._parts.pill.show_label(label)
        self.place_pill()

    def cover(self, covered: bool) -> None:
        """The viewer covers the page, or no longer does."""
        self._is_covered = covered
        self.place_pill()

    def place_pill(self) -> None:
        """Show or hide the back pill, and make room for it beside what is at the bottom."""
        parts, pill = self._parts, self._parts.pill
        shown = bool(self._pill_shown) and not self._is_covered
        focus = parts.focusWidget()
        if not shown and focus is not None and pill.isAncestorOf(focus):
            parts.view.setFocus(Qt.FocusReason.OtherFocusReason)
        pill.setVisible(shown)
        if shown:
            pill.raise_()
        for foot in (parts.footer, parts.aloud):
            foot.make_room(pill.width() if shown else 0)
        parts.area.place()
        parts.overlays.replace_all()  # a toast makes room

    # -- questions and messages

    def show_prompt(self, prompt: Prompt) -> None:
        self._parts.bars.hide()  # at the top edge the banner covers no text
        self._parts.question.ask(prompt)

    def show_excerpts(self, here: str, there: str) -> None:
        self._parts.question.show_excerpts(here, there)

    def hide_prompt(self) -> None:
        self._parts.question.withdraw()

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self._parts.overlays.toast(
            text, action, on_action, bottom=TOAST_BOTTOM, beside=self._parts.pill
        )

    def say(self, text: str) -> None:
        self.show_toast(text)

    def show_note(self, shown: ShownNote, box: Box, go_there: Callable[[], None]) -> None:
        self._parts.footnotes.show(shown, box, go_there)

    def ask_about_link(self, url: str) -> None:
        self._links.open(url)

    def show_sync_icon(self, name: str, color: str, words: str) -> None:
        """The state of sync, in the header."""
        if (name, color, words) == self._sync_shown:
            return
        self._sync_shown = (name, color, words)
        sync = self._parts.header.sync
        sync.set_icon(name, color)
        sync.set_name(tr("Sync status: {words}", words=words))
