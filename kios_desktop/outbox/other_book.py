"""What is forgotten when a book turns out to be another one there."""

from kios_desktop.domain.account_items import MARK_KINDS, ItemKind, ItemState
from kios_desktop.domain.library import BookId
from kios_desktop.outbox.ports import ItemStore

_ABOUT_A_BOOK = (*MARK_KINDS, ItemKind.RATING, ItemKind.SHELF)


async def forget_what_it_had(items: ItemStore, account_id: str, book_id: BookId) -> None:
    """Forget what the earlier book had there, or another account, which says nothing any more.

    Sessions are not sent twice. What a person left alone stays so, and what was deleted here is
    deleted yet if it is found there after all. Raises `StorageError`.
    """
    said = [
        item
        for item in await items.of_book(account_id, book_id)
        if item.kind in _ABOUT_A_BOOK and item.state is not ItemState.LEFT and not item.is_gone
    ]
    await items.take(said, {}, ())


def is_same_account(one: str, other: str) -> bool:
    """Whether two identities are one user of one server, of whatever release. "" is not known."""
    if not one or not other:
        return True
    return one.rpartition(", ")[0] == other.rpartition(", ")[0]
