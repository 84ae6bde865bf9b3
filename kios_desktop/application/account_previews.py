"""What would come from an account, counted before the first of it comes. Nothing is changed."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from kios_desktop.application.service_accounts import ConnectedAccount, ServiceAccounts
from kios_desktop.domain.account_items import ItemKind
from kios_desktop.domain.accounts import AccountServer, FetchCounts
from kios_desktop.domain.errors import NotMatched
from kios_desktop.domain.library import BookId

log = logging.getLogger(__name__)

_COUNTED: Final = {
    ItemKind.HIGHLIGHT: "annotations",
    ItemKind.PLACE_NOTE: "notes_v2",
    ItemKind.BOOKMARK: "bookmarks",
}

Progress = Callable[[int, int], object]
"""How many books were looked at, of how many."""


async def count_what_would_come(
    accounts: ServiceAccounts, account: ConnectedAccount, books: Sequence[BookId], told: Progress
) -> FetchCounts:
    """Asks for every book. Raises `RemoteError`, `StorageError`."""
    server = await account.sync.server()
    counted = FetchCounts()
    for number, book_id in enumerate(books):
        told(number, len(books))
        try:
            counted = _sum(counted, await _of_book(accounts, account, server, book_id))
        except NotMatched as error:
            log.info("a book is not counted: %s", error)
    return counted


async def _of_book(
    accounts: ServiceAccounts, account: ConnectedAccount, server: AccountServer, book_id: BookId
) -> FetchCounts:
    _link, there = await account.sync.linked(server, book_id)
    if there is None:
        return FetchCounts()
    items = await accounts.items.of_book(account.source.id, book_id)
    known = {(item.kind, item.remote_id) for item in items}
    found: dict[ItemKind, int] = {}
    for kind, capability in _COUNTED.items():
        if getattr(server.capabilities, capability):
            rows = await account.sync.remote.rows(there.remote_id, kind)
            found[kind] = sum((kind, row.remote_id) not in known for row in rows)
    rated = there.rating is not None and await account.library.rating(book_id) is None
    counts = FetchCounts(
        found.get(ItemKind.HIGHLIGHT, 0),
        found.get(ItemKind.PLACE_NOTE, 0),
        found.get(ItemKind.BOOKMARK, 0),
        int(rated),
    )
    return counts if not counts.total else _sum(counts, FetchCounts(books=1))


def _sum(one: FetchCounts, other: FetchCounts) -> FetchCounts:
    return FetchCounts(
        one.highlights + other.highlights,
        one.notes + other.notes,
        one.bookmarks + other.bookmarks,
        one.ratings + other.ratings,
        one.books + other.books,
    )
