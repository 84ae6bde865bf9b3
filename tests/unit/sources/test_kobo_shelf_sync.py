"""Bringing a shelf up to date, against servers with their own rules, and over what gets lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from kios_desktop.domain.errors import Faulty, RemoteError
from kios_desktop.domain.shelf import Changes, ShelfQuery, ShelfView
from kios_desktop.protocols.http import Session
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.protocols.kobo.tokens import Memory, memory_of
from kios_desktop.sources.kobo_shelf_sync import ShelfSync, ShelfSyncResult
from kios_desktop.storage.database import Database
from kios_desktop.storage.kobo_shelf import KoboShelf
from kios_desktop.ui.kit.error_texts import explain
from tests.fakes.kobo_server import (
    JSON,
    KoboBookLore,
    KoboKomga,
    KoboServer,
    said,
)

SOURCE = "1" * 32


class Desk:
    """One computer at one server."""

    def __init__(self, server: KoboServer, database: Database) -> None:
        self.server = server
        self.session = Session(server.base, same_origin_only=True)
        self.shelf = KoboShelf(database, SOURCE, server.base)
        self.sync = ShelfSync(KoboClient(self.session, server.base), self.shelf)
        self.told: list[tuple[int, int | None]] = []

    async def update(self) -> ShelfSyncResult:
        return await self.sync.update(lambda done, of: self.told.append((done, of)))

    async def ids(self, view: ShelfView = ShelfView.ALL) -> list[str]:
        return sorted(one.book.id for one in (await self.shelf.books(ShelfQuery(view)))[0])


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


AServer = TypeVar("AServer", bound=KoboServer)


def filled(server: AServer, count: int) -> AServer:
    for number in range(1, count + 1):
        server.offer(number)
    return server


@pytest.mark.parametrize("kind", [KoboServer, KoboKomga, KoboBookLore])
async def test_every_book_of_every_page_arrives(kind: type[KoboServer], tmp_path: Path) -> None:
    server = filled(kind(), 225)
    async with desk(server, tmp_path) as one:
        done = await one.update()
        assert (done.announced, done.starved) == (225, False)
        assert await one.ids() == sorted(server.books)
        assert not (await one.shelf.mark()).unfinished
        assert [done for done, _ in one.told] == sorted(done for done, _ in one.told)


async def test_the_next_sync_brings_only_what_is_new(tmp_path: Path) -> None:
    server = filled(KoboServer(), 3)
    async with desk(server, tmp_path) as one:
        await one.update()
        server.offer(4)
        assert (await one.update()).announced == 1
        assert len(await one.ids()) == 4


@pytest.mark.parametrize("kind", [KoboServer, KoboKomga, KoboBookLore])
@pytest.mark.parametrize("at", [1, 2, 3])
async def test_no_book_is_missing_after_an_answer_was_lost(
    kind: type[KoboServer], at: int, tmp_path: Path
) -> None:
    """The answer to the `at`th request gets lost; the server thinks it was heard."""
    server = filled(kind(), 225)
    usual = server.sync_page
    asked = 0

    def losing(token: str) -> object:
        nonlocal asked
        asked += 1
        server.lose = int(asked == at)
        return usual(token)

    server.sync_page = losing  # type: ignore[method-assign, assignment]
    async with desk(server, tmp_path) as one:
        with pytest.raises(RemoteError):
            await one.update()
        assert (await one.shelf.mark()).unfinished
        await one.update()
        assert await one.ids() == sorted(server.books)


async def test_a_second_client_finds_the_books_by_their_states(tmp_path: Path) -> None:
    server = filled(KoboServer(), 30)
    server.announced.update(server.books)
    for book in server.books.values():
        server.keep(book, server.empty_state(book))
    async with desk(server, tmp_path) as one:
        done = await one.update()
        assert (done.announced, done.adopted, done.starved) == (0, 30, True)
        assert await one.ids() == sorted(server.books)
        assert one.told[-1] == (30, 30)
        assert server.most <= 4


async def test_new_books_do_not_hide_the_states_of_older_ones(tmp_path: Path) -> None:
    """Of 250 books another device was told 240: the states of the 10 are newer than all others."""
    server = filled(KoboServer(), 250)
    for book in list(server.books.values())[:240]:
        server.announced.add(book.id)
        server.keep(book, server.empty_state(book))
    async with desk(server, tmp_path) as one:
        done = await one.update()
        assert (done.announced, done.adopted) == (10, 240)
        assert await one.ids() == sorted(server.books)


async def test_what_is_named_but_not_to_be_had_is_forgotten(tmp_path: Path) -> None:
    server = filled(KoboServer(), 1)
    server.collections["c"] = ("Shelf", ["gone", server.id_of(1)])
    async with desk(server, tmp_path) as one:
        await one.update()
        before = len(server.asked)
        assert await one.ids() == [server.id_of(1)]
        await one.update()
        asked = [path for path in server.paths()[before:] if path.endswith("metadata")]
        assert asked == []


async def test_collections_of_other_servers_do_not_bring_books(tmp_path: Path) -> None:
    """BookLore names books in its shelves that are not offered over Kobo sync."""
    server = filled(KoboBookLore(), 2)
    server.collections["BL-S-1"] = ("All my books", ["1", "2", "3"])
    server.offer(3)
    hidden = server.books.pop("3")
    async with desk(server, tmp_path) as one:
        server.says["v1/library/3/metadata"] = said([server.metadata(hidden)])
        await one.update()
        assert await one.ids() == ["1", "2"]


async def test_a_server_that_repeats_itself_is_left(tmp_path: Path) -> None:
    server = filled(KoboServer(), 6)
    page = [server.entitlement(book) for book in server.books.values()]
    server.says["v1/library/sync"] = said(
        page, {**JSON, "x-kobo-sync": "continue", "x-kobo-synctoken": "always"}
    )
    async with desk(server, tmp_path) as one:
        await one.update()
        assert len(await one.ids()) == 6
        assert len([path for path in server.paths() if path.endswith("/sync")]) <= 3


async def test_removed_books_stay_here_and_are_marked(tmp_path: Path) -> None:
    server = filled(KoboServer(), 2)
    async with desk(server, tmp_path) as one:
        await one.update()
        gone = server.books[server.id_of(1)]
        gone.removed, gone.title = True, gone.id
        server.announced.discard(gone.id)
        await one.update()
        [kept] = (await one.shelf.books(ShelfQuery(ShelfView.REMOVED)))[0]
        assert kept.book.title == "Book 00001"


async def test_rebuilding_takes_off_what_the_server_lost(tmp_path: Path) -> None:
    for kind in (KoboServer, KoboKomga):
        server = filled(kind(), 7)
        folder = tmp_path / kind.__name__
        folder.mkdir()
        async with desk(server, folder) as one:
            await one.update()
            del server.books[server.id_of(3)]
            await one.sync.rebuild()
            assert await one.ids() == sorted(server.books)
            assert await one.ids(ShelfView.REMOVED) == [server.id_of(3)]


@pytest.mark.parametrize("added", [0, 1, 4, 5, 6, 10])
async def test_removals_that_booklore_never_tells_are_found(added: int, tmp_path: Path) -> None:
    server = filled(KoboBookLore(), 23)
    async with desk(server, tmp_path) as one:
        await one.update()
        for number in range(3, 10):
            server.books[server.id_of(number)].removed = True
        for number in range(100, 100 + added):
            server.offer(number)
        asked = len(server.asked)
        done = await one.update()
        shelf = sorted(book.id for book in server.books.values() if not book.removed)
        assert await one.ids() == shelf
        assert len(await one.ids(ShelfView.REMOVED)) == 7
        assert done.announced == added
        assert len(server.asked) - asked <= 10, "as many pages as there are, at most twice"
        asked = len(server.asked)
        await one.update()
        assert len(server.asked) - asked == 2, "and no more the next time"


async def test_a_list_that_did_not_come_to_its_end_takes_nothing_off(tmp_path: Path) -> None:
    server = filled(KoboBookLore(), 23)
    async with desk(server, tmp_path) as one:
        await one.update()
        server.books[server.id_of(3)].removed = True
        for number in range(100, 105):
            server.offer(number)
        usual, pages = server.sync_page, 0

        def breaking(token: str) -> object:
            nonlocal pages
            pages += 1
            server.lose = int(pages == 4)  # in the midst of the whole list
            return usual(token)

        server.sync_page = breaking  # type: ignore[method-assign, assignment]
        with pytest.raises(RemoteError):
            await one.update()
        assert server.id_of(3) in await one.ids()
        await one.update()
        assert server.id_of(3) not in await one.ids()
        assert len(await one.ids()) == 27


@pytest.mark.parametrize(("books", "arrive"), [(14, 10), (3, 0), (5, 0), (0, 0)])
async def test_a_server_without_a_way_to_the_shop_keeps_what_arrived_and_says_why(
    books: int, arrive: int, tmp_path: Path
) -> None:
    server = filled(KoboBookLore(), books)
    server.internet = False
    async with desk(server, tmp_path) as one:
        for _ in range(2):
            with pytest.raises(Faulty) as raised:
                await one.update()
            assert raised.value.asks_shop
            assert "asks the Kobo store" in explain(raised.value).text
            assert len(await one.ids()) == arrive
        server.internet = True
        await one.update()
        assert len(await one.ids()) == books


def test_tokens_tell_where_servers_remember() -> None:
    assert memory_of("KOMGA.abc") is Memory.IN_TOKEN
    assert memory_of("BOOKLORE.abc") is Memory.IN_TOKEN
    assert memory_of("z1:abc") is Memory.PER_USER
    assert memory_of("eyJ2ZXJzaW9uIjogIjEtMS0wIn0=") is Memory.PER_USER
    assert memory_of("eyJzeW5jX2lkIjogIjEifQ==") is Memory.IN_TOKEN
    assert memory_of("") is Memory.UNKNOWN
    assert memory_of("a.b") is Memory.UNKNOWN


class Choosy(KoboShelf):
    """Has a fault of its own with one title, as a mistake of ours would be."""

    async def apply(self, changes: Changes, token: str | None = None) -> None:
        if any(book.title == "Bad" for book in changes.offered):
            raise ValueError("planned")
        await super().apply(changes, token)


async def test_a_record_that_cannot_be_kept_is_left_out_and_the_shelf_goes_on(
    tmp_path: Path,
) -> None:
    server = filled(KoboServer(), 120)
    server.offer(121, title="Bad")
    server.offer(122)
    database = await Database.open(tmp_path / "library.db")
    async with server:
        session = Session(server.base, same_origin_only=True)
        shelf = Choosy(database, SOURCE, server.base)
        await ShelfSync(KoboClient(session, server.base), shelf).update()
        assert len((await shelf.books(ShelfQuery()))[0]) == 121
        assert not (await shelf.mark()).unfinished
        await session.aclose()
    await database.aclose()
