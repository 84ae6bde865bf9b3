"""A book file that is walked through, opened as the reader opens it."""

from contextlib import AbstractContextManager
from pathlib import Path

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Encrypted, PublicationError
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import fallback
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.serving import Served, Serving, StandIn
from kios_desktop.ui.walk import doubt
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

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Those of the publication, with all damaged files that were read up to now."""
        found = [x for x in self.publication.defects if x.kind is not DefectKind.DAMAGED_FILES]
        if damaged := len(self._container.damaged):
            found.append(Defect(DefectKind.DAMAGED_FILES, damaged))
        return tuple(found)

    def is_damaged(self, spine: int) -> bool:
        """Whether the file of a chapter was read, and not all of it is what was packed."""
        shown = fallback.shown(self.publication, self.publication.reading_order[spine])
        return shown is not None and self._container.is_damaged(shown.href)

    def is_refused_by_rule(self, spine: int) -> bool:
        """Whether the chapter in whose place a sentence was served can't be shown by anybody.

        A type is believed only if the bytes do not contradict it. Blocking.
        """
        link = self.publication.reading_order[spine]
        stand_in = self.stand_ins.get(link.href)
        if stand_in in (StandIn.TOO_LARGE, StandIn.MISSING):
            return True
        data = self._bytes(link.href)
        if data is None:
            return True
        shows_nothing = stand_in in (StandIn.UNSUPPORTED, StandIn.PROTECTED)
        return shows_nothing and not doubt.is_picture(data)

    def why_not_shown(self, source: str) -> PictureState:
        """Why a picture or film did not come. Blocking."""
        if not source:
            return PictureState.FAILED
        if self._container.find(source) is None:
            return PictureState.MISSING
        data = self._bytes(source)
        if data is None:
            return PictureState.ENCRYPTED
        return PictureState.FAILED if doubt.is_picture(data) else PictureState.FOREIGN

    def _bytes(self, href: str) -> bytes | None:
        """The file itself, empty if it can't be read; None if it is encrypted."""
        try:
            return self._container.read(href)
        except Encrypted:
            return None
        except PublicationError:
            return b""

    def __exit__(self, *_error: object) -> None:
        self._container.close()
