"""Books: by id, by hash, by search; ratings."""

import difflib
import re
from typing import Any

from tests.fakes.booklore_answers import (
    conflict,
    failed,
    invalid,
    js,
    malformed,
    no_book,
    unexpected,
)
from tests.fakes.booklore_state import Book, Person, State
from tests.fakes.booklore_variants import Variant
from tests.fakes.loopback import Says

AT = "2026-11-29T11:58:57Z"
_MOST_ROWS = 50


def whole(state: State, person: Person, book: Book, progress: bool = True) -> dict[str, Any]:
    """A book as they send it, without the fields that nobody reads."""
    metadata: dict[str, Any] = {"bookId": book.id, "title": book.title}
    metadata |= {"isbn13": book.isbn13} if book.isbn13 else {}
    metadata |= {"isbn10": book.isbn10} if book.isbn10 else {}
    metadata |= {"authors": list(book.authors)} if book.authors else {}
    name = book.file or f"{book.id}.epub"
    rating = state.ratings.get((person.id, book.id))
    return {
        "addedOn": AT,
        "alternativeFormats": [],
        "id": book.id,
        "isPhysical": False,
        "libraryId": book.library,
        "metadata": metadata,
        **({"personalRating": rating} if rating is not None and progress else {}),
        "primaryFile": {"bookId": book.id, "bookType": "EPUB", "fileName": name, "id": book.id},
        "shelves": [
            state.shown_shelf(shelf)
            for shelf in state.shelves
            if (shelf["id"], book.id) in state.on_shelves and shelf["userId"] == person.id
        ],
        "supplementaryFiles": [],
    }


def check_access(person: Person, book: Book) -> None:
    if not person.admin and book.library not in person.libraries:
        raise failed(403, "You are not authorized to access this book.")


class Books:
    """Requests for books."""

    def __init__(self, variant: Variant, state: State) -> None:
        self.variant, self.state = variant, state

    def get(self, person: Person, book_id: str) -> Says:
        if not book_id.lstrip("-").isdigit():
            if self.variant.fork:
                said = f"Invalid value '{book_id}' for parameter 'bookId'. Expected type: long"
                raise failed(400, said)
            raise unexpected()
        book = self.state.books.get(int(book_id))
        if book is None:
            raise no_book(book_id)
        check_access(person, book)
        return js(200, whole(self.state, person, book))

    def by_hash(self, person: Person, given: str) -> Says:
        """A library must be assigned, to an administrator too; two books are an error."""
        found = [
            book
            for book in self.state.books.values()
            if book.hash.lower() == given.lower() and book.library in person.libraries
        ]
        if len(found) > 1:
            raise unexpected()
        if not found:
            raise failed(404, f"Book with hash {given} not found")
        return js(200, whole(self.state, person, found[0]))

    def search(self, person: Person, query: dict[str, str]) -> Says:
        """The better score of title and ISBN; rows with 0 are left out."""
        title, isbn = query.get("title"), query.get("isbn")
        if title is None and isbn is None:
            raise failed(400, "At least one search parameter (title or isbn) must be provided")
        rows: list[dict[str, Any]] = []
        for book in self.state.books.values():
            if not person.admin and book.library not in person.libraries:
                continue
            score = max(_title_score(title, book), _isbn_score(isbn, book))
            if score:
                row = {"hash": book.hash, "id": book.id, "matchScore": score, "title": book.title}
                rows.append(row)
        rows.sort(key=lambda row: -row["matchScore"])
        return js(200, rows[:_MOST_ROWS])

    def app_search(self, person: Person, query: dict[str, str]) -> Says:
        """Part of a title or author, with the ISBN in the row."""
        words = query.get("q", "").lower()
        page, size = int(query.get("page", "0")), int(query.get("size", "20"))
        found = [
            book
            for book in self.state.books.values()
            if (person.admin or book.library in person.libraries)
            and any(words in text.lower() for text in (book.title, *book.authors))
        ]
        rows = [
            {
                "id": book.id,
                "title": book.title,
                "authors": list(book.authors),
                "libraryId": book.library,
                "primaryFileId": book.id,
                **({"isbn13": book.isbn13} if book.isbn13 else {}),
                **({"isbn10": book.isbn10} if book.isbn10 else {}),
            }
            for book in found
        ]
        pages = -(-len(rows) // size)
        return js(
            200,
            {
                "content": rows[page * size : (page + 1) * size],
                "page": page,
                "size": size,
                "totalElements": len(rows),
                "totalPages": pages,
                "hasNext": page + 1 < pages,
                "hasPrevious": page > 0,
            },
        )

    def rate(self, person: Person, body: Any) -> Says:
        """All or none; values of one byte, cut to whole numbers."""
        if not isinstance(body, dict):
            raise malformed()
        ids, rating = body.get("ids") or [], body.get("rating")
        if len(ids) > 500:
            raise invalid("ids: size must be between 0 and 500")
        value = None if rating is None else int(float(rating))
        if any(one not in self.state.books for one in ids):
            raise failed(400, "d != java.lang.String")
        if value is not None and not -128 <= value <= 127:
            raise conflict()
        for one in ids:
            self.state.ratings[(person.id, one)] = value
        return js(200, [{"bookId": one, "personalRating": value} for one in ids])

    def clear_ratings(self, person: Person, body: Any) -> Says:
        ids = body if isinstance(body, list) else []
        for one in ids:
            self.state.ratings[(person.id, one)] = None
        return js(200, [{"bookId": one, "personalRating": None} for one in ids])


def _title_score(title: str | None, book: Book) -> float:
    if not title:
        return 0.0
    ours, theirs = title.casefold(), book.title.casefold()
    if ours == theirs:
        return 1.0
    ratio = difflib.SequenceMatcher(None, ours, theirs).ratio()
    shared = set(re.findall(r"\w+", ours)) & set(re.findall(r"\w+", theirs))
    return min(0.99, ratio) if shared else 0.0


def _isbn_score(isbn: str | None, book: Book) -> float:
    """Digits and `X` are compared: with none of them, books without an ISBN are equal to it."""
    if isbn is None:
        return 0.0
    given = re.sub(r"[^0-9X]", "", isbn)
    stored = [re.sub(r"[^0-9X]", "", one) for one in (book.isbn13, book.isbn10)]
    if given in stored:
        return 1.0
    scores = (difflib.SequenceMatcher(None, given, one).ratio() for one in stored if one and given)
    return min(0.99, max(scores, default=0.0))
