"""A catalog's progression endpoint as the place of a book. Satisfies `sync.ports.ProgressRemote`.

Only books that were downloaded from the source: their addresses are known, and Komga's grid is made
of the very bytes it delivered.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import msgspec

from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import NotMatched, Overtaken, RemoteError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator, Place, Precision, Resolution
from kios_desktop.domain.loose import fraction_of
from kios_desktop.domain.progress import Looked, Report, Sent
from kios_desktop.protocols.opds.progression import Held, Here, OffTheGrid, Progressions

log = logging.getLogger(__name__)

_ROUNDING: Final = timedelta(seconds=2)  # what servers cut off a time
_STEP: Final = timedelta(seconds=1)
_KEY_LENGTH: Final = 24


class PlaceConversion(Protocol):
    """The part of `epub.places.Places` used here. Blocking."""

    def from_locator(self, document: object) -> Resolution: ...
    def from_references(self, references: Sequence[str], fraction: float | None) -> Resolution: ...
    def komga_locator(self, place: Place) -> dict[str, object]: ...
    def references(self, place: Place) -> list[str]: ...
    def locator(self, place: Place) -> Locator: ...


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
        self._device_id = device_id if device_id.startswith("urn:") else f"urn:uuid:{device_id}"
        # The time of the newest record seen of each book: ours has to be later
        self._seen: dict[BookId, datetime] = {}

    async def prepare(
        self,
        book_id: BookId,
        locator: Locator,
        received: Report | None,
        sent: Sent | None,  # noqa: ARG002 (the port's shape)
    ) -> Sent:
        """The document for a place; a received one goes back as it came while it is the same."""
        link = await self._link(book_id)
        if received is not None and _names(received, locator):
            return Sent(locator, received.raw, locator.total_progression)
        places = await self._places(book_id)
        if link.dialect is ProgressionDialect.READIUM:
            document: object = await asyncio.to_thread(places.komga_locator, locator.place)
        else:
            document = {"references": await asyncio.to_thread(places.references, locator.place)}
        return Sent(locator, msgspec.json.encode(document).decode(), locator.total_progression)

    async def pull(self, book_id: BookId, mine: Sequence[Sent]) -> Looked:
        """What the server holds: nothing, a write of ours, or somebody else's."""
        link = await self._link(book_id)
        held = await self._progressions.pull(link)
        if held is None:
            return Looked()
        if held.modified is not None:
            self._seen[book_id] = held.modified
        places = await self._places(book_id)
        resolution = await asyncio.to_thread(_resolved, places, held)
        ours = self._own(held, resolution, mine)
        if ours is not None:
            return Looked(ours=replace(ours, at=held.modified or ours.at))
        where = resolution.place
        locator = await asyncio.to_thread(places.locator, where) if where is not None else None
        return Looked(self._report(held, resolution, locator))

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
            if then or resolution.place == sent.locator.place:
                return sent
        return None

    def _is_own_write(self, held: Held, here: Here) -> bool:
        same_time = held.modified is not None and abs(held.modified - here.modified) < _STEP
        return same_time and self._is_ours(held.device_id)

    def _is_ours(self, device_id: str) -> bool:
        bare = self._device_id.removeprefix("urn:uuid:").casefold()
        return device_id.removeprefix("urn:uuid:").casefold() == bare

    def _report(self, held: Held, resolution: Resolution, locator: Locator | None) -> Report:
        return Report(
            source_id=self._source_id,
            key=_key(held),
            locator=locator,
            precision=resolution.precision,
            fraction=_total(held),
            at=held.modified,
            device=held.device,
            raw=_raw(held),
        )


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
