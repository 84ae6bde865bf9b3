"""What a command is: what it prints, and how far it goes into the library.

One that reads opens the database read-only, beside a Kios that runs. One that writes is carried
out by the Kios that runs, or here while none does: two never write at once. Imports no Qt.
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

if TYPE_CHECKING:  # slow to import, and not every command needs it
    from kios_desktop.storage.database import Database

Options = argparse.Namespace


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """What a command came to. With another `status` than 0 the text is one of the errors."""

    text: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Library:
    """What a command works on: the database, the folder of the books, and where it was called."""

    database: "Database"
    folder: Path
    called_in: Path


class BadWords(Exception):
    """Words that the command does not understand; the text says which, with the usage."""


class Parser(argparse.ArgumentParser):
    """Raises where `argparse` would end the process: it may be the one that shows windows."""

    def error(self, message: str) -> NoReturn:
        raise BadWords(f"{self.format_usage()}{self.prog}: {message}\n")


class Command(ABC):
    """One first word of the command line."""

    @abstractmethod
    def main(self, words: Sequence[str]) -> int:
        """Carry it out with the words besides its name; the exit status."""


class LibraryCommand(Command):
    """Does `work` on a library that is open. `describe` adds what words it takes."""

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
        except BadWords as e:
            return printed(CommandOutcome(str(e), 2))
        return printed(self.outcome(words, paths))

    @abstractmethod
    def outcome(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        """What it comes to in this process, with words that were understood."""

    async def perform(self, words: Sequence[str], library: Library) -> CommandOutcome:
        """Raises BadWords, KiosError."""
        return await self._work(self._parsed(words), library)

    def _parsed(self, words: Sequence[str]) -> Options:
        """Every command has `--profile`. Raises BadWords."""
        parser = Parser(prog=f"kios-desktop {self.name}", allow_abbrev=False)
        parser.add_argument(
            "--profile", type=Path, metavar="DIR", help="the profile, when it is not the usual one"
        )
        self._describe(parser)
        return parser.parse_args(list(words))


class Reading(LibraryCommand):
    """Looks into the library and changes nothing, whether or not Kios runs."""

    def outcome(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        from kios_desktop.storage.database import Database

        async def work() -> CommandOutcome:
            database = await Database.open_to_read(paths.database)
            try:
                return await self.perform(words, Library(database, paths.library, called_in()))
            finally:
                await database.aclose()

        return asyncio.run(said(work))


def paths_of(options: Options) -> Paths:
    return profile_paths(options.profile) if options.profile else user_paths()


def called_in() -> Path:
    """The folder that relative names mean; the root when it is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


async def said(work: Callable[[], Awaitable[CommandOutcome]]) -> CommandOutcome:
    """What the world did to a command, in words."""
    try:
        return await work()
    except KiosError as e:
        from kios_desktop.ui.kit.error_texts import explain  # slow to import, and seldom needed

        words = explain(e)
        return CommandOutcome(f"{words.title}. {words.text}\n", 1)


def printed(outcome: CommandOutcome) -> int:
    (sys.stderr if outcome.status else sys.stdout).write(outcome.text)
    return outcome.status
