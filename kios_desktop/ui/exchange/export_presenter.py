"""Writes highlights that a window shows into a file, or copies them. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from kios_desktop.application.mark_export import MarkExport
from kios_desktop.domain.errors import KiosError
from kios_desktop.exchange.marked_book import ExportOptions, MarkedBook
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.export_choice import (
    ExportAnswer,
    ExportHow,
    ExportScope,
    Gather,
    LastExport,
)
from kios_desktop.ui.exchange.export_texts import (
    copied_text,
    export_words,
    exported_text,
    file_name,
)
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr


class ExportView(Protocol):
    """What the presenter asks and shows."""

    def ask_how(
        self,
        file_format: ExportFormat,
        scopes: Sequence[str],
        last: ExportHow,
        answered: Callable[[ExportAnswer], None],
    ) -> None:
        """Which of the scopes, and with what of the marks; `last` was answered before."""

    def ask_where(self, name: str, chosen: Callable[[Path], None]) -> None:
        """Where to write a file, for which `name` is a suggestion."""

    def copy_text(self, text: str) -> None: ...
    def show_folder(self, path: Path) -> None:
        """Show the folder that a file is in."""

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None: ...


class ExportPresenter:
    """What is exported is what there was when it was asked for, however long a name is sought.

    `last` is kept for the next time, and shared by all windows.
    """

    def __init__(self, marks: MarkExport, view: ExportView, tasks: Tasks, last: LastExport) -> None:
        self._marks, self._view, self._tasks, self._last = marks, view, tasks, last
        self._has_ended = False

    def end(self) -> None:
        """The view goes. What is being written is still written."""
        self._has_ended = True

    def export(self, scopes: Sequence[ExportScope], file_format: ExportFormat) -> None:
        """Ask which of the scopes, the first one if nothing else is wanted, and export it."""

        def answered(answer: ExportAnswer) -> None:
            self._last.how = answer.how
            self._ask_where(scopes[answer.scope].gather, file_format, answer.how)

        self._view.ask_how(file_format, [one.words for one in scopes], self._last.how, answered)

    def _ask_where(self, gather: Gather, file_format: ExportFormat, how: ExportHow) -> None:
        options = ExportOptions(how.include_notes, how.group_by_chapter, export_words())

        async def ask() -> None:
            books = await gather(self._marks)
            name = file_name(books, file_format)
            if not self._has_ended:
                self._view.ask_where(
                    name, lambda path: self._write(books, file_format, path, options)
                )

        self._start(ask)

    def copy(self, gather: Gather) -> None:
        async def copy() -> None:
            books = await gather(self._marks)
            text = await self._marks.as_text(books, export_words())
            if not self._has_ended:
                self._view.copy_text(text)
                self._view.show_toast(copied_text(books))

        self._start(copy)

    def _write(
        self,
        books: Sequence[MarkedBook],
        file_format: ExportFormat,
        path: Path,
        options: ExportOptions,
    ) -> None:
        async def write() -> None:
            await self._marks.write(books, file_format, path, options)
            if not self._has_ended:
                show = tr("Show in folder")
                self._view.show_toast(
                    exported_text(books), show, lambda: self._view.show_folder(path)
                )

        self._start(write)

    def _start(self, do: Callable[[], Awaitable[None]]) -> None:
        async def telling() -> None:
            try:
                await do()
            except KiosError as error:
                if not self._has_ended:
                    self._view.show_toast(explain(error).line)

        self._tasks.start(telling())
