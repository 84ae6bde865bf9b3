"""The shelf of a Kobo sync source on the disk: pages, views, and no token in it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from kios_desktop.domain.catalog import Entry, Format
from kios_desktop.domain.download import BookAcquisition
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import (
    Changes,
    Collection,
    FileKind,
    KoboBook,
    KoboFile,
    KoboStatus,
    ReadingState,
    ShelfQuery,
    ShelfView,
    Spot,
)
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.kobo_shelf import KoboShelf
from tests.unit.storage.conftest import new_book

SOURCE = "1" * 32
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ROOT = ServerUrl(f"https://books.example.org/kobo/{TOKEN}")
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def book(number: int, title: str = "") -> KoboBook:
    url = ServerUrl(f"{ROOT.reveal()}/download/{number}/epub")
    file = KoboFile(FileKind.EPUB, url, 10)
    return KoboBook(f"b{number}", title or f"Book {number:05d}", ("Zoë Author",), files=(file,))


def state(number: int, status: KoboStatus, percent: float | None = None) -> ReadingState:
    spot = Spot("kobo.1.2", "a.xhtml") if percent else None
    return ReadingState(f"b{number}", status, NOW, NOW, percent, percent, spot)


@pytest.fixture
def shelf(database: Database) -> KoboShelf:
    return KoboShelf(database, SOURCE, ROOT)


async def titles(shelf: KoboShelf, query: ShelfQuery) -> list[str]:
    return [one.book.title for one in (await shelf.books(query))[0]]


async def test_nothing_is_known_at_first(shelf: KoboShelf) -> None:
    mark = await shelf.mark()
    assert (mark.token, mark.synced_at, mark.unfinished) == ("", None, False)
    assert await shelf.books(ShelfQuery()) == ([], 0)


async def test_a_page_and_its_token_come_together(shelf: KoboShelf) -> None:
    await shelf.begin()
    await shelf.apply(Changes(offered=[book(2), book(1)]), "t1")
    mark = await shelf.mark()
    assert (mark.token, mark.whole_token, mark.unfinished) == ("t1", "", True)
    found, total = await shelf.books(ShelfQuery())
    assert ([one.book for one in found], total) == ([book(1), book(2)], 2)
    await shelf.finish("t2", NOW)
    mark = await shelf.mark()
    assert (mark.token, mark.whole_token, mark.synced_at) == ("t2", "t2", NOW)
    assert not mark.unfinished


async def test_a_page_that_can_not_be_written_leaves_the_old_token(
    shelf: KoboShelf, database: Database
) -> None:
    await shelf.apply(Changes(offered=[book(1)]), "t1")

    def forbid(connection: Connection) -> None:
        connection.exec_driver_sql(
            "CREATE TRIGGER no BEFORE INSERT ON kobo_collections "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    await database.run(forbid)
    page = Changes(offered=[book(2)], collections=[Collection("c", "C")])
    with pytest.raises(IntegrityError):
        await shelf.apply(page, "t2")
    assert (await shelf.mark()).token == "t1"
    assert await titles(shelf, ShelfQuery()) == ["Book 00001"]


async def test_applying_a_page_twice_changes_nothing(shelf: KoboShelf) -> None:
    page = Changes(
        offered=[book(1), book(2)],
        states=[state(1, KoboStatus.READING, 16)],
        collections=[Collection("c", "Tales", ("b1", "b9"))],
    )
    await shelf.apply(page, "t1")
    before = await shelf.books(ShelfQuery()), await shelf.collections()
    await shelf.apply(page, "t1")
    assert (await shelf.books(ShelfQuery()), await shelf.collections()) == before


async def test_a_removed_book_keeps_its_title_and_has_its_own_view(shelf: KoboShelf) -> None:
    await shelf.apply(Changes(offered=[book(1), book(2)]), "t1")
    await shelf.apply(Changes(removed=["b1", "never seen"]), "t2")
    assert await titles(shelf, ShelfQuery()) == ["Book 00002"]
    gone = (await shelf.books(ShelfQuery(ShelfView.REMOVED)))[0]
    assert [(one.book.title, one.removed) for one in gone] == [("Book 00001", True)]
    await shelf.apply(Changes(offered=[book(1)]), "t3")
    assert len(await titles(shelf, ShelfQuery())) == 2


async def downloaded(database: Database, number: int) -> BookId:
    """The book of that number is in the library, from this shelf."""
    [book_id] = await Books(database).add_all([new_book(number)])
    entry = Entry(f"b{number}", f"Book {number:05d}")
    url = ServerUrl(f"{ROOT.reveal()}/download/{number}/epub")
    acquisition = BookAcquisition(SOURCE, entry, url, Format.EPUB, book_id, downloaded_at=NOW)
    await BookAcquisitions(database, lambda _source: ROOT).save(acquisition)
    return book_id


async def test_what_is_in_the_library_is_not_among_the_books_that_are_not(
    shelf: KoboShelf, database: Database
) -> None:
    await shelf.apply(Changes(offered=[book(1), book(2)]), "t")
    book_id = await downloaded(database, 1)
    assert await titles(shelf, ShelfQuery(ShelfView.NOT_HERE)) == ["Book 00002"]
    assert (await shelf.book_counts()).not_here == 1
    await Books(database).remove(book_id)
    assert (await shelf.book_counts()).not_here == 2


async def test_only_books_of_the_library_are_left_behind_until_they_are_kept(
    shelf: KoboShelf, database: Database
) -> None:
    await shelf.apply(Changes(offered=[book(1), book(2)]), "t")
    await downloaded(database, 1)
    await shelf.apply(Changes(removed=["b1", "b2"]), "t2")
    assert await titles(shelf, ShelfQuery(ShelfView.LEFT_BEHIND)) == ["Book 00001"]
    await shelf.keep("b1")
    await shelf.keep("b2" * 2)
    assert (await shelf.book_counts()).left_behind == 0


async def test_a_book_that_was_kept_is_not_asked_about_again(
    shelf: KoboShelf, database: Database
) -> None:
    await shelf.apply(Changes(offered=[book(1)]), "t")
    await downloaded(database, 1)
    await shelf.apply(Changes(removed=["b1"]), "t2")
    await shelf.keep("b1")
    await shelf.not_found(["b1"])
    assert (await shelf.book_counts()).left_behind == 0
    await shelf.apply(Changes(offered=[book(1)]), "t3")  # it comes back, and goes again
    await shelf.apply(Changes(removed=["b1"]), "t4")
    assert (await shelf.book_counts()).left_behind == 1


async def test_views_follow_the_reading_states(shelf: KoboShelf) -> None:
    states = [state(1, KoboStatus.READING, 16), state(2, KoboStatus.FINISHED, 100)]
    await shelf.apply(Changes(offered=[book(n) for n in (1, 2, 3)], states=states), "t")
    assert await titles(shelf, ShelfQuery(ShelfView.READING)) == ["Book 00001"]
    assert await titles(shelf, ShelfQuery(ShelfView.FINISHED)) == ["Book 00002"]
    count = await shelf.book_counts()
    assert (count.all, count.reading, count.finished, count.removed) == (3, 1, 1, 0)
    one = await shelf.book("b1")
    assert one is not None and one.state == states[0]


async def test_collections_name_only_what_is_there(shelf: KoboShelf) -> None:
    tales = Collection("c1", "Tales", ("b2", "b1", "elsewhere"))
    await shelf.apply(
        Changes(offered=[book(1), book(2), book(3)], collections=[tales, Collection("c2", "Art")]),
        "t",
    )
    counted = [(one.name, count) for one, count in await shelf.collections()]
    assert counted == [("Art", 0), ("Tales", 2)]
    assert len(await titles(shelf, ShelfQuery(collection_id="c1"))) == 2
    await shelf.apply(Changes(dropped_collections=["c1"]))
    assert len(await shelf.collections()) == 1


async def test_words_are_found_in_any_case_and_without_accents(shelf: KoboShelf) -> None:
    await shelf.apply(Changes(offered=[book(1, "Élan_vital 100%"), book(2, "Other")]), "t")
    assert await titles(shelf, ShelfQuery(words="zoe ELAN")) == ["Élan_vital 100%"]
    assert await titles(shelf, ShelfQuery(words="100%")) == ["Élan_vital 100%"]
    assert await titles(shelf, ShelfQuery(words="n_v")) == ["Élan_vital 100%"]
    assert await titles(shelf, ShelfQuery(words="n%v")) == []


async def test_what_is_only_named_is_asked_for_once(shelf: KoboShelf) -> None:
    await shelf.apply(
        Changes(
            offered=[book(1)],
            states=[state(1, KoboStatus.READING), state(5, KoboStatus.READING)],
            collections=[Collection("c", "C", ("b1", "b6"))],
        ),
        "t",
    )
    assert sorted(await shelf.named_only()) == ["b5", "b6"]
    await shelf.not_found(["b6"])
    assert await shelf.named_only() == ["b5"]
    assert await shelf.known() == ["b1"]
    await shelf.apply(Changes(offered=[book(6)]))
    assert sorted(await shelf.known()) == ["b1", "b6"]


async def test_a_long_shelf_comes_in_parts(shelf: KoboShelf) -> None:
    await shelf.apply(Changes(offered=[book(n) for n in range(250)]), "t")
    part, total = await shelf.books(ShelfQuery(), 200, 100)
    assert (len(part), total, part[0].book.id) == (50, 250, "b200")


async def test_sources_do_not_see_each_other_and_can_be_forgotten(
    shelf: KoboShelf, database: Database
) -> None:
    other = KoboShelf(database, "2" * 32, ROOT)
    await shelf.apply(Changes(offered=[book(1)]), "t1")
    await other.apply(Changes(offered=[book(2)]), "t2")
    await shelf.forget()
    assert (await shelf.books(ShelfQuery()))[1] == 0
    assert (await shelf.mark()).token == ""
    assert await titles(other, ShelfQuery()) == ["Book 00002"]


async def test_the_key_of_the_address_is_never_written(
    shelf: KoboShelf, database: Database, tmp_path: Path
) -> None:
    await shelf.apply(Changes(offered=[book(1)]), "opaque")
    await database.aclose()
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        assert TOKEN not in "\n".join(connection.iterdump())
