"""Books in the library folder that no record names, and what a kill left."""

import asyncio
import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from kios_desktop.application.books import KeptBooks
from kios_desktop.application.cleanup import Cleanup
from kios_desktop.domain.errors import Full, StorageError
from kios_desktop.domain.library import Book, BookId, ImportOutcome, ImportReport, NewBook, Query
from kios_desktop.domain.record_kind import RecordKind
from kios_desktop.library.files import LibraryFiles
from kios_desktop.library.importer import Importer
from kios_desktop.library.orphans import Orphans
from kios_desktop.paths import Paths, profile_paths
from kios_desktop.storage.database import Database
from tests.books import PIXEL_PNG, BookDraft

LATER = time.time() + 3600  # a start after everything of this test


class FullBooks(KeptBooks):
    """A database on a disk without room."""

    async def add_all(self, new: Sequence[NewBook]) -> list[BookId]:
        raise Full("planned")


class Profile:
    """A library with three books in it, and whatever becomes of it."""

    def __init__(self, folder: Path) -> None:
        self.paths: Paths = profile_paths(folder / "profile")
        self.paths.create()
        self.sources = [
            BookDraft(title=f"Book {n}", cover=PIXEL_PNG).write(folder / f"{n}.epub")
            for n in range(3)
        ]

    async def open(self) -> None:
        self.database = await Database.open(self.paths.database)
        self.books = KeptBooks(self.database, self.paths.library)
        self.orphans = Orphans(self.books, self.paths.library, LATER)

    async def add(self, files: Sequence[Path], books: KeptBooks | None = None) -> ImportReport:
        importer = Importer(books or self.books, self.paths.library)
        return await importer.add(files, progress=lambda *_: None, cancelled=lambda: False)

    async def forget_all(self) -> None:
        """The database is lost."""
        await self.database.aclose()
        self.paths.database.unlink()
        await self.open()

    async def reopen(self) -> None:
        await self.database.aclose()
        await self.open()

    async def spoil(self) -> None:
        """The database is damaged."""
        await self.database.aclose()
        content = self.paths.database.read_bytes()
        self.paths.database.write_bytes(bytes(64) + content[64:])
        await self.open()

    def files(self) -> list[Path]:
        return sorted(path for path in self.paths.library.rglob("*.epub") if path.is_file())


@pytest.fixture
async def profile(tmp_path: Path) -> AsyncIterator[Profile]:
    made = Profile(tmp_path)
    await made.open()
    await made.add(made.sources)
    yield made
    await made.database.aclose()


async def test_books_that_the_library_knows_are_no_orphans(profile: Profile) -> None:
    assert len(profile.files()) == 3
    assert await profile.orphans.find() == []


async def test_books_of_a_lost_database_are_found_and_added_where_they_are(
    profile: Profile,
) -> None:
    before = {path: path.stat().st_ino for path in profile.files()}
    await profile.forget_all()
    found = await profile.orphans.find()
    assert sorted(found) == sorted(before)
    report = await profile.add(found)
    await profile.orphans.added(report)
    assert report.count(ImportOutcome.ADDED) == 3
    assert {path: path.stat().st_ino for path in profile.files()} == before, "none was copied"
    ids = await profile.books.ids(Query())
    assert {book.title for book in await profile.books.load(ids)} == {"Book 0", "Book 1", "Book 2"}
    assert await profile.orphans.find() == []


async def test_a_file_that_could_not_be_added_is_still_there(profile: Profile) -> None:
    """It may be the only one there is."""
    await profile.forget_all()
    found = await profile.orphans.find()
    report = await profile.add(found, FullBooks(profile.database, profile.paths.library))
    assert report.count(ImportOutcome.FAILED) == 3
    assert sorted(await profile.orphans.find()) == sorted(found)


async def test_a_book_is_written_again_where_the_file_there_has_other_bytes(
    profile: Profile,
) -> None:
    await profile.forget_all()
    file = profile.files()[0]
    right = file.read_bytes()
    file.write_bytes(b"x" * len(right))
    report = await profile.add(profile.sources)
    assert report.count(ImportOutcome.ADDED) == 3
    assert file.read_bytes() == right


async def test_a_file_under_the_name_of_other_bytes_is_added_once(profile: Profile) -> None:
    await profile.forget_all()
    file = profile.files()[0]
    wrong = file.with_name(f"{'ab' * 32}.epub")
    file.rename(wrong)
    found = await profile.orphans.find()
    assert wrong in found
    await profile.orphans.added(await profile.add(found))
    assert await profile.orphans.find() == []
    assert not wrong.exists()
    assert file.exists()


async def test_what_can_not_be_read_is_offered_until_it_is_removed(profile: Profile) -> None:
    broken = profile.paths.library / "books" / "ab" / f"{'ab' * 32}.epub"
    broken.parent.mkdir(exist_ok=True)
    broken.write_bytes(b"no book")
    found = await profile.orphans.find()
    assert found == [broken]
    await profile.orphans.added(await profile.add(found))
    assert await profile.orphans.find() == [broken]
    await profile.orphans.remove(found)
    assert await profile.orphans.find() == []
    assert len(profile.files()) == 3


async def test_what_others_put_there_is_left_alone(profile: Profile) -> None:
    for name in ("notes.epub", "AB" * 32 + ".epub", "ab" * 31 + ".epub", "ab" * 32 + ".txt"):
        path = profile.paths.library / "books" / "ab" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    assert await profile.orphans.find() == []


async def test_files_of_this_run_are_somebodys_work(profile: Profile) -> None:
    await profile.forget_all()
    begun = time.time() - 1
    orphans = Orphans(profile.books, profile.paths.library, begun)
    assert await orphans.find() == []
    for path in profile.files():
        os.utime(path, (begun - 9, begun - 9))
    assert len(await orphans.find()) == 3
    for path in profile.files():
        os.utime(path, (begun + 9e6, begun + 9e6))
    assert len(await orphans.find()) == 3, "a clock was ahead"


class OpenOnWindows:
    """Deleting as Windows does it: refused for a file that somebody has open."""

    def __init__(self) -> None:
        self.refused = 0

    def __call__(self, path: Path) -> None:
        for one in Path("/proc/self/fd").iterdir():
            if path.exists() and one.exists() and one.samefile(path):
                self.refused += 1
                raise PermissionError(errno.EACCES, "it is being used by another process")
        path.unlink()


async def removed_while_open(profile: Profile) -> Book:
    windows = OpenOnWindows()
    books = KeptBooks(profile.database, profile.paths.library, windows)
    [gone, *_] = await books.load(await books.ids(Query()))
    with (profile.paths.library / gone.file).open("rb"):
        await books.remove(gone.id)
    assert windows.refused == 1
    return gone


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs to know what is open")
async def test_a_removed_book_that_was_open_goes_at_a_later_start(profile: Profile) -> None:
    gone = await removed_while_open(profile)
    file = profile.paths.library / gone.file
    assert file.exists()
    assert len(await profile.books.ids(Query())) == 2
    assert await profile.orphans.find() == [], "nobody is asked about it"
    assert not file.exists()
    assert not (profile.paths.library / gone.cover).exists()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs to know what is open")
async def test_a_removed_book_that_stays_open_is_tried_again_at_each_start(
    profile: Profile,
) -> None:
    file = profile.paths.library / (await removed_while_open(profile)).file
    profile.orphans._files = LibraryFiles(profile.paths.library, OpenOnWindows())
    with file.open("rb"):
        assert await profile.orphans.find() == []
    assert file.exists()
    assert await profile.orphans.find() == []
    assert not file.exists()
    assert not list(file.parent.iterdir()), "nothing stays beside it"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs to know what is open")
async def test_a_removed_book_that_is_added_again_is_not_taken_for_left_over(
    profile: Profile,
) -> None:
    """Neither before its record is written nor when an older one says that it was removed."""
    gone = await removed_while_open(profile)
    file = profile.paths.library / gone.file
    with file.open("rb") as source:
        LibraryFiles(profile.paths.library).copy_book(source, gone.size_bytes, gone.hashes.sha256)
    assert await profile.orphans.find() == [file]
    assert file.exists()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs to know what is open")
async def test_nothing_is_deleted_after_a_backup_was_put_back(profile: Profile) -> None:
    file = profile.paths.library / (await removed_while_open(profile)).file
    await profile.database.back_up_if_due()
    await profile.spoil()
    assert profile.database.recovered_from is not None
    for _ in range(2):
        assert await profile.orphans.find() == [file]
        await profile.reopen()
    assert file.exists()


async def test_an_older_record_does_not_delete_a_book_that_was_added_again(
    profile: Profile,
) -> None:
    [book, *_] = await profile.books.load(await profile.books.ids(Query()))
    file = profile.paths.library / book.file
    copy = file.read_bytes()
    await profile.books.remove(book.id)
    await profile.database.back_up_if_due()
    (profile.sources[0].parent / "again.epub").write_bytes(copy)
    await profile.add([profile.sources[0].parent / "again.epub"])
    await profile.spoil()
    assert len(await profile.books.ids(Query())) == 2
    assert await profile.orphans.find() == [file]
    assert file.read_bytes() == copy
    await profile.orphans.added(await profile.add([file]))
    assert [one.id for one in await profile.books.load([book.id])] == [book.id], "its place, too"
    assert await profile.orphans.find() == []


@pytest.mark.parametrize("cell", [0, 1, -(2**62), 2**20, "x", 0.5])
async def test_a_record_that_a_flipped_bit_takes_away_is_offered(
    profile: Profile, cell: object
) -> None:
    [book, *_] = await profile.books.load(await profile.books.ids(Query()))
    await profile.database.run(
        lambda connection: connection.exec_driver_sql(
            "UPDATE books SET removed_at = ? WHERE id = ?", (cell, book.id)
        ).close()
    )
    told: list[RecordKind] = []
    profile.database.damage.listen(told.append)
    assert await profile.orphans.find() == [profile.paths.library / book.file]
    await asyncio.sleep(0.01)
    assert told == [RecordKind.BOOK]
    assert len(profile.files()) == 3


IMPORT = """
import asyncio, sys
from pathlib import Path
from kios_desktop.application.books import KeptBooks
from kios_desktop.library.importer import Importer
from kios_desktop.paths import profile_paths
from kios_desktop.storage.database import Database

async def main():
    paths = profile_paths(Path(sys.argv[1]))
    paths.create()
    database = await Database.open(paths.database)
    importer = Importer(KeptBooks(database, paths.library), paths.library)
    def progress(done, total):
        print(done, flush=True)
    await importer.add([Path(sys.argv[2])], progress=progress, cancelled=lambda: False)

asyncio.run(main())
"""


def kill_in_import(profile: Path, sources: Path, lines: int) -> None:
    """After so many files were copied, or said to be."""
    words = [sys.executable, "-c", IMPORT, str(profile), str(sources)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as importing:
        assert importing.stdout is not None
        for _ in range(lines):
            importing.stdout.readline()
        importing.kill()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as Unix does")
async def test_after_a_kill_in_an_import_nothing_is_left_that_nobody_asks_about(
    tmp_path: Path,
) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    for number in range(60):
        BookDraft(title=f"Book {number}").write(sources / f"{number}.epub")
    for lines in (1, 20, 45):
        kill_in_import(tmp_path / f"p{lines}", sources, lines)
        paths = profile_paths(tmp_path / f"p{lines}")
        database = await Database.open(paths.database)
        books = KeptBooks(database, paths.library)
        tidying = Cleanup(paths, books, time.time())
        await tidying.run()
        known = {book.file for book in await books.load(await books.ids(Query()))}
        files = [path for path in paths.data.rglob("*") if path.is_file()]
        there = {
            path.relative_to(paths.library).as_posix() for path in files if "books" in path.parts
        }
        offered = {
            path.relative_to(paths.library).as_posix() for path in await tidying.orphans.find()
        }
        assert there == known | offered
        assert not [path for path in files if path.suffix == ".part"]
        await database.aclose()


async def test_tidying_never_raises(profile: Profile) -> None:
    class Broken:
        put_back = False

        async def in_library(self, _hashes: object) -> dict[str, bool]:
            raise StorageError("planned")

    tidying = Cleanup(profile.paths, Broken(), time.time())
    for path in profile.files():
        os.utime(path, (1, 1))
    await tidying.run()
    assert tidying.done.is_set()


async def test_names_are_those_of_the_bytes(profile: Profile) -> None:
    for path in profile.files():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
