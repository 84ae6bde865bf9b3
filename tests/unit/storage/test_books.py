"""What the library view asks, answered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Missing
from kios_desktop.domain.inside_books import BookFile
from kios_desktop.domain.library import BookId, NewBook, Query, Shelf, ShelfCounts, Sort
from kios_desktop.domain.locator import Chapter, Locator, Place, Position
from kios_desktop.domain.path_text import path_to_text
from kios_desktop.domain.preferences import PageTheme, ReadingPreferences
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.positions import Positions
from tests.unit.storage.conftest import new_book

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def books(database: Database) -> Books:
    return Books(database)


async def titles(books: Books, query: Query) -> list[str]:
    return [book.title for book in await books.load(await books.ids(query))]


def position(progression: float, chapter: str = "One") -> Position:
    locator = Locator(Place(1, 5), "a.xhtml", 10, progression, Chapter(0, chapter))
    return Position(locator, NOW, "")


async def test_a_book_comes_back_as_it_was_added(books: Books) -> None:
    added = NewBook(
        "Élan",
        ("Ada", "Bea"),
        "fr",
        "S",
        1.5,
        "urn:x",
        "f",
        "n",
        7,
        new_book(1).hashes,
        "c",
        (Defect(DefectKind.NO_CONTAINER), Defect(DefectKind.MISSING_FILES, 3)),
    )
    [book_id] = await books.add_all([added])
    book = await books.get(book_id)
    for name in NewBook.__struct_fields__:
        assert getattr(book, name) == getattr(added, name)
    assert book.read_at is None and book.total_progression is None


async def test_a_place_shows_in_the_book(books: Books, database: Database) -> None:
    [book_id] = await books.add_all([new_book(1)])
    await Positions(database).save(book_id, position(0.25, "Chapter 2"))
    book = await books.get(book_id)
    assert (book.total_progression, book.chapter_title, book.device) == (0.25, "Chapter 2", "")


async def test_load_keeps_the_order_and_leaves_out_what_is_gone(books: Books) -> None:
    a, b, c = await books.add_all([new_book(n) for n in range(3)])
    await books.remove(b)
    assert [book.id for book in await books.load([c, b, a, BookId(99)])] == [c, a]
    with pytest.raises(Missing):
        await books.get(b)


async def test_a_removed_book_that_is_added_again_has_its_place_back(
    books: Books, database: Database
) -> None:
    [book_id] = await books.add_all([new_book(1)])
    await Positions(database).save(book_id, position(0.5))
    await books.remove(book_id)
    assert await books.by_sha256([new_book(1).hashes.sha256]) == {}
    assert await books.counts() == ShelfCounts()
    assert await books.add_all([new_book(1, title="Again")]) == [book_id]
    book = await books.get(book_id)
    assert (book.title, book.total_progression) == ("Again", 0.5)
    assert await books.ids(Query(words="again")) == [book_id]


async def test_books_are_found_by_their_bytes(books: Books) -> None:
    await books.add_all([new_book(n) for n in range(1200)])
    asked = [new_book(n).hashes.sha256 for n in (3, 1150, 5000)]
    found = await books.by_sha256(asked)
    assert {h: b.title for h, b in found.items()} == {asked[0]: "Book 3", asked[1]: "Book 1150"}


async def test_shelves_and_their_counts(books: Books) -> None:
    a, b, c, _ = await books.add_all([new_book(n) for n in range(4)])
    await books.opened(a, NOW)
    await books.opened(b, NOW + timedelta(hours=1))
    await books.mark_finished(c, NOW)
    assert await books.counts() == ShelfCounts(all=4, reading=2, unread=1, finished=1)
    for shelf, size in ((Shelf.READING, 2), (Shelf.UNREAD, 1), (Shelf.FINISHED, 1)):
        assert len(await books.ids(Query(shelf=shelf))) == size
    assert [book.id for book in await books.continue_reading(5)] == [b, a]
    await books.mark_finished(c, None)
    assert await books.counts() == ShelfCounts(all=4, reading=2, unread=2, finished=0)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.TITLE, ["“A”", "Élan", "élan vital", "Zoo"]),
        (Sort.AUTHOR, ["Zoo", "“A”", "Élan", "élan vital"]),
        (Sort.SERIES, ["élan vital", "“A”", "Élan", "Zoo"]),
        (Sort.RECENTLY_READ, ["Élan", "Zoo", "élan vital", "“A”"]),
        (Sort.RECENTLY_ADDED, ["élan vital", "“A”", "Élan", "Zoo"]),
        (Sort.PROGRESS, ["“A”", "Zoo", "Élan", "élan vital"]),
    ],
)
async def test_orders(books: Books, database: Database, sort: Sort, expected: list[str]) -> None:
    ids = await books.add_all(
        [
            new_book(1, "Zoo", "Ann"),
            new_book(2, "Élan", "bob"),
            new_book(3, "“A”", "Ánna"),
            new_book(4, "élan vital", "Cid", series="Alpha"),
        ]
    )
    await books.opened(ids[0], NOW)
    await books.opened(ids[1], NOW + timedelta(days=1))
    await Positions(database).save(ids[0], position(0.2))
    await Positions(database).save(ids[2], position(0.4))
    assert await titles(books, Query(sort=sort)) == expected
    assert await titles(books, Query(sort=sort, reverse=True)) == expected[::-1]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("creme", ["Crème brûlée"]),
        ("CRÈME", ["Crème brûlée"]),
        ("bru cre", ["Crème brûlée"]),
        ("rulee", ["Crème brûlée"]),
        ("tolst", ["War and Peace"]),
        ("colour peace", ["War and Peace"]),
        ("本語", ["日本語の本"]),
        ("o'brien", ["At Swim"]),
        ('"', ["At Swim", "Crème brûlée", "War and Peace", "日本語の本"]),
        ('a" OR b', []),
        ("NEAR(a b)", []),
        ("nothing", []),
        ("wa\0peace", ["War and Peace"]),
        ("ar " * 16_000, ["War and Peace"]),  # as long as the field
    ],
)
async def test_search_ignores_accents_and_survives_any_sign(
    books: Books, words: str, found: list[str]
) -> None:
    await books.add_all(
        [
            new_book(1, "Crème brûlée", "Chef"),
            new_book(2, "War and Peace", "Tolstoy", series="Colour library"),
            new_book(3, "日本語の本"),
            new_book(4, "At Swim", "Flann O'Brien"),
        ]
    )
    assert await titles(books, Query(sort=Sort.TITLE, words=words)) == found


async def test_weights_and_reading_preferences_are_kept_per_book(books: Books) -> None:
    a, b = await books.add_all([new_book(1), new_book(2)])
    assert await books.weights(a) is None
    await books.save_weights(a, (0, 7, 4_000_000_000))
    assert await books.weights(a) == (0, 7, 4_000_000_000)
    asked = ReadingPreferences(theme=PageTheme.SEPIA, size_px=24)
    await books.save_reading_preferences(a, asked)
    assert await books.reading_preferences(a) == asked
    assert (await books.reading_preferences(b)).empty


async def test_words_that_an_older_kios_has_stored_are_clean_when_they_are_read(
    books: Books,
) -> None:
    old = replace(
        new_book(1),
        title="a\u202eb\x00\nc",
        authors=("\u2066d", "\u200b"),
        series="\x1be",
        file_name=path_to_text(Path("caf\udce9.epub")),
    )
    [number] = await books.add_all([old])
    book = await books.get(number)
    assert (book.title, book.authors, book.series) == ("ab c", ("d",), "e")
    [number] = await books.add_all([replace(old, title="")])
    assert (await books.get(number)).title == "caf\ufffd"


async def test_copies_of_one_work_are_found_together(books: Books) -> None:
    one, other, alone, removed = await books.add_all(
        [
            new_book(1, "Walden", "Thoreau"),
            new_book(2, "walden", "Thoreau"),  # it looks the same
            new_book(3, "Walden", "Somebody else"),
            new_book(4, "Walden", "Thoreau"),
        ]
    )
    await books.remove(removed)
    groups = await books.copies([other, alone])
    assert [[book.id for book in group] for group in groups] == [[one, other]]
    assert await books.copies([alone]) == []
    assert await books.copies([]) == []


async def test_the_files_of_all_books_are_listed_as_they_were_added(
    books: Books, database: Database
) -> None:
    first, second, third = await books.add_all([new_book(1), new_book(2), new_book(3)])
    await books.remove(second)
    await database.run_plainly(
        lambda connection: connection.execute(
            "UPDATE books SET file = x'ff' WHERE id = ?", (third,)
        ).close()
    )
    one = await books.get(first)
    assert await books.files() == [BookFile(first, one.hashes.sha256, one.file)]


async def test_a_rating_is_kept_also_when_the_file_is_added_again(database: Database) -> None:
    books = Books(database)
    [book_id] = await books.add_all([new_book(1)])
    assert (await books.get(book_id)).rating is None
    await books.rate(book_id, 7)
    await books.remove(book_id)
    await books.add_all([new_book(1)])
    assert (await books.get(book_id)).rating == 7
    await books.rate(book_id, None)
    assert (await books.get(book_id)).rating is None


async def test_the_next_book_of_a_series_has_the_next_number(database: Database) -> None:
    books = Books(database)
    lives = [replace(new_book(n, series="Lives"), series_index=n / 2) for n in (6, 2, 4)]
    other = [replace(new_book(9, series="Deaths"), series_index=2.5), new_book(10)]
    six, two, four, _, alone = await books.add_all([*lives, *other])

    async def following(book_id: BookId) -> str | None:
        book = await books.next_in_series(await books.get(book_id))
        return None if book is None else book.title

    assert await following(two) == "Book 4"
    assert await following(four) == "Book 6"
    assert await following(six) is None
    assert await following(alone) is None
    await books.remove(four)
    assert await following(two) == "Book 6"


async def test_removed_books_are_known_to_what_was_read(books: Books) -> None:
    here, gone, unread = await books.add_all([new_book(1), new_book(2), new_book(3)])
    await books.mark_finished(here, NOW)
    await books.mark_finished(gone, NOW - timedelta(days=400))
    await books.remove(gone)
    ever = await books.load_ever([gone, unread, here, BookId(99)])
    assert {book.id for book in ever} == {here, gone, unread}
    assert [book.id for book in await books.load([gone, here])] == [here]
    assert await books.finished() == {here: NOW, gone: NOW - timedelta(days=400)}
