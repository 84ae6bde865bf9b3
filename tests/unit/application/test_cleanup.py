"""What a start clears away and closes to others, and what it leaves alone."""

import os
import time
from collections.abc import Collection
from pathlib import Path

import pytest

from kios_desktop.application.cleanup import Cleanup
from kios_desktop.application.own_files import own_files
from kios_desktop.paths import Paths, profile_paths

posix = pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes")
BOOK = "ab" * 32
HASH = "cd" * 20
UNFINISHED = (
    f"data/library/books/ab/{BOOK}.epub.7.part",
    f"data/library/books/ab/{BOOK}.outline.7.part",
    "data/backups/library-20260101T000000000000Z.part",
    f"cache/feeds/5eed/{HASH}.9.part",
    "this-computer/added.json.part",
    "this-computer/device.json.part",
    "this-computer/windows.json.part",
    "passwords.sealed.part",
)
KEPT = (
    "data/kios.sqlite3",
    "data/kios.sqlite3-wal",
    "data/kios.sqlite3.damaged-20260101T000000000000Z",
    "data/last-turns",
    "data/backups/library-20260101T000000000000Z.db",
    f"data/library/books/ab/{BOOK}.epub",
    f"data/library/books/ab/{BOOK}.outline",
    f"data/library/covers/{BOOK}.png",
    "data/library/downloads/3.part",
    "data/library/downloads/4/A Book.epub",
    f"cache/feeds/5eed/{HASH}.json",
    f"cache/catalog-covers/5eed/{BOOK}",
    "logs/kios.log",
    "logs/kios.log.1",
    "this-computer/added.json",
    "this-computer/running.lock",
    "passwords.sealed",
)
OTHERS = (
    "film.mkv.part",
    "data/film.mkv.part",
    "data/work/run.sh",
    "data/work/kios.sqlite3.part",
    "data/backups/holidays.part",
    "data/backups/2019/library-20260101T000000000000Z.part",
    "data/library/books/novel.epub.part",
    "data/library/books/novels/a.epub.7.part",
    "data/library/books/ab/a.epub.7.part",
    "cache/pip/wheel.part",
    "cache/feeds/mine.xml",
    "logs/httpd/access.log",
    "logs/notes.part",
    "this-computer/inventory.part",
    "this-computer/run.sh",
)


class NoRecords:
    put_back = False

    async def in_library(self, hashes: Collection[str]) -> dict[str, bool]:
        return dict.fromkeys(hashes, True)


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        path.write_bytes(b"x")
        path.chmod(0o755)
        os.utime(path, (1, 1))


async def tidy(paths: Paths) -> None:
    paths.create()
    await Cleanup(paths, NoRecords(), time.time() - 60).run()


def names(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


async def test_what_is_unfinished_goes_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, *UNFINISHED, *KEPT, *OTHERS)
    new = UNFINISHED[0].replace(".7.", ".8.")
    write(tmp_path, new)
    os.utime(tmp_path / new)
    await tidy(profile_paths(tmp_path))
    assert names(tmp_path) == {*KEPT, *OTHERS, new}


def modes(root: Path) -> dict[str, int]:
    return {
        path.relative_to(root).as_posix(): path.stat().st_mode & 0o777
        for path in (root, *root.rglob("*"))
    }


@posix
async def test_only_what_is_ours_is_closed_to_others(tmp_path: Path) -> None:
    """An older Kios made it for all to look into."""
    write(tmp_path, *KEPT, *OTHERS)
    before = modes(tmp_path)
    await tidy(profile_paths(tmp_path))
    ours = {str(folder) for name in KEPT for folder in Path(name).parents} | set(KEPT)
    assert ours < set(before), "the reader's own folder among them, which stays as it is"
    assert modes(tmp_path) == before | dict.fromkeys(ours - {"."}, 0o700)


@posix
async def test_a_link_out_of_the_profile_changes_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside, "kios.log", f"ab/{BOOK}.epub.7.part")
    paths = profile_paths(tmp_path / "profile")
    paths.create()
    (paths.library / "books").symlink_to(outside)
    (paths.logs / "kios.log").symlink_to(outside / "kios.log")
    before = modes(outside)
    await tidy(paths)
    assert names(outside) == {"kios.log", f"ab/{BOOK}.epub.7.part"}
    assert modes(outside) == before


async def test_folders_of_the_user_are_those_of_the_platform(tmp_path: Path) -> None:
    """There what is this computer's is inside the folder of the data."""
    data = tmp_path / "Kios Desktop"
    paths = Paths(data, tmp_path / "cache", tmp_path / "logs", data / "this-computer")
    write(data, "passwords.sealed", "this-computer/added.json", "kios.sqlite3")
    found = [path.relative_to(data).as_posix() for path in own_files(paths)]
    assert sorted(found) == ["kios.sqlite3", "passwords.sealed", "this-computer/added.json"]


async def test_files_of_dictionaries_are_known_by_their_names(tmp_path: Path) -> None:
    paths = profile_paths(tmp_path)
    place = f"data/dictionaries/{7:032x}"
    ours = [f"{place}/dictionary.{end}" for end in ("dict", "dict.dz", "idx", "ifo", "syn")]
    ours += [f"{place}/words", f"{place}/words.part", "data/dictionaries/x.part/dictionary.idx"]
    write(tmp_path, *ours, f"{place}/notes", "data/dictionaries/mine/dictionary.idx")
    found = [path.relative_to(tmp_path).as_posix() for path in own_files(paths)]
    assert sorted(found) == sorted(ours)
