"""Commands that change the library: run by the running Kios, or here if none runs."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from kios_desktop.cli.command import (
    BadArguments,
    CommandOutcome,
    Library,
    LibraryCommand,
    with_errors_as_text,
    working_folder,
)
from kios_desktop.cli.registry import COMMANDS, load
from kios_desktop.domain.library import BookId
from kios_desktop.domain.path_text import path_to_text, text_to_path
from kios_desktop.domain.text import mended
from kios_desktop.paths import Paths
from kios_desktop.startup.single_instance import CommandReply, ForwardedCommand, SingleInstance
from kios_desktop.storage.database import Database
from kios_desktop.ui.kit.translation import tr

log = logging.getLogger(__name__)

BREATH_S = 0.05  # between two checks for second starts


class Writing(LibraryCommand):
    """A command that changes the library, in the process that has it open."""

    def outcome(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        from PySide6.QtCore import QCoreApplication

        _qt = QCoreApplication.instance() or QCoreApplication(["kios-desktop"])
        encoded = [os.fsencode(word) for word in words]
        forwarded = ForwardedCommand(self.name, encoded, path_to_text(working_folder()))
        try:
            paths.create()
            instance = SingleInstance(paths.lock)
            reply = instance.take_or_send(forwarded)
        except OSError as e:
            text = tr(
                "Kios can’t write to its folder. {folder}: {error}.",
                folder=paths.data,
                error=e.strerror or e,
            )
            return CommandOutcome(text + "\n", 1)
        if reply is not None:
            return CommandOutcome(reply.text, reply.status)
        instance.refuse_requests()  # a second start waits: this process shows no window
        try:
            return asyncio.run(with_errors_as_text(lambda: self._answering(words, paths)))
        finally:
            instance.release()

    async def _answering(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        answering = asyncio.create_task(_answer_others())
        try:
            return await self._alone(words, paths)
        finally:
            answering.cancel()

    async def _alone(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        """The result where no Kios runs, with the lock of the profile."""
        database = await Database.open(paths.database)
        try:
            return await self.perform(words, Library(database, paths.library, working_folder()))
        finally:
            await database.aclose()


async def carry_out(
    forwarded: ForwardedCommand,
    database: Database,
    folder: Path,
    marks_changed: Callable[[BookId], object],
) -> CommandReply:
    """Run the command of a second start in the running Kios, see `Library`. Never raises."""
    if forwarded.command not in COMMANDS:
        text = tr("The Kios that runs knows no command “{command}”.", command=forwarded.command)
        return CommandReply(1, text + "\n")
    library = Library(database, folder, text_to_path(forwarded.called_in), marks_changed)
    words = [os.fsdecode(word) for word in forwarded.words]

    async def work() -> CommandOutcome:
        command = load(forwarded.command)
        if not isinstance(command, Writing):
            text = tr("“{command}” needs no Kios that runs.", command=forwarded.command)
            return CommandOutcome(text + "\n", 1)
        return await command.perform(words, library)

    try:
        done = await with_errors_as_text(work)
    except BadArguments as e:
        done = CommandOutcome(str(e), 2)
    except Exception:
        log.exception("the command %s failed", forwarded.command)
        text = tr("Something went wrong in Kios. The log has the details.")
        done = CommandOutcome(text + "\n", 1)
    return CommandReply(done.status, mended(done.text))  # it may name a file


async def _answer_others() -> None:
    """Process events, so that a second start is told to wait."""
    from PySide6.QtCore import QCoreApplication

    while True:
        QCoreApplication.processEvents()
        await asyncio.sleep(BREATH_S)
