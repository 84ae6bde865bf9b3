"""Answers a page's requests for files of the book.

Served are files of the manifest, and others of the container that a relative URL refers to, except
META-INF. `ui/reader/engine/scheme.py` adds headers and the content security policy.
"""

import html
import logging
import threading
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import quote

from kios_desktop.domain.errors import DocumentTooLarge, Encrypted, Missing, PublicationError
from kios_desktop.domain.publication import Link, Publication
from kios_desktop.epub import (
    encoding,
    encryption,
    fallback,
    fonts,
    href,
    limits,
    media_types,
    repair,
    styles,
)
from kios_desktop.epub.container import Container
from kios_desktop.epub.embedded import Embedded
from kios_desktop.epub.package_document import package_element

log = logging.getLogger(__name__)

_PICTURES = ".kios/picture/"  # where pictures of the spine are embedded from


class StandIn(Enum):
    """Why a page of the interface stands in for a chapter."""

    MISSING = auto()  # from the file
    UNREADABLE = auto()
    TOO_LARGE = auto()
    UNFORESEEN = auto()
    UNSUPPORTED = auto()  # a type of file that can't be shown
    PROTECTED = auto()  # encrypted


@dataclass(frozen=True, slots=True)
class Served:
    """One answer. With `stand_in` there is no body: `sentence_page` makes one from a sentence.

    `is_damaged`: a chapter whose file is not what was packed; `with_note` says so at its end.
    """

    body: bytes
    media_type: str
    stand_in: StandIn | None = None
    is_damaged: bool = False


class Serving:
    """Serves the resources of one publication. Thread-safe; blocking."""

    def __init__(self, container: Container, publication: Publication) -> None:
        self._container, self._publication = container, publication
        order = reversed(publication.reading_order)
        self._spine = {link.href: link for link in order}
        for address, link in zip(
            fallback.addresses(publication), publication.reading_order, strict=True
        ):
            self._spine.setdefault(address, link)
        self._lock = threading.Lock()
        self._fonts: dict[str, str] | None = None

    def resource(self, path: str) -> Served:
        """The file at `path` (in the zip, decoded), made fit for the page.

        A spine item is always answered, with a `stand_in` if need be. Raises Missing or another
        PublicationError for other files that can't be read.
        """
        path = href.normalised(path)
        if path.startswith(_PICTURES):
            return self._plain(path.removeprefix(_PICTURES))
        spine_item = self._spine.get(path)
        if spine_item is None:
            return self._plain(path)
        try:
            return self._spine_item(spine_item)
        except Missing:
            return _without(StandIn.MISSING)
        except Encrypted:
            return _without(StandIn.PROTECTED)
        except DocumentTooLarge:
            return _without(StandIn.TOO_LARGE)
        except PublicationError:
            return _without(StandIn.UNREADABLE)
        except Exception:
            log.exception("a chapter could not be served")
            return _without(StandIn.UNFORESEEN)

    def _spine_item(self, link: Link) -> Served:
        shown = fallback.shown(self._publication, link)
        if shown is None:
            if not link.exists:
                raise Missing(link.href)
            is_protected = link.media_type == encryption.PROTECTED
            return _without(StandIn.PROTECTED if is_protected else StandIn.UNSUPPORTED)
        if media_types.is_chapter(shown.media_type):
            return self._chapter(shown.href)
        if shown.media_type == media_types.SVG:
            return Served(repair.svg_page(self._document(shown.href)), media_types.XHTML)
        return Served(_picture_page(shown), media_types.XHTML)

    def _chapter(self, path: str) -> Served:
        embedded = Embedded(self._container, self._publication, path)
        document = repair.content_document(self._document(path), embedded)
        return Served(document, media_types.XHTML, is_damaged=self._container.is_damaged(path))

    def _document(self, path: str) -> bytes:
        return limits.read_document(self._container, path)

    def _plain(self, path: str) -> Served:
        name = self._container.find(path) if path else None
        if name is None or name.startswith("META-INF/") or name == "mimetype":
            raise Missing(path)
        link = self._publication.resources.get(name)
        media_type = media_types.of(name, link.media_type if link else "")
        if media_types.is_chapter(media_type):
            return self._chapter(name)
        if link is not None and not _is_shown_by_chromium(media_type) and link.fallback:
            shown = fallback.shown(self._publication, link)
            if shown is not None and media_types.is_picture(shown.media_type):
                return self._picture(shown.href, shown.media_type)
        if media_type == media_types.CSS:
            text = encoding.decode(self._document(name))
            return Served(styles.adapt(text).encode(), "text/css;charset=utf-8")
        if media_type == media_types.SVG:
            return self._picture(name, media_type)
        return Served(self._font(name, self._container.read(name)), media_type)

    def _picture(self, path: str, media_type: str) -> Served:
        if media_type == media_types.SVG:
            return Served(repair.picture(self._document(path)), media_type)
        return Served(self._container.read(path), media_type)

    def _font(self, name: str, data: bytes) -> bytes:
        algorithm = self._obfuscated().get(name)
        if algorithm is None:
            return data
        package = package_element(self._container, self._publication.package_href)
        if package is None:
            return data
        return fonts.clear(data, algorithm, package, self._publication.metadata.identifier)

    def _obfuscated(self) -> dict[str, str]:
        with self._lock:
            if self._fonts is None:
                self._fonts = encryption.obfuscated_fonts(self._container)
            return self._fonts


def _is_shown_by_chromium(media_type: str) -> bool:
    return (
        media_types.is_picture(media_type)
        or media_type == media_types.CSS
        or media_type.startswith(("audio/", "video/", "font/", "application/"))
    )


def _picture_page(shown: Link) -> bytes:
    """A page with one picture, which comes from an address of its own."""
    address = html.escape("/" + _PICTURES + quote(shown.href))
    return repair.page(
        "html,body{margin:0;height:100%}img{display:block;margin:auto;max-width:100%;"
        "max-height:100%;object-fit:contain}",
        f'<img src="{address}" alt=""/>',
    )


def _without(stand_in: StandIn) -> Served:
    return Served(b"", media_types.XHTML, stand_in)


def sentence_page(sentence: str, lost: bool = False) -> Served:
    """A page in place of a chapter. Its text is generated content, so it has no characters.

    `lost`: the chapter may load later. The page keeps the places in it, and requests it again when
    the reader goes there.
    """
    body = repair.page(
        f'p::before{{content:"{sentence}"}}p{{text-align:center;margin:20% 10%;font-style:italic}}',
        f'<p role="note" aria-label="{html.escape(sentence)}"></p>',
        marks=f' data-kios-stand-in="{"lost" if lost else ""}"',
    )
    return Served(body, media_types.XHTML)


def with_note(chapter: bytes, sentence: str) -> bytes:
    """A chapter with a sentence after its last words, which is generated content as well."""
    note = (
        f'<style>body::after{{content:"{sentence}";display:block;text-align:center;'
        "margin:2em 10%;font-style:italic}</style>"
    ).encode()
    start, end, rest = chapter.rpartition(b"</html>")
    return start + note + end + rest if end else chapter
