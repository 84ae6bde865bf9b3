"""How one signs in to a catalog, against a server on the loopback device."""

import base64
import json

import pytest
from msgspec.structs import replace

from kios_desktop.domain.errors import Refusal, Rejected, SignInFields
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.sources.catalog_check import check_catalog, find_catalog, session_of
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.recorded_servers import feed


@pytest.mark.parametrize("auth", [AuthMethod.BASIC, AuthMethod.DIGEST, AuthMethod.API_KEY])
async def test_a_source_whose_password_was_forgotten_sends_none_and_says_what_it_needs(
    auth: AuthMethod,
) -> None:
    challenge = {"WWW-Authenticate": 'Digest realm="x", nonce="1", qop="auth"'}
    async with Loopback(lambda _asked: Says(401, b"", challenge)) as server:
        url = ServerUrl(server.origin + "/opds")
        session = session_of(Source("0" * 32, SourceKind.OPDS, "calibre", "Home", url, auth))
        try:
            with pytest.raises(Rejected) as caught:
                await session.get(url, accept="*/*", cap_bytes=1000)
        finally:
            await session.aclose()
        assert caught.value.refusal is Refusal.NEEDED
        assert [
            (a.headers.get("authorization"), a.headers.get("x-api-key")) for a in server.asked
        ] == [(None, None)]


@pytest.mark.parametrize("password", ["Password", None])
async def test_a_name_alone_is_enough_where_a_server_asks_for_no_more(
    password: str | None,
) -> None:
    """As Standard Ebooks does: an e-mail address, and any password or none."""
    labels = {"login": "Email", **({"password": password} if password else {})}
    flow = {"type": "http://opds-spec.org/auth/basic", "labels": labels}
    document = {"id": "/auth", "title": "Books", "authentication": [flow]}
    right = base64.b64encode(b"ana@example.org:").decode()

    def answer(asked: Asked) -> Says:
        if asked.headers.get("authorization") == f"Basic {right}":
            return feed()
        challenge = {"WWW-Authenticate": 'Basic realm="Books"'}
        kind = {"Content-Type": "application/opds-authentication+json"}
        return Says(401, json.dumps(document).encode(), {**challenge, **kind})

    async with Loopback(answer) as server:
        url = ServerUrl(server.origin + "/opds")
        nobody = Source("0" * 32, SourceKind.OPDS, "other", "Home", url, AuthMethod.AUTOMATIC)
        with pytest.raises(Rejected) as caught:
            await check_catalog(nobody)
        assert caught.value.refusal is Refusal.NEEDED
        assert caught.value.fields == SignInFields("Email", password or "")
        check = await check_catalog(replace(nobody, username="ana@example.org"))
        assert check.source.auth is AuthMethod.BASIC


@pytest.mark.parametrize(
    ("path", "rest", "realm"),
    [
        ("/opds", "?library_id=Old", "calibre"),
        ("/opds", "?library_id=Old", "Library"),
        ("/opds/", "?library_id=Old", "calibre"),
        ("/opds", "#top", "Library"),
        ("/opds/v1.2/catalog", "?page=2", "Komga"),
        ("/opds/v1.2/catalog", "?page=2", "Library"),
    ],
)
async def test_what_is_behind_the_path_makes_no_other_address(
    path: str, rest: str, realm: str
) -> None:
    """calibre itself links to `/opds?library_id=…`; only the password was wrong."""

    def answer(asked: Asked) -> Says:
        guarded = asked.path.partition("?")[0].rstrip("/") == path.rstrip("/")
        return (
            Says(401, b"", {"WWW-Authenticate": f'Basic realm="{realm}"'}) if guarded else Says(404)
        )

    async with Loopback(answer) as server:
        assert await find_catalog(wrongly_signed(server.origin + path + rest)) is None


async def test_a_library_that_is_not_there_leads_to_the_one_that_is() -> None:
    def answer(asked: Asked) -> Says:
        return feed() if asked.path == "/opds" else Says(404)

    async with Loopback(answer) as server:
        found = await find_catalog(wrongly_signed(server.origin + "/opds?library_id=Gone"))
        assert found == ServerUrl(server.origin + "/opds")


def wrongly_signed(url: str) -> Source:
    return Source(
        "0" * 32, SourceKind.OPDS, "other", "S", ServerUrl(url), AuthMethod.AUTOMATIC, "u",
        Secret("p"),
    )  # fmt: skip
