"""The summary of a page: what is asked, what is believed, and what never goes along."""

import json
import logging

import pytest

from kios_desktop.domain.errors import Faulty, Malformed, RemoteError, Throttled, Unreachable
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.web_look_up import PageSummary
from kios_desktop.protocols.wikipedia import CAP_BYTES, page_summary
from tests.fakes.loopback import Asked, Loopback, Says

JSON = {"content-type": "application/json; charset=utf-8"}


def page(**changes: object) -> bytes:
    usual = {"title": "Cat", "description": "Animal", "extract": "It\nis."}
    return json.dumps({**usual, **changes}).encode()


async def ask(server: Loopback, path: str = "/page/summary/cat") -> PageSummary | None:
    return await page_summary(ServerUrl(server.origin + path))


async def test_a_summary_is_text_alone() -> None:
    async with Loopback(lambda _: Says(200, page(extract="<b>a</b>\u202e"), JSON)) as server:
        found = await ask(server)
        assert found == PageSummary("Cat", "Animal", "<b>a</b>\u202e")
        [asked] = server.asked
        assert not {"authorization", "cookie", "referer"} & set(asked.headers)


async def test_a_redirect_within_the_host_is_followed_and_no_cookie_goes_along() -> None:
    def says(asked: Asked) -> Says:
        if asked.path.endswith("/Cat"):
            return Says(200, page(), JSON)
        return Says(302, b"", {"location": "Cat", "set-cookie": "who=you; Path=/"})

    async with Loopback(says) as server:
        found = await ask(server)
        assert found == PageSummary("Cat", "Animal", "It\nis.")
        assert server.paths() == ["/page/summary/cat", "/page/summary/Cat"]
        assert not [one for one in server.asked if "cookie" in one.headers]


async def test_another_host_is_not_asked() -> None:
    async with Loopback(lambda _: Says(200, page(), JSON)) as other:
        elsewhere = {"location": f"{other.origin}/page/summary/cat"}
        async with Loopback(lambda _: Says(302, b"", elsewhere)) as server:
            with pytest.raises(Malformed):
                await ask(server)
        assert other.asked == []


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Says(200, b"<html>Sign in</html>", {"content-type": "text/html"}), Malformed),
        (Says(200, b"[]", JSON), Malformed),
        (Says(200, b"{}", JSON), Malformed),
        (Says(200, page(extract=7.5), JSON), Malformed),
        (Says(200, b"x" * (CAP_BYTES + 1), JSON), Malformed),
        (Says(500, b"", JSON), Faulty),
        (Says(429, b"", JSON), Throttled),
        (Says(200, page(), JSON, cut_at=5), Unreachable),
    ],
)
async def test_what_is_no_summary_is_an_error(says: Says, error: type[RemoteError]) -> None:
    async with Loopback(lambda _: says) as server:
        with pytest.raises(error):
            await ask(server)


@pytest.mark.parametrize("status", [404, 410])
async def test_no_such_page_is_no_error(status: int) -> None:
    async with Loopback(lambda _: Says(status, b"{}", JSON)) as server:
        assert await ask(server) is None


async def test_what_is_read_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with Loopback(lambda _: Says(200, page(), JSON)) as server:
        await ask(server, "/page/summary/embarrassing")
    async with Loopback(lambda _: Says(500)) as server:
        with pytest.raises(Faulty):
            await ask(server, "/page/summary/embarrassing")
    assert "embarrassing" not in "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("kios")
    )
