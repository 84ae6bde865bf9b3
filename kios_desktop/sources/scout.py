"""Looks for the address that was meant: without credentials, and without an effect on the server.

A server that asks for a name everywhere gives nothing away by it. So beside each address that asks
for one, an address of nothing is asked too: where both answer alike, only who the server says it is
decides, for then its paths are known. The password is not sent before a person chooses the address.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from kios_desktop.domain.errors import (
    Malformed,
    NotACatalog,
    Rejected,
    RemoteError,
    Throttled,
    Unreachable,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Source
from kios_desktop.protocols.http import Reply, RetryPolicy, Session, challenges
from kios_desktop.protocols.kosync import ACCEPT as SYNC_ACCEPT
from kios_desktop.protocols.kosync import CAP_BYTES, speaks
from kios_desktop.protocols.opds import FEED_ACCEPT, FEED_BYTES, authentication, parse
from kios_desktop.sources.server_paths import (
    Candidate,
    KnownServer,
    Sought,
    as_typed,
    candidates,
    named_in,
    owner_of,
)

_ONCE: Final = RetryPolicy(repeats_s=())  # somebody is waiting
_EACH_S: Final = 10.0
ALL_S: Final = 20.0
_ASKS: Final = frozenset({401, 403})
_AUTH: Final = "/users/auth"


@dataclass(frozen=True, slots=True)
class Seen:
    """What an address answers to nobody.

    `is_there`: unmistakably what was looked for. `asks`: how it wants a name first, without what
    differs from one answer to the next; None when it does not. `named` is who it says it is.
    `leads` is where a web page says the catalog is.
    """

    is_there: bool = False
    asks: tuple[object, ...] | None = None
    named: KnownServer | None = None
    leads: ServerUrl | None = None


_NOTHING: Final = Seen()


class Scout:
    """Asks one server. Close it."""

    def __init__(self, source: Source) -> None:
        self._session = Session(
            source.url,
            pin=source.pin,
            extra=[(header.name, header.value.reveal()) for header in source.headers],
            retry_policy=_ONCE,
            same_origin_only=True,
        )
        self._known: dict[tuple[Sought, str], Seen] = {}

    async def aclose(self) -> None:
        await self._session.aclose()

    async def find(self, url: ServerUrl, sought: Sought, preset: str = "") -> ServerUrl | None:
        """The likeliest address at which it is; `url` itself where that is one. None for none.

        Raises `Unreachable` and `Throttled`: nobody is asked any further then.
        """
        typed: Candidate | None = None
        for candidate in candidates(url, sought, preset):
            typed = typed or candidate
            seen = await self.look(candidate.url, sought)
            if seen.is_there:
                return candidate.url
            if seen.leads is not None:
                return seen.leads
            if seen.named is not None:
                found = await self._of(seen.named, candidate, sought, candidate is typed)
            else:
                found = await self._guarded(candidate, seen, sought)
            if found is not None:
                return found
        return None

    async def is_at(self, url: ServerUrl, sought: Sought) -> bool:
        """Whether it is at this address, and not only a guard who asks everybody everywhere.

        Raises `Unreachable` and `Throttled`.
        """
        typed = as_typed(url)
        seen = await self.look(typed.url, sought)
        return seen.is_there or await self._guarded(typed, seen, sought) is not None

    async def look(self, url: ServerUrl, sought: Sought) -> Seen:
        """What is at one address. Raises `Unreachable` and `Throttled`."""
        key = (sought, url.reveal())
        if key not in self._known:
            asked = self._catalog if sought is Sought.CATALOG else self._sync
            try:
                self._known[key] = await asked(url)
            except (Unreachable, Throttled):
                raise
            except RemoteError:
                self._known[key] = _NOTHING
        return self._known[key]

    async def _of(
        self, server: KnownServer, candidate: Candidate, sought: Sought, as_it_is: bool
    ) -> ServerUrl | None:
        """The best address of a server that named itself; the candidate where it may stay."""
        paths = server.paths(sought)
        if as_it_is and candidate.path in paths:
            return candidate.url
        for path in paths:
            url = Candidate(candidate.base, path).url
            seen = await self.look(url, sought)
            if seen.is_there or seen.named is server:
                return url
        return None

    async def _guarded(self, candidate: Candidate, seen: Seen, sought: Sought) -> ServerUrl | None:
        """An address that wants a name first, if it is the only one there that does."""
        if seen.asks is None:
            return None
        nowhere = [candidate.beside]
        if sought is Sought.SYNC:  # whoever guards all that is below a catalog guards no sync
            nowhere.append(candidate.below)
        for url in nowhere:
            if (await self.look(url, sought)).asks == seen.asks:
                break
        else:
            return candidate.url
        owner = owner_of(candidate.path, sought)
        for path in owner.catalogs if owner is not None and sought is Sought.SYNC else ():
            told = await self.look(Candidate(candidate.base, path).url, Sought.CATALOG)
            if told.named is owner:
                return candidate.url
        return None

    async def _catalog(self, url: ServerUrl) -> Seen:
        reply = await self._session.get(
            url, accept=FEED_ACCEPT, cap_bytes=FEED_BYTES, total_s=_EACH_S, secret=False
        )
        if reply.status in _ASKS:
            return Seen(asks=_manner(reply), named=_named(reply))
        if not 200 <= reply.status < 300:
            return _NOTHING
        try:
            parse(reply.body, reply.url, reply.headers.get("content-type", ""))
        except Rejected:  # a document that asks for a name, with a 200
            return Seen(asks=_manner(reply), named=_named(reply))
        except NotACatalog as error:
            return Seen(leads=error.catalog)
        return Seen(is_there=True)

    async def _sync(self, base: ServerUrl) -> Seen:
        reply = await self._session.get(
            ServerUrl(base.reveal().rstrip("/") + _AUTH),
            accept=SYNC_ACCEPT,
            cap_bytes=CAP_BYTES,
            total_s=_EACH_S,
            secret=False,
        )
        if speaks(reply):
            return Seen(is_there=True)
        return Seen(asks=_manner(reply)) if reply.status in _ASKS else _NOTHING


async def find(source: Source, sought: Sought, within_s: float = ALL_S) -> ServerUrl | None:
    """As `Scout.find`, for the address of a source; None also when the server fell silent.

    Somebody waits: what is not found within `within_s` is not offered.
    """
    async with _asking(source) as scout:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                return await scout.find(source.url, sought, source.preset)
    return None


async def is_there(source: Source, sought: Sought) -> bool:
    """As `Scout.is_at`, for the address of a source; False also when the server fell silent."""
    async with _asking(source) as scout:
        return await scout.is_at(source.url, sought)
    return False


async def who_is(source: Source) -> KnownServer | None:
    """Who the server says it is at the address of a catalog, if it says so to nobody."""
    async with _asking(source) as scout:
        return (await scout.look(source.url, Sought.CATALOG)).named
    return None


@contextlib.asynccontextmanager
async def _asking(source: Source) -> AsyncIterator[Scout]:
    """A scout for as long as it is needed; a server that falls silent ends what is inside."""
    scout = Scout(source)
    try:
        with contextlib.suppress(Unreachable, Throttled):
            yield scout
    finally:
        await scout.aclose()


def _manner(reply: Reply) -> tuple[object, ...]:
    """How a name is asked for: what is the same at every address of one guard."""
    offered = challenges(reply.headers.get("www-authenticate", ""))
    ways = tuple((one.scheme, one.parameters.get("realm", "")) for one in offered)
    return reply.status, ways, reply.media_type


def _named(reply: Reply) -> KnownServer | None:
    """By the realm of its challenge, or the title of its authentication document."""
    offered = challenges(reply.headers.get("www-authenticate", ""))
    realms = [one.parameters.get("realm", "") for one in offered]
    with contextlib.suppress(Malformed):
        realms.append(authentication.parse(reply.body, reply.url).title)
    return named_in(" ".join(realms))
