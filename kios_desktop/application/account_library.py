"""The library, as the exchange with one account needs it."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final, Protocol

from msgspec.structs import replace

from kios_desktop.application.mark_anchoring import MarkAnchoring
from kios_desktop.application.publications import Publications
from kios_desktop.domain.account_items import ItemKind, RemoteRow
from kios_desktop.domain.download import BookAcquisition
from kios_desktop.domain.errors import Missing, PublicationError
from kios_desktop.domain.library import Book, BookId, Query
from kios_desktop.domain.locator import Chapter
from kios_desktop.domain.marks import Anchor, Mark, MarkKind, TextQuote
from kios_desktop.domain.reading_sessions import SessionId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.exchange.candidates import MarkCandidate, identity_of
from kios_desktop.outbox.contents import looks_of
from kios_desktop.outbox.ports import BookEvidence
from kios_desktop.protocols.booklore import id_of_entitlement, id_of_entry
from kios_desktop.protocols.http import origin_of
from kios_desktop.sources.kobo_entries import book_id_of

SLICE: Final = 20  # marks that are looked for in one go
PAGE: Final = 1500
"""Characters of a printed page, white space left out."""


class RatedBooks(Protocol):
    """The part of `storage.books.Books` used here. Methods raise `StorageError`."""

    async def ids(self, query: Query) -> list[BookId]: ...
    async def load(self, ids: Sequence[BookId]) -> list[Book]: ...
    async def load_ever(self, ids: Sequence[BookId]) -> list[Book]: ...
    async def rate(self, book_id: BookId, rating: int | None) -> None: ...
    async def weights(self, book_id: BookId) -> tuple[int, ...] | None: ...


class MarksOfBooks(Protocol):
    """The part of `storage.marks.Marks` used here. Methods raise `StorageError`."""

    async def of_book(self, book_id: BookId) -> list[Mark]: ...


class Origins(Protocol):
    """Where books came from. Methods raise `StorageError`."""

    async def of_book(self, book_id: BookId) -> Sequence[BookAcquisition]: ...


class AccountLibrary:
    """Implements `outbox.ports.LibraryHere`.

    `address` is the account's server; `root_of` gives the address of a source. `changed` is called
    after marks of a book were changed on the disk, `rated` after a rating was.
    """

    def __init__(
        self,
        address: ServerUrl,
        books: RatedBooks,
        marks: MarksOfBooks,
        publications: Publications,
        origins: Origins,
        root_of: Callable[[str], ServerUrl | None],
        growing: Callable[[], Collection[SessionId]],
        changed: Callable[[BookId], object],
        rated: Callable[[], object],
        now: Callable[[], datetime],
    ) -> None:
        self._address, self._books, self._marks = address, books, marks
        self._publications, self._origins, self._root_of = publications, origins, root_of
        self._growing, self._changed, self._rated, self._now = growing, changed, rated, now

    def growing(self) -> Collection[SessionId]:
        return self._growing()

    # -- which book it is

    async def evidence(self, book_id: BookId) -> BookEvidence:
        book = await self._book(book_id)
        return BookEvidence(
            book.title,
            book.authors,
            (book.identifier,) if book.identifier else (),
            book.hashes.partial_md5,
            await self._server_id(book_id),
        )

    async def _server_id(self, book_id: BookId) -> int | None:
        """The id that came with the book from a catalog or the Kobo sync of this very server."""
        for acquisition in await self._origins.of_book(book_id):
            root = self._root_of(acquisition.source_id)
            if root is None or origin_of(root) != origin_of(self._address):
                continue
            entry = acquisition.entry
            entitlement = book_id_of(entry.progression)
            found = id_of_entry(entry.key) or (
                None if entitlement is None else id_of_entitlement(entitlement)
            )
            if found is not None:
                return found
        return None

    async def is_kept(self, book_id: BookId) -> bool:
        return bool(await self._books.load([book_id]))

    async def pages(self, book_id: BookId) -> int | None:
        """None for a book that was never counted and is not in the library any more."""
        counts = await self._books.weights(book_id)
        if counts is None and await self.is_kept(book_id):
            try:
                await self._publications.count(book_id, None)
            except (PublicationError, Missing):
                return None
            counts = await self._books.weights(book_id)
        return None if counts is None else max(1, sum(counts) // PAGE)

    # -- marks

    async def marks(self, book_id: BookId) -> list[Mark]:
        return await self._marks.of_book(book_id)

    async def sha256(self, book_id: BookId) -> str:
        return (await self._book(book_id)).hashes.sha256

    async def new_marks(
        self, account_id: str, book_id: BookId, rows: Sequence[tuple[ItemKind, RemoteRow]]
    ) -> list[Mark]:
        candidates = [MarkCandidate(self._unplaced(account_id, *one)) for one in rows]
        book = await self._book(book_id)
        made: list[Mark] = []
        async with self._publications.use(book_id) as opened:
            anchoring = MarkAnchoring(
                opened.publication, opened.places, book.hashes.sha256, is_same_file=False
            )

            def placed(some: Sequence[MarkCandidate]) -> list[Mark]:
                return [_placed(one, anchoring) for one in some]

            for first in range(0, len(candidates), SLICE):
                made += await asyncio.to_thread(placed, candidates[first : first + SLICE])
        return made

    def marks_changed(self, book_id: BookId) -> None:
        self._changed(book_id)

    def _unplaced(self, account_id: str, kind: ItemKind, row: RemoteRow) -> Mark:
        """A mark of a record, as far as the record tells."""
        content, now = row.content, self._now()
        colour, style = looks_of(content)
        is_bookmark = kind is ItemKind.BOOKMARK
        chapter = Chapter(-1, getattr(content, "chapter", ""))
        quote = TextQuote("" if is_bookmark else getattr(content, "text", ""))
        return Mark(
            identity_of(account_id, kind.value, str(row.remote_id), content.cfi),
            MarkKind.BOOKMARK if is_bookmark else MarkKind.HIGHLIGHT,
            Anchor(None, content.cfi, quote, "", chapter, ""),
            now,
            now,
            colour,
            style,
            content.note,
        )

    # -- the rating

    async def rating(self, book_id: BookId) -> int | None:
        return (await self._book(book_id)).rating

    async def rate(self, book_id: BookId, rating: int | None) -> None:
        await self._books.rate(book_id, rating)
        self._rated()

    async def _book(self, book_id: BookId) -> Book:
        """Raises `Missing` for one whose record is lost."""
        found = await self._books.load_ever([book_id])
        if not found:
            raise Missing(str(book_id))
        return found[0]


def _placed(candidate: MarkCandidate, anchoring: MarkAnchoring) -> Mark:
    return replace(candidate.mark, anchor=anchoring.anchored(candidate).anchor)
