"""Stores what was chosen for accounts, what is known of their servers, and which book is which."""

import sqlite3
from typing import Any, TypeVar

from kios_desktop.domain.accounts import AccountChoices, AccountServer, BookLink
from kios_desktop.domain.library import BookId
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.storage import account_changes, account_queries
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import from_json, to_json
from kios_desktop.storage.plain import first_cell, rows
from kios_desktop.storage.tables import account_books

T = TypeVar("T")

_AT_FIRST = AccountChoices()
_UNKNOWN = AccountServer()


class Accounts:
    """The ids are those of sources. Every method may raise `StorageError`."""

    def __init__(self, database: Database) -> None:
        self._database, self._damage = database, database.damage

    async def choices(self, account_id: str) -> AccountChoices:
        """Nothing is on at first, and when the record is damaged."""
        return await self._state(account_id, "choices", AccountChoices, _AT_FIRST)

    async def server(self, account_id: str) -> AccountServer:
        return await self._state(account_id, "server", AccountServer, _UNKNOWN)

    async def save_choices(self, account_id: str, choices: AccountChoices) -> None:
        await self._save_state(account_id, choices=to_json(choices))

    async def save_server(self, account_id: str, server: AccountServer) -> None:
        await self._save_state(account_id, server=to_json(server))

    async def link(self, account_id: str, book_id: BookId) -> BookLink | None:
        def work(connection: sqlite3.Connection) -> BookLink | None:
            text = first_cell(connection, account_queries.LINK, account_id, book_id)
            return None if text is None else self._read(text, BookLink, None)

        return await self._database.read_plainly(work)

    async def links(self, account_id: str) -> list[BookLink]:
        def work(connection: sqlite3.Connection) -> list[BookLink]:
            found = rows(connection, account_queries.LINKS, account_id)
            return self._damage.sound(
                RecordKind.ACCOUNT, found, lambda row: from_json(row["record"], BookLink)
            )

        return await self._database.read_plainly(work)

    async def save_link(self, account_id: str, link: BookLink) -> None:
        values = {
            "account_id": account_id,
            "book_id": link.book_id,
            "state": link.state.value,
            "record": to_json(link),
        }
        await self._database.run(
            lambda connection: account_changes.put(
                connection, account_books, ("account_id", "book_id"), values
            )
        )

    async def forget(self, account_id: str) -> None:
        """Everything about an account that was removed."""
        await self._database.run(
            lambda connection: account_changes.forget_account(connection, account_id)
        )

    async def _state(self, account_id: str, name: str, kind: type[T], otherwise: T) -> T:
        def work(connection: sqlite3.Connection) -> T:
            found = rows(connection, account_queries.STATE, account_id)
            text = found[0][name] if found else ""
            return self._read(text, kind, otherwise) if text else otherwise

        return await self._database.read_plainly(work)

    async def _save_state(self, account_id: str, **changed: str) -> None:
        def work(connection: Any) -> None:
            account_changes.put_state(connection, account_id, changed)

        await self._database.run(work)

    def _read(self, text: str, kind: type[T], otherwise: T) -> T:
        return self._damage.read(RecordKind.ACCOUNT, lambda: from_json(text, kind), otherwise)
