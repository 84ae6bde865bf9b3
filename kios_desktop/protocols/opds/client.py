"""A catalog over HTTP: feeds, entries, searches and pictures of one source.

The origin that a server uses for itself is learned from its feeds, so that its links lead to the
origin that was typed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Final, TypeVar

from kios_desktop.domain.catalog import Acquisition, AcquisitionKind, Entry, Feed, Search
from kios_desktop.domain.errors import Malformed, NotMatched, Unsupported
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Purpose, Reply, Session, check_answered, origin_of
from kios_desktop.protocols.opds import search as searching
from kios_desktop.protocols.opds.links import Aliases, Links
from kios_desktop.protocols.opds.page_streams import is_page, is_page_picture
from kios_desktop.protocols.opds.paging_quirks import with_largest_pages
from kios_desktop.protocols.opds.reading import read_entry, read_feed

FEED_ACCEPT: Final = (
    "application/opds+json, application/atom+xml;q=0.9, application/opds-publication+json;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.7, application/json;q=0.6, */*;q=0.5"
)
IMAGE_ACCEPT: Final = "image/*, */*;q=0.5"
FEED_BYTES: Final = 32 * 1024 * 1024
IMAGE_BYTES: Final = 8 * 1024 * 1024
FEED_S: Final = 30.0
SEARCH_S: Final = 60.0  # Calibre-Web sends all results at once, slowly
DESCRIPTION_S: Final = 24 * 3600.0  # for which a search description is kept
_AT_ONCE: Final = 32 * 1024  # bytes parsed without a thread
_STEPS: Final = 3  # of an indirect acquisition
_WELL_KNOWN: Final = frozenset({"no books found"})

T = TypeVar("T")


class OpdsClient:
    """`root` is the address of the catalog. Methods raise `RemoteError`.

    A cancelled call stops the request.
    """

    def __init__(self, session: Session, root: ServerUrl) -> None:
        self._session, self._root = session, root
        self._aliases = Aliases()
        self._templates: dict[ServerUrl, tuple[Search, float]] = {}

    async def feed(self, url: ServerUrl) -> Feed:
        """One page."""
        return await self._feed(url, FEED_S, may_end=url != self._root)

    async def pages(self, url: ServerUrl) -> AsyncIterator[Feed]:
        """The pages of a list from this one on. Some lists never end: the caller stops."""
        walk = ListWalk(url)
        while walk.next is not None:
            first = walk.next == url
            feed = await self.feed(walk.next)
            if walk.add(feed) or first:
                yield feed

    async def entry(self, entry: Entry) -> Entry:
        """A partial entry completed from its own document; a complete one unchanged."""
        if entry.document is None:
            return entry
        if is_page(entry.document):
            raise NotMatched
        reply = await self._document(entry.document, FEED_S)
        check_answered(reply)
        links = self._links(reply)
        content_type = _content_type(reply)
        return await _apart(reply, lambda: read_entry(reply.body, links, content_type, entry))

    async def search(self, search: Search, words: str) -> Feed:
        """What the server finds; a feed without entries if that is nothing.

        Raises `Unsupported` if the search can't be used. `words` must not be empty.
        """
        template = await self._template(search)
        return await self._feed(searching.address(template, words), SEARCH_S, may_end=True)

    async def direct(self, acquisition: Acquisition) -> Acquisition:
        """The direct acquisition behind an indirect one; a direct one unchanged.

        Raises `Unsupported` if it leads to no file.
        """
        step = acquisition
        for _ in range(_STEPS):
            if step.kind is not AcquisitionKind.INDIRECT:
                return step
            found = await self.entry(Entry(key="", title="", document=step.href, partial=True))
            if not found.downloads:
                break
            step = found.downloads[0]
        if step.kind is AcquisitionKind.DOWNLOAD:
            return step
        raise Unsupported("no file at the end of an indirect acquisition")

    async def image(self, url: ServerUrl) -> bytes:
        """A picture, in whatever format the server sends it.

        Raises `NotMatched` for a page of the book, without a request or at a redirect to one: a
        request for a page counts as reading (see `page_streams`).
        """
        if is_page_picture(url):
            raise NotMatched
        reply = await self._session.get(
            url,
            accept=IMAGE_ACCEPT,
            cap_bytes=IMAGE_BYTES,
            purpose=Purpose.IMAGE,
            avoids=is_page_picture,
        )
        check_answered(reply)
        if reply.is_html:
            raise Malformed("a web page instead of a picture", html=True)
        return reply.body

    async def _feed(self, url: ServerUrl, total_s: float, may_end: bool) -> Feed:
        """`may_end`: a 404 with a plain-text message is an empty list, as in calibre."""
        reply = await self._document(with_largest_pages(url), total_s)
        if reply.status == 404 and may_end and reply.said:
            said = "" if reply.said.lower() in _WELL_KNOWN else reply.said
            return Feed(reply.url, subtitle=said)
        check_answered(reply)
        links = self._links(reply)
        content_type = _content_type(reply)
        feed = await _apart(reply, lambda: read_feed(reply.body, links, content_type))
        self._learn(links)
        return feed

    async def _template(self, search: Search) -> Search:
        """The template of a search description, kept for a day."""
        if search.description is None:
            return search
        known = self._templates.get(search.description)
        if known is not None and time.monotonic() - known[1] < DESCRIPTION_S:
            return known[0]
        reply = await self._document(search.description, FEED_S)
        check_answered(reply)
        template = searching.description(reply.body, self._links(reply))
        self._templates[search.description] = template, time.monotonic()
        return template

    async def _document(self, url: ServerUrl, total_s: float) -> Reply:
        return await self._session.get(
            url, accept=FEED_ACCEPT, cap_bytes=FEED_BYTES, total_s=total_s, avoids=is_page
        )

    def _links(self, reply: Reply) -> Links:
        own = origin_of(reply.url) == origin_of(self._root)
        return Links(reply.url, self._aliases, learns=own)

    def _learn(self, links: Links) -> None:
        if links.aliases == self._aliases:
            return
        self._aliases = links.aliases
        for origin in map(origin_of, map(ServerUrl, links.aliases.origins)):
            if origin is not None:
                self._session.add_alias(origin)


def _content_type(reply: Reply) -> str:
    """The content type with its parameters: the charset may be right where the type is wrong."""
    return reply.headers.get("content-type", "")


async def _apart(reply: Reply, read: Callable[[], T]) -> T:
    """Parses a large document in a thread."""
    return read() if len(reply.body) <= _AT_ONCE else await asyncio.to_thread(read)
