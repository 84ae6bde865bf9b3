"""Checks the address of a catalog, and finds out how to sign in there.

The first request is unsigned: its answer says which authentication scheme the server wants (calibre
answers 400 to Basic where it wants Digest). The password is sent once, with that scheme.
"""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

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
from kios_desktop.sources import address_search
from kios_desktop.sources.catalog_root import at_root
from kios_desktop.sources.server_paths import STORYTELLER, STUMP, Sought, as_typed

_ONCE: Final = RetryPolicy(repeats_s=())  # a person is waiting
_LOOKED_INTO: Final = 3  # feeds below the root


async def check_catalog(source: Source) -> CatalogCheck:
    """How to sign in, and what the catalog offers. Raises `RemoteError`.

    An address that works only without its trailing slash is corrected. `Unsupported` means that
    there is no catalog; `Rejected` has a reason as exact as the server gives it.
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
    if link and await address_search.who_is(source) is STUMP:
        keeps = None  # Stump of 2025 shows positions, and refuses every write
    return CatalogCheck(replace(source, auth=auth), root.title, books, keeps, root.newer)


async def _reason(source: Source, refusal: Refusal) -> Refusal:
    """The reason of a rejection, by the kind of server."""
    if refusal is not Refusal.CREDENTIALS:
        return refusal
    if source.auth is AuthMethod.API_KEY:
        return Refusal.API_KEY
    return Refusal.NAME_OR_OFF if await address_search.who_is(source) is STORYTELLER else refusal


async def settled(source: Source) -> Source:
    """The source with the authentication scheme its server wants. Raises `RemoteError`.

    Raises `Rejected` if the server wants credentials and none were given.
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
    # A server with guest access shows more to a user (Calibre-Web)
    return replace(source, auth=AuthMethod.BASIC if named else AuthMethod.NONE)


async def find_catalog(source: Source) -> ServerUrl | None:
    """The address at which the server probably has its catalog; None if it is the given one.

    All requests are unsigned.
    """
    found = await address_search.find(source, Sought.CATALOG)
    return None if found is None or _same(found, source.url) else found


def session_of(source: Source, retry_policy: RetryPolicy | None = None) -> Session:
    """The session of a source.

    Unsigned if the password was not stored and is not known any more: an empty password is a wrong
    one, and servers lock accounts after a few.
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
    """Digest on an unencrypted connection where it is offered, else Basic."""
    offered = [challenge.scheme for challenge in challenges(header)]
    plain = urlsplit(source.url.reveal()).scheme == "http"
    if "digest" in offered and (plain or "basic" not in offered):
        return AuthMethod.DIGEST
    return AuthMethod.BASIC


async def _looked_into(client: OpdsClient, root: Feed) -> tuple[int | None, bool]:
    """(number of books if the server says it, whether it keeps places).

    A root often has links only; then up to three feeds below it are read.
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
    """The field labels of the authentication document in a 401; None without one."""
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
    """Whether two addresses differ only in a trailing slash, a login or a fragment."""
    return as_typed(one) == as_typed(other)
