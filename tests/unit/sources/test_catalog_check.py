"""How one signs in to a catalog, against a server on the loopback device."""

import pytest

from kios_desktop.domain.errors import Refusal, Rejected
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.sources.catalog_check import session_of
from tests.fakes.loopback import Loopback, Says


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
