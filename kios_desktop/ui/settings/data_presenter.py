"""Exports everything and restores it, from Settings. No Qt."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from kios_desktop.domain.archive import ArchiveSummary
from kios_desktop.domain.errors import StorageError
from kios_desktop.ui.kit.error_texts import Message, explain
from kios_desktop.ui.kit.formats import books
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted, tr


class WholeProfilePort(Protocol):
    """The part of `application.whole_profile.WholeProfile` used here. Raises `StorageError`."""

    async def export(self, file: Path, *, books: bool) -> ArchiveSummary: ...
    async def restore_at_start(self, file: Path) -> ArchiveSummary: ...


class DataScreen(Protocol):
    """The page, as its presenter sees it."""

    def show_busy(self, busy: bool) -> None:
        """A file is being written or read."""

    def say(self, text: str) -> None: ...
    def tell(self, message: Message) -> None: ...
    def ask_to_quit(self, text: str, quit_now: Callable[[], None]) -> None: ...


class DataPresenter:
    """`quit_kios` ends Kios, so that its next start can restore."""

    def __init__(
        self,
        whole: WholeProfilePort,
        screen: DataScreen,
        tasks: Tasks,
        quit_kios: Callable[[], None],
    ) -> None:
        self._whole, self._screen, self._tasks = whole, screen, tasks
        self._quit = quit_kios

    def export(self, file: Path, with_books: bool) -> None:
        self._tasks.start(self._export(file, with_books))

    def restore(self, file: Path) -> None:
        self._tasks.start(self._restore(file))

    async def _export(self, file: Path, with_books: bool) -> None:
        self._screen.show_busy(True)
        try:
            summary = await self._whole.export(file, books=with_books)
        except StorageError as error:
            self._screen.tell(explain(error))
        else:
            self._screen.say(_exported(summary, file))
        finally:
            self._screen.show_busy(False)

    async def _restore(self, file: Path) -> None:
        self._screen.show_busy(True)
        try:
            summary = await self._whole.restore_at_start(file)
        except StorageError as error:
            self._screen.tell(explain(error))
            return
        finally:
            self._screen.show_busy(False)
        text = tr(
            "The backup has {books}. It is restored when Kios starts next, and Kios has to quit "
            "for that.",
            books=books(summary.books),
        )
        self._screen.ask_to_quit(text, self._quit)


def _exported(summary: ArchiveSummary, file: Path) -> str:
    said = tr("{books} exported to {file}", books=books(summary.books), file=file.name)
    if not summary.missing:
        return said
    missing = counted("%Ln files were missing", "", summary.missing, one="1 file was missing")
    return f"{said}. {missing}."
