"""Commands that change the library: by the Kios that runs, or here while none does."""

import asyncio
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from kios_desktop.cli.command import BadWords, Library, LibraryCommand, Outcome, called_in, said
from kios_desktop.cli.registry import COMMANDS, load
from kios_desktop.domain.path_text import path_to_text, text_to_path
from kios_desktop.paths import Paths
from kios_desktop.startup.single_instance import Errand, Reply, SingleInstance
from kios_desktop.storage.database import Database

log = logging.getLogger(__name__)

BREATH_S = 0.05  # between two looks at who else wants to start


class Writing(LibraryCommand):
    """Changes the library, in whichever process it is open."""

    def outcome(self, words: Sequence[str], paths: Paths) -> Outcome:
        from PySide6.QtCore import QCoreApplication

        _qt = QCoreApplication.instance() or QCoreApplication(["kios-desktop"])
        encoded = [os.fsencode(word) for word in words]
        errand = Errand(self.name, encoded, path_to_text(called_in()))
        try:
            paths.create()
            instance = SingleInstance(paths.lock)
            reply = instance.take_or_send(errand)
        except OSError as e:
            text = f"Kios can’t write to its folder. {paths.data}: {e.strerror or e}.\n"
            return Outcome(text, 1)
        if reply is not None:
            return Outcome(reply.text, reply.status)
        instance.leave()  # who starts now is to wait: no window comes of this process
        try:
            return asyncio.run(said(lambda: self._alone(words, paths)))
        finally:
            instance.release()

    async def _alone(self, words: Sequence[str], paths: Paths) -> Outcome:
        answering = asyncio.create_task(_answer_others())
        database = await Database.open(paths.database)
        try:
            return await self.perform(words, Library(database, paths.library, called_in()))
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
