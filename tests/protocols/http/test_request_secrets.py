"""Servers that repeat what they were sent: what is quoted of it has no secret in it."""

import base64
import json

import pytest

from kios_desktop.domain.errors import Faulty, KiosError, Refused, Rejected
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Http, check_answered
from kios_desktop.protocols.kosync import KosyncClient
from tests.fakes.loopback import Asked, Loopback, Says
from tests.protocols.http.sessions import get, session_with, signing

PASSWORD, TOKEN, COOKIE = "quiet evening", "cf-0123456789", "st_0123456789abcdef"
HIDDEN = (
    PASSWORD,
    TOKEN,
    COOKIE,
    base64.b64encode(f"alice:{PASSWORD}".encode()).decode(),
    "bed500dca5737302089dc500d5570490",
)

_SECRET = ("authorization", "cookie", "cf-access-client-secret", "x-auth-key")


def echo(status: int, in_json: bool) -> Loopback:
    """Repeats what it was sent, also decoded, in what it says about an error."""

    def answer(asked: Asked) -> Says:
        if asked.path.endswith("/first"):
            return Says(200, b"", {"Set-Cookie": f"st={COOKIE}"})
        given = asked.headers.get("authorization", "").partition(" ")[2]
        login = base64.b64decode(given).decode() if given else ""
        sent = (asked.headers.get(name) for name in _SECRET)
        said = "Can't serve " + "; ".join([login, *filter(None, sent)])
        if in_json:
            body = json.dumps({"message": said}).encode()
            return Says(status, body, {"Content-Type": "application/json"})
        return Says(status, said.encode(), {"Content-Type": "text/plain"})

    return Loopback(answer)


@pytest.mark.parametrize("in_json", [True, False])
@pytest.mark.parametrize("status", [400, 403, 500])
async def test_what_a_server_repeats_of_a_request_is_hidden(status: int, in_json: bool) -> None:
    credentials = signing(AuthMethod.BASIC, PASSWORD)
    extra = [("CF-Access-Client-Secret", TOKEN)]
    async with (
        echo(status, in_json) as server,
        session_with(server, credentials, extra=extra) as session,
    ):
        await get(session, server, "/first")
        reply = await get(session, server)
        with pytest.raises((Refused, Rejected, Faulty)) as caught:
            check_answered(reply)
        said = getattr(caught.value, "said", "")
        assert "Can't serve ••••" in said
        assert not [one for one in HIDDEN if one in said]


@pytest.mark.parametrize("auth", [AuthMethod.BASIC, AuthMethod.KOREADER_HEADERS])
@pytest.mark.parametrize("status", [400, 402, 403, 500])
async def test_neither_is_it_shown_by_koreader_sync(status: int, auth: AuthMethod) -> None:
    async with echo(status, in_json=True) as server:
        http = Http(extra=[("CF-Access-Client-Secret", TOKEN)])
        client = KosyncClient(http, ServerUrl(server.origin), auth, "alice", Secret(PASSWORD))
        with pytest.raises(KiosError) as caught:
            await client.authorize()
        await http.aclose()
        said = getattr(caught.value, "said", "")
        assert said.startswith("Can't serve")
        assert not [one for one in HIDDEN if one in said]
