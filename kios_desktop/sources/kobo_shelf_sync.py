"""Syncs a Kobo shelf, and recovers books whose announcement was lost.

Calibre-Web and its forks announce each book once per account. A book that was announced to another
device, or in a lost answer, is still named by its reading state, and its metadata can be requested.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from kios_desktop.domain.errors import Rejected, RemoteError, StorageError, Throttled, Unreachable
from kios_desktop.domain.shelf import Changes, KoboBook, ShelfMark
from kios_desktop.protocols.kobo.client import SyncPage
from kios_desktop.protocols.kobo.tokens import Memory, may_lose_removals, memory_of

log = logging.getLogger(__name__)

MOST_PAGES: Final = 1000
PARALLEL: Final = 4

Progress = Callable[[int, int | None], None]
"""(books done, books in all); None while the total is unknown."""


class ShelfClient(Protocol):
    """The part of `protocols.kobo.client.KoboClient` used here. Raises `RemoteError`."""

    async def initialization(self) -> None: ...
    async def sync(self, token: str) -> SyncPage: ...
    async def metadata(self, book_id: str) -> KoboBook | None: ...


class ShelfStore(Protocol):
    """The part of `storage.kobo_shelf.KoboShelf` used here. Raises `StorageError`."""

    async def mark(self) -> ShelfMark: ...
    async def begin(self) -> None: ...
    async def apply(self, changes: Changes, token: str | None = None) -> None: ...
    async def finish(self, token: str, at: datetime) -> None: ...
    async def named_only(self) -> list[str]: ...
    async def not_found(self, book_ids: Sequence[str]) -> None: ...
    async def known(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class ShelfSyncResult:
    """The result of a sync.

    `announced` books were in the answers; `adopted` ones were found through their reading states.
    `starved`: the books were announced to another device before, so some may be missing.
    """

    announced: int = 0
    adopted: int = 0
    pages: int = 0
    starved: bool = False


class ShelfSync:
    """The sync of one source. Never for an address that an e-reader uses as well."""

    def __init__(
        self,
        client: ShelfClient,
        store: ShelfStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client, self._store, self._now = client, store, now
        self._one_at_a_time = asyncio.Lock()

    async def update(self, progress: Progress = lambda _done, _of: None) -> ShelfSyncResult:
        """Fetches what is new. After a failure, what arrived is kept and the next sync continues.

        Raises `RemoteError` and `StorageError`.
        """
        async with self._one_at_a_time:
            mark = await self._store.mark()
            first = mark.synced_at is None
            token = _start(mark)
            before = await self._store.known()
            await self._client.initialization()
            await self._store.begin()
            run = await self._drain(token, progress)
            lost = may_lose_removals(run.token, run.entitlements, mark.unfinished)
            if lost and before and token:
                run = await self._all_again(run, before, progress)
            adopted, starved = 0, False
            if (first or mark.unfinished) and _may_adopt(run.token):
                if mark.unfinished or await self._store.named_only():
                    run = await self._name_all(run, progress)
                starved = run.named > 0 and not await self._store.known()
                adopted = await self._adopt(run.announced, progress)
            await self._store.finish(run.token, self._now())
            return ShelfSyncResult(run.announced, adopted, run.pages, starved)

    async def rebuild(self, progress: Progress = lambda _done, _of: None) -> ShelfSyncResult:
        """Fetches everything again; books that the server does not have any more are removed."""
        async with self._one_at_a_time:
            before = await self._store.known()
            await self._client.initialization()
            await self._store.begin()
            run = await self._drain("", progress)
            adopted = 0
            if _may_adopt(run.token):
                unnamed = [book_id for book_id in before if book_id not in run.ids]
                run = await self._name_all(run, progress)
                adopted = await self._adopt(run.announced, progress)
                await self._ask_for(unnamed, progress)
            else:
                await self._take_off(run, before)
            await self._store.finish(run.token, self._now())
            return ShelfSyncResult(run.announced, adopted, run.pages)

    async def _all_again(self, run: "_Run", before: Sequence[str], progress: Progress) -> "_Run":
        """Fetches the whole list; books missing in it were removed without an announcement.

        Requests for single books do not tell: a book that left the shelf is still answered.
        """
        again = await self._drain("", lambda _done, of: progress(run.announced, of))
        await self._take_off(again, before)
        again.announced, again.named = run.announced, run.named
        again.pages += run.pages
        again.ids |= run.ids
        return again

    async def _take_off(self, run: "_Run", before: Sequence[str]) -> None:
        """Removes the books that a complete list does not have."""
        if run.whole:
            await self._store.not_found([one for one in before if one not in run.ids])

    async def _name_all(self, run: "_Run", progress: Progress) -> "_Run":
        """Fetches the reading states of all books, which name every book ever announced.

        While books are announced, the server sends states newer than theirs only. A sync without
        new books sends all states.
        """
        if not run.announced:
            return run
        again = await self._drain("", lambda done, of: progress(run.announced + done, of))
        again.announced += run.announced
        again.named += run.named
        again.pages += run.pages
        again.ids |= run.ids
        return again

    async def _drain(self, token: str, progress: Progress) -> "_Run":
        """Fetches pages until the last one, or until the server repeats one."""
        run, before = _Run(token), b""
        while run.pages < MOST_PAGES:
            page = await self._client.sync(run.token)
            repeated = page.token == run.token or bool(page.changes.entitlements)
            if run.pages and page.body == before and repeated:
                log.warning("the server sends the same page again; the sync ends here")
                break
            await self._apply(page.changes, page.token)
            run.add(page)
            before = page.body
            progress(run.announced, None)
            if page.changes.unread:
                log.info("%d items of a sync made no sense", page.changes.unread)
            if not page.more:
                run.whole = True
                break
        return run

    async def _apply(self, changes: Changes, token: str | None = None) -> None:
        """Stores a page; after a bug record by record, so that one record does not end every sync.

        Raises `StorageError`.
        """
        try:
            await self._store.apply(changes, token)
        except StorageError:
            raise
        except Exception:
            log.exception("a page of a shelf is kept record by record")
            for one in changes.singly():
                await self._apply_one(one)
            if token is not None:
                await self._store.apply(Changes(), token)

    async def _apply_one(self, change: Changes) -> None:
        try:
            await self._store.apply(change)
        except StorageError:
            raise
        except Exception:
            log.exception("a record of a shelf is left out")

    async def _adopt(self, already: int, progress: Progress) -> int:
        """Requests the books that are named but were not announced; how many there are."""
        named = await self._store.named_only()
        return await self._ask_for(
            named, lambda done, of: progress(already + done, None if of is None else already + of)
        )

    async def _ask_for(self, book_ids: Sequence[str], progress: Progress) -> int:
        """Requests and stores the metadata of books; returns how many there are."""
        found = 0
        for start in range(0, len(book_ids), PARALLEL):
            chunk = book_ids[start : start + PARALLEL]
            answers = await asyncio.gather(*(self._one(book_id) for book_id in chunk))
            offered = [book for asked, book in answers if book is not None and asked]
            await self._apply(Changes(offered=offered))
            given = zip(chunk, answers, strict=True)
            await self._store.not_found([i for i, (asked, book) in given if asked and not book])
            found += len(offered)
            progress(min(start + PARALLEL, len(book_ids)), len(book_ids))
        return found

    async def _one(self, book_id: str) -> tuple[bool, KoboBook | None]:
        """(whether there was an answer, the book).

        A failure with one book does not end the sync.
        """
        try:
            book = await self._client.metadata(book_id)
        except (Unreachable, Rejected, Throttled):
            raise
        except RemoteError as error:
            log.info("a book could not be asked for: %s", error)
            return False, None
        except Exception:
            log.exception("a mistake of ours while asking for a book")
            return False, None
        return True, book if book is not None and book.files else None


class _Run:
    """The state of a running sync."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.pages = self.announced = self.named = self.entitlements = 0
        self.ids: set[str] = set()
        self.whole = False  # the last page has arrived

    def add(self, page: SyncPage) -> None:
        self.token = page.token
        self.pages += 1
        self.announced += len(page.changes.offered)
        self.entitlements += page.changes.entitlements
        self.named += len(page.changes.states)
        self.ids.update(book.id for book in page.changes.offered)


def _start(mark: ShelfMark) -> str:
    """The token to continue with. After a sync that was cut off, pages may have been lost."""
    if not mark.unfinished:
        return mark.token
    return "" if _may_adopt(mark.token) else mark.whole_token


def _may_adopt(token: str) -> bool:
    """Whether books may be requested by id. Servers that remember in the token announce all again,
    and name books that are not on the shelf.
    """
    return memory_of(token) is not Memory.IN_TOKEN
