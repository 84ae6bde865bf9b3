"""Which server keeps the place of a book.

KOReader sync is the fallback for every book that is not tied to a source of its own; today that
is all of them, so the first account that is switched on is the one.
"""

from collections.abc import Sequence

from kios_desktop.domain.library import BookId
from kios_desktop.sync.ports import Account


def route(accounts: Sequence[Account], book_id: BookId) -> Account | None:  # noqa: ARG001
    return accounts[0] if accounts else None
