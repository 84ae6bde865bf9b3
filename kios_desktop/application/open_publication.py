"""A book file made ready to be read: opened once, shared by the page and the conversions."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kios_desktop.domain.locator import Place
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import fallback
from kios_desktop.epub.container import Container
from kios_desktop.epub.counting import Counting
from kios_desktop.epub.outline import read_or_keep
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.serving import Serving

if TYPE_CHECKING:  # not before the first page: it brings every notation along
    from kios_desktop.epub.places import Places

BREATH_S = 0.002  # between two slices of counting


class OpenPublication:
    """`sizes` are the bytes of each spine item's text, 0 for one that has none.

    `weights` are the ordinals of each, None as long as nobody has counted them.
    """

    def __init__(
        self, container: Container, publication: Publication, weights: tuple[int, ...] | None
    ) -> None:
        if weights is not None and len(weights) != len(publication.reading_order):
            weights = None  # they were counted in another file, or are damaged
        self.publication, self.weights = publication, weights
        self.serving = Serving(container, publication)
        self.sizes = fallback.text_sizes(container, publication)
        self._container, self.path = container, container.path
        self._places: Places | None = None
        self._lock = threading.Lock()
        self._waiting: list[Callable[[tuple[int, ...]], None]] = []

    @property
    def places(self) -> "Places":
        """The conversions, made when they are first asked for. Thread-safe."""
        from kios_desktop.epub.places import Places

        with self._lock:
            if self._places is None:
                self._places = Places(self._container, self.publication, self.weights)
            return self._places

    def totals(self) -> Iterator[int]:
        """The characters of each spine item in turn. Every step is blocking."""
        return self.places.totals()

    def count(self) -> tuple[int, ...]:
        """All of them at once, for who can't go on without; blocking. Raises PublicationError."""
        counts = Counting(self.totals)
        while not counts.done:
            counts.go_on()
            time.sleep(BREATH_S)  # the page may want to be turned
        return tuple(counts.found)

    def weigh(self, weights: tuple[int, ...]) -> None:
        """Use these counts from now on, and tell who waits for them."""
        if self.weights is not None:
            return
        self.weights = self.places.weights = weights
        while self._waiting:
            self._waiting.pop()(weights)

    def when_weighed(self, tell: Callable[[tuple[int, ...]], None]) -> None:
        """`tell` gets the counts as soon as somebody has made them, if nobody has yet."""
        if self.weights is None:
            self._waiting.append(tell)

    def excerpt(self, place: Place, length: int) -> str:
        """So many characters from a place on. Blocking."""
        return self.places.excerpt(place, length)

    def close(self) -> None:
        self._container.close()


def open_publication(
    path: Path, weights: tuple[int, ...] | None, *, ours: bool = False
) -> OpenPublication:
    """Open a book; with `ours`, in the library's folder, where its outline may be kept beside it.

    Blocking. Raises PublicationError.
    """
    container = Container.open(path)
    try:
        publication = read_or_keep(container) if ours else read_publication(container)
        return OpenPublication(container, publication, weights)
    except BaseException:
        container.close()
        raise
