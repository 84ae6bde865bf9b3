"""One visit to an account for one book: what is there, what is here, and what follows.

The server's list comes before everything that is written, and that a request is made is on the disk
before the request.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kios_desktop.domain.account_items import (
    MARK_KINDS,
    TOPIC_OF,
    AccountItem,
    Content,
    ItemKind,
    ItemState,
    RatingContent,
    ShelfContent,
    of_mark,
)
from kios_desktop.domain.accounts import (
    AccountChoices,
    AccountServer,
    BookLink,
    Capabilities,
    NotesTo,
    Topic,
)
from kios_desktop.domain.errors import Conflict, Missing, PublicationError, RemoteError
from kios_desktop.domain.library import BookId
from kios_desktop.outbox.adopting import adopted
from kios_desktop.outbox.mark_plan import FETCHED, BookHere, MarkPlan, Rows, plan_marks
from kios_desktop.outbox.outcomes import Reach, after_failure, is_to_come, reach_of
from kios_desktop.outbox.ports import AccountRemote, BookThere, ItemStore, LibraryHere
from kios_desktop.outbox.session_sending import SessionSending
from kios_desktop.outbox.steps import Op, Step

log = logging.getLogger(__name__)

_ROUNDS: Final = 3  # lists of one visit: a mark that was moved is deleted, then made anew
_TAKEN: Final = 409
_CAPABILITY: Final = {
    ItemKind.HIGHLIGHT: "annotations",
    ItemKind.PLACE_NOTE: "notes_v2",
    ItemKind.BOOK_NOTE: "notes_v1",
    ItemKind.BOOKMARK: "bookmarks",
}


Request = Callable[[], Awaitable[None]]


class ExchangeVisit(Struct, frozen=True):
    """What holds for all books of one run."""

    account_id: str
    choices: AccountChoices
    server: AccountServer


class BookExchange:
    """`now` is our clock. Methods raise `RemoteError` for what concerns more than one record."""

    def __init__(
        self,
        remote: AccountRemote,
        items: ItemStore,
        library: LibraryHere,
        now: Callable[[], datetime],
    ) -> None:
        self._remote, self._items, self._library, self._now = remote, items, library, now
        self._sessions = SessionSending(remote, items, library, now)

    async def exchange(self, visit: ExchangeVisit, link: BookLink, there: BookThere) -> None:
        """Everything about a book that is on the server."""
        await self._exchange_marks(visit, link.book_id, there.remote_id)
        await self._exchange_rating(visit, link.book_id, there)
        await self._put_on_shelf(visit, link.book_id, there)
        if visit.choices.wants(Topic.SESSIONS) and visit.server.capabilities.sessions:
            await self._sessions.send(visit.account_id, visit.choices, visit.server, link)

    # -- marks

    async def _exchange_marks(self, visit: ExchangeVisit, book_id: BookId, remote_id: int) -> None:
        for _round in range(_ROUNDS):
            here = await self._here(visit, book_id)
            kinds = _kinds(visit.choices, visit.server.capabilities, here.items)
            if not kinds:
                return
            rows: Rows = {kind: await self._remote.rows(remote_id, kind) for kind in kinds}
            plan = await asyncio.to_thread(plan_marks, here, rows, visit.choices, self._now())
            plan = await self._with_unknown(visit, book_id, plan, here)
            if plan.dropped or plan.items or plan.marks:
                await self._items.take(plan.dropped, {book_id: plan.marks}, plan.items)
            if plan.marks:
                self._library.marks_changed(book_id)
            again = [await self._take(step, remote_id) for step in plan.steps]
            if not any(again):
                return

    async def _here(self, visit: ExchangeVisit, book_id: BookId) -> BookHere:
        items = await self._about_marks(visit, book_id)
        marks = tuple(await self._library.marks(book_id))
        known = {mark.id for mark in marks}
        if any(item.local_id not in known and not item.is_gone for item in items):
            items = await self._about_marks(visit, book_id)  # it may have been deleted just now
        sha256 = await self._library.sha256(book_id)
        return BookHere(visit.account_id, book_id, marks, items, sha256)

    async def _about_marks(self, visit: ExchangeVisit, book_id: BookId) -> tuple[AccountItem, ...]:
        items = await self._items.of_book(visit.account_id, book_id)
        return tuple(item for item in items if item.kind in MARK_KINDS)

    async def _with_unknown(
        self, visit: ExchangeVisit, book_id: BookId, plan: MarkPlan, here: BookHere
    ) -> MarkPlan:
        """The plan with what was made on the server."""
        if not plan.unknown:
            return plan
        try:
            made = await self._library.new_marks(visit.account_id, book_id, plan.unknown)
        except (PublicationError, Missing) as error:  # another time; the rest goes on
            log.warning("marks of a server are not placed: %s", error)
            return plan
        now = self._now()
        marks, items = adopted(here, plan, made, now)
        return replace(plan, marks=(*plan.marks, *marks), items=(*plan.items, *items))

    async def _take(self, step: Step, remote_id: int) -> bool:
        """Make a request; whether the list is worth another look at once."""
        item = replace(step.item, state=ItemState.SENDING)
        if not await self._items.begin(item):
            return True  # a person has changed or deleted the mark since
        content = of_mark(item.sending)
        try:
            record_id = item.remote_id
            if step.op is Op.CREATE and content is not None:
                record_id = await self._remote.create(remote_id, content)
            elif step.op is Op.UPDATE and content is not None and record_id is not None:
                await self._remote.update(remote_id, record_id, content)
            elif record_id is not None:
                await self._remote.delete(item.kind, record_id)
        except RemoteError as error:
            await self._failed(item, error)
            return item.tries == 0
        if content is not None:
            agreed = step.base or content
            await self._items.save([item.settled(agreed, item.sending_version, record_id)])
            return False
        if item.is_gone:
            await self._items.take([item], {}, ())
            return False
        left = replace(
            item, state=ItemState.WAITING, remote_id=None, sent=None, version=0, sending_version=0
        )
        await self._items.save([left])
        return True

    # -- the rating

    async def _exchange_rating(
        self, visit: ExchangeVisit, book_id: BookId, there: BookThere
    ) -> None:
        """Both sides have one value: what one side alone has changed counts."""
        choices, key = visit.choices, str(book_id)
        sends = choices.wants(Topic.RATINGS)
        if not visit.server.capabilities.rating or not (sends or choices.fetches):
            return
        known = await self._items.one(visit.account_id, ItemKind.RATING, key)
        item = known or AccountItem(visit.account_id, ItemKind.RATING, key, book_id)
        mine, theirs, base = await self._library.rating(book_id), there.rating, item.version or None
        content = RatingContent(theirs)
        if item.state is ItemState.LEFT:
            if mine == base:
                return
            base = None  # what it was then was never sent
        elif item.state is ItemState.REFUSED and (mine or 0) == item.sending_version:
            return
        if mine == theirs:
            if known is not None or mine is not None:
                await self._save_changed(known, item.settled(content, mine or 0, None))
        elif theirs == base or content == item.sending:  # it can be sent again
            # from now on that is what it has
            if sends and not is_to_come(item.not_before, self._now()):
                await self._rate(replace(item, version=theirs or 0), there.remote_id, mine)
        elif mine == base:
            if choices.fetches:
                await self._library.rate(book_id, theirs)
                await self._items.save([item.settled(content, theirs or 0, None)])
            elif item.state is ItemState.LEFT:
                await self._save_changed(known, replace(item, version=mine or 0))
        else:
            await self._save_changed(known, replace(item, state=ItemState.DIFFERS, theirs=content))

    async def _rate(self, item: AccountItem, remote_id: int, rating: int | None) -> None:
        content = RatingContent(rating)
        await self._send(item, content, rating or 0, lambda: self._remote.rate(remote_id, rating))

    # -- the shelf

    async def _put_on_shelf(self, visit: ExchangeVisit, book_id: BookId, there: BookThere) -> None:
        if not (visit.choices.wants(Topic.SHELF) and visit.server.capabilities.shelves):
            return
        key = str(book_id)
        known = await self._items.one(visit.account_id, ItemKind.SHELF, key)
        item = known or AccountItem(visit.account_id, ItemKind.SHELF, key, book_id)
        is_on = not item.is_gone
        if item.state is ItemState.LEFT or is_to_come(item.not_before, self._now()):
            return
        is_settled = item.state in (ItemState.DONE, ItemState.REFUSED)
        if is_on and (is_settled or not await self._library.is_kept(book_id)):
            return

        async def put() -> None:
            shelf_id = await self._remote.shelf_id(visit.choices.shelf, visit.server, make=is_on)
            if shelf_id is not None:
                await self._remote.put_on_shelf(there.remote_id, shelf_id, is_on=is_on)
            elif is_on:  # the name is taken, and yet no shelf has it
                raise Conflict(_TAKEN, visit.choices.shelf)

        await self._send(item, ShelfContent(is_on), int(is_on), put)
        done = await self._items.one(visit.account_id, ItemKind.SHELF, key)
        if item.is_gone and done is not None and done.state is ItemState.DONE:
            await self._items.take([done], {}, ())

    # -- parts

    async def _send(self, item: AccountItem, content: Content, version: int, ask: Request) -> None:
        """What can be repeated: the last value counts."""
        sending = replace(item, state=ItemState.SENDING, sending=content, sending_version=version)
        await self._items.save([sending])
        try:
            await ask()
        except RemoteError as error:
            await self._failed(sending, error)
        else:
            await self._items.save([sending.settled(content, version, None)])

    async def _failed(self, item: AccountItem, error: RemoteError) -> None:
        """Keep what is known of a request that failed. Raises what is not about it alone."""
        in_doubt = self._remote.may_have_been_done(error)
        await self._items.save([after_failure(item, error, in_doubt, self._now())])
        if reach_of(error) is not Reach.ITEM:
            raise error
        log.info("one record was not taken: %s", error)

    async def _save_changed(self, known: AccountItem | None, item: AccountItem) -> None:
        if item != known:
            await self._items.save([item])


def _kinds(
    choices: AccountChoices, found: Capabilities, items: tuple[AccountItem, ...]
) -> list[ItemKind]:
    """The kinds of which a list is needed, as far as the server has them."""
    there = {item.kind for item in items}
    wanted = {kind for kind in there if choices.wants(TOPIC_OF[kind])}
    if choices.wants(Topic.HIGHLIGHTS):
        wanted.add(ItemKind.HIGHLIGHT)
        if choices.notes_to is NotesTo.PAGE:
            wanted.add(ItemKind.BOOK_NOTE)
    if choices.wants(Topic.BOOKMARKS):
        wanted.add(ItemKind.BOOKMARK)
    if choices.fetches:
        wanted.update(FETCHED)
    return [kind for kind in MARK_KINDS if kind in wanted and getattr(found, _CAPABILITY[kind])]
