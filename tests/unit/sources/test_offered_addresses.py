"""For every recorded server and every address somebody might type: the right one is offered.

The table itself: python -m tests.offered
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import pytest

from kios_desktop.domain.errors import Lacks, Refusal, Rejected, Unsupported
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, ConnectionStep, Source, SourceKind
from kios_desktop.sources import address_search
from kios_desktop.sources.catalog_check import check_catalog, find_catalog
from kios_desktop.sources.probe import test_connection as probe
from kios_desktop.sources.server_paths import Sought
from tests import effort
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.recorded_servers import (
    CATALOG_OFF,
    KEY,
    NAME,
    PASSWORD,
    SERVERS,
    SYNC_KEYED,
    SYNC_OFF,
    Recorded,
    RecordedServer,
)
from tests.offered import ANSWERS, TYPED, Host, host_of, in_catalog_form, in_sync_form

# Of the addresses that are typed, those of the quick run
TELLING = ("", "/opds", "/api/v1/opds/", f"/opds/{KEY}/v1.2/catalog")

# Where the right answer is not the first address of the server
_OTHERWISE = {
    ("Stump 2025-08", "catalog", SYNC_KEYED): f"/opds/{KEY}/v1.2/catalog",
    ("Stump 2025-08", "catalog", f"/opds/{KEY}/v1.2/catalog"): ANSWERS,
    ("Stump 2025-08", "sync", f"/opds/{KEY}/v1.2/catalog"): SYNC_KEYED,
    # a key that is none; whether it is one only Stump knows
    ("Stump 2025-08", "sync", "/koreader/koreader"): "turned away",
    ("Stump 2025-08", "sync", "/opds/opds/v1.2"): "turned away",
    # answered with a redirect to it
    ("Storyteller 2.11.4", "catalog", "/opds/"): ANSWERS,
    ("Calibre-Web-Automated", "catalog", "/opds/"): ANSWERS,
    ("Calibre-Web 0.6.27", "catalog", "/opds/"): ANSWERS,
}


def wanted(recorded: Recorded, form: str, typed: str) -> str:
    """What a person should be told: it answers, or the one address at which it is."""
    told = _OTHERWISE.get((recorded.title, form, typed))
    if told is not None:
        return told
    right = recorded.catalog if form == "catalog" else recorded.sync
    if right is None or KEY in right:
        return ANSWERS if right == typed else ""  # nobody guesses a key
    if typed == right or (form == "sync" and typed.rstrip("/") == right):
        return ANSWERS
    return f"{ANSWERS} at {right}" if typed == right + "/" else right or "/"


@pytest.mark.parametrize(
    ("form", "ask"), [("catalog", in_catalog_form), ("sync", in_sync_form)], ids=["catalog", "sync"]
)
@pytest.mark.parametrize("recorded", SERVERS, ids=lambda one: one.title)
async def test_the_right_address_is_offered_from_any_other(
    recorded: Recorded, form: str, ask: Callable[[Host, str], Awaitable[str]]
) -> None:
    some: Sequence[str] = TYPED if recorded.catalog is not None else TYPED[::6]
    if effort.is_quick:
        some = TELLING
    async with recorded.server() as server:
        got = {typed: await ask(host_of(server), typed) for typed in some}
    assert got == {typed: wanted(recorded, form, typed) for typed in some}


@pytest.mark.parametrize("recorded", SERVERS, ids=lambda one: one.title)
async def test_the_password_goes_to_the_typed_address_only_and_to_a_sync_server_once(
    recorded: Recorded,
) -> None:
    for typed in effort.some(("/opds", "/api/v1", "/api/koreader/opds"), 1):
        async with recorded.server() as server:
            await in_catalog_form(host_of(server), typed)
            assert {path for path in server.signed if not path.startswith(typed)} <= below_root(
                recorded, typed
            )
            server.signed.clear()
            await in_sync_form(host_of(server), typed)
            assert server.signed == [f"{typed}/users/auth"][: len(server.signed)]


def below_root(recorded: Recorded, typed: str) -> set[str]:
    """A catalog that answers is looked into."""
    return {"/opds/all", "/opds/books"} if recorded.catalog == typed else set()


# --- reasons


def catalog_of(server: RecordedServer, path: str, password: str = PASSWORD) -> Source:
    url = ServerUrl(server.origin + path)
    auth = AuthMethod.AUTOMATIC
    return Source("0" * 32, SourceKind.OPDS, "other", "S", url, auth, NAME, Secret(password))


@pytest.mark.parametrize(
    ("recorded", "refusal"),
    list(zip(CATALOG_OFF, (Refusal.CATALOG_OFF, Refusal.NAME_OR_OFF), strict=True)),
    ids=[one.title for one in CATALOG_OFF],
)
async def test_a_catalog_that_is_switched_off_is_not_a_wrong_password(
    recorded: Recorded, refusal: Refusal
) -> None:
    async with recorded.server() as server:
        source = catalog_of(server, recorded.catalog or "")
        with pytest.raises(Rejected) as caught:
            await check_catalog(source)
        assert caught.value.refusal is refusal
        assert await find_catalog(source) is None  # the address is right


@pytest.mark.parametrize(
    "recorded",
    [one for one in SERVERS if one.catalog not in (None, "/feed.php")],
    ids=lambda one: one.title,
)
async def test_a_wrong_password_at_the_right_address_offers_no_other(recorded: Recorded) -> None:
    async with recorded.server() as server:
        source = catalog_of(server, recorded.catalog or "", "wrong")
        with pytest.raises(Rejected) as caught:
            await check_catalog(source)
        off_or_wrong = recorded.title.startswith("Storyteller")
        reason = Refusal.NAME_OR_OFF if off_or_wrong else Refusal.CREDENTIALS
        assert caught.value.refusal is reason
        assert await find_catalog(source) is None


async def test_nothing_at_an_address_is_no_book_that_is_not_known() -> None:
    async with SERVERS[0].server() as server:
        with pytest.raises(Unsupported) as caught:
            await check_catalog(catalog_of(server, "/opds"))
    assert caught.value.lacks is Lacks.CATALOG


async def test_a_bad_key_in_an_address_is_told_as_one() -> None:
    stump = next(one for one in SERVERS if one.title.startswith("Stump"))
    async with stump.server() as server:
        url = ServerUrl(f"{server.origin}/opds/stump_wrong_0123456789abcdef/v1.2/catalog")
        source = Source("0" * 32, SourceKind.OPDS, "stump", "S", url, AuthMethod.NONE)
        with pytest.raises(Rejected) as caught:
            await check_catalog(source)
        assert caught.value.refusal is Refusal.KEY
        url = ServerUrl(f"{server.origin}/koreader/stump_wrong_0123456789abcdef")
        source = Source("0" * 32, SourceKind.KOSYNC, "stump", "S", url, AuthMethod.NONE)
        last = [step async for step in probe(source, [])][-1]
        assert last.step is ConnectionStep.SIGNED_IN
        assert isinstance(last.error, Rejected) and last.error.refusal is Refusal.KEY


@pytest.mark.parametrize("recorded", SYNC_OFF, ids=lambda one: one.title)
async def test_sync_that_is_switched_off_lacks_no_sub_path(recorded: Recorded) -> None:
    async with recorded.server() as server:
        url = ServerUrl(server.origin + (recorded.sync or ""))
        source = Source(
            *("0" * 32, SourceKind.KOSYNC, "other", "S", url, recorded.sync_auth),
            *(recorded.sync_name, Secret(PASSWORD)),
        )
        last = [step async for step in probe(source, [])][-1]
    if isinstance(last.error, Unsupported):
        assert (last.step, last.error.lacks) == (ConnectionStep.ANSWERS, Lacks.SYNC_THERE)
    else:
        assert isinstance(last.error, Rejected) and last.error.refusal is Refusal.SWITCHED_OFF
    assert last.suggested_url is None


async def test_a_server_that_takes_its_time_is_not_asked_for_ever() -> None:
    """Every answer of it comes, and none of them soon."""

    async def slowly(_asked: Asked) -> Says:
        await asyncio.sleep(0.05)
        return Says(404)

    async with Loopback(slowly) as server:
        source = Source("0" * 32, SourceKind.OPDS, "other", "S", ServerUrl(server.origin))
        assert await address_search.find(source, Sought.CATALOG, within_s=0.12) is None
        assert len(server.asked) <= 3


async def test_a_guard_before_everything_gives_no_address_away() -> None:
    """Who answers 401 to everything, as a proxy does, is not asked any further."""
    challenge = {"WWW-Authenticate": 'Basic realm="private"'}
    async with Loopback(lambda _asked: Says(401, b"", challenge)) as server:
        url = ServerUrl(server.origin + "/books")
        source = Source("0" * 32, SourceKind.OPDS, "other", "S", url)
        assert await find_catalog(source) is None
        assert len({urlsplit(asked.path).path for asked in server.asked}) == len(server.asked)
        assert all("authorization" not in asked.headers for asked in server.asked)
