"""A book file that is walked through, opened as the reader opens it."""

from contextlib import AbstractContextManager
from pathlib import Path

from kios_desktop.domain.errors import Encrypted, PublicationError
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import media_types
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.serving import Served, Serving, StandIn
from kios_desktop.ui.walk.report import PictureState


class WalkedBook(AbstractContextManager["WalkedBook"]):
    """`stand_ins` are the chapters, by href, in whose place a sentence was served so far."""

    def __init__(self, path: Path) -> None:
        """Raises PublicationError."""
        self._container = Container.open(path)
        try:
            self.publication: Publication = read_publication(self._container)
        except BaseException:
            self._container.close()
            raise
        self._serving = Serving(self._container, self.publication)
        self.models = ContentModels(self._container, self.publication)
        self.stand_ins: dict[str, StandIn] = {}

    def read(self, path: str) -> Served:
        """What the page asks for. Called in other threads."""
        served = self._serving.resource(path)
        if served.stand_in is not None:
            self.stand_ins[path] = served.stand_in
        return served

    @property
    def hrefs(self) -> tuple[str, ...]:
        return tuple(link.href for link in self.publication.reading_order)

    @property
    def nonlinear(self) -> list[int]:
        order = self.publication.reading_order
        return [i for i, link in enumerate(order) if not link.linear]

    def why_not_shown(self, source: str) -> PictureState:
        """Why a picture or video did not come. Blocking."""
        name = self._container.find(source)
        if name is None:
            return PictureState.MISSING if source else PictureState.FAILED
        try:
            served = self._serving.resource(source)
        except Encrypted:
            return PictureState.ENCRYPTED
        except PublicationError:
            return PictureState.FAILED
        link = self.publication.resources.get(name)
        media_type = media_types.of(name, link.media_type if link else "")
        if served.media_type.startswith(("video/", "audio/")):
            return PictureState.FOREIGN
        is_shown = media_types.is_picture(served.media_type) or media_types.is_picture(media_type)
        return PictureState.FAILED if is_shown else PictureState.FOREIGN

    def __exit__(self, *_error: object) -> None:
        self._container.close()
