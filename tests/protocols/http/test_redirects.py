"""Nothing secret ever arrives at another server, whatever the source answers."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from kios_desktop.domain.errors import (
    KiosError,
    Malformed,
    Redirected,
    RemoteError,
    TrustProblem,
    Untrusted,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Origin, Purpose, Session, origin_of
from kios_desktop.protocols.http.redirects import next_hop
from tests.fakes.gatekeeper import Gatekeeper
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.tls import identity
from tests.protocols.http.sessions import get, session_with, signing

PASSWORD, HEADER, COOKIE = "canary-password", "canary-header", "canary-cookie"
STATUSES = (301, 302, 303, 307, 308)
HOME = Origin("https", "nas.example", 8443)


class Sender:
    """Asks for the password, gives a cookie, and sends `/away` to `target`."""

    def __init__(self, scheme: AuthMethod) -> None:
        self.gate = Gatekeeper(scheme.value, password=PASSWORD)
        self.target, self.status = "", 302

    def __call__(self, asked: Asked) -> Says:
        if asked.path.startswith("/away"):
            return Says(self.status, headers={"Location": self.target})
        says = self.gate(asked)
        says.headers["Set-Cookie"] = f"session={COOKIE}; Path=/"
        return says


def secrets_in(asked: list[Asked]) -> list[str]:
    raw = "\n".join(one.raw for one in asked).lower()
    forbidden = (
        PASSWORD,
        HEADER,
        COOKIE,
        "authorization",
        "cookie",
        "x-extra",
        "x-api-key",
        "referer",
    )
    return [word for word in forbidden if word in raw]


@contextlib.asynccontextmanager
async def signed_in(sender: Sender, auth: AuthMethod, server: Loopback) -> AsyncIterator[Session]:
    credentials = signing(auth, PASSWORD)
    async with session_with(server, credentials, extra=[("X-Extra", HEADER)]) as session:
        assert (await get(session, server)).status == 200
        assert server.asked[-1].headers["x-extra"] == HEADER
        yield session


async def put(session: Session, url: str) -> None:
    await session.put(
        ServerUrl(url), accept="*/*", content=b"place", content_type="a/b", cap_bytes=999
    )


@pytest.mark.parametrize("auth", [AuthMethod.BASIC, AuthMethod.DIGEST])
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
@pytest.mark.parametrize("purpose", list(Purpose))
async def test_another_server_gets_the_question_and_no_secret(
    auth: AuthMethod, status: int, host: str, purpose: Purpose
) -> None:
    sender = Sender(auth)
    other = Loopback(lambda _: Says(200, b"hello"), host="::1" if host == "::1" else "127.0.0.1")
    async with other, Loopback(sender) as server, signed_in(sender, auth, server) as session:
        name = f"[{host}]" if ":" in host else host
        sender.target, sender.status = f"http://alice:x@{name}:{other.port}/file", status
        reply = await get(session, server, "/away", purpose=purpose)
        assert (reply.body, reply.url.reveal()) == (b"hello", f"http://{name}:{other.port}/file")
        assert len(other.asked) == 1
        assert secrets_in(other.asked) == []
        with pytest.raises(Redirected):
            await put(session, server.origin + "/away")
        assert len(other.asked) == 1, "a place is never sent anywhere else"


@pytest.mark.parametrize("status", STATUSES)
async def test_a_redirect_out_of_encryption_is_refused(status: int) -> None:
    sender, one = Sender(AuthMethod.BASIC), identity()
    async with Loopback(lambda _: Says(200)) as plain, Loopback(sender, one.context()) as server:
        async with session_with(server, signing(password=PASSWORD), pin=one.pin) as session:
            await get(session, server)
            sender.target, sender.status = plain.origin + "/file", status
            for request in (get(session, server, "/away"), put(session, server.origin + "/away")):
                with pytest.raises(Redirected) as caught:
                    await request
                assert caught.value.location == plain.origin + "/file"
        assert plain.asked == []


async def test_a_server_that_was_redirected_to_and_wants_a_password_gets_none() -> None:
    sender = Sender(AuthMethod.BASIC)
    async with (
        Loopback(Gatekeeper("basic", password=PASSWORD)) as other,
        Loopback(sender) as server,
        signed_in(sender, AuthMethod.BASIC, server) as session,
    ):
        sender.target = other.origin + "/opds"
        with pytest.raises(Redirected):
            await get(session, server, "/away")
        assert secrets_in(other.asked) == []
        assert (await get(session, server)).status == 200, "the password is not to blame"


@pytest.mark.parametrize("status", STATUSES)
async def test_the_same_server_keeps_the_secrets_and_says_where_it_ended(status: int) -> None:
    sender = Sender(AuthMethod.BASIC)
    async with (
        Loopback(sender) as server,
        signed_in(sender, AuthMethod.BASIC, server) as session,
    ):
        sender.target, sender.status = "/opds/?page=2", status
        reply = await get(session, server, "/away")
        assert (reply.status, reply.url.reveal()) == (200, server.origin + "/opds/?page=2")
        assert reply.moved is (status in (301, 308))
        if status not in (307, 308):
            with pytest.raises(Redirected):
                await put(session, server.origin + "/away")
            return
        await put(session, server.origin + "/away")
        assert (server.asked[-1].method, server.asked[-1].body) == ("PUT", b"place")


@pytest.mark.parametrize("auth", [AuthMethod.BASIC, AuthMethod.DIGEST])
@pytest.mark.parametrize(
    "path",
    ["/" + "x" * 65_000, "/a\x7fb", "/é", "/%", "?", "/a b", "/[", "/?{x}"],
)
async def test_an_odd_address_on_the_same_server_ends_in_an_error_of_ours(
    auth: AuthMethod, path: str
) -> None:
    sender = Sender(auth)
    async with Loopback(sender) as server, signed_in(sender, auth, server) as session:
        sender.target = path
        with contextlib.suppress(RemoteError):
            await get(session, server, "/away")
        sender.target = "/opds"
        assert (await get(session, server, "/away")).status == 200


async def test_a_server_may_not_send_us_round_in_circles() -> None:
    sender = Sender(AuthMethod.BASIC)
    async with Loopback(sender) as server, session_with(server) as session:
        sender.target = "/away/again"
        with pytest.raises(Malformed):
            await get(session, server, "/away")
        assert len(server.asked) == 6


async def test_the_name_a_server_believes_to_have_is_asked_of_the_source() -> None:
    sender = Sender(AuthMethod.BASIC)
    reported = Origin("http", "komga.invalid", 25600)
    async with (
        Loopback(sender) as server,
        signed_in(sender, AuthMethod.BASIC, server) as session,
    ):
        session.add_alias(reported)
        sender.target = "http://komga.invalid:25600/opds"
        assert (await get(session, server, "/away")).url.reveal() == server.origin + "/opds"
        url = ServerUrl("http://komga.invalid:25600/opds/x?y=1")
        reply = await session.get(url, accept="*/*", cap_bytes=9999)
        assert reply.url.reveal() == server.origin + "/opds/x?y=1"


async def test_what_a_catalog_keeps_elsewhere_is_fetched_without_secrets() -> None:
    sender = Sender(AuthMethod.BASIC)
    async with (
        Loopback(lambda _: Says(200, b"cover")) as other,
        Loopback(sender) as server,
        signed_in(sender, AuthMethod.BASIC, server) as session,
    ):
        reply = await get(session, other, "/cover.jpg", purpose=Purpose.IMAGE)
        assert reply.body == b"cover"
        assert secrets_in(other.asked) == []


async def test_a_login_typed_into_an_address_is_not_sent() -> None:
    async with Loopback(lambda _: Says(200)) as server, session_with(server) as session:
        url = ServerUrl(server.origin.replace("//", f"//alice:{PASSWORD}@") + "/opds")
        await session.get(url, accept="*/*", cap_bytes=999)
        assert secrets_in(server.asked) == []


async def test_a_page_with_a_password_field_behind_a_redirect_is_a_login_page() -> None:
    page = b"<html><form><input type='text'><input type=\"password\"></form></html>"

    def answer(asked: Asked) -> Says:
        if asked.path == "/opds":
            return Says(302, headers={"Location": "/welcome"})
        return Says(200, page, {"Content-Type": "text/html"})

    async with Loopback(answer) as server, session_with(server) as session:
        with pytest.raises(Malformed) as caught:
            await get(session, server)
        assert caught.value.login


@pytest.mark.parametrize(
    ("asked", "location", "login"),
    [
        ("https://nas.example:8443/opds", "/login?next=/opds", True),
        ("https://nas.example:8443/opds", "https://sso.example.com/start", True),
        ("https://nas.example:8443/opds", "https://nas.example:8443/cdn-cgi/access/x", True),
        ("https://nas.example:8443/opds", "https://auth.example.com/", True),
        ("https://nas.example:8443/opds", "https://x.cloudflareaccess.com/", True),
        ("https://nas.example:8443/opds", "/opds/authors/7", False),
        ("https://nas.example:8443/opds", "/opds/blogin", False),
        ("https://nas.example:8443/auth/opds", "/auth/opds/", False),
    ],
)
def test_a_login_page_is_known_by_its_address(asked: str, location: str, login: bool) -> None:
    expected = pytest.raises(Malformed) if login else contextlib.nullcontext()
    with expected:
        next_hop("GET", ServerUrl(asked), 302, location, HOME, True)


@pytest.mark.parametrize(
    ("root", "target", "home"),
    [
        ("http://nas.example/opds", "https://nas.example/opds", True),
        ("http://nas.example:8080/opds", "https://nas.example:8080/opds", True),
        ("http://nas.example:8080/opds", "https://nas.example:8443/opds", False),
        ("http://nas.example/opds", "https://nas.example.evil.example/opds", False),
        ("http://nas.example/opds", "https://nas.example:443@evil.example/opds", False),
        ("http://nas.example/opds", "//evil.example/opds", False),
        ("http://nas.example/opds", "\\\\evil.example/opds", True),  # a path of this server
        ("http://nas.example/opds", "HTTP://NAS.EXAMPLE:80/x", True),
        ("http://nas.example/opds", "http://nas.example./x", True),
        ("http://[fe80::1]/opds", "http://[FE80::1]/x", True),
    ],
)
def test_only_the_origin_decides_who_is_home(root: str, target: str, home: bool) -> None:
    origin = origin_of(ServerUrl(root))
    assert origin is not None
    assert next_hop("GET", ServerUrl(root), 302, target, origin, True).at_source is home


def test_once_away_no_redirect_leads_back_to_the_secrets() -> None:
    hop = next_hop(
        "GET", ServerUrl("https://evil.example/"), 302, "https://nas.example:8443/x", HOME, False
    )
    assert not hop.at_source


@pytest.mark.parametrize(
    "location",
    ["", " ", "javascript:alert(1)", "file:///etc/passwd", "http://[x/", "http://a:b/"],
)
def test_a_redirect_to_nowhere_is_malformed(location: str) -> None:
    with pytest.raises(Malformed):
        next_hop("GET", ServerUrl("http://nas.example/opds"), 302, location, HOME, True)


def test_errors_of_redirects_hold_no_key() -> None:
    key = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    asked, target = ServerUrl("https://a.example/"), f"http://a.example/opds/{key}?k={key}"
    with pytest.raises(KiosError) as caught:
        next_hop("GET", asked, 302, target, HOME, True)
    assert key not in repr(caught.value) + str(vars(caught.value))


async def test_the_certificate_of_a_source_says_nothing_about_where_its_files_are() -> None:
    """Else every store of files on the internet would be told to have changed its certificate."""
    one = identity()
    async with Loopback(lambda _asked: Says(200), identity("localhost").context()) as store:
        away = {"Location": f"https://localhost:{store.port}/book.epub"}
        async with (
            Loopback(lambda _asked: Says(302, b"", away), one.context()) as server,
            session_with(server, pin=one.pin) as session,
        ):
            with pytest.raises(Untrusted) as caught:
                await get(session, server, "/get")
    assert caught.value.certificate is not None
    assert caught.value.certificate.problem is TrustProblem.SELF_SIGNED
