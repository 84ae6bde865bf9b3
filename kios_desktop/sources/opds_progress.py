"""Places on the progression endpoint of a catalog. Satisfies `sync.ports.ProgressRemote`.

Only for books downloaded from the source: their links are known, and Komga's positions depend on
the exact bytes of the file.
"""

import asyncio
import hashlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import unquote

import msgspec
from msgspec import structs

from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import (
    Malformed,
    NotMatched,
    Overtaken,
    Refused,
    Rejected,
    RemoteError,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator, Place, Precision, Resolution
from kios_desktop.domain.loose import finite_number, fraction_of
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.protocols.opds.progression import (
    OffTheGrid,
    OwnProgression,
    Progressions,
    StoredProgression,
)
from kios_desktop.sources.kosync_values import measured

log = logging.getLogger(__name__)

_ROUNDING: Final = timedelta(seconds=2)  # servers round times
_FRESH: Final = timedelta(seconds=2)  # a time this close to the answer may be that of the answer
_URN: Final = "urn:uuid:"
_STEP: Final = timedelta(seconds=1)
_FLOAT: Final = 1e-6  # rounding of a 32-bit float
_KEY_LENGTH: Final = 24


class LocatorConversion(Protocol):
    """The part of `epub.places.Places` used here. Blocking."""

    def from_locator(self, document: object) -> Resolution: ...
    def from_references(self, references: Sequence[str], fraction: float | None) -> Resolution: ...
    def komga_locator(self, place: Place) -> dict[str, object]: ...
    def references(self, place: Place) -> list[str]: ...
    def locator(self, place: Place) -> Locator: ...
    def total_progression(self, place: Place) -> float: ...


class OpdsRemote:
    """One source. `link_of` gives the progression link of a book; None when it has none.

    `device_id` is a UUID of this installation, `device` gives the name to send.
    """

    def __init__(
        self,
        source_id: str,
        progressions: Progressions,
        link_of: Callable[[BookId], Awaitable[ProgressionLink | None]],
        places: Callable[[BookId], AbstractAsyncContextManager[LocatorConversion]],
        device: Callable[[], str],
        device_id: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source_id, self._progressions, self._link_of = source_id, progressions, link_of
        self._places, self._device, self._now = places, device, now
        self._device_id = urn(device_id)
        # The time of the newest record of each book: our next one has to be later
        self._seen: dict[BookId, datetime] = {}
        self._stamps = False  # the server puts the time of the answer into records (Stump)
        self._last: dict[BookId, StoredProgression] = {}

    async def prepare(
        self,
        book_id: BookId,
        locator: Locator,
        received: Report | None,
        sent: Sent | None,  # noqa: ARG002 (the port's shape)
    ) -> Sent:
        """The document for a place; a received one goes back unchanged while it names the place."""
        link = await self._link(book_id)
        as_received = received.raw if received is not None and _names(received, locator) else ""
        readium = link.dialect is ProgressionDialect.READIUM
        async with self._places(book_id) as places:
            locator = await asyncio.to_thread(measured, places, locator)
            if as_received and not (readium and _lacks_span(as_received)):
                return Sent(locator, as_received, locator.total_progression)
            if readium:
                document = await asyncio.to_thread(places.komga_locator, locator.place)
                span = document.get("koboSpan")
                if as_received and span is not None:  # as received, with what e-readers need
                    document = {**msgspec.json.decode(as_received), "koboSpan": span}
            else:
                document = {"references": await asyncio.to_thread(places.references, locator.place)}
        return Sent(locator, msgspec.json.encode(document).decode(), locator.total_progression)

    async def pull(self, book_id: BookId, own_writes: Sequence[Sent]) -> Report | Sent | None:
        """What the server holds: a write of ours, somebody else's report, or nothing."""
        link = await self._link(book_id)
        held = await self._held(book_id, link)
        if held is None:
            return None
        if held.modified is not None:
            self._seen[book_id] = held.modified
        if not held.has_place and not held.unknown:
            return await self._placeless(link, held)
        async with self._places(book_id) as places:
            resolution = await asyncio.to_thread(_resolved, places, held)
            ours = self._own(held, resolution, own_writes)
            if ours is not None:
                return structs.replace(ours, at=held.modified or ours.at)
            where = resolution.place
            locator = await asyncio.to_thread(places.locator, where) if where is not None else None
        return self._report(held, resolution, locator)

    async def _held(self, book_id: BookId, link: ProgressionLink) -> StoredProgression | None:
        """What the server holds; without its time if that is the time of the answer (Stump).

        A record written within the same second looks alike, so a doubtful one is requested again: a
        server that stores times gives the same one.
        """
        held = await self._progressions.pull(link)
        if held is not None and self._is_doubtful(book_id, held):
            if not self._stamps:
                first, held = held, await self._progressions.pull(link)
                self._stamps = held is not None and _differ_in_time_only(first, held)
                if held is not None and self._stamps:
                    log.info("this server's times are those of its answers")
            if held is not None and self._stamps and _is_fresh(held):
                held = replace(held, modified=None)
        if held is None:
            self._last.pop(book_id, None)
        else:
            self._last[book_id] = held
        return held

    def _is_doubtful(self, book_id: BookId, held: StoredProgression) -> bool:
        last = self._last.get(book_id)
        if not _is_fresh(held) or held.modified == self._seen.get(book_id):
            return False
        # The same place without a device, at another time, proves it too. Two marks without a place
        # do not: a book may be marked as read twice
        no_device = held.has_place and not held.device_id
        self._stamps |= no_device and last is not None and _differ_in_time_only(last, held)
        return True

    async def _placeless(
        self, link: ProgressionLink, held: StoredProgression
    ) -> Report | Sent | None:
        """The report of a record without a place: “marked as read”, or a page-based client."""
        if held.modified is None and self._stamps and not (held.device_id or held.device):
            return None  # Stump's answer when nothing is stored
        finished = False
        if link.dialect is ProgressionDialect.READIUM:
            try:
                finished = bool(await self._progressions.completed(link))
            except (NotMatched, Rejected, Refused, Malformed) as error:
                log.info("whether the book is marked as read is unknown: %s", error)
        report = self._report(held, Resolution(None, Precision.NONE), None)
        return structs.replace(report, finished=finished)

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        """Writes. Raises `Overtaken` if a newer record came since the last pull."""
        link = await self._link(book_id)
        at = self._later_than_seen(book_id)
        here = self._here(link, prepared, at)
        try:
            answer = await self._progressions.push(link, here)
        except OffTheGrid:
            here = await self._push_on_their_grid(link, here)
            answer = None
        except Overtaken:
            # An equal time is refused, too: after a lost answer, it is that of our own write
            held = await self._progressions.pull(link)
            if held is None or not self._is_own_write(held, here):
                raise
            answer = held
        self._seen[book_id] = at
        if answer is not None and answer.modified is not None:
            at = answer.modified
            self._seen[book_id] = max(at, self._seen[book_id])
        return structs.replace(prepared, at=at)

    async def _push_on_their_grid(
        self, link: ProgressionLink, here: OwnProgression
    ) -> OwnProgression:
        """Writes at a position of the server's own list, or at the start of the file."""
        locator = msgspec.json.decode(msgspec.json.encode(here.locator))
        sought = locator["locations"].get("progression") or 0.0
        for progression in (await self._theirs(link, locator["href"], sought), 0.0):
            locator["locations"]["progression"] = progression
            one = replace(here, locator=locator)
            try:
                await self._progressions.push(link, one)
            except OffTheGrid:
                if progression == 0.0:
                    raise
            else:
                log.info("the server counts other positions in this file")
                return one
        raise AssertionError("unreachable")

    async def _theirs(self, link: ProgressionLink, href: str, sought: float) -> float:
        try:
            positions = await self._progressions.positions(link)
        except RemoteError as error:
            log.info("the server's positions are unknown: %s", error)
            return 0.0
        found = [
            float(locations["progression"])
            for one in positions
            if one.get("href") == href
            and isinstance(locations := one.get("locations"), Mapping)
            and isinstance(locations.get("progression"), int | float)
        ]
        return max((value for value in found if value <= sought), default=0.0)

    async def _link(self, book_id: BookId) -> ProgressionLink:
        link = await self._link_of(book_id)
        if link is None:
            raise NotMatched
        return link

    def _here(self, link: ProgressionLink, prepared: Sent, at: datetime) -> OwnProgression:
        document: dict[str, Any] = msgspec.json.decode(prepared.raw)
        readium = link.dialect is ProgressionDialect.READIUM
        return OwnProgression(
            modified=at,
            device_id=self._device_id,
            device=self._device(),
            title=prepared.locator.chapter.title,
            locator=document if readium else {},
            progression=prepared.fraction,
            references=() if readium else tuple(document.get("references", ())),
        )

    def _later_than_seen(self, book_id: BookId) -> datetime:
        """Now, but later than the newest record of the server, which refuses an equal time."""
        now = self._now().astimezone(UTC)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        seen = self._seen.get(book_id)
        return now if seen is None else max(now, seen + _STEP)

    def _own(
        self, held: StoredProgression, resolution: Resolution, own_writes: Sequence[Sent]
    ) -> Sent | None:
        if not self._is_ours(held.device_id):
            return None
        for sent in own_writes:
            at = held.modified
            then = sent.at is not None and at is not None and abs(at - sent.at) <= _ROUNDING
            if then or resolution.place == sent.locator.place or _is_as_sent(held, sent):
                return sent
        return None

    def _is_own_write(self, held: StoredProgression, here: OwnProgression) -> bool:
        same_time = held.modified is not None and abs(held.modified - here.modified) < _STEP
        return same_time and self._is_ours(held.device_id)

    def _is_ours(self, device_id: str) -> bool:
        return _bare(device_id) == _bare(self._device_id)

    def _report(
        self, held: StoredProgression, resolution: Resolution, locator: Locator | None
    ) -> Report:
        return Report(
            source_id=self._source_id,
            key=_key(held),
            locator=locator,
            precision=resolution.precision,
            file_known=resolution.file_known,
            fraction=_total(held),
            at=held.modified,
            device=held.device,
            raw=_raw(held),
        )


def urn(device_id: str) -> str:
    """A device id as the OPDS draft wants it: a URI, `urn:uuid:` with hyphens."""
    try:
        return f"{_URN}{uuid.UUID(device_id.removeprefix(_URN))}"
    except ValueError:
        return device_id if device_id.startswith("urn:") else f"{_URN}{device_id}"


def _bare(device_id: str) -> str:
    """The id without prefix and hyphens, which earlier versions of Kios did not send."""
    return device_id.casefold().removeprefix(_URN).replace("-", "")


def _is_fresh(held: StoredProgression) -> bool:
    if held.modified is None or held.server_now is None:
        return False
    return abs(held.server_now - held.modified) <= _FRESH


def _differ_in_time_only(one: StoredProgression, other: StoredProgression) -> bool:
    if one.modified is None or other.modified is None or one.modified == other.modified:
        return False
    return replace(one, modified=None) == replace(other, modified=None)


def _is_as_sent(held: StoredProgression, sent: Sent) -> bool:
    """Whether the server holds exactly what was sent, whatever its place in the book."""
    document: dict[str, Any] = msgspec.json.decode(sent.raw) if sent.raw else {}
    if held.locator is None:
        return bool(held.references) and list(held.references) == document.get("references")
    ours, theirs = _spot(document), _spot(held.locator)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        return False
    same_position = None in (ours[2], theirs[2]) or ours[2] == theirs[2]
    return abs(ours[1] - theirs[1]) < _FLOAT and same_position


def _spot(locator: Mapping[str, Any]) -> tuple[str, float, float | None] | None:
    """(file, progression in it, position number) of a locator."""
    locations = locator.get("locations")
    href = locator.get("href")
    if not isinstance(locations, Mapping) or not isinstance(href, str):
        return None
    progression = fraction_of(locations.get("progression"))
    return (
        None
        if progression is None
        else (unquote(href), progression, finite_number(locations.get("position")))
    )


def _lacks_span(raw: str) -> bool:
    return "koboSpan" not in msgspec.json.decode(raw)


def _names(received: Report, locator: Locator) -> bool:
    """Whether the report is exactly this place, so that it can be sent back unchanged."""
    exact = received.precision is Precision.EXACT and bool(received.raw)
    return exact and received.locator is not None and received.locator.place == locator.place


def _resolved(places: LocatorConversion, held: StoredProgression) -> Resolution:
    """Blocking."""
    if held.locator:
        return places.from_locator(held.locator)
    if held.references or held.progression is not None:
        return places.from_references(held.references, held.progression)
    return Resolution(None, Precision.NONE)


def _total(held: StoredProgression) -> float | None:
    """The server's own number for the whole book."""
    if held.progression is not None or held.locator is None:
        return held.progression
    locations = held.locator.get("locations")
    if isinstance(locations, Sequence) and not isinstance(locations, str) and locations:
        locations = locations[0]
    total = locations.get("totalProgression") if isinstance(locations, Mapping) else None
    return fraction_of(total)


def _raw(held: StoredProgression) -> str:
    if held.locator:
        return msgspec.json.encode(held.locator).decode()
    return msgspec.json.encode({"references": held.references}).decode() if held.references else ""


def _key(held: StoredProgression) -> str:
    """Identifies this report."""
    at = held.modified.isoformat() if held.modified is not None else ""
    text = "\n".join((at, held.device_id, _raw(held), str(held.progression)))
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]
