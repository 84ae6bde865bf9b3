"""One file in a zip: what is said about it, and its bytes.

A zip says everything twice, in its directory and in a header before each file. The directory is
believed; where what it says does not lead to the bytes of its checksum, the header is tried.
Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.4.
"""

import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec import Struct

from kios_desktop.epub import href

ReadAt = Callable[[int, int], bytes]
"""(position, number of bytes) → bytes of the file; fewer at its end."""

LOCAL_MARK = b"PK\x03\x04"
LOCAL_BYTES = 30
STORED, DEFLATED = METHODS = 0, 8  # EPUB allows no other
ENCRYPTED_FLAG = 0x1
TRAILING_FLAG = 0x8  # sizes and checksum stand behind the file
WIDE = 0xFFFFFFFF  # the real figure is in an extra field
_WIDE_EXTRA = 1  # of zip64
_LOCAL = struct.Struct("<4s5H3I2H")
_UNIX_MODE_SHIFT = 16
# what can't be made smaller grows by less than one part in so many when it is packed
_PACKING_COSTS = 64
# bytes per call where a broken stream is unpacked: at most so much is lost before the break
_SALVAGE_BYTES = 32


class BrokenEntry(Exception):
    """Nothing of a file can be read."""


class ZipEntry(NamedTuple):
    """A file of a zip. `offset` is that of its local header, from the start of the zip's file."""

    raw_name: bytes
    flags: int
    method: int
    checksum: int
    packed_bytes: int
    size_bytes: int
    offset: int
    attributes: int = 0

    @property
    def name(self) -> str:
        """The name as meant, with forward slashes; many tools write UTF-8 without saying so."""
        if self.raw_name.isascii():
            return self.raw_name.decode("ascii").replace("\\", "/")
        return _decoded(self.raw_name).replace("\\", "/")

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.attributes >> _UNIX_MODE_SHIFT)

    @property
    def says_encrypted(self) -> bool:
        return bool(self.flags & ENCRYPTED_FLAG)


class Unpacked(Struct, frozen=True):
    """The bytes of a file. `sound`: they are as many, and have the checksum, as the zip says."""

    data: bytes
    sound: bool


def local_entry(read_at: ReadAt, offset: int) -> tuple[ZipEntry, int] | None:
    """(what the header before a file says, where the file begins); None where no header is."""
    head = read_at(offset, LOCAL_BYTES)
    if len(head) < LOCAL_BYTES or not head.startswith(LOCAL_MARK):
        return None
    _, _, flags, method, _, _, checksum, packed, size, name_bytes, extra_bytes = _LOCAL.unpack(head)
    name = read_at(offset + LOCAL_BYTES, name_bytes)
    if WIDE in (packed, size):
        extra = read_at(offset + LOCAL_BYTES + name_bytes, extra_bytes)
        size, packed = wide(extra, size, packed)
    entry = ZipEntry(name, flags, method, checksum, packed, size, offset)
    return entry, offset + LOCAL_BYTES + name_bytes + extra_bytes


def wide(extra: bytes, *figures: int) -> tuple[int, ...]:
    """The figures, with those that do not fit into four bytes taken from zip64's field."""
    values: list[int] = []
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _WIDE_EXTRA:
            field = extra[at + 4 : at + 4 + length]
            values = [v for (v,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8])]
            break
        at += 4 + length
    found = iter(values)
    return tuple(next(found, f) if f == WIDE else f for f in figures)


def is_contradicted(read_at: ReadAt, entry: ZipEntry) -> bool:
    """Whether the header says something else than the directory, or there is none."""
    name_bytes = len(entry.raw_name)
    head = read_at(entry.offset, LOCAL_BYTES + name_bytes)
    if len(head) < LOCAL_BYTES or not head.startswith(LOCAL_MARK):
        return True
    _, _, flags, method, _, _, checksum, packed, size, length, _ = _LOCAL.unpack_from(head)
    if length != name_bytes or head[LOCAL_BYTES:] != entry.raw_name or method != entry.method:
        return True
    if (entry.flags ^ flags) & ENCRYPTED_FLAG:
        return True
    if WIDE in (packed, size):  # the real figures are behind the name
        found = local_entry(read_at, entry.offset)
        return found is None or _differs(entry, found[0])
    said = packed, size, checksum
    return packed != 0 and said != (entry.packed_bytes, entry.size_bytes, entry.checksum)


def content(read_at: ReadAt, entry: ZipEntry, most_bytes: int) -> Unpacked:
    """All bytes of a file, as far as they can be read; never more than `most_bytes`.

    Raises BrokenEntry.
    """
    found = local_entry(read_at, entry.offset)
    if found is None:
        raise BrokenEntry
    local, start = found
    best = Unpacked(b"", sound=False)
    for said in _versions(entry, local):
        tried = _content(read_at, said, start, most_bytes)
        if tried.sound:
            return tried
        if len(tried.data) > len(best.data):
            best = tried
    if not best.data:
        raise BrokenEntry
    return best


def beginning(read_at: ReadAt, entry: ZipEntry, size_bytes: int) -> bytes:
    """The first bytes of a file, or what can be read of them."""
    found = local_entry(read_at, entry.offset)
    if found is None:
        return b""
    packed = read_at(found[1], min(entry.packed_bytes, size_bytes))
    if entry.method == STORED:
        return packed
    return _salvaged(packed, size_bytes)


def _versions(entry: ZipEntry, local: ZipEntry) -> Iterator[ZipEntry]:
    """What to try: the directory's word, its sizes with the header's method, the header's word.

    The header of another file has no word in it: an entry may point to a wrong place.
    """
    if entry.name.lower() != local.name.lower():
        yield entry
        return
    if not entry.packed_bytes and _differs(entry, local):
        yield local
    yield entry
    if local.method != entry.method:
        yield entry._replace(method=local.method)
    if _differs(entry, local):
        yield local


def _differs(entry: ZipEntry, local: ZipEntry) -> bool:
    """Whether the header states a length, and another one or another checksum."""
    return local.packed_bytes not in (0, WIDE) and (
        (local.packed_bytes, local.size_bytes, local.checksum)
        != (entry.packed_bytes, entry.size_bytes, entry.checksum)
    )


def _content(read_at: ReadAt, said: ZipEntry, start: int, most_bytes: int) -> Unpacked:
    most_packed = most_bytes + most_bytes // _PACKING_COSTS + 1024
    packed = read_at(start, min(said.packed_bytes, most_packed))
    if said.method == STORED:
        data = packed[:most_bytes]
    elif said.method == DEFLATED:
        data = _unpacked(packed, most_bytes)
    else:
        return Unpacked(b"", sound=False)
    # nothing has the checksum 0, and so may have what can't be unpacked
    is_there = bool(data) or not said.size_bytes
    return Unpacked(data, sound=is_there and zlib.crc32(data) == said.checksum)


def _unpacked(packed: bytes, most_bytes: int) -> bytes:
    """b"" for what goes on after `most_bytes`."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = stream.decompress(packed, most_bytes + 1)
    except zlib.error:
        data = _salvaged(packed, most_bytes)
    return data if len(data) <= most_bytes else b""


def _salvaged(packed: bytes, most_bytes: int) -> bytes:
    """What comes before the first error of a stream, or its end."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    parts: list[bytes] = []
    left = most_bytes
    for at in range(0, len(packed), _SALVAGE_BYTES):
        try:
            part = stream.decompress(packed[at : at + _SALVAGE_BYTES], left)
        except zlib.error:
            break
        parts.append(part)
        left -= len(part)
        if left <= 0 or stream.eof:
            break
    return b"".join(parts)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def safe_name(name: str) -> str:
    """The path in the container that a name stands for; "" where it could lead outside.

    A leading “/” or “./” means the container's root.
    """
    if href.is_plain(name):
        return name
    name = name.lstrip("/")
    return href.normalised(name) if href.is_safe(name) else ""
