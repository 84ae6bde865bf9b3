"""Which server keeps the place of a book.

The one the reader chose; else the source the book was downloaded from, if it keeps places; else
KOReader sync, which takes every book. A source that was found to keep no places is never used.
"""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from kios_desktop.sync.ports import Account, BookSourceLinks


class RouteReason(StrEnum):
    """Why a book syncs where it does."""

    CHOSEN = "chosen"
    ORIGIN = "origin"
    FALLBACK = "fallback"
    SWITCHED_OFF = "switched off"  # by the reader, for this book
    KEEPS_NONE = "keeps none"  # its source keeps no places, and no other server takes it
    NOWHERE = "nowhere"


class Route(Struct, frozen=True):
    """The account of a book, or None, and why."""

    account: Account | None
    reason: RouteReason


def route(accounts: Sequence[Account], source_links: BookSourceLinks) -> Route:
    """A choice whose source is missing does not count; it counts again once the source is back."""
    if source_links.chosen == "":
        return Route(None, RouteReason.SWITCHED_OFF)
    possible = choices(accounts, source_links)
    for account in possible:
        if account.source_id == source_links.chosen:
            return Route(account, RouteReason.CHOSEN)
    for account in possible:
        return Route(
            account, RouteReason.FALLBACK if account.takes_every_book else RouteReason.ORIGIN
        )
    given_up = any(
        one.source_id in source_links.delivered_by and not one.keeps_places for one in accounts
    )
    return Route(None, RouteReason.KEEPS_NONE if given_up else RouteReason.NOWHERE)


def choices(accounts: Sequence[Account], source_links: BookSourceLinks) -> list[Account]:
    """The accounts that could keep this book's place, the best first."""
    accounts = [account for account in accounts if account.keeps_places]
    by_id = {account.source_id: account for account in accounts}
    own = [by_id[source_id] for source_id in source_links.delivered_by if source_id in by_id]
    return [
        *(account for account in own if not account.takes_every_book),
        *(account for account in accounts if account.takes_every_book),
    ]
