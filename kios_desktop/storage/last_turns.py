"""The newest page turns, written at once: what the database has not taken yet when Kios is killed.

A commit may be held up, by a disk that confirms an earlier one, for longer than a page takes to
read through in a hurry. Writing a few hundred bytes over old ones takes a hundredth of a
millisecond, and the system keeps them when this process ends. The database remains the truth: what
is here counts only until it was saved there. Turns are counted, for clocks are set back.
"""

import logging
import zlib
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import msgspec

from kios_desktop.domain.disk import write_private
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Position, Quote

log = logging.getLogger(__name__)

SLOT_BYTES = 2048
SLOTS = 16  # one after another, so that a write cut short leaves the ones before it
TITLE = 120  # characters of a chapter's title, which is only shown until the next turn
_HEAD = 8  # checksum and length, four bytes each


class Turn(msgspec.Struct, frozen=True):
    """A page turn of one book. Without a position: all up to this `number` were saved."""

    number: int
    book_id: BookId
    position: Position | None = None


class LastTurns:
    """A small file beside the database. No method raises: without it, only the database keeps."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._next = 0  # slot
        self._number = 0  # of the last turn; 0 before the file was looked at
        self._unsaved: dict[BookId, deque[tuple[Position, int]]] = {}
        self._broken = False
        self._held: dict[int, tuple[BookId, Position | None]] = {}  # what we wrote, by slot

    def note(self, book_id: BookId, position: Position) -> None:
        """Write a turn over the oldest one."""
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
        """The database has this one, and what was before it is of no use any more."""
        waiting = self._unsaved.get(book_id, deque())
        number = next((n for one, n in reversed(waiting) if one == position), None)
        if number is None:
            return
        while waiting and waiting[0][1] <= number:
            waiting.popleft()
        if not waiting:  # else the next ones are told of soon
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
        """The last turn of each book that was never saved, read from the disk."""
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
                )  # its place on the disk is taken
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
