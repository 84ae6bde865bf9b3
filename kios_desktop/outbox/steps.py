"""The requests that change something on the server."""

from enum import Enum, auto
from typing import Final

from msgspec import Struct

from kios_desktop.domain.account_items import AccountItem, ItemKind, MarkContent


class Op(Enum):
    """What is asked of the server."""

    CREATE = auto()
    UPDATE = auto()
    DELETE = auto()


class Step(Struct, frozen=True):
    """One request. `item.sending` is what the server is to have; None to delete.

    `base` is what both sides have then, where that is less.
    """

    op: Op
    item: AccountItem
    base: MarkContent | None = None


_KINDS: Final = list(ItemKind)


def in_order(steps: list[Step]) -> list[Step]:
    """Deletions first, so that what is made anew at the same place finds it free; then by kind."""
    return sorted(steps, key=lambda one: (one.op is not Op.DELETE, _KINDS.index(one.item.kind)))
