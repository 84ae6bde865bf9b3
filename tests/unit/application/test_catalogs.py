"""Sources in use, and what a check of one finds out, against a server on the loopback device."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.application.catalogs import Catalogs
from kios_desktop.domain.errors import (
    NotMatched,
    Refusal,
    Rejected,
    RemoteError,
    Unreachable,
    Unsupported,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Header, Source, SourceKind
from kios_desktop.epub.places import Places
from kios_desktop.sources.place_support import PlaceSupport
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.ui.settings.library_sync.check_result import found_text
from tests.fakes.loopback import Asked, Loopback, Says
from tests.fakes.opds_feeds import book, feed
from tests.fakes.sync import FakeNotebook

FEED = {"Content-Type": "application/atom+xml;profile=opds-catalog"}


class Moody(Loopback):
    """A catalog that asks for a password, and rejects everybody while it is out of order."""

    def __init__(self) -> None:
        super().__init__(self.answer)
        self.out_of_order = False

    def answer(self, asked: Asked) -> Says:
        if asked.path == "/opds/gone":
            return Says(404)
        if self.out_of_order or "authorization" not in asked.headers:
            return Says(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})
        return Says(200, feed("<id>r</id><title>Books</title>", book(1)), FEED)


@pytest.fixture
async def catalogs(tmp_path: Path) -> AsyncIterator[Catalogs]:
    database = await Database.open(tmp_path / "library.db")
    keeping = PlaceSupport(FakeNotebook())
    made = Catalogs(database, Books(database), tmp_path / "cache", lambda _source: None, keeping)
    yield made
    await made.aclose()
    await database.aclose()


def source_of(server: Loopback) -> Source:
    return Source(
        "0" * 32, SourceKind.OPDS, "cwa", "Home", ServerUrl(f"{server.origin}/opds"),
        AuthMethod.BASIC, "ana", Secret("hunter2"),
    )  # fmt: skip


async def test_a_password_that_was_rejected_and_passes_a_check_is_used_again(
    catalogs: Catalogs,
) -> None:
    async with Moody() as server:
        source = source_of(server)
        await catalogs.use([source])
        catalog = catalogs.catalog(source.id)
        assert catalog is not None
        mended: list[str] = []
        catalogs.when_recovered(mended.append)
        server.out_of_order = True
        for _ in range(2):
            with pytest.raises(Rejected):
                await catalog.feed(None, fresh=True)
        assert len(server.asked) == 1, "a wrong password is sent once"
        assert isinstance(catalogs.health_of(source.id).error, Rejected)

        server.out_of_order = False
        await catalogs.check(source)
        assert mended == [source.id]
        assert catalogs.health_of(source.id).error is None
        assert (await catalog.feed(None, fresh=True)).feed.entries


async def test_a_check_with_another_password_says_nothing_about_the_one_in_use(
    catalogs: Catalogs,
) -> None:
    async with Moody() as server:
        source = source_of(server)
        await catalogs.use([source])
        catalog = catalogs.catalog(source.id)
        assert catalog is not None
        server.out_of_order = True
        with pytest.raises(Rejected):
            await catalog.feed(None)
        server.out_of_order = False
        await catalogs.check(replace(source, password=Secret("typed but not saved")))
        asked = len(server.asked)
        with pytest.raises(Rejected):
            await catalog.feed(None)
        assert len(server.asked) == asked


async def test_a_check_that_fails_is_how_the_source_is_now(catalogs: Catalogs) -> None:
    async with Moody() as server:
        source = source_of(server)
        await catalogs.use([source])
        await catalogs.check(source)
    with pytest.raises(Unreachable):
        await catalogs.check(source)
    health = catalogs.health_of(source.id)
    assert isinstance(health.error, Unreachable)
    assert health.not_reachable_since is not None


async def test_a_list_that_is_gone_is_no_fault_of_its_source(catalogs: Catalogs) -> None:
    async with Moody() as server:
        source = source_of(server)
        await catalogs.use([source])
        catalog = catalogs.catalog(source.id)
        assert catalog is not None
        with pytest.raises(NotMatched):
            await catalog.feed(ServerUrl(f"{server.origin}/opds/gone"))
        assert catalogs.health_of(source.id).error is None


@pytest.mark.parametrize(
    ("status", "error"), [(404, Unsupported), (403, Rejected)], ids=["gone", "switched off"]
)
async def test_a_catalog_that_is_not_there_any_more_is_no_list_that_is_gone(
    catalogs: Catalogs, status: int, error: type[RemoteError]
) -> None:
    """Storyteller and BookLore with OPDS switched off, met while browsing."""
    async with Loopback(lambda _asked: Says(status)) as server:
        source = source_of(server)
        await catalogs.use([source])
        catalog = catalogs.catalog(source.id)
        assert catalog is not None
        with pytest.raises(error) as caught:
            await catalog.feed(None)
        if isinstance(caught.value, Rejected):
            assert caught.value.refusal is Refusal.CATALOG_OFF
        assert isinstance(catalogs.health_of(source.id).error, error)


async def test_a_key_that_is_not_known_any_more_is_no_missing_name(catalogs: Catalogs) -> None:
    """Stump and Kavita, met while browsing: nobody has a name to enter there."""
    async with Loopback(lambda _asked: Says(401)) as server:
        url = ServerUrl(f"{server.origin}/opds/stump_0123456789abcdef/v1.2/catalog")
        source = Source("0" * 32, SourceKind.OPDS, "stump", "Home", url)
        await catalogs.use([source])
        catalog = catalogs.catalog(source.id)
        assert catalog is not None
        with pytest.raises(Rejected) as caught:
            await catalog.feed(None)
        assert caught.value.refusal is Refusal.KEY


async def test_a_source_of_which_something_is_damaged_costs_no_other(catalogs: Catalogs) -> None:
    async with Moody() as server:
        good = source_of(server)
        bad = replace(good, id="1" * 32, headers=(Header("x-\ud83d", Secret("y")),))
        assert await catalogs.use([bad, good]) == {bad.id, good.id}
        catalog = catalogs.catalog(good.id)
        assert catalog is not None
        assert (await catalog.feed(None)).feed.title == "Books"
        await catalogs.use([good])
        await catalogs.release()


class Keeper(Loopback):
    """A catalog of OPDS 2 whose books have a place; `realm` is what it calls itself."""

    def __init__(self, realm: str, places: bool = True) -> None:
        super().__init__(self.answer)
        self.realm, self.places = realm, places

    def answer(self, asked: Asked) -> Says:
        if "authorization" not in asked.headers:
            return Says(401, b"", {"WWW-Authenticate": f'Basic realm="{self.realm}"'})
        place = {
            "rel": "http://www.cantook.com/api/progression",
            "href": "/books/1/progression",
            "type": "application/vnd.readium.progression+json",
        }
        file = {
            "rel": "http://opds-spec.org/acquisition",
            "href": "/books/1/file",
            "type": "application/epub+zip",
        }
        links = [file, place] if self.places else [file]
        one = {"metadata": {"title": "Walden"}, "links": links}
        body = {"metadata": {"title": "Books"}, "links": [], "publications": [one]}
        return Says(200, json.dumps(body).encode(), {"Content-Type": "application/opds+json"})


@pytest.mark.parametrize(
    ("server", "says", "kept"),
    [
        (Keeper("Realm"), True, [True]),
        (Keeper("stump OPDS v2.0"), None, []),
        (Keeper("Realm", places=False), False, []),
    ],
    ids=["Komga", "Stump, which may only show places", "browsing only"],
)
async def test_what_the_form_says_of_places_is_what_sync_says(
    catalogs: Catalogs, server: Keeper, says: bool | None, kept: list[bool]
) -> None:
    """Also while no book of it is here: “Sync is not set up” stood beside “keeps your place”."""
    async with server:
        source = source_of(server)
        check = await catalogs.check(source)
        assert check.keeps_places is says
        assert ("keeps your place" in found_text(check)[1]) is bool(says)
        for _ in range(2):  # and after a restart of the sync
            await catalogs.use([check.source])
            accounts = await catalogs.accounts(no_places, lambda: "Desk", "0" * 32)
            assert [one.keeps_places for one in accounts] == kept


def no_places(_book_id: BookId) -> AbstractAsyncContextManager[Places]:
    raise AssertionError("no book is looked at")
