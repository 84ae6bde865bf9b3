"""Safe access to the files inside one EPUB by their path in the zip.

Nothing is ever written to disk. Sizes are capped by what the zip declares before anything is
unpacked, and unpacking stops at a limit whatever is declared: one file that is over it is left out,
a book that is over it is refused. What can be read of a damaged zip is read. What the files mean
is the business of `package.py`.
"""

import os
import stat
import threading
import unicodedata
from collections.abc import Iterator
from itertools import starmap
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
from kios_desktop.epub import file_type, zip_directory, zip_entry, zip_recovery
from kios_desktop.epub.zip_directory import MAX_ENTRIES
from kios_desktop.epub.zip_entry import LOCAL_MARK, ZipEntry

MAX_ENTRY_BYTES = 256 * 1024 * 1024
MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
MAX_RATIO = 200
RATIO_FLOOR_BYTES = 4 * 1024 * 1024  # below this size a high ratio harms nobody
_HEAD_BYTES = 1024
# what names without a word on their encoding were written in, beside UTF-8 and CP437
_LEGACY = ("cp932", "gb18030", "big5", "cp949", "cp1251", "cp1252")


class Container:
    """One opened EPUB. Reading is thread-safe; close it, or use it as a context manager.

    Entries whose names could lead outside (“..”, drive letters, NUL) and symbolic links are not
    addressable; they are listed in `refused`. `recovered`: the zip's own list of files is missing
    or damaged, and files at its end may be lost. `damaged` are the files that were read so far and
    whose bytes are not, or not all of, those that were packed, and from the start those that are
    declared to unpack to more than a file may, or are packed in a way that is not read.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        self._entries: dict[str, ZipEntry] = {}
        self._similar: dict[str, str] | None = None
        self._lock = threading.Lock()
        self._closed, self._state = False, _state_of(file)
        self.damaged: set[str] = set()
        refused: list[str] = []
        self._headers: dict[bytes, int] | None = None
        self._file_bytes = file.seek(0, os.SEEK_END)
        found, self.recovered = _files_of(self._read_at, self._file_bytes)
        for entry in found:
            written = entry.name
            if written.endswith("/"):
                continue
            name = zip_entry.safe_name(written)
            if name and not entry.is_link:
                self._entries[name] = entry
            else:
                refused.append(written)
        self.refused = tuple(refused)
        self._doubted = self._doubtful_sizes()
        self.damaged |= self._packed_otherwise()
        if sum(starmap(self._size_of, self._entries.items())) > MAX_TOTAL_BYTES:
            raise TooLarge("the unpacked book", MAX_TOTAL_BYTES)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file and check its list of files; none is unpacked where the list is whole.

        Raises Missing, Unreadable (not a zip, truncated, another type, no permission) or TooLarge.
        """
        return cls.opened(path, open_file(path))

    @classmethod
    def opened(cls, path: Path, file: BinaryIO) -> Self:
        """As `open`, for a seekable file that is open already; the container will close it."""
        try:
            return cls(path, file)
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

        Tried in order: as given, percent-decoded, another Unicode form, another case, backslashes,
        an entry whose own name is percent-encoded or in another encoding than it says.
        """
        if name in self._entries:
            return name
        decoded = unquote(name)
        if decoded in self._entries:
            return decoded
        with self._lock:
            if self._similar is None:
                self._similar = _spellings(self._entries)
        return self._similar.get(_fold(name)) or self._similar.get(_fold(decoded))

    def is_damaged(self, name: str) -> bool:
        """Whether a file was read, and not all of it is what was packed."""
        return self.find(name) in self.damaged

    def size(self, name: str) -> int:
        """The uncompressed size in bytes, as far as what is declared can be. Raises Missing."""
        return self._size_of(*self._entry(name))

    def read(self, name: str) -> bytes:
        """All bytes of a file, or those that can be read: then it is in `damaged` from now on.

        Raises Missing (nothing of that name, or the EPUB was closed or replaced), Unreadable (it
        was cut off meanwhile), Damaged (nothing of it can be read) or Encrypted (zip password).
        The last two are so for good.
        """
        real, entry = self._entry(name)
        most = max(self._size_of(real, entry), RATIO_FLOOR_BYTES)
        try:
            found = self._content(entry, most)
        except OSError as e:
            raise Missing(name) from e
        except (zip_entry.BrokenEntry, ValueError) as e:  # ValueError: closed before
            self._check_untouched()
            raise (Encrypted("zip password") if entry.says_encrypted else Damaged(name)) from e
        if not found.sound:
            self._check_untouched()
            if entry.says_encrypted:
                raise Encrypted("zip password")
            self.damaged.add(real)
        else:
            self.damaged.discard(real)
        return found.data

    def beginning(self, name: str, size_bytes: int = _HEAD_BYTES) -> bytes:
        """The first bytes of a file, or what can be read of them. Raises Missing."""
        entry = self._entry(name)[1]
        try:
            found = zip_entry.beginning(self._read_at, entry, size_bytes)
            if not found and (moved := self._elsewhere(entry)):
                found = zip_entry.beginning(self._read_at, moved, size_bytes)
            return found
        except (OSError, ValueError) as e:
            raise Missing(name) from e

    def contradictions(self) -> int:
        """The number of files about which the list of files and the headers before them differ."""
        return sum(
            zip_entry.is_contradicted(self._read_at, entry) for entry in self._entries.values()
        )

    def _content(self, entry: ZipEntry, most_bytes: int) -> zip_entry.Unpacked:
        """The bytes of a file, from where its header is if not from where it is listed."""
        try:
            found = zip_entry.content(self._read_at, entry, most_bytes)
        except zip_entry.BrokenEntry:
            if moved := self._elsewhere(entry):
                return zip_entry.content(self._read_at, moved, most_bytes)
            raise
        if not found.sound and (moved := self._elsewhere(entry)):
            return zip_entry.content(self._read_at, moved, most_bytes)
        return found

    def _elsewhere(self, entry: ZipEntry) -> ZipEntry | None:
        """The entry with the place of its own header, where it is listed at another one."""
        local = zip_entry.local_entry(self._read_at, entry.offset)
        if not entry.size_bytes or (local is not None and local[0].raw_name == entry.raw_name):
            return None
        if self._headers is None:
            found = zip_recovery.entries(self._read_at, self._file_bytes, _most_bytes)
            self._headers = {header.raw_name: header.offset for header in found}
        offset = self._headers.get(entry.raw_name)
        return None if offset is None else entry._replace(offset=offset)

    def _doubtful_sizes(self) -> dict[str, int]:
        """For files said to unpack to more than they may: to how many bytes they may, at most."""
        found: dict[str, int] = {}
        for name, entry in self._entries.items():
            if entry.size_bytes <= RATIO_FLOOR_BYTES:
                continue
            if entry.size_bytes > (most := _most_bytes(entry)):
                local = zip_entry.local_entry(self._read_at, entry.offset)
                found[name] = local[0].size_bytes if local else 0
                if not 0 < found[name] <= most:
                    found[name] = most
                    self.damaged.add(name)
        return found

    def _packed_otherwise(self) -> set[str]:
        """The files that are packed in a way EPUB does not allow, by all that is said of them."""
        odd = {n: e for n, e in self._entries.items() if e.method not in zip_entry.METHODS}
        return {
            name
            for name, entry in odd.items()
            if (local := zip_entry.local_entry(self._read_at, entry.offset)) is None
            or local[0].method not in zip_entry.METHODS
        }

    def _size_of(self, name: str, entry: ZipEntry) -> int:
        return self._doubted.get(name, entry.size_bytes) if self._doubted else entry.size_bytes

    def _read_at(self, position: int, size_bytes: int) -> bytes:
        with self._lock:
            self._file.seek(position)
            return self._file.read(size_bytes)

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

    def _entry(self, name: str) -> tuple[str, ZipEntry]:
        real = self.find(name)
        if real is None:
            raise Missing(name)
        return real, self._entries[real]


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


def _files_of(read_at: zip_entry.ReadAt, file_bytes: int) -> tuple[list[ZipEntry], bool]:
    """(the entries of a zip, whether its own list of them is missing or damaged)."""
    head = read_at(0, _HEAD_BYTES)
    other = None if head.startswith(b"PK") else file_type.from_bytes(head)
    # a server's page may stand before the zip it was sent with
    if other and other is not FileType.WEB_PAGE:
        raise Unreadable(Damage.OTHER_TYPE, other)
    directory = zip_directory.read(read_at, file_bytes)
    if other and LOCAL_MARK not in head and not (directory and directory.entries):
        raise Unreadable(Damage.OTHER_TYPE, other)
    entries = [] if directory is None else list(directory.entries)
    _check_count(entries)
    if directory is not None and directory.complete and (entries or LOCAL_MARK not in head):
        return entries, False
    # what is listed wins over what an earlier version of the zip left behind
    listed = {entry.raw_name for entry in entries}
    found = zip_recovery.entries(read_at, file_bytes, _most_bytes)
    entries += [entry for entry in found if entry.raw_name not in listed]
    _check_count(entries)
    if not entries and directory is None:
        raise Unreadable(Damage.TRUNCATED if head.startswith(LOCAL_MARK) else Damage.NOT_A_ZIP)
    return entries, True


def _most_bytes(entry: ZipEntry) -> int:
    """What a file may unpack to."""
    return min(MAX_ENTRY_BYTES, max(RATIO_FLOOR_BYTES, MAX_RATIO * entry.packed_bytes))


def _check_count(entries: list[ZipEntry]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise TooManyFiles(MAX_ENTRIES)


def _spellings(entries: dict[str, ZipEntry]) -> dict[str, str]:
    """What each file may be called as well; the first of several wins, plain names first."""
    found = {_fold(name): name for name in reversed(entries)}
    for name, entry in entries.items():
        if "%" in name:
            found.setdefault(_fold(unquote(name)), name)
        if not name.isascii():
            for other in _other_names(entry):
                found.setdefault(_fold(other), name)
    return found


def _other_names(entry: ZipEntry) -> Iterator[str]:
    """A name in the encodings it may have been written in, unless it is UTF-8."""
    for encoding in ("utf-8", *_LEGACY):
        try:
            yield entry.raw_name.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            return


def _fold(name: str) -> str:
    if name.isascii():
        return name.lower().replace("\\", "/")
    return unicodedata.normalize("NFC", name).casefold().replace("\\", "/")
