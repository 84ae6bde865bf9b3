"""A catalog's progression endpoint as the place of a book. Satisfies `sync.ports.ProgressRemote`.

Only books that were downloaded from the source: their addresses are known, and Komga's grid is made
of the very bytes it delivered.
"""

import asyncio
import hashlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import unquote

import msgspec

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
from kios_desktop.protocols.opds.progression import Held, Here, OffTheGrid, Progressions
from kios_desktop.sources.wire import measured

log = logging.getLogger(__name__)

_ROUNDING: Final = timedelta(seconds=2)  # what servers cut off a time
_FRESH: Final = timedelta(seconds=2)  # a time this near the answer's may be the answer's
_URN: Final = "urn:uuid:"
_STEP: Final = timedelta(seconds=1)
_FLOAT: Final = 1e-6  # what a progression loses as a 32-bit float
_KEY_LENGTH: Final = 24


class PlaceConversion(Protocol):
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
        places: Callable[[BookId], Awaitable[PlaceConversion]],
        device: Callable[[], str],
        device_id: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source_id, self._progressions, self._link_of = source_id, progressions, link_of
        self._places, self._device, self._now = places, device, now
        self._device_id = urn(device_id)
        # The time of the newest record seen of each book: ours has to be later
        self._seen: dict[BookId, datetime] = {}
        self._stamps = False  # found out: its times are those of its answers
        self._last: dict[BookId, Held] = {}

    async def prepare(
        self,
        book_id: BookId,
        locator: Locator,
        received: Report | None,
        sent: Sent | None,  # noqa: ARG002 (the port's shape)
    ) -> Sent:
        """The document for a place; a received one goes back as it came while it is the same."""
        link = await self._link(book_id)
        echo = received.raw if received is not None and _names(received, locator) else ""
        readium = link.dialect is ProgressionDialect.READIUM
        places = await self._places(book_id)
        locator = await asyncio.to_thread(measured, places, locator)
        if echo and not (readium and _lacks_span(echo)):
            return Sent(locator, echo, locator.total_progression)
        if readium:
            document = await asyncio.to_thread(places.komga_locator, locator.place)
            if echo and "koboSpan" in document:  # as it came, and with what e-readers need
                document = {**msgspec.json.decode(echo), "koboSpan": document["koboSpan"]}
        else:
            document = {"references": await asyncio.to_thread(places.references, locator.place)}
        return Sent(locator, msgspec.json.encode(document).decode(), locator.total_progression)

    async def pull(self, book_id: BookId, mine: Sequence[Sent]) -> Report | Sent | None:
        """What the server holds: nothing, a write of ours, or somebody else's."""
        link = await self._link(book_id)
        held = await self._held(book_id, link)
        if held is None:
            return None
        if held.modified is not None:
            self._seen[book_id] = held.modified
        if not held.has_place and not held.unknown:
            return await self._placeless(link, held)
        places = await self._places(book_id)
        resolution = await asyncio.to_thread(_resolved, places, held)
        ours = self._own(held, resolution, mine)
        if ours is not None:
            return replace(ours, at=held.modified or ours.at)
        where = resolution.place
        locator = await asyncio.to_thread(places.locator, where) if where is not None else None
        return self._report(held, resolution, locator)

    async def _held(self, book_id: BookId, link: ProgressionLink) -> Held | None:
        """What the server holds; without a time, if it only has that of its answers (Stump).

        A write of this very second looks the same. Asked again, an honest server says the same.
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

    def _is_doubtful(self, book_id: BookId, held: Held) -> bool:
        last = self._last.get(book_id)
        if not _is_fresh(held) or held.modified == self._seen.get(book_id):
            return False
        # The same place by nobody with another time gives it away, too, be they whole seconds. Two
        # marks without a place say nothing of the kind: a book may be marked as read twice
        nobody = held.has_place and not held.device_id
        self._stamps |= nobody and last is not None and _differ_in_time_only(last, held)
        return True

    async def _placeless(self, link: ProgressionLink, held: Held) -> Report | Sent | None:
        """Somebody left no place: marked the book as read, or reads it by other pages."""
        if held.modified is None and self._stamps and not (held.device_id or held.device):
            return None  # the answer to who asks about nothing
        finished = False
        if link.dialect is ProgressionDialect.READIUM:
            try:
                finished = bool(await self._progressions.completed(link))
            except (NotMatched, Rejected, Refused, Malformed) as error:
                log.info("whether the book is marked as read is not to be had: %s", error)
        report = self._report(held, Resolution(None, Precision.NONE), None)
        return replace(report, finished=finished)

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        """Writes. Raises `Overtaken` when something newer came since the last look."""
        link = await self._link(book_id)
        at = self._later_than_seen(book_id)
        here = self._here(link, prepared, at)
        try:
            answer = await self._progressions.push(link, here)
        except OffTheGrid:
            here = await self._push_on_their_grid(link, here)
            answer = None
        except Overtaken:
            # Equal times are refused as well: after an answer that was lost it is our own write
            held = await self._progressions.pull(link)
            if held is None or not self._is_own_write(held, here):
                raise
            answer = held
        self._seen[book_id] = at
        if answer is not None and answer.modified is not None:
            at = answer.modified
            self._seen[book_id] = max(at, self._seen[book_id])
        return replace(prepared, at=at)

    async def _push_on_their_grid(self, link: ProgressionLink, here: Here) -> Here:
        """The server counted other positions than we do: use its own, at last the chapter."""
        locator = msgspec.json.decode(msgspec.json.encode(here.locator))
        wanted = locator["locations"].get("progression") or 0.0
        for progression in (await self._theirs(link, locator["href"], wanted), 0.0):
            locator["locations"]["progression"] = progression
            one = replace(here, locator=locator)
            try:
                await self._progressions.push(link, one)
            except OffTheGrid:
                if progression == 0.0:
                    raise
            else:
                log.info("the server has other positions for this file than we count")
                return one
        raise AssertionError("unreachable")

    async def _theirs(self, link: ProgressionLink, href: str, wanted: float) -> float:
        try:
            positions = await self._progressions.positions(link)
        except RemoteError as error:
            log.info("the server's positions are not to be had: %s", error)
            return 0.0
        found = [
            float(locations["progression"])
            for one in positions
            if one.get("href") == href
            and isinstance(locations := one.get("locations"), Mapping)
            and isinstance(locations.get("progression"), int | float)
        ]
        return max((value for value in found if value <= wanted), default=0.0)

    async def _link(self, book_id: BookId) -> ProgressionLink:
        link = await self._link_of(book_id)
        if link is None:
            raise NotMatched
        return link

    def _here(self, link: ProgressionLink, prepared: Sent, at: datetime) -> Here:
        document: dict[str, Any] = msgspec.json.decode(prepared.raw)
        readium = link.dialect is ProgressionDialect.READIUM
        return Here(
            modified=at,
            device_id=self._device_id,
            device=self._device(),
            title=prepared.locator.chapter.title,
            locator=document if readium else {},
            progression=prepared.fraction,
            references=() if readium else tuple(document.get("references", ())),
        )

    def _later_than_seen(self, book_id: BookId) -> datetime:
        """Now, and later than anything this server has: an equal time is refused."""
        now = self._now().astimezone(UTC)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        seen = self._seen.get(book_id)
        return now if seen is None else max(now, seen + _STEP)

    def _own(self, held: Held, resolution: Resolution, mine: Sequence[Sent]) -> Sent | None:
        if not self._is_ours(held.device_id):
            return None
        for sent in mine:
            at = held.modified
            then = sent.at is not None and at is not None and abs(at - sent.at) <= _ROUNDING
            if then or resolution.place == sent.locator.place or _is_as_sent(held, sent):
                return sent
        return None

    def _is_own_write(self, held: Held, here: Here) -> bool:
        same_time = held.modified is not None and abs(held.modified - here.modified) < _STEP
        return same_time and self._is_ours(held.device_id)

    def _is_ours(self, device_id: str) -> bool:
        return _bare(device_id) == _bare(self._device_id)

    def _report(self, held: Held, resolution: Resolution, locator: Locator | None) -> Report:
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
    """A device id as the draft wants it, a URI: `urn:uuid:` with hyphens."""
    try:
        return f"{_URN}{uuid.UUID(device_id.removeprefix(_URN))}"
    except ValueError:
        return device_id if device_id.startswith("urn:") else f"{_URN}{device_id}"


def _bare(device_id: str) -> str:
    """What is the same in every way the id was ever sent: earlier versions left out hyphens."""
    return device_id.casefold().removeprefix(_URN).replace("-", "")


def _is_fresh(held: Held) -> bool:
    if held.modified is None or held.server_now is None:
        return False
    return abs(held.server_now - held.modified) <= _FRESH


def _differ_in_time_only(one: Held, other: Held) -> bool:
    if one.modified is None or other.modified is None or one.modified == other.modified:
        return False
    return replace(one, modified=None) == replace(other, modified=None)


def _is_as_sent(held: Held, sent: Sent) -> bool:
    """Whether the server holds what went over the wire, whatever place that is here."""
    document: dict[str, Any] = msgspec.json.decode(sent.raw) if sent.raw else {}
    if held.locator is None:
        return bool(held.references) and list(held.references) == document.get("references")
    ours, theirs = _spot(document), _spot(held.locator)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        return False
    same_position = None in (ours[2], theirs[2]) or ours[2] == theirs[2]
    return abs(ours[1] - theirs[1]) < _FLOAT and same_position


def _spot(locator: Mapping[str, Any]) -> tuple[str, float, float | None] | None:
    """(file, progression in it, number of the position) of a locator."""
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
    """Whether what was received is this very place, so that it can go back as it came."""
    exact = received.precision is Precision.EXACT and bool(received.raw)
    return exact and received.locator is not None and received.locator.place == locator.place


def _resolved(places: PlaceConversion, held: Held) -> Resolution:
    """Blocking."""
    if held.locator:
        return places.from_locator(held.locator)
    if held.references or held.progression is not None:
        return places.from_references(held.references, held.progression)
    return Resolution(None, Precision.NONE)


def _total(held: Held) -> float | None:
    """The server's own number for the whole book."""
    if held.progression is not None or held.locator is None:
        return held.progression
    locations = held.locator.get("locations")
    if isinstance(locations, Sequence) and not isinstance(locations, str) and locations:
        locations = locations[0]
    total = locations.get("totalProgression") if isinstance(locations, Mapping) else None
    return fraction_of(total)


def _raw(held: Held) -> str:
    if held.locator:
        return msgspec.json.encode(held.locator).decode()
    return msgspec.json.encode({"references": held.references}).decode() if held.references else ""


def _key(held: Held) -> str:
    """Names this very report."""
    at = held.modified.isoformat() if held.modified is not None else ""
    text = "\n".join((at, held.device_id, _raw(held), str(held.progression)))
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]
