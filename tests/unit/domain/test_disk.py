"""What is on the disk, and for whose eyes."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kios_desktop.domain.disk import make_folder, settle, write_private
from tests.books import PIXEL_PNG, BookDraft

posix = pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes")


class Drive:
    """A system whose fsync leaves the data in the drive, as that of macOS does."""

    def __init__(self, refuses: int = 0) -> None:
        self.asked: list[str] = []
        self._refuses = refuses

    def whole(self, _descriptor: int) -> None:
        self.asked.append("whole")
        if self._refuses:
            raise OSError(self._refuses, os.strerror(self._refuses))

    def half(self, _descriptor: int) -> None:
        self.asked.append("half")


def test_a_mac_is_asked_for_all_that_its_drive_has_in_memory() -> None:
    drive = Drive()
    settle(7, drive.whole, drive.half)
    assert drive.asked == ["whole"]


@pytest.mark.parametrize("refusal", [errno.ENOTSUP, errno.EINVAL, errno.ENOTTY])
def test_a_share_that_knows_no_whole_sync_is_asked_for_what_it_knows(refusal: int) -> None:
    drive = Drive(refusal)
    settle(7, drive.whole, drive.half)
    assert drive.asked == ["whole", "half"]


def test_a_drive_that_fails_is_not_taken_for_one_that_knows_no_whole_sync() -> None:
    drive = Drive(errno.EIO)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        settle(7, drive.whole, drive.half)
    assert drive.asked == ["whole"]


def test_other_systems_are_asked_for_their_fsync(tmp_path: Path) -> None:
    drive = Drive()
    settle(7, None, drive.half)
    assert drive.asked == ["half"]
    with (tmp_path / "a").open("wb") as file:
        settle(file.fileno())


PROFILE = """
import os, sys
os.umask(0o022)
import asyncio, logging
from datetime import UTC, datetime
from pathlib import Path
from kios_desktop import log
from kios_desktop.domain.catalog import Feed
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Chapter, Locator, Place, Position
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.library.downloads.files import DownloadFiles
from kios_desktop.library.importer import Importer
from kios_desktop.library.known_files import KnownFiles
from kios_desktop.paths import profile_paths
from kios_desktop.protocols.http.part_file import PartFile
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.device import device_id
from kios_desktop.storage.last_turns import LastTurns
from kios_desktop.storage.secrets import SealedFile
from kios_desktop.ui.kit.window_memory import WindowMemory

async def main(profile, book):
    paths = profile_paths(profile)
    paths.create()
    log.set_up(paths.logs)
    logging.getLogger("a").warning("a line")
    database = await Database.open(paths.database)
    books = Books(database)
    known = KnownFiles(paths.machine / "added.json", now_ns=lambda: 2**62)
    await Importer(books, paths.library, known).add(
        [book], progress=lambda *_: None, cancelled=lambda: False)
    turns = LastTurns(paths.database.with_name("last-turns"))
    here = Locator(Place(0, 1), "a", 9, 0.5, Chapter(0, ""))
    turns.note(BookId(1), Position(here, datetime.now(UTC), ""))
    await database.back_up_if_due()
    device_id(paths.machine / "device.json", "here")
    SealedFile(paths.machine / "sealed", "a passphrase")
    memory = WindowMemory(paths.machine / "windows.json", lambda save: save())
    memory.keep("a", True)
    files = DownloadFiles(paths.library / "downloads")
    async with await PartFile.open(files.part(1), 0) as part:
        await part.add(b"x")
    files.complete(1, "a.epub")
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    sys.stdin.readline()  # the log of the database is there now
    await database.aclose()

asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
"""


def open_to_others(folder: Path) -> list[str]:
    return sorted(
        f"{path.relative_to(folder)} {path.stat().st_mode & 0o777:o}"
        for path in folder.rglob("*")
        if path.lstat().st_mode & 0o077
    )


@posix
def test_all_that_a_profile_is_made_of_is_for_nobody_else(tmp_path: Path) -> None:
    book = BookDraft(cover=PIXEL_PNG).write(tmp_path / "a.epub")
    os.utime(book, (1, 1))
    profile = tmp_path / "profile"
    words = [sys.executable, "-c", PROFILE, str(profile), str(book)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "ready\n"
        made = {path.name for path in profile.rglob("*")}
        seen = open_to_others(profile)
        maker.communicate("go\n", timeout=60)
    assert maker.returncode == 0
    assert {
        "kios.sqlite3", "kios.sqlite3-wal", "kios.sqlite3-shm", "last-turns", "kios.log",
        "device.json", "sealed", "windows.json", "added.json", "a.epub",
    } <= made  # fmt: skip
    assert seen == []
    assert open_to_others(profile) == []


@posix
def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    write_private(tmp_path / "a" / "b" / "c", b"x")
    assert f"{tmp_path.stat().st_mode & 0o777:o}" == "755"
    assert open_to_others(tmp_path) == []
