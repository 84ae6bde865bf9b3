"""What the page of all highlights needs of the rest of Kios. Methods raise `StorageError`."""

from collections.abc import Sequence
from typing import Protocol

from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.mark_filter import MarkFilter
from kios_desktop.domain.mark_query import HighlightCount, HighlightKey, KeptMark, MarkQuery
from kios_desktop.domain.marks import MarkId


class HighlightRecords(Protocol):
    """The part of `storage.marks.Marks` used here."""

    async def highlight_keys(self, query: MarkQuery) -> list[HighlightKey]: ...
    async def load(self, ids: Sequence[MarkId]) -> list[KeptMark]: ...
    async def highlight_counts(self, wanted: MarkFilter) -> list[HighlightCount]: ...
    async def save_kept(self, changed: Sequence[KeptMark]) -> None: ...
    async def delete(self, ids: Sequence[MarkId]) -> None: ...


class BooksById(Protocol):
    async def load(self, ids: Sequence[BookId]) -> list[Book]:
        """In the order of the ids; removed books are left out."""
