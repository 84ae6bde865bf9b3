"""The client against every status and shape of an answer."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from kios_desktop.domain.errors import (
    Faulty,
    Malformed,
    NotMatched,
    Redirected,
    Refusal,
    Rejected,
    RemoteError,
    Throttled,
    Unsupported,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import KoboStatus, ReadingState, Spot
from kios_desktop.protocols.http import RetryPolicy, Session
from kios_desktop.protocols.kobo.client import KoboClient, cover_at
from kios_desktop.protocols.kobo.state_body import StateOutcome, same_source, source_of
from tests.fakes.kobo_server import (
    JSON,
    START,
    TOKEN,
    KoboBookLore,
    KoboKomga,
    KoboServer,
    KoboStump,
    device_state,
    html,
    said,
)
from tests.fakes.loopback import Asked, Loopback, Says

SYNC = "v1/library/sync"
INIT = "v1/initialization"


def quick() -> RetryPolicy:
    async def at_once(_seconds: float) -> None:
        return

    return RetryPolicy(sleep=at_once)


@asynccontextmanager
async def client_of(server: KoboServer) -> AsyncIterator[KoboClient]:
    async with server:
        session = Session(server.base, retry_policy=quick(), same_origin_only=True)
        try:
            yield KoboClient(session, server.base, lambda: START)
        finally:
            await session.aclose()
    assert server.crimes == []


def state(book_id: str) -> ReadingState:
    return ReadingState(
        book_id,
        KoboStatus.READING,
        percent=37,
        chapter_percent=52,
        spot=Spot("kobo.12.2", "c2.xhtml"),
    )


async def test_the_connection_test_says_how_covers_are_asked_for() -> None:
    server = KoboServer()
    async with client_of(server) as client:
        await client.initialization()
        url = cover_at(client.base, client.template, "a b", 355, 530)
        assert url is not None
        assert url.reveal() == f"{server.base.reveal()}/a%20b/355/530/false/image.jpg"
        assert await client.image(url)


async def test_placeholders_may_be_written_in_any_case() -> None:
    async with client_of(KoboBookLore()) as client:
        await client.initialization()
        url = cover_at(client.base, client.template, "7", 10, 20)
        assert url is not None and url.reveal().endswith(
            "/v1/books/7/thumbnail/10/20/false/image.jpg"
        )


async def test_a_book_without_a_cover_has_no_address_of_one() -> None:
    async with client_of(KoboServer()) as client:
        assert cover_at(client.base, client.template, "", 1, 1) is None


@pytest.mark.parametrize("document", [[], {}, {"Resources": []}, {"Resources": {"x": 1}}])
async def test_covers_have_a_usual_address_where_none_is_said(document: object) -> None:
    server = KoboServer()
    server.says[INIT] = said(document)
    async with client_of(server) as client:
        await client.initialization()
        url = cover_at(client.base, client.template, "7", 10, 20)
        assert url is not None and url.reveal().endswith("/7/10/20/false/image.jpg")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (html(404), Unsupported),
        (html(401), Rejected),
        (html(403), Rejected),
        (Says(429, b"", {"Retry-After": "60"}), Throttled),
        (html(500), Faulty),
        (html(200), Malformed),
        (Says(200, b'{"Resou', dict(JSON)), Malformed),
        (Says(200, b"[" * 100_000, dict(JSON)), Malformed),
        (Says(307, b"", {"Location": "https://storeapi.kobo.com/v1/initialization"}), Unsupported),
        (Says(302, b"", {"Location": "http://127.0.0.1:9/login"}), Malformed),
    ],
)
async def test_what_goes_wrong_is_told_apart(answer: Says, error: type[RemoteError]) -> None:
    server = KoboServer()
    server.says[INIT] = answer
    async with client_of(server) as client:
        with pytest.raises(error) as raised:
            await client.initialization()
    if isinstance(raised.value, Rejected):
        assert raised.value.refusal is Refusal.TOKEN
    if isinstance(raised.value, Throttled):
        assert raised.value.retry_after_s == 60


async def test_no_other_server_is_ever_asked() -> None:
    async def follow(_asked: Asked) -> Says:
        return said([])

    async with Loopback(follow, host="127.0.0.2") as shop:
        server = KoboServer()
        for route in ("v1/library/x/state", "v1/library/x/metadata", SYNC):
            server.says[route] = Says(307, b"", {"Location": f"{shop.origin}/{route}"})
        picture = "x/1/1/false/image.jpg"
        covers = "https://cdn.kobo.com/book-images"
        server.says[picture] = Says(307, b"", {"Location": f"{covers}/{picture}"})
        async with client_of(server) as client:
            assert await client.state("x") is None
            assert await client.metadata("x") is None
            with pytest.raises(NotMatched):
                await client.sync("")
            with pytest.raises(NotMatched):
                await client.save_state(state("x"), START)
            with pytest.raises(NotMatched):
                await client.image(ServerUrl(f"{server.base.reveal()}/x/1/1/false/image.jpg"))
        assert shop.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", ["/", "/hotspot/welcome", "/a?to=/v1/library/x/state"])
async def test_a_page_of_the_network_in_between_does_not_say_that_nothing_is_there(
    status: int, path: str
) -> None:
    async with Loopback(lambda _: html(200), host="127.0.0.2") as network:
        server = KoboServer()
        away = Says(status, b"", {"Location": network.origin + path})
        for route in (INIT, SYNC, "v1/library/x/state", "v1/library/x/metadata"):
            server.says[route] = away
        async with client_of(server) as client:
            for asked in (
                client.initialization,
                lambda: client.sync(""),
                lambda: client.state("x"),
                lambda: client.metadata("x"),
            ):
                with pytest.raises(Malformed) as raised:
                    await asked()
                assert raised.value.retryable
            with pytest.raises(Redirected) as refused:
                await client.save_state(state("x"), START)
            assert refused.value.retryable is (status not in (301, 308))
        assert network.asked == []


async def test_a_server_that_has_moved_is_not_one_without_the_book() -> None:
    server = KoboServer()
    async with client_of(server) as client:
        route = "v1/library/x/state"
        moved = f"https://new.example{server.base_path}/{route}"
        server.says[route] = Says(301, b"", {"Location": moved})
        with pytest.raises(Redirected):
            await client.state("x")


async def test_a_redirect_on_the_same_server_is_followed() -> None:
    server = KoboServer()
    book = server.offer(1)
    book.state = device_state(book.id, START, "kobo.1.2", "a.xhtml", 3, 4)
    async with client_of(server) as client:
        target = f"{server.base.reveal()}/v1/library/{book.id}/state"
        server.says["v1/library/old/state"] = Says(308, b"", {"Location": target})
        found = await client.state("old")
        assert found is not None and found.percent == 3


async def test_a_put_that_would_become_a_get_is_not_sent_on() -> None:
    server = KoboServer()
    async with client_of(server) as client:
        target = f"{server.base.reveal()}/v1/library/b/state"
        server.says["v1/library/a/state"] = Says(302, b"", {"Location": target})
        with pytest.raises(Redirected):
            await client.save_state(state("a"), START)


@pytest.mark.parametrize("word", ["continue", "Continue", "CONTINUE"])
async def test_more_pages_are_announced_in_any_case(word: str) -> None:
    server = KoboServer()
    server.says[SYNC] = said([], {**JSON, "X-Kobo-Sync": word, "X-KOBO-SYNCTOKEN": "t2"})
    async with client_of(server) as client:
        page = await client.sync("t1")
        assert (page.more, page.token) == (True, "t2")
        assert server.asked[-1].headers["x-kobo-synctoken"] == "t1"


async def test_an_empty_header_announces_nothing() -> None:
    server = KoboServer()
    server.says[SYNC] = said([], {**JSON, "x-kobo-sync": "", "x-kobo-synctoken": "t"})
    async with client_of(server) as client:
        assert not (await client.sync("")).more
        assert "x-kobo-synctoken" not in server.asked[-1].headers


async def test_a_full_page_is_followed_by_another_look() -> None:
    server = KoboBookLore()
    for number in range(5):
        server.offer(number + 1)
    async with client_of(server) as client:
        assert (await client.sync("")).more


async def test_the_first_sync_sends_no_token_and_later_ones_the_last() -> None:
    server = KoboServer()
    server.offer(1)
    async with client_of(server) as client:
        page = await client.sync("")
        await client.sync(page.token)
        assert server.asked[-1].headers["x-kobo-synctoken"] == page.token


async def test_headers_of_60_kilobytes_are_read_and_sent() -> None:
    server, token = KoboServer(), "x" * 60_000
    server.says[SYNC] = said([], {**JSON, "x-kobo-synctoken": token})
    async with client_of(server) as client:
        assert (await client.sync("")).token == token


async def test_a_sync_is_asked_once_although_its_answer_is_lost() -> None:
    """A second request would be answered with the books after those that were lost."""
    server = KoboServer()
    server.offer(1)
    server.lose = 1
    async with client_of(server) as client:
        with pytest.raises(RemoteError):
            await client.sync("")
        assert len(server.asked) == 1


async def test_a_proxy_that_fails_at_a_sync_may_have_met_a_long_header() -> None:
    server = KoboServer()
    server.says[SYNC] = html(502)
    async with client_of(server) as client:
        with pytest.raises(Faulty) as error:
            await client.sync("")
        assert error.value.long_headers
        assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"{}", b'[{"NewEntitlement":', b"null", b"\xff\xfe", b""])
async def test_half_a_page_is_none(body: bytes) -> None:
    server = KoboServer()
    server.says[SYNC] = Says(200, body, dict(JSON))
    async with client_of(server) as client:
        with pytest.raises(Malformed):
            await client.sync("")


@pytest.mark.parametrize("answer", [said({}), said([]), Says(200, b""), html(404), said([{}])])
async def test_a_book_that_is_not_there_is_none(answer: Says) -> None:
    server = KoboServer()
    server.says["v1/library/x/metadata"] = server.says["v1/library/x/state"] = answer
    async with client_of(server) as client:
        assert await client.metadata("x") is None
        assert await client.state("x") is None


async def test_addresses_of_files_lead_to_the_server_that_was_typed_in() -> None:
    server = KoboServer()
    book = server.offer(1)
    async with client_of(server) as client:
        found = await client.metadata(book.id)
        assert found is not None
        assert {f.url.reveal() for f in found.files} == {f"{server.base.reveal()}/download/1/epub"}


async def test_the_state_of_the_right_book_is_taken() -> None:
    server = KoboServer()
    server.says["v1/library/b/state"] = said(
        [{"EntitlementId": "a", "Created": ""}, device_state("b", START, "kobo.2.1", "b", 9, 9)]
    )
    async with client_of(server) as client:
        found = await client.state("b")
        assert found is not None and found.percent == 9


async def test_a_state_is_stored_with_the_servers_time() -> None:
    server = KoboServer()
    book = server.offer(1)
    async with client_of(server) as client:
        pushed = await client.save_state(state(book.id), START - timedelta(hours=1))
        assert (pushed.outcome, pushed.at) == (StateOutcome.TAKEN, START)
        found = await client.state(book.id)
        assert found is not None and found.spot == Spot("kobo.12.2", "c2.xhtml")


async def test_success_is_only_what_says_so() -> None:
    server = KoboServer()
    async with client_of(server) as client:
        pushed = await client.save_state(state("nothing"), START)
        assert pushed.outcome is StateOutcome.UNKNOWN


async def test_the_clock_of_the_server_is_known_from_its_answers() -> None:
    server = KoboKomga()
    book = server.offer(1, sizes={"c2.xhtml": 100_000})
    server.now = lambda: START + timedelta(seconds=30, milliseconds=700)
    async with client_of(server) as client:
        await client.state(book.id)
        assert client.server_now == START + timedelta(seconds=30)  # without fractions of a second
        pushed = await client.save_state(state(book.id), client.server_now)
        assert book.read_at == client.server_now
        assert (pushed.at, pushed.counts_anew) == (client.server_now, True)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("EPUB/Text/ch 2+é.xhtml", "EPUB/Text/ch 2%2Bé.xhtml"),
        ("100%.xhtml", "100%25.xhtml"),
        ("a%20b.xhtml", "a%2520b.xhtml"),
        ("no#1?.xhtml", "no%231%3F.xhtml"),
        ("Größe/Ä ß.xhtml", "Größe/Ä ß.xhtml"),
    ],
)
async def test_a_file_is_named_so_that_komga_finds_it(path: str, source: str) -> None:
    server = KoboKomga()
    book = server.offer(1, sizes={path: 100_000})
    assert source_of(path) == source
    assert same_source(source, path)
    async with client_of(server) as client:
        there = replace(state(book.id), spot=Spot("kobo.1.2", source_of(path)))
        assert (await client.save_state(there, START)).outcome is StateOutcome.TAKEN
        if path != source:
            raw = replace(state(book.id), spot=Spot("kobo.1.2", path))
            refused = await client.save_state(raw, START + timedelta(seconds=9))
            assert refused.outcome is StateOutcome.REFUSED


@pytest.mark.parametrize(
    ("server", "keeps"),
    [(KoboServer(), True), (KoboKomga(), True), (KoboBookLore(), True), (KoboStump(), False)],
    ids=["Calibre-Web", "Komga", "BookLore", "Stump"],
)
async def test_it_is_known_who_keeps_places_without_a_book(server: KoboServer, keeps: bool) -> None:
    async with client_of(server) as client:
        await client.initialization()
        # BookLore answers an empty list for a book it has no state of
        if isinstance(server, KoboBookLore):
            server.says["v1/library/none/state"] = said([])
        assert await client.keeps_states("none") is keeps


async def test_the_token_is_in_no_log_and_in_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    server = KoboServer()
    server.says[INIT] = html(500)
    async with client_of(server) as client:
        with pytest.raises(Faulty) as error:
            await client.initialization()
        await client.state("x")
        assert TOKEN not in repr(client.base)
        assert TOKEN not in str(error.value) + repr(error.value)
    assert TOKEN not in caplog.text


def test_a_short_token_is_hidden_as_well() -> None:
    assert "abcd" not in ServerUrl("https://h/kobo/abcd/v1").shown
