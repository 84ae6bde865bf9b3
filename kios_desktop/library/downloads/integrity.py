"""Whether a file that arrived holds together, before it becomes a book (opds.md 9.5)."""

import zipfile
import zlib
from pathlib import Path
from typing import Final

from kios_desktop.domain.errors import Damage, Damaged, Encrypted, Unreadable
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication

CHECKED_WHOLE_BYTES: Final = 300 * 1024 * 1024
"""Of larger files only the text and the cover are read."""


def check(path: Path) -> None:
    """Blocking. Raises `PublicationError` for a file that can't become a book.

    A missing or misplaced `mimetype` is tolerated.
    """
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


def _check_sums(path: Path) -> None:
    """Every entry, a megabyte at a time; what the zip declares was found bearable before."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except RuntimeError as error:  # the zip itself has a password
        raise Encrypted("zip password") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Damaged(path.name) from error
    if damaged is not None:
        raise Damaged(damaged)
