"""Stores the parsed package of a large book in compact form beside the book's file.

Parsing the package and the contents of a book of thousands of files takes a tenth of a second each
time. A stored outline is used only for the same size and time of the file and by the same version
of Kios; any other is ignored, and the book itself is parsed.
"""

import contextlib
import logging
import os
from pathlib import Path

import msgspec

from kios_desktop import __version__
from kios_desktop.domain.disk import write_private
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication

log = logging.getLogger(__name__)

WORTH_IT = 200  # resources; a smaller book's package is read just as fast
SUFFIX = ".outline"
_MAX_BYTES = 32 * 1024 * 1024


class _StoredOutline(msgspec.Struct, frozen=True, array_like=True):
    """The file's content. `version` comes first, for other versions have other fields."""

    version: str
    size_bytes: int
    mtime_ns: int
    publication: Publication


_decoder = msgspec.msgpack.Decoder(_StoredOutline)


def outline_path(book: Path) -> Path:
    """Where the outline of a book's file is kept."""
    return book.with_suffix(SUFFIX)


def read_or_keep(container: Container) -> Publication:
    """The publication in a container, from its outline if that is valid, else parsed and stored.

    Only for files of the library: the outline is written beside them. Raises Encrypted and
    Unreadable.
    """
    kept = kept_outline(container.path)
    if kept is not None:
        return kept
    publication = read_publication(container)
    keep_outline(container.path, publication)
    return publication


def kept_outline(book: Path) -> Publication | None:
    """The publication by the outline of exactly this file; None without a valid one."""
    path = outline_path(book)
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        kept = _decoder.decode(path.read_bytes())
        now = book.stat()
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, RecursionError) as e:
        log.info("an outline was not used: %s", e)
        return None
    if (kept.version, kept.size_bytes, kept.mtime_ns) != (
        __version__,
        now.st_size,
        now.st_mtime_ns,
    ):
        return None
    return kept.publication


def keep_outline(book: Path, publication: Publication) -> None:
    """Stores the outline of a large book. A failure to write is not an error."""
    if len(publication.resources) < WORTH_IT:
        return
    path = outline_path(book)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        now = book.stat()
        kept = _StoredOutline(__version__, now.st_size, now.st_mtime_ns, publication)
        write_private(part, msgspec.msgpack.encode(kept))
        part.replace(path)
    except OSError as e:
        log.info("an outline was not kept: %s", e)
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
