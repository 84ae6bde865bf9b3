"""What a book's package says, kept in compact form beside the book's file.

Reading the package and the contents of a book of thousands of files takes a tenth of a second, and
the answer is the same every time. A kept outline counts only for the bytes it was made of (size and
time of the file) and for the version of Kios that made it; anything else about it that does not fit
makes it nothing, and the book itself is read.
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
    """The file's content. `version` comes first: of another version nothing else is understood."""

    version: str
    size_bytes: int
    mtime_ns: int
    publication: Publication


_decoder = msgspec.msgpack.Decoder(_StoredOutline)


def outline_path(book: Path) -> Path:
    """Where the outline of a book's file is kept."""
    return book.with_suffix(SUFFIX)


def read_or_keep(container: Container) -> Publication:
    """The publication in a container, from its outline if there is a good one, else read and kept.

    Only for files nobody but Kios writes beside. Raises Encrypted and Unreadable.
    """
    kept = kept_outline(container.path)
    if kept is not None:
        return kept
    publication = read_publication(container)
    keep_outline(container.path, publication)
    return publication


def kept_outline(book: Path) -> Publication | None:
    """The outline of exactly this file; None when there is none, or none that can be trusted."""
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
    """Keep what was read from a file, where that is worth it. A disk that refuses is no error."""
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
