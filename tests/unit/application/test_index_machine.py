"""What has to be done for the index over all books, told by a machine that does nothing itself."""

import time

from kios_desktop.application.index_machine import (
    TRIES,
    DropBook,
    GiveUp,
    IndexMachine,
    Look,
    ReadBook,
    Remove,
    Work,
)
from kios_desktop.domain.errors import Corrupt, Full, NoFullText
from kios_desktop.domain.inside_books import BookFile, IndexedBook, IndexStage, Unindexed
from kios_desktop.domain.library import BookId


def book(number: int, sha256: str = "") -> BookFile:
    return BookFile(BookId(number), sha256 or f"sha{number}", f"books/{number}.epub")


def indexed(number: int, why_not: Unindexed | None = None) -> IndexedBook:
    return IndexedBook(BookId(number), f"sha{number}", why_not)


def work_of(machine: IndexMachine) -> Work | None:
    """Asked through a function, as a type checker takes a property for constant."""
    return machine.work


def machine(*wanted: BookFile, known: tuple[IndexedBook, ...] = ()) -> IndexMachine:
    """Switched on, and has looked."""
    made = IndexMachine(on=True, paused=False, exists=True)
    made.want(wanted)
    made.looked(known)
    return made


def test_switched_off_it_does_nothing_but_remove_what_is_left() -> None:
    made = IndexMachine(on=False, paused=False, exists=True)
    made.want([book(1)])
    assert work_of(made) == Remove()
    made.removed()
    assert work_of(made) is None
    assert made.progress.stage is IndexStage.OFF


def test_it_looks_before_it_reads_and_reads_the_newest_first() -> None:
    made = IndexMachine(on=True, paused=False, exists=False)
    assert work_of(made) is None  # the library is not known yet
    made.want([book(1), book(2), book(3)])
    assert work_of(made) == Look()
    made.looked([indexed(2)])
    assert work_of(made) == ReadBook(book(3))
    made.read(book(3), None)
    assert work_of(made) == ReadBook(book(1))
    assert (made.progress.read, made.progress.total) == (2, 3)
    made.read(book(1), Unindexed.ENCRYPTED)
    assert work_of(made) is None
    assert made.progress.stage is IndexStage.COMPLETE
    assert made.progress.unread == 1


def test_a_removed_book_leaves_and_a_changed_one_is_read_again() -> None:
    made = machine(book(1, "other"), known=(indexed(1), indexed(2)))
    assert work_of(made) == DropBook(BookId(2))
    made.dropped(BookId(2))
    assert work_of(made) == ReadBook(book(1, "other"))


def test_an_empty_library_is_complete() -> None:
    made = machine()
    assert work_of(made) is None
    assert made.progress.stage is IndexStage.COMPLETE


def test_paused_it_still_knows_how_far_it_is() -> None:
    made = IndexMachine(on=True, paused=True, exists=True)
    made.want([book(1), book(2)])
    assert work_of(made) == Look()
    made.looked([indexed(1)])
    assert work_of(made) is None
    assert made.progress.stage is IndexStage.PAUSED
    assert made.progress.read == 1
    made.pause(False)
    assert work_of(made) == ReadBook(book(2))


def test_a_full_disk_stops_it_until_it_is_told_to_go_on() -> None:
    made = machine(book(1), book(2))
    made.failed(Full("full"))
    assert work_of(made) is None
    assert made.progress.stage is IndexStage.PAUSED
    assert isinstance(made.progress.problem, Full)
    made.pause(False)  # as when another preference was changed
    assert work_of(made) is None
    made.go_on()
    assert work_of(made) == ReadBook(book(2))


def test_a_damaged_index_is_made_anew_but_not_without_end() -> None:
    made = machine(book(1))
    for _ in range(TRIES):
        made.failed(Corrupt("damaged"))
        assert work_of(made) == Remove()
        made.removed()
        assert work_of(made) == Look()
        made.looked([])
        assert work_of(made) == ReadBook(book(1))
    made.failed(Corrupt("damaged"))
    assert work_of(made) is None
    assert isinstance(made.progress.problem, Corrupt)
    made.go_on()  # as the reader wishes
    assert work_of(made) == Remove()
    made.removed()
    assert work_of(made) == Look()


def test_a_book_that_its_reader_dies_of_is_given_up() -> None:
    made = machine(book(1))
    for _ in range(TRIES):
        assert work_of(made) == ReadBook(book(1))
        made.lost(book(1))
    given_up = IndexedBook(BookId(1), "sha1", Unindexed.LOST)
    assert work_of(made) == GiveUp(given_up)
    made.gave_up(given_up)
    assert work_of(made) is None
    assert made.progress.unread == 1


def test_a_missing_file_is_passed_over_until_the_next_start() -> None:
    made = machine(book(1))
    made.was_missing(book(1))
    assert work_of(made) is None
    assert (made.progress.stage, made.progress.unread) == (IndexStage.COMPLETE, 1)
    assert work_of(machine(book(1))) == ReadBook(book(1))


def test_switching_off_and_on_forgets_what_went_wrong() -> None:
    made = machine(book(1))
    made.failed(NoFullText())
    made.switch(False)
    assert work_of(made) == Remove()
    made.removed()
    made.switch(True)
    assert work_of(made) == Look()
    assert made.progress.problem is None


def test_switched_off_while_a_book_is_read_it_is_removed() -> None:
    made = machine(book(1))
    made.removed()
    made.switch(False)
    made.read(book(1), None)
    assert work_of(made) == Remove()


def test_a_book_removed_while_it_was_read_leaves_again() -> None:
    made = machine(book(1))
    made.want([])
    made.read(book(1), None)
    assert work_of(made) == DropBook(BookId(1))


def test_a_book_changed_while_it_was_read_is_read_again() -> None:
    made = machine(book(1))
    made.want([book(1, "other")])
    made.read(book(1), None)
    assert work_of(made) == ReadBook(book(1, "other"))
    made.read(book(1, "other"), None)
    assert work_of(made) is None
    assert made.progress.stage is IndexStage.COMPLETE


def test_each_step_takes_the_same_time_however_many_books_there_are() -> None:
    made = machine(*map(book, range(1, 50_001)))
    began = time.perf_counter()
    for number in range(50_000, 49_000, -1):
        assert work_of(made) == ReadBook(book(number))
        made.read(book(number), None)
        assert made.progress.read == 50_001 - number
    assert time.perf_counter() - began < 2  # a second for each of them, if all were gone through
