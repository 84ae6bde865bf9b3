"""Searches inside all books, with their index. A newer search ends the one before it."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from kios_desktop.application.publications import Publications
from kios_desktop.domain.errors import Corrupt, StorageError
from kios_desktop.domain.inside_books import BookExcerpts, BookHits, Excerpt, FoundInside
from kios_desktop.domain.locator import Place
from kios_desktop.epub.search import around, begins_inside
from kios_desktop.epub.search_folding import Folded, folded
from kios_desktop.epub.search_words import WordQuery, pattern, word_query
from kios_desktop.storage.text_index import IndexQuestion, TextIndex

BOOKS: Final = 8  # that are shown first, and added at a time
EXCERPTS: Final = 3  # of a book, before all are asked for
MOST_EXCERPTS: Final = 1000  # of a book

T = TypeVar("T")


class _CalledOff(Exception):
    """A newer search has begun."""


class LibrarySearch:
    """Used on the event loop's thread; it looks in a thread of its own.

    Methods raise `StorageError`. Those of an older search are cancelled.
    """

    def __init__(
        self, path: Path, publications: Publications, damaged: Callable[[Corrupt], object]
    ) -> None:
        """`damaged` is called when damage of the index was met."""
        self._index, self._publications, self._damaged = TextIndex(path), publications, damaged
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inside-books")
        self._search: _Search | None = None

    async def find(self, typed: str) -> FoundInside:
        """The books that have these words, and the first excerpts of the first ones."""
        self.call_off()
        query = word_query(typed)
        if query.is_empty:
            return FoundInside()
        search = self._search = _Search(self._index, query)
        return await self._run(search, search.find)

    async def excerpts(self, books: Sequence[BookHits]) -> list[BookExcerpts]:
        """The first excerpts of these books of the last search."""
        return await self._of_last(lambda it: it.excerpts(books, EXCERPTS))

    async def all_excerpts(self, hits: BookHits) -> BookExcerpts:
        """All excerpts of a book of the last search, but not more than `MOST_EXCERPTS`."""
        found = await self._of_last(lambda it: it.excerpts([hits], MOST_EXCERPTS))
        return found[0] if found else BookExcerpts(hits, ())

    async def count(self, hits: BookHits) -> int:
        """How many excerpts a book of the last search has."""
        return await self._of_last(lambda it: it.count(hits))

    async def place_of(self, excerpt: Excerpt) -> Place | None:
        """Where a excerpt is in the file of its book now; None when it is not there any more.

        Raises PublicationError.
        """
        async with self._publications.use(excerpt.book_id) as opened:
            return await asyncio.to_thread(opened.place_of_excerpt, excerpt)

    def call_off(self) -> None:
        """End the last search."""
        if self._search is not None:
            self._search.call_off()
            self._search = None

    def close(self) -> None:
        self.call_off()
        self._thread.shutdown(wait=False)

    async def _of_last(self, look: Callable[["_Search"], T]) -> T:
        search = self._search
        if search is None:
            raise asyncio.CancelledError
        return await self._run(search, lambda: look(search))

    async def _run(self, search: "_Search", look: Callable[[], T]) -> T:
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._thread, look)
        except _CalledOff:
            raise asyncio.CancelledError from None
        except Corrupt as error:
            self._damaged(error)
            raise
        if search is not self._search:  # it had its answer just before it was called off
            raise asyncio.CancelledError
        return found


class _Search:
    """One search, in the thread; `call_off` from another."""

    def __init__(self, index: TextIndex, query: WordQuery) -> None:
        self._index, self._query = index, query
        self._pattern = pattern(query)
        self._called_off = False
        self._question: IndexQuestion | None = None

    def call_off(self) -> None:
        self._called_off = True
        if (question := self._question) is not None:
            question.interrupt()

    def find(self) -> FoundInside:
        def look(question: IndexQuestion) -> FoundInside:
            query = self._query
            books, is_cut = question.books_with(query.words, goes_on=query.goes_on)
            first = [self._first(question, hits, EXCERPTS) for hits in books[:BOOKS]]
            return FoundInside(tuple(books), tuple(first), is_cut)

        return self._asking(look, FoundInside())

    def excerpts(self, books: Sequence[BookHits], most: int) -> list[BookExcerpts]:
        none: list[BookExcerpts] = []
        return self._asking(lambda it: [self._first(it, hits, most) for hits in books], none)

    def _first(self, question: IndexQuestion, hits: BookHits, most: int) -> BookExcerpts:
        """With their count, where all pieces had to be looked through for them."""
        found: list[Excerpt] = []
        count = 0
        for number, piece_id in enumerate(hits.pieces):
            if number and len(found) >= most:
                return BookExcerpts(hits, tuple(found))
            some, matches = self._excerpts(question, hits, piece_id, most - len(found))
            found += some
            count += matches
        return BookExcerpts(hits, tuple(found), count)

    def _excerpts(
        self, question: IndexQuestion, hits: BookHits, piece_id: int, most: int
    ) -> tuple[list[Excerpt], int]:
        """The first ones of a piece, and how many it has: a book may be a single one."""
        self._check()
        piece = question.piece(piece_id)
        if piece is None:
            return [], 0
        text = piece.text
        comparable = Folded(text, match_case=False)
        found, count = list[Excerpt](), 0
        for match in self._pattern.finditer(comparable.text):
            count += 1
            if count > most:
                continue
            start, end = comparable.span(*match.span())
            first, last = around(text, start, end)
            excerpt = Excerpt(
                hits.book_id,
                piece.spine_index,
                piece.start + start,
                piece.chapter,
                text[first:start],
                text[start:end],
                text[end:last],
                begins_inside(text, first),
            )
            found.append(excerpt)
        return found, count

    def count(self, hits: BookHits) -> int:
        def look(question: IndexQuestion) -> int:
            count = 0
            for piece_id in hits.pieces:
                self._check()
                if (piece := question.piece(piece_id)) is not None:
                    text = folded(piece.text, match_case=False)
                    count += sum(1 for _ in self._pattern.finditer(text))
            return count

        return self._asking(look, 0)

    def _check(self) -> None:
        if self._called_off:
            raise _CalledOff

    def _asking(self, look: Callable[[IndexQuestion], T], otherwise: T) -> T:
        """What is found in the index; `otherwise` where there is none."""
        self._check()
        question = self._index.question()
        if question is None:
            return otherwise
        self._question = question
        try:
            return look(question)
        except StorageError:
            self._check()  # an interruption is no problem of the index
            raise
        finally:
            self._question = None
            with suppress(StorageError):
                question.close()
