"""What is kept of books is the same wherever they are read, and no process is needed for it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from kios_desktop.domain.library import ImportOutcome
from kios_desktop.epub.outline import WORTH_IT, kept_outline
from kios_desktop.library.book_reading import (
    MANY,
    BookSource,
    ReadingProcesses,
    facts_of,
    processes_for,
    started,
)
from kios_desktop.library.importer import Importer
from tests.books import PIXEL_PNG, BookDraft, write_book
from tests.unit.library.test_importer import World, add


@pytest.fixture
def processes() -> Iterator[ReadingProcesses]:
    found = ReadingProcesses(lambda: started(2))
    yield found
    found.close()


def sources(folder: Path) -> list[BookSource]:
    plain = [BookDraft(title=f"Book {n}", author="A").write(folder / f"{n}.epub") for n in range(9)]
    covered = BookDraft(title="Covered", cover=PIXEL_PNG).write(folder / "covered.epub")
    chapters = [f"<p>{n}</p>" for n in range(WORTH_IT)]
    large = BookDraft(title="Large", chapters=chapters).write(folder / "large.epub")
    in_memory = [BookSource(path, path.read_bytes()) for path in (*plain, covered)]
    return [*in_memory, BookSource(large, None)]


def test_processes_find_what_this_one_finds(processes: ReadingProcesses, tmp_path: Path) -> None:
    books = sources(tmp_path)
    here = [facts_of(book.path, book.open()) for book in books]
    assert processes.facts(books) == here
    assert here[-2].cover == ("png", PIXEL_PNG)
    assert [facts.outline is not None for facts in here] == [False] * 10 + [True]


def test_book_that_a_process_can_not_read_is_left_to_this_one(
    processes: ReadingProcesses, tmp_path: Path
) -> None:
    broken = BookSource(tmp_path / "broken.epub", b"%PDF-1.4")
    good = sources(tmp_path)[0]
    assert [bool(facts) for facts in processes.facts([broken, good])] == [False, True]


class Dying(Executor):
    """Processes that die over what they are given."""

    def __init__(self) -> None:
        self.submitted = 0

    def submit(self, *_args: object, **_more: object) -> Future[object]:  # type: ignore[override]
        self.submitted += 1
        future: Future[object] = Future()
        future.set_exception(BrokenProcessPool("killed"))
        return future


def test_books_are_left_to_this_process_when_others_die_or_never_start(tmp_path: Path) -> None:
    def refuse() -> Executor:
        raise OSError("no process may be started")

    books, dying = sources(tmp_path), Dying()
    assert ReadingProcesses(refuse).facts(books) == [None] * len(books)
    reading = ReadingProcesses(lambda: dying)
    assert reading.facts(books) == [None] * len(books)
    given = dying.submitted
    assert reading.facts(books) == [None] * len(books)
    assert dying.submitted == given, "what has died is not asked again"


def test_few_books_and_a_single_core_need_no_processes() -> None:
    assert processes_for(MANY - 1, cores=8) is None
    assert processes_for(MANY, cores=1) is None
    assert processes_for(MANY, cores=2) is not None


async def test_many_books_are_added_by_processes(tmp_path: Path) -> None:
    world = World(tmp_path)
    for number in range(MANY):
        write_book(world.sources / f"{number:03}.epub", title=f"Book {number:03}")
    (world.sources / "050b.epub").write_bytes(b"%PDF-1.4")
    (world.sources / "199b.epub").write_bytes((world.sources / "000.epub").read_bytes())
    chapters = [f"<p>{n}</p>" for n in range(WORTH_IT)]
    BookDraft(title="Large", chapters=chapters).write(world.sources / "large.epub")
    report = await add(Importer(world.store, world.library, cores=2), world.sources)
    assert report.count(ImportOutcome.ADDED) == MANY + 1
    assert [item.path.rpartition("/")[2] for item in report.items if item.error] == ["050b.epub"]
    assert [item.same_as for item in report.items if item.same_as] == ["Book 000"]
    large = next(book for book in world.store.books if book.title == "Large")
    assert kept_outline(world.library / large.file) is not None


KILLED = """
import multiprocessing, os, signal, sys
from pathlib import Path
from kios_desktop.library.book_reading import BookSource, ReadingProcesses, started
reading = ReadingProcesses(lambda: started(1))
assert all(reading.facts([BookSource(Path(sys.argv[1]), None)]))
print(*(child.pid for child in multiprocessing.active_children()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_processes_end_with_a_killed_kios(tmp_path: Path) -> None:
    book = write_book(tmp_path / "a.epub")
    command = [sys.executable, "-c", KILLED, str(book)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    (pid,) = map(int, done.stdout.split())
    until = time.monotonic() + 10
    while is_alive(pid):
        assert time.monotonic() < until, "a process that reads books is left behind"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
