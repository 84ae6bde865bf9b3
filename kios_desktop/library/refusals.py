"""Which files of removed books the system would not let go: on Windows, those that were open.

Each has a mark of its own beside it. Without that mark a file whose book is said to be removed is
nobody's to delete: the record may be an old copy's, or a bit of it has flipped, and the file may be
the only one there is. Whoever puts the file to use again takes the mark away first.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from kios_desktop.domain.disk import write_private
from kios_desktop.domain.library import BOOK_FILES

log = logging.getLogger(__name__)

SUFFIX: Final = ".removed"
_LOCK: Final = threading.Lock()  # between seeing the mark and deleting nobody may take it away


def mark_refused(file: Path) -> None:
    """A later start deletes this file without asking. Nothing is done for one that is gone."""
    with suppress(OSError):  # then the reader is asked
        if file.is_file():
            write_private(_mark(file), b"")


def wanted_again(file: Path) -> None:
    """Before a file is looked at or written that somebody adds. Raises OSError."""
    with _LOCK:
        _mark(file).unlink(missing_ok=True)


def forget_all(library: Path) -> None:
    """After an older list of books was put back: what was removed since is not to be trusted.

    Raises OSError.
    """
    for mark in library.glob(BOOK_FILES + SUFFIX):
        mark.unlink(missing_ok=True)


def remove_refused(file: Path, remove: Callable[[Path], None]) -> bool:
    """`remove` a file if it bears the mark; whether it did. Raises what `remove` raises."""
    with _LOCK:
        if not _mark(file).is_file():
            return False
        remove(file)
        with suppress(OSError):
            if not file.exists():
                _mark(file).unlink(missing_ok=True)
    return True


def _mark(file: Path) -> Path:
    return file.with_name(file.name + SUFFIX)
