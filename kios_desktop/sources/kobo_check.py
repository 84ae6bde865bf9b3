"""What is at a sync address, found out without any effect on the server (kobo.md 3).

A sync is never tried: some servers would take its books for delivered.
"""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import CatalogCheck, Source
from kios_desktop.protocols.http import RetryPolicy, Session
from kios_desktop.protocols.kobo.client import KoboClient

_ONCE: Final = RetryPolicy(repeats_s=())  # somebody is waiting
NO_BOOK: Final = "0000000000000"
"""No book of anybody: in digits, for other ids Grimmory and BookLore ask the Kobo store about."""


async def check_kobo(source: Source) -> CatalogCheck:
    """Whether Kobo sync answers, and whether it keeps places: Stump does not.

    Raises `RemoteError`; `Unsupported` where there is no Kobo sync, or only its prefix is missing.
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
    """The address below `/api`, where BookLore, Grimmory and Kavita have it, if it answers there.

    Asked only when a person wants it.
    """
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
    """The same token below `/api`; None where it is already."""
    parts = urlsplit(url.reveal())
    head, found, token = parts.path.rpartition("/kobo/")
    if not found or not token or head.endswith("/api"):
        return None
    return ServerUrl(urlunsplit(parts._replace(path=f"{head}/api/kobo/{token}")))


def kobo_session(source: Source, retry_policy: RetryPolicy | None = None) -> Session:
    """The transport of a sync address: without credentials, and never anywhere else."""
    return Session(
        source.url,
        pin=source.pin,
        extra=[(header.name, header.value.reveal()) for header in source.headers],
        retry_policy=retry_policy,
        same_origin_only=True,
    )
