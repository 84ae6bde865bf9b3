"""Stores what accounts have of the library, and finds what they have still to get."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, update

from kios_desktop.domain.account_items import MARK_KINDS, AccountItem, ItemKind, TakenMark
from kios_desktop.domain.accounts import AccountChoices, Topic, UnsentCounts
from kios_desktop.domain.library import BookId
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage import account_changes, account_queries, mark_changes
from kios_desktop.storage.account_rows import item_of
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import to_ms
from kios_desktop.storage.plain import rows
from kios_desktop.storage.session_rows import session_of
from kios_desktop.storage.tables import account_items


class AccountItems:
    """Every method may raise `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database, self._damage = database, database.damage

    # -- what there is

    async def of_book(self, account_id: str, book_id: BookId) -> list[AccountItem]:
        return await self._items(account_queries.OF_BOOK, account_id, book_id)

    async def open_sessions(self, account_id: str, book_id: BookId) -> list[AccountItem]:
        """Those that are not settled."""
        return await self._items(account_queries.OPEN_SESSIONS, account_id, book_id)

    async def one(self, account_id: str, kind: ItemKind, local_id: str) -> AccountItem | None:
        found = await self._items(account_queries.ONE, account_id, kind.value, local_id)
        return found[0] if found else None

    async def open(self, account_id: str, most: int) -> list[AccountItem]:
        """At most so many of those that wait, are in doubt, or need a person."""
        return await self._items(account_queries.OPEN, account_id, most)

    async def counts(self, account_id: str) -> dict[ItemKind, dict[BookId, int]]:
        """How many records the server has, by kind and book."""

        def counted(row: sqlite3.Row) -> tuple[ItemKind, BookId, int]:
            return ItemKind(row["kind"]), BookId(int(row["book_id"])), row["items"]

        def work(connection: sqlite3.Connection) -> dict[ItemKind, dict[BookId, int]]:
            counted_rows = rows(connection, account_queries.COUNTS, account_id)
            found: dict[ItemKind, dict[BookId, int]] = {}
            for kind, book_id, n in self._damage.sound(RecordKind.ACCOUNT, counted_rows, counted):
                found.setdefault(kind, {})[book_id] = n
            return found

        return await self._database.read_plainly(work)

    async def unsent(self, account_id: str, topic: Topic) -> UnsentCounts:
        """How much of a topic the account has never got."""

        def work(connection: sqlite3.Connection) -> UnsentCounts:
            row = account_queries.unsent(connection, account_id, topic)
            return UnsentCounts(row["records"], row["books"], int(row["notes"]))

        return await self._database.read_plainly(work)

    async def books_with_work(
        self,
        account_id: str,
        choices: AccountChoices,
        growing: Collection[SessionId],
        now: datetime,
    ) -> list[BookId]:
        """The books of which something has to be sent. Sessions that still grow do not count."""
        found = await self._database.read_plainly(
            lambda connection: account_queries.books_with_work(
                connection, account_id, choices, sorted(growing), to_ms(now)
            )
        )
        return [BookId(one) for one in sorted(self._damage.only(RecordKind.ACCOUNT, int, found))]

    async def unsent_sessions(
        self,
        account_id: str,
        book_id: BookId,
        choices: AccountChoices,
        growing: Collection[SessionId],
        now: datetime,
        most: int,
    ) -> list[ReadingSession]:
        """The oldest first, those in doubt included."""
        since_ms = account_queries.since_ms(choices, Topic.SESSIONS)

        def work(connection: sqlite3.Connection) -> list[ReadingSession]:
            found = account_queries.unsent_sessions(
                connection, account_id, book_id, since_ms, sorted(growing), to_ms(now), most
            )
            return self._damage.sound(RecordKind.SESSION, found, session_of)

        return await self._database.read_plainly(work)

    # -- changes

    async def save(self, items: Sequence[AccountItem]) -> None:
        """Adds or replaces records, in one transaction."""
        await self.take((), {}, items)

    async def take(
        self,
        dropped: Sequence[AccountItem],
        marks: Mapping[BookId, Sequence[TakenMark]],
        items: Sequence[AccountItem],
    ) -> None:
        """Forgets records and saves marks and others, all of it in one transaction.

        A mark that was changed or deleted here meanwhile stays as it is, and so does its record.
        """

        def work(connection: Connection) -> None:
            account_changes.forget_items(connection, dropped)
            stale: set[str] = set()
            for book_id, some in marks.items():
                fresh = [one.mark for one in some if account_changes.is_fresh(connection, one)]
                stale |= {one.mark.id for one in some} - {mark.id for mark in fresh}
                if fresh:
                    mark_changes.save(connection, book_id, fresh)
            sound = [
                one for one in items if one.kind not in MARK_KINDS or one.local_id not in stale
            ]
            account_changes.save_items(connection, sound)

        if dropped or items or any(marks.values()):
            await self._database.run(work)

    async def begin(self, item: AccountItem) -> bool:
        """Note that a request about a mark is made.

        False, and nothing is noted, where a person has changed or deleted the mark since the
        request was planned, or wants it back.
        """

        def work(connection: Connection) -> bool:
            if not account_changes.is_still_wanted(connection, item):
                return False
            account_changes.save_items(connection, [item])
            return True

        return await self._database.run(work)

    async def leave_ratings(self, account_id: str) -> None:
        """Ratings of today are not sent; those that are given or changed later are."""
        await self._database.run_plainly(
            lambda connection: connection.execute(
                account_queries.LEAVE_RATINGS, (account_id,)
            ).close()
        )

    async def take_off_shelf(self, book_id: BookId) -> None:
        """A person wants a removed book to go off the shelves of all accounts."""
        statement = (
            update(account_items)
            .where(account_items.c.kind == ItemKind.SHELF.value, account_items.c.book_id == book_id)
            .values(gone=1)
        )
        await self._database.run(lambda connection: connection.execute(statement).close())

    async def _items(self, statement: str, *values: object) -> list[AccountItem]:
        def work(connection: sqlite3.Connection) -> list[AccountItem]:
            found = rows(connection, statement, *values)
            return self._damage.sound(RecordKind.ACCOUNT, found, item_of)

        return await self._database.read_plainly(work)
