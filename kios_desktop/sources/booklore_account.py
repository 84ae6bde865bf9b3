"""An account at a BookLore or Grimmory server, as the exchange with it needs it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec.structs import asdict, replace

from kios_desktop.domain.account_items import (
    BookmarkContent,
    BookNoteContent,
    HighlightContent,
    ItemKind,
    MarkContent,
    PlaceNoteContent,
    RemoteRow,
    SessionContent,
)
from kios_desktop.domain.accounts import (
    AccountServer,
    BookCandidate,
    BookLink,
    Capabilities,
    LinkState,
)
from kios_desktop.domain.errors import Conflict, Refusal, Refused, Rejected, RemoteError
from kios_desktop.domain.library import BookId
from kios_desktop.outbox.ports import BookEvidence, BookThere, SessionKey
from kios_desktop.protocols.booklore import (
    AnnotationStyle,
    BookloreClient,
    Evidence,
    MatchedBook,
    NewAnnotation,
    NewBookmark,
    NewBookNote,
    NewPlaceNote,
    NewSession,
    RemoteAnnotation,
    RemoteBook,
    RemoteBookmark,
    RemotePlaceNote,
    agrees,
    capabilities,
    match,
    may_have_been_done,
    product_of,
    variant_of,
)

P = TypeVar("P", RemoteAnnotation, RemotePlaceNote, RemoteBookmark)

_INVALID = 400  # as the server would answer to a value that no server takes


class BookloreAccount:
    """Implements `outbox.ports.AccountRemote`."""

    def __init__(self, client: BookloreClient) -> None:
        self._client = client

    # -- the server

    async def know(self, before: AccountServer) -> AccountServer:
        client = self._client
        user_id = await client.sign_in()
        found = await capabilities(client)
        if _may_be_wrong(found, before.capabilities):  # one answer of a proxy would do
            found = _either(found, await capabilities(client))
        variant = variant_of(found, client.tokens.issuer)
        return replace(
            before,
            identity=f"{user_id} at {client.base.shown}, {variant}",
            product=product_of(variant),
            user_id=user_id,
            capabilities=found,
            asks_password=False,
        )

    def may_have_been_done(self, error: RemoteError) -> bool:
        return may_have_been_done(error)

    # -- books

    async def find(
        self, book_id: BookId, evidence: BookEvidence, server: AccountServer, *, is_moved: bool
    ) -> BookLink:
        found = await match(self._client.books, server.capabilities, _asked(evidence), is_moved)
        if isinstance(found, MatchedBook):
            book = found.book
            return BookLink(book_id, LinkState.MATCHED, book.id, found.by, book.title)
        choices = tuple(BookCandidate(one.id, one.title, one.authors) for one in found.books)
        state = LinkState.CHOOSE if choices else LinkState.UNKNOWN
        return BookLink(book_id, state, choices=choices)

    async def book(self, remote_id: int) -> BookThere | None:
        try:
            found = await self._client.books.get(remote_id)
        except Rejected as error:
            if error.refusal is not Refusal.FORBIDDEN:
                raise
            return None
        return None if found is None else _there(found)

    def agrees(self, there: BookThere, evidence: BookEvidence) -> bool:
        return agrees(RemoteBook(there.remote_id, there.title, isbn13=there.isbn), _asked(evidence))

    # -- marks

    async def rows(self, remote_id: int, kind: ItemKind) -> tuple[RemoteRow, ...]:
        """In a thread: there may be thousands."""
        client = self._client
        match kind:
            case ItemKind.HIGHLIGHT:
                annotations = await client.annotations.of_book(remote_id)
                return await asyncio.to_thread(_placed, annotations, _highlight)
            case ItemKind.PLACE_NOTE:
                notes = await client.place_notes.of_book(remote_id)
                return await asyncio.to_thread(_placed, notes, _place_note)
            case ItemKind.BOOK_NOTE:
                pages = await client.book_notes.of_book(remote_id)
                return tuple(
                    RemoteRow(one.id, BookNoteContent(one.title, one.content)) for one in pages
                )
            case _:
                bookmarks = await client.bookmarks.of_book(remote_id)
                return await asyncio.to_thread(_placed, bookmarks, _bookmark)

    async def create(self, remote_id: int, content: MarkContent) -> int:
        client = self._client
        try:
            match content:
                case HighlightContent():
                    style = AnnotationStyle(content.style)
                    annotation = NewAnnotation(
                        remote_id,
                        content.cfi,
                        content.text,
                        content.note,
                        content.color,
                        style,
                        content.chapter,
                    )
                    return (await client.annotations.create(annotation)).id
                case PlaceNoteContent():
                    note = NewPlaceNote(
                        remote_id,
                        content.cfi,
                        content.note,
                        content.text,
                        content.color,
                        content.chapter,
                    )
                    return (await client.place_notes.create(note)).id
                case BookNoteContent():
                    page = NewBookNote(remote_id, content.title, content.note)
                    return (await client.book_notes.create(page)).id
                case BookmarkContent():
                    bookmark = NewBookmark(remote_id, content.cfi, content.note)
                    return (await client.bookmarks.create(bookmark)).id
        except ValueError as error:
            raise Refused(_INVALID, str(error)) from None

    async def update(self, remote_id: int, record_id: int, content: MarkContent) -> None:
        client = self._client
        try:
            match content:
                case HighlightContent():
                    await client.annotations.update(
                        record_id, content.note, content.color or None, content.style or None
                    )
                case PlaceNoteContent():
                    await client.place_notes.update(record_id, content.note, content.color or None)
                case BookNoteContent():
                    page = NewBookNote(remote_id, content.title, content.note)
                    await client.book_notes.replace(record_id, page)
                case BookmarkContent():
                    await client.bookmarks.rename(record_id, content.note)
        except ValueError as error:
            raise Refused(_INVALID, str(error)) from None

    async def delete(self, kind: ItemKind, record_id: int) -> None:
        client = self._client
        match kind:
            case ItemKind.HIGHLIGHT:
                await client.annotations.delete(record_id)
            case ItemKind.PLACE_NOTE:
                await client.place_notes.delete(record_id)
            case ItemKind.BOOK_NOTE:
                await client.book_notes.delete(record_id)
            case _:
                await client.bookmarks.delete(record_id)

    # -- ratings and shelves

    async def rate(self, remote_id: int, rating: int | None) -> None:
        if rating is None:
            await self._client.books.clear_rating(remote_id)
        else:
            await self._client.books.rate(remote_id, rating)

    async def shelf_id(self, name: str, server: AccountServer, *, make: bool) -> int | None:
        known = await self._own_shelf(name, server)
        if known is not None or not make:
            return known
        try:
            return (await self._client.shelves.create(name)).id
        except Conflict:  # another device of this account was quicker
            return await self._own_shelf(name, server)

    async def put_on_shelf(self, remote_id: int, shelf_id: int, *, is_on: bool) -> None:
        on, off = ((shelf_id,), ()) if is_on else ((), (shelf_id,))
        await self._client.shelves.assign([remote_id], on, off)

    async def _own_shelf(self, name: str, server: AccountServer) -> int | None:
        """By name; those of others are public, and can't be used."""
        for one in await self._client.shelves.all():
            is_own = one.user_id == server.user_id or (one.user_id is None and not one.public)
            if is_own and one.name.casefold() == name.casefold():
                return one.id
        return None

    # -- sessions

    async def save_sessions(self, remote_id: int, sessions: Sequence[SessionContent]) -> None:
        try:
            new = [
                NewSession(
                    one.started_at,
                    one.ended_at,
                    one.start_fraction,
                    one.end_fraction,
                    one.start_page,
                    one.end_page,
                )
                for one in sessions
            ]
        except ValueError as error:
            raise Refused(_INVALID, str(error)) from None
        if len(new) == 1:
            await self._client.sessions.save(remote_id, new[0])
        else:
            await self._client.sessions.save_all(remote_id, new)

    async def session_keys(self, remote_id: int, since: datetime) -> set[SessionKey]:
        keys: set[SessionKey] = set()
        number = 0
        while True:
            page = await self._client.sessions.page(remote_id, number)
            found = [one.key for one in page.sessions if one.key is not None]
            keys.update((start, end) for start, end, _seconds in found)
            oldest = min((start for start, _end, _seconds in found), default=since)
            number += 1
            if not page.sessions or oldest < since or number >= page.pages:
                return keys


def _may_be_wrong(found: Capabilities, before: Capabilities) -> bool:
    """Whether something is missing that was there before, or that all of these servers have."""
    usual = (found.annotations, found.notes_v1, found.notes_v2, found.bookmarks)
    known = asdict(found)
    is_lost = any(had and not known[name] for name, had in asdict(before).items())
    return is_lost or not all((*usual, found.rating, found.sessions))


def _either(one: Capabilities, other: Capabilities) -> Capabilities:
    there = asdict(other)
    return Capabilities(**{name: has or there[name] for name, has in asdict(one).items()})


def _asked(evidence: BookEvidence) -> Evidence:
    return Evidence(
        evidence.title,
        evidence.authors,
        evidence.isbns,
        evidence.document_hash,
        evidence.server_id,
    )


def _there(book: RemoteBook) -> BookThere:
    isbn = book.isbn13 or book.isbn10
    return BookThere(book.id, book.title, book.authors, isbn, book.rating, book.shelves)


def _placed(given: Sequence[P], content: Callable[[P], MarkContent]) -> tuple[RemoteRow, ...]:
    """The records that have a place."""
    return tuple(RemoteRow(one.id, content(one)) for one in given if one.cfi)


def _highlight(one: RemoteAnnotation) -> HighlightContent:
    style = one.style or AnnotationStyle.HIGHLIGHT.value
    return HighlightContent(one.cfi, one.text, one.note, one.color.upper(), style, one.chapter)


def _place_note(one: RemotePlaceNote) -> PlaceNoteContent:
    return PlaceNoteContent(one.cfi, one.selected, one.content, one.color.upper(), one.chapter)


def _bookmark(one: RemoteBookmark) -> BookmarkContent:
    return BookmarkContent(one.cfi, one.title)
