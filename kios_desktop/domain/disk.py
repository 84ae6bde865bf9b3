"""The file system: what it says when it does not do as asked, what is ours alone, what is kept.

Files of a profile are for the eyes of the reader only: they tell what is read, and where. Each is
made with mode 0600 in folders of 0700, rather than with a umask, for a umask is inherited by what
Kios starts: the browser that shows a web link would make all its downloads private, too.
"""

import errno
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kios_desktop.domain.errors import Full, ReadOnly, StorageError

log = logging.getLogger(__name__)

_KINDS: dict[int, type[StorageError]] = {
    errno.ENOSPC: Full,
    getattr(errno, "EDQUOT", errno.ENOSPC): Full,
    errno.EROFS: ReadOnly,
    errno.EACCES: ReadOnly,
    errno.EPERM: ReadOnly,
}
FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
_OTHERS: Final = 0o077

Sync = Callable[[int], object]
"""Makes the disk confirm what was written to an open file, by its descriptor. Raises OSError."""


def from_os(error: OSError) -> StorageError:
    """The typed error for a file operation that failed. It names no path."""
    kind = _KINDS.get(error.errno or 0, StorageError)
    return kind(errno.errorcode.get(error.errno or 0, "OSError"))


# -- on the disk now


def _whole_sync() -> Sync | None:
    """What macOS needs: its fsync leaves the data in the memory of the drive."""
    if sys.platform != "darwin":
        return None
    import fcntl

    return lambda descriptor: fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)


_WHOLE_SYNC: Final = _whole_sync()


def settle(descriptor: int, whole_sync: Sync | None = _WHOLE_SYNC, sync: Sync = os.fsync) -> None:
    """Return when an open file survives a power failure. Raises OSError.

    File systems that are not on a drive of this computer may know no whole sync.
    """
    if whole_sync is not None:
        try:
            whole_sync(descriptor)
        except OSError as error:
            if error.errno not in {errno.ENOTSUP, errno.EINVAL, errno.ENOTTY}:
                raise
        else:
            return
    sync(descriptor)


# -- ours alone


def make_folder(folder: Path) -> None:
    """Make a folder of a profile and those above it that are missing. Raises OSError.

    One that is there already is left as it is: `make_private` is for those that are ours.
    """
    if folder.is_dir():
        return
    if not folder.parent.exists():
        make_folder(folder.parent)
    folder.mkdir(FOLDER_MODE, exist_ok=True)


def private(path: str | Path, flags: int) -> int:
    """For `open(…, opener=private)`: a file that it makes is nobody else's."""
    return os.open(path, flags, FILE_MODE)


def write_private(path: Path, content: bytes) -> None:
    """`Path.write_bytes`, for nobody else's eyes. Raises OSError."""
    with open(path, "wb", opener=private) as file:
        file.write(content)


def make_private(folder: Path) -> None:
    """Take a folder of ours from everybody else, where another Kios made it for all to look into.

    A file system without modes, or one where it is not ours to say, is no error.
    """
    _tighten(folder, FOLDER_MODE)


def make_private_file(file: Path) -> None:
    """The same for a file; what its owner may do with it stays as it is. Links are not followed."""
    _tighten(file, None)


def _tighten(path: Path, mode: int | None) -> None:
    if os.name == "nt":
        return  # a profile is below the folders of its user, and modes mean nothing
    try:
        status = path.lstat()
        if status.st_mode & _OTHERS and not path.is_symlink():
            path.chmod(status.st_mode & FOLDER_MODE if mode is None else mode)
    except OSError as error:
        log.info("something of the profile stays open to others: %s", type(error).__name__)
