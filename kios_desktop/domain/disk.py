"""What the file system says when it does not do as asked, as our errors."""

import errno

from kios_desktop.domain.errors import Full, ReadOnly, StorageError

_KINDS: dict[int, type[StorageError]] = {
    errno.ENOSPC: Full,
    getattr(errno, "EDQUOT", errno.ENOSPC): Full,
    errno.EROFS: ReadOnly,
    errno.EACCES: ReadOnly,
    errno.EPERM: ReadOnly,
}


def from_os(error: OSError) -> StorageError:
    """The typed error for a file operation that failed. It names no path."""
    kind = _KINDS.get(error.errno or 0, StorageError)
    return kind(errno.errorcode.get(error.errno or 0, "OSError"))
