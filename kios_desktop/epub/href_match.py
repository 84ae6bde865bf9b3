"""Finds the resource that is meant by an href which may be spelled differently.

Seen from servers: percent-encoded or decoded, with or without the folder of the package document,
or behind Komga's `/resource/`. Seen in books: from the root of the container, one folder too high,
or only the file's name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

from kios_desktop.domain.publication import Link, Publication
from kios_desktop.epub import href

_ORIGIN = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.\-]*:)?(?://[^/?#]*)?")
_RESOURCE = "/resource/"  # what Komga's manifests put before the path in the zip


class SimilarPaths:
    """Finds one of many paths by another spelling of it."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[tuple[list[str], str]]] = {}  # by name: (folded steps, path)
        for path in paths:
            steps = _steps(path)
            self._by_name.setdefault(steps[-1], []).append((steps, path))

    def find_any(self, *paths: str) -> str | None:
        """The first that `find` knows of several spellings; "" is none."""
        return next((found for path in paths if path and (found := self.find(path))), None)

    def find(self, path: str) -> str | None:
        """The path with the most steps in common at its end; None if it is not the only one.

        One of the two that is the whole end of the other goes before any that is not.
        """
        wanted = _steps(path)
        alike = [(_likeness(wanted, own), real) for own, real in self._by_name.get(wanted[-1], ())]
        if not alike:
            return None
        most = max(likeness for likeness, _ in alike)
        found = [real for likeness, real in alike if likeness == most]
        return found[0] if len(found) == 1 else None


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
    found = SimilarPaths(publication.resources).find(path)
    return None if found is None else publication.resources[found]


def _steps(path: str) -> list[str]:
    """Folded; some names are percent-encoded in the zip itself."""
    return unicodedata.normalize("NFC", unquote(path).replace("\\", "/")).casefold().split("/")


def _likeness(a: list[str], b: list[str]) -> tuple[bool, int]:
    """(whether one is the whole end of the other, the number of equal steps at their ends)."""
    common = 0
    for one, other in zip(reversed(a), reversed(b), strict=False):
        if one != other:
            break
        common += 1
    return common == min(len(a), len(b)), common
