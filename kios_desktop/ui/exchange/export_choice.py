"""What is asked before marks are exported, and what was answered. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from kios_desktop.application.mark_export import MarkExport
from kios_desktop.exchange.marked_book import MarkedBook
from kios_desktop.exchange.writers import ExportFormat

Gather = Callable[["MarkExport"], Awaitable[Sequence[MarkedBook]]]
"""Reads what is to be exported. May raise `StorageError`."""

PAGES: Final = frozenset((ExportFormat.MARKDOWN, ExportFormat.HTML))
"""The formats for people, in which marks can be grouped."""


class ExportScope(NamedTuple):
    """What may be exported, as it is offered: “What the list shows (12)”."""

    words: str
    gather: Gather


class ExportAnswer(NamedTuple):
    """`scope` is an index of those that were offered."""

    scope: int = 0
    include_notes: bool = True
    group_by_chapter: bool = True
