"""Which book of the library a file of marks is about."""

import time
from dataclasses import replace

import pytest
from msgspec import structs

from kios_desktop.application.mark_matching import BookMatch, BookMatcher, of_book
from kios_desktop.domain.library import Book, BookId, DocumentHashes
from kios_desktop.exchange.candidates import MarksOfBook
from tests.fakes_ui import sample_books


def book(number: int, title: str, *authors: str, identifier: str = "") -> Book:
    hashes = DocumentHashes(f"{number:064x}", f"{number:032x}", "", "")
    return structs.replace(
        sample_books()[0],
        id=BookId(number),
        title=title,
        authors=authors,
        identifier=identifier,
        hashes=hashes,
    )


def told(title: str = "", *authors: str, **cells: object) -> MarksOfBook:
    return replace(MarksOfBook(title, ()), authors=authors, **cells)  # type: ignore[arg-type]


EMMA = book(1, "Emma", "Jane Austen", identifier="urn:isbn:1")
EMMA_TOO = book(2, "Emma", "Jane Austen", identifier="urn:isbn:2")
WALDEN = book(3, "Walden; or, Life in the Woods", "Thoreau, Henry David", identifier="0")
LIBRARY = [EMMA, EMMA_TOO, WALDEN]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (told("Another title", sha256=EMMA.hashes.sha256), EMMA),
        (told("Another title", partial_md5=EMMA_TOO.hashes.partial_md5), EMMA_TOO),
        (told("Emma", "Jane Austen", identifiers=("x", "urn:isbn:2")), EMMA_TOO),
        (told(identifiers=("urn:isbn:1",)), EMMA),
        (told("WALDEN – or Life in the Woods", "Henry David Thoreau"), WALDEN),
        (told("Walden; or, Life in the Woods"), WALDEN),
    ],
)
def test_one_book_is_meant(part: MarksOfBook, expected: Book) -> None:
    assert BookMatcher(LIBRARY).match(part) == BookMatch(expected)


@pytest.mark.parametrize(
    ("part", "likely"),
    [
        (told("Emma", "Jane Austen"), (EMMA, EMMA_TOO)),
        (told("Emma", "Somebody Else", sha256="f" * 64), (EMMA, EMMA_TOO)),
        (told("On Liberty", identifiers=("0",)), (WALDEN,)),
        (told("On Liberty", "J. S. Mill"), ()),
        (told(), ()),
    ],
)
def test_what_is_not_clear_is_not_guessed(part: MarksOfBook, likely: tuple[Book, ...]) -> None:
    assert BookMatcher(LIBRARY).match(part) == BookMatch(None, likely)


def test_books_that_say_nothing_of_themselves_are_no_match() -> None:
    assert BookMatcher([book(4, "")]).match(told()) == BookMatch(None)
    assert BookMatcher([book(4, "!")]).match(told("…")) == BookMatch(None)
    assert BookMatcher([punctuation := book(4, "!")]).match(told("!")) == BookMatch(punctuation)


def test_the_part_of_the_very_file_comes_before_that_with_the_title() -> None:
    by_title, by_file = told("Emma"), told("Emma (1815)", sha256=EMMA.hashes.sha256)
    assert of_book([by_title, by_file], EMMA) == [by_file]
    assert of_book([by_title, by_file], EMMA_TOO) == [by_title]
    assert of_book([told("Persuasion")], EMMA) == []


def test_a_file_about_all_books_of_a_large_library_is_matched_at_once() -> None:
    titles = [f"Élan of the {number}th evening" for number in range(1000)]
    books = [book(number, title, "Ana Ø") for number, title in enumerate(titles)]
    began = time.monotonic()
    matcher = BookMatcher(books)
    assert [matcher.match(told(title, "Ana Ø")).book for title in titles] == books
    assert time.monotonic() - began < 2  # each compared with each: 17 s
