"""The base of commands.

A reading command opens the database read-only, beside a running Kios. A writing command is run by
the running Kios, or by this process if none runs, so that two never write at once. Imports no Qt.
"""

import argparse
import asyncio
import sys
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kios_desktop.domain.errors import KiosError
from kios_desktop.paths import Paths, profile_paths, user_paths

if TYPE_CHECKING:  # slow to import, and not needed by every command
    from kios_desktop.domain.library import BookId
    from kios_desktop.storage.database import Database

Options = argparse.Namespace


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """The result of a command; with a `status` other than 0 the text goes to standard error."""

    text: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Library:
    """The database, the folder of the books, and the working folder of the call.

    `marks_changed` is to be called after the marks of a book were changed.
    """

    database: "Database"
    folder: Path
    called_in: Path
    marks_changed: "Callable[[BookId], object]" = lambda _book: None


class BadArguments(Exception):
    """The command does not understand its words; the text has them and the usage."""


class Parser(argparse.ArgumentParser):
    """Raises where `argparse` would end the process, which may be the running Kios."""

    def error(self, message: str) -> NoReturn:
        raise BadArguments(f"{self.format_usage()}{self.prog}: {message}\n")


class Command(ABC):
    """A command of the command line."""

    @abstractmethod
    def main(self, words: Sequence[str]) -> int:
        """Run the command with the words after its name. Returns the exit status."""


class LibraryCommand(Command):
    """Calls `work` with an open library. `describe` adds its options to the parser."""

    def __init__(
        self,
        name: str,
        describe: Callable[[Parser], None],
        work: Callable[[Options, Library], Awaitable[CommandOutcome]],
    ) -> None:
        self.name, self._describe, self._work = name, describe, work

    def main(self, words: Sequence[str]) -> int:
        try:
            paths = paths_of(self._parsed(words))
        except BadArguments as e:
            return print_outcome(CommandOutcome(str(e), 2))
        return print_outcome(self.outcome(words, paths))

    @abstractmethod
    def outcome(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        """The result in this process, for words that were parsed before."""

    async def perform(self, words: Sequence[str], library: Library) -> CommandOutcome:
        """Raises BadArguments, KiosError."""
        return await self._work(self._parsed(words), library)

    def _parsed(self, words: Sequence[str]) -> Options:
        """Parse the words; every command has `--profile`. Raises BadArguments."""
        parser = Parser(prog=f"kios-desktop {self.name}", allow_abbrev=False)
        parser.add_argument(
            "--profile", type=Path, metavar="DIR", help="the profile, when it is not the usual one"
        )
        self._describe(parser)
        return parser.parse_args(list(words))


class Reading(LibraryCommand):
    """A command that only reads the library, whether or not Kios runs."""

    def outcome(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        from kios_desktop.storage.database import Database

        async def work() -> CommandOutcome:
            database = await Database.open_to_read(paths.database)
            try:
                return await self.perform(words, Library(database, paths.library, working_folder()))
            finally:
                await database.aclose()

        return asyncio.run(with_errors_as_text(work))


def paths_of(options: Options) -> Paths:
    return profile_paths(options.profile) if options.profile else user_paths()


def working_folder() -> Path:
    """The working folder; the root if it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


async def with_errors_as_text(work: Callable[[], Awaitable[CommandOutcome]]) -> CommandOutcome:
    """Run `work`, with errors as texts."""
    try:
        return await work()
    except KiosError as e:
        from kios_desktop.ui.kit.error_texts import explain  # slow to import, and rarely needed

        words = explain(e)
        return CommandOutcome(f"{words.title}. {words.text}\n", 1)


def print_outcome(outcome: CommandOutcome) -> int:
    (sys.stderr if outcome.status else sys.stdout).write(outcome.text)
    return outcome.status
