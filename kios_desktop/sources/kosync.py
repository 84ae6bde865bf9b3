"""Places on a KOReader sync server: converts records to reports and places to records.

Satisfies `sync.ports.ProgressRemote`. Peculiarities of servers are in `presets`, `own_write` and
`clock`; what is learned about a server is stored through `ServerNotes`.
"""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec
from msgspec import structs

from kios_desktop.domain.errors import (
    Lacks,
    Malformed,
    NotMatched,
    Refusal,
    Rejected,
    Unsupported,
)
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.locator import Locator, Place, Precision, Resolution
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.source import DocumentId, Source
from kios_desktop.epub.document_hash import file_name_id
from kios_desktop.protocols.http import Http
from kios_desktop.protocols.kosync import KosyncClient, Progress, Stored
from kios_desktop.sources.clock import ServerClock
from kios_desktop.sources.kosync_values import (
    DECIMALS,
    measured,
    percentage,
    shortened,
    unchanged_text,
)
from kios_desktop.sources.own_write import ANONYMOUS, own_write
from kios_desktop.sources.presets import CWA, KOMGA, STUMP, in_its_terms, matching_help
from kios_desktop.sources.server_notes import ServerNotes

log = logging.getLogger(__name__)

NO_BOOK = "0" * 32  # a document that no server knows
_NO_FILE = "/body/DocFragment[0]"


class XPointerConversion(Protocol):
    """The part of `epub.places.Places` used here. Blocking."""

    def from_xpointer(self, text: str, fraction: float | None = None) -> Resolution: ...
    def from_fraction(self, fraction: float) -> Resolution: ...
    def xpointer(self, place: Place) -> str: ...
    def locator(self, place: Place) -> Locator: ...
    def total_progression(self, place: Place) -> float: ...


class _Notes(msgspec.Struct):
    """What is stored about a server. `variant`: it knows books by its own variant of the hash."""

    bias_s: int | None = None
    variant: bool = False


class KosyncRemote:
    """One source. `device` gives the name to send, `device_id` is this installation's."""

    def __init__(
        self,
        source: Source,
        device: Callable[[], str],
        device_id: str,
        books: Callable[[BookId], Awaitable[Book]],
        places: Callable[[BookId], AbstractAsyncContextManager[XPointerConversion]],
        server_notes: ServerNotes,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source, self._device, self._device_id = source, device, device_id
        self._books, self._places, self._server_notes, self._now = books, places, server_notes, now
        extra = [(header.name, header.value.reveal()) for header in source.headers]
        self._http = Http(source.pin, extra)
        self._client = KosyncClient(
            self._http, source.url, source.auth, source.username, source.password
        )
        self._notes: _Notes | None = None
        self._clock = ServerClock(biased=source.preset == CWA)
        self._record_times: dict[BookId, datetime] = {}  # of the record read last

    async def aclose(self) -> None:
        await self._http.aclose()

    async def check(self) -> None:
        """Raises unless the server accepts the credentials and answers. Writes nothing."""
        with self._in_its_terms():
            await self._client.authorize()
        # Some accept credentials while sync is switched off: only the progress route tells
        with contextlib.suppress(NotMatched), self._in_its_terms():
            await self._client.progress(NO_BOOK)
            self._clock.update(self._client.server_now, self._now())

    async def prepare(
        self, book_id: BookId, locator: Locator, received: Report | None, sent: Sent | None
    ) -> Sent:
        """The record for a place. Raises `PublicationError` when the book file is gone."""
        async with self._places(book_id) as places:
            locator = await asyncio.to_thread(measured, places, locator)
            raw = unchanged_text(received, locator)
            if raw is None:
                raw = await asyncio.to_thread(places.xpointer, locator.place)
        fraction = percentage(locator, sent.fraction if sent is not None else None)
        documents = await self._documents(book_id)
        known = sent.document if sent is not None else ""
        document = known if known in documents else documents[0]
        return Sent(locator, shortened(raw), fraction, document)

    async def pull(self, book_id: BookId, own_writes: Sequence[Sent]) -> Report | Sent | None:
        """What the server holds; None also for a book it does not know."""
        await self._noted()
        record = await self._find(book_id)
        self._clock.update(self._client.server_now, self._now())
        self._record_times.pop(book_id, None)
        if record is None:
            return None
        if record.at is not None:
            self._record_times[book_id] = record.at
        async with self._places(book_id) as places:
            resolution, locator = await asyncio.to_thread(
                self._resolved, places, record.progress, record.fraction
            )
        await self._learn(record, own_writes)
        timed = replace(record, at=self._clock.read(record.at))
        ours = own_write(timed, resolution, own_writes, self._source.preset, self._device_id)
        if ours is not None:
            return ours
        if self._is_finished(record):
            resolution, locator = Resolution(None, Precision.NONE), None
        return self._report(record, timed, resolution, locator)

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        """Writes. Raises `NotMatched` if the server knows none of the file's ids, and `Unsupported`
        if it reports success and keeps the old place.
        """
        sent = prepared
        try:
            at = await self._save(book_id, prepared)
        except NotMatched as error:
            others = [d for d in await self._documents(book_id) if d != prepared.document]
            if error.duplicates or not others:
                raise self._unknown(error) from None
            sent = structs.replace(prepared, document=others[0])
            at = await self._save_as_variant(book_id, sent)
        return structs.replace(sent, at=at)

    async def _save_as_variant(self, book_id: BookId, sent: Sent) -> datetime | None:
        try:
            at = await self._save(book_id, sent)
        except NotMatched as error:
            raise self._unknown(error) from None
        await self._note(variant=True)
        return at

    def _unknown(self, error: NotMatched) -> NotMatched:
        """With what helps on this kind of server."""
        known = None if error.duplicates else matching_help(self._source.preset)
        return NotMatched(error.duplicates, known)

    async def _save(self, book_id: BookId, sent: Sent) -> datetime | None:
        with self._in_its_terms():
            stored = await self._client.save(
                sent.document, sent.raw, sent.fraction, self._device(), self._device_id
            )
        self._clock.update(self._client.server_now, self._now())
        if self._source.preset == STUMP and self._is_lost(book_id, stored):
            raise Unsupported("the server answers with its old record", Lacks.LATER_PLACES)
        if stored.linked is False:
            log.info("saved, but the server does not recognise the file %s", sent.document)
        return stored.at or self._client.server_now

    async def _find(self, book_id: BookId) -> Progress | None:
        documents = await self._documents(book_id)
        found: Progress | None = None
        for index, document in enumerate(documents):
            try:
                with self._in_its_terms():
                    found = await self._client.progress(document)
            except NotMatched as error:
                if error.duplicates:
                    raise
                continue
            if index > 0:
                await self._note(variant=not (await self._noted()).variant)
            break
        return found

    async def _documents(self, book_id: BookId) -> list[str]:
        """The document ids this server may know the book by, the likeliest first."""
        book = await self._books(book_id)
        if self._source.document_id is DocumentId.FILE_NAME:
            return [file_name_id(book.original_name)]
        hashes = book.hashes
        variant = {
            KOMGA: hashes.partial_md5_komga,
            STUMP: hashes.partial_md5_stump,
        }.get(self._source.preset, "")
        if not variant or variant == hashes.partial_md5:
            return [hashes.partial_md5]
        both = [hashes.partial_md5, variant]
        return both[::-1] if (await self._noted()).variant else both

    def _resolved(
        self, places: XPointerConversion, text: str, fraction: float | None
    ) -> tuple[Resolution, Locator | None]:
        """The place of a record. Blocking."""
        found = Resolution(None, Precision.NONE)
        if text:
            found = places.from_xpointer(text, fraction)
        if found.place is None and fraction is not None:
            found = places.from_fraction(fraction)
        if self._source.preset == STUMP and found.place is not None and fraction is not None:
            found = _newer_of_stump(places, found, fraction)
        return found, None if found.place is None else places.locator(found.place)

    def _report(
        self, record: Progress, timed: Progress, resolution: Resolution, locator: Locator | None
    ) -> Report:
        return Report(
            source_id=self._source.id,
            key=_key(record),
            locator=locator,
            precision=resolution.precision,
            file_known=resolution.file_known,
            fraction=None if self._is_finished(record) else record.fraction,
            at=self._clock.here(timed.at),
            device="" if record.device in ANONYMOUS else record.device,
            raw=record.progress,
            finished=self._is_finished(record),
        )

    def _is_finished(self, record: Progress) -> bool:
        """Whether the book is marked as read: Komga then names no file, Stump drops the place."""
        nowhere = {
            KOMGA: record.progress.startswith(_NO_FILE),
            STUMP: not record.progress,
        }.get(self._source.preset, False)
        return nowhere and record.fraction is not None and record.fraction >= 1

    async def _learn(self, record: Progress, own_writes: Sequence[Sent]) -> None:
        """Learns the bias of the clock from a record that is certainly ours."""
        for sent in own_writes:
            own = record.device_id.casefold() == self._device_id.casefold()
            if own and record.progress == sent.raw and self._clock.learn(sent.at, record.at):
                bias = self._clock.bias
                await self._note(bias_s=round(bias.total_seconds()) if bias is not None else None)

    def _is_lost(self, book_id: BookId, stored: Stored) -> bool:
        """Whether the write was dropped: one version of Stump answers with its old record."""
        record_time = self._record_times.get(book_id)
        return stored.at is not None and record_time is not None and stored.at <= record_time

    @contextmanager
    def _in_its_terms(self) -> Iterator[None]:
        """Translates errors: with KOReader sync switched off, Stump answers with a web page."""
        try:
            yield
        except Rejected as error:
            raise in_its_terms(self._source, error) from None
        except (Malformed, Unsupported) as error:
            page = isinstance(error, Unsupported) or (error.html and not error.login)
            if self._source.preset != STUMP or not page:
                raise
            raise Rejected(Refusal.SWITCHED_OFF) from None

    async def _noted(self) -> _Notes:
        if self._notes is None:
            try:
                text = await self._server_notes.remembered(self._source.id)
                self._notes = msgspec.json.decode(text, type=_Notes) if text else _Notes()
            except msgspec.DecodeError:
                self._notes = _Notes()
            if self._notes.bias_s is not None:
                self._clock.bias = timedelta(seconds=self._notes.bias_s)
        return self._notes

    async def _note(self, **changes: bool | int | None) -> None:
        self._notes = msgspec.structs.replace(await self._noted(), **changes)
        await self._server_notes.remember(
            self._source.id, msgspec.json.encode(self._notes).decode()
        )


def _newer_of_stump(places: XPointerConversion, found: Resolution, fraction: float) -> Resolution:
    """The place of a record of Stump, whose web reader updates the percentage only.

    If percentage and position are more than a chapter apart, the percentage is the newer one; it is
    never followed without a question.
    """
    guess = places.from_fraction(fraction)
    if found.place is None or guess.place is None or found.precision is Precision.FRACTION:
        return found
    here, there = places.locator(found.place), places.locator(guess.place)
    apart = abs(here.chapter.index - there.chapter.index) > 1
    far = abs(here.total_progression - fraction) > 0.05
    return guess if apart and far else found


def _key(record: Progress) -> str:
    """Identifies this report. Without the device id: one clone makes up a new one each time."""
    fraction = "" if record.fraction is None else str(round(record.fraction * DECIMALS))
    who = record.at.isoformat() if record.at is not None else record.device
    text = "\n".join((record.progress, fraction, who))
    return hashlib.sha256(text.encode()).hexdigest()[:24]
