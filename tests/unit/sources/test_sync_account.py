"""The KOReader sync that belongs to a catalog: known pairs only, and only where it answers."""

import pytest
from msgspec.structs import replace

from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.sources.sync_account import keeps_places_at, sync_account_of
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.loopback import Loopback, Says
from tests.fakes.recorded_servers import KEY as KEYED
from tests.fakes.recorded_servers import SERVERS, Recorded

KEY = "0123456789abcdef0123456789abcdef"


def catalog(preset: str, url: str) -> Source:
    return Source(
        "1" * 32,
        SourceKind.OPDS,
        preset,
        "Home",
        ServerUrl(url),
        AuthMethod.BASIC,
        "alice",
        Secret("s3cret"),
    )


@pytest.mark.parametrize(
    ("chosen", "path", "preset", "address", "username"),
    [
        ("cwa", "/opds", "cwa", "/kosync", "alice"),
        ("cwa", "/books/opds/", "cwa", "/books/kosync", "alice"),
        ("booklore", "/api/v1/opds", "booklore", "/api/koreader", ""),
        ("cwa", "/api/v1/opds", "booklore", "/api/koreader", ""),  # the first of the list was left
        ("komga", "/opds/v1.2/catalog", "komga", "/koreader", ""),
        ("kavita", f"/api/opds/{KEY}", "kavita", f"/api/koreader/{KEY}", ""),
        ("stump", "/opds/stump_abc_def/v1.2", "stump", "/koreader/stump_abc_def", ""),
    ],
)
def test_the_form_is_filled_with_what_is_known(
    chosen: str, path: str, preset: str, address: str, username: str
) -> None:
    account = sync_account_of(catalog(chosen, "http://host:8083" + path), "2" * 32)
    assert account is not None
    assert account.url.reveal() == "http://host:8083" + address
    assert (account.preset, account.username) == (preset, username)
    assert bool(account.password) is bool(username), "one login for both, or none is filled in"
    assert (account.id, account.kind) == ("2" * 32, SourceKind.KOSYNC)


@pytest.mark.parametrize(
    ("preset", "path"),
    [
        ("calibre", "/opds"),
        ("cops", "/feed"),
        ("storyteller", "/opds"),
        ("stump", "/opds/v2.0/catalog"),
        ("other", "/opds"),
    ],
)
def test_nothing_is_guessed(preset: str, path: str) -> None:
    assert sync_account_of(catalog(preset, "http://host" + path), "2" * 32) is None


@pytest.mark.parametrize("profile", ["cwa", "booklore", "grimmory", "komga", "kavita"])
async def test_it_is_there_when_it_asks_who_is_asking(profile: str) -> None:
    async with KosyncServer(profile) as server:
        account = replace(catalog(profile, server.url), kind=SourceKind.KOSYNC)
        assert await keeps_places_at(account)
        for request in server.fake.requests:
            assert request.method == "GET"
            assert not {"authorization", "x-auth-user", "x-auth-key"} & set(request.headers)


async def test_a_server_without_it_or_with_it_switched_off_is_not_offered() -> None:
    async with KosyncServer("cwa") as server:
        at = catalog("cwa", server.url)
        assert not await keeps_places_at(replace(at, url=ServerUrl(server.origin + "/nothing")))
        server.fake.switched_off = True
        assert not await keeps_places_at(at)
    assert not await keeps_places_at(at), "nobody is there any more"


@pytest.mark.parametrize(
    ("preset", "path"),
    [("cwa", "/opds"), ("booklore", "/api/v1/opds"), ("komga", "/opds/v1.2/catalog")],
)
async def test_a_guard_before_everything_is_no_sync(preset: str, path: str) -> None:
    """Such as plain Calibre-Web, which has no KOReader sync, behind the Basic of a proxy."""
    challenge = {"WWW-Authenticate": 'Basic realm="proxy"'}
    async with Loopback(lambda _asked: Says(401, b"", challenge)) as server:
        account = sync_account_of(catalog(preset, server.origin + path), "2" * 32)
        assert account is not None
        assert not await keeps_places_at(account)
        assert not any("authorization" in asked.headers for asked in server.asked)


@pytest.mark.parametrize("recorded", SERVERS, ids=lambda one: one.title)
async def test_recorded_servers_are_offered_what_they_have(recorded: Recorded) -> None:
    preset, path = ("cwa", recorded.catalog or "/opds")
    if recorded.title.startswith("Komga"):
        preset = "komga"
    if recorded.title.startswith("Stump"):
        path = f"/opds/{KEYED}/v1.2/catalog"
    async with recorded.server() as server:
        account = sync_account_of(catalog(preset, server.origin + path), "2" * 32)
        offered = account is not None and await keeps_places_at(account)
        there = recorded.catalog is not None and recorded.sync is not None
        assert offered == there
        if offered and account is not None:
            assert account.url.reveal() == server.origin + (recorded.sync or "")
        assert server.signed == [], "nobody signs in"
