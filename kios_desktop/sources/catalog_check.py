"""What is at the address of a catalog, and how one signs in there (opds.md 3.2).

A server is first asked without credentials: what it answers says which way of signing in it wants,
and calibre turns Basic away where it wants Digest. A password is sent once, in that one way.
"""

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.catalog import Feed, NavigationKind
from kios_desktop.domain.errors import (
    Malformed,
    NotACatalog,
    Refusal,
    Rejected,
    RemoteError,
    SignInFields,
    Unsupported,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, CatalogCheck, Source
from kios_desktop.protocols.http import (
    ANONYMOUS,
    Credentials,
    Reply,
    RetryPolicy,
    Session,
    challenges,
)
from kios_desktop.protocols.opds import FEED_ACCEPT, FEED_BYTES, OpdsClient, authentication
from kios_desktop.protocols.opds.authentication import FlowKind
from kios_desktop.sources import scout
from kios_desktop.sources.catalog_root import at_root
from kios_desktop.sources.server_paths import STORYTELLER, STUMP, Sought, as_typed

_ONCE: Final = RetryPolicy(repeats_s=())  # somebody is waiting
_LOOKED_INTO: Final = 3  # feeds below the root


async def check_catalog(source: Source) -> CatalogCheck:
    """Find out how to sign in and what the catalog can do. Raises `RemoteError`.

    An address with a slash too much is answered for without it. `Unsupported` where there is
    nothing, `Rejected` with the reason as far as the server can be made to tell.
    """
    try:
        return await _checked(source)
    except (Unsupported, NotACatalog) as error:
        bare = _without_slash(source.url)
        if bare is None:
            raise
        try:
            return await _checked(replace(source, url=bare))
        except (Unsupported, NotACatalog):
            raise error from None


async def _checked(source: Source) -> CatalogCheck:
    source = await settled(source)
    session = session_of(source, _ONCE)
    try:
        client = OpdsClient(session, source.url)
        root = await client.feed(source.url)
        auth = session.credentials.auth  # calibre may have made Digest of Basic
        books, link = await _looked_into(client, root)
    except RemoteError as caught:
        error = at_root(caught, source.url)
        if isinstance(error, Rejected):
            reason = await _reason(source, error.refusal)
            error = Rejected(reason, error.said, error.fields)
        raise error from None
    finally:
        await session.aclose()
    keeps: bool | None = link
    if link and await scout.who_is(source) is STUMP:
        keeps = None  # that of 2025 shows places and takes none
    return CatalogCheck(replace(source, auth=auth), root.title, books, keeps, root.newer)


async def _reason(source: Source, refusal: Refusal) -> Refusal:
    """What a refusal of these credentials means."""
    if refusal is not Refusal.CREDENTIALS:
        return refusal
    if source.auth is AuthMethod.API_KEY:
        return Refusal.API_KEY
    return Refusal.NAME_OR_OFF if await scout.who_is(source) is STORYTELLER else refusal


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
            needed = Rejected(Refusal.NEEDED, reply.sentence, fields_of(reply))
            raise at_root(needed, source.url)
        return replace(source, auth=_scheme(source, reply.headers.get("www-authenticate", "")))
    # Who may look without a name may still want to be known: Calibre-Web has guests
    return replace(source, auth=AuthMethod.BASIC if named else AuthMethod.NONE)


async def find_catalog(source: Source) -> ServerUrl | None:
    """The address at which the server has its catalog, most probably; None for no other than this.

    All are asked without a name.
    """
    found = await scout.find(source, Sought.CATALOG)
    return None if found is None or _same(found, source.url) else found


def session_of(source: Source, retry_policy: RetryPolicy | None = None) -> Session:
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
        retry_policy,
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


def fields_of(reply: Reply) -> SignInFields | None:
    """What the authentication document that came with a 401 asks for; None without one."""
    try:
        flow = authentication.parse(reply.body, reply.url).flow(FlowKind.BASIC)
    except Malformed:
        return None
    if flow is None or not flow.login_label:
        return None
    return SignInFields(flow.login_label, flow.password_label)


def _without_slash(url: ServerUrl) -> ServerUrl | None:
    parts = urlsplit(url.reveal())
    bare = parts.path.rstrip("/")
    return ServerUrl(urlunsplit(parts._replace(path=bare))) if bare != parts.path and bare else None


def _same(one: ServerUrl, other: ServerUrl) -> bool:
    """But for a slash, a login and what is behind “#”."""
    return as_typed(one) == as_typed(other)
