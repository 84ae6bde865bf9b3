"""Checks the address of Kobo sync without any effect on the server.

No sync is made: some servers would take its books for delivered.
"""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import CatalogCheck, Source
from kios_desktop.protocols.http import RetryPolicy, Session
from kios_desktop.protocols.kobo.client import KoboClient

_ONCE: Final = RetryPolicy(repeats_s=())  # a person is waiting
NO_BOOK: Final = "0000000000000"
"""An id of no book; digits only, since Grimmory and BookLore ask the Kobo store for other ids."""


async def check_kobo(source: Source) -> CatalogCheck:
    """Whether Kobo sync answers, and keeps places (Stump does not).

    Raises `RemoteError`; `Unsupported` if there is no Kobo sync at this address.
    """
    session = kobo_session(source, _ONCE)
    try:
        client = KoboClient(session, source.url)
        await client.initialization()
        keeps = await client.keeps_states(NO_BOOK)
    finally:
        await session.aclose()
    return CatalogCheck(source, "", None, keeps)


async def find_kobo(source: Source) -> ServerUrl | None:
    """The address below `/api`, as in BookLore, Grimmory and Kavita, if Kobo sync answers there."""
    moved = below_api(source.url)
    if moved is None:
        return None
    session = kobo_session(source, _ONCE)
    try:
        await KoboClient(session, moved).initialization()
    except RemoteError:
        return None
    finally:
        await session.aclose()
    return moved


def below_api(url: ServerUrl) -> ServerUrl | None:
    """The address with the same token below `/api`; None if it is there already."""
    parts = urlsplit(url.reveal())
    head, found, token = parts.path.rpartition("/kobo/")
    if not found or not token or head.endswith("/api"):
        return None
    return ServerUrl(urlunsplit(parts._replace(path=f"{head}/api/kobo/{token}")))


def kobo_session(source: Source, retry_policy: RetryPolicy | None = None) -> Session:
    """The session of a sync address: unsigned, and without requests to other origins."""
    return Session(
        source.url,
        pin=source.pin,
        extra=[(header.name, header.value.reveal()) for header in source.headers],
        retry_policy=retry_policy,
        same_origin_only=True,
    )
