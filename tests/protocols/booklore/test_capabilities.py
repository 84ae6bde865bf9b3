"""What a server can do is found out by asking; what stands in the way is not taken for lacking."""

import pytest

from kios_desktop.domain.accounts import Capabilities
from kios_desktop.domain.errors import (
    Faulty,
    Lacks,
    Malformed,
    Refusal,
    Rejected,
    RemoteError,
    Unsupported,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.booklore import (
    BookloreClient,
    Variant,
    capabilities,
    product_of,
    variant_of,
)
from kios_desktop.protocols.http import Http
from tests.fakes.booklore_server import BookloreServer
from tests.fakes.booklore_variants import VARIANTS
from tests.fakes.loopback import Loopback, Says
from tests.protocols.booklore.accounts import KeptSecrets, signing_in

EVERYWHERE = {
    "annotations": True,
    "notes_v1": True,
    "notes_v2": True,
    "bookmarks": True,
    "rating": True,
    "shelves": True,
    "sessions": True,
    "koreader": True,
}


@pytest.mark.parametrize(
    ("name", "expected", "variant", "product"),
    [
        (
            "PF",
            Capabilities(by_hash=True, search=True, batch=True, **EVERYWHERE),
            Variant.FORK,
            "Grimmory",
        ),
        ("GR3", Capabilities(**EVERYWHERE), Variant.GRIMMORY_3, "Grimmory"),
        ("BL2", Capabilities(**EVERYWHERE), Variant.BOOKLORE_2, "BookLore"),
    ],
)
async def test_variants_are_told_apart(
    name: str, expected: Capabilities, variant: Variant, product: str
) -> None:
    async with BookloreServer(name) as server, signing_in(server) as client:
        found = await capabilities(client)
        assert found == expected
        assert variant_of(found, client.tokens.issuer) is variant
        assert product_of(variant) == product
        written = [one for one in server.asked if one.method != "GET"]
        assert [one.path for one in written] == ["/api/v1/auth/login"], "nothing is written"


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize(
    ("concerns", "lacking"),
    [
        ("v1/annotations", "annotations"),
        ("v2/book-notes", "notes_v2"),
        ("v1/book-notes", "notes_v1"),
        ("v1/bookmarks", "bookmarks"),
        ("v1/reading-sessions/book", "sessions"),
        ("v1/koreader-users", "koreader"),
    ],
)
@pytest.mark.parametrize("mode", ["page", "plain text"])
async def test_a_page_is_not_there(name: str, concerns: str, lacking: str, mode: str) -> None:
    async with BookloreServer(name) as server, signing_in(server) as client:
        server.fail(mode, concerns)
        found = await capabilities(client)
        assert not getattr(found, lacking)
        assert found.shelves


async def test_without_the_permission_for_koreader_sync_it_is_not_there() -> None:
    async with BookloreServer("BL2") as server, signing_in(server) as client:
        server.state.people[2].may_sync = False
        assert not (await capabilities(client)).koreader


async def test_a_server_that_loses_a_request_overnight() -> None:
    async with BookloreServer("PF") as server, signing_in(server) as client:
        assert (await capabilities(client)).by_hash
        server.fail("page", "by-hash")
        assert not (await capabilities(client)).by_hash
        server.fail("ok")
        assert (await capabilities(client)).by_hash


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("login page", Malformed),
        ("half", Malformed),
        ("moved", Malformed),
        ("broken", Faulty),
        ("deadlock", Faulty),
        ("database down", Faulty),
    ],
)
@pytest.mark.parametrize("concerns", ["", "annotations", "bookmarks"])
async def test_what_stands_in_the_way_is_no_lack(
    mode: str, error: type[RemoteError], concerns: str
) -> None:
    async with BookloreServer("BL2") as server, signing_in(server) as client:
        await client.sign_in()
        server.fail(mode, concerns)
        with pytest.raises(error):
            await capabilities(client)


async def test_a_page_everywhere_is_no_lack() -> None:
    async with BookloreServer("BL2") as server, signing_in(server) as client:
        await client.sign_in()
        server.fail("page")
        with pytest.raises(Malformed):
            await capabilities(client)


async def test_a_page_that_comes_while_it_is_asked() -> None:
    async with BookloreServer("PF") as server, signing_in(server) as client:
        await client.sign_in()
        server.fail("page", after=4)
        with pytest.raises(Malformed):
            await capabilities(client)


async def test_another_password_is_no_lack() -> None:
    secrets = KeptSecrets("wrong")
    async with BookloreServer("PF") as server, signing_in(server, secrets) as client:
        with pytest.raises(Rejected) as raised:
            await capabilities(client)
    assert raised.value.refusal is Refusal.CREDENTIALS


async def test_another_kind_of_server() -> None:
    async with Loopback(lambda _: Says(404, b"{}", {"Content-Type": "application/json"})) as server:
        http = Http()
        client = BookloreClient(http, ServerUrl(server.origin), "mira", KeptSecrets())
        with pytest.raises(Unsupported) as raised:
            await client.public_settings()
        await http.aclose()
    assert raised.value.lacks is Lacks.BOOKLORE
