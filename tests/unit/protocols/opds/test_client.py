"""The client over a loopback server: what is asked, and what the answers mean."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from kios_desktop.domain.catalog import AcquisitionKind, Entry, Format, Search
from kios_desktop.domain.errors import (
    Instead,
    Malformed,
    NotACatalog,
    NotMatched,
    Rejected,
    Unsupported,
)
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import Credentials, RetryPolicy, Session
from kios_desktop.protocols.opds import OpdsClient
from tests.fakes import opds_feeds as made
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.opds_feeds import EPUB, book, entry, feed

TYPES = 'type="application/atom+xml;profile=opds-catalog"'
OSD = (
    b'<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
    b'<Url type="application/atom+xml" template="find?q={searchTerms}"/></OpenSearchDescription>'
)


def text(status: int, said: str) -> Says:
    return Says(status, said.encode(), {"Content-Type": "text/plain"})


@asynccontextmanager
async def served(answers: Mapping[str, bytes | Says]) -> AsyncIterator[tuple[OpdsClient, Loopback]]:
    """The root is /opds; what is not in `answers` is not there."""

    def handler(asked: Asked) -> Says:
        found = answers.get(asked.path, Says(404))
        return found if isinstance(found, Says) else Says(200, found)

    async with Loopback(handler) as server:
        root = ServerUrl(f"{server.origin}/opds")
        credentials = Credentials(AuthMethod.BASIC, "ana", Secret("secret-enough"))
        session = Session(root, credentials, retry_policy=RetryPolicy(repeats_s=()))
        try:
            yield OpdsClient(session, root), server
        finally:
            await session.aclose()


def at(server: Loopback, path: str) -> ServerUrl:
    return ServerUrl(server.origin + path)


async def test_a_feed_is_asked_for_in_every_form_and_any_is_taken() -> None:
    async with served({"/opds": feed(book(1))}) as (client, server):
        found = await client.feed(at(server, "/opds"))
    assert [one.title for one in found.entries] == ["Book 1"]
    accept = server.asked[0].headers["accept"]
    assert accept.startswith("application/opds+json, application/atom+xml")
    assert accept.endswith("*/*;q=0.5")


async def test_a_list_is_followed_to_its_end() -> None:
    def page(number: int, following: str) -> bytes:
        return feed(book(number), f'<link rel="next" href="{following}" {TYPES}/>')

    answers: dict[str, bytes | Says] = {
        "/opds/1": page(1, "/opds/2"),
        "/opds/2": page(2, "/opds/3"),
        "/opds/3": page(3, "/opds/4"),
        "/opds/4": text(404, "Invalid offset: 600"),
    }
    async with served(answers) as (client, server):
        found = [page async for page in client.pages(at(server, "/opds/1"))]
    assert [one.title for page in found for one in page.entries] == ["Book 1", "Book 2", "Book 3"]


@pytest.mark.parametrize("following", ["/opds/1", "/opds/2", "2"])
async def test_a_circle_is_left(following: str) -> None:
    answers = {
        "/opds/1": feed(book(1), f'<link rel="next" href="/opds/2" {TYPES}/>'),
        "/opds/2": feed(book(2), f'<link rel="next" href="{following}" {TYPES}/>'),
    }
    async with served(answers) as (client, server):
        found = [page async for page in client.pages(at(server, "/opds/1"))]
    assert len(found) == len(server.asked) == 2


async def test_the_root_that_is_not_there_is_an_error() -> None:
    async with served({"/opds": text(404, "Not here")}) as (client, server):
        with pytest.raises(NotMatched):
            await client.feed(at(server, "/opds"))


async def test_a_page_that_is_not_there_without_a_word_is_an_error() -> None:
    async with served({}) as (client, server):
        with pytest.raises(NotMatched):
            await client.feed(at(server, "/opds/list"))


async def test_a_feed_in_the_body_of_an_error_is_an_error() -> None:
    answers = {"/opds": Says(403, feed(book(1)))}
    async with served(answers) as (client, server):
        with pytest.raises(Rejected):
            await client.feed(at(server, "/opds"))


async def test_a_login_page_with_200_is_called_one() -> None:
    page = b'<html><form><input type="password"></form></html>'
    async with served({"/opds": page}) as (client, server):
        with pytest.raises(NotACatalog) as error:
            await client.feed(at(server, "/opds"))
    assert error.value.instead is Instead.LOGIN


async def test_what_the_root_says_of_the_server_holds_for_its_other_feeds() -> None:
    async with served(
        {
            "/opds": feed(f'<link rel="self" href="http://inside:9/opds" {TYPES}/>'),
            "/opds/list": feed(book(1, href="http://inside:9/get/1")),
        }
    ) as (client, server):
        before = (await client.feed(at(server, "/opds/list"))).entries[0]
        assert before.acquisitions[0].href == ServerUrl("http://inside:9/get/1")
        await client.feed(at(server, "/opds"))
        after = (await client.feed(at(server, "/opds/list"))).entries[0]
        assert after.acquisitions[0].href == at(server, "/get/1")


async def test_a_partial_entry_is_completed() -> None:
    async with served({}) as (client, server):
        stub_feed = made.stump_feed(server.origin)
        answers = {"/opds": stub_feed, "/opds/v2.0/books/b1": made.stump_publication(server.origin)}
        server.handler = lambda asked: Says(200, answers[asked.path])
        stub = (await client.feed(at(server, "/opds"))).entries[0]
        full = await client.entry(stub)
    assert full.acquisitions[0].href == at(server, "/opds/v2.0/books/b1/file")


async def test_a_whole_entry_is_not_asked_for() -> None:
    async with served({}) as (client, server):
        one = Entry("1", "A")
        assert await client.entry(one) is one
        assert server.asked == []


async def test_a_description_is_fetched_once_and_searched_through() -> None:
    async with served({"/osd": OSD, "/find?q=a%20b": feed(book(1))}) as (client, server):
        search = Search(description=at(server, "/osd"))
        for _ in range(2):
            found = await client.search(search, " a  b ")
    assert [one.title for one in found.entries] == ["Book 1"]
    assert server.paths() == ["/osd", "/find?q=a%20b", "/find?q=a%20b"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [("No books found", ""), ("Search: '(foo' not understood", "Search: '(foo' not understood")],
)
async def test_404_with_a_sentence_is_nothing_found(said: str, shown: str) -> None:
    async with served({"/s/x": text(404, said)}) as (client, server):
        search = Search(template=at(server, "/s/{searchTerms}"))
        found = await client.search(search, "x")
    assert (found.entries, found.subtitle) == ((), shown)


async def test_404_with_a_page_is_an_error() -> None:
    answers = {"/s/x": Says(404, b"<html>no</html>", {"Content-Type": "text/html"})}
    async with served(answers) as (client, server):
        with pytest.raises(NotMatched):
            await client.search(Search(template=at(server, "/s/{searchTerms}")), "x")


async def test_an_indirect_acquisition_ends_at_a_file() -> None:
    link = '<link rel="http://opds-spec.org/acquisition" '
    answers = {
        "/step1": feed(entry("<id>1</id>", f'{link}href="/step2" {TYPES[:-1]};type=entry"/>')),
        "/step2": feed(entry("<id>2</id>", f'{link}href="/file" type="{EPUB}"/>')),
        "/circle": feed(entry("<id>3</id>", f'{link}href="/circle" {TYPES[:-1]};type=entry"/>')),
        "/none": feed(entry("<id>4</id><title>A</title>")),
    }
    async with served(answers) as (client, server):
        one = (await client.feed(at(server, "/step1"))).entries[0].acquisitions[0]
        assert (one.kind, one.format) == (AcquisitionKind.INDIRECT, Format.UNKNOWN)
        assert (await client.direct(one)).href == at(server, "/file")
        direct = await client.direct(one)
        assert await client.direct(direct) is direct
        for path in ("/circle", "/none"):
            with pytest.raises(Unsupported):
                await client.direct(replace(one, href=at(server, path)))


async def test_a_page_is_no_picture() -> None:
    answers: dict[str, bytes | Says] = {
        "/cover": b"\xff\xd8\xff",
        "/page": Says(200, b"<html></html>", {"Content-Type": "text/html"}),
        "/opds": feed(),
    }
    async with served(answers) as (client, server):
        await client.feed(at(server, "/opds"))
        assert await client.image(at(server, "/cover")) == b"\xff\xd8\xff"
        with pytest.raises(Malformed):
            await client.image(at(server, "/page"))
