"""A full disk, a file that goes away, a damaged database: said, and nothing lost."""

import asyncio
import random
from pathlib import Path

import pytest

from kios_desktop.paths import profile_paths
from tests.books import BookDraft
from tests.disks import fill, small_disk
from tests.e2e.reader import Reader

__all__ = ["small_disk"]

pytestmark = [pytest.mark.gui, pytest.mark.slow]


def long_book(folder: Path, megabytes: float = 0.2) -> Path:
    """A book whose file is about so large: noise does not compress."""
    noise = random.Random(1).randbytes(int(megabytes * 1_000_000)).hex(" ", 4)
    paragraphs = "".join(f"<p>{noise[i : i + 600]}</p>" for i in range(0, len(noise), 600))
    return BookDraft(chapters=[paragraphs, "<p>The end.</p>"]).write(folder / "long.epub")


def remove(path: str) -> None:
    Path(path).unlink()


async def test_full_disk_keeps_the_place_in_memory_until_there_is_space(
    tmp_path: Path, small_disk: Path
) -> None:
    reader = await Reader.start(small_disk / "profile")
    await reader.do("open", str(long_book(tmp_path)))
    first = await reader.do("turn", 1)
    assert (await reader.do("kept"))["at"] == first["at"]
    filler = fill(small_disk)
    last = first
    for _ in range(40):  # until what SQLite set aside is used up too
        last = await reader.do("turn", 1)
        if (await reader.do("kept"))["error"]:
            break
    assert (await reader.do("kept"))["error"] == "Full"
    reader.send("kept")  # waits for the disk, a second long
    before = reader.cpu_s()
    await asyncio.sleep(0.8)
    assert reader.cpu_s() - before < 0.2, "it turns in circles while the disk is full"
    await reader.answered()
    filler.unlink()
    saved = await reader.do("save_again")
    assert (saved["error"], saved["at"]) == ("", last["at"])
    await reader.quit()


@pytest.mark.long
async def test_a_book_opens_and_is_read_on_a_full_disk(tmp_path: Path, small_disk: Path) -> None:
    profile = small_disk / "profile"
    reader = await Reader.start(profile)
    await reader.do("open", str(long_book(tmp_path)))
    kept = await reader.do("turn", 2)
    await reader.quit()
    for _ in range(2):  # the first time leaves nothing behind that keeps the second from it
        filler = fill(small_disk)
        reader = await Reader.start(profile)
        opened = await reader.do("read", 1)
        assert opened["at"] == kept["at"], "it opens where it was left"
        assert "No space left on this disk" in (await reader.do("said"))["said"]
        read = await reader.do("turn", 3)
        assert read["at"] > kept["at"]
        filler.unlink()
        saved = await reader.do("save_again")
        assert (saved["error"], saved["at"]) == ("", read["at"])
        kept = read
        await reader.quit()


@pytest.mark.long
async def test_full_disk_stops_an_import_with_its_reason(tmp_path: Path, small_disk: Path) -> None:
    big, little = long_book(tmp_path, 9), tmp_path / "little.epub"
    BookDraft().write(little)
    reader = await Reader.start(small_disk / "profile")
    # one after the other: side by side, the big one may leave no room for the little one
    assert (await reader.do("add", str(little)))["kinds"] == ["added"]
    told = await reader.do("add", str(big))
    assert told["kinds"] == ["Full"]
    assert told["shown"] == 1
    left = profile_paths(small_disk / "profile").library
    assert not list(left.rglob("*.part")), "half a file was left"
    await reader.quit()


@pytest.mark.long
async def test_book_file_may_go_while_it_is_open(tmp_path: Path) -> None:
    reader = await Reader.start(tmp_path / "profile")
    await reader.do("open", str(long_book(tmp_path)))
    before = await reader.do("turn", 3)
    remove((await reader.do("book_file"))["path"])
    after = await reader.do("turn", 1)
    assert after["at"] > before["at"]
    await reader.do("close_book")
    assert (await reader.do("reopen"))["opened"] is False
    other = BookDraft(title="Another").write(tmp_path / "other.epub")
    assert (await reader.do("add", str(other)))["kinds"] == ["added"], "the app goes on"
    assert (await reader.do("kept"))["at"] == after["at"], "the place stays"
    await reader.quit()


@pytest.mark.long
async def test_two_books_with_one_identifier_are_two_books(tmp_path: Path) -> None:
    one = BookDraft(title="One").write(tmp_path / "one.epub")
    two = BookDraft(title="Two").write(tmp_path / "two.epub")
    reader = await Reader.start(tmp_path / "profile")
    told = await reader.do("add", str(one), str(two), str(one))
    assert told == {"ok": True, "kinds": ["added", "added", "already here"], "shown": 2}
    await reader.quit()


async def test_damaged_database_comes_back_from_its_backup(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    reader = await Reader.start(profile)
    await reader.do("open", str(long_book(tmp_path)))
    kept = await reader.do("turn", 2)
    await reader.quit()
    database = profile_paths(profile).database
    content = bytearray(database.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    database.write_bytes(content)
    reader = await Reader.start(profile)
    assert (await reader.do("kept"))["at"] == kept["at"]
    await reader.quit()
