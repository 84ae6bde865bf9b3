"""The progression endpoint of a catalog, in both dialects.

Komga has the older one: a Readium locator. The OPDS draft, used by newer Stump, has a fraction of
the whole book with references. Locators and references are converted to places elsewhere.
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
_MOST: Final = 4096  # characters of an error message that are read
_KOMGA = re.compile(r"(.*)/opds/v2/books/([^/]+)/progression")
_NOW: Final = timedelta(minutes=1)
_NAMELESS: Final = frozenset({"", "unused"})
_DEEPEST: Final = 8  # levels of a locator that are kept


@dataclass(frozen=True, slots=True)
class StoredProgression:
    """A position as stored on a server.

    `locator` is a Readium locator as received (dialect Readium); `progression` (0…1 of the book)
    and `references` belong to the draft. A record with neither was left by a page-based client or
    by “mark as read”, or is `unknown`: it has a place that can't be read. `server_now` is the
    server's clock in the answer.
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
class OwnProgression:
    """A position to store. `device_id` is a `urn:uuid:`; `modified` is aware UTC."""

    modified: datetime
    device_id: str
    device: str
    title: str
    locator: Mapping[str, Any]
    progression: float
    references: tuple[str, ...]


class OffTheGrid(Refused):
    """Komga refused a progression that is not one of its positions in that file."""


class Progressions:
    """The positions of one source. Methods raise `RemoteError`.

    Remembers variants that the server needs: a device id without `urn:`, another content type.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bare_id = self._plain_json = False

    async def pull(self, link: ProgressionLink) -> StoredProgression | None:
        """The stored position; None if there is none."""
        reply = await self._session.get(
            link.href, accept=PULL_ACCEPT, cap_bytes=CAP_BYTES, total_s=TOTAL_S
        )
        check_answered(reply)
        return _held_in(reply, reply.date)

    async def push(self, link: ProgressionLink, here: OwnProgression) -> StoredProgression | None:
        """Stores a position; returns what the server stored, if it says so.

        Raises `Overtaken` if there is a newer one, `OffTheGrid`, `NotMatched` for a book that is
        gone, and `Unsupported` if positions can't be written.
        """
        tries = [here]
        if link.dialect is ProgressionDialect.DRAFT:  # some accept fewer fields only
            tries += [replace(here, references=()), replace(here, references=(), title="")]
        for number, one in enumerate(tries):
            reply = await self._put(link, one)
            if reply.status != 400 or number == len(tries) - 1:
                break
        _check_stored(reply)
        return _held_in(reply, None)

    async def positions(self, link: ProgressionLink) -> Sequence[Mapping[str, Any]]:
        """The positions of a book in Komga, as Readium locators."""
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
        """Whether a book is marked as read in Komga; None if unknown."""
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

    async def _put(self, link: ProgressionLink, here: OwnProgression) -> Reply:
        reply = await self._send(link, here)
        if reply.status in (406, 415) and not self._plain_json:
            self._plain_json = True
            reply = await self._send(link, here)
        if reply.status in (400, 422) and not self._bare_id and "device" in _said(reply).lower():
            self._bare_id = True
            reply = await self._send(link, here)
        return reply

    async def _send(self, link: ProgressionLink, here: OwnProgression) -> Reply:
        return await self._session.put(
            link.href,
            accept="*/*" if self._plain_json else f"{link.media_type}, */*;q=0.1",
            content=encode(here, link.dialect, bare_id=self._bare_id),
            content_type="application/json" if self._plain_json else link.media_type,
            cap_bytes=CAP_BYTES,
            total_s=TOTAL_S,
        )


def decode(
    body: bytes, status: int = 200, server_now: datetime | None = None
) -> StoredProgression | None:
    """A stored position in either dialect and any of its variants; None if nothing is stored.

    Raises `Malformed` unless it is a complete JSON object.
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
    held = StoredProgression(
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
        return held  # a record with an implausible time
    if held.modified is not None and "locator" in value:
        return held  # marked as read (Komga); Stump sends no time with nothing stored
    # The start of the book without device and reference means “nothing stored” (draft, Stump)
    return held if _is_older(held.modified, server_now) else None


def _held_in(reply: Reply, server_now: datetime | None) -> StoredProgression | None:
    """As `decode`, but recognises a web page."""
    try:
        return decode(reply.body, reply.status, server_now)
    except Malformed as error:
        raise not_understood(reply, error.reason) from None


def _makes_no_sense(value: Mapping[str, Any]) -> bool:
    """Whether a record has a place that could not be read."""
    locator = value.get("locator")
    if isinstance(locator, Mapping):
        locator = bool(locator.get("href")) and not isinstance(locator["href"], str)
    return value.get("progression") is not None or bool(locator or value.get("references"))


def _is_older(modified: datetime | None, server_now: datetime | None) -> bool:
    """Whether the time differs from that of the answer, which some servers send for no record."""
    if modified is None or server_now is None:
        return False
    return abs(server_now - modified) > _NOW


def encode(here: OwnProgression, dialect: ProgressionDialect, bare_id: bool = False) -> bytes:
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
    """Why a document was refused: the message of Spring, or of a problem document (RFC 9457)."""
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
