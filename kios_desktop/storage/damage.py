"""Handles records with damaged content, as after a flipped bit on the disk or in memory.

SQLite detects damage to its own structure, not to the content of a cell. A damaged record is left
out, or its damaged cells count as empty, and all others are read. `DamagedRecords` logs each kind
once, without content, and notifies a listener.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

import msgspec

from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage.columns import COLUMNS

log = logging.getLogger(__name__)

T = TypeVar("T")

_FAILS = (ValueError, TypeError, OverflowError, msgspec.MsgspecError)


class DamagedRecords:
    """The kinds of records found damaged in one database since it was opened. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: set[RecordKind] = set()
        self._tell: Callable[[RecordKind], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def listen(self, tell: Callable[[RecordKind], None]) -> None:
        """`tell` is called on the running loop, once for each kind, past ones included."""
        with self._lock:
            self._tell, self._loop = tell, asyncio.get_running_loop()
            before = tuple(self._found)
        for one in before:
            tell(one)

    def note(self, lost: RecordKind) -> None:
        with self._lock:
            if lost in self._found:
                return
            self._found.add(lost)
            tell, loop = self._tell, self._loop
        log.warning("a damaged record (%s) is left out; more of this kind are not told", lost)
        if tell is not None and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(tell, lost)

    def read(self, lost: RecordKind, make: Callable[[], T], otherwise: T) -> T:
        """Returns `make()`, or `otherwise` when the record it reads is damaged."""
        try:
            return make()
        except _FAILS:
            self.note(lost)
            return otherwise

    def sound(self, lost: RecordKind, rows: Iterable[Any], make: Callable[[Any], T]) -> list[T]:
        """`make(row)` of each row, without damaged ones."""
        found: list[T] = []
        for row in rows:
            try:
                found.append(make(row))
            except _FAILS:
                self.note(lost)
        return found

    def only(self, lost: RecordKind, kind: type[T], values: Iterable[object]) -> list[T]:
        """The values of this type; others are damaged."""
        found: list[T] = []
        for value in values:
            if isinstance(value, kind):
                found.append(value)
            else:
                self.note(lost)
        return found


class NamedCells(Protocol):
    """One row, of sqlite3 or of SQLAlchemy (see `core.named`)."""

    def __getitem__(self, name: str, /) -> Any: ...


class Cells:
    """Checks the types of a row's cells against the columns of its table."""

    def __init__(self, table: str, *names: str) -> None:
        """`names` are the columns to check; without any, all are checked."""
        columns = COLUMNS[table]
        self._kinds = [(name, columns[name]) for name in names or columns]

    def check(self, row: NamedCells) -> None:
        """Raises ValueError for a cell of another type. The message has no content."""
        for name, kind in self._kinds:
            if not isinstance(row[name], kind):
                raise ValueError(f"the cell {name} holds something else")


def decode_leniently(raw: bytes) -> str:
    """The text of a cell, with U+FFFD for each byte that is not UTF-8."""
    return raw.decode("utf-8", "replace")
