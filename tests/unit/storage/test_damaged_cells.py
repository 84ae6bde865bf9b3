"""One cell that holds what was never put there: its record may go, and no other."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kios_desktop.storage.database import Database
from kios_desktop.storage.secrets import InMemory
from kios_desktop.storage.tables import metadata
from tests.effort import few
from tests.profiles import EVERYTHING, Stores, make_database

pytestmark = pytest.mark.slow

DAMAGE = {
    "no UTF-8": "CAST(x'ff7b22c328' AS TEXT)",
    "other text": "'{'",
    "bytes": "x'00ff01'",
    "a huge number": "9223372036854775807",
    "a fraction": "-0.5e300",
}
CELLS = [
    (table.name, column.name)
    for table in metadata.sorted_tables
    for column in table.columns
    if not (column.primary_key and column.name in {"id", "book_id"})
]


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, InMemory]:
    import asyncio

    path = tmp_path_factory.mktemp("profile") / "library.db"
    return path, asyncio.run(make_database(path))


@pytest.mark.parametrize(("table", "column"), few(CELLS, 10), ids=lambda name: name)
async def test_one_bad_record_stops_no_other(
    table: str, column: str, profile: tuple[Path, InMemory], tmp_path: Path
) -> None:
    path = tmp_path / "library.db"
    left = dict(DAMAGE)
    while left:
        shutil.copyfile(profile[0], path)
        done = spoil(path, table, column, left)
        assert done, f"the profile has nothing in {table}"
        database = await Database.open(path)
        stores = Stores(database, profile[1])
        found = await stores.read()
        assert [repr(error) for error in found.escaped] == [], done
        assert [repr(error) for error in found.errors] == [], done
        if table != "kobo_shelves":
            most = 2 * len(done)  # a book has two visits
            assert all(count <= most for count in found.lost().values()), (done, found.lost())
        written = await stores.write()
        assert [repr(error) for error in written.escaped] == [], done
        await database.aclose()


def spoil(path: Path, table: str, column: str, left: dict[str, str]) -> list[str]:
    """Put one damage into each third row, as many as there is room for; their names."""
    done = []
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        rows = connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall()
        for (row,) in rows[: 3 * len(left) : 3]:
            name, value = left.popitem()
            connection.execute(f"UPDATE {table} SET {column} = {value} WHERE rowid = {row}")
            done.append(name)
        connection.commit()
    return done


async def test_what_is_whole_is_read_whole(profile: tuple[Path, InMemory]) -> None:
    database = await Database.open(profile[0])
    found = await Stores(database, profile[1]).read()
    assert (found.errors, found.escaped, found.counts) == ([], [], EVERYTHING)
    await database.aclose()
