"""Where a report is, seen from here."""

import pytest

from kios_desktop.domain.locator import Locator, Precision
from kios_desktop.domain.progress import Lead
from kios_desktop.sync.compare import Comparison, compare, offer_for, ordinals_between, small
from tests.fakes.places import SCREEN, at, locator, report

HERE = locator(1, 1500)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (HERE, Comparison.SAME),
        (locator(1, 1500 + SCREEN - 1), Comparison.SAME),
        (locator(1, 1500 - SCREEN + 1), Comparison.SAME),
        (locator(1, 1500 + SCREEN), Comparison.FURTHER),
        (locator(1, 1500 - SCREEN), Comparison.BEHIND),
        (locator(3, 0), Comparison.FURTHER),
        (locator(0, 1999), Comparison.BEHIND),
    ],
)
def test_places_are_compared_in_screens(there: Locator, expected: Comparison) -> None:
    assert compare(report(there), HERE, SCREEN) is expected


def test_a_screen_may_cross_into_the_next_item() -> None:
    end = locator(0, 1990)
    assert compare(report(locator(1, 20)), end, SCREEN) is Comparison.SAME
    assert compare(report(locator(1, 30)), end, SCREEN) is Comparison.FURTHER
    assert compare(report(end), locator(1, 20), SCREEN) is Comparison.SAME


def test_places_further_apart_than_neighbours_have_no_distance() -> None:
    assert ordinals_between(locator(0, 5), locator(2, 5)) is None


def test_the_percentage_of_another_program_never_overrules_a_place() -> None:
    assert compare(report(HERE, fraction=0.99), HERE, SCREEN) is Comparison.SAME
    assert compare(report(at(9000), fraction=0.01), HERE, SCREEN) is Comparison.FURTHER


def test_a_report_that_knows_only_the_item_we_are_in_is_the_same_place() -> None:
    item = report(locator(1, 0), precision=Precision.ITEM)
    assert compare(item, HERE, SCREEN) is Comparison.SAME
    assert compare(item, locator(0, 5), SCREEN) is Comparison.FURTHER


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [
        (0.35, Comparison.SAME),
        (0.3699, Comparison.SAME),
        (0.3301, Comparison.SAME),
        (0.3701, Comparison.FURTHER),
        (0.32, Comparison.BEHIND),
    ],
)
def test_percentages_are_compared_coarsely(fraction: float, expected: Comparison) -> None:
    guess = report(at(int(fraction * 10_010)), precision=Precision.FRACTION, fraction=fraction)
    assert compare(guess, at(int(0.35 * 10_010)), SCREEN) is expected


def test_a_report_that_names_nothing_is_unresolved() -> None:
    assert compare(report(None), HERE, SCREEN) is Comparison.UNRESOLVED


def test_the_very_start_is_suspicious_only_where_there_was_more() -> None:
    start = report(locator(0, 0))
    assert offer_for(start, HERE, Comparison.BEHIND, peak=0.4).suspicious
    assert not offer_for(start, HERE, Comparison.BEHIND, peak=0.0).suspicious
    assert not offer_for(report(locator(0, 9)), HERE, Comparison.BEHIND, peak=0.4).suspicious
    nothing = report(None, precision=Precision.FRACTION, fraction=0.0)
    assert offer_for(nothing, HERE, Comparison.BEHIND, peak=0.4).suspicious


def test_a_small_step_stays_in_the_chapter_and_below_a_hundredth() -> None:
    def offered(there: Locator) -> bool:
        return small(offer_for(report(there), HERE, Comparison.FURTHER, 0.0), HERE)

    assert offered(locator(1, 1599))
    assert not offered(locator(1, 1601))  # a hundredth of the book
    end = locator(1, 1990)
    next_chapter = offer_for(report(locator(1, 2010)), end, Comparison.FURTHER, 0.0)
    assert not small(next_chapter, end)


def test_a_place_known_only_as_a_percentage_is_offered_as_such() -> None:
    guess = report(at(9000), precision=Precision.FRACTION, fraction=0.9)
    assert offer_for(guess, HERE, Comparison.FURTHER, 0.0).lead is Lead.UNKNOWN
