"""Writes the newest page turns to a small file, for the case that Kios is killed before a commit.

A commit may have to wait while the disk confirms an earlier one, for longer than somebody stays on
a page. Overwriting a few hundred bytes takes a hundredth of a millisecond, and the operating system
keeps them when this process ends. A turn counts only until it is saved in the database. Turns are
numbered rather than ordered by time, for clocks may be set back.
"""

import logging
import zlib
from collections import deque
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec.structs import replace

from kios_desktop.domain.disk import write_private
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Position, Quote

log = logging.getLogger(__name__)

SLOT_BYTES = 2048
SLOTS = 16  # used in turn, so that an incomplete write leaves the earlier turns
TITLE = 120  # characters of a chapter's title, which is only shown until the next turn
_HEAD = 8  # checksum and length, four bytes each


class Turn(msgspec.Struct, frozen=True):
    """A page turn of one book. Without a position: all turns up to this `number` were saved."""

    number: int
    book_id: BookId
    position: Position | None = None


class LastTurns:
    """A small file beside the database. No method raises; after an error it is not used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._next = 0  # slot
        self._number = 0  # of the last turn; 0 before the file was looked at
        self._unsaved: dict[BookId, deque[tuple[Position, int]]] = {}
        self._broken = False
        self._held: dict[int, tuple[BookId, Position | None]] = {}  # what we wrote, by slot

    def note(self, book_id: BookId, position: Position) -> None:
        """Writes a turn over the oldest one."""
        locator = position.locator
        chapter = replace(locator.chapter, title=locator.chapter.title[:TITLE])
        short = replace(locator, chapter=chapter, quote=Quote())
        number = self._following()
        self._write(Turn(number, book_id, replace(position, locator=short)), position)
        self._unsaved.setdefault(book_id, deque(maxlen=SLOTS)).append((position, number))

    def has(self, book_id: BookId, position: Position) -> bool:
        """Whether a turn that was noted is still in the file."""
        return (book_id, position) in self._held.values()

    def saved(self, book_id: BookId, position: Position) -> None:
        """Marks a turn and all earlier ones of its book as saved in the database."""
        waiting = self._unsaved.get(book_id, deque())
        number = next((n for one, n in reversed(waiting) if one == position), None)
        if number is None:
            return
        while waiting and waiting[0][1] <= number:
            waiting.popleft()
        if not waiting:  # else the following turns are saved soon
            self._write(Turn(number, book_id))

    def _following(self) -> int:
        if not self._number:
            self._number = max((turn.number for turn in self._turns()), default=0)
        self._number += 1
        return self._number

    def _write(self, turn: Turn, stands_for: Position | None = None) -> None:
        text = msgspec.json.encode(turn)
        if self._broken or len(text) > SLOT_BYTES - _HEAD:
            return
        slot = zlib.crc32(text).to_bytes(4, "big") + len(text).to_bytes(4, "big") + text
        try:
            file = self._opened()
            file.seek(self._next * SLOT_BYTES)
            self._held.pop(self._next, None)
            if file.write(slot) == len(slot):
                self._held[self._next] = (turn.book_id, stands_for)
        except OSError as error:
            log.warning("the last page turns are kept in the database only: %s", error)
            self._broken = True
        self._next = (self._next + 1) % SLOTS

    def newest(self) -> list[Turn]:
        """The last unsaved turn of each book, read from the disk."""
        found: dict[BookId, Turn] = {}
        for turn in sorted(self._turns(), key=lambda turn: turn.number):
            known = found.get(turn.book_id)
            if turn.position is not None:
                found[turn.book_id] = turn
            elif known is not None and known.number <= turn.number:
                del found[turn.book_id]
        return list(found.values())

    def _turns(self) -> list[Turn]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            log.warning("the last page turns could not be read: %s", error)
            return []
        slots = (data[at : at + SLOT_BYTES] for at in range(0, SLOTS * SLOT_BYTES, SLOT_BYTES))
        return [turn for slot in slots if (turn := _read(slot)) is not None]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._broken = None, True

    def _opened(self) -> BinaryIO:
        if self._file is None:
            if not self._path.exists():
                write_private(
                    self._path, bytes(SLOT_BYTES * SLOTS)
                )  # allocates its space on the disk
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
