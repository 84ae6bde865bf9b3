"""Which file of a book to download: the original before a converted one.

Hashes, CFIs and xpointers refer to the original, and its koboSpans can be computed. A converted
file contains the spans and reads equally well.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import FileKind, KoboFile


def best_first(files: Iterable[KoboFile]) -> tuple[KoboFile, ...]:
    """The files without repetitions: original EPUBs, then converted ones.

    A server that lists only the converted file usually has the original at a similar address.
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
    """The original's address; the format is in the path (Calibre-Web, Kavita) or query (Komga)."""
    parts = urlsplit(url.reveal())
    head, _, last = parts.path.rpartition("/")
    if last.lower() == "kepub":
        return ServerUrl(urlunsplit(parts._replace(path=f"{head}/epub")))
    pairs = parts.query.split("&")
    if "convert_kepub=true" in pairs:
        query = "&".join("convert_kepub=false" if p == "convert_kepub=true" else p for p in pairs)
        return ServerUrl(urlunsplit(parts._replace(query=query)))
    return None
