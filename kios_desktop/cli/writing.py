"""Commands that change the library: by the Kios that runs, or here while none does."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from kios_desktop.cli.command import (
    BadWords,
    Command,
    Library,
    Options,
    Outcome,
    Parser,
    parsed,
    paths_of,
    printed,
    said,
)
from kios_desktop.cli.registry import COMMANDS, load
from kios_desktop.domain.path_text import path_to_text, text_to_path
from kios_desktop.paths import Paths
from kios_desktop.storage.database import Database
from kios_desktop.ui.single_instance import Errand, Reply, SingleInstance

log = logging.getLogger(__name__)

BREATH_S = 0.05  # between two looks at who else wants to start


class Writing(Command):
    """`write` is called with the options and the library, in whichever process that is open."""

    def __init__(
        self,
        name: str,
        describe: Callable[[Parser], None],
        write: Callable[[Options, Library], Awaitable[Outcome]],
    ) -> None:
        self._name, self._describe, self._write = name, describe, write

    def main(self, words: Sequence[str]) -> int:
        from PySide6.QtCore import QCoreApplication

        try:
            paths = paths_of(parsed(self._name, self._describe, words))
        except BadWords as e:
            return printed(Outcome(str(e), 2))
        _qt = QCoreApplication.instance() or QCoreApplication(["kios-desktop"])
        errand = Errand(self._name, [os.fsencode(word) for word in words], _here())
        try:
            paths.create()
            instance = SingleInstance(paths.lock)
            reply = instance.take_or_send(errand)
        except OSError as e:
            text = f"Kios can’t write to its folder. {paths.data}: {e.strerror or e}.\n"
            return printed(Outcome(text, 1))
        if reply is not None:
            return printed(Outcome(reply.text, reply.status))
        instance.leave()  # who starts now is to wait: no window comes of this process
        try:
            return printed(asyncio.run(said(lambda: self._alone(words, paths))))
        finally:
            instance.release()

    async def perform(self, words: Sequence[str], library: Library) -> Outcome:
        """Carry it out on a library that is open. Raises BadWords, KiosError."""
        return await self._write(parsed(self._name, self._describe, words), library)

    async def _alone(self, words: Sequence[str], paths: Paths) -> Outcome:
        answering = asyncio.create_task(_answer_others())
        database = await Database.open(paths.database)
        try:
            return await self.perform(words, Library(database, paths.library, Path.cwd()))
        finally:
            await database.aclose()
            answering.cancel()


async def carry_out(errand: Errand, database: Database, folder: Path) -> Reply:
    """In the Kios that runs: what a second start was called for. Never raises."""
    if errand.command not in COMMANDS:
        return Reply(1, f"The Kios that runs knows no command “{errand.command}”.\n")
    library = Library(database, folder, text_to_path(errand.called_in))
    words = [os.fsdecode(word) for word in errand.words]

    async def work() -> Outcome:
        command = load(errand.command)
        if not isinstance(command, Writing):
            return Outcome(f"“{errand.command}” needs no Kios that runs.\n", 1)
        return await command.perform(words, library)

    try:
        done = await said(work)
    except BadWords as e:
        done = Outcome(str(e), 2)
    except Exception:
        log.exception("the command %s failed", errand.command)
        done = Outcome("Something went wrong in Kios. The log has the details.\n", 1)
    return Reply(done.status, done.text)


async def _answer_others() -> None:
    """Whoever starts Kios meanwhile is told to wait for its turn."""
    from PySide6.QtCore import QCoreApplication

    while True:
        QCoreApplication.processEvents()
        await asyncio.sleep(BREATH_S)


def _here() -> str:
    with contextlib.suppress(OSError):  # the folder may be gone
        return path_to_text(Path.cwd())
    return "/"
