"""Which file of a book to ask for: what the server keeps, before what it makes of it (kobo.md 7).

Hashes, CFIs and xpointers belong to the original; its spans can be computed. A converted file has
the spans in it and is as good to read.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import FileKind, KoboFile


def best_first(files: Iterable[KoboFile]) -> tuple[KoboFile, ...]:
    """The ways to a book without repetitions: original EPUBs, then what was converted.

    A server that lists only the converted one mostly has the original at a neighbouring address.
    """
    listed = list(files)
    originals = [one for one in listed if one.kind is FileKind.EPUB]
    converted = [one for one in listed if one.kind is FileKind.KEPUB]
    if not originals:
        tried = (_original(one.url) for one in converted)
        originals = [KoboFile(FileKind.EPUB, url) for url in tried if url is not None]
    by_address = {one.url: one for one in reversed([*originals, *converted])}
    return tuple(reversed(by_address.values()))


def _original(url: ServerUrl) -> ServerUrl | None:
    """Calibre-Web and Kavita name the format in the path, Komga asks in the query."""
    parts = urlsplit(url.reveal())
    head, _, last = parts.path.rpartition("/")
    if last.lower() == "kepub":
        return ServerUrl(urlunsplit(parts._replace(path=f"{head}/epub")))
    pairs = parts.query.split("&")
    if "convert_kepub=true" in pairs:
        query = "&".join("convert_kepub=false" if p == "convert_kepub=true" else p for p in pairs)
        return ServerUrl(urlunsplit(parts._replace(query=query)))
    return None
