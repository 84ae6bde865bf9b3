"""The words of one dictionary in folded order, in a file beside it that is searched by bisection.

StarDict's own index is sorted without regard to accents, and not always rightly. This one is made
from it and from the synonyms once, when a dictionary is added. It has, all little-endian: a header;
the position of every entry in the index; the position of every record below; and the records,
sorted: the folded word, a zero, and, big-endian, the number of its entry and its position in the
file of synonyms plus one, 0 for a headword.
"""

import mmap
import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from kios_desktop.dictionaries.description import Description
from kios_desktop.domain.disk import private
from kios_desktop.domain.errors import DictionaryError, DictionaryFault
from kios_desktop.domain.text import fold

MOST_INDEX_BYTES: Final = 256 * 1024 * 1024
MOST_WORDS: Final = 3_000_000
_SLICE: Final = 20_000  # records that are sorted at once, in 10 ms
_LONGEST_WORD: Final = 1024  # bytes; StarDict's own limit is 255
_MAGIC: Final = b"KiosW\x00\x00\x01"
_HEADER: Final = struct.Struct("<8sIIQQ")  # magic, entries, records, bytes of index and synonyms
_REFERENCE: Final = struct.Struct(">II")
_POSITION: Final = struct.Struct("<I")

# besides what Unicode takes apart: kinds of apostrophes, and letters that some write as two
_ALIKE: Final = str.maketrans(
    {"’": "'", "ʼ": "'", "‘": "'", "\u00ad": None}
    | {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}
)


def key_of(word: str) -> bytes:
    """What makes two spellings one word: case, accents and kinds of apostrophes do not count."""
    return fold(word.translate(_ALIKE)).encode("utf-8", "replace").replace(b"\0", b"")


@dataclass(frozen=True, slots=True)
class IndexedWord:
    """`word` is a headword or a synonym, as it is spelled; `entry` is the number of its entry."""

    word: str
    entry: int


@dataclass(frozen=True, slots=True)
class EntrySpot:
    """Where an entry is, in bytes of the file of entries."""

    word: str
    offset: int
    size: int


def build(index: Path, synonyms: Path, about: Description, target: Path) -> int:
    """Make the file for an index and, if it is there, a file of synonyms; the number of entries.

    Raises DictionaryError and OSError.
    """
    entries, records = array("I"), list[bytes]()
    with _Mapped(index) as mapped:
        for number, (position, word) in enumerate(_words(mapped, index, about.offset_bytes + 4)):
            entries.append(position)
            records.append(key_of(word) + b"\0" + _REFERENCE.pack(number, 0))
    index_bytes = index.stat().st_size
    if len(entries) < about.words and index_bytes < about.index_bytes:
        raise DictionaryError(DictionaryFault.CUT, index.name)
    if not entries:
        raise DictionaryError(DictionaryFault.DAMAGED, index.name)
    if synonyms.exists():
        with _Mapped(synonyms) as mapped:
            for position, word in _words(mapped, synonyms, 4):
                (number,) = struct.unpack_from(">I", mapped, mapped.find(b"\0", position) + 1)
                if number < len(entries):  # one of nothing leads nowhere
                    records.append(key_of(word) + b"\0" + _REFERENCE.pack(number, position + 1))
    if len(records) > MOST_WORDS:
        raise DictionaryError(DictionaryFault.TOO_LARGE, synonyms.name)
    records = _sorted(records)
    with open(target, "wb", opener=private) as file:
        _write(file, entries, records, (index_bytes, _size(synonyms)))
    return len(entries)


def _sorted(records: list[bytes]) -> list[bytes]:
    """In slices: nothing else runs in Python while one list is sorted."""
    starts = range(0, len(records), _SLICE)
    return list(merge(*(sorted(records[start : start + _SLICE]) for start in starts)))


def _write(
    file: IO[bytes], entries: "array[int]", records: list[bytes], sizes: tuple[int, int]
) -> None:
    positions, at = array("I"), 0
    for record in records:
        positions.append(at)
        at += len(record)
    file.write(_HEADER.pack(_MAGIC, len(entries), len(records), *sizes))
    for numbers in (entries, positions):
        if sys.byteorder == "big":
            numbers.byteswap()
        numbers.tofile(file)
    file.writelines(records)


def _words(mapped: mmap.mmap, file: Path, behind: int) -> Iterator[tuple[int, str]]:
    """Each word and its position; `behind` bytes follow each one's zero."""
    position, end, count = 0, len(mapped), 0
    if end > MOST_INDEX_BYTES:
        raise DictionaryError(DictionaryFault.TOO_LARGE, file.name)
    while position < end:
        zero = mapped.find(b"\0", position, position + _LONGEST_WORD)
        if zero < 0:
            is_cut = end - position < _LONGEST_WORD
            fault = DictionaryFault.CUT if is_cut else DictionaryFault.DAMAGED
            raise DictionaryError(fault, file.name)
        if zero + 1 + behind > end:
            raise DictionaryError(DictionaryFault.CUT, file.name)
        count += 1
        if count > MOST_WORDS:
            raise DictionaryError(DictionaryFault.TOO_LARGE, file.name)
        yield position, mapped[position:zero].decode("utf-8", "replace")
        position = zero + 1 + behind


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


class _Mapped:
    """A file in memory as far as it is looked at; raises DictionaryError for an empty one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> mmap.mmap:
        with self._path.open("rb") as file:
            try:
                self._mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as e:  # it is empty
                raise DictionaryError(DictionaryFault.CUT, self._path.name) from e
        return self._mapped

    def __exit__(self, *_error: object) -> None:
        self._mapped.close()


class WordIndex:
    """`with WordIndex(…) as index`: nothing is kept open afterwards, so that files can be deleted.

    Entering raises DictionaryError for a file that does not belong to index and synonyms, and
    OSError for one that is not there: `build` makes it.
    """

    def __init__(self, words: Path, index: Path, synonyms: Path, offset_bytes: int) -> None:
        self._paths = words, index, synonyms
        self._offset_bytes = offset_bytes

    def __enter__(self) -> Self:
        words, index, synonyms = self._paths
        with ExitStack() as opened:
            self._words = opened.enter_context(_Mapped(words))
            self._index = opened.enter_context(_Mapped(index))
            self._synonyms: mmap.mmap | None = None
            if _size(synonyms):
                self._synonyms = opened.enter_context(_Mapped(synonyms))
            self._check(words, len(self._index), _size(synonyms))
            self._opened = opened.pop_all()
        return self

    def _check(self, words: Path, index_bytes: int, synonym_bytes: int) -> None:
        if len(self._words) < _HEADER.size:
            raise DictionaryError(DictionaryFault.CUT, words.name)
        magic, self.entries, self._count, *sizes = _HEADER.unpack_from(self._words)
        self._positions: int = _HEADER.size + 4 * self.entries
        self._records: int = self._positions + 4 * self._count
        belongs = magic == _MAGIC and sizes == [index_bytes, synonym_bytes]
        if not belongs or self._records > len(self._words):
            raise DictionaryError(DictionaryFault.DAMAGED, words.name)

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._opened.close()

    def equal(self, word: str, most: int) -> list[IndexedWord]:
        """The words that are spelled as one, whatever their case and accents."""
        key = key_of(word)
        found: list[IndexedWord] = []
        for number in range(self._first(key), self._count):
            if len(found) == most or self._key(number) != key:
                break
            found.append(self._word(number))
        return found

    def beginning(self, start: str) -> Iterator[IndexedWord]:
        """The words that begin so, in folded order. Ask for as many as are needed."""
        key = key_of(start)
        for number in range(self._first(key), self._count):
            if not self._key(number).startswith(key):
                return
            yield self._word(number)

    def spot(self, entry: int) -> EntrySpot:
        """Where an entry is. Raises DictionaryError."""
        try:
            word, end = self._text(self._index, self._number(_HEADER.size + 4 * entry))
            kind = ">II" if self._offset_bytes == 4 else ">QI"
            return EntrySpot(word, *struct.unpack_from(kind, self._index, end))
        except struct.error as e:
            raise DictionaryError(DictionaryFault.DAMAGED, self._paths[1].name) from e

    def spots(self) -> Iterator[EntrySpot]:
        for entry in range(self.entries):
            yield self.spot(entry)

    def _first(self, key: bytes) -> int:
        first: int = bisect_left(range(self._count), key, key=self._key)
        return first

    def _key(self, record: int) -> bytes:
        start = self._record(record)
        return bytes(self._words[start : self._words.find(b"\0", start)])

    def _record(self, record: int) -> int:
        return self._records + self._number(self._positions + 4 * record)

    def _word(self, record: int) -> IndexedWord:
        start = self._record(record)
        end = self._words.find(b"\0", start)
        try:
            entry, synonym = _REFERENCE.unpack_from(self._words, end + 1)
        except struct.error as e:
            raise DictionaryError(DictionaryFault.DAMAGED, self._paths[0].name) from e
        if entry >= self.entries or (synonym and self._synonyms is None):
            raise DictionaryError(DictionaryFault.DAMAGED, self._paths[0].name)
        if synonym and self._synonyms is not None:
            return IndexedWord(self._text(self._synonyms, synonym - 1)[0], entry)
        word, _end = self._text(self._index, self._number(_HEADER.size + 4 * entry))
        return IndexedWord(word, entry)

    def _number(self, position: int) -> int:
        (number,) = _POSITION.unpack_from(self._words, position)
        return int(number)

    def _text(self, mapped: mmap.mmap, position: int) -> tuple[str, int]:
        """The text at a position, and the position behind its zero."""
        end = mapped.find(b"\0", position, position + _LONGEST_WORD)
        return mapped[position:end].decode("utf-8", "replace"), end + 1
