"""Who has read with an earlier Kios keeps everything: profiles that earlier commits made."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kios_desktop.domain.accounts import AccountChoices, Topic, TopicChoice
from kios_desktop.domain.download import DownloadState
from kios_desktop.domain.library import BookId, ImportOutcome, Query
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import ShelfQuery, ShelfView
from kios_desktop.library.importer import Importer
from kios_desktop.paths import Paths, profile_paths
from kios_desktop.storage.account_items import AccountItems
from kios_desktop.storage.accounts import Accounts
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.backup import backups
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.downloads import DownloadRecords
from kios_desktop.storage.kobo_shelf import KoboShelf
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.marks import Marks
from kios_desktop.storage.migrations import HEAD, REVISIONS
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.preferences import PreferenceStore
from kios_desktop.storage.secrets import SealedFile, Secrets
from kios_desktop.storage.sessions import Sessions
from kios_desktop.storage.sources import Sources
from tests.earlier_profiles import NAMES, lost, plain, unpack, write_books
from tests.unit.storage.schema import schema


@dataclass
class Profile:
    """One that was just opened with the Kios of this tree."""

    name: str
    paths: Paths
    put_in: dict[str, Any]
    database: Database

    @property
    def upgraded(self) -> bool:
        return not self.name.startswith(HEAD)

    def address_of(self, source_id: str) -> ServerUrl | None:
        found = (one["url"] for one in self.put_in["sources"] if one["id"] == source_id)
        return next((ServerUrl(url) for url in found), None)


@pytest.fixture(params=NAMES)
async def profile(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Profile]:
    put_in, paths = unpack(request.param, tmp_path), profile_paths(tmp_path)
    database = await Database.open(paths.database)
    yield Profile(request.param, paths, put_in, database)
    await database.aclose()


# the maker put in a sentence of its own, which no Kios ever wrote
MADE_UP = "A sentence about the file."


def test_profiles_of_every_schema_are_kept() -> None:
    assert {name.partition("-")[0] for name in NAMES} == set(REVISIONS[:-1])


async def test_books_are_kept(profile: Profile) -> None:
    books = Books(profile.database)
    kept = profile.put_in["books"]
    for one in kept:
        assert one.pop("defects", []) in ([], [MADE_UP])  # test_defect_codes.py has the real ones
    assert sorted(await books.ids(Query())) == [one["id"] for one in kept]
    assert not lost(kept, plain([await books.get(BookId(one["id"])) for one in kept]))
    removed = profile.put_in["removed"]["hashes"]["sha256"]
    assert await books.in_library([removed]) == {removed: False}
    assert await books.weights(BookId(1)) == tuple(profile.put_in["weights"])
    own = await books.reading_preferences(BookId(1))
    assert not lost(profile.put_in["reading_preferences"], plain(own))
    for word in ("emile", "zoe"):
        assert BookId(1) in await books.ids(Query(words=word))
    for one in kept:
        assert (profile.paths.library / one["file"]).is_file()


async def test_places_timelines_and_records_of_sync_are_kept(profile: Profile) -> None:
    turns = LastTurns(profile.paths.database.with_name("last-turns"))
    positions = Positions(profile.database, turns)
    await positions.recover()
    for kept in profile.put_in["places"]:
        book_id = BookId(kept["book_id"])
        assert not lost(kept["last"], plain(await positions.last(book_id)))
        assert not lost(kept["history"], plain(await positions.history(book_id)))
        source_id = "a" * 32
        assert not lost(kept["record"], plain(await positions.record(book_id, source_id)))
    assert [one.book_id for one in await positions.waiting()] == [BookId(1)]
    turns.close()


async def test_accounts_are_kept_with_their_secrets(profile: Profile, tmp_path: Path) -> None:
    sealed = SealedFile(tmp_path / "passwords.sealed", profile.put_in["passphrase"])
    sources = Sources(profile.database, Secrets(sealed))
    assert not lost(profile.put_in["sources"], plain(await sources.all()))
    assert not lost(profile.put_in["sources"], plain((await sources.known())[0]))
    for source_id, text in profile.put_in["remembered"].items():
        assert await sources.remembered(source_id) == text


async def test_settings_are_kept(profile: Profile) -> None:
    asked = await PreferenceStore(profile.database).load()
    assert not lost(profile.put_in["preferences"], plain(asked))


async def test_downloads_and_where_books_came_from_are_kept(profile: Profile) -> None:
    if "downloads" not in profile.put_in:
        assert await DownloadRecords(profile.database, profile.address_of).all() == []
        return
    downloads = await DownloadRecords(profile.database, profile.address_of).all()
    assert not lost(profile.put_in["downloads"], plain(downloads))
    assert [one.state for one in downloads] == [DownloadState.PAUSED]
    acquisitions = BookAcquisitions(profile.database, profile.address_of)
    assert not lost([profile.put_in["origin"]], plain(await acquisitions.of_book(BookId(1))))
    assert await acquisitions.chosen(BookId(2)) == profile.put_in["chosen"]
    assert await acquisitions.place_sources(BookId(1)) == (profile.put_in["origin"]["source_id"],)


async def test_marks_sessions_and_ratings_are_kept(profile: Profile) -> None:
    marks = await Marks(profile.database).of_book(BookId(1))
    assert not lost(profile.put_in.get("marks", []), plain(marks))
    sessions = await Sessions(profile.database).all()
    assert not lost(profile.put_in.get("sessions", []), plain(sessions))
    rated = "sessions" in profile.put_in
    assert (await Books(profile.database).get(BookId(1))).rating == (7 if rated else None)


async def test_nothing_is_sent_before_somebody_switches_it_on(profile: Profile) -> None:
    accounts, items = Accounts(profile.database), AccountItems(profile.database)
    choices = await accounts.choices("a" * 32)
    assert choices == AccountChoices()
    now = datetime.now(UTC)
    assert await items.books_with_work("a" * 32, choices, (), now) == []
    everything = AccountChoices(dict.fromkeys(Topic, TopicChoice()))
    found = await items.books_with_work("a" * 32, everything, (), now)
    # its marks are those of another file: they are looked for when the book is opened
    assert found == ([1, 3] if "sessions" in profile.put_in else [])


async def test_kobo_shelves_are_kept(profile: Profile) -> None:
    source_id = "c" * 32
    address = profile.address_of(source_id)
    if address is None:
        return
    kept, shelf = profile.put_in["shelf"], KoboShelf(profile.database, source_id, address)
    offered, count = await shelf.books(ShelfQuery())
    assert count == 1
    assert not lost([kept["offered"]], plain([one.book for one in offered]))
    removed, _count = await shelf.books(ShelfQuery(ShelfView.REMOVED))
    assert not lost([kept["removed"]], plain([one.book for one in removed]))
    assert not lost(kept["state"], plain(await shelf.state("k1")))
    assert not lost([kept["collection"]], plain([one for one, _n in await shelf.collections()]))
    mark = await shelf.mark()
    assert (mark.token, mark.whole_token, mark.unfinished) == (kept["token"], kept["token"], False)


async def test_a_removed_book_that_is_added_again_has_its_place(
    profile: Profile, tmp_path: Path
) -> None:
    *_others, path = write_books(tmp_path / "epubs")
    importer = Importer(Books(profile.database), profile.paths.library)
    report = await importer.add(
        [path], progress=lambda _done, _total: None, cancelled=lambda: False
    )
    assert [item.outcome for item in report.items] == [ImportOutcome.ADDED]
    assert report.items[0].book_id == profile.put_in["removed"]["id"]
    place = profile.put_in["places"][2]["last"]
    assert not lost(place, plain(await Positions(profile.database).last(BookId(3))))


async def test_what_is_upgraded_was_copied_before(profile: Profile) -> None:
    copies = backups(profile.paths.database.with_name("backups"))
    assert len(copies) == profile.upgraded
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            [(revision,)] = connection.execute("SELECT version_num FROM alembic_version")
        assert profile.name.startswith(revision)


async def test_the_schema_is_that_of_a_new_database(profile: Profile, tmp_path: Path) -> None:
    await (await Database.open(tmp_path / "new.db")).aclose()
    assert schema(profile.paths.database) == schema(tmp_path / "new.db")
