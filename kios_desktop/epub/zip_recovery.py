"""The files of a zip whose directory is missing or damaged, from the headers before each file.

Limits hold as for a directory: what a file unpacks to is found out, where no header says it, by
unpacking it, and stops there.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

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
_NEAR_BYTES = 64
_TRAILER_MARK = b"PK\x07\x08"
_TRAILER = struct.Struct("<4s3I")
_MAX_NAME_BYTES = 4096


def entries(
    read_at: ReadAt, file_bytes: int, most_bytes: Callable[[ZipEntry], int]
) -> tuple[ZipEntry, ...]:
    """All files that can be found, in their order. The last one may be cut off.

    `most_bytes` says what an entry may unpack to. Raises TooManyFiles.
    """
    found: list[ZipEntry] = []
    for entry in _found(read_at, file_bytes, most_bytes):
        found.append(entry)
        if len(found) > MAX_ENTRIES:
            raise TooManyFiles(MAX_ENTRIES)
    return tuple(found)


def _found(
    read_at: ReadAt, file_bytes: int, most_bytes: Callable[[ZipEntry], int]
) -> Iterator[ZipEntry]:
    at = _next_mark(read_at, LOCAL_MARK, 0, min(file_bytes, SEARCHED_BYTES))
    while at is not None:
        header = local_entry(read_at, at)
        if header is None or not 0 < len(header[0].raw_name) <= _MAX_NAME_BYTES:
            at = _next_mark(read_at, LOCAL_MARK, at + 1, file_bytes)
            continue
        entry, start = header
        if entry.flags & TRAILING_FLAG and not entry.packed_bytes:
            entry = _measured(read_at, entry, start, file_bytes, most_bytes)
        left = file_bytes - start
        if left < 0:
            return
        yield replace(entry, packed_bytes=min(entry.packed_bytes, left))
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


def _measured(
    read_at: ReadAt,
    entry: ZipEntry,
    start: int,
    file_bytes: int,
    most_bytes: Callable[[ZipEntry], int],
) -> ZipEntry:
    """The entry with its sizes and checksum, which its header leaves to a record behind it."""
    if entry.method == DEFLATED:
        return _unpacked(read_at, entry, start, file_bytes, most_bytes)
    at: int | None = start
    while entry.method == STORED and at is not None:
        at = _next_mark(read_at, _TRAILER_MARK, at, file_bytes)
        if at is None:
            break
        trailer = read_at(at, _TRAILER.size)
        if len(trailer) == _TRAILER.size:
            _, checksum, packed, size = _TRAILER.unpack(trailer)
            if packed == size == at - start:
                return replace(entry, checksum=checksum, packed_bytes=packed, size_bytes=size)
        at += 1
    length = _up_to_next(read_at, start, file_bytes)
    return replace(entry, packed_bytes=length, size_bytes=length)


def _up_to_next(read_at: ReadAt, start: int, file_bytes: int) -> int:
    end = _next_mark(read_at, LOCAL_MARK, start, file_bytes)
    return (file_bytes if end is None else end) - start


def _unpacked(
    read_at: ReadAt,
    entry: ZipEntry,
    start: int,
    file_bytes: int,
    most_bytes: Callable[[ZipEntry], int],
) -> ZipEntry:
    """As `_measured`, for a stream that says itself where it ends. Keeps nothing of it."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    size = checksum = 0
    is_over = False
    position, rest = start, b""
    while not stream.eof and (rest or position < file_bytes):
        if not rest:
            rest = read_at(position, _CHUNK_BYTES)
            if not rest:
                break
            position += len(rest)
        try:
            part = stream.decompress(rest, _CHUNK_BYTES)
        except zlib.error:
            break
        rest = stream.unconsumed_tail
        size += len(part)
        checksum = zlib.crc32(part, checksum)
        packed = position - start - len(rest)
        if is_over := size > most_bytes(replace(entry, packed_bytes=packed)):
            break
    if stream.eof:
        packed = position - start - len(stream.unused_data)
    else:
        packed = _up_to_next(read_at, start, file_bytes)
    found = replace(entry, checksum=checksum, packed_bytes=packed, size_bytes=size)
    return replace(found, size_bytes=most_bytes(found) + 1) if is_over else found
