"""The file with the entries of a dictionary: plain, or packed by dictzip, read in parts.

A dictzip file is a gzip file of chunks that can be unpacked alone; a table in its header has their
packed sizes. Source: dictd, dictzip(1), “File format”; RFC 1952.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Protocol

from kios_desktop.domain.errors import DictionaryError, DictionaryFault

MOST_ENTRY_BYTES: Final = 512 * 1024
"""What is read of one entry: more than a screen ever shows."""

_HEAD: Final = struct.Struct("<2sBBIBB")  # magic, method, flags, time, extra flags, system
_HAS_CRC, _HAS_EXTRA, _HAS_NAME, _HAS_COMMENT = 2, 4, 8, 16
_LONGEST_NAME: Final = 4096
_COPY_BYTES: Final = 1024 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS


class EntryFile(Protocol):
    """`length` is that of all entries, not packed, in bytes."""

    length: int

    def read(self, offset: int, size: int) -> bytes:
        """At most `MOST_ENTRY_BYTES`. Raises DictionaryError."""

    def check(self) -> None:
        """Read all of it. Raises DictionaryError."""


def entry_file(path: Path) -> EntryFile:
    """Raises DictionaryError for one that can't be read in parts."""
    try:
        return Dictzip(path) if path.name.endswith(".dz") else PlainFile(path)
    except OSError as e:
        raise DictionaryError(DictionaryFault.UNREADABLE, path.name) from e


class PlainFile:
    """Entries one after the other, as they are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.length = path.stat().st_size

    def read(self, offset: int, size: int) -> bytes:
        size = min(size, MOST_ENTRY_BYTES)
        if offset + size > self.length:
            raise DictionaryError(DictionaryFault.CUT, self._path.name)
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                return file.read(size)
        except OSError as e:
            raise DictionaryError(DictionaryFault.UNREADABLE, self._path.name) from e

    def check(self) -> None:
        """Nothing in it says how it should be."""


class Dictzip:
    """Raises OSError and DictionaryError when it is made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._chunk_bytes, sizes = _table(file, path.name)
            start = file.tell()
            end = file.seek(0, os.SEEK_END)
            self._starts = [start]
            for size in sizes:
                self._starts.append(self._starts[-1] + size)
            if self._starts[-1] + 8 > end:
                raise DictionaryError(DictionaryFault.CUT, path.name)
            file.seek(-8, os.SEEK_END)
            self._crc, length = struct.unpack("<II", file.read(8))
        most = self._chunk_bytes * len(sizes)
        # the length is told modulo 2**32, and the last chunk may be shorter than the others
        self.length = length + ((most - length) >> 32 << 32) if most > length else length
        if not most - self._chunk_bytes <= self.length <= most:
            raise DictionaryError(DictionaryFault.DAMAGED, path.name)

    def read(self, offset: int, size: int) -> bytes:
        size = min(size, MOST_ENTRY_BYTES)
        if not size:
            return b""
        if offset + size > self.length:
            raise DictionaryError(DictionaryFault.CUT, self._path.name)
        first, last = offset // self._chunk_bytes, (offset + size - 1) // self._chunk_bytes
        try:
            with self._path.open("rb") as file:
                text = b"".join(self._chunk(file, number) for number in range(first, last + 1))
        except OSError as e:
            raise DictionaryError(DictionaryFault.UNREADABLE, self._path.name) from e
        start = offset - first * self._chunk_bytes
        return text[start : start + size]

    def check(self) -> None:
        crc = 0
        try:
            with self._path.open("rb") as file:
                for number in range(len(self._starts) - 1):
                    crc = zlib.crc32(self._chunk(file, number), crc)
        except OSError as e:
            raise DictionaryError(DictionaryFault.UNREADABLE, self._path.name) from e
        if crc != self._crc:
            raise DictionaryError(DictionaryFault.DAMAGED, self._path.name)

    def _chunk(self, file: IO[bytes], number: int) -> bytes:
        start, end = self._starts[number : number + 2]
        file.seek(start)
        wanted = min(self._chunk_bytes, self.length - number * self._chunk_bytes)
        try:
            text = zlib.decompressobj(-zlib.MAX_WBITS).decompress(file.read(end - start), wanted)
        except zlib.error as e:
            raise DictionaryError(DictionaryFault.DAMAGED, self._path.name) from e
        if len(text) != wanted:
            raise DictionaryError(DictionaryFault.DAMAGED, self._path.name)
        return text


def has_table(path: Path) -> bool:
    """Whether a packed file can be read in parts. Raises DictionaryError and OSError."""
    with path.open("rb") as file:
        return _extra(file, path.name) is not None


def _table(file: IO[bytes], name: str) -> tuple[int, tuple[int, ...]]:
    """Bytes of a chunk and the packed sizes of all; the file then stands at the first chunk."""
    found = _extra(file, name)
    if found is None:
        raise DictionaryError(DictionaryFault.DAMAGED, name)
    chunk_bytes, sizes = found
    if not chunk_bytes or not sizes:
        raise DictionaryError(DictionaryFault.DAMAGED, name)
    return chunk_bytes, sizes


def _extra(file: IO[bytes], name: str) -> tuple[int, tuple[int, ...]] | None:
    """The table in a gzip header, which is read to its end; None without one."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise DictionaryError(DictionaryFault.CUT, name)
    magic, method, flags, *_rest = _HEAD.unpack(head)
    if magic != b"\x1f\x8b" or method != 8:
        raise DictionaryError(DictionaryFault.DAMAGED, name)
    extra = b""
    if flags & _HAS_EXTRA:
        extra = _exactly(file, int.from_bytes(_exactly(file, 2, name), "little"), name)
    for flag in (_HAS_NAME, _HAS_COMMENT):
        if flags & flag:
            _skip_text(file, name)
    if flags & _HAS_CRC:
        _exactly(file, 2, name)
    for kind, field in _fields(extra):
        if kind == b"RA" and len(field) >= 6:
            _version, chunk_bytes, count = struct.unpack_from("<HHH", field)
            if len(field) != 6 + 2 * count:
                raise DictionaryError(DictionaryFault.DAMAGED, name)
            return chunk_bytes, struct.unpack_from(f"<{count}H", field, 6)
    return None


def _fields(extra: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        length = int.from_bytes(extra[at + 2 : at + 4], "little")
        yield extra[at : at + 2], extra[at + 4 : at + 4 + length]
        at += 4 + length


def _exactly(file: IO[bytes], size: int, name: str) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise DictionaryError(DictionaryFault.CUT, name)
    return content


def _skip_text(file: IO[bytes], name: str) -> None:
    for _ in range(_LONGEST_NAME):
        if _exactly(file, 1, name) == b"\0":
            return
    raise DictionaryError(DictionaryFault.DAMAGED, name)


def unpack_gzip(source: Path, target: IO[bytes], most: int) -> bool:
    """Unpacks at most `most` bytes; whether that is all. Raises DictionaryError and OSError."""
    unpacking = zlib.decompressobj(_GZIP)
    packed, left = b"", most
    with source.open("rb") as file:
        while True:
            if unpacking.eof:  # another one may follow, and all are one text
                packed = unpacking.unused_data or file.read(_COPY_BYTES)
                if not packed.lstrip(b"\0"):
                    return True
                unpacking = zlib.decompressobj(_GZIP)
            elif not packed and not (packed := file.read(_COPY_BYTES)):
                raise DictionaryError(DictionaryFault.CUT, source.name)
            try:
                content = unpacking.decompress(packed, _COPY_BYTES)
            except zlib.error as e:
                raise DictionaryError(DictionaryFault.DAMAGED, source.name) from e
            packed = unpacking.unconsumed_tail
            target.write(content[:left])
            left -= len(content)
            if left < 0:
                return False
