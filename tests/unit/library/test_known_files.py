"""Files given again: recognised without reading, and never when they may have changed."""

import os
import time
from pathlib import Path

import pytest

from kios_desktop.domain.library import ImportOutcome
from kios_desktop.library import known_files
from kios_desktop.library.importer import Importer
from kios_desktop.library.known_files import FileStamp, KnownFiles, stamp_of
from tests.books import write_book
from tests.unit.library.test_importer import ListStore

SHA = "ab" * 32


def later() -> int:
    """The time when everything written now has settled."""
    return time.time_ns() + 2 * known_files.SETTLED_NS


class World:
    """A file that is remembered, in a memory that was closed and opened again."""

    def __init__(self, folder: Path) -> None:
        self.memory = folder / "added.json"
        self.file = folder / "book.epub"
        self.file.write_bytes(b"one")
        known = KnownFiles(self.memory, later)
        known.remember(self.file, stamp_of(self.file.stat()), SHA)
        known.save()

    def sha256(self) -> str:
        return KnownFiles(self.memory).sha256(self.file)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_untouched_file_is_recognised_in_the_next_run(world: World) -> None:
    assert world.sha256() == SHA
    assert str(world.file.name) not in world.memory.read_text(), "no path is written down"


def test_other_bytes_of_the_same_size_and_time_are_not_recognised(world: World) -> None:
    before = world.file.stat()
    time.sleep(0.02)  # a tick of the file system's clock
    world.file.write_bytes(b"two")
    os.utime(world.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert world.sha256() == ""


def test_file_that_is_gone_or_somewhere_else_is_not_recognised(world: World) -> None:
    world.file.unlink()
    assert world.sha256() == ""


@pytest.mark.parametrize("damage", [b"", b"{", b'{"a": 1}', b"[]"])
def test_damaged_memory_knows_nothing_and_learns_anew(world: World, damage: bytes) -> None:
    world.memory.write_bytes(damage)
    assert world.sha256() == ""
    World(world.file.parent)
    assert world.sha256() == SHA


def test_file_that_has_just_changed_is_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    known = KnownFiles(tmp_path / "added.json")
    known.remember(file, stamp_of(file.stat()), SHA)
    assert known.sha256(file) == ""


def test_the_longest_known_is_forgotten_first(tmp_path: Path) -> None:
    known = KnownFiles(tmp_path / "added.json", later)
    for name in ("first", "last"):
        (tmp_path / name).touch()
    known.remember(tmp_path / "first", stamp_of((tmp_path / "first").stat()), SHA)
    for number in range(known_files.MOST - 1):
        known.remember(tmp_path / str(number), FileStamp(1, 1, 1), SHA)
    assert known.sha256(tmp_path / "first") == SHA
    known.remember(tmp_path / "last", stamp_of((tmp_path / "last").stat()), SHA)
    assert known.sha256(tmp_path / "first") == ""
    assert known.sha256(tmp_path / "last") == SHA


async def outcome(store: ListStore, folder: Path, book: Path) -> ImportOutcome:
    importer = Importer(store, folder / "library", KnownFiles(folder / "added.json", later))
    report = await importer.add([book], progress=lambda _d, _a: None, cancelled=lambda: False)
    (line,) = report.items
    return line.outcome


async def test_book_given_again_is_here_until_it_is_removed_or_changed(tmp_path: Path) -> None:
    store, book = ListStore(), write_book(tmp_path / "a.epub")
    assert await outcome(store, tmp_path, book) is ImportOutcome.ADDED
    assert await outcome(store, tmp_path, book) is ImportOutcome.ALREADY_HERE
    store.books.clear()
    assert await outcome(store, tmp_path, book) is ImportOutcome.ADDED, "removed, and added anew"
    write_book(book, title="Another")
    assert await outcome(store, tmp_path, book) is ImportOutcome.ADDED, "changed in its place"
    assert [b.title for b in store.books] == ["A small book", "Another"]


async def test_what_is_remembered_is_not_read(tmp_path: Path) -> None:
    store, one = ListStore(), write_book(tmp_path / "1.epub", title="One")
    assert await outcome(store, tmp_path, one) is ImportOutcome.ADDED
    two = write_book(tmp_path / "2.epub", title="Two")
    known = KnownFiles(tmp_path / "added.json", later)
    known.remember(two, stamp_of(two.stat()), store.books[0].hashes.sha256)
    known.save()
    assert await outcome(store, tmp_path, two) is ImportOutcome.ALREADY_HERE
