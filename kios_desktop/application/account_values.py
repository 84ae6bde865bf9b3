"""What is told of accounts and of what waits at them; light, for those who only show it."""

from collections.abc import Mapping

from msgspec import Struct

from kios_desktop.domain.account_items import AccountItem, ItemKind, ItemState
from kios_desktop.domain.accounts import (
    AccountChoices,
    AccountServer,
    AccountStatus,
    BookLink,
    KoreaderUserState,
    Topic,
)
from kios_desktop.domain.source import Source
from kios_desktop.outbox.resolving import Decision


class WaitingRecord(Struct, frozen=True):
    """A record that waits, and what it is about. `mine` and `theirs` are the two texts of one that
    differs; `text` is its passage.
    """

    item: AccountItem
    title: str
    text: str = ""
    mine: str = ""
    theirs: str = ""

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The most careful one first."""
        match self.item.state:
            case ItemState.DIFFERS:
                both = () if self.item.is_gone or self.is_rating else (Decision.BOTH,)
                return (Decision.MINE, Decision.THEIRS, *both)
            case ItemState.VANISHED:
                return Decision.KEEP_HERE, Decision.SEND_AGAIN, Decision.REMOVE
            case _:
                return Decision.RETRY, Decision.DISCARD

    @property
    def is_rating(self) -> bool:
        return self.item.kind is ItemKind.RATING


class UnknownBook(Struct, frozen=True):
    """A book of which something would be sent, and of which the server has none for certain."""

    link: BookLink
    title: str
    authors: tuple[str, ...]


class AccountLine(Struct, frozen=True):
    """All that is told of an account. `sent`: how many records the server has, by topic.

    `waiting` and `unknown_books` count what needs a person. `is_withheld`: its password can't be
    read.
    """

    source: Source
    choices: AccountChoices
    server: AccountServer
    status: AccountStatus
    is_withheld: bool
    sent: Mapping[Topic, int]
    waiting: int
    unknown_books: int


class KoreaderSetup(Struct, frozen=True):
    """`source` is to be saved; None where there is no user yet."""

    state: KoreaderUserState
    source: Source | None
