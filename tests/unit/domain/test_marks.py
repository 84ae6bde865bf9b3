"""Marks, where they overlap, and what is painted of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kios_desktop.domain.locator import Place
from kios_desktop.domain.mark_layers import layers_of
from kios_desktop.domain.marks import (
    Mark,
    MarkColour,
    MarkKind,
    MarkStyle,
    Passage,
    in_reading_order,
    marks_at,
)
from tests.marks import highlight

TOTAL = 60
RANGES = st.tuples(st.integers(0, TOTAL), st.integers(1, 20))
COLOURS = st.sampled_from(list(MarkColour))


def painted(marks: list[Mark], total: int = TOTAL) -> dict[int, str]:
    """The fill over each ordinal."""
    found: dict[int, str] = {}
    for layer, ranges in layers_of(marks, 0, total).items():
        for start, end in ranges:
            for ordinal in range(start, end):
                assert ordinal not in found, "two fills at one place"
                found[ordinal] = layer
    return found


def test_a_passage_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="back to"):
        Passage(Place(1, 5), Place(1, 4))


def test_a_passage_over_chapters_is_painted_in_each() -> None:
    one = highlight(4, 7, end_spine=2)
    assert layers_of([one], 0, 10) == {"yellow": [(4, 10)]}
    assert layers_of([one], 1, 10) == {"yellow": [(0, 10)]}
    assert layers_of([one], 2, 10) == {"yellow": [(0, 7)]}
    assert layers_of([one], 3, 10) == {}


def test_a_highlight_inside_another_is_on_top_and_both_are_seen() -> None:
    wide = highlight(0, 30)
    narrow = highlight(10, 20, colour=MarkColour.PINK)
    for marks in ([wide, narrow], [narrow, wide]):
        assert layers_of(marks, 0, TOTAL) == {"yellow": [(0, 10), (20, 30)], "pink": [(10, 20)]}
    assert marks_at([wide, narrow], Place(0, 12)) == [narrow, wide]
    assert marks_at([wide, narrow], Place(0, 20)) == [wide]


def test_lines_and_fills_lie_over_each_other() -> None:
    line = highlight(5, 15, style=MarkStyle.UNDERLINE)
    assert layers_of([line, highlight(0, 30)], 0, TOTAL) == {
        "yellow-line": [(5, 15)],
        "yellow": [(0, 30)],
    }


def test_bookmarks_and_marks_without_a_place_are_not_painted() -> None:
    lost = highlight(0, 5)
    lost = replace(lost, anchor=replace(lost.anchor, passage=None))
    bookmark = replace(highlight(3, 3), kind=MarkKind.BOOKMARK)
    assert layers_of([lost, bookmark], 0, TOTAL) == {}
    assert in_reading_order([lost, bookmark]) == [bookmark, lost]


def test_the_order_of_reading_then_of_making() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    first, second = highlight(5, 9, made_at=now), highlight(5, 7, made_at=now + timedelta(1))
    earlier = highlight(1, 2)
    assert in_reading_order([second, first, earlier]) == [earlier, first, second]


@given(st.lists(st.tuples(RANGES, COLOURS), max_size=12))
def test_every_marked_place_is_painted_once_by_the_shortest_there(
    drawn: list[tuple[tuple[int, int], MarkColour]],
) -> None:
    marks = [highlight(s, s + n, colour=c) for (s, n), c in drawn]
    found = painted(marks, 2 * TOTAL)
    for ordinal in range(TOTAL):
        there = [m for m in marks if m.passage and m.passage.contains(Place(0, ordinal))]
        if not there:
            assert ordinal not in found
            continue
        shortest = min(m.passage.end.ordinal - m.passage.start.ordinal for m in there if m.passage)
        tops = [
            m.colour
            for m in there
            if m.passage and m.passage.end.ordinal - m.passage.start.ordinal == shortest
        ]
        assert found[ordinal] in tops


def test_a_part_of_a_passage_is_what_one_chapter_has_of_it() -> None:
    whole = Passage(Place(1, 90), Place(3, 10))
    assert whole.part(0, 100) is None
    assert whole.part(1, 100) == Passage(Place(1, 90), Place(1, 100))
    assert whole.part(2, 50) == Passage(Place(2, 0), Place(2, 50))
    assert whole.part(3, 100) == Passage(Place(3, 0), Place(3, 10))
    assert Passage(Place(1, 2), Place(1, 4)).part(1, 9) == Passage(Place(1, 2), Place(1, 4))


def test_another_part_keeps_what_other_chapters_have_as_far_as_it_reaches_there() -> None:
    whole = Passage(Place(1, 90), Place(3, 10))
    for spine, start, end, wanted in (
        (1, 95, 100, Passage(Place(1, 95), Place(3, 10))),
        (1, 95, 99, Passage(Place(1, 95), Place(1, 99))),
        (2, 0, 100, whole),
        (2, 5, 100, Passage(Place(2, 5), Place(3, 10))),
        (2, 0, 7, Passage(Place(1, 90), Place(2, 7))),
        (3, 0, 4, Passage(Place(1, 90), Place(3, 4))),
        (3, 1, 4, Passage(Place(3, 1), Place(3, 4))),
    ):
        part = Passage(Place(spine, start), Place(spine, end))
        assert whole.with_part(part, 100) == wanted
    alone = Passage(Place(1, 0), Place(1, 100))
    other = Passage(Place(1, 0), Place(1, 7))
    assert alone.with_part(other, 100) == other and other.with_part(alone, 100) == alone
