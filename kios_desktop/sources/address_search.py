"""Searches the paths of a server for its catalog or KOReader sync, with unsigned requests.

A 401 alone proves nothing: some servers and proxies answer 401 at every path. So a neighbouring
path that can't exist is requested, too; if both answer alike, only the name the server gives itself
decides, since its paths are known. Credentials are sent only after a person chose the address.
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

_ONCE: Final = RetryPolicy(repeats_s=())  # a person is waiting
_EACH_S: Final = 10.0
ALL_S: Final = 20.0
_ASKS: Final = frozenset({401, 403})
_AUTH: Final = "/users/auth"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one address to an unsigned request.

    `is_there`: certainly what is searched for. `asks`: the manner of its 401 or 403, for
    comparison; None for other answers. `named`: the server that names itself in the answer.
    `leads`: the catalog that a web page links to.
    """

    is_there: bool = False
    asks: tuple[object, ...] | None = None
    named: KnownServer | None = None
    leads: ServerUrl | None = None


_NOTHING: Final = Finding()


class AddressSearch:
    """A search on one server. Close it."""

    def __init__(self, source: Source) -> None:
        self._session = Session(
            source.url,
            pin=source.pin,
            extra=[(header.name, header.value.reveal()) for header in source.headers],
            retry_policy=_ONCE,
            same_origin_only=True,
        )
        self._known: dict[tuple[Sought, str], Finding] = {}

    async def aclose(self) -> None:
        await self._session.aclose()

    async def find(self, url: ServerUrl, sought: Sought, preset: str = "") -> ServerUrl | None:
        """The likeliest address of what is sought; `url` itself if it is one. None for none.

        Raises `Unreachable` and `Throttled`, which end the search.
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
        """Whether it is at this address, and not a server that answers 401 at every path.

        Raises `Unreachable` and `Throttled`.
        """
        typed = as_typed(url)
        seen = await self.look(typed.url, sought)
        return seen.is_there or await self._guarded(typed, seen, sought) is not None

    async def look(self, url: ServerUrl, sought: Sought) -> Finding:
        """The finding at one address, requested once. Raises `Unreachable` and `Throttled`."""
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
        """The best address of a server that named itself; the candidate if it is one of them."""
        paths = server.paths(sought)
        if as_it_is and candidate.path in paths:
            return candidate.url
        for path in paths:
            url = Candidate(candidate.base, path).url
            seen = await self.look(url, sought)
            if seen.is_there or seen.named is server:
                return url
        return None

    async def _guarded(
        self, candidate: Candidate, seen: Finding, sought: Sought
    ) -> ServerUrl | None:
        """The candidate if it answers 401 or 403 and its neighbours do not answer alike."""
        if seen.asks is None:
            return None
        nowhere = [candidate.beside]
        if sought is Sought.SYNC:  # a catalog may protect everything below its path
            nowhere.append(candidate.below)
        for url in nowhere:
            if (await self.look(url, sought)).asks == seen.asks:
                break
        else:
            return candidate.url
        owner = owner_of(candidate.path, sought)
        for path in owner.catalogs if owner is not None and sought is Sought.SYNC else ():
            there = await self.look(Candidate(candidate.base, path).url, Sought.CATALOG)
            if there.named is owner:
                return candidate.url
        return None

    async def _catalog(self, url: ServerUrl) -> Finding:
        reply = await self._session.get(
            url, accept=FEED_ACCEPT, cap_bytes=FEED_BYTES, total_s=_EACH_S, secret=False
        )
        if reply.status in _ASKS:
            return Finding(asks=_manner(reply), named=_named(reply))
        if not 200 <= reply.status < 300:
            return _NOTHING
        try:
            parse(reply.body, reply.url, reply.headers.get("content-type", ""))
        except Rejected:  # an authentication document with status 200
            return Finding(asks=_manner(reply), named=_named(reply))
        except NotACatalog as error:
            return Finding(leads=error.catalog)
        return Finding(is_there=True)

    async def _sync(self, base: ServerUrl) -> Finding:
        reply = await self._session.get(
            ServerUrl(base.reveal().rstrip("/") + _AUTH),
            accept=SYNC_ACCEPT,
            cap_bytes=CAP_BYTES,
            total_s=_EACH_S,
            secret=False,
        )
        if speaks(reply):
            return Finding(is_there=True)
        return Finding(asks=_manner(reply)) if reply.status in _ASKS else _NOTHING


async def find(source: Source, sought: Sought, within_s: float = ALL_S) -> ServerUrl | None:
    """As `AddressSearch.find`, for a source; None also for a server that stops answering, and after
    `within_s`, since a person waits.
    """
    async with _asking(source) as search:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                return await search.find(source.url, sought, source.preset)
    return None


async def is_there(source: Source, sought: Sought) -> bool:
    """As `AddressSearch.is_at`, for a source; False also for a server that stops answering."""
    async with _asking(source) as search:
        return await search.is_at(source.url, sought)
    return False


async def who_is(source: Source) -> KnownServer | None:
    """The server that names itself at the address of a catalog in answer to an unsigned request."""
    async with _asking(source) as search:
        return (await search.look(source.url, Sought.CATALOG)).named
    return None


@contextlib.asynccontextmanager
async def _asking(source: Source) -> AsyncIterator[AddressSearch]:
    """A search that is closed at the end; `Unreachable` and `Throttled` end the block silently."""
    search = AddressSearch(source)
    try:
        with contextlib.suppress(Unreachable, Throttled):
            yield search
    finally:
        await search.aclose()


def _manner(reply: Reply) -> tuple[object, ...]:
    """Status, challenges and media type: equal at every path that one server or proxy protects."""
    offered = challenges(reply.headers.get("www-authenticate", ""))
    ways = tuple((one.scheme, one.parameters.get("realm", "")) for one in offered)
    return reply.status, ways, reply.media_type


def _named(reply: Reply) -> KnownServer | None:
    """The server named in the realm of a challenge or the title of an authentication document."""
    offered = challenges(reply.headers.get("www-authenticate", ""))
    realms = [one.parameters.get("realm", "") for one in offered]
    with contextlib.suppress(Malformed):
        realms.append(authentication.parse(reply.body, reply.url).title)
    return named_in(" ".join(realms))
