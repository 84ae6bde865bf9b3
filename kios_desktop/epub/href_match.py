"""Finds the resource that another program means by an href it may spell differently.

Seen from servers: percent-encoded or decoded, with or without the folder of the package document,
or behind Komga's `/resource/`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import quote, unquote

from kios_desktop.domain.publication import Link, Publication
from kios_desktop.epub import href

_ORIGIN = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.\-]*:)?(?://[^/?#]*)?")
_RESOURCE = "/resource/"  # what Komga's manifests put before the path in the zip


def match(publication: Publication, text: str) -> tuple[Link, str] | None:
    """(resource, fragment) for a foreign href; None when nothing fits it uniquely."""
    path, _, fragment = text.strip().partition("#")
    for candidate in _candidates(path):
        if (found := _found(publication, candidate)) is not None:
            return found, unquote(fragment)
    return None


def encoded(path: str) -> str:
    """A path from the zip's root as servers want it: each segment percent-encoded."""
    return quote(path, safe="/~")


def _candidates(path: str) -> Iterator[str]:
    if href.is_remote(path):
        path = _ORIGIN.sub("", path)
        if _RESOURCE in path:
            path = path.partition(_RESOURCE)[2]
    path = path.partition("?")[0].replace("\\", "/")
    for spelling in (unquote(path), unquote(path.replace("+", " ")), path):
        clean = href.normalised(unicodedata.normalize("NFC", spelling))
        if clean:
            yield clean


def _found(publication: Publication, path: str) -> Link | None:
    if (link := publication.resources.get(path)) is not None:
        return link
    wanted = path.casefold()
    base = wanted.rpartition("/")[2]
    tests: tuple[Callable[[str], bool], ...] = (
        lambda own: own == wanted,
        lambda own: own.endswith("/" + wanted) or wanted.endswith("/" + own),
        lambda own: own.rpartition("/")[2] == base,
    )
    for test in tests:
        fitting = [link for own, link in publication.resources.items() if test(_fold(own))]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
