"""Checks a downloaded file before it is added to the library."""

import hashlib
import zipfile
import zlib
from pathlib import Path
from typing import Final

from kios_desktop.domain.errors import Damage, Damaged, Encrypted, Unreadable
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication

CHECKED_WHOLE_BYTES: Final = 300 * 1024 * 1024
"""Of larger files only the text and the cover are read."""


class Altered(Damaged):
    """The bytes that arrived are not those the server says it has."""


def check(path: Path, sha256: str = "") -> None:
    """Blocking. Raises `PublicationError` for a file that can't become a book.

    `sha256` is what the server says of it, "" for nothing; raises `Altered` where that differs. A
    missing or misplaced `mimetype` is tolerated.
    """
    if sha256 and _sha256_of(path) != sha256:
        raise Altered(path.name)
    with Container.open(path) as container:
        publication = read_publication(container)
        if not publication.reading_order:
            raise Unreadable(Damage.NO_CHAPTERS)
        if path.stat().st_size > CHECKED_WHOLE_BYTES:
            for link in publication.reading_order:
                container.read(link.href)
            if publication.cover_href:
                container.read(publication.cover_href)
            return
    _check_sums(path)


def _sha256_of(path: Path) -> str:
    """Raises `Damaged` when it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Damaged(path.name) from error


def _check_sums(path: Path) -> None:
    """Reads every entry, a megabyte at a time. The declared sizes were checked before."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except RuntimeError as error:  # the zip itself has a password
        raise Encrypted("zip password") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Damaged(path.name) from error
    if damaged is not None:
        raise Damaged(damaged)
