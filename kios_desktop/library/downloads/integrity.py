"""Checks a downloaded file before it is added to the library."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from kios_desktop.domain.errors import Damage, Damaged, Unreadable
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication

CHECKED_WHOLE_BYTES: Final = 300 * 1024 * 1024


class Altered(Damaged):
    """The bytes that arrived are not those the server says it has."""


def check(path: Path, sha256: str = "") -> None:
    """Blocking. Raises `PublicationError` for a file that can't become a book, or arrived damaged.

    `sha256` is what the server says of it, "" for nothing; raises `Altered` where that differs. A
    file that has it is what the server has: it may be damaged there. A missing or misplaced
    `mimetype` is tolerated.
    """
    if sha256 and _sha256_of(path) != sha256:
        raise Altered(path.name)
    with Container.open(path) as container:
        declared = frozenset(container.damaged)
        publication = read_publication(container)
        if not publication.reading_order:
            raise Unreadable(Damage.NO_CHAPTERS)
        if not sha256:
            _check_sums(container, publication, declared)


def _check_sums(container: Container, publication: Publication, declared: frozenset[str]) -> None:
    """Reads every entry; of large files only the text and the cover.

    `declared`: what nobody can unpack was packed so, and did not become so on its way.
    """
    if container.recovered:
        raise Damaged(container.path.name)
    names: Iterable[str] = container.names
    if container.path.stat().st_size > CHECKED_WHOLE_BYTES:
        names = [link.href for link in publication.reading_order if link.exists]
        names += [publication.cover_href] if publication.cover_href else []
    for name in names:
        if name not in declared:
            container.read(name)
        if damaged := container.damaged - declared:
            raise Damaged(min(damaged))


def _sha256_of(path: Path) -> str:
    """Raises `Damaged` when it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Damaged(path.name) from error
