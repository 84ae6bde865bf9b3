"""Safe access to the files inside one EPUB by their path in the zip.

Nothing is ever written to disk. Sizes are capped by what the zip declares before anything is
inflated, and zipfile stops inflating at the declared size, so lying sizes end in a checksum error.
What the files mean is the business of `package.py`.
"""

import contextlib
import os
import stat
import struct
import threading
import unicodedata
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import unquote

from kios_desktop.domain.errors import (
    Damage,
    Damaged,
    Encrypted,
    Missing,
    TooLarge,
    TooManyFiles,
    Unreadable,
)
from kios_desktop.domain.file_type import FileType
from kios_desktop.epub import file_type, href

MAX_ENTRY_BYTES = 256 * 1024 * 1024
MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
MAX_ENTRIES = 50_000
MAX_RATIO = 200
RATIO_FLOOR_BYTES = 4 * 1024 * 1024  # below this size a high ratio harms nobody
_MAX_DIRECTORY_BYTES = MAX_ENTRIES * 256

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,  # closed before
    AttributeError,  # closed at this very moment
)
_EOCD = b"PK\x05\x06"
_EOCD_BYTES = 22
_MAX_COMMENT_BYTES = 65_535
_ENCRYPTED_FLAG = 0x1
_UTF8_FLAG = 0x800


class Container:
    """One opened EPUB. Reading is thread-safe; close it, or use it as a context manager.

    Entries whose names could lead outside (“..”, absolute, drive letters, NUL) and symbolic links
    are not addressable; they are listed in `refused`.
    """

    def __init__(self, path: Path, file: BinaryIO, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._file, self._archive = file, archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._similar: dict[str, str] | None = None
        self._lock = threading.Lock()
        self._closed, self._state = False, _state_of(file)
        refused: list[str] = []
        for entry in archive.infolist():
            name = entry.orig_filename
            plain = href.is_plain(name)
            if not plain:
                name = _name_of(entry)
            if name.endswith("/"):
                continue
            if (plain or href.is_safe(name)) and not stat.S_ISLNK(entry.external_attr >> 16):
                self._entries[name] = entry
            else:
                refused.append(name)
        self.refused = tuple(refused)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file and check its table of contents; no entry is inflated.

        Raises Missing, Unreadable (not a zip, truncated, another type, no permission) or TooLarge.
        """
        return cls.opened(path, open_file(path))

    @classmethod
    def opened(cls, path: Path, file: BinaryIO) -> Self:
        """As `open`, for a seekable file that is open already; the container will close it."""
        try:
            return cls(path, file, _open_zip(file))
        except BaseException:
            file.close()
            raise

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of all files, in the order of the zip."""
        return tuple(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def find(self, name: str) -> str | None:
        """The real path of a file that may be spelled differently.

        Tried in order: as given, percent-decoded, another Unicode form, another case, backslashes.
        """
        if name in self._entries:
            return name
        decoded = unquote(name)
        if decoded in self._entries:
            return decoded
        with self._lock:
            if self._similar is None:
                self._similar = {_fold(n): n for n in reversed(self._entries)}
        return self._similar.get(_fold(name)) or self._similar.get(_fold(decoded))

    def size(self, name: str) -> int:
        """The uncompressed size in bytes, as declared. Raises Missing."""
        return self._entry(name).file_size

    def read(self, name: str) -> bytes:
        """All bytes of a file.

        Raises Missing (nothing of that name, or the EPUB was closed or replaced), Unreadable (it
        was cut off meanwhile), Damaged or Encrypted (zip password). The last two are so for good.
        """
        entry = self._entry(name)
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise Encrypted("zip password")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Damaged(name)  # EPUB allows no other, and zipfile inflates those without a limit
        try:
            return self._archive.read(entry)
        except OSError as e:
            raise Missing(name) from e
        except _BROKEN as e:
            self._check_untouched()
            raise Damaged(name) from e

    def _check_untouched(self) -> None:
        """What can't be read is damaged for good only in the file that was opened."""
        if self._closed:
            raise Missing(self.path.name)
        now = _state_of(self._file)
        if now is not None and self._state is not None and now != self._state:
            if now[0] < self._state[0]:
                raise Unreadable(Damage.TRUNCATED)
            raise Missing(self.path.name)

    def close(self) -> None:
        self._closed = True
        self._archive.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        real = self.find(name)
        if real is None:
            raise Missing(name)
        return self._entries[real]


def _state_of(file: BinaryIO) -> tuple[int, int] | None:
    """(size, time of the last change) of an open file; None of one that is only in memory."""
    try:
        found = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def open_file(path: Path) -> BinaryIO:
    """The file, open for reading. Raises Missing or Unreadable (no permission, not a file)."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return path.open("rb")
    except PermissionError as e:
        raise Unreadable(Damage.NO_PERMISSION) from e
    except (OSError, ValueError) as e:
        raise Missing(path.name) from e
    # opening a pipe would wait for ever for somebody to write into it
    raise Unreadable(Damage.OTHER_TYPE, FileType.FOLDER if stat.S_ISDIR(mode) else "")


def _open_zip(file: BinaryIO) -> zipfile.ZipFile:
    file.seek(0)
    head = file.read(1024)
    if other := None if head.startswith(b"PK") else file_type.from_bytes(head):
        raise Unreadable(Damage.OTHER_TYPE, other)
    if not _has_directory(file):
        raise Unreadable(Damage.TRUNCATED if head.startswith(b"PK\x03\x04") else Damage.NOT_A_ZIP)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError) as e:
        raise Unreadable(Damage.TRUNCATED) from e
    _check_sizes(archive.infolist())
    return archive


def _has_directory(file: BinaryIO) -> bool:
    """Whether there is a central directory, capped before zipfile reads it.

    A million entries cost seconds. Raises TooManyFiles.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _EOCD_BYTES - _MAX_COMMENT_BYTES))
    tail = file.read()
    at = tail.rfind(_EOCD)
    if at < 0 or len(tail) < at + _EOCD_BYTES:
        return False
    count, directory_bytes = struct.unpack_from("<HI", tail, at + 10)
    if directory_bytes == 0xFFFFFFFF:  # zip64: the real figure is in the record before
        record = tail.rfind(b"PK\x06\x06", 0, at)
        directory_bytes = struct.unpack_from("<Q", tail, record + 40)[0] if record >= 0 else 0
    if directory_bytes > _MAX_DIRECTORY_BYTES or (count > MAX_ENTRIES and count != 0xFFFF):
        raise TooManyFiles(MAX_ENTRIES)
    return True


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise TooManyFiles(MAX_ENTRIES)
    if sum([entry.file_size for entry in entries]) > MAX_TOTAL_BYTES:
        raise TooLarge("the unpacked book", MAX_TOTAL_BYTES)
    for entry in [large for large in entries if large.file_size > RATIO_FLOOR_BYTES]:
        most = min(MAX_ENTRY_BYTES, MAX_RATIO * max(1, entry.compress_size))
        if entry.file_size > most:
            raise TooLarge("a file in the book", most)


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name as meant, with forward slashes.

    Many tools write UTF-8 without saying so, and zipfile then reads CP437.
    """
    name = entry.orig_filename.replace("\\", "/")
    if not entry.flag_bits & _UTF8_FLAG and not name.isascii():
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name


def _fold(name: str) -> str:
    if name.isascii():
        return name.lower().replace("\\", "/")
    return unicodedata.normalize("NFC", name).casefold().replace("\\", "/")
