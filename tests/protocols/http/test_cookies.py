"""Cookies: alone where they are enough, and never where they would make a guest of the reader."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kios_desktop.domain.errors import Refusal, Rejected
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Purpose, Session
from tests.fakes.loopback import Asked, Says
from tests.fakes.storyteller import PASSWORD, USER, Storyteller
from tests.protocols.http.sessions import get, session_with, signing

COVERS = [f"/api/v2/books/{number}/cover?h=225&w=147" for number in range(13)]


@asynccontextmanager
async def signed_in(server: Storyteller, password: str = PASSWORD) -> AsyncIterator[Session]:
    credentials = signing(AuthMethod.BASIC, password, USER)
    async with server, session_with(server, credentials) as session:
        yield session


async def covers(session: Session, server: Storyteller) -> None:
    wanted = (get(session, server, path, purpose=Purpose.IMAGE) for path in COVERS)
    for reply in await asyncio.gather(*wanted):
        assert reply.status == 200


def with_password(asked: list[Asked]) -> int:
    return sum("authorization" in one.headers for one in asked)


async def test_a_cookie_goes_alone_and_ten_feeds_with_their_covers_are_one_login() -> None:
    server = Storyteller()
    async with signed_in(server) as session:
        for _ in range(10):
            assert (await get(session, server)).status == 200
        await covers(session, server)
        assert server.logins == with_password(server.asked) == 1
        assert len(server.asked) == 10 + 13 + 1  # once without anything: does it have guests?


async def test_covers_before_any_feed_are_one_login_as_well() -> None:
    server = Storyteller()
    async with signed_in(server) as session:
        await covers(session, server)  # the root goes before them
        assert server.logins <= 5
        await get(session, server)
        logins = server.logins
        await covers(session, server)
        assert server.logins == logins


async def test_after_a_401_the_password_goes_once() -> None:
    server = Storyteller()
    async with signed_in(server) as session:
        for _ in range(3):
            await get(session, server)
        server.forget()
        assert (await get(session, server)).status == 200
        assert server.logins == 2
        await covers(session, server)
        assert server.logins == 2


async def test_a_password_that_is_wrong_by_then_is_sent_once() -> None:
    server = Storyteller()
    async with signed_in(server) as session:
        for _ in range(3):
            await get(session, server)
        server.forget()
        session.credentials = signing(AuthMethod.BASIC, "another", USER)
        for _ in range(2):
            with pytest.raises(Rejected) as caught:
                await get(session, server)
            assert caught.value.refusal is Refusal.CREDENTIALS
        assert with_password(server.asked) == 2


async def test_where_everybody_may_look_the_password_stays_with_the_cookie() -> None:
    """Calibre-Web shows guests another library and never asks them who they are."""
    server = Storyteller(guests=True)
    async with signed_in(server) as session:
        for _ in range(5):
            await get(session, server)
        await covers(session, server)
        assert len(server.asked) - with_password(server.asked) == 1


async def test_a_cookie_that_says_nothing_about_who_we_are_is_tried_alone_once() -> None:
    """A balancer's, or the one of a web page."""
    server = Storyteller()
    server.cookies_sign = False
    async with signed_in(server) as session:
        for _ in range(6):
            assert (await get(session, server)).status == 200
        alone = [one for one in server.asked if "authorization" not in one.headers]
        assert [("cookie" in one.headers) for one in alone] == [False, True]


async def test_what_writes_is_signed_with_the_password_as_well() -> None:
    server = Storyteller()
    async with signed_in(server) as session:
        for _ in range(3):
            await get(session, server)
        await session.put(
            ServerUrl(server.origin + "/opds/place"),
            accept="*/*",
            content=b"{}",
            content_type="application/json",
            cap_bytes=1000,
        )
        assert "cookie" in server.asked[-1].headers
        assert "authorization" in server.asked[-1].headers


async def test_a_slash_too_much_does_not_make_a_login_of_each_cover() -> None:
    """Storyteller answers `/opds/` with a 308 to `/opds`."""
    server = Storyteller()
    inner = server.handler

    def handler(asked: Asked) -> Says:
        if asked.path == "/opds/":
            return Says(308, b"", {"Location": "/opds"})
        answer = inner(asked)
        assert isinstance(answer, Says)
        return answer

    server.handler = handler
    async with server:
        root = ServerUrl(server.origin + "/opds/")
        session = Session(root, signing(AuthMethod.BASIC, PASSWORD, USER))
        try:
            for _ in range(3):
                await get(session, server, "/opds/")
            for number in range(13):
                path = f"/api/v2/books/{number}/cover"
                await get(session, server, path, purpose=Purpose.IMAGE)
        finally:
            await session.aclose()
        assert server.logins <= 2


async def test_a_session_that_ended_with_a_403_or_a_login_page_gets_the_password_again() -> None:
    """Not everybody says 401 to a cookie that is too old; with the password beside it, as before
    this change, it went on."""
    for ended in (Says(403), Says(302, b"", {"Location": "/login"})):
        server = Storyteller()
        inner = server.handler

        def handler(asked: Asked, inner: object = inner, ended: Says = ended) -> Says:
            if asked.path == "/login":
                page = b'<html><form><input type="password"></form></html>'
                return Says(200, page, {"Content-Type": "text/html"})
            answer = inner(asked)  # type: ignore[operator]
            alone = "cookie" in asked.headers and "authorization" not in asked.headers
            return ended if answer.status == 401 and alone else answer

        server.handler = handler
        async with server:
            root = ServerUrl(server.origin + "/opds")
            session = Session(root, signing(AuthMethod.BASIC, PASSWORD, USER))
            try:
                for _ in range(3):
                    await get(session, server)
                server.forget()
                assert (await get(session, server)).status == 200
            finally:
                await session.aclose()


async def test_a_session_that_ends_before_a_page_of_covers_is_one_login() -> None:
    server = Storyteller()
    async with signed_in(server) as session:
        for _ in range(3):
            await get(session, server)
        server.forget()
        await covers(session, server)
        assert server.logins == 2


async def test_a_password_that_became_wrong_is_sent_once_for_a_page_of_covers() -> None:
    server = Storyteller()
    inner = server.handler

    def handler(asked: Asked) -> Says:
        known = "authorization" not in asked.headers or server.logins == 0
        answer = inner(asked) if known else Says(401, b"", {"WWW-Authenticate": "Basic"})
        assert isinstance(answer, Says)
        return answer

    server.handler = handler
    async with signed_in(server) as session:
        for _ in range(3):
            await get(session, server)
        server.forget()
        wanted = (get(session, server, path, purpose=Purpose.IMAGE) for path in COVERS)
        for outcome in await asyncio.gather(*wanted, return_exceptions=True):
            assert isinstance(outcome, Rejected)
        assert with_password(server.asked) <= 1 + 2  # a cover, and the root for what that meant


async def test_covers_that_are_not_for_us_are_no_logins() -> None:
    server = Storyteller()
    inner = server.handler

    def handler(asked: Asked) -> Says:
        answer = inner(asked)
        assert isinstance(answer, Says)
        return Says(403, b"", answer.headers) if "/cover" in asked.path else answer

    server.handler = handler
    async with signed_in(server) as session:
        for _ in range(3):
            await get(session, server)
        wanted = (get(session, server, path, purpose=Purpose.IMAGE) for path in COVERS)
        assert {reply.status for reply in await asyncio.gather(*wanted)} == {403}
        assert server.logins == 2
