"""What is at the address of a catalog, and how one signs in there (opds.md 3.2).

A server is first asked without credentials: what it answers says which way of signing in it wants,
and calibre turns Basic away where it wants Digest. A password is sent once, in that one way.
"""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.catalog import Feed, NavigationKind
from kios_desktop.domain.errors import NotACatalog, Refusal, Rejected, RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, CatalogCheck, Source
from kios_desktop.protocols.http import ANONYMOUS, Credentials, Patience, Session, challenges
from kios_desktop.protocols.opds import FEED_ACCEPT, FEED_BYTES, OpdsClient

# Where servers usually have it, tried only when a person asks for it
USUAL_PATHS: Final = (
    "/opds",
    "/opds/v2/catalog",
    "/opds/v1.2/catalog",
    "/opds/v2.0/catalog",
    "/api/v1/opds",
    "/feed",
    "/feed.php",
    "/index.php/feed",
    "/opds-books/",
)
_ONCE: Final = Patience(repeats_s=())  # somebody is waiting
_LOOKED_INTO: Final = 3  # feeds below the root


async def check_catalog(source: Source) -> CatalogCheck:
    """Find out how to sign in and what the catalog can do. Raises `RemoteError`."""
    source = await settled(source)
    session = session_of(source, _ONCE)
    try:
        client = OpdsClient(session, source.url)
        root = await client.feed(source.url)
        auth = session.credentials.auth  # calibre may have made Digest of Basic
        books, keeps = await _looked_into(client, root)
    finally:
        await session.aclose()
    return CatalogCheck(replace(source, auth=auth), root.title, books, keeps, root.newer)


async def settled(source: Source) -> Source:
    """The source with the way of signing in its server wants. Raises `RemoteError`.

    Raises `Rejected` when it wants one and no name was given.
    """
    if source.auth is not AuthMethod.AUTOMATIC:
        return source
    session = session_of(replace(source, auth=AuthMethod.NONE), _ONCE)
    try:
        reply = await session.get(
            source.url, accept=FEED_ACCEPT, cap_bytes=FEED_BYTES, secret=False
        )
    finally:
        await session.aclose()
    named = bool(source.username or source.password)
    if reply.status == 401:
        if not named:
            raise Rejected(Refusal.NEEDED, reply.said)
        return replace(source, auth=_scheme(source, reply.headers.get("www-authenticate", "")))
    # Who may look without a name may still want to be known: Calibre-Web has guests
    return replace(source, auth=AuthMethod.BASIC if named else AuthMethod.NONE)


async def find_catalog(source: Source) -> ServerUrl | None:
    """Where the web page says its catalog is, else the first usual address at which one answers.

    All are asked without a name. A server that wants one first has its catalog where it asks for
    it, unless it does so everywhere.
    """
    bare = replace(source, auth=AuthMethod.NONE, username="")
    session = session_of(bare, _ONCE)
    try:
        told = await _told(session, source.url)
        if told is not None:
            return told
        if await _answers(session, _at(source.url, "/kios-looks-for-a-catalog")):
            return None
        for url in usual_addresses(source.url):
            if await _answers(session, url):
                return url
    finally:
        await session.aclose()
    return None


def session_of(source: Source, patience: Patience | None = None) -> Session:
    """The transport of a source, with what it signs in with.

    One whose password was forgotten with the last session signs in with nothing: an empty password
    is a wrong one, and servers count those.
    """
    signs_in = source.auth is not AuthMethod.NONE and bool(source.username or source.password)
    return Session(
        source.url,
        Credentials(source.auth, source.username, source.password) if signs_in else ANONYMOUS,
        source.pin,
        [(header.name, header.value.reveal()) for header in source.headers],
        patience,
    )


def _scheme(source: Source, header: str) -> AuthMethod:
    """Digest keeps the password to itself where the connection does not."""
    offered = [challenge.scheme for challenge in challenges(header)]
    plain = urlsplit(source.url.reveal()).scheme == "http"
    if "digest" in offered and (plain or "basic" not in offered):
        return AuthMethod.DIGEST
    return AuthMethod.BASIC


async def _looked_into(client: OpdsClient, root: Feed) -> tuple[int | None, bool]:
    """How many books there are, if that is said, and whether places are kept.

    A root is often nothing but links; a list or two below it are looked at.
    """
    if root.entries or root.keeps_places:
        return root.total, root.keeps_places
    below = sorted(root.navigation, key=lambda link: link.kind is not NavigationKind.NEW)
    links = [group.href for group in root.groups if group.href and group.entries]
    links += [link.href for link in below]
    for href in links[:_LOOKED_INTO]:
        try:
            feed = await client.feed(href)
        except RemoteError:
            continue
        if feed.entries:
            return feed.total, feed.keeps_places
    return None, False


def usual_addresses(url: ServerUrl) -> list[ServerUrl]:
    """The usual paths below the path that was typed, then at the root of the server."""
    typed = urlsplit(url.reveal()).path.rstrip("/")
    bases = dict.fromkeys((typed, ""))
    return [_at(url, base + path) for base in bases for path in USUAL_PATHS]


async def _told(session: Session, url: ServerUrl) -> ServerUrl | None:
    """The catalog that a web page names, if there is a web page."""
    try:
        await OpdsClient(session, url).feed(url)
    except NotACatalog as error:
        return error.catalog
    except RemoteError:
        return None
    return None


async def _answers(session: Session, url: ServerUrl) -> bool:
    try:
        await OpdsClient(session, url).feed(url)
    except Rejected:
        return True
    except NotACatalog as error:
        return error.catalog is not None
    except RemoteError:
        return False
    return True


def _at(url: ServerUrl, path: str) -> ServerUrl:
    parts = urlsplit(url.reveal())
    return ServerUrl(urlunsplit((parts.scheme, parts.netloc, path, "", "")))
