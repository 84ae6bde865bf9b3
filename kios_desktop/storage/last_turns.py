"""The newest page turns, written at once: what the database has not taken yet when Kios is killed.

A commit may be held up, by a disk that confirms an earlier one, for longer than a page takes to
read through in a hurry. Writing a few hundred bytes over old ones takes a hundredth of a
millisecond, and the system keeps them when this process ends. The database remains the truth: what
is here counts only where it is newer.
"""

import logging
import zlib
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import msgspec

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Position, Quote

log = logging.getLogger(__name__)

SLOT_BYTES = 2048
SLOTS = 16  # one after another, so that a write cut short leaves the ones before it
TITLE = 120  # characters of a chapter's title, which is only shown until the next turn
_HEAD = 8  # checksum and length, four bytes each


class Turn(msgspec.Struct, frozen=True):
    """A page turn of one book."""

    book_id: BookId
    position: Position


class LastTurns:
    """A small file beside the database. No method raises: without it, only the database keeps."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._next = 0
        self._broken = False

    def note(self, book_id: BookId, position: Position) -> None:
        """Write a turn over the oldest one."""
        locator = position.locator
        chapter = replace(locator.chapter, title=locator.chapter.title[:TITLE])
        short = replace(locator, chapter=chapter, quote=Quote())
        text = msgspec.json.encode(Turn(book_id, replace(position, locator=short)))
        if self._broken or len(text) > SLOT_BYTES - _HEAD:
            return
        slot = zlib.crc32(text).to_bytes(4, "big") + len(text).to_bytes(4, "big") + text
        try:
            file = self._opened()
            file.seek(self._next * SLOT_BYTES)
            file.write(slot)
        except OSError as error:
            log.warning("the last page turns are kept in the database only: %s", error)
            self._broken = True
        self._next = (self._next + 1) % SLOTS

    def newest(self) -> list[Turn]:
        """The last turn of each book, read from the disk."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            log.warning("the last page turns could not be read: %s", error)
            return []
        found: dict[BookId, Turn] = {}
        for number in range(SLOTS):
            turn = _read(data[number * SLOT_BYTES : (number + 1) * SLOT_BYTES])
            if turn is None:
                continue
            known = found.get(turn.book_id)
            if known is None or known.position.at < turn.position.at:
                found[turn.book_id] = turn
        return list(found.values())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._broken = None, True

    def _opened(self) -> BinaryIO:
        if self._file is None:
            if not self._path.exists():
                self._path.write_bytes(bytes(SLOT_BYTES * SLOTS))  # its place on the disk is taken
            self._file = self._path.open("r+b", buffering=0)
        return self._file


def _read(slot: bytes) -> Turn | None:
    length = int.from_bytes(slot[4:_HEAD], "big")
    text = slot[_HEAD : _HEAD + length]
    if not length or len(text) < length or zlib.crc32(text) != int.from_bytes(slot[:4], "big"):
        return None
    try:
        return msgspec.json.decode(text, type=Turn)
    except (msgspec.MsgspecError, ValueError):
        log.warning("a page turn of another Kios could not be read")
        return None
