"""Remembers files of removed books that the system refused to delete: on Windows, open ones.

Each has a marker file beside it. Without one, the file of a removed book is never deleted without
asking: the record may be wrong, from an old backup or by damage, and the file the only copy. Before
a file is used again its marker is deleted.
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
_LOCK: Final = threading.Lock()  # no marker may be deleted between checking it and acting on it


def mark_for_deletion(file: Path) -> None:
    """Marks an existing file for deletion at a later start."""
    with suppress(OSError):  # then the user is asked
        if file.is_file():
            write_private(_mark(file), b"")


def unmark(file: Path) -> None:
    """Deletes the marker of a file that is being added. Raises OSError."""
    with _LOCK:
        _mark(file).unlink(missing_ok=True)


def unmark_all(library: Path) -> None:
    """Deletes all markers, after a backup replaced the database. Raises OSError."""
    for mark in library.glob(BOOK_FILES + SUFFIX):
        mark.unlink(missing_ok=True)


def remove_marked(file: Path, remove: Callable[[Path], None]) -> bool:
    """Calls `remove` for a marked file; whether it was marked. Raises what `remove` raises."""
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
