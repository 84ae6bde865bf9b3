"""A book file made ready to be read: opened once, shared by the page and the conversions."""

from dataclasses import dataclass
from pathlib import Path

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.serving import Serving


@dataclass(frozen=True, slots=True)
class OpenPublication:
    """`sizes` are the uncompressed bytes of each spine item, 0 for one that is missing."""

    container: Container
    publication: Publication
    serving: Serving
    places: Places
    sizes: tuple[int, ...]

    def close(self) -> None:
        self.container.close()


def open_publication(path: Path, weights: tuple[int, ...] | None) -> OpenPublication:
    """Open a book. Blocking. Raises PublicationError."""
    container = Container.open(path)
    try:
        publication = read_publication(container)
    except PublicationError:
        container.close()
        raise
    sizes = tuple(_size(container, link.href) for link in publication.reading_order)
    serving = Serving(container, publication)
    places = Places(container, publication, weights)
    return OpenPublication(container, publication, serving, places, sizes)


def _size(container: Container, href: str) -> int:
    try:
        return container.size(href)
    except PublicationError:
        return 0
