"""Shows in a reader window where in the book its page is. No Qt."""

from kios_desktop.domain.locator import Place
from kios_desktop.domain.publication import Publication
from kios_desktop.ui.kit.formats import percent
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.book_map import BookMap
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.engine.wire import Lines
from kios_desktop.ui.reader.jump_history import JumpHistory
from kios_desktop.ui.reader.reading_speed import ReadingSpeed
from kios_desktop.ui.reader.screen import ReaderScreen, ShownPlace, ShownScreen, minutes_text


class PlaceDisplay:
    """Fills header, footer, scrubber, contents and the page's running lines of one window."""

    def __init__(
        self,
        publication: Publication,
        book_map: BookMap,
        screen: ReaderScreen,
        jumps: JumpHistory,
        speed: ReadingSpeed,
    ) -> None:
        self._publication, self._map, self._screen = publication, book_map, screen
        self._jumps, self._speed = jumps, speed

    def show(self, here: ShownScreen, paged: bool) -> None:
        """Show the place of the screen that the page reported last."""
        shown = self.place(here, paged)
        self._screen.show_place(shown)
        self._screen.show_lines(
            Lines(
                head=shown.book_title,
                start="" if self._jumps.pill else shown.chapter_title,  # the back pill covers it
                centre=tr("{time} left in chapter", time=minutes_text(shown.minutes_in_chapter)),
                end=shown.percent,
            )
        )
        line = self._map.line_at(here.place)
        self._screen.mark_contents(line.index if line else None)
        self._screen.show_pill(self._jumps.pill)
        origin = self._jumps.origin
        self._screen.mark_origin(
            None if origin is None else self._map.total_progression(origin.place)
        )

    def show_contents(self) -> None:
        """Fill the contents; entries whose place is not known yet get their percentage later."""
        book = self._map
        lines = book.panel_lines
        self._screen.show_contents(lines, self._percent_of, book.ticks(), book.has_contents)

    def announce(self, here: ShownScreen, paged: bool) -> None:
        """Say the place in words: “Chapter 4, page 2 of 9, 31%”."""
        shown = self.place(here, paged)
        self._screen.say(f"{shown.chapter_and_page}, {shown.percent}")

    def describe(self, fraction: float) -> tuple[str, str]:
        """(chapter title, percentage) at a point of the scrubber, 0…1 of the publication."""
        return self._map.chapter(self._map.place_at(fraction)).title, percent(fraction)

    def title_or_percent(self, place: Place) -> str:
        """The title of a place's chapter, else how far in the book it is."""
        return self._map.chapter(place).title or self.percent_at(place)

    def chapter_at(self, place: Place) -> str:
        """The title of a place's chapter; "" without one."""
        return self._map.chapter(place).title

    def percent_at(self, place: Place) -> str:
        return percent(self._map.total_progression(place))

    def place(self, here: ShownScreen, paged: bool) -> ShownPlace:
        chapter = self._map.chapter(here.place)
        left = self._map.ordinals() - self._map.ordinals_before(here.place)
        return ShownPlace(
            book_title=self._publication.metadata.title,
            authors=self._publication.metadata.authors,
            chapter_title=chapter.title,
            chapters=self._map.chapters_like(chapter),
            page=here.page + 1,
            pages=here.pages,
            fraction=1.0 if here.book_end else self._map.total_progression(here.place),
            minutes_in_chapter=self._speed.minutes(self._map.left_in_chapter(here.place)),
            minutes_in_book=self._speed.minutes(left),
            paged=paged,
        )

    def _percent_of(self, line: ContentsLine) -> str:
        """Where an entry begins; called for visible entries only, as there may be thousands."""
        is_guide = line.index >= len(self._map.lines)
        if is_guide and line.fragment:
            return ""  # pages ask only for the anchors of the contents
        fraction = self._map.fraction_of(line)
        return "" if fraction is None else percent(fraction)
