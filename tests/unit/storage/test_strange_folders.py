"""A profile may be in a folder of any name, and so may Kios itself."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import kios_desktop
from kios_desktop.application.books import KeptBooks
from kios_desktop.domain.library import BookId
from kios_desktop.library.importer import Importer
from kios_desktop.paths import profile_paths
from kios_desktop.storage import backup, write_ahead
from kios_desktop.storage.database import Database
from tests.books import BookDraft
from tests.unit.storage.older import make_older

NAMES = (
    "100%",
    "a?b#c",
    "[x]",
    "ü",
    "a b",
    "%41%zz",
    "a;b&c=d",
    "file:x",
    os.fsdecode(b"\xff\xfe"),
)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_a_profile_may_be_called_anything(tmp_path: Path, name: str) -> None:
    book = BookDraft(title="Kept").write(tmp_path / "a.epub")
    paths = profile_paths(tmp_path / name)
    try:
        paths.create()
    except OSError:
        pytest.skip("this system knows no such name")
    database = await Database.open(paths.database)
    importer = Importer(KeptBooks(database, paths.library), paths.library)
    report = await importer.add([book], progress=lambda *_: None, cancelled=lambda: False)
    assert report.items[0].error is None
    write_ahead.write_back(paths.database, 1)
    await database.back_up_if_due()
    await database.aclose()
    assert len(backup.backups(paths.data / "backups", datetime.now(UTC))) == 1
    paths.database.write_bytes(b"damaged" * 999)

    database = await Database.open(paths.database)
    books = KeptBooks(database, paths.library)
    found = await books.get(BookId(1))
    assert (found.title, database.recovered_from is not None) == ("Kept", True)
    assert (paths.library / found.file).exists()
    await books.remove(found.id)
    await database.aclose()
    assert names_in(tmp_path) == {"a.epub", name}


UPGRADE = """
import asyncio, sys
from pathlib import Path
from kios_desktop.storage.database import Database
async def main(path):
    await (await Database.open(path)).aclose()
asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("name", ["100%", "%(here)s", "a:b;c d"])
def test_kios_may_be_installed_anywhere_and_upgrades(tmp_path: Path, name: str) -> None:
    home, path = tmp_path / name, tmp_path / "library.db"
    skipped = shutil.ignore_patterns("__pycache__", "ui")
    shutil.copytree(Path(kios_desktop.__file__).parent, home / "kios_desktop", ignore=skipped)
    make_older(path)
    # `PYTHONPATH` knows no name with a separator in it
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(home)!r})\n{UPGRADE}"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [*words, str(path)], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM downloads").fetchone() == (0,)
