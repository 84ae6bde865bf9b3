"""`kios-desktop library`: keeps everything in one file, and fills an empty profile from it.

A backup is made beside a running Kios. Restoring needs the profile for itself.
"""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kios_desktop.application.whole_profile import profile_of
from kios_desktop.cli.command import (
    CommandOutcome,
    Library,
    Options,
    Parser,
    with_errors_as_text,
    working_folder,
)
from kios_desktop.cli.writing import Writing
from kios_desktop.domain.archive import ArchiveSummary
from kios_desktop.domain.errors import ArchiveError, ArchiveFault
from kios_desktop.paths import Paths
from kios_desktop.storage.archive import restore_archive, write_archive


class LibraryFileCommand(Writing):
    """`library backup FILE` and `library restore FILE`."""

    def outcome(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        options = self._parsed(words)
        if options.action == "restore":
            return super().outcome(words, paths)
        return asyncio.run(with_errors_as_text(lambda: _backup(options, paths)))

    async def _alone(self, words: Sequence[str], paths: Paths) -> CommandOutcome:
        options = self._parsed(words)
        file = working_folder() / options.file
        summary = await asyncio.to_thread(restore_archive, file, profile_of(paths))
        lines = [f"{_counted(summary)} restored from {options.file}."]
        if not summary.with_books:
            lines.append(
                "The backup has no files of books. Add them again: their places and marks are kept."
            )
        lines.append("Passwords are in no backup: Kios asks for them.")
        return CommandOutcome("".join(f"{line}\n" for line in lines))


def _describe(parser: Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="backup|restore", required=True)
    backup = actions.add_parser("backup", allow_abbrev=False, help="write everything to a file")
    backup.add_argument("file", type=Path, metavar="FILE", help="replaced if it is there")
    backup.add_argument(
        "--no-books", action="store_true", help="without the files of the books: a small backup"
    )
    restore = actions.add_parser("restore", allow_abbrev=False, help="fill an empty profile")
    restore.add_argument("file", type=Path, metavar="FILE", help="a backup")
    for action in (backup, restore):  # before the word or after it
        action.add_argument(
            "--profile",
            type=Path,
            metavar="DIR",
            default=argparse.SUPPRESS,
            help="the profile, when it is not the usual one",
        )


async def _backup(options: Options, paths: Paths) -> CommandOutcome:
    file, books = working_folder() / options.file, not options.no_books
    summary = await asyncio.to_thread(
        write_archive, file, profile_of(paths), datetime.now(UTC), books=books
    )
    text = f"{_counted(summary)} written to {options.file}"
    missing = f"; {summary.missing} files were missing" if summary.missing else ""
    return CommandOutcome(f"{text}{missing}.\n")


async def _refuse(_options: Options, _library: Library) -> CommandOutcome:
    """In the Kios that runs: everything in it would have to be replaced."""
    raise ArchiveError(ArchiveFault.RUNNING)


def _counted(summary: ArchiveSummary) -> str:
    books = f"{summary.books} book{'' if summary.books == 1 else 's'}"
    return books if summary.with_books else f"{books} without their files"


COMMAND = LibraryFileCommand("library", _describe, _refuse)
