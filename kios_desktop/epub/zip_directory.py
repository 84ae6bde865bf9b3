"""The central directory of a zip: the list of its files.

Read with tolerance: bytes before the zip or behind it, impossible extra fields, names that are not
in the encoding they say. Source: PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3.
"""

import struct
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from kios_desktop.domain.errors import TooManyFiles
from kios_desktop.epub.zip_entry import LOCAL_MARK, WIDE, ReadAt, ZipEntry, wide

MAX_ENTRIES = 50_000
MAX_BYTES = MAX_ENTRIES * 256
_END = struct.Struct("<4s4H2IH")
_END_MARK = b"PK\x05\x06"
_END_64 = struct.Struct("<4sQ2H2I4Q")
_END_64_MARK = b"PK\x06\x06"
_COUNT_AT = 10
_HEADER = struct.Struct("<4s6H3I5H2I")
_HEADER_MARK = b"PK\x01\x02"
_MAX_COMMENT_BYTES = 65_535
_WIDE_COUNT = 0xFFFF
_TRIES = 16  # a comment may hold what looks like an end


class ZipDirectory(Struct, frozen=True):
    """The files that are listed. `complete`: it lists as many files as it says."""

    entries: tuple[ZipEntry, ...]
    complete: bool


class _End(Struct, frozen=True):
    """Where a directory is said to be."""

    at: int
    count: int
    size_bytes: int
    offset: int


def read(read_at: ReadAt, file_bytes: int) -> ZipDirectory | None:
    """The directory; None where there is none. Raises TooManyFiles before it takes long.

    What an end says of it is not believed: what counts are the entries that are there.
    """
    empty: ZipDirectory | None = None
    for end in _ends(read_at, file_bytes):
        if not end.count and not end.size_bytes:
            empty = ZipDirectory((), complete=True)
            continue
        start = _start(read_at, end)
        if start is None:
            continue
        data = read_at(start, max(0, min(end.at - start, MAX_BYTES)))
        shift = _shift(read_at, data, start - end.offset)
        entries = tuple(islice(_entries(data, shift), MAX_ENTRIES + 1))
        if len(entries) > MAX_ENTRIES:
            raise TooManyFiles(MAX_ENTRIES)
        # the count has two bytes
        return ZipDirectory(entries, (len(entries) - end.count) & _WIDE_COUNT == 0)
    return empty


def _ends(read_at: ReadAt, file_bytes: int) -> Iterator[_End]:
    tail_at = max(0, file_bytes - _END.size - _MAX_COMMENT_BYTES)
    tail = read_at(tail_at, file_bytes - tail_at)
    at = len(tail)
    for _ in range(_TRIES):
        at = tail.rfind(_END_MARK, 0, at)
        if at < 0:
            return
        if len(tail) < at + _END.size:
            continue
        _, _, _, _, count, size_bytes, offset, _ = _END.unpack_from(tail, at)
        end = at
        if WIDE in (size_bytes, offset) or count == _WIDE_COUNT:
            # the real figures are in the record before
            wide_at = tail.rfind(_END_64_MARK, 0, at)
            if wide_at >= 0 and len(tail) >= wide_at + _END_64.size:
                end = wide_at
                *_, count, size_bytes, offset = _END_64.unpack_from(tail, wide_at)
        yield _End(tail_at + end, count, size_bytes, offset)


def _start(read_at: ReadAt, end: _End) -> int | None:
    """Where the directory really begins: right before its end, or where it says."""
    for start in (end.at - end.size_bytes, end.offset):
        if 0 <= start < end.at and read_at(start, len(_HEADER_MARK)) == _HEADER_MARK:
            return start
    return None


def _shift(read_at: ReadAt, data: bytes, before: int) -> int:
    """What to add to all offsets: the bytes before the zip, unless they are counted already."""
    first = next(_entries(data, 0), None)
    if before and first is not None and _has_header(read_at, first.offset):
        return 0
    return before


def _has_header(read_at: ReadAt, offset: int) -> bool:
    return read_at(offset, len(LOCAL_MARK)) == LOCAL_MARK


def _entries(data: bytes, shift: int) -> Iterator[ZipEntry]:
    at = 0
    while data.startswith(_HEADER_MARK, at) and at + _HEADER.size <= len(data):
        (_, _, _, flags, method, _, _, checksum, packed, size, name_bytes, extra_bytes,
         comment_bytes, _, _, attributes, offset) = _HEADER.unpack_from(data, at)  # fmt: skip
        at += _HEADER.size
        name = data[at : at + name_bytes]
        at += name_bytes
        if WIDE in (packed, size, offset):
            extra = data[at : at + extra_bytes]
            size, packed, offset = wide(extra, size, packed, offset)
        at += extra_bytes + comment_bytes
        yield ZipEntry(name, flags, method, checksum, packed, size, offset + shift, attributes)
