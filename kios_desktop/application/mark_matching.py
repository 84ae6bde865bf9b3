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


class BookMatcher:
    """Knows the books of a library: a file may be about a thousand of them."""

    def __init__(self, books: Sequence[Book]) -> None:
        self._books = books
        self._by_hash: dict[str, int] = {}  # number of the book
        self._by_title: dict[str, list[int]] = {}
        self._by_identifier: dict[str, list[int]] = {}
        for number, book in enumerate(books):
            for digest in filter(None, (book.hashes.sha256, book.hashes.partial_md5)):
                self._by_hash.setdefault(digest, number)
            self._by_title.setdefault(_title_key(book.title), []).append(number)
            if book.identifier:
                self._by_identifier.setdefault(book.identifier, []).append(number)

    def match(self, told: MarksOfBook) -> BookMatch:
        """By the hashes of the file, else by identifier and title, else by title and authors.

        An identifier alone is not enough, as there are publishers who give all their books the same
        one; neither is a title, when both sides know authors and none of them is the same.
        """
        for digest in (told.sha256, told.partial_md5):
            if digest in self._by_hash:
                return BookMatch(self._books[self._by_hash[digest]])
        same_title = set(self._by_title.get(_title_key(told.title), ()) if told.title else ())
        same_id = {
            number for one in told.identifiers for number in self._by_identifier.get(one, ())
        }
        sure, likely = list[Book](), list[Book]()
        for number in sorted(same_title | same_id):
            book = self._books[number]
            is_id = number in same_id and (number in same_title or not told.title)
            is_sure = is_id or (number in same_title and _may_share(told, book))
            (sure if is_sure else likely).append(book)
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
        key = _title_key(book.title)
        same = [one for one in parts if one.title and _title_key(one.title) == key]
    return same


def _title_key(title: str) -> str:
    """Case, accents, spaces and signs don't matter, unless there is nothing else."""
    return "".join(filter(str.isalnum, fold(title))) or title


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
