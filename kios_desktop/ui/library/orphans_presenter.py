"""Offers books that are in the folder of Kios and not in the library. No Qt."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import ImportReport
from kios_desktop.ui.kit.error_texts import Message, explain_import
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted


class OrphanFiles(Protocol):
    """The files in question. Every method may raise `StorageError`."""

    async def find(self) -> list[Path]: ...
    async def remove(self, files: Sequence[Path]) -> None: ...
    async def added(self, report: ImportReport) -> None: ...


class OrphansScreen(Protocol):
    """What the presenter may show."""

    def show_orphans(self, count: int) -> None:
        """Offer so many files; 0 takes the offer away."""

    def show_problem(self, message: Message | None) -> None: ...

    def say(self, text: str) -> None: ...


class OrphansPresenter:
    """`add` imports files, shows how that went, and returns its report.

    Nothing is asked for before `ready` is over: that is when Kios has time for it.
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
        """How many files are offered."""
        return len(self._offered)

    def look(self) -> None:
        """Whether there is something to offer."""
        self._tasks.start(self._guarded(self._look))

    def add(self) -> None:
        """“Add them”: the files are in their place already, and stay there."""
        files = self._taken()
        self._tasks.start(self._guarded(lambda: self._add_them(files)))

    def remove(self) -> None:
        """They are not wanted; it was confirmed before."""
        files = self._taken()
        self._tasks.start(self._guarded(lambda: self._remove_them(files)))

    def not_now(self) -> None:
        """The next start asks again."""
        self._offer([])

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except StorageError as error:
            self._screen.show_problem(explain_import(error))

    async def _look(self) -> None:
        await self._ready()
        self._offer(await self._orphans.find())

    async def _add_them(self, files: Sequence[Path]) -> None:
        report = await self._add(files)
        await self._orphans.added(report)
        left = set(files) & set(await self._orphans.find())
        self._offer([path for path in files if path in left])  # those that can't be read

    async def _remove_them(self, files: Sequence[Path]) -> None:
        await self._orphans.remove(files)
        self._screen.say(counted("Removed %Ln files", "", len(files), one="Removed %Ln file"))

    def _taken(self) -> list[Path]:
        """What is offered, and is not any more: nobody is asked about it twice."""
        files = self._offered
        self._offer([])
        return files

    def _offer(self, files: list[Path]) -> None:
        self._offered = files
        self._screen.show_orphans(len(files))
