"""Counting in slices: all of it, in order, and never much at once."""

from collections.abc import Iterator

from kios_desktop.epub.counting import SLICE_S, Counting


class Book:
    """Spine items whose counting takes time, by a clock of its own."""

    def __init__(self, *takes_s: float) -> None:
        self.takes_s, self.now, self.asked = takes_s, 0.0, 0

    def totals(self) -> Iterator[int]:
        self.asked += 1
        for number, seconds in enumerate(self.takes_s):
            self.now += seconds
            yield number

    def counting(self) -> Counting:
        return Counting(self.totals, lambda: self.now)


def test_all_is_counted_once_in_slices() -> None:
    book = Book(*[SLICE_S / 4] * 10)
    counting, slices = book.counting(), []
    while not counting.done:
        before = book.now
        counting.go_on()
        slices.append(book.now - before)
    assert counting.found == list(range(10))
    assert book.asked == 1
    assert max(slices) <= SLICE_S
    assert len(slices) == 3


def test_a_long_chapter_is_a_slice_of_its_own() -> None:
    book = Book(9.0, 9.0)
    counting = book.counting()
    counting.go_on()
    assert counting.found == [0]
    assert not counting.done


def test_an_empty_book_is_done_at_once() -> None:
    counting = Book().counting()
    counting.go_on()
    assert counting.done
