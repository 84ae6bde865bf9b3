"""Which server keeps the place of a book.

The reader's choice, else the source the book was downloaded from when that one keeps places, else
KOReader sync, which takes every book. A source that was found to keep none is never asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kios_desktop.sync.ports import Account, BookSourceLinks


class Reason(StrEnum):
    """Why a book syncs where it does."""

    CHOSEN = "chosen"
    ORIGIN = "origin"
    FALLBACK = "fallback"
    SWITCHED_OFF = "switched off"  # the reader does not want this book to be synced
    KEEPS_NONE = "keeps none"  # the server it came from keeps no places, and no other takes it
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Route:
    """The account of a book; None when nobody keeps its place."""

    account: Account | None
    reason: Reason


def route(accounts: Sequence[Account], source_links: BookSourceLinks) -> Route:
    """A choice that can't be had any more is as good as none; it holds again with its source."""
    if source_links.chosen == "":
        return Route(None, Reason.SWITCHED_OFF)
    possible = choices(accounts, source_links)
    for account in possible:
        if account.source_id == source_links.chosen:
            return Route(account, Reason.CHOSEN)
    for account in possible:
        return Route(account, Reason.FALLBACK if account.takes_every_book else Reason.ORIGIN)
    given_up = any(
        one.source_id in source_links.delivered_by and not one.keeps_places for one in accounts
    )
    return Route(None, Reason.KEEPS_NONE if given_up else Reason.NOWHERE)


def choices(accounts: Sequence[Account], source_links: BookSourceLinks) -> list[Account]:
    """Every account that could keep this book's place, the likeliest first."""
    accounts = [account for account in accounts if account.keeps_places]
    by_id = {account.source_id: account for account in accounts}
    own = [by_id[source_id] for source_id in source_links.delivered_by if source_id in by_id]
    return [
        *(account for account in own if not account.takes_every_book),
        *(account for account in accounts if account.takes_every_book),
    ]
