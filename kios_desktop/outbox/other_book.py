"""What is forgotten when a book turns out to be another one there. Pure."""

from collections.abc import Iterable

from kios_desktop.domain.account_items import MARK_KINDS, AccountItem, ItemKind, ItemState

_ABOUT_A_BOOK = (*MARK_KINDS, ItemKind.RATING, ItemKind.SHELF)


def said_of_another(items: Iterable[AccountItem]) -> list[AccountItem]:
    """Those that say what the earlier book had, or another account, which says nothing any more.

    Sessions are not sent twice. What a person left alone stays so, and what was deleted here is
    deleted yet if it is found there after all.
    """
    return [
        item
        for item in items
        if item.kind in _ABOUT_A_BOOK and item.state is not ItemState.LEFT and not item.is_gone
    ]


def is_same_account(one: str, other: str) -> bool:
    """Whether two identities are one user of one server, of whatever release. "" is not known."""
    if not one or not other:
        return True
    return one.rpartition(", ")[0] == other.rpartition(", ")[0]
