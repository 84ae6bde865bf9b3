"""Which entry of the contents a place within one file belongs to."""

from collections.abc import Iterable
from typing import TypeVar

Entry = TypeVar("Entry")


def nearest(entries: Iterable[tuple[Entry, int | None]], ordinal: float) -> Entry | None:
    """The last of the entries that begin at or before `ordinal`; None when none does.

    An entry's own ordinal is None when its anchor is not in the file. It then begins with the file,
    and yields to every other entry there: nothing shows that its part of the text is reached.
    """
    best: Entry | None = None
    best_at = (-1, False)
    for entry, own in entries:
        at = (own or 0, own is not None)
        if at[0] <= ordinal and (at > best_at or (at == best_at and own is not None)):
            best, best_at = entry, at
    return best
