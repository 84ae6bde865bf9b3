"""Finds orphans: book files in the library folder that no book of the library refers to. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import ImportReport
from kios_desktop.ui.kit.error_texts import Message, explain_import
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted


class OrphanFiles(Protocol):
    """The orphaned files. Every method may raise `StorageError`."""

    async def find(self) -> list[Path]: ...
    async def remove(self, files: Sequence[Path]) -> None: ...
    async def added(self, report: ImportReport) -> None: ...


class OrphansScreen(Protocol):
    """What the presenter may show."""

    def show_orphans(self, count: int) -> None:
        """Offer `count` files; 0 hides the offer."""

    def show_problem(self, message: Message | None) -> None: ...

    def say(self, text: str) -> None: ...


class OrphansPresenter:
    """Offers the orphans, and adds or removes them.

    `add` imports files and shows their report. The search waits until `ready` has returned, so that
    it does not slow down the start.
    """

    def __init__(
        self,
        orphans: OrphanFiles,
        screen: OrphansScreen,
        tasks: Tasks,
        add: Callable[[Sequence[Path]], Awaitable[ImportReport]],
        ready: Callable[[], Awaitable[Any]],
    ) -> None:
        self._orphans, self._screen, self._tasks = orphans, screen, tasks
        self._add, self._ready = add, ready
        self._offered: list[Path] = []

    @property
    def count(self) -> int:
        """The number of files that are offered."""
        return len(self._offered)

    def search(self) -> None:
        """Search for orphans, and offer those found."""
        self._tasks.start(self._reporting_storage_errors(self._search))

    def add(self) -> None:
        """Import the offered files; they are in the library folder already and are not copied."""
        files = self._take_offer()
        self._tasks.start(self._reporting_storage_errors(lambda: self._add_files(files)))

    def remove(self) -> None:
        """Delete the offered files; the reader has confirmed it."""
        files = self._take_offer()
        self._tasks.start(self._reporting_storage_errors(lambda: self._remove_files(files)))

    def not_now(self) -> None:
        """Hide the offer until the next start."""
        self._offer([])

    async def _reporting_storage_errors(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except StorageError as error:
            self._screen.show_problem(explain_import(error))

    async def _search(self) -> None:
        await self._ready()
        self._offer(await self._orphans.find())

    async def _add_files(self, files: Sequence[Path]) -> None:
        report = await self._add(files)
        await self._orphans.added(report)
        left = set(files) & set(await self._orphans.find())
        self._offer(
            [path for path in files if path in left]
        )  # those that could not be read are offered again

    async def _remove_files(self, files: Sequence[Path]) -> None:
        await self._orphans.remove(files)
        self._screen.say(counted("Removed %Ln files", "", len(files), one="Removed %Ln file"))

    def _take_offer(self) -> list[Path]:
        """The offered files; the offer is hidden, so that nothing is done twice."""
        files = self._offered
        self._offer([])
        return files

    def _offer(self, files: list[Path]) -> None:
        self._offered = files
        self._screen.show_orphans(len(files))
