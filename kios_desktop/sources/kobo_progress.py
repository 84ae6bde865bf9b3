"""Places on a Kobo sync server, as reading states. Satisfies `sync.ports.ProgressRemote`.

Servers differ in which write wins, and one takes whatever comes last. So the state is read directly
before every write, and a state that is new is not overwritten.
"""

import asyncio
import hashlib
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
from msgspec import structs

from kios_desktop.domain.errors import (
    ClockAhead,
    Lacks,
    NotMatched,
    Overtaken,
    Refused,
    Unsupported,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator, Place, Precision, Resolution
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.shelf import KoboBook, KoboStatus, ReadingState, Spot
from kios_desktop.protocols.kobo.state_body import StateOutcome, StateResult, source_of
from kios_desktop.sources.kobo_precision import FIRST_SPAN, SpanConversion, left_behind, resolved
from kios_desktop.sources.kobo_sent_state import ROUNDING, SentState, is_ours, same_place
from kios_desktop.sources.kosync_values import measured

log = logging.getLogger(__name__)

_STEP: Final = timedelta(seconds=1)
_MOST: Final = 98  # percent of an unfinished book: from 99 on BookLore and others mark it finished
_SLICE_BYTES: Final = 1024  # of a file, per position of Komga
_KEY_LENGTH: Final = 24


class StateClient(Protocol):
    """The part of `protocols.kobo.client.KoboClient` used here. Raises `RemoteError`."""

    @property
    def server_now(self) -> datetime: ...
    def here(self, at: datetime | None) -> datetime | None: ...
    async def state(self, book_id: str) -> ReadingState | None: ...
    async def save_state(self, state: ReadingState, at: datetime) -> StateResult: ...
    async def metadata(self, book_id: str) -> KoboBook | None: ...


class Counted(Protocol):
    """`epub.kobo_places.KoboProgress`."""

    @property
    def book(self) -> float: ...
    @property
    def chapter(self) -> float: ...
    @property
    def href(self) -> str: ...
    @property
    def file_bytes(self) -> int: ...
    @property
    def place(self) -> Place: ...


class KoboConversion(SpanConversion, Protocol):
    """The part of `epub.places.Places` used here. Blocking."""

    def kobo_span(self, place: Place) -> str: ...
    def kobo_progress(self, place: Place) -> Counted: ...
    def locator(self, place: Place) -> Locator: ...
    def total_progression(self, place: Place) -> float: ...


class KoboRemote:
    """One source. `id_of` gives the server's id of a book; None for one it did not deliver.

    `grid`: the server is known to be Komga, which accepts its own positions only and computes the
    percentage of the book itself.
    """

    def __init__(
        self,
        source_id: str,
        client: StateClient,
        id_of: Callable[[BookId], Awaitable[str | None]],
        places: Callable[[BookId], AbstractAsyncContextManager[KoboConversion]],
        grid: bool = False,
    ) -> None:
        self._source_id, self._client, self._id_of = source_id, client, id_of
        self._places = places
        self._grid = grid
        self._keeps_states = True
        # Of each book: the state seen last, its report, our last write and its time
        self._seen: dict[BookId, ReadingState | None] = {}
        self._reported: dict[BookId, Report] = {}
        self._written: dict[BookId, Sent] = {}
        self._stamps: dict[BookId, datetime] = {}

    async def prepare(
        self,
        book_id: BookId,
        locator: Locator,
        received: Report | None,
        sent: Sent | None,  # noqa: ARG002 (the port's shape)
    ) -> Sent:
        """The state for a place; a received state goes back unchanged while it names the place."""
        server_id = await self._server_id(book_id)
        async with self._places(book_id) as places:
            locator = await asyncio.to_thread(measured, places, locator)
            fraction = locator.total_progression
            if received is not None and fraction < 1 and _names(received, locator):
                return Sent(locator, received.raw, fraction, server_id)
            wire = await asyncio.to_thread(_wire_of, places, locator)
        wire = msgspec.structs.replace(wire, counts_anew=self._grid)
        return Sent(locator, wire.raw, fraction, server_id)

    async def pull(self, book_id: BookId, own_writes: Sequence[Sent]) -> Report | Sent | None:
        """What the server holds: a write of ours, somebody else's report, or nothing."""
        state = await self._state(book_id)
        before, self._seen[book_id] = self._seen.get(book_id), state
        self._grid = self._grid or any(SentState.within(sent).counts_anew for sent in own_writes)
        if state is None or state.is_empty:
            return None
        for sent in own_writes:
            if is_ours(state, sent, self._grid):
                return structs.replace(sent, at=state.at or sent.at)
        last = self._reported.get(book_id)
        if last is not None and before is not None and same_place(state, before):
            return last  # the same place, whatever its time
        if before is None and own_writes and not self._grid:
            before = SentState.within(own_writes[0]).state
        report = await self._report(book_id, state, before)
        self._reported[book_id] = report
        return report

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        """Writes. Raises `Overtaken` if a newer state came since the last pull, `NotMatched` for a
        book that is gone, `ClockAhead` if the stored time is in the future, and `Unsupported` for a
        server that keeps no places.
        """
        held = await self._state(book_id)
        if not self._was_seen(book_id, held):
            if held is not None and is_ours(held, prepared, self._grid):  # the answer was lost
                self._seen[book_id] = held
                return structs.replace(prepared, at=held.at)
            raise Overtaken
        wire = SentState.within(prepared)
        state = await self._composed(book_id, prepared, wire, held)
        stamp = self._later_than(book_id, held)
        state, pushed = await self._write(book_id, state, wire, stamp)
        if pushed.outcome is StateOutcome.UNKNOWN:
            raise await self._unknown(state.book_id)
        if pushed.outcome is StateOutcome.REFUSED:
            raise Refused(200) if held is None or held.is_empty else ClockAhead
        self._grid = self._grid or pushed.counts_anew
        written = msgspec.structs.replace(
            SentState.of(state),
            chapter_limit=wire.chapter_limit,
            stamp=stamp,
            finished=state.status is KoboStatus.FINISHED,
            counts_anew=self._grid,
        )
        sent = structs.replace(prepared, raw=written.raw, at=pushed.at or stamp)
        self._stamps[book_id], self._written[book_id] = stamp, sent
        self._seen.pop(book_id, None)
        self._reported.pop(book_id, None)
        return sent

    # -- writing

    async def _write(
        self, book_id: BookId, state: ReadingState, wire: SentState, at: datetime
    ) -> tuple[ReadingState, StateResult]:
        """Sends a state, and after a refusal the start of its file, with the file name escaped.

        Komga accepts its own positions only, of which the start of a file is always one, and
        decodes file names. Other servers keep the name as sent, and e-readers need it unescaped.
        """
        if self._grid:
            limited = min(state.chapter_percent or 0, wire.chapter_limit)
            state = replace(_escaped(state), chapter_percent=limited)
        pushed = await self._client.save_state(state, at)
        if pushed.outcome is not StateOutcome.REFUSED:
            return state, pushed
        if not self._was_seen(book_id, await self._state(book_id)):
            raise Overtaken
        plain = replace(state if self._grid else _escaped(state), chapter_percent=0)
        if plain == state:
            return state, pushed
        state = plain
        pushed = await self._client.save_state(state, at)
        if pushed.outcome is StateOutcome.TAKEN:
            log.info("the server counts the positions of this file in its own way")
            self._grid = True
        return state, pushed

    async def _composed(
        self, book_id: BookId, prepared: Sent, wire: SentState, held: ReadingState | None
    ) -> ReadingState:
        """The whole state; fields other than the place stay as the server has them.

        “Finished” is sent at the end only: Komga then replaces the place by its last position.
        """
        there, at_end = held or ReadingState(prepared.document), prepared.fraction >= 1
        return ReadingState(
            book_id=await self._server_id(book_id),
            status=KoboStatus.FINISHED if at_end else KoboStatus.READING,
            percent=100 if at_end else min(_MOST, wire.percent),
            chapter_percent=wire.chapter,
            spot=Spot(wire.value or FIRST_SPAN, wire.source),
            times_started=there.times_started,
            minutes_read=there.minutes_read,
            minutes_left=there.minutes_left,
        )

    def _later_than(self, book_id: BookId, held: ReadingState | None) -> datetime:
        """Now by the server's clock, in whole seconds, but later than the stored state.

        Komga refuses an equal time. A time in the future would make it refuse other devices.
        """
        now = self._client.server_now.replace(microsecond=0)
        times = [self._stamps.get(book_id)]
        times += [] if held is None else [held.at, held.changed_at]
        newest = max((at for at in times if at is not None), default=None)
        return now if newest is None else max(now, newest.replace(microsecond=0) + _STEP)

    def _was_seen(self, book_id: BookId, held: ReadingState | None) -> bool:
        """Whether this is the state of the last pull, or our own last write."""
        if held is None or held.is_empty:
            return True
        seen, own = self._seen.get(book_id), self._written.get(book_id)
        if seen is not None and same_place(held, seen):
            return held.at is None or seen.at is None or abs(held.at - seen.at) <= ROUNDING
        return own is not None and is_ours(held, own, self._grid)

    async def _unknown(self, server_id: str) -> Exception:
        """The error for a state that the server ignored: an unknown book, or no places at all."""
        if await self._client.metadata(server_id) is None:
            return NotMatched()
        self._keeps_states = False
        return Unsupported("the server keeps no places over Kobo sync", Lacks.PLACES)

    # -- looking

    async def _report(
        self, book_id: BookId, state: ReadingState, before: ReadingState | None
    ) -> Report:
        locator, resolution = None, Resolution(None, Precision.NONE)
        finished = state.is_finished_nowhere or _finished_beside(state, before)
        if not finished:
            async with self._places(book_id) as places:
                resolution = await asyncio.to_thread(resolved, places, state, before)
                where = resolution.place
                locator = (
                    await asyncio.to_thread(places.locator, where) if where is not None else None
                )
        known = state.percent is not None and not finished
        return Report(
            source_id=self._source_id,
            key=_key(state),
            locator=locator,
            precision=resolution.precision,
            fraction=(state.percent or 0) / 100 if known else None,
            at=self._client.here(state.at),
            device="",
            raw=SentState.of(state).raw,
            finished=finished,
            file_known=resolution.file_known,
        )

    async def _state(self, book_id: BookId) -> ReadingState | None:
        if not self._keeps_states:
            raise Unsupported("the server keeps no places over Kobo sync", Lacks.PLACES)
        return await self._client.state(await self._server_id(book_id))

    async def _server_id(self, book_id: BookId) -> str:
        server_id = await self._id_of(book_id)
        if server_id is None:
            raise NotMatched
        return server_id


def _escaped(state: ReadingState) -> ReadingState:
    spot = state.spot
    if spot is None:
        return state
    return replace(state, spot=replace(spot, source=source_of(spot.source)))


def _wire_of(places: KoboConversion, locator: Locator) -> SentState:
    """Blocking."""
    counted = places.kobo_progress(locator.place)
    span = places.kobo_span(counted.place) or FIRST_SPAN
    # The percentage of the chapter is that of the span, or the two would contradict each other
    start = places.from_kobo_span(span, counted.href).place or counted.place
    within = places.kobo_progress(start).chapter
    begun, finished = locator.place > Place(0, 0), locator.at_end
    percent = min(_MOST, max(int(begun), math.floor(counted.book * 100)))
    return SentState(
        span,
        counted.href,
        100 if finished else percent,
        math.floor(within * 100),
        chapter_limit(counted.file_bytes),
        finished=finished,
    )


def chapter_limit(file_bytes: int) -> int:
    """The largest percentage of a file that Komga accepts: that of its last position."""
    slices = max(1, math.ceil(file_bytes / _SLICE_BYTES))
    return max(0, math.ceil(100 * (slices - 1) / slices) - 1)


def _finished_beside(state: ReadingState, before: ReadingState | None) -> bool:
    """Whether KOReader reached the end, and the span beside it is an old one."""
    at_end = state.status is KoboStatus.FINISHED and state.percent == 100
    return at_end and left_behind(state, before)


def _names(received: Report, locator: Locator) -> bool:
    """Whether the report is exactly this place, so that it can be sent back unchanged."""
    exact = received.precision is Precision.EXACT and bool(received.raw)
    return exact and received.locator is not None and received.locator.place == locator.place


def _key(state: ReadingState) -> str:
    """Identifies this report."""
    at = state.at.isoformat() if state.at is not None else ""
    spot = state.spot or Spot("", "")
    words = [at, spot.value, spot.source, str(state.percent), str(state.chapter_percent)]
    words += ["finished"] if state.is_finished_nowhere else []
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:_KEY_LENGTH]
