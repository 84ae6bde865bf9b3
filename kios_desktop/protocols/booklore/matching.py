"""Which book of the server is this one? Found for certain, a list to choose from, or nothing.

Certain are the id that came with the book, the hash of its file, and an ISBN that exactly one book
has. A title is none of these, however well it fits: the person chooses.
"""

from typing import Final

from msgspec import Struct

from kios_desktop.domain.accounts import Capabilities, FoundBy
from kios_desktop.domain.errors import NotMatched, Refusal, Rejected, Unsupported
from kios_desktop.protocols.booklore.books import BooksApi
from kios_desktop.protocols.booklore.identity import (
    in_search_order,
    same_isbn,
    same_title,
    share_author,
)
from kios_desktop.protocols.booklore.records import RemoteBook

MOST_CHOICES: Final = 20
_MOST_LOOKED_AT: Final = 10  # hits without an ISBN, each of which costs a request
_MOST_ISBNS: Final = 4  # of a file, each of which costs a request
_LIKELY: Final = 0.5


class Evidence(Struct, frozen=True):
    """What is known of a book here. `server_id` came with it from this very server.

    `document_hash` is KOReader's partial MD5; `isbns` are as they stand in the file.
    """

    title: str
    authors: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    document_hash: str = ""
    server_id: int | None = None


class MatchedBook(Struct, frozen=True):
    """It is this one."""

    book: RemoteBook
    by: FoundBy


class Choices(Struct, frozen=True):
    """It may be one of these, the likeliest first; none if empty."""

    books: tuple[RemoteBook, ...] = ()


async def match(
    books: BooksApi, found: Capabilities, evidence: Evidence, server_changed: bool = False
) -> MatchedBook | Choices:
    """Raises `RemoteError` if the server can't be asked.

    With `server_changed`, the ids of old may mean other books: one counts only if the title or the
    ISBN agrees.
    """
    by_id = await _by_id(books, evidence, server_changed)
    if by_id is not None:
        return MatchedBook(by_id, FoundBy.ID)
    if found.by_hash and evidence.document_hash:
        try:
            by_hash = await books.by_hash(evidence.document_hash)
        except NotMatched:  # two books have it
            by_hash = None
        if by_hash is not None:
            return MatchedBook(by_hash, FoundBy.HASH)
    several = False
    if found.search:
        exact = await _with_isbns(books, evidence)
        several = len(exact) > 1
        by_isbn = await _seen(books, exact.pop()) if len(exact) == 1 else None
        if by_isbn is not None and _has_isbn(by_isbn, evidence):
            return MatchedBook(by_isbn, FoundBy.ISBN)
    return await _by_title(books, found, evidence, several)


def agrees(book: RemoteBook, evidence: Evidence) -> bool:
    """Whether nothing speaks against the book: an equal ISBN, else an equal title."""
    return _has_isbn(book, evidence) or same_title(book.title, evidence.title)


async def _by_id(books: BooksApi, evidence: Evidence, checked: bool) -> RemoteBook | None:
    if evidence.server_id is None:
        return None
    book = await _seen(books, evidence.server_id)
    return None if book is None or (checked and not agrees(book, evidence)) else book


async def _with_isbns(books: BooksApi, evidence: Evidence) -> set[int]:
    """The books with the score 1 for one of the ISBNs: one parameter at a time, normalised."""
    isbns = in_search_order(evidence.isbns)[:_MOST_ISBNS]
    return {row.id for isbn in isbns for row in await books.with_isbn(isbn) if row.score == 1}


def _has_isbn(book: RemoteBook, evidence: Evidence) -> bool:
    return same_isbn((book.isbn13, book.isbn10), evidence.isbns)


async def _by_title(
    books: BooksApi, found: Capabilities, evidence: Evidence, several: bool
) -> MatchedBook | Choices:
    """`several`: more than one book has an ISBN of this one, also if only one has the title."""
    if not evidence.title.strip():
        return Choices()
    hits = await _hits(books, found, evidence.title)
    if evidence.isbns:
        hits = [await _with_isbn(books, hit, at) for at, hit in enumerate(hits)]
        same = [hit for hit in hits if _has_isbn(hit, evidence)]
        if len(same) == 1 and not several:
            return MatchedBook(same[0], FoundBy.ISBN)
    hits.sort(key=lambda hit: -_likeness(hit, evidence))
    return Choices(tuple(hits[:MOST_CHOICES]))


async def _hits(books: BooksApi, found: Capabilities, title: str) -> list[RemoteBook]:
    try:
        return list(await books.containing(title, MOST_CHOICES))
    except Unsupported:
        if not found.search:
            return []
    rows = [row for row in await books.with_title(title) if row.score >= _LIKELY]
    return [RemoteBook(row.id, row.title, hash=row.hash) for row in rows[:MOST_CHOICES]]


async def _with_isbn(books: BooksApi, hit: RemoteBook, at: int) -> RemoteBook:
    """The whole book, where the hit does not tell its ISBN."""
    if hit.isbn13 or hit.isbn10 or at >= _MOST_LOOKED_AT:
        return hit
    return await _seen(books, hit.id) or hit


async def _seen(books: BooksApi, book_id: int) -> RemoteBook | None:
    """None also for a book that is not for this account."""
    try:
        return await books.get(book_id)
    except Rejected as error:
        if error.refusal is not Refusal.FORBIDDEN:
            raise
        return None


def _likeness(book: RemoteBook, evidence: Evidence) -> int:
    return 2 * same_title(book.title, evidence.title) + share_author(book.authors, evidence.authors)
