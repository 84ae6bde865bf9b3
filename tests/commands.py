"""Commands that only tests have, and a `kios-desktop` that knows them: python -m tests.commands …

`titles` reads the library, `favourite TITLE` marks a book as finished, `fall` fails.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from kios_desktop.__main__ import main
from kios_desktop.cli.command import CommandOutcome, Library, Options, Parser, Reading
from kios_desktop.cli.registry import COMMANDS
from kios_desktop.cli.writing import Writing
from kios_desktop.domain.library import Query
from kios_desktop.storage.books import Books


def one_file(parser: Parser) -> None:
    parser.add_argument("file", type=Path)


async def titles(_options: Options, library: Library) -> CommandOutcome:
    books = Books(library.database)
    found = [await books.get(book) for book in await books.ids(Query())]
    marks = {True: "finished", False: "open"}
    lines = sorted(f"{b.title}: {marks[b.finished_at is not None]}\n" for b in found)
    return CommandOutcome("".join(lines))


async def finish(options: Options, library: Library) -> CommandOutcome:
    """Marks the book whose title a file holds; the file is named as seen from the caller."""
    title = (library.called_in / options.file).read_text(encoding="utf-8").strip()
    books = Books(library.database)
    for book_id in await books.ids(Query()):
        if (await books.get(book_id)).title == title:
            await books.mark_finished(book_id, datetime.now(UTC))
            return CommandOutcome(f"{title} is finished.\n")
    return CommandOutcome(f"No book is called {title}.\n", 1)


async def fall(_options: Options, _library: Library) -> CommandOutcome:
    raise RuntimeError("a mistake of ours")


async def write_by_reading(_options: Options, library: Library) -> CommandOutcome:
    await library.database.run(lambda connection: connection.exec_driver_sql("DELETE FROM books"))
    return CommandOutcome("deleted\n")


def nothing(_parser: Parser) -> None:
    """No words of its own."""


WITH = {
    "titles": Reading("titles", nothing, titles),
    "finish": Writing("finish", one_file, finish),
    "fall": Writing("fall", nothing, fall),
    "sneak": Reading("sneak", nothing, write_by_reading),
}


def register() -> None:
    for name in WITH:
        COMMANDS[name] = f"tests.command_{name}"
        sys.modules[f"tests.command_{name}"] = type(sys)(f"tests.command_{name}")
        sys.modules[f"tests.command_{name}"].COMMAND = WITH[name]  # type: ignore[attr-defined]


if __name__ == "__main__":
    register()
    raise SystemExit(main())
