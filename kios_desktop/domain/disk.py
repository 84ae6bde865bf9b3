"""The file system: its errors as ours, private modes, and flushing to the disk.

Files of a profile show what somebody reads, so they are readable by their owner only: files have
mode 0600, folders 0700. A umask is not used, for the programs that Kios starts would inherit it.
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


# -- flushing


def _whole_sync() -> Sync | None:
    """F_FULLFSYNC on macOS, whose fsync leaves the data in the cache of the drive."""
    if sys.platform != "darwin":
        return None
    import fcntl

    return lambda descriptor: fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)


_WHOLE_SYNC: Final = _whole_sync()


def settle(descriptor: int, whole_sync: Sync | None = _WHOLE_SYNC, sync: Sync = os.fsync) -> None:
    """Returns when an open file survives a power failure. Raises OSError.

    Network file systems may not support F_FULLFSYNC; then fsync has to do.
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


# -- private files and folders


def make_folder(folder: Path) -> None:
    """Makes a folder of a profile and its missing parents. Raises OSError.

    The mode of an existing folder is not changed: see `make_private`.
    """
    if folder.is_dir():
        return
    if not folder.parent.exists():
        make_folder(folder.parent)
    folder.mkdir(FOLDER_MODE, exist_ok=True)


def private(path: str | Path, flags: int) -> int:
    """For `open(…, opener=private)`: a file that it creates has mode 0600."""
    return os.open(path, flags, FILE_MODE)


def write_private(path: Path, content: bytes) -> None:
    """As `Path.write_bytes`, with mode 0600 for a new file. Raises OSError."""
    with open(path, "wb", opener=private) as file:
        file.write(content)


def make_private(folder: Path) -> None:
    """Sets an existing folder of a profile to 0700; earlier versions used the umask.

    Failing is not an error: the file system may have no modes.
    """
    _tighten(folder, FOLDER_MODE)


def make_private_file(file: Path) -> None:
    """Takes the rights of group and others from a file. Symbolic links are not followed."""
    _tighten(file, None)


def _tighten(path: Path, mode: int | None) -> None:
    if os.name == "nt":
        return  # access is inherited from the user's own folder, and modes have no effect
    try:
        status = path.lstat()
        if status.st_mode & _OTHERS and not path.is_symlink():
            path.chmod(status.st_mode & FOLDER_MODE if mode is None else mode)
    except OSError as error:
        log.info("something of the profile stays open to others: %s", type(error).__name__)
