"""The file format of a link, by its media type, title and address."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from kios_desktop.domain.catalog import Format

_READABLE: Final = {
    "application/epub+zip": Format.EPUB,
    "application/epub": Format.EPUB,
    "application/x-epub+zip": Format.EPUB,
    "application/kepub+zip": Format.KEPUB,
    "application/x-kobo-epub+zip": Format.KEPUB,
    "application/vnd.kobo.epub+zip": Format.KEPUB,
}
_OTHERS: Final = {
    "application/pdf": "PDF",
    "application/x-mobipocket-ebook": "MOBI",
    "application/x-mobi8-ebook": "AZW3",
    "application/vnd.amazon.ebook": "AZW",
    "application/vnd.amazon.mobi8-ebook": "AZW3",
    "application/x-cbz": "CBZ",
    "application/vnd.comicbook+zip": "CBZ",
    "application/x-cbr": "CBR",
    "application/vnd.comicbook-rar": "CBR",
    "application/x-cb7": "CB7",
    "application/x-fictionbook+xml": "FB2",
    "application/fb2+xml": "FB2",
    "application/fb2+zip": "FB2",
    "application/fb2": "FB2",
    "text/fb2+xml": "FB2",
    "image/vnd.djvu": "DjVu",
    "image/x.djvu": "DjVu",
    "application/rtf": "RTF",
    "text/rtf": "RTF",
    "text/plain": "TXT",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/audiobook+zip": "Audiobook",
    "application/audiobook+json": "Audiobook",
    "audio/mpeg": "MP3",
    "audio/mp4": "M4B",
    "audio/x-m4b": "M4B",
    "application/divina+zip": "Divina",
    "application/vnd.readium.lcp.license.v1.0+json": "Readium LCP",
    "application/vnd.readium.license.status.v1.0+json": "Readium LCP",
    "application/vnd.adobe.adept+xml": "Adobe ADEPT",
    "text/html": "Web page",
    "application/xhtml+xml": "Web page",
}
PROTECTED: Final = frozenset({"Readium LCP", "Adobe ADEPT"})
WEB_PAGE: Final = "Web page"

_OTHER_NAMES: Final = (
    *("PDF", "MOBI", "AZW", "AZW3", "AZW4", "PRC", "CBZ", "CBR", "CB7", "CBT", "FB2", "DJVU"),
    *("DJV", "RTF", "TXT", "DOC", "DOCX", "ODT", "LIT", "LRF", "PDB", "HTMLZ", "TXTZ", "CHM"),
    *("ZIP", "RAR", "M4B", "M4A", "MP3"),
)
_BY_NAME: Final[dict[str, tuple[Format, str]]] = {
    "epub": (Format.EPUB, "EPUB"),
    "epub3": (Format.EPUB, "EPUB"),
    "kepub": (Format.KEPUB, "KEPUB"),
    **{name.lower(): (Format.OTHER, name) for name in _OTHER_NAMES},
}
_ENDING = re.compile(r"\.(kepub\.epub|fb2\.zip|[A-Za-z0-9]{2,5})$", re.IGNORECASE)


def bare(media_type: str) -> str:
    """A media type without its parameters, lower case."""
    return media_type.partition(";")[0].strip().lower()


@lru_cache(maxsize=512)
def by_media_type(media_type: str) -> tuple[Format, str] | None:
    """(format, name); None for a type that says nothing, such as `application/octet-stream`."""
    kind = bare(media_type)
    if kind in _READABLE:
        found = _READABLE[kind]
        return found, str(found)
    if kind in _OTHERS:
        return Format.OTHER, _OTHERS[kind]
    return (Format.OTHER, kind.upper()) if kind.startswith(("audio/", "video/")) else None


def is_book(media_type: str) -> bool:
    """Whether a link with this type and without a relation is a book."""
    found = by_media_type(media_type)
    return found is not None and found[1] not in (WEB_PAGE, "TXT")


def format_of(media_type: str, title: str, href: str) -> tuple[Format, str]:
    """(format, name), by type, title, then address; the name of an unknown format is ""."""
    found = by_media_type(media_type) or _BY_NAME.get(title.strip().lower())
    if found is None:
        found = _by_address(title, href)
    return found or (Format.UNKNOWN, "")


def by_file_name(name: str) -> tuple[Format, str] | None:
    """(format, name) by the extension; None for an unknown one."""
    ending = _ENDING.search(name.strip())
    if ending is None:
        return None
    known = {"kepub.epub": "kepub", "fb2.zip": "fb2"}
    found = ending[1].lower()
    return _BY_NAME.get(known.get(found, found))


def _by_address(title: str, href: str) -> tuple[Format, str] | None:
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    found = by_file_name(unquote(parts.path)) or by_file_name(unquote(title))
    if found is not None:
        return found
    segments = [s.lower() for s in parts.path.split("/") if s]
    for before, segment in pairwise(segments):
        if segment in _BY_NAME and (before == "get" or before.isdigit()):
            return _BY_NAME[segment]  # calibre's /get/epub/4, Calibre-Web's /download/4/epub/
    for name, value in parse_qsl(parts.query, max_num_fields=100) if parts.query else ():
        if name == "type" and value.lower() in _BY_NAME:
            return _BY_NAME[value.lower()]
    return None
