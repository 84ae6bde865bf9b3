"""What the scrubber marks: chapters that are not too close, and each column of results once."""

from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.ui.reader.scrubber_ticks import columns, visible_ticks

APART = 0.02
CHAPTERS = [(n / 10, 1) for n in range(1, 10)]


def test_all_chapters_are_marked_where_there_is_room() -> None:
    assert visible_ticks([(0.5, 0), *CHAPTERS], APART) == [fraction for fraction, _ in CHAPTERS]


def test_tiny_front_matter_takes_no_mark_from_the_chapters() -> None:
    front = [(0.0, 0), (0.001, 0), (0.002, 0), (0.003, 0)]
    assert visible_ticks([*front, *CHAPTERS], APART) == [fraction for fraction, _ in CHAPTERS]
    inside = [(0.501, 0), (0.502, 0)]  # before a second part
    assert visible_ticks([*front, *inside, *CHAPTERS], APART) == [
        *(n / 10 for n in range(1, 5)), 0.501, *(n / 10 for n in range(6, 10)),
    ]  # fmt: skip


def test_of_chapters_without_room_only_the_parts_are_marked() -> None:
    many = [(n / 1000, 1) for n in range(1000)]
    assert visible_ticks([(0.25, 0), (0.75, 0), *many], APART) == [0.25, 0.75]


def test_a_book_of_nothing_but_many_chapters_keeps_some_marks() -> None:
    for depth in (0, 1):
        assert len(visible_ticks([(n / 1000, depth) for n in range(1000)], APART)) > 40


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3)), max_size=60),
    st.floats(0.001, 0.4),
)
def test_marks_are_apart_and_at_least_one_is_left(
    ticks: list[tuple[float, int]], apart: float
) -> None:
    shown = visible_ticks(ticks, apart)
    assert all(b - a >= apart for a, b in zip([0, *shown], [*shown, 1], strict=True))
    assert set(shown) <= {fraction for fraction, _ in ticks}
    assert bool(shown) == any(apart <= fraction <= 1 - apart for fraction, _ in ticks)


def test_results_in_one_column_are_one_mark() -> None:
    assert columns([0.0, 0.1, 0.1001, 0.5, 1.0], 100) == [0, 10, 50, 100]
    assert len(columns([n / 10_000 for n in range(10_000)], 300)) == 301
