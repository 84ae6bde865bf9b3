"""What is asked before marks are exported, and what was answered. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
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


class ExportHow(NamedTuple):
    """How marks are written."""

    include_notes: bool = True
    group_by_chapter: bool = True


AS_USUAL: Final = ExportHow()


class ExportAnswer(NamedTuple):
    """`scope` is an index of those that were offered."""

    scope: int
    how: ExportHow


@dataclass(slots=True)
class LastExport:
    """How it was done last, in whatever window."""

    how: ExportHow = AS_USUAL
