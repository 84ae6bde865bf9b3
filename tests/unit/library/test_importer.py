"""Adding books: what is added, what is already here, what fails and why, and how it stops."""

import asyncio
import errno
import os
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Damage, Full, Missing, StorageError, Unreadable
from kios_desktop.domain.library import Book, BookId, ImportOutcome, ImportReport, NewBook
from kios_desktop.epub.outline import WORTH_IT, kept_outline
from kios_desktop.library.files import LibraryFiles
from kios_desktop.library.import_files import ImportCancellation, ImportFile
from kios_desktop.library.importer import Importer, _at_once
from kios_desktop.library.known_files import KnownFiles
from tests.books import PIXEL_PNG, BookDraft, write_book, write_zip

ADDED, HERE, FAILED = ImportOutcome.ADDED, ImportOutcome.ALREADY_HERE, ImportOutcome.FAILED


PAGE = b"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Words.</p></body></html>"
PACKAGE = b"""<package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/></spine></package>"""


class ListStore:
    """A list of books that can be told to fail."""

    def __init__(self) -> None:
        self.books: list[NewBook] = []
        self._added_at: dict[str, datetime] = {}
        self.error: StorageError | None = None

    async def by_sha256(self, hashes: Collection[str]) -> dict[str, Book]:
        found: dict[str, Book] = {}
        for number, book in enumerate(self.books):
            if book.hashes.sha256 in hashes:
                found[book.hashes.sha256] = Book(
                    id=BookId(number), title=book.title, authors=book.authors,
                    language=book.language, series=book.series, series_index=book.series_index,
                    identifier=book.identifier, file=book.file, file_name=book.file_name,
                    size_bytes=book.size_bytes, hashes=book.hashes, cover=book.cover,
                    added_at=self._added_at[book.hashes.sha256],
                )  # fmt: skip
        return found

    async def add_all(self, books: Sequence[NewBook]) -> list[BookId]:
        if self.error is not None:
            raise self.error
        self.books += books
        self._added_at |= dict.fromkeys((b.hashes.sha256 for b in books), datetime.now(UTC))
        return [BookId(n) for n in range(len(self.books) - len(books), len(self.books))]


async def add(importer: Importer, *paths: Path) -> ImportReport:
    return await importer.add(paths, progress=lambda _done, _all: None, cancelled=lambda: False)


class World:
    """A source folder, a library folder, a store."""

    def __init__(self, folder: Path) -> None:
        self.sources = folder / "sources"
        self.sources.mkdir()
        self.library = folder / "library"
        self.store = ListStore()
        self.progress: list[tuple[int, int]] = []
        self.cancel_after = 10**9

    async def add(self, *paths: Path) -> ImportReport:
        importer = Importer(self.store, self.library)
        return await importer.add(
            paths or [self.sources],
            progress=lambda done, total: self.progress.append((done, total)),
            cancelled=lambda: len(self.progress) > self.cancel_after,
        )

    def files(self) -> list[str]:
        return sorted(
            path.relative_to(self.library).as_posix()
            for path in self.library.rglob("*")
            if path.is_file()
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_book_is_copied_byte_for_byte_with_its_cover(world: World) -> None:
    source = BookDraft(title="T", cover=PIXEL_PNG).write(world.sources / "My Book.epub")
    report = await world.add(source)
    (book,) = world.store.books
    assert [(i.outcome, i.title, i.book_id) for i in report.items] == [(ADDED, "T", 0)]
    assert (world.library / book.file).read_bytes() == source.read_bytes()
    assert (world.library / book.cover).read_bytes() == PIXEL_PNG
    assert book.file_name == "My Book.epub"
    assert book.size_bytes == source.stat().st_size
    assert world.files() == sorted([book.file, book.cover])


async def test_same_bytes_are_already_here(world: World) -> None:
    first = write_book(world.sources / "a.epub", title="Same")
    (world.sources / "b.epub").write_bytes(first.read_bytes())
    within = await world.add()
    assert [(i.outcome, i.same_as) for i in within.items] == [(ADDED, ""), (HERE, "Same")]
    again = await world.add()
    assert [(i.outcome, i.same_as) for i in again.items] == [(HERE, "Same"), (HERE, "Same")]
    assert [i.book_id for i in again.items] == [within.items[0].book_id] * 2
    assert len(world.store.books) == 1


async def test_bad_files_never_stop_the_rest(world: World) -> None:
    (world.sources / "a.epub").write_bytes(b"%PDF-1.4")
    write_book(world.sources / "b.epub")
    (world.sources / "c.epub").write_bytes(b"")
    report = await world.add(
        world.sources / "a.epub", world.sources / "b.epub", world.sources / "c.epub",
        world.sources / "gone.epub",
    )  # fmt: skip
    assert [item.outcome for item in report.items] == [FAILED, ADDED, FAILED, FAILED]
    errors = [item.error for item in report.items]
    assert isinstance(errors[0], Unreadable) and errors[0].damage is Damage.OTHER_TYPE
    assert isinstance(errors[2], Unreadable) and errors[2].damage is Damage.NOT_A_ZIP
    assert isinstance(errors[3], Missing)
    assert not report.cancelled


async def test_folders_are_searched_and_hidden_things_left_alone(world: World) -> None:
    for name in ("a.epub", "deep/er/b.EPUB", ".hidden.epub", ".git/c.epub", "__MACOSX/d.epub"):
        path = world.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_book(path, f"<p>{name}</p>")
    (world.sources / "notes.txt").write_text("x")
    (world.sources / "loop").symlink_to(world.sources, target_is_directory=True)
    report = await world.add()
    names = [Path(item.path).name for item in report.items]
    assert names == ["a.epub", "b.EPUB"]


async def test_progress_reaches_the_end(world: World) -> None:
    for number in range(5):
        write_book(world.sources / f"{number}.epub", f"<p>{number}</p>")
    await world.add()
    assert world.progress[0] == (0, 5) or world.progress[0][1] == 5
    assert world.progress[-1] == (5, 5)


async def test_cancel_keeps_what_was_added(world: World) -> None:
    for number in range(200):
        write_book(world.sources / f"{number:03}.epub", f"<p>{number}</p>")
    world.cancel_after = 10
    report = await world.add()
    assert report.cancelled
    assert 0 < len(report.items) < 200
    assert len(world.store.books) == report.count(ADDED)


async def test_full_disk_stops_and_counts_what_was_not_added(world: World) -> None:
    for number in range(100):
        write_book(world.sources / f"{number:03}.epub", f"<p>{number}</p>")
    world.store.error = Full()
    report = await world.add()
    assert report.count(FAILED) == 100
    assert all(isinstance(item.error, Full) for item in report.items)
    assert world.files() == []


async def test_store_that_fails_leaves_no_files_behind(world: World) -> None:
    write_book(world.sources / "a.epub")
    world.store.error = StorageError("no")
    report = await world.add()
    assert [item.outcome for item in report.items] == [FAILED]
    assert world.files() == []


async def test_complete_copy_from_before_is_used(world: World) -> None:
    source = write_book(world.sources / "a.epub")
    await world.add(source)
    file = world.library / world.store.books[0].file
    before = file.stat().st_mtime_ns
    world.store.books.clear()
    await world.add(source)
    assert file.stat().st_mtime_ns == before


def lose(file: Path) -> None:
    file.unlink()
    file.parent.rmdir()


def shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def overwrite(file: Path) -> None:
    """Some time later, by bytes of the same number."""
    file.write_bytes(b"x" * file.stat().st_size)
    later = time.time() + 60
    os.utime(file, (later, later))


@pytest.mark.parametrize("damage", [lose, shorten, overwrite])
@pytest.mark.parametrize("remembered", [False, True], ids=["read again", "remembered"])
async def test_book_added_again_mends_the_librarys_file(
    damage: Callable[[Path], None], remembered: bool, world: World
) -> None:
    source = write_book(world.sources / "a.epub")
    known = KnownFiles(world.library.parent / "added.json", lambda: time.time_ns() + 10**10)
    importer = Importer(world.store, world.library, known if remembered else None)
    await add(importer, source)
    name = world.store.books[0].file
    damage(world.library / name)
    (line,) = (await add(importer, source)).items
    assert (line.outcome, line.book_id) == (HERE, 0)
    assert (world.library / name).read_bytes() == source.read_bytes()
    assert world.files() == [name]


@pytest.mark.parametrize("remembered", [False, True], ids=["read again", "remembered"])
async def test_book_added_again_brings_its_cover_back(remembered: bool, world: World) -> None:
    source = BookDraft(cover=PIXEL_PNG).write(world.sources / "a.epub")
    known = KnownFiles(world.library.parent / "added.json", lambda: time.time_ns() + 10**10)
    importer = Importer(world.store, world.library, known if remembered else None)
    await add(importer, source)
    cover = world.library / world.store.books[0].cover
    cover.unlink()
    (line,) = (await add(importer, source)).items
    assert line.outcome is HERE
    assert cover.read_bytes() == PIXEL_PNG


async def test_whole_file_is_left_alone_when_its_book_is_added_again(world: World) -> None:
    source = write_book(world.sources / "a.epub")
    await world.add(source)
    file = world.library / world.store.books[0].file
    before = file.stat().st_mtime_ns
    await world.add(source)
    assert file.stat().st_mtime_ns == before


async def test_file_no_program_can_name_is_a_line_of_the_report(world: World) -> None:
    write_book(world.sources / "a.epub")
    report = await world.add(world.sources / ("n" * 300), world.sources)
    assert [item.outcome for item in report.items] == [FAILED, ADDED]
    assert isinstance(report.items[0].error, Missing)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
async def test_pipe_in_a_folder_is_a_line_of_the_report(world: World) -> None:
    os.mkfifo(world.sources / "a.epub")
    write_book(world.sources / "b.epub")
    report = await world.add()
    assert [item.outcome for item in report.items] == [FAILED, ADDED]


class HangingMemory(KnownFiles):
    """Hangs in a file, as a disk on a network can, until it is let go."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.hangs, self.let_go = threading.Event(), threading.Event()

    def sha256(self, path: Path) -> str:
        self.hangs.set()
        self.let_go.wait(5)
        return ""


async def test_cancelled_import_does_not_wait_for_a_thread_that_hangs(world: World) -> None:
    memory = HangingMemory(world.library.parent / "added.json")
    importer = Importer(world.store, world.library, memory)
    adding = asyncio.create_task(add(importer, write_book(world.sources / "a.epub")))
    await asyncio.to_thread(memory.hangs.wait, 5)
    adding.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await adding
    memory.let_go.set()
    assert time.monotonic() - began < 2


class SlowStore(ListStore):
    """One that takes its time, then fails or not, whoever still waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let_go = asyncio.Event(), asyncio.Event()

    async def add_all(self, books: Sequence[NewBook]) -> list[BookId]:
        self.asked.set()
        await self.let_go.wait()
        return await super().add_all(books)


async def cancelled_at(
    world: World, reached: Callable[[], bool], then: Callable[[], None] = lambda: None
) -> None:
    for number in range(30):
        BookDraft(title=f"{number}", cover=PIXEL_PNG).write(world.sources / f"{number}.epub")
    adding = asyncio.create_task(world.add())
    while not reached():
        await asyncio.sleep(0)
    adding.cancel()
    asyncio.get_running_loop().call_later(0.05, then)
    with pytest.raises(asyncio.CancelledError):
        await adding


def files_of_books(world: World) -> list[str]:
    return sorted(name for book in world.store.books for name in (book.file, book.cover))


@pytest.mark.parametrize("copied", [1, 7, 29])
async def test_no_file_stays_of_an_import_that_is_called_off_between_copies(
    world: World, copied: int
) -> None:
    await cancelled_at(world, lambda: len(world.files()) >= copied)
    for _ in range(100):  # a copy that was under way
        await asyncio.sleep(0.02)
        if not world.files():
            break
    assert world.files() == files_of_books(world) == []


async def test_what_the_store_takes_while_an_import_is_called_off_keeps_its_files(
    world: World,
) -> None:
    world.store = store = SlowStore()
    await cancelled_at(world, store.asked.is_set, store.let_go.set)
    assert len(world.store.books) == 30
    assert world.files() == files_of_books(world)


async def test_what_the_store_refuses_while_an_import_is_called_off_goes(world: World) -> None:
    world.store = store = SlowStore()
    store.error = StorageError("planned")
    await cancelled_at(world, store.asked.is_set, store.let_go.set)
    assert world.files() == []


async def test_what_the_store_may_still_take_is_left_for_it(
    world: World,
) -> None:
    world.store = store = SlowStore()
    await cancelled_at(world, store.asked.is_set)
    assert len(world.files()) == 60
    store.let_go.set()
    while not store.books:
        await asyncio.sleep(0.01)
    assert world.files() == files_of_books(world)


async def test_a_book_that_was_there_before_stays_when_an_import_is_called_off(
    world: World,
) -> None:
    await world.add(write_book(world.sources / "a.epub", "<p>a</p>"))
    lost, world.store = world.files(), SlowStore()
    world.progress.clear()
    await cancelled_at(world, lambda: len(world.progress) >= 31)
    assert set(lost) <= set(world.files())


async def test_the_report_names_the_defects_of_an_added_book(world: World) -> None:
    write_zip(world.sources / "a.epub", {"EPUB/package.opf": PACKAGE, "EPUB/a.xhtml": PAGE})
    (line,) = (await world.add()).items
    assert line.outcome is ADDED
    assert line.defects == world.store.books[0].defects
    assert Defect(DefectKind.NO_CONTAINER) in line.defects


async def test_long_book_is_added_with_its_outline_and_removed_with_it(world: World) -> None:
    write_book(world.sources / "a.epub", *["<p>Words.</p>"] * WORTH_IT, title="Long")
    await world.add()
    (book,) = world.store.books
    kept = kept_outline(world.library / book.file)
    assert kept is not None
    assert kept.metadata.title == "Long"
    assert len(world.files()) == 2
    added = await world.store.by_sha256({book.hashes.sha256})
    LibraryFiles(world.library).remove(added[book.hashes.sha256])
    assert world.files() == []


def test_removing_a_book_removes_its_files_and_may_be_repeated(tmp_path: Path) -> None:
    files = LibraryFiles(tmp_path)
    source = write_book(tmp_path / "a.epub")
    with source.open("rb") as opened:
        name = files.copy_book(opened, source.stat().st_size, "ab" * 32)
    cover = files.write_cover("ab" * 32, "png", PIXEL_PNG)
    files.discard(name, cover)
    files.discard(name, cover)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [source]


class FailingDevice:
    """A source whose reading fails the way a full target would: with an errno."""

    def __init__(self, number: int) -> None:
        self._number = number

    def seek(self, _position: int) -> int:
        return 0

    def read(self, _size: int = -1) -> bytes:
        raise OSError(self._number, "planned")


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, Full), (errno.EIO, StorageError)])
def test_failed_copy_leaves_no_part_behind(
    number: int, kind: type[StorageError], tmp_path: Path
) -> None:
    files = LibraryFiles(tmp_path)
    with pytest.raises(kind):
        files.copy_book(FailingDevice(number), 5, "cd" * 32)  # type: ignore[arg-type]
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


async def test_no_thread_takes_another_file_once_an_import_is_called_off() -> None:
    files = [ImportFile(Path(f"{number}.epub")) for number in range(20)]
    begun: list[ImportFile] = []
    going_on = threading.Event()
    cancellation, pool = ImportCancellation(), ThreadPoolExecutor(2)

    def work(file: ImportFile) -> None:
        begun.append(file)
        going_on.wait(10)

    told: list[object] = []
    working = asyncio.ensure_future(_at_once(pool, work, files, cancellation, told.append))
    while len(begun) < 2:
        await asyncio.sleep(0.001)
    cancellation()
    going_on.set()
    await working
    await asyncio.sleep(0)  # for what the threads have still sent
    assert len(begun) == 2
    assert told == [], "the import was over then"
    pool.shutdown()
