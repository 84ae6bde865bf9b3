"""An open book file, shared by the page and the conversions of places."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kios_desktop.domain.errors import Missing, PublicationError
from kios_desktop.domain.locator import Place, Resolution
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import fallback
from kios_desktop.epub import href as hrefs
from kios_desktop.epub.container import Container
from kios_desktop.epub.counting import Counting
from kios_desktop.epub.outline import read_or_keep
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.serving import Serving

if TYPE_CHECKING:  # at run time it would import all notations before the first page
    from kios_desktop.domain.inside_books import Excerpt
    from kios_desktop.domain.utterance import SpokenChapter
    from kios_desktop.epub.notes import Note, NoteLink
    from kios_desktop.epub.places import Places
    from kios_desktop.epub.search import BookSearch
    from kios_desktop.epub.search_query import SearchQuery
    from kios_desktop.epub.search_slices import Searching
    from kios_desktop.epub.spoken import SpokenBook

BREATH_S = 0.002  # between two slices of counting, for the GUI thread


class OpenPublication:
    """One book, open.

    `sizes` are the bytes of text of each spine item, `weights` its characters, None before they
    are counted.
    """

    def __init__(
        self, container: Container, publication: Publication, weights: tuple[int, ...] | None
    ) -> None:
        if weights is not None and len(weights) != len(publication.reading_order):
            weights = None  # counted in another file, or damaged
        self.publication, self.weights = publication, weights
        self.serving = Serving(container, publication)
        self.sizes = fallback.text_sizes(container, publication)
        self._container, self.path = container, container.path
        self._places: Places | None = None
        self._search: BookSearch | None = None
        self._spoken: SpokenBook | None = None
        self._lock = threading.Lock()
        self._waiting: list[Callable[[tuple[int, ...]], None]] = []

    @property
    def places(self) -> "Places":
        """The conversions of places, made at first use. Thread-safe."""
        from kios_desktop.epub.places import Places

        with self._lock:
            if self._places is None:
                self._places = Places(self._container, self.publication, self.weights)
            return self._places

    def totals(self) -> Iterator[int]:
        """The characters of each spine item, in order. Each step blocks."""
        return self.places.totals()

    def count(self) -> tuple[int, ...]:
        """The characters of all spine items. Blocking. Raises PublicationError."""
        counts = Counting(self.totals)
        while not counts.done:
            counts.go_on()
            time.sleep(BREATH_S)  # a page turn may wait for Python
        return tuple(counts.found)

    def weigh(self, weights: tuple[int, ...]) -> None:
        """Set the counts and notify those who wait. Does nothing when they are set."""
        if self.weights is not None:
            return
        self.weights = self.places.weights = weights
        while self._waiting:
            self._waiting.pop()(weights)

    def when_weighed(self, tell: Callable[[tuple[int, ...]], None]) -> None:
        """Call `tell` with the counts when they are set; not if they are set already."""
        if self.weights is None:
            self._waiting.append(tell)

    def excerpt(self, place: Place, length: int) -> str:
        """The text of `length` characters from a place on. Blocking."""
        return self.places.excerpt(place, length)

    def place_of_cfi(self, text: str, spine_index: int) -> Resolution:
        """What a CFI that a link has means, see `Places.from_cfi`. Blocking."""
        return self.places.from_cfi(text, spine_index)

    def note(self, link: "NoteLink", spine_index: int) -> "tuple[Note, dict[str, bytes]] | None":
        """The note that a link leads to, and its pictures by their `src`. Blocking."""
        found = self.places.footnotes.note(link, spine_index)
        if found is None:
            return None
        pictures: dict[str, bytes] = {}
        base = self.publication.reading_order[found.spine_index].href
        for source in found.pictures:
            with suppress(PublicationError):
                pictures[source] = self.file(hrefs.resolve(base, source)[0])
        return found, pictures

    def searching(self, query: "SearchQuery") -> "Searching":
        """A search in the book. What it reads is kept, for the next one, as long as this is."""
        from kios_desktop.epub.search import BookSearch
        from kios_desktop.epub.search_slices import Searching

        places = self.places
        with self._lock:
            if self._search is None:
                self._search = BookSearch(self._container, self.publication)
            return Searching(self._search, query, places.chapter)

    def spoken(self, spine_index: int) -> "SpokenChapter":
        """What is read aloud of a spine item. Blocking. Raises PublicationError."""
        from kios_desktop.epub.spoken import SpokenBook

        with self._lock:
            if self._spoken is None:
                self._spoken = SpokenBook(self._container, self.publication)
        return self._spoken.chapter(spine_index)

    def place_of_excerpt(self, excerpt: "Excerpt") -> Place | None:
        """Where what was found with the index is in this file. Blocking.

        Raises PublicationError.
        """
        from kios_desktop.epub.text_finding import find_text

        parts = excerpt.before, excerpt.text, excerpt.after
        return find_text(
            self._container, self.publication, excerpt.spine_index, excerpt.start, parts
        )

    def file(self, href: str) -> bytes:
        """A file as it is in the book. Blocking. Raises PublicationError."""
        name = self._container.find(href)
        if name is None:
            raise Missing(href)
        return self._container.read(name)

    def close(self) -> None:
        self._container.close()


def open_publication(
    path: Path, weights: tuple[int, ...] | None, *, ours: bool = False
) -> OpenPublication:
    """Open a book. `ours`: it is in the library's folder, where its outline is cached beside it.

    Blocking. Raises PublicationError.
    """
    container = Container.open(path)
    try:
        publication = read_or_keep(container) if ours else read_publication(container)
        return OpenPublication(container, publication, weights)
    except BaseException:
        container.close()
        raise
