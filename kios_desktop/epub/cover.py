"""Finds the cover picture of a book."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.publication import Link, TocEntry
from kios_desktop.epub import content_type, href, media_types, metadata, xml
from kios_desktop.epub.container import Container
from kios_desktop.epub.package_document import PackageDocument

_MAX_PAGE_BYTES = 256 * 1024  # a cover page is small; anything larger is a chapter
_MAX_PAGE_CHARACTERS = 200
_PICTURES = (b"img", b"image", b"object")  # one of them is in a page with a picture,
_WIDE = b"\0"  # unless its letters have two bytes
_WORDS = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COVER = frozenset(
    ("cover", "covers", "frontcover", "coverfront", "coverpage", "coverimage", "coverimg",
     "coverart", "bookcover", "ebookcover", "couverture", "portada", "cubierta", "copertina",
     "capa", "umschlag", "omslag", "обложка")
)  # fmt: skip
# each of those words holds one of these, and most names hold none
_COVER_STEMS = (
    "cover", "couverture", "portada", "cubierta", "copertina", "capa", "umschlag", "omslag",
    "обложка",
)  # fmt: skip
_NOT_THE_FRONT = frozenset(("back", "rear", "spine", "inside", "inner", "under", "last", "end"))
_SOURCES = ("src", "href", "data")  # attributes with the address of a picture
_SMALL = frozenset(("thumb", "thumbnail", "small", "icon"))


class CoverSearch:
    """Looks for the cover of one book; lives for one call of `found`.

    `navigation` is the navigation document of the manifest: its path and its elements.
    """

    def __init__(
        self,
        container: Container,
        package: PackageDocument,
        resources: Mapping[str, Link],
        navigation: tuple[str, xml.ElementsByName] | None = None,
    ) -> None:
        self._container, self._resources = container, resources
        self._package, self._navigation = package, navigation

    def found(self, reading_order: Sequence[Link], landmarks: Iterable[TocEntry]) -> str:
        """The href of the cover picture, or "".

        In this order: what is said to be the cover (property, metadata, guide, landmarks), what is
        called so, and the only picture of the first page.
        """
        for candidate in self._said(landmarks):
            if picture := self._picture(candidate):
                return picture
        for candidate in self._called(reading_order):
            if picture := self._picture(candidate):
                return picture
        return self._picture(reading_order[0].href, only=True) if reading_order else ""

    def _said(self, landmarks: Iterable[TocEntry]) -> Iterator[str]:
        resources = self._resources.values()
        yield from (link.href for link in resources if "cover-image" in link.properties)
        if named := metadata.named(self._package, "cover"):
            yield self._named(named)
        for reference in self._package.elements.of("reference"):
            if _is_cover(xml.attribute(reference, "type")):
                yield self._real(self._package.path, xml.attribute(reference, "href"))
        yield from self._landmarks()
        yield from (entry.href for entry in landmarks if entry.href and _is_cover(entry.title))

    def _named(self, named: str) -> str:
        """What `<meta name="cover">` means: an id or, as some tools write, a path or file name."""
        resources = self._resources.values()
        for link in resources:
            if link.id == named:
                return link.href
        for path in (href.resolve(self._package.path, named)[0], href.split(named)[0]):
            if path and (real := self._container.find(path)) is not None:
                return real
        name = _file_name(href.split(named)[0])
        alike = [link.href for link in resources if _file_name(link.href) == name]
        return alike[0] if len(alike) == 1 else ""

    def _landmarks(self) -> Iterator[str]:
        """The targets of the navigation document with the type `cover`, in whatever language."""
        if self._navigation is None:
            return
        path, elements = self._navigation
        for anchor in elements.of("a"):
            if (kind := xml.attribute(anchor, "type")) and _is_cover(kind):
                yield self._real(path, xml.attribute(anchor, "href"))

    def _called(self, reading_order: Sequence[Link]) -> Iterator[str]:
        pictures = [x for x in self._resources.values() if x.media_type.startswith("image/")]
        names = (f"{link.href}\n{link.id}" for link in chain(pictures, reading_order))
        if not _may_mean_cover("\n".join(names)):
            return
        called = [link for link in pictures if _is_called_cover(link)]
        called.sort(key=lambda link: bool(_SMALL & _words(link.href)))
        yield from (link.href for link in called)
        yield from (link.href for link in reading_order if _is_called_cover(link))

    def _picture(self, path: str, only: bool = False) -> str:
        """The picture itself, or the one a page shows; with `only`, if it shows no other."""
        link = self._resources.get(path)
        if link is None or not link.exists:
            return ""
        if link.media_type.startswith("image/"):
            return path if self._is_shown(link) else ""
        root = self._document(link) if media_types.is_chapter(link.media_type) else None
        if root is None:
            return ""
        body = next(xml.descendants(root, "body"), root)
        if len(xml.text(body)) > _MAX_PAGE_CHARACTERS:
            return ""
        found: dict[str, None] = {}
        for element in xml.descendants(body, "img", "image", "object"):
            source = next(filter(None, (xml.attribute(element, n) for n in _SOURCES)), "")
            known = self._resources.get(self._real(path, source))
            if known is not None and known.exists and self._is_shown(known):
                found.setdefault(known.href)
        return next(iter(found), "") if len(found) == 1 or not only else ""

    def _is_shown(self, link: Link) -> bool:
        """Whether it is a picture, and not only called so."""
        if not media_types.is_picture(link.media_type):
            return False
        try:
            return media_types.is_picture(content_type.of(self._container.beginning(link.href)))
        except PublicationError:
            return False

    def _document(self, link: Link) -> xml.Element | None:
        """The root of a page that may show a picture."""
        if not link.exists or self._container.size(link.href) > _MAX_PAGE_BYTES:
            return None
        try:
            data = self._container.read(link.href)
            return xml.parse(data)[0] if _may_show_picture(data) else None
        except (PublicationError, xml.Broken):
            return None

    def _real(self, base: str, target: str) -> str:
        path, _ = href.resolve(base, target)
        return (self._container.find(path) or path) if path else ""


def _may_show_picture(page: bytes) -> bool:
    """False for most pages, which then need no parsing."""
    small = page.lower()
    return _WIDE in page or any(name in small for name in _PICTURES)


def _is_called_cover(link: Link) -> bool:
    return _is_cover(_file_name(link.href).rpartition(".")[0]) or _is_cover(link.id)


def _is_cover(text: str) -> bool:
    """Whether these words mean the front cover."""
    if not _may_mean_cover(text):
        return False
    words = _words(text)
    return bool(words & _COVER) and not words & _NOT_THE_FRONT


def _may_mean_cover(text: str) -> bool:
    small = text.lower()
    return any(stem in small for stem in _COVER_STEMS)


def _words(text: str) -> set[str]:
    """The words of a title or a name: “frontCover_2” has two."""
    return {word.lower() for word in _WORDS.findall(_HUMP.sub(" ", text))}


def _file_name(path: str) -> str:
    return path.rpartition("/")[2].lower()
