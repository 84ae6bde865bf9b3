"""Highlights of several books in memory, for presenters and for pictures of the page."""

from collections.abc import Collection, Sequence

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import Book, BookId, Query
from kios_desktop.domain.mark_filter import MarkFilter, in_order
from kios_desktop.domain.mark_query import (
    HighlightCount,
    HighlightKey,
    KeptMark,
    MarkQuery,
    by_book,
)
from kios_desktop.domain.marks import Mark, MarkId
from tests.fakes_ui import sample_books


class FakeHighlights:
    """Marks in memory; `refused` is raised by what changes them."""

    def __init__(self, marks: dict[BookId, list[Mark]]) -> None:
        self.marks = marks
        self.refused: StorageError | None = None

    async def highlight_keys(self, query: MarkQuery) -> list[HighlightKey]:
        return [
            HighlightKey(book_id, mark.id, len(mark.text), len(mark.note))
            for book_id, marks in self.marks.items()
            if query.book_id in (None, book_id)
            for mark in in_order(query.wanted.admitted(marks), query.order)
        ]

    async def load(self, ids: Sequence[MarkId]) -> list[KeptMark]:
        known = {
            mark.id: KeptMark(book_id, mark)
            for book_id, marks in self.marks.items()
            for mark in marks
        }
        return [known[one] for one in ids if one in known]

    async def highlight_counts(self, wanted: MarkFilter) -> list[HighlightCount]:
        found = {book_id: wanted.admitted(marks) for book_id, marks in self.marks.items()}
        return [
            HighlightCount(book_id, len(marks), sum(bool(one.note) for one in marks))
            for book_id, marks in found.items()
            if marks
        ]

    async def save_kept(self, changed: Sequence[KeptMark]) -> None:
        if self.refused is not None:
            raise self.refused
        for book_id, marks in by_book(changed).items():
            by_id = {one.id: one for one in (*self.marks.get(book_id, ()), *marks)}
            self.marks[book_id] = list(by_id.values())

    async def of_book(self, book_id: BookId) -> list[Mark]:
        return self.marks.get(book_id, [])

    async def in_other_books(self, book_id: BookId, ids: Sequence[MarkId]) -> set[MarkId]:
        others = (marks for other, marks in self.marks.items() if other != book_id)
        return {mark.id for marks in others for mark in marks}.intersection(ids)

    async def save(self, book_id: BookId, changed: Sequence[Mark]) -> None:
        await self.save_kept([KeptMark(book_id, mark) for mark in changed])

    async def delete(self, ids: Sequence[MarkId]) -> None:
        for book_id, marks in self.marks.items():
            self.marks[book_id] = [one for one in marks if one.id not in ids]


class SampleBooks:
    """The books of `fakes_ui.sample_books`."""

    async def get(self, book_id: BookId) -> Book:
        return (await self.load([book_id]))[0]

    async def by_sha256(self, hashes: Collection[str]) -> dict[str, Book]:
        books = {book.hashes.sha256: book for book in sample_books()}
        return {one: books[one] for one in hashes if one in books}

    async def ids(self, query: Query) -> list[BookId]:
        return [book.id for book in sample_books()]

    async def weights(self, book_id: BookId) -> tuple[int, ...] | None:
        return None

    async def save_weights(self, book_id: BookId, weights: tuple[int, ...]) -> None:
        """They are not kept."""

    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        known = {book.id: book for book in sample_books()}
        return [known[one] for one in ids]
