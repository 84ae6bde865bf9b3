"""The ports and values of the reader's presenter. No Qt."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from kios_desktop.domain.locator import Locator, Place
from kios_desktop.domain.progress import Offer
from kios_desktop.domain.reading_sessions import ScreenCause, SessionSpot
from kios_desktop.epub.notes import Note
from kios_desktop.ui.kit.formats import percent
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.book_map import PercentOf
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.engine.wire import Box, Destination, Lines, OpenBook


class ShownPlace(Struct, frozen=True):
    """What header, footer and scrubber show. `page` is 1-based in the chapter file.

    `chapters` is the number of chapters, if this one has a number as its title; else 0.
    """

    book_title: str
    authors: tuple[str, ...]
    chapter_title: str
    chapters: int
    page: int
    pages: int
    fraction: float
    minutes_in_chapter: int
    minutes_in_book: int
    paged: bool

    @property
    def percent(self) -> str:
        return percent(self.fraction)

    @property
    def chapter_and_page(self) -> str:
        """“Chapter 4, page 2 of 9”; of a chapter that scrolls only its title."""
        if not self.paged:
            return self.chapter_title
        return tr(
            "{chapter}, page {page} of {pages}",
            chapter=self.chapter_title,
            page=self.page,
            pages=self.pages,
        )


class ShownScreen(Struct, frozen=True):
    """The screen as last reported by the page."""

    place: Place
    screen: int
    page: int
    pages: int
    book_end: bool

    def shows(self, place: Place) -> bool:
        """Whether a place is on this screen, or less than a screen away."""
        same = place.spine_index == self.place.spine_index
        return same and abs(place.ordinal - self.place.ordinal) < max(1, self.screen)


class Prompt(Struct, frozen=True):
    """The question about a place on another device. Titles are "" if not known."""

    offer: Offer
    sentence: str
    here_title: str
    here_percent: str
    there_title: str
    there_percent: str
    note: str  # “further on in this chapter”, “This looks like the server started over.”, ""


class ShownNote(Struct, frozen=True):
    """A note as it is shown; `pictures` are files by their `src`."""

    note: Note
    pictures: Mapping[str, bytes]


class ReaderScreen(Protocol):
    """What the presenter shows."""

    def open_book(self, book: OpenBook) -> None: ...
    def go_to(self, destination: Destination) -> None: ...
    def follow(self, destination: Destination) -> None:
        """Go to a destination that the reader did not ask for."""

    def turn(self, count: int) -> None: ...
    def show_lines(self, lines: Lines) -> None: ...
    def show_place(self, shown: ShownPlace) -> None: ...
    def show_contents(
        self,
        lines: Sequence[ContentsLine],
        percent_of: PercentOf,
        ticks: Sequence[tuple[float, int]],
        own: bool,
    ) -> None:
        """`ticks` are (fraction, depth) of the entries, for the scrubber.

        `own`: the book has these contents itself; else they are its sections.
        """

    def mark_contents(self, index: int | None) -> None: ...
    def mark_origin(self, fraction: float | None) -> None: ...
    def show_pill(self, label: str) -> None: ...
    def show_prompt(self, prompt: Prompt) -> None: ...
    def show_excerpts(self, here: str, there: str) -> None: ...
    def hide_prompt(self) -> None: ...
    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None: ...
    def mark_other_device(self, fraction: float | None) -> None: ...
    def ask_about_link(self, url: str) -> None: ...
    def say(self, text: str) -> None: ...
    def show_note(self, shown: ShownNote, box: Box, go_there: Callable[[], None]) -> None:
        """Beside a box of the page; `go_there` leads to the note in the book."""


class PlaceSync(Protocol):
    """The sync of one book: `sync.driver.BookSync` for a book of the library."""

    def opened(self, locator: Locator, screen: int, finished: bool = False) -> None:
        return

    def turned(self, locator: Locator, screen: int) -> None:
        return

    def moved(self, locator: Locator, screen: int) -> None:
        return

    def relaid(self, locator: Locator, screen: int) -> None:
        return

    def accept(self, offer: Offer) -> None:
        return

    def not_finished(self, locator: Locator) -> None:
        return

    def stay(self) -> None:
        return

    def undo(self) -> None:
        return

    def closed(self) -> None:
        return


class Unsynced(PlaceSync):
    """The sync of a book outside the library, such as the guide: it stores nothing."""


Excerpt = Callable[[Place], Awaitable[str]]
"""About 120 characters of the text at a place."""

OnFinished = Callable[[bool], None]
"""Called with True when the book is finished, with False when it is not any more."""

OnShown = Callable[[ScreenCause, SessionSpot, int, int | None], None]
"""Why a screen is shown, its place, its ordinals, and the printed pages that begin up to there."""


def minutes_text(minutes: int) -> str:
    """“14 min”, “2 h 5 min”."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return tr("{n} min", n=minutes)
    if rest and hours < 10:
        return tr("{hours} h {minutes} min", hours=hours, minutes=rest)
    return tr("{n} h", n=hours)
