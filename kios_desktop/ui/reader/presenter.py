"""The presenter of a reader window: moves in the book, and reports them to its sync. No Qt."""

import time
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from kios_desktop.domain.locator import Locator, Place
from kios_desktop.domain.progress import Offer, Report
from kios_desktop.domain.publication import Publication
from kios_desktop.domain.reading_sessions import ScreenCause, SessionSpot
from kios_desktop.epub.fallback import addresses
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.book_map import BookMap
from kios_desktop.ui.reader.chapter_failures import ChapterFailures
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.destination import ToFraction, ToPage, parse_destination
from kios_desktop.ui.reader.engine.wire import (
    LEFT_OUT,
    Destination,
    Edge,
    LinkActivated,
    Loaded,
    OpenBook,
    PageStyle,
    Relocated,
)
from kios_desktop.ui.reader.finished_state import FinishedState
from kios_desktop.ui.reader.jump_history import JumpHistory, JumpOrigin
from kios_desktop.ui.reader.links import BookLinks, NoteOf, PlaceOfCfi
from kios_desktop.ui.reader.place_display import PlaceDisplay
from kios_desktop.ui.reader.place_offers import PlaceOffers
from kios_desktop.ui.reader.reading_speed import ReadingSpeed
from kios_desktop.ui.reader.screen import (
    Excerpt,
    OnFinished,
    OnShown,
    PlaceSync,
    ReaderScreen,
    ShownScreen,
)
from kios_desktop.ui.sync.devices import device_name


class ReaderPresenter:
    """Presents one open book. Implements the sync engine's `ReaderView`."""

    def __init__(
        self,
        publication: Publication,
        book_map: BookMap,
        screen: ReaderScreen,
        tasks: Tasks,
        *,
        start: Place,
        urls_of: Callable[[Sequence[str]], list[str]],
        excerpt: Excerpt,
        place_of_cfi: PlaceOfCfi,
        note_of: NoteOf,
        on_finished: OnFinished,
        paged: Callable[[], bool],
        finished: bool = False,
        end_counts: Callable[[], bool] = lambda: True,
        on_read: Callable[[], None] = lambda: None,
        on_shown: OnShown = lambda _how, _spot, _ordinals, _printed: None,
        on_end: Callable[[], object] = lambda: None,
    ) -> None:
        """`finished`: the book is marked as finished; `end_counts`: its last words mark it.

        `on_read` is called at every turn that moves the reading place, `on_shown` for every screen,
        and `on_end` at a turn past the last page.
        """
        self._publication, self._map, self._screen = publication, book_map, screen
        self._on_finished = on_finished
        self._start, self._urls_of, self._paged = start, urls_of, paged
        self._sync: PlaceSync | None = None
        self._jumps, self._speed = JumpHistory(), ReadingSpeed()
        self._display = PlaceDisplay(publication, book_map, screen, self._jumps, self._speed)
        self.describe, self.percent_at = self._display.describe, self._display.percent_at
        self.chapter_at = self._display.chapter_at
        self.offers = PlaceOffers(book_map, screen, tasks, excerpt, lambda: self._reading_place)
        self._links = BookLinks(publication, screen, tasks, place_of_cfi, note_of, self._jump_to)
        self.failures = ChapterFailures()
        self._here: ShownScreen | None = None
        self._reason = ScreenCause.OPENED
        self._destination: Destination | None = None  # where the page was sent last
        self._looking_from: Place | None = (
            None  # the reading place, while the target of a link is looked at
        )
        self._finishing, self._end_counts = FinishedState(finished), end_counts
        self._on_read, self._on_shown, self._on_end = on_read, on_shown, on_end
        self._closed = False

    def join_sync(self, sync: PlaceSync) -> None:
        """Give the presenter its book's sync; before `ready`."""
        self._sync = self.offers.sync = sync

    # -- the page

    def ready(self, style: PageStyle, ahead: bool = True) -> None:
        """The reader script runs: open the book where it was, or where the page was sent last.

        `ahead`: the page may load chapters before the reader gets there.
        """
        order = self._publication.reading_order
        left_out = self.failures.is_left_out
        urls = self._urls_of(addresses(self._publication))
        self._screen.open_book(
            OpenBook(
                urls=[LEFT_OUT if left_out(i) else url for i, url in enumerate(urls)],
                nonlinear=[i for i, link in enumerate(order) if not link.linear],
                toc_ids={str(k): v for k, v in self._map.toc_ids.items()},
                settings=style,
                ahead=ahead,
                language=self._publication.metadata.language,
            )
        )
        here = self._here.place if self._here else self._start  # after a restart of the page
        spine = min(here.spine_index, len(order) - 1)
        to = self._destination or Destination(spine=spine, ordinal=here.ordinal, cause="open")
        self.failures.sent(to.spine)
        self._screen.go_to(to)

    def loaded(self, message: Loaded) -> None:
        self._map.chapter_loaded(message.spine, message.total, message.anchors)
        if message.anchors and self._here is not None:  # contents are filled after the first page
            self.show_contents()
        if self._here and self._here.place.spine_index == message.spine:
            self._show()

    def relocated(self, message: Relocated) -> None:
        before = self._here
        place = Place(message.spine, message.ordinal)
        here = ShownScreen(place, message.screen, message.page, message.pages, message.book_end)
        self._here = here
        self.failures.shown()
        if message.cause != "turn":
            self._destination = None
        if before is None:
            self._opened(place if message.cause == "open" else self._start, message.screen)
            self._tell_shown(ScreenCause.OPENED, here)
        match message.cause:
            case "turn":
                # pictures have no ordinals: another page at the same place is a turn as well
                if before is None or (place, message.page) != (before.place, before.page):
                    self._turned(before, here)
                    self._tell_shown(self._turning, here)
            case "go":
                self._arrived(here)
                self._tell_shown(self._reason, here)
            case _:
                if before is not None and self._sync:
                    self._sync.relaid(self._locator(place), message.screen)
        self._show()

    def _opened(self, place: Place, screen: int) -> None:
        """The first page of the book is on the screen."""
        locator = self._locator(place)
        self._finishing.opened(locator.total_progression)
        if self._sync:
            self._sync.opened(locator, screen, self._finishing.finished)

    def _arrived(self, here: ShownScreen) -> None:
        """The page has arrived where it was sent."""
        if self._reason is ScreenCause.CHOSEN:
            locator = self._locator(here.place)
            self._finishing.chose(locator.total_progression)
            if self._sync:
                self._sync.moved(locator, here.screen)
        elif self._looking_from is not None and here.shows(self._looking_from):
            self._looking_from = None  # back, by a link in the note

    @property
    def _turning(self) -> ScreenCause:
        """What a turn, or scrolling, is to the reading session."""
        if self._looking_from is not None:
            return ScreenCause.LOOKED
        return ScreenCause.TURNED if self._paged() else ScreenCause.SCROLLED

    def _tell_shown(self, how: ScreenCause, here: ShownScreen) -> None:
        spot = SessionSpot(here.place, self._map.total_progression(here.place))
        self._on_shown(how, spot, here.screen, self._map.printed_before(here.place))

    def _locator(self, place: Place) -> Locator:
        return self._map.locator(place).not_at_end

    def _turned(self, before: ShownScreen | None, here: ShownScreen) -> None:
        self._speed.turned(time.monotonic(), before.screen if before else 0)
        self._jumps.turned()
        if self._looking_from is not None:
            if self._jumps.pill:
                return  # still looking: the back pill is shown
            self._looking_from = None
        self._read_to(here)

    def _read_to(self, here: ShownScreen) -> None:
        """The reading place moved here by a page turn; it may be the end of the book."""
        self._on_read()
        locator = self._locator(here.place)
        progression = locator.total_progression
        ended = here.book_end and self._end_counts()
        if ended:
            locator = replace(locator, total_progression=1.0)
        if self._sync:
            self._sync.turned(locator, here.screen)
        if ended:
            if self._finishing.reached_end(progression):
                self._on_finished(True)
                self._screen.show_toast(tr("Marked as finished"), tr("Undo"), self.unfinish)
        elif self._finishing.turned(progression):
            self._not_finished(here.place)

    def edge(self, message: Edge) -> None:
        """A turn past the last page finishes the book, if its last words are on the screen."""
        here = self._here
        if not message.end or here is None or not here.book_end or self._looking_from is not None:
            return
        if self._end_counts() and not self._finishing.finished:
            self._read_to(here)
        self._on_end()

    def finish(self) -> None:
        """“Mark as finished”, by choice."""
        if self._here is not None and self._finishing.reached_end(
            self._map.total_progression(self._here.place)
        ):
            self._on_finished(True)
            self._screen.show_toast(tr("Marked as finished"), tr("Undo"), self.unfinish)

    def finished_elsewhere(self, report: Report) -> None:
        """Another device, which stores no place of the book, marked it as finished."""
        place = self._reading_place
        if not self._finishing.marked(self._map.total_progression(place)):
            return
        self._on_finished(True)
        words = tr("Marked as finished on {device}", device=device_name(report.device))
        self._screen.show_toast(words, tr("Undo"), self.unfinish)

    def unfinish(self) -> None:
        """Undo of “Marked as finished”."""
        self._finishing.undone()
        self._not_finished(self._reading_place)

    def _not_finished(self, place: Place) -> None:
        self._on_finished(False)
        if self._sync:
            self._sync.not_finished(self._locator(place))

    @property
    def _reading_place(self) -> Place:
        """The reading place: not the target of a link that is only looked at."""
        if self._looking_from is not None:
            return self._looking_from
        return self._here.place if self._here else self._start

    def link(self, message: LinkActivated) -> None:
        """A link was followed, in the book or in a note."""
        self._links.follow(message)

    # -- moving by choice

    def turn(self, count: int) -> None:
        self._screen.turn(count)

    def follow(self, place: Place, *, back: bool = False) -> None:
        """Turn to what is read aloud: a turn, however far. `back`: from what was looked at."""
        if self._closed:
            return
        if back:
            self._looking_from = None
            self._jumps.dismissed()
        self.failures.sent(place.spine_index)
        self._screen.follow(
            Destination(spine=place.spine_index, ordinal=place.ordinal, cause="turn")
        )

    def go_to_line(self, line: ContentsLine) -> None:
        """A contents entry was chosen."""
        if line.spine_index is not None:
            self._links.go(line.spine_index, line.fragment, look=False)

    def go_to_fraction(self, fraction: float) -> None:
        self.go_to_place(self._map.place_at(fraction))

    def go_to_place(self, place: Place) -> None:
        self._jump_to(Destination(spine=place.spine_index, ordinal=place.ordinal, cause="go"))

    def look_at(self, place: Place) -> None:
        """Look at a place. From one to the next, “Back” still leads to where looking began."""
        to = Destination(spine=place.spine_index, ordinal=place.ordinal, cause="go")
        if self._looking_from is None or not self._jumps.pill:
            self._jump_to(to, look=True)
            return
        self._jumps.went_on()
        self._speed.paused()
        self._begin_move(look=True)
        self._go(to)

    def step_chapter(self, direction: int) -> None:
        if self._here is None:
            return
        target = self._map.step_chapter(self._here.place, direction)
        if isinstance(target, Place):
            self.go_to_place(target)
        elif target is not None:
            self.go_to_line(target)

    def go_to_start(self) -> None:
        self.go_to_place(Place(0, 0))

    def go_to_typed(self, words: str) -> bool:
        """“Go to…”: a percentage, a page of this chapter, or a title; False when it is nowhere."""
        here = self._here
        target = parse_destination(
            words, self._map.lines, here.pages if here else 0, self._map.printed_pages
        )
        match target:
            case ToFraction():
                self.go_to_fraction(target.fraction)
            case ToPage() if here is not None:
                spine = here.place.spine_index
                self._jump_to(Destination(spine=spine, page=target.page, cause="go"))
            case ContentsLine():
                self.go_to_line(target)
            case _:
                return False
        return True

    def go_to_end(self) -> None:
        last = len(self._publication.reading_order) - 1
        self._jump_to(Destination(spine=last, end=True, cause="go"))

    def go_back(self) -> None:
        if self._here is not None and (origin := self._jumps.back(self._origin())) is not None:
            self._return_to(origin, look=self._looking_from is not None)

    def go_forward(self) -> None:
        if self._here is not None and (origin := self._jumps.forward(self._origin())) is not None:
            self._return_to(origin, look=origin.look or self._looking_from is not None)

    def _return_to(self, to: JumpOrigin, look: bool) -> None:
        self._begin_move(look)
        if to.place == self._looking_from:
            self._looking_from = None  # back at the reading place
        self._send(to.place)

    def dismiss_pill(self) -> None:
        """“Stay here”: the reading place moves to the place on the screen."""
        self._jumps.dismissed()
        if self._looking_from is not None and self._here is not None:
            self._looking_from = None
            if self._sync:
                self._sync.moved(self._locator(self._here.place), self._here.screen)
        self._show()

    def _jump_to(self, destination: Destination, look: bool = False) -> None:
        if self._closed:  # while the place of a link was looked up
            return
        self._jumps.jumped(replace(self._origin(), look=look))
        self._speed.paused()
        self._begin_move(look)
        self._go(destination)

    def _begin_move(self, look: bool) -> None:
        """Prepare a move to another place, to read on there or only to `look`."""
        self._reason = ScreenCause.LOOKED if look else ScreenCause.CHOSEN
        if not look:
            self._looking_from = None
        elif self._looking_from is None:
            self._looking_from = self._reading_place

    def _send(self, place: Place) -> None:
        self._go(Destination(spine=place.spine_index, ordinal=place.ordinal, cause="go"))

    def _go(self, destination: Destination) -> None:
        self._destination = destination
        self.failures.sent(destination.spine)
        self._screen.go_to(destination)

    def _origin(self) -> JumpOrigin:
        place = self._here.place if self._here else self._start
        label = tr("Back to {place}", place=self._display.title_or_percent(place))
        return JumpOrigin(place, label)

    # -- sync.ports.ReaderView

    def jump(self, locator: Locator, why: Report) -> None:
        """Go to another device's place, or back from it."""
        if self._here is not None:
            self._jumps.jumped(self._origin())
            self._speed.paused()
        self._reason, self._looking_from = ScreenCause.ADOPTED, None
        self.offers.withdraw()
        self._send(locator.place)

    def ask(self, offer: Offer) -> None:
        self.offers.ask(offer)

    def withdraw(self) -> None:
        self.offers.withdraw()

    def moved_silently(self, offer: Offer) -> None:
        self.offers.moved_silently(offer)

    # -- display

    @property
    def shown_place(self) -> Place | None:
        """The place on the screen; None before the first page."""
        return self._here.place if self._here else None

    def weighed(self, weights: tuple[int, ...]) -> None:
        """The character counts of all spine items are known."""
        if self._closed:  # the window may have closed while they were counted
            return
        self._map.weigh(weights)
        if self._sync and self._here is not None:
            place = self._reading_place
            self._sync.relaid(self._locator(place), self._here.screen)
        self.show_contents()
        self._show()

    @property
    def pace_per_min(self) -> float:
        """The reader's, in ordinals."""
        return self._speed.per_min

    def learn_pace(self, per_min: float) -> None:
        """How fast the reader was until now, in ordinals a minute."""
        self._speed.learn(per_min)
        self._show()

    def where_am_i(self) -> None:
        """Say the place, for screen readers and the curious."""
        if self._here is not None:
            self._display.announce(self._here, self._paged())

    def closed(self) -> None:
        self._closed = True
        self._links.end()
        if self._sync is not None:
            self._sync.closed()

    def _show(self) -> None:
        if self._here is not None:
            self._display.show(self._here, self._paged())

    def show_contents(self) -> None:
        """Fill the contents with what is known of their places."""
        self._display.show_contents()
