"""Two books that look the same say in what they differ."""

from datetime import timedelta

from msgspec.structs import replace

from kios_desktop.domain.library import Book
from kios_desktop.ui.library.distinctions import distinguish
from tests.fakes_ui import NOW, make_book


def copies(**differences: tuple[object, ...]) -> list[Book]:
    """As many books as there are values, alike in all else."""
    count = len(next(iter(differences.values())))
    alike = replace(make_book(1), title="Walden", file_name="walden.epub", added_at=NOW)
    return [
        replace(
            alike,
            id=make_book(number + 1).id,
            **{name: values[number] for name, values in differences.items()},
        )
        for number in range(count)
    ]


def words(books: list[Book]) -> list[str]:
    said = distinguish(books, NOW)
    assert list(said) == [book.id for book in books]
    return list(said.values())


def test_by_the_name_of_the_file_if_that_differs() -> None:
    assert words(copies(file_name=("walden.epub", "walden (1).epub"))) == ["walden", "walden (1)"]


def test_else_by_when_it_was_added() -> None:
    days = (NOW, NOW - timedelta(days=3))
    assert words(copies(added_at=days)) == ["added 21 Nov", "added 18 Nov"]
    first, second = words(copies(added_at=(NOW, NOW + timedelta(minutes=5))))
    assert first.startswith("added 21 Nov ") and first != second


def test_else_by_its_size_or_by_all_of_it() -> None:
    assert words(copies(size_bytes=(612_000, 1_800_000))) == ["612 KB", "1.8 MB"]
    several = copies(
        file_name=("a.epub", "a.epub", "b.epub"), size_bytes=(612_000, 1_800_000, 612_000)
    )
    said = words(several)
    assert len(set(said)) == 3 and all(" · " in one for one in said)
