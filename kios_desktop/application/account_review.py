"""What waits at an account, in words of the library, and what a person decides about it."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from kios_desktop.application.account_library import RatedBooks
from kios_desktop.application.account_values import AccountLine, UnknownBook, WaitingRecord
from kios_desktop.application.book_routes import BookAccount
from kios_desktop.application.service_accounts import ServiceAccounts
from kios_desktop.domain.account_items import (
    MARK_KINDS,
    TOPIC_OF,
    AccountItem,
    ItemKind,
    ItemState,
    RatingContent,
    RemoteRow,
    TakenMark,
    of_mark,
    version_of,
)
from kios_desktop.domain.accounts import (
    BookCandidate,
    BookLink,
    FoundBy,
    LinkState,
    Topic,
)
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.marks import Mark, MarkId
from kios_desktop.domain.source import Source
from kios_desktop.outbox import resolving
from kios_desktop.outbox.contents import about, content_of
from kios_desktop.outbox.other_book import forget_what_it_had
from kios_desktop.outbox.resolving import Decision
from kios_desktop.protocols.booklore import id_in
from kios_desktop.storage.marks import Marks

MOST: Final = 500
"""Records of an account that are listed."""


class AccountReview:
    """Methods raise `StorageError`, and `RemoteError` where the server is asked."""

    def __init__(self, accounts: ServiceAccounts, books: RatedBooks, marks: Marks) -> None:
        self._accounts, self._books, self._marks = accounts, books, marks

    async def listed(self) -> list[AccountLine]:
        return [await self._line(source) for source in await self._accounts.all()]

    async def _line(self, source: Source) -> AccountLine:
        accounts, account_id = self._accounts, source.id
        sent = dict.fromkeys(Topic, 0)
        for kind, by_book in (await accounts.items.counts(account_id)).items():
            sent[TOPIC_OF[kind]] += sum(by_book.values())
        return AccountLine(
            source,
            await accounts.records.choices(account_id),
            await accounts.records.server(account_id),
            accounts.status(account_id),
            accounts.is_withheld(account_id),
            sent,
            len(await self._to_be_told(account_id)),
            len(await self.unknown_books(account_id)),
        )

    # -- what waits

    async def waiting(self, account_id: str) -> list[WaitingRecord]:
        """What failed, was refused, or needs a person. What is sent at the next run is not told."""
        told = await self._to_be_told(account_id)
        books = await self._titles({one.book_id for one in told})
        ids = [MarkId(one.local_id) for one in told if one.kind in MARK_KINDS]
        marks = {kept.mark.id: kept.mark for kept in await self._marks.load(ids)}
        return [self._record(one, books, marks.get(MarkId(one.local_id))) for one in told]

    async def _to_be_told(self, account_id: str) -> list[AccountItem]:
        items = await self._accounts.items.open(account_id, MOST)
        return [one for one in items if one.state is not ItemState.WAITING or one.tries]

    def _record(
        self, item: AccountItem, books: Mapping[BookId, Book], mark: Mark | None
    ) -> WaitingRecord:
        book = books.get(item.book_id)
        title = "" if book is None else book.title
        if isinstance(item.theirs, RatingContent):
            mine = "" if book is None or book.rating is None else str(book.rating)
            theirs = "" if item.theirs.value is None else str(item.theirs.value)
            return WaitingRecord(item, title, mine=mine, theirs=theirs)
        known = of_mark(item.theirs) or of_mark(item.sending) or of_mark(item.sent)
        text = getattr(known, "text", "") if mark is None else mark.text
        there = of_mark(item.theirs)
        return WaitingRecord(
            item,
            title,
            text,
            "" if mark is None else mark.note,
            "" if there is None else there.note,
        )

    async def decide(self, records: Sequence[WaitingRecord], decision: Decision) -> None:
        """All of them the same way. Each is a transaction of its own.

        One that has changed since it was shown is not decided: the person sees it as it is now.
        """
        for one in records:
            item = one.item
            if await self._accounts.items.one(item.account_id, item.kind, item.local_id) == item:
                await self._decide(item, decision)
        for account_id in {one.item.account_id for one in records}:
            self._accounts.send_now(account_id, sorted({one.item.book_id for one in records}))
        self._accounts.changed()

    async def _decide(self, item: AccountItem, decision: Decision) -> None:
        match decision:
            case Decision.RETRY:
                await self._save(resolving.retried(item))
            case Decision.DISCARD | Decision.KEEP_HERE:
                await self._save(resolving.left_alone(item))
            case Decision.MINE:
                await self._save(resolving.with_mine(item))
            case Decision.SEND_AGAIN:
                await self._save(resolving.sent_again(item))
            case Decision.REMOVE:
                await self._marks.delete([MarkId(item.local_id)])
                await self._accounts.items.take([item], {}, ())
                self._accounts.marks_changed(item.book_id)
            case Decision.THEIRS | Decision.BOTH:
                await self._take(item, both=decision is Decision.BOTH)

    async def _take(self, item: AccountItem, *, both: bool) -> None:
        if isinstance(item.theirs, RatingContent):
            value = item.theirs.value
            await self._books.rate(item.book_id, value)
            await self._save(item.settled(item.theirs, value or 0, None))
            return
        found = await self._marks.load([MarkId(item.local_id)])
        if not found:
            await self._restore(item)
            return
        resolve = resolving.with_both if both else resolving.with_theirs
        resolved, taken = resolve(item, found[0].mark)
        now = self._accounts.now()
        taken = TakenMark(replace(taken.mark, changed_at=now), taken.before)
        if not both:
            resolved = replace(resolved, version=version_of(taken.mark))
        await self._accounts.items.take((), {item.book_id: [taken]}, [resolved])
        self._accounts.marks_changed(item.book_id)

    async def _restore(self, item: AccountItem) -> None:
        """A mark that was deleted here and changed there comes back as it is there."""
        theirs, account = of_mark(item.theirs), self._accounts.account(item.account_id)
        if theirs is None or account is None or item.remote_id is None:
            return
        row = RemoteRow(item.remote_id, theirs)
        [mark] = await account.library.new_marks(item.account_id, item.book_id, [(item.kind, row)])
        known = replace(item, local_id=mark.id, is_gone=False)
        base = about(theirs, content_of(mark, item.kind, theirs))
        settled = known.settled(base, version_of(mark), item.remote_id)
        await self._accounts.items.take([item], {item.book_id: [TakenMark(mark, None)]}, [settled])
        self._accounts.marks_changed(item.book_id)

    async def _save(self, item: AccountItem) -> None:
        await self._accounts.items.save([item])

    # -- of one book

    async def of_book(self, book_id: BookId) -> list[BookAccount]:
        """What the accounts that are used have of a book."""
        found: list[BookAccount] = []
        for source in await self._accounts.all():
            choices = await self._accounts.records.choices(source.id)
            if choices.sends or choices.fetches:
                found.append(await self._of_book(source, book_id))
        return found

    async def _of_book(self, source: Source, book_id: BookId) -> BookAccount:
        items = await self._accounts.items.of_book(source.id, book_id)
        there = [TOPIC_OF[one.kind] for one in items if one.state is ItemState.DONE]
        waiting = [one for one in items if one.state not in (ItemState.DONE, ItemState.LEFT)]
        return BookAccount(
            source.id,
            source.name,
            (await self._accounts.records.server(source.id)).product,
            await self.link(source.id, book_id),
            there.count(Topic.SESSIONS),
            there.count(Topic.HIGHLIGHTS),
            there.count(Topic.BOOKMARKS),
            len(waiting),
        )

    async def take_off_shelves(self, book_id: BookId) -> None:
        """A removed book goes off the shelves that it was put on. Nothing is deleted there."""
        await self._accounts.items.take_off_shelf(book_id)
        self._accounts.run_soon()

    async def on_shelf_of(self, book_id: BookId) -> list[str]:
        """The names of the accounts on whose shelf the book is."""
        names: list[str] = []
        for source in await self._accounts.all():
            item = await self._accounts.items.one(source.id, ItemKind.SHELF, str(book_id))
            if item is not None and item.state is ItemState.DONE:
                names.append(source.name)
        return names

    # -- which book it is

    async def unknown_books(self, account_id: str) -> list[UnknownBook]:
        """Those that a person may name."""
        links = [
            one
            for one in await self._accounts.records.links(account_id)
            if one.state in (LinkState.UNKNOWN, LinkState.CHOOSE)
        ]
        books = await self._titles({one.book_id for one in links})
        return [
            UnknownBook(one, books[one.book_id].title, books[one.book_id].authors)
            for one in links
            if one.book_id in books
        ]

    async def link(self, account_id: str, book_id: BookId) -> BookLink | None:
        return await self._accounts.records.link(account_id, book_id)

    async def find(self, account_id: str, words: str) -> list[BookCandidate]:
        """Books of the server: by an id or an address that was pasted, else by words of the title.

        Raises `Unsupported` where the server has no search.
        """
        account = self._accounts.account(account_id)
        if account is None:
            return []
        pasted = id_in(words)
        if pasted is not None:
            one = await account.client.books.get(pasted)
            return [] if one is None else [BookCandidate(one.id, one.title, one.authors)]
        found = await account.client.books.containing(words)
        return [BookCandidate(one.id, one.title, one.authors) for one in found]

    async def name(self, account_id: str, book_id: BookId, candidate: BookCandidate | None) -> None:
        """It is this one; or None: nothing of it is to be sent."""
        server = await self._accounts.records.server(account_id)
        before = await self.link(account_id, book_id)
        if candidate is None:  # what is known of it stays: it may be wanted again
            link = replace(before or BookLink(book_id, LinkState.OFF), state=LinkState.OFF)
        else:
            link = BookLink(
                book_id,
                LinkState.MATCHED,
                candidate.remote_id,
                FoundBy.PERSON,
                candidate.title,
                server.identity,
                self._accounts.now(),
            )
        if before is not None and before.remote_id not in (None, link.remote_id):
            await forget_what_it_had(self._accounts.items, account_id, book_id)
        await self._accounts.records.save_link(account_id, link)
        self._accounts.send_now(account_id, [book_id])
        self._accounts.changed()

    async def match_again(self, account_id: str, book_id: BookId) -> None:
        """Look for the book anew; also for one of which nothing was to be sent."""
        unknown = BookLink(book_id, LinkState.UNKNOWN)
        await forget_what_it_had(self._accounts.items, account_id, book_id)
        await self._accounts.records.save_link(account_id, unknown)
        self._accounts.send_now(account_id, [book_id])

    async def _titles(self, ids: set[BookId]) -> dict[BookId, Book]:
        return {book.id: book for book in await self._books.load_ever(sorted(ids))}
