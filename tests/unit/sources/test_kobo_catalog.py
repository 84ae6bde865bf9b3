"""The shelf as a catalog: lists, pages, facets, words, and days without a server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.domain.catalog import Entry, Feed, Search
from kios_desktop.domain.errors import Full, Rejected, RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.sources.kobo_catalog import KoboCatalog
from kios_desktop.sources.kobo_check import kobo_session
from kios_desktop.sources.kobo_shelf_sync import ShelfSync
from kios_desktop.storage.database import Database
from kios_desktop.storage.kobo_shelf import KoboShelf
from kios_desktop.ui.catalog.shelf_titles import with_note, with_titles
from tests.fakes.kobo_server import START, KoboServer, device_state, html

SOURCE = Source(
    "1" * 32, SourceKind.KOBO, "kobo-other", "Home", ServerUrl("http://library.example")
)


class Desk:
    """A catalog at a server."""

    def __init__(self, server: KoboServer, database: Database) -> None:
        source = replace(SOURCE, url=server.base)
        self.session = kobo_session(source)
        self.client = client = KoboClient(self.session, server.base)
        self.shelf = shelf = KoboShelf(database, source.id, server.base)
        self.catalog = KoboCatalog(source, client, shelf, ShelfSync(client, shelf))

    async def root(self) -> Feed:
        return with_titles(await self.catalog.feed(None, fresh=True)).feed


@asynccontextmanager
async def desk(server: KoboServer, folder: Path) -> AsyncIterator[Desk]:
    database = await Database.open(folder / "library.db")
    async with server:
        made = Desk(server, database)
        try:
            yield made
        finally:
            await made.session.aclose()
            await database.aclose()
    assert server.crimes == []


def filled(count: int) -> KoboServer:
    server = KoboServer()
    for number in range(1, count + 1):
        server.offer(number)
    return server


def titles(feed: Feed) -> list[str]:
    return [entry.title for entry in feed.entries]


async def test_the_shelf_comes_in_pages_that_lead_to_each_other(tmp_path: Path) -> None:
    async with desk(filled(250), tmp_path) as one:
        first = await one.root()
        assert (first.total, first.first, len(first.entries)) == (250, 1, 100)
        assert first.next is not None and first.previous is None
        second = (await one.catalog.feed(first.next)).feed
        assert second.next is not None and second.previous == first.url
        last = (await one.catalog.feed(second.next)).feed
        assert (last.first, len(last.entries), last.next) == (201, 50, None)
        assert len({*titles(first), *titles(second), *titles(last)}) == 250


async def test_turning_a_page_asks_nobody(tmp_path: Path) -> None:
    server = filled(150)
    async with desk(server, tmp_path) as one:
        feed = await one.root()
        asked = len(server.asked)
        await one.catalog.feed(feed.next)
        await one.catalog.feed(feed.facets[1].href)
        await one.catalog.search(Search(), "book")
        assert len(server.asked) == asked


async def test_an_entry_has_a_cover_a_file_and_a_place(tmp_path: Path) -> None:
    async with desk(filled(1), tmp_path) as one:
        [entry] = (await one.root()).entries
        assert entry.cover is not None and await one.catalog.image(entry.cover)
        assert entry.downloads and entry.progression is not None
        assert (entry.authors, entry.series, entry.series_index) == (("Ann Author",), "Tales", 1.0)


async def test_how_far_a_book_is_stands_at_its_entry_and_in_the_facets(tmp_path: Path) -> None:
    server = filled(3)
    reading, finished = server.books[server.id_of(1)], server.books[server.id_of(2)]
    async with desk(server, tmp_path) as one:
        await one.root()
        server.keep(reading, device_state(reading.id, START, "kobo.1.2", "a.xhtml", 16, 9))
        done = device_state(finished.id, START, "kobo.1.2", "a.xhtml", 100, 9)
        done["StatusInfo"]["Status"] = "Finished"
        server.keep(finished, done)
        feed = await one.root()
        assert [with_note(entry).note for entry in feed.entries] == [
            "16% on Kobo",
            "Finished on Kobo",
            "",
        ]
        facets = {facet.title: facet for facet in feed.facets}
        assert {title: facets[title].count for title in ("All", "Reading", "Finished")} == {
            "All": 3,
            "Reading": 1,
            "Finished": 1,
        }
        assert facets["All"].active
        found = with_titles(await one.catalog.feed(facets["Finished"].href)).feed
        assert titles(found) == ["Book 00002"]
        assert [facet.title for facet in found.facets if facet.active] == ["Finished"]


async def test_collections_lead_to_their_books(tmp_path: Path) -> None:
    server = filled(3)
    server.collections["c"] = ("Tales of the sea", [server.id_of(2), "elsewhere"])
    async with desk(server, tmp_path) as one:
        [link] = (await one.root()).navigation
        assert (link.title, link.count) == ("Tales of the sea", 1)
        feed = (await one.catalog.feed(link.href)).feed
        assert titles(feed) == ["Book 00002"]
        assert feed.up is not None


async def test_words_find_titles_and_nothing_is_an_empty_list(tmp_path: Path) -> None:
    async with desk(filled(120), tmp_path) as one:
        root = await one.root()
        assert root.search is not None
        found = (await one.catalog.search(root.search, "BOOK 00007")).feed
        assert titles(found) == ["Book 00007"]
        assert (await one.catalog.search(root.search, "zzz")).feed.entries == ()
        many = (await one.catalog.search(root.search, "book")).feed
        assert many.next is not None
        assert len((await one.catalog.feed(many.next)).feed.entries) == 20


async def test_without_a_server_the_shelf_is_still_there(tmp_path: Path) -> None:
    server = filled(3)
    async with desk(server, tmp_path) as one:
        await one.root()
        server.says["v1/library/sync"] = html(401)
        shown = await one.catalog.feed(None, fresh=True)
        assert isinstance(shown.error, Rejected) and shown.kept_at is not None
        assert len(shown.feed.entries) == 3
        assert one.catalog.health.error is shown.error
        del server.says["v1/library/sync"]
        assert (await one.catalog.feed(None, fresh=True)).error is None
        assert one.catalog.health.error is None
        assert one.catalog.health.books == 3


async def test_a_server_that_never_answered_says_why(tmp_path: Path) -> None:
    server = filled(1)
    server.says["v1/initialization"] = html(403)
    async with desk(server, tmp_path) as one:
        with pytest.raises(RemoteError):
            await one.catalog.feed(None, fresh=True)


async def test_what_was_edited_on_the_server_is_seen_at_the_book(tmp_path: Path) -> None:
    server = filled(2)
    async with desk(server, tmp_path) as one:
        [first, second] = (await one.root()).entries
        server.books[first.key].title = "Edited"
        assert (await one.catalog.full(first)).title == "Edited"
        del server.books[second.key]
        gone: Entry = await one.catalog.full(second)
        assert gone.title == "Book 00002"
        assert with_note(gone).note == "No longer on the shelf"
        assert titles((await one.catalog.feed(None)).feed) == ["Edited"]


async def test_starting_over_keeps_what_the_server_still_has(tmp_path: Path) -> None:
    server = filled(4)
    async with desk(server, tmp_path) as one:
        await one.root()
        del server.books[server.id_of(2)]
        await one.catalog.rebuild()
        feed = (await one.catalog.feed(None)).feed
        assert titles(feed) == ["Book 00001", "Book 00003", "Book 00004"]


def test_the_list_of_a_shared_address_is_never_taken() -> None:
    with pytest.raises(ValueError, match="shared"):
        KoboCatalog(replace(SOURCE, shared=True), *[None] * 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [Full(), ValueError("planned")])
async def test_a_first_sync_that_fails_on_our_side_is_over_and_said(
    error: Exception, tmp_path: Path
) -> None:
    class Failing(KoboShelf):
        async def begin(self) -> None:
            raise error

    async with desk(filled(1), tmp_path) as one:
        shelf = Failing(one.shelf._database, SOURCE.id, one.client.base)
        one.catalog._updates = ShelfSync(one.client, shelf)
        with pytest.raises(type(error)):
            await one.root()
        status = await one.catalog.look()
        assert (status.syncing, status.error, status.is_first) == (False, error, True)
        with pytest.raises(type(error)):
            await one.catalog.feed(None)
