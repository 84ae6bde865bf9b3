"""Stand-ins for everything around the sync engine: disk, window, clock."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId, Visit
from kios_desktop.domain.locator import Locator, Position
from kios_desktop.domain.progress import Offer, Report, SyncRecord, Unsettled

T0 = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class FakeStore:
    """A disk that survives restarts of the engine. `error` is what it raises instead of saving.

    With `bad_records` saving a record raises an error of our own. While `slow` it does not confirm
    that something would survive a power failure.
    """

    positions: dict[BookId, Position] = field(default_factory=dict)
    records: dict[tuple[BookId, str], SyncRecord] = field(default_factory=dict)
    visits: list[tuple[BookId, Visit]] = field(default_factory=list)
    noted: dict[BookId, Position] = field(default_factory=dict)
    saves: int = 0
    error: StorageError | None = None
    slow: bool = False
    bad_records: bool = False
    notes: bool = False  # whether what is noted survives

    async def last(self, book_id: BookId) -> Position | None:
        return self.positions.get(book_id)

    async def record(self, book_id: BookId, source_id: str) -> SyncRecord | None:
        return self.records.get((book_id, source_id))

    async def save(
        self,
        book_id: BookId,
        position: Position | None = None,
        record: SyncRecord | None = None,
        visits: Sequence[Visit] = (),
    ) -> None:
        if self.error is not None:
            raise self.error
        if self.bad_records and record is not None:
            raise ValueError("planned")
        self.saves += 1
        if position is not None:
            self.positions[book_id] = position
        if record is not None:
            self.records[book_id, record.source_id] = record
        self.visits += [(book_id, visit) for visit in visits]

    def note(self, book_id: BookId, position: Position) -> None:
        self.noted[book_id] = position

    def has_noted(self, book_id: BookId, position: Position) -> bool:
        return self.notes and self.noted.get(book_id) == position

    async def settle(self) -> None:
        while self.slow:
            await asyncio.sleep(0.005)

    async def waiting(self) -> Sequence[Unsettled]:
        return [
            Unsettled(book_id, "Book", self.positions[book_id], record)
            for (book_id, _), record in self.records.items()
            if record.unsettled and book_id in self.positions
        ]


@dataclass
class FakeView:
    """A reader's window that only remembers."""

    asked: list[Offer] = field(default_factory=list)
    asking: Offer | None = None
    jumps: list[Locator] = field(default_factory=list)
    moved: list[Offer] = field(default_factory=list)
    finished: list[Report] = field(default_factory=list)

    def jump(self, locator: Locator, why: Report) -> None:
        self.jumps.append(locator)

    def ask(self, offer: Offer) -> None:
        self.asked.append(offer)
        self.asking = offer

    def withdraw(self) -> None:
        self.asking = None

    def moved_silently(self, offer: Offer) -> None:
        self.moved.append(offer)

    def finished_elsewhere(self, report: Report) -> None:
        self.finished.append(report)


@dataclass
class FakeTimer:
    due: datetime
    call: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class FakeClock:
    """A clock that a test sets forward."""

    time: datetime = T0
    timers: list[FakeTimer] = field(default_factory=list)

    def now(self) -> datetime:
        return self.time

    def later(self, delay_s: float, call: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(self.time + timedelta(seconds=delay_s), call)
        self.timers.append(timer)
        return timer

    def pass_(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        due = [t for t in self.timers if t.due <= self.time and not t.cancelled]
        self.timers = [t for t in self.timers if t.due > self.time and not t.cancelled]
        for timer in due:
            timer.call()


@dataclass
class FakeNotebook:
    notes: dict[str, str] = field(default_factory=dict)

    async def remembered(self, source_id: str) -> str:
        return self.notes.get(source_id, "")

    async def remember(self, source_id: str, text: str) -> None:
        self.notes[source_id] = text
