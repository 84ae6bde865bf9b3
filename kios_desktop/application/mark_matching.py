"""Finds the book of the library that a file of marks is about. No Qt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kios_desktop.domain.library import Book
from kios_desktop.domain.text import fold
from kios_desktop.exchange.candidates import MarksOfBook


@dataclass(frozen=True, slots=True)
class BookMatch:
    """`book` is the one, None when it is not clear; then `likely` are those it may be."""

    book: Book | None
    likely: tuple[Book, ...] = ()


def match(told: MarksOfBook, books: Sequence[Book]) -> BookMatch:
    """By the hashes of the file, else by identifier and title, else by title and authors.

    An identifier alone is not enough, as there are publishers who give all their books the same
    one; neither is a title, when both sides know authors and none of them is the same.
    """
    sure, likely = list[Book](), list[Book]()
    for book in books:
        if _is_file(told, book):
            return BookMatch(book)
        same_title = _is_title(told.title, book.title)
        same_id = bool(book.identifier) and book.identifier in told.identifiers
        if (same_id and (same_title or not told.title)) or (same_title and _may_share(told, book)):
            sure.append(book)
        elif same_id or same_title:
            likely.append(book)
    if len(sure) == 1:
        return BookMatch(sure[0])
    by_id = [book for book in sure if book.identifier and book.identifier in told.identifiers]
    if len(by_id) == 1:
        return BookMatch(by_id[0])
    return BookMatch(None, (*sure, *likely))


def of_book(parts: Sequence[MarksOfBook], book: Book) -> list[MarksOfBook]:
    """The parts of a file about several books that are about this one."""
    same = [one for one in parts if _is_file(one, book)]
    if not same:
        same = [one for one in parts if _is_title(one.title, book.title)]
    return same


def _is_title(told: str, title: str) -> bool:
    """Case, accents, spaces and signs don't matter, unless there is nothing else."""
    return bool(told) and (_letters(told) or told) == (_letters(title) or title)


def _letters(title: str) -> str:
    return "".join(filter(str.isalnum, fold(title)))


def _is_file(told: MarksOfBook, book: Book) -> bool:
    hashes = book.hashes
    same_md5 = bool(told.partial_md5) and told.partial_md5 == hashes.partial_md5
    return same_md5 or (bool(told.sha256) and told.sha256 == hashes.sha256)


def _may_share(told: MarksOfBook, book: Book) -> bool:
    """Whether they have an author in common, or one side knows none."""
    mine, theirs = _names(book.authors), _names(told.authors)
    return not mine or not theirs or bool(mine & theirs)


def _names(authors: Iterable[str]) -> set[str]:
    """“Austen, Jane” and “Jane Austen” are one name."""
    words = (fold(author.replace(",", " ")).split() for author in authors)
    return {" ".join(sorted(some)) for some in words if some}
