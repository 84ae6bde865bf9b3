"""Files of marks on the disk, with errors that say what is wrong with them. Blocking."""

import contextlib
import errno
import os
import secrets
import shutil
import stat
from pathlib import Path

from kios_desktop.domain.disk import settle
from kios_desktop.domain.errors import MarksFault, MarksFileError
from kios_desktop.exchange.readers import MOST_BYTES

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_MISSING = {errno.ENOENT, errno.ENOTDIR}


def read_file(path: Path) -> bytes:
    """The content of a file. Raises MarksFileError."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as e:
        raise MarksFileError(_not_read(e)) from e
    except ValueError as e:  # a NUL in the path
        raise MarksFileError(MarksFault.MISSING) from e
    if len(data) > MOST_BYTES:
        raise MarksFileError(MarksFault.TOO_LARGE, MOST_BYTES)
    return data


def write_file(path: Path, text: str) -> None:
    """Write a whole file or none: what was there stays until all of the new one is on the disk.

    Raises MarksFileError.
    """
    data = text.encode("utf-8")
    try:
        if path.is_dir():
            raise MarksFileError(MarksFault.ONTO_FOLDER)
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):  # a terminal or a pipe
            with path.open("wb") as file:
                file.write(data)
            return
        _replace(path.resolve(), data)  # a link goes on leading to its file
    except OSError as e:
        raise MarksFileError(_not_written(e)) from e
    except ValueError as e:
        raise MarksFileError(MarksFault.NO_FOLDER) from e


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".kios-{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            settle(file.fileno())
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)  # noqa: PTH105
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _not_read(error: OSError) -> MarksFault:
    if error.errno in _MISSING:
        return MarksFault.MISSING
    if error.errno == errno.EISDIR:
        return MarksFault.FOLDER
    return MarksFault.FORBIDDEN if error.errno in _FORBIDDEN else MarksFault.UNREADABLE


def _not_written(error: OSError) -> MarksFault:
    if error.errno in _FULL:
        return MarksFault.FULL
    if error.errno in _MISSING:
        return MarksFault.NO_FOLDER
    return MarksFault.PROTECTED if error.errno in _FORBIDDEN else MarksFault.UNWRITABLE
