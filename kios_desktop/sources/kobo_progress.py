"""The reading states of a Kobo sync source as the place of a book. Satisfies
`sync.ports.ProgressRemote`.

Servers differ in whose write wins, and one takes whatever comes last. So nothing is written that
was not looked at directly before, and what then turns out to be new there is not written over.
"""

import asyncio
import hashlib
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import msgspec

from kios_desktop.domain.errors import Lacks, NotMatched, Overtaken, Refused, Unsupported
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator, Place, Precision
from kios_desktop.domain.progress import Looked, Report, Sent
from kios_desktop.domain.shelf import KoboBook, ReadingState, Spot, Status
from kios_desktop.protocols.kobo.state_body import Outcome, Pushed
from kios_desktop.sources.kobo_precision import FIRST_SPAN, SpanConversion, resolved

log = logging.getLogger(__name__)

_ROUNDING: Final = timedelta(seconds=2)  # what servers cut off a time
_GRACE: Final = timedelta(seconds=5)  # between an answer and the time that is stored
_STEP: Final = timedelta(seconds=1)
_NEAR_THE_END: Final = 0.9
_MOVED: Final = 0.01  # of the book: less does not take “finished” back
_SLICE_BYTES: Final = 1024  # Komga counts a position for each
_KEY_LENGTH: Final = 24


class StateClient(Protocol):
    """The part of `protocols.kobo.client.KoboClient` used here. Raises `RemoteError`."""

    async def state(self, book_id: str) -> ReadingState | None: ...
    async def save_state(self, state: ReadingState, at: datetime) -> Pushed: ...
    async def metadata(self, book_id: str) -> KoboBook | None: ...


class Counted(Protocol):
    """`epub.kobo_places.KoboProgress`."""

    @property
    def book(self) -> float: ...
    @property
    def chapter(self) -> float: ...
    @property
    def file_bytes(self) -> int: ...


class KoboConversion(SpanConversion, Protocol):
    """The part of `epub.places.Places` used here. Blocking."""

    def kobo_span(self, place: Place) -> str: ...
    def kobo_progress(self, place: Place) -> Counted: ...
    def locator(self, place: Place) -> Locator: ...


@dataclass(frozen=True, slots=True)
class _Wire:
    """What goes over the wire for a place, as it is remembered. Percents are whole, 0…100.

    `chapter_limit` is the largest chapter percent that Komga takes in this file.
    """

    value: str
    source: str
    percent: int
    chapter: int
    chapter_limit: int = 100

    @classmethod
    def of(cls, state: ReadingState) -> "_Wire":
        spot = state.spot or Spot("", "")
        return cls(
            spot.value, spot.source, int(state.percent or 0), int(state.chapter_percent or 0)
        )

    @property
    def state(self) -> ReadingState:
        """As a server would tell it."""
        spot = Spot(self.value, self.source) if self.source else None
        return ReadingState("", percent=self.percent, chapter_percent=self.chapter, spot=spot)


class KoboRemote:
    """One source. `id_of` gives the server's id of a book; None for one it did not deliver.

    `finished` says whether a book was read to its end, or marked so. `grid`: the server is known
    to be a Komga, which takes only positions of its own.
    """

    def __init__(
        self,
        source_id: str,
        client: StateClient,
        id_of: Callable[[BookId], Awaitable[str | None]],
        places: Callable[[BookId], Awaitable[KoboConversion]],
        finished: Callable[[BookId], Awaitable[bool]],
        grid: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source_id, self._client, self._id_of = source_id, client, id_of
        self._places, self._finished, self._now = places, finished, now
        self._grid = grid
        self._keeps_states = True
        # Of each book: the state seen last, its report, and where our own reading began
        self._seen: dict[BookId, ReadingState | None] = {}
        self._reported: dict[BookId, Report] = {}
        self._basis: dict[BookId, float] = {}

    async def prepare(
        self, book_id: BookId, locator: Locator, received: Report | None, sent: Sent | None
    ) -> Sent:
        """The state for a place; a received one goes back as it came while it is the same."""
        server_id = await self._server_id(book_id)
        before = received.locator if received is not None else sent.locator if sent else None
        if before is not None:
            self._basis[book_id] = before.total_progression
        if received is not None and _names(received, locator):
            return Sent(locator, received.raw, locator.total_progression, server_id)
        places = await self._places(book_id)
        wire = await asyncio.to_thread(_wire_of, places, locator)
        raw = msgspec.json.encode(wire).decode()
        return Sent(locator, raw, locator.total_progression, server_id)

    async def pull(self, book_id: BookId, mine: Sequence[Sent]) -> Looked:
        """What the server holds: nothing, a write of ours, or somebody else's."""
        state = await self._state(book_id)
        before, self._seen[book_id] = self._seen.get(book_id), state
        if state is None or state.is_empty:
            return Looked()
        for sent in mine:
            if _is_echo(state, sent):
                return Looked(ours=replace(sent, at=state.at or sent.at))
        last = self._reported.get(book_id)
        if last is not None and before is not None and _same_place(state, before):
            return Looked(last)  # nothing new, whatever its time
        if before is None and mine:
            before = _wire_in(mine[0]).state
        places = await self._places(book_id)
        resolution = await asyncio.to_thread(resolved, places, state, before)
        where = resolution.place
        locator = await asyncio.to_thread(places.locator, where) if where is not None else None
        report = Report(
            source_id=self._source_id,
            key=_key(state),
            locator=locator,
            precision=resolution.precision,
            fraction=None if state.percent is None else state.percent / 100,
            at=state.at,
            device="",
            raw=msgspec.json.encode(_Wire.of(state)).decode(),
        )
        self._reported[book_id] = report
        return Looked(report)

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        """Writes. Raises `Overtaken` when something newer came since the last look, `NotMatched`
        for a book that is gone, and `Unsupported` for a server that keeps no places.
        """
        held = await self._state(book_id)
        if not self._was_seen(book_id, held):
            if held is not None and _is_echo(held, prepared):  # its answer was lost
                self._seen[book_id] = held
                return replace(prepared, at=held.at)
            raise Overtaken
        state = await self._composed(book_id, prepared, held)
        at = self._later_than(held)
        pushed = await self._write(book_id, state, _wire_in(prepared), at)
        if pushed.outcome is Outcome.UNKNOWN:
            raise await self._unknown(state.book_id)
        if pushed.outcome is Outcome.REFUSED:
            if not self._was_seen(book_id, await self._state(book_id)):
                raise Overtaken
            raise Refused(200)
        at = pushed.at or at
        self._seen[book_id] = replace(state, at=at, changed_at=at)
        self._reported.pop(book_id, None)
        return replace(prepared, at=at)

    # -- writing

    async def _write(
        self, book_id: BookId, state: ReadingState, wire: _Wire, at: datetime
    ) -> Pushed:
        """Komga takes only its own positions in a file; its start is always one of them."""
        if self._grid:
            limited = min(state.chapter_percent or 0, wire.chapter_limit)
            state = replace(state, chapter_percent=limited)
        pushed = await self._client.save_state(state, at)
        if pushed.outcome is not Outcome.REFUSED:
            return pushed
        if not self._was_seen(book_id, await self._state(book_id)):
            raise Overtaken
        again = await self._client.save_state(replace(state, chapter_percent=0), at)
        if again.outcome is Outcome.TAKEN:
            log.info("the server counts the positions of this file in its own way")
            self._grid = True
        return again

    async def _composed(
        self, book_id: BookId, prepared: Sent, held: ReadingState | None
    ) -> ReadingState:
        """The whole state: what is not ours to change stays as the server has it."""
        wire, there = _wire_in(prepared), held or ReadingState(prepared.document)
        at_end = prepared.fraction >= _NEAR_THE_END and await self._finished(book_id)
        looked_into = there.status is Status.FINISHED and not self._read_on(
            book_id, prepared, there
        )
        status = Status.FINISHED if at_end or looked_into else Status.READING
        return ReadingState(
            book_id=await self._server_id(book_id),
            status=status,
            percent=100 if at_end else wire.percent,
            chapter_percent=wire.chapter,
            spot=Spot(wire.value or FIRST_SPAN, wire.source),
            times_started=there.times_started,
            minutes_read=there.minutes_read,
            minutes_left=there.minutes_left,
        )

    def _read_on(self, book_id: BookId, prepared: Sent, there: ReadingState) -> bool:
        """A finished book that was only looked into stays finished."""
        usual = 1.0 if there.percent is None else there.percent / 100
        return abs(prepared.fraction - self._basis.get(book_id, usual)) >= _MOVED

    def _later_than(self, held: ReadingState | None) -> datetime:
        """Now, in whole seconds, and later than what is there: Komga refuses an equal time."""
        now = self._now().astimezone(UTC).replace(microsecond=0)
        times = [] if held is None else [t for t in (held.at, held.changed_at) if t is not None]
        newest = max(times, default=None)
        return now if newest is None else max(now, newest.replace(microsecond=0) + _STEP)

    def _was_seen(self, book_id: BookId, held: ReadingState | None) -> bool:
        """Whether this is what the last look found."""
        if held is None or held.is_empty:
            return True
        seen = self._seen.get(book_id)
        if seen is None or held.spot != seen.spot:
            return False
        if held.at is not None and held.at == seen.at:
            return True  # Komga counts the percentage anew
        if not _same_place(held, seen):
            return False
        return held.at is None or seen.at is None or held.at - seen.at <= _ROUNDING

    async def _unknown(self, server_id: str) -> Exception:
        """What it means that the server made nothing of a state."""
        if await self._client.metadata(server_id) is None:
            return NotMatched()
        self._keeps_states = False
        return Unsupported("the server keeps no places over Kobo sync", Lacks.PLACES)

    # -- looking

    async def _state(self, book_id: BookId) -> ReadingState | None:
        if not self._keeps_states:
            raise Unsupported("the server keeps no places over Kobo sync", Lacks.PLACES)
        return await self._client.state(await self._server_id(book_id))

    async def _server_id(self, book_id: BookId) -> str:
        server_id = await self._id_of(book_id)
        if server_id is None:
            raise NotMatched
        return server_id


def _wire_of(places: KoboConversion, locator: Locator) -> _Wire:
    """Blocking."""
    counted = places.kobo_progress(locator.place)
    span = places.kobo_span(locator.place) or FIRST_SPAN
    # The percentage of the chapter is that of the span: further on, it would contradict it
    start = places.from_kobo_span(span, locator.href).place or locator.place
    within = places.kobo_progress(start).chapter
    begun = locator.place > Place(0, 0)
    percent = min(99, max(int(begun), math.floor(counted.book * 100)))
    return _Wire(
        span,
        locator.href,
        percent,
        math.floor(within * 100),
        chapter_limit(counted.file_bytes),
    )


def chapter_limit(file_bytes: int) -> int:
    """The largest percentage of a file that Komga takes: inside its list of positions."""
    slices = max(1, math.ceil(file_bytes / _SLICE_BYTES))
    return max(0, math.ceil(100 * (slices - 1) / slices) - 1)


def _wire_in(sent: Sent) -> _Wire:
    return msgspec.json.decode(sent.raw, type=_Wire)


def _names(received: Report, locator: Locator) -> bool:
    """Whether what was received is this very place, so that it can go back as it came."""
    exact = received.precision is Precision.EXACT and bool(received.raw)
    return exact and received.locator is not None and received.locator.place == locator.place


def _same_place(one: ReadingState, other: ReadingState) -> bool:
    return one.spot == other.spot and _rounded(one.percent) == _rounded(other.percent)


def _rounded(percent: float | None) -> int | None:
    return None if percent is None else round(percent)


def _is_echo(state: ReadingState, sent: Sent) -> bool:
    """Whether a state is a write of ours. Komga counts the percentage anew, but keeps the time."""
    ours = _wire_in(sent)
    if state.spot is None or (state.spot.value, state.spot.source) != (ours.value, ours.source):
        return False
    if state.at is not None and sent.at is not None:
        if abs(state.at - sent.at) <= _ROUNDING:
            return True
        if state.at > sent.at + _GRACE:
            return False
    same = _rounded(state.percent) == ours.percent
    return same or (state.percent == 100 and state.status is Status.FINISHED)


def _key(state: ReadingState) -> str:
    """Names this very report."""
    at = state.at.isoformat() if state.at is not None else ""
    spot = state.spot or Spot("", "")
    words = (at, spot.value, spot.source, str(state.percent), str(state.chapter_percent))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:_KEY_LENGTH]
