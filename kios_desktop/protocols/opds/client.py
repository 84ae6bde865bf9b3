"""A catalog over HTTP: feeds, entries and pictures of one source.

What a server calls itself is learned from its root and holds for everything after it, so that its
other links lead to the address the reader typed.
"""

from typing import Final

from kios_desktop.domain.catalog import Entry, Feed
from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Purpose, Reply, Session, check_answered, origin_of
from kios_desktop.protocols.opds.links import Aliases, Links
from kios_desktop.protocols.opds.reading import read_entry, read_feed

FEED_ACCEPT: Final = (
    "application/opds+json, application/atom+xml;q=0.9, application/opds-publication+json;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.7, application/json;q=0.6, */*;q=0.5"
)
IMAGE_ACCEPT: Final = "image/*, */*;q=0.5"
FEED_BYTES: Final = 32 * 1024 * 1024
IMAGE_BYTES: Final = 8 * 1024 * 1024
SEARCH_S: Final = 60.0


class OpdsClient:
    """`root` is the address of the catalog. Methods raise `RemoteError`.

    A cancelled call stops the request.
    """

    def __init__(self, session: Session, root: ServerUrl) -> None:
        self._session, self._root = session, root
        self._aliases = Aliases()

    async def feed(self, url: ServerUrl) -> Feed:
        """One page."""
        reply = await self._document(url)
        links = self._links(reply)
        feed = read_feed(reply.body, links, reply.media_type)
        self._learn(links)
        return feed

    async def entry(self, entry: Entry) -> Entry:
        """A partial entry with all that its own document says; a whole one as it is."""
        if entry.document is None:
            return entry
        reply = await self._document(entry.document)
        return read_entry(reply.body, self._links(reply), reply.media_type, entry)

    async def image(self, url: ServerUrl) -> bytes:
        """A picture as the server sends it, whatever it is."""
        reply = await self._session.get(
            url, accept=IMAGE_ACCEPT, cap_bytes=IMAGE_BYTES, purpose=Purpose.IMAGE
        )
        check_answered(reply)
        if reply.is_html:
            raise Malformed("a web page instead of a picture", html=True)
        return reply.body

    async def _document(self, url: ServerUrl) -> Reply:
        reply = await self._session.get(url, accept=FEED_ACCEPT, cap_bytes=FEED_BYTES)
        check_answered(reply)
        return reply

    def _links(self, reply: Reply) -> Links:
        own = origin_of(reply.url) == origin_of(self._root)
        return Links(reply.url, self._aliases, learns=own)

    def _learn(self, links: Links) -> None:
        self._aliases = links.aliases
        for origin in map(origin_of, map(ServerUrl, links.aliases.origins)):
            if origin is not None:
                self._session.also_known_as(origin)
