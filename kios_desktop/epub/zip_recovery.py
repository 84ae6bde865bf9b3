"""The files of a zip whose directory is missing or damaged, from the headers before each file.

Limits hold as for a directory: what a file unpacks to is found out, where no header says it, by
unpacking it, and stops there. The time this takes is bounded too, whatever the headers say.
"""

import struct
import zlib
from collections.abc import Callable, Iterator

from kios_desktop.domain.errors import TooManyFiles
from kios_desktop.epub.zip_directory import MAX_ENTRIES
from kios_desktop.epub.zip_entry import (
    DEFLATED,
    LOCAL_MARK,
    STORED,
    TRAILING_FLAG,
    ReadAt,
    ZipEntry,
    local_entry,
)

SEARCHED_BYTES = 64 * 1024  # from the start of a file, for the first header
_CHUNK_BYTES = 256 * 1024
_FIRST_CHUNK_BYTES = 16 * 1024
# what is unpacked to measure it, of all files: more than a book may unpack to
_MOST_WORK_BYTES = 3 * 1024 * 1024 * 1024
_IN_VAIN = 8  # so many times as much counts what a stream without an end unpacks to
_MOST_TRAILERS = 4 * MAX_ENTRIES  # that are looked at
_NEAR_BYTES = 64
_TRAILER_MARK = b"PK\x07\x08"
_TRAILER = struct.Struct("<4s3I")
_WIDE_TRAILER = struct.Struct("<4sI2Q")  # of zip64
_Trailer = tuple[int, int]  # (checksum, size in bytes)
_MAX_NAME_BYTES = 4096


def entries(
    read_at: ReadAt, file_bytes: int, most_bytes: Callable[[ZipEntry], int]
) -> tuple[ZipEntry, ...]:
    """All files that can be found, in their order. The last one may be cut off.

    `most_bytes` says what an entry may unpack to. Raises TooManyFiles.
    """
    found: list[ZipEntry] = []
    for entry in _found(_Measure(read_at, file_bytes, most_bytes)):
        found.append(entry)
        if len(found) > MAX_ENTRIES:
            raise TooManyFiles(MAX_ENTRIES)
    return tuple(found)


def _found(measure: "_Measure") -> Iterator[ZipEntry]:
    read_at, file_bytes = measure.read_at, measure.file_bytes
    at = _next_mark(read_at, LOCAL_MARK, 0, min(file_bytes, SEARCHED_BYTES))
    while at is not None:
        header = local_entry(read_at, at)
        if header is None or not 0 < len(header[0].raw_name) <= _MAX_NAME_BYTES:
            at = _next_mark(read_at, LOCAL_MARK, at + 1, file_bytes)
            continue
        entry, start = header
        if entry.flags & TRAILING_FLAG and not entry.packed_bytes:
            entry = measure.measured(entry, start)
        left = file_bytes - start
        if left < 0:
            return
        yield entry._replace(packed_bytes=min(entry.packed_bytes, left))
        at = _next_mark(read_at, LOCAL_MARK, start + entry.packed_bytes, file_bytes)


def _next_mark(read_at: ReadAt, mark: bytes, start: int, end: int) -> int | None:
    """Where a mark comes next."""
    length = _NEAR_BYTES  # most often it comes at once
    while start < end:
        chunk = read_at(start, length)
        found = chunk.find(mark)
        if found >= 0:
            return start + found if start + found < end else None
        if len(chunk) < length:
            return None
        start += len(chunk) - len(mark) + 1
        length = min(2 * length, _CHUNK_BYTES)
    return None


class _Measure:
    """Finds out the sizes that headers leave to records behind the files.

    One for all files of a zip, so that what is read in vain for one after the other stays bounded.
    """

    def __init__(
        self, read_at: ReadAt, file_bytes: int, most_bytes: Callable[[ZipEntry], int]
    ) -> None:
        self.read_at, self.file_bytes = read_at, file_bytes
        self._most_bytes = most_bytes
        self._work_bytes = 0
        self._trailers: dict[int, _Trailer] | None = None

    def measured(self, entry: ZipEntry, start: int) -> ZipEntry:
        """The entry with its sizes and checksum; its bytes begin at `start`."""
        if entry.method == DEFLATED and self._work_bytes < _MOST_WORK_BYTES:
            return self._unpacked(entry, start)
        if entry.method == STORED:
            if self._trailers is None:
                self._trailers = _trailers(self.read_at, start, self.file_bytes)
            if trailer := self._trailers.get(start):
                checksum, size = trailer
                return entry._replace(checksum=checksum, packed_bytes=size, size_bytes=size)
        length = self._up_to_next(start)
        return entry._replace(packed_bytes=length, size_bytes=length)

    def _up_to_next(self, start: int) -> int:
        end = _next_mark(self.read_at, LOCAL_MARK, start, self.file_bytes)
        return (self.file_bytes if end is None else end) - start

    def _unpacked(self, entry: ZipEntry, start: int) -> ZipEntry:
        """As `measured`, for a stream that says itself where it ends. Keeps nothing of it."""
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        size = checksum = 0
        is_over = False
        length = _FIRST_CHUNK_BYTES
        position, rest = start, b""
        while not stream.eof and (rest or position < self.file_bytes):
            if not rest:
                rest = self.read_at(position, length)
                if not rest:
                    break
                position += len(rest)
                length = min(2 * length, _CHUNK_BYTES)
            try:
                part = stream.decompress(rest, _CHUNK_BYTES)
            except zlib.error:
                break
            rest = stream.unconsumed_tail
            size += len(part)
            checksum = zlib.crc32(part, checksum)
            packed = position - start - len(rest)
            if is_over := size > self._most_bytes(entry._replace(packed_bytes=packed)):
                break
        work = position - start + size
        self._work_bytes += work if stream.eof else _IN_VAIN * work
        if stream.eof:
            packed = position - start - len(stream.unused_data)
        else:
            packed = self._up_to_next(start)
        found = entry._replace(checksum=checksum, packed_bytes=packed, size_bytes=size)
        return found._replace(size_bytes=self._most_bytes(found) + 1) if is_over else found


def _trailers(read_at: ReadAt, start: int, end: int) -> dict[int, _Trailer]:
    """The records behind stored files that may be there, by where their file would begin.

    A record that states a size says so itself: one search finds those of all files.
    """
    found: dict[int, _Trailer] = {}
    at = _next_mark(read_at, _TRAILER_MARK, start, end)
    for _ in range(_MOST_TRAILERS):
        if at is None:
            break
        trailer = read_at(at, _WIDE_TRAILER.size)
        for form in (_TRAILER, _WIDE_TRAILER):
            if len(trailer) >= form.size:
                _, checksum, packed, size = form.unpack_from(trailer)
                if packed == size <= at - start:
                    found.setdefault(at - size, (checksum, size))
        at = _next_mark(read_at, _TRAILER_MARK, at + 1, end)
    return found
