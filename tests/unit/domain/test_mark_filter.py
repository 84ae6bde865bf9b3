"""Which marks a list shows, and in which order."""

from datetime import timedelta

from kios_desktop.domain.mark_filter import MarkFilter, MarkOrder, in_order
from kios_desktop.domain.marks import MarkColour
from tests.marks import AT, highlight

FOG = highlight(5, 9, text="The fog came in")
FOLLY = highlight(1, 3, colour=MarkColour.PINK, text="Élan", note="a Folly\nof hers")
OTHER = highlight(3, 4, colour=MarkColour.BLUE, made_at=AT + timedelta(minutes=1))
ALL = [FOG, FOLLY, OTHER]


def test_an_open_filter_admits_every_mark() -> None:
    assert MarkFilter().is_open
    assert MarkFilter(words="  ").is_open
    assert MarkFilter(words="  ").admitted(ALL) == ALL


def test_colours_are_alternatives() -> None:
    pink = MarkFilter().with_colour_toggled(MarkColour.PINK)
    assert pink.admitted(ALL) == [FOLLY]
    both = pink.with_colour_toggled(MarkColour.BLUE)
    assert both.admitted(ALL) == [FOLLY, OTHER]
    assert both.with_colour_toggled(MarkColour.PINK).admitted(ALL) == [OTHER]
    assert not both.is_open


def test_words_are_all_in_text_or_note_whatever_their_case_and_accents() -> None:
    assert MarkFilter(words="FOLLY elan").admitted(ALL) == [FOLLY]
    assert MarkFilter(words="fog").admitted(ALL) == [FOG]
    assert MarkFilter(words="fog folly").admitted(ALL) == []


def test_conditions_are_joined() -> None:
    assert MarkFilter(noted=True).admitted(ALL) == [FOLLY]
    assert MarkFilter(frozenset({MarkColour.BLUE}), noted=True).admitted(ALL) == []


def test_by_place_or_the_newest_first() -> None:
    assert in_order(ALL, MarkOrder.PLACE) == [FOLLY, OTHER, FOG]
    assert in_order(ALL, MarkOrder.NEWEST)[0] == OTHER
