"""Positions behind a catalog, in both dialects (opds.md 10).

Komga's is the older one: a Readium locator. The OPDS draft, which Stump moved to, sends a fraction
of the whole book with references. What a locator or a reference means in a book is not known here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import (
    Lacks,
    Malformed,
    NotMatched,
    Overtaken,
    Refused,
    RemoteError,
    Unsupported,
)
from kios_desktop.domain.loose import fraction_of, said_of, time_of, words_of
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Reply, Session, check_answered, loose_json, not_understood

PULL_ACCEPT: Final = (
    "application/opds-progression+json, application/vnd.readium.progression+json, "
    "application/json;q=0.8, */*;q=0.1"
)
CAP_BYTES: Final = 64 * 1024
TOTAL_S: Final = 10.0
_MOST_REFERENCES: Final = 20
_MOST: Final = 4096  # characters of a sentence that are looked at
_KOMGA = re.compile(r"(.*)/opds/v2/books/([^/]+)/progression")
_NOW: Final = timedelta(minutes=1)
_NAMELESS: Final = frozenset({"", "unused"})
_DEEPEST: Final = 8  # levels of a locator that anybody reads, and that go back as they came


@dataclass(frozen=True, slots=True)
class Held:
    """A position as a server holds it.

    `locator` is a Readium locator as it came (dialect Readium); `progression` (0…1 of the book) and
    `references` belong to the draft. With neither somebody was here who left no place: a page-based
    client, or “mark as read”; unless it is `unknown`: a place was left that makes no sense.
    `server_now` is when the server said so, by its own clock.
    """

    modified: datetime | None
    device_id: str
    device: str
    locator: Mapping[str, Any] | None = None
    progression: float | None = None
    references: tuple[str, ...] = ()
    unknown: bool = False
    server_now: datetime | None = field(default=None, compare=False)

    @property
    def has_place(self) -> bool:
        return bool(self.locator) or self.progression is not None or bool(self.references)


@dataclass(frozen=True, slots=True)
class Here:
    """A position of ours to be stored. `device_id` is a `urn:uuid:`; `modified` is aware UTC."""

    modified: datetime
    device_id: str
    device: str
    title: str
    locator: Mapping[str, Any]
    progression: float
    references: tuple[str, ...]


class OffTheGrid(Refused):
    """Komga: the progression is not one of its positions of that file (opds.md 10.5)."""


class Progressions:
    """The positions of one source. Methods raise `RemoteError`.

    Remembers what the server was found to want: a bare device id, another content type.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bare_id = self._plain_json = False

    async def pull(self, link: ProgressionLink) -> Held | None:
        """None when nothing was ever stored."""
        reply = await self._session.get(
            link.href, accept=PULL_ACCEPT, cap_bytes=CAP_BYTES, total_s=TOTAL_S
        )
        check_answered(reply)
        return _held_in(reply, reply.date)

    async def push(self, link: ProgressionLink, here: Here) -> Held | None:
        """Stores a position; what the server made of it, where it says so.

        Raises `Overtaken` when a newer one is there, `OffTheGrid`, `NotMatched` for a book that is
        gone, and `Unsupported` where positions can only be read.
        """
        tries = [here]
        if link.dialect is ProgressionDialect.DRAFT:  # some want less than the draft has
            tries += [replace(here, references=()), replace(here, references=(), title="")]
        for number, one in enumerate(tries):
            reply = await self._put(link, one)
            if reply.status != 400 or number == len(tries) - 1:
                break
        _check_stored(reply)
        return _held_in(reply, None)

    async def positions(self, link: ProgressionLink) -> Sequence[Mapping[str, Any]]:
        """Komga's own grid of a book: Readium locators, from beside the progression link."""
        reply = await self._session.get(
            _positions_of(link), accept="application/json, */*;q=0.5", cap_bytes=8 * 1024 * 1024
        )
        check_answered(reply)
        value = loose_json.whole(reply.body)
        found = value.get("positions") if isinstance(value, Mapping) else None
        listed = found if isinstance(found, list) else []
        plain = (loose_json.plain(one, _DEEPEST) for one in listed)
        return [one for one in plain if isinstance(one, Mapping)]

    async def completed(self, link: ProgressionLink) -> bool | None:
        """Komga: whether a book is marked as read; None where nobody says so."""
        match = _KOMGA.fullmatch(link.href.reveal())
        if match is None:
            return None
        reply = await self._session.get(
            ServerUrl(f"{match[1]}/api/v1/books/{match[2]}"),
            accept="application/json, */*;q=0.5",
            cap_bytes=CAP_BYTES,
            total_s=TOTAL_S,
        )
        check_answered(reply)
        value = loose_json.whole(reply.body)
        read = value.get("readProgress") if isinstance(value, Mapping) else None
        found = read.get("completed") if isinstance(read, Mapping) else None
        return found if isinstance(found, bool) else None

    async def _put(self, link: ProgressionLink, here: Here) -> Reply:
        reply = await self._send(link, here)
        if reply.status in (406, 415) and not self._plain_json:
            self._plain_json = True
            reply = await self._send(link, here)
        if reply.status in (400, 422) and not self._bare_id and "device" in _said(reply).lower():
            self._bare_id = True
            reply = await self._send(link, here)
        return reply

    async def _send(self, link: ProgressionLink, here: Here) -> Reply:
        return await self._session.put(
            link.href,
            accept="*/*" if self._plain_json else f"{link.media_type}, */*;q=0.1",
            content=encode(here, link.dialect, bare_id=self._bare_id),
            content_type="application/json" if self._plain_json else link.media_type,
            cap_bytes=CAP_BYTES,
            total_s=TOTAL_S,
        )


def decode(body: bytes, status: int = 200, server_now: datetime | None = None) -> Held | None:
    """A stored position in either dialect and any of its variants; None for none at all.

    Raises `Malformed` for what is no JSON object, or half of one.
    """
    if status == 204 or not body.strip():
        return None
    value = loose_json.whole(body)
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Malformed("a progression that is no object")
    device = value.get("device")
    device = device if isinstance(device, Mapping) else {}
    name = said_of(device.get("name"), 100)
    held = Held(
        modified=time_of(value.get("modified")),
        device_id=words_of(device.get("id")),
        device="" if name in _NAMELESS or name.startswith("urn:") else name,
        locator=_locator(value.get("locator")),
        progression=fraction_of(value.get("progression")),
        references=_references(value),
        server_now=server_now,
    )
    if not held.has_place and _makes_no_sense(value):
        return replace(held, unknown=True)
    if held.device_id or name or held.locator or held.progression or held.references:
        return held
    if held.modified is None and value.get("modified"):
        return held  # at some time somebody was here
    if held.modified is not None and "locator" in value:
        return (
            held  # somebody marked the book as read (Komga); with nothing stored Stump has no time
        )
    # the start without a reference, from nobody, is nothing: the draft's, and Stump's default
    return held if _is_older(held.modified, server_now) else None


def _held_in(reply: Reply, server_now: datetime | None) -> Held | None:
    """As `decode`; it knows a page in place of an answer."""
    try:
        return decode(reply.body, reply.status, server_now)
    except Malformed as error:
        raise not_understood(reply, error.reason) from None


def _makes_no_sense(value: Mapping[str, Any]) -> bool:
    """Whether a place is given in a record in which none could be read."""
    locator = value.get("locator")
    if isinstance(locator, Mapping):
        locator = bool(locator.get("href")) and not isinstance(locator["href"], str)
    return value.get("progression") is not None or bool(locator or value.get("references"))


def _is_older(modified: datetime | None, server_now: datetime | None) -> bool:
    """Who keeps nothing for a book may say the time of the question."""
    if modified is None or server_now is None:
        return False
    return abs(server_now - modified) > _NOW


def encode(here: Here, dialect: ProgressionDialect, bare_id: bool = False) -> bytes:
    """The document to store."""
    device_id = here.device_id.removeprefix("urn:uuid:") if bare_id else here.device_id
    document: dict[str, Any] = {
        "modified": _stamp(here.modified),
        "device": {"id": device_id, "name": here.device},
    }
    if dialect is ProgressionDialect.READIUM:
        document["locator"] = here.locator
        return msgspec.json.encode(document)
    document["progression"] = here.progression
    if here.title:
        document["title"] = here.title
    if here.references:
        document["references"] = list(here.references)
    return msgspec.json.encode(document)


def _check_stored(reply: Reply) -> None:
    if reply.status == 409:
        raise Overtaken
    if reply.status in (405, 501):
        raise Unsupported("positions can only be read here", Lacks.PLACES)
    if reply.status in (404, 410):
        raise NotMatched
    if reply.status in (400, 422):
        said = _said(reply)
        kind = OffTheGrid if "invalid progression" in said.lower() else Refused
        raise kind(reply.status, said)
    check_answered(reply)


def _said(reply: Reply) -> str:
    """Why a document was refused: Spring's message, or a problem document's."""
    try:
        value = loose_json.whole(reply.body)
    except RemoteError:
        return reply.said
    if not isinstance(value, Mapping):
        return reply.said
    parts = (said_of(value.get(name), _MOST) for name in ("message", "title", "detail", "type"))
    return reply.quoted(" ".join(filter(None, parts)))


def _locator(value: object) -> Mapping[str, Any] | None:
    """Empty strings and empty objects are no locator."""
    found = loose_json.plain(value, _DEEPEST)
    if not isinstance(found, Mapping):
        return None
    return found if words_of(found.get("href")) or found.get("locations") else None


def _references(value: Mapping[str, Any]) -> tuple[str, ...]:
    given = value.get("references") or value.get("refs")
    if not isinstance(given, list):
        return ()
    return tuple(one for one in given[:_MOST_REFERENCES] if words_of(one))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _positions_of(link: ProgressionLink) -> ServerUrl:
    """…/opds/v2/books/{id}/progression → …/api/v1/books/{id}/positions."""
    match = _KOMGA.fullmatch(link.href.reveal())
    if match is None:
        raise Unsupported("no list of positions beside this progression")
    return ServerUrl(f"{match[1]}/api/v1/books/{match[2]}/positions")
