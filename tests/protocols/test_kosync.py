"""The client against every server it has to live with, over the loopback."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from kios_desktop.domain.errors import (
    Fault,
    Faulty,
    Malformed,
    NotMatched,
    Redirected,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    Stripped,
    Throttled,
    Unreachable,
    Unsupported,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Http
from kios_desktop.protocols.kosync import KosyncClient, normalised
from tests.fakes.kosync_profiles import Request, Response, html, js
from tests.fakes.kosync_server import KosyncServer

DOCUMENT = "59d481d168cca6267322f150c5f6a2a3"
XPOINTER = "/body/DocFragment[20]/body/p[22]/text().0"
SERVERS = ("official", "cwa", "booklore", "grimmory", "komga", "kavita", "stump")
CLONES = ("dotnet", "clone", "nperez")


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    client = Http()
    yield client
    await client.aclose()


def client(server: KosyncServer, http: Http, password: str | None = None) -> KosyncClient:
    user, right = server.fake.login
    auth = AuthMethod.BASIC if server.fake.profile == "cwa" else AuthMethod.KOREADER_HEADERS
    secret = Secret(right if password is None else password)
    return KosyncClient(http, ServerUrl(server.url), auth, user, secret)


async def put(kosync: KosyncClient, document: str = DOCUMENT) -> None:
    await kosync.save(document, XPOINTER, 0.3187, "Kios Desktop (desk)", "0F1E2D3C4B5A")


async def nothing_at(kosync: KosyncClient, document: str) -> bool:
    try:
        return await kosync.progress(document) is None
    except NotMatched as error:
        return not error.duplicates


# --- what any server must do


@pytest.mark.parametrize("profile", SERVERS + CLONES)
async def test_a_place_goes_in_and_comes_out(profile: str, http: Http) -> None:
    async with KosyncServer(profile) as server:
        kosync = client(server, http)
        await kosync.authorize()
        await put(kosync)
        found = await kosync.progress(DOCUMENT)
        assert found is not None and found.progress.startswith("/body/DocFragment[20]")
        assert found.fraction is not None and 0.3 < found.fraction <= 1


@pytest.mark.parametrize("profile", SERVERS + CLONES)
async def test_nothing_stored_is_nothing_or_an_unknown_file(profile: str, http: Http) -> None:
    async with KosyncServer(profile) as server:
        server.fake.known = {DOCUMENT}
        for document in (DOCUMENT, "f" * 32):
            assert await nothing_at(client(server, http), document)


@pytest.mark.parametrize("profile", ["booklore", "grimmory", "komga", "kavita", "stump"])
async def test_servers_that_check_refuse_an_unknown_file(profile: str, http: Http) -> None:
    async with KosyncServer(profile) as server:
        server.fake.known = set()
        with pytest.raises(NotMatched):
            await put(client(server, http))


@pytest.mark.parametrize("profile", ["official", "cwa", "booklore", "grimmory", "komga", "clone"])
async def test_wrong_credentials_are_told_on_every_route(profile: str, http: Http) -> None:
    async with KosyncServer(profile) as server:
        kosync = client(server, http, "wrong")
        if profile == "komga":
            kosync = KosyncClient(
                http, ServerUrl(server.url), AuthMethod.KOREADER_HEADERS, "no key", Secret("x")
            )
        for attempt in (kosync.authorize(), kosync.progress(DOCUMENT), put(kosync)):
            with pytest.raises(Rejected) as caught:
                await attempt
            assert caught.value.refusal is Refusal.CREDENTIALS


@pytest.mark.parametrize("profile", ["cwa", "booklore", "grimmory"])
async def test_sync_that_is_switched_off_is_told_apart(profile: str, http: Http) -> None:
    async with KosyncServer(profile) as server:
        server.fake.switched_off = True
        with pytest.raises(Rejected) as caught:
            await client(server, http).progress(DOCUMENT)
        off = Refusal.SWITCHED_OFF if profile == "cwa" else Refusal.ACCOUNT_OFF
        assert caught.value.refusal is off


@pytest.mark.parametrize("profile", SERVERS)
async def test_the_headers_are_exactly_those_that_every_server_takes(
    profile: str, http: Http
) -> None:
    async with KosyncServer(profile) as server:
        kosync = client(server, http)
        await kosync.progress(DOCUMENT) if profile != "kavita" else await kosync.authorize()
        await put(kosync)
        get, write = server.fake.requests
        for request in (get, write):
            assert request.headers["accept"] == "application/vnd.koreader.v1+json"
            assert request.headers["user-agent"].startswith("KiosDesktop/")
            assert ("authorization" in request.headers) is (profile == "cwa")
            assert not (profile == "cwa" and "x-auth-key" in request.headers)
        assert "content-type" not in get.headers
        assert write.headers["content-type"] == "application/json"
        assert write.json == {
            "document": DOCUMENT,
            "progress": XPOINTER,
            "percentage": 0.3187,
            "device": "Kios Desktop (desk)",
            "device_id": "0F1E2D3C4B5A",
        }


async def test_a_user_name_beyond_ascii_arrives_and_is_trimmed(http: Http) -> None:
    async with KosyncServer() as server:
        url = ServerUrl(server.url)
        for auth in (AuthMethod.KOREADER_HEADERS, AuthMethod.BASIC):
            with pytest.raises(Rejected):
                await KosyncClient(http, url, auth, " Zoë ☃ ", Secret(" ä ")).authorize()
        headers = server.fake.requests[0].headers
        assert headers["x-auth-user"] == "Zoë ☃"
        assert headers["x-auth-key"] == hashlib.md5(" ä ".encode()).hexdigest()
        assert server.fake.requests[1].headers["authorization"] == "Basic Wm/DqyDimIM6IMOkIA=="


async def test_cookies_are_neither_kept_nor_sent(http: Http) -> None:
    async with KosyncServer() as server:

        def with_cookie(request: Request) -> Response:
            answer = server.fake.usual(request)
            answer.headers["Set-Cookie"] = "session=abc; Path=/"
            return answer

        server.fake.scripted = with_cookie
        for _ in range(2):
            await client(server, http).authorize()
        assert all("cookie" not in request.headers for request in server.fake.requests)


@pytest.mark.parametrize(
    "typed",
    [
        "https://h:1/kosync/",
        "https://h:1/kosync",
        " https://h:1/kosync//",
        "https://h:1/kosync?x=1#y",
        "https://h:1/kosync/users/auth",
        "https://h:1/kosync/syncs/progress/",
    ],
)
def test_an_address_is_cleaned_of_what_does_not_belong(typed: str) -> None:
    assert normalised(ServerUrl(typed)).reveal() == "https://h:1/kosync"


# --- every status and body, as a value or an error

AUTH, GET, PUT = "auth", "get", "put"
JSON_2001 = js(400, {"error": 2001, "message": "Unauthorized"})


def moved(status: int, location: str) -> Response:
    return Response(status, b"<html>", "text/html", {"Location": location})


ROWS: list[tuple[str, Response, type[Exception] | None]] = [
    (PUT, Response(200, b"", ""), None),
    (PUT, js(200, None), Malformed),
    (PUT, js(201, {}), None),
    (GET, js(200, None), None),
    (GET, js(200, []), None),
    (AUTH, js(200, None), Malformed),
    (AUTH, js(200, {}), Malformed),
    (AUTH, js(200, {"authorized": ""}), Malformed),
    (AUTH, html(200), Malformed),
    (GET, html(200), Malformed),
    (PUT, html(200), Malformed),
    (AUTH, moved(302, "/login?next=x"), Malformed),
    (GET, moved(303, "/elsewhere"), Malformed),
    (AUTH, moved(308, "/users/auth/"), Malformed),
    (AUTH, moved(301, "https://other.example/users/auth"), Redirected),
    (PUT, moved(307, "https://other.example/syncs/progress"), Redirected),
    (AUTH, js(401, {"code": 2001}), Rejected),
    (AUTH, Response(403), Rejected),
    (GET, JSON_2001, Rejected),
    (PUT, JSON_2001, Rejected),
    (GET, js(401, {"message": "Sync is disabled for this user"}), Rejected),
    (PUT, js(403, {"code": 2004, "message": "Field 'document' not provided."}), Refused),
    (PUT, js(403, {"code": 2003, "message": "Invalid request"}), Refused),
    (PUT, js(400, {"error": 2003, "message": "Bad request"}), Refused),
    (PUT, js(422, {"detail": []}), Refused),
    (PUT, html(415), Refused),
    (AUTH, html(404), Unsupported),
    (GET, js(404, {"message": "No progress found for user and book"}), None),
    (GET, js(404, {"message": "Book not found for hash x"}), NotMatched),
    (GET, html(404), NotMatched),
    (PUT, js(404, {"message": "Book not found for hash x"}), NotMatched),
    (PUT, html(404), Unsupported),
    (GET, Response(400, b"File does not exist", "text/plain"), NotMatched),
    (PUT, js(400, "File does not exist"), NotMatched),
    (PUT, js(409, {}), NotMatched),
    (PUT, html(405), Unsupported),
    (GET, js(412, {"message": "Accept header not set.", "code": 100}), Stripped),
    (GET, js(502, {"message": "Document not found on server"}), None),
    (GET, Response(502, b"Document not found", "text/plain"), None),
    (PUT, js(502, {"message": "Document not found on server"}), Faulty),
    (GET, js(502, {"code": 1000, "message": "Cannot connect to redis server."}), Faulty),
    (GET, html(502), Faulty),
    (GET, html(503), Faulty),
    (PUT, html(500), Faulty),
    (PUT, js(500, "Unknown server error"), Faulty),
    (AUTH, js(503, {"error": 1000, "message": "KOReader sync is disabled"}), Rejected),
    (GET, Response(503, b"", "", {"Retry-After": "120"}), Throttled),
    (GET, Response(429, b"", ""), Throttled),
    (GET, Response(408, b"", ""), Throttled),
    (PUT, Response(425, b"", ""), Throttled),
    (AUTH, js(402, {"code": 2005, "message": "User registration is disabled."}), Rejected),
]


@pytest.mark.parametrize(
    ("asked", "answer", "expected"),
    ROWS,
    ids=[f"{a} {r.status} {e.__name__ if e else 'ok'} {n}" for n, (a, r, e) in enumerate(ROWS)],
)
async def test_every_outcome_is_told_apart(
    asked: str, answer: Response, expected: type[Exception] | None, http: Http
) -> None:
    async with KosyncServer() as server:
        server.fake.scripted = lambda request: answer
        kosync = client(server, http)
        attempts: dict[str, Callable[[], Awaitable[object]]] = {
            AUTH: kosync.authorize,
            GET: lambda: kosync.progress(DOCUMENT),
            PUT: lambda: put(kosync),
        }
        attempt = attempts[asked]
        if expected is None:
            await attempt()
        else:
            with pytest.raises(expected):
                await attempt()


async def test_a_login_page_is_told_from_any_page(http: Http) -> None:
    async with KosyncServer() as server:
        for mode, login in (("wrong", False), ("login", True)):
            server.mode = mode
            with pytest.raises(Malformed) as caught:
                await client(server, http).authorize()
            assert (caught.value.html, caught.value.login) == (True, login)


async def test_a_redirect_says_where_to_without_secrets(http: Http) -> None:
    async with KosyncServer() as server:
        server.fake.scripted = lambda request: moved(
            308, "https://user:hunter2@other.example/users/auth?token=hunter2"
        )
        with pytest.raises(Redirected) as caught:
            await client(server, http).authorize()
        assert caught.value.location == "https://other.example"
        assert not caught.value.same_host


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), ("0", 0.0), ("soon", None), ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0)],
)
async def test_a_busy_server_says_when_to_come_back(
    header: str, seconds: float | None, http: Http
) -> None:
    async with KosyncServer() as server:
        server.mode, server.retry_after = "busy", header
        with pytest.raises(Throttled) as caught:
            await client(server, http).authorize()
        assert caught.value.retry_after_s == seconds


async def test_a_bomb_is_not_unpacked_beyond_the_cap(http: Http) -> None:
    async with KosyncServer() as server:
        server.mode = "huge"
        with pytest.raises(Malformed, match="over 65536 bytes"):
            await client(server, http).authorize()


async def test_the_ways_of_not_answering_are_told_apart(http: Http) -> None:
    async with KosyncServer() as server:
        kosync = client(server, http)
        for mode in ("cut off", "lost"):
            server.mode = mode
            with pytest.raises(Unreachable) as caught:
                await kosync.authorize()
            assert caught.value.fault is Fault.CUT_OFF
        server.mode = "dead"
        with pytest.raises(Unreachable) as caught:
            await http.request(
                "GET", ServerUrl(server.url + "/x"), route="x", cap_bytes=9, total_s=0.2
            )
        assert caught.value.fault is Fault.TIMEOUT
    with pytest.raises(Unreachable) as caught:
        await kosync.authorize()
    assert caught.value.fault is Fault.REFUSED
    nowhere = KosyncClient(http, ServerUrl("http://no-such-host.invalid"))
    with pytest.raises(Unreachable) as caught:
        await nowhere.authorize()
    assert caught.value.fault is Fault.DNS
    assert caught.value.address == "no-such-host.invalid"


async def test_a_connection_closed_while_idle_is_no_error(http: Http) -> None:
    async with KosyncServer() as server:
        kosync, port = client(server, http), server.port
        await kosync.authorize()
        await server.stop()
        await server.start(port)
        await kosync.authorize()


# --- bodies without a place, and places


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        {"document": DOCUMENT},
        {"document": DOCUMENT, "progress": None, "percentage": None, "timestamp": None},
        {"timestamp": "2026-11-21T21:43:06+00:00", "status": 200, "message": "No progress"},
        {"progress": "/body/DocFragment[1].0", "percentage": 0, "timestamp": -62135596800},
        [],
        "text",
    ],
)
async def test_every_shape_of_nothing_is_nothing(body: object, http: Http) -> None:
    async with KosyncServer() as server:
        server.fake.scripted = lambda request: js(200, body)
        assert await client(server, http).progress(DOCUMENT) is None


@pytest.mark.parametrize(
    ("percentage", "fraction"),
    [
        (0.3187, 0.3187),
        ("0.25", 0.25),
        (1, 1.0),
        (1.0000001, 1.0),
        (1.001, 1.0),
        (1.002, None),
        (2.0, None),  # BookLore and Grimmory keep it as it was sent
        (31.87, None),
        (62098, None),
        (-1e-9, None),
        (True, None),
        (None, None),
        ("0,5", None),
        ("inf", None),
        ("1e400", None),
        (10**400, None),
    ],
)
async def test_percentages_are_cleaned(
    percentage: object, fraction: float | None, http: Http
) -> None:
    async with KosyncServer() as server:
        body = {"progress": XPOINTER, "percentage": percentage}
        server.fake.scripted = lambda request: js(200, body)
        found = await client(server, http).progress(DOCUMENT)
        assert found is not None
        assert (
            found.fraction == pytest.approx(fraction)
            if fraction is not None
            else (found.fraction is None)
        )


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (1795297386, "2026-11-21T21:43:06+00:00"),
        (1795297386000, "2026-11-21T21:43:06+00:00"),
        ("2026-11-21T21:43:06+00:00", "2026-11-21T21:43:06+00:00"),
        ("2026-11-21T21:43:06Z", "2026-11-21T21:43:06+00:00"),
        ("2026-11-21T21:43:06", "2026-11-21T21:43:06+00:00"),
        (-5, None),
        (0, None),
        ("yesterday", None),
        (None, None),
        (True, None),
        (1e300, None),
        (10**400, None),
        (99999999999, None),
        ("1795297386", "2026-11-21T21:43:06+00:00"),
        ("99999999999-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("1969-12-31T23:59:59Z", None),
    ],
)
async def test_times_are_cleaned(timestamp: object, expected: str | None, http: Http) -> None:
    async with KosyncServer() as server:
        body = {"progress": 7, "percentage": 0.5, "timestamp": timestamp}
        server.fake.scripted = lambda request: js(200, body)
        found = await client(server, http).progress(DOCUMENT)
        assert found is not None and found.progress == "7"
        assert (found.at.isoformat() if found.at else None) == expected


@pytest.mark.parametrize(
    "body",
    [
        b'{"percentage": "NaN", "progress": " "}',
        b'{"percentage": true}',
        b'{"percentage": 62098}',
        b'{"progress": ["/body/DocFragment[2].0"], "percentage": null}',
        b'{"progress": "\\ud800", "percentage": -1}',
        b'{"percentage": ' + b"9" * 5000 + b"}",
    ],
)
async def test_what_makes_no_sense_is_unknown_and_not_nothing(body: bytes, http: Http) -> None:
    async with KosyncServer() as server:
        server.fake.scripted = lambda request: Response(200, body)
        found = await client(server, http).progress(DOCUMENT)
        assert found is not None
        assert (found.fraction, found.at) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        b'{"progress": "%s", "percentage": 0.5, "device": "Zo\xeb"}',
        b'{"progress": "%s", "percentage": 0.5, "device": "Zo\\ud800"}',
        b'{"progress": "%s", "percentage": 0.5, "device": ["Zo"], "device_id": 7}',
        b'{"progress": "%s", "percentage": 0.5, "timestamp": NaN}',
        b'{"progress": "%s", "percentage": 0.5, "timestamp": -Infinity}',
        b'{"progress": "%s", "percentage": 0.5, "timestamp": 1e999}',
        b'{"progress": "%s", "percentage": 0.5, "timestamp": ' + b"1" * 9000 + b"}",
        b'{"progress": "%s", "percentage": 0.5, "x": ' + b"[" * 9000 + b"]" * 9000 + b"}",
        b'\xef\xbb\xbf{"progress": "%s", "percentage": 0.5, "device": "a\tb"}',
    ],
    ids=lambda body: body[36:52].decode("latin-1"),
)
async def test_one_odd_value_does_not_take_the_place_with_it(body: bytes, http: Http) -> None:
    async with KosyncServer() as server:
        raw = Response(200, body.replace(b"%s", XPOINTER.encode()))
        server.fake.scripted = lambda request: raw
        found = await client(server, http).progress(DOCUMENT)
        assert found is not None
        assert (found.progress, found.fraction, found.at) == (XPOINTER, 0.5, None)
        (found.device + found.device_id).encode()


@pytest.mark.parametrize("keep", [30, 65, 85])
async def test_half_a_record_is_no_record(keep: int, http: Http) -> None:
    body = b'{"document": "59d4", "progress": "/body/DocFragment[2].0", "x": {}, "percentage": 0.3}'
    async with KosyncServer() as server:
        server.fake.scripted = lambda request: Response(200, body[:keep])
        with pytest.raises(Malformed):
            await client(server, http).progress(DOCUMENT)


async def test_escaped_slashes_are_slashes(http: Http) -> None:
    async with KosyncServer() as server:
        raw = Response(200, b'{"progress":"\\/body\\/DocFragment[20].0","percentage":0.3}')
        server.fake.scripted = lambda request: raw
        found = await client(server, http).progress(DOCUMENT)
        assert found is not None and found.progress == "/body/DocFragment[20].0"


async def test_errors_hold_no_secret(http: Http) -> None:
    """Of all outcomes, whatever the server says."""
    url = "http://user-canary:pass-canary@127.0.0.1:{}/api/koreader/0f1e2d3ckeycanary99"
    async with KosyncServer() as server:
        for _, answer, _ in ROWS:
            server.fake.scripted = lambda request, a=answer: a
            base = ServerUrl(url.format(server.port))
            kosync = KosyncClient(http, base, AuthMethod.BASIC, "name-canary", Secret("p-canary"))
            try:
                await kosync.authorize()
            except RemoteError as error:
                text = f"{error} {error!r} {vars(error)} {error.__cause__} {error.__context__!r}"
                assert "canary" not in text
