"""Killed without a word while saving: the database opens, and at most one page turn is missing."""

import subprocess
import sys
from pathlib import Path

from kios_desktop.domain.library import BookId
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.positions import Positions
from tests.unit.storage.conftest import new_book

ROUNDS = 6
READER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from kios_desktop.domain.locator import Chapter, Locator, Place, Position
from kios_desktop.storage.database import Database
from kios_desktop.storage.positions import Positions

async def main():
    database = await Database.open(Path(sys.argv[1]))
    positions = Positions(database)
    for turn in range(int(sys.argv[2]), 10**9):
        here = Locator(Place(0, turn), "a", 10**9, 0.5, Chapter(0, ""))
        await positions.save(1, Position(here, datetime.now(UTC), ""))
        sys.stdout.write(f"{turn}\\n")
        sys.stdout.flush()

asyncio.run(main())
"""


async def test_killing_costs_at_most_the_last_page_turn(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    database = await Database.open(path)
    await Books(database).add_all([new_book(1)])
    await database.aclose()
    first = 1
    for number in range(ROUNDS):
        said = run_and_kill(path, first, lines=20 + 37 * number)
        database = await Database.open(path)
        last = await Positions(database).last(BookId(1))
        await database.aclose()
        assert database.recovered_from is None
        assert last is not None and said <= last.locator.place.ordinal
        first = last.locator.place.ordinal + 1


def run_and_kill(path: Path, first: int, lines: int) -> int:
    """The last page turn that was reported as saved before the kill."""
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(path), str(first)], stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None
    said = 0
    for _ in range(lines):
        said = int(reader.stdout.readline())
    reader.kill()
    reader.wait()
    rest = reader.stdout.read().split("\n")[:-1]
    reader.stdout.close()
    return int(rest[-1]) if rest else said
