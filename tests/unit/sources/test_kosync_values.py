"""Percentages and position strings as servers take them."""

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec.structs import replace

from kios_desktop.domain.locator import Precision
from kios_desktop.sources.kosync_values import percentage, shortened, unchanged_text
from tests.fakes.places import at, locator, report


@pytest.mark.parametrize(
    ("total", "last", "expected"),
    [
        (0.31879, None, 0.3187),
        (0.99999, None, 0.9999),
        (1.0, None, 1.0),
        (1.0, 1.0, 0.9999),
        (1.0, 0.5, 1.0),
        (0.0, None, 0.0),
        (0.00001, None, 0.0001),
        (0.29, None, 0.29),
    ],
)
def test_percentages_are_floored_and_the_ends_are_kept_for_what_they_mean(
    total: float, last: float | None, expected: float
) -> None:
    assert percentage(replace(at(5), total_progression=total), last) == pytest.approx(expected)


@given(st.floats(0, 1, allow_nan=False))
def test_a_percentage_is_always_in_range_and_has_four_decimals(total: float) -> None:
    sent = percentage(replace(at(5), total_progression=total), None)
    assert 0 <= sent <= 1
    assert round(sent, 4) == sent


def test_a_long_position_loses_its_end_until_it_fits() -> None:
    deep = "/body/DocFragment[20]/body" + "/div[12]" * 40 + "/p/text().7"
    short = shortened(deep)
    assert len(short) <= 255 and deep.startswith(short)
    assert shortened("/body/DocFragment[20]/body/p/text().7", 26) == "/body/DocFragment[20].0"
    assert shortened("/body/DocFragment[2]/body/p/text().7") == (
        "/body/DocFragment[2]/body/p/text().7"
    )


@given(st.lists(st.sampled_from(["div", "section[3]", "p[12]", "a" * 60]), max_size=60))
def test_a_position_always_fits_and_stays_in_its_item(steps: list[str]) -> None:
    made = shortened("/".join(["/body/DocFragment[7]/body", *steps]) + "/text().3")
    assert len(made) <= 255 and made.startswith("/body/DocFragment[7]")


def test_a_received_text_is_echoed_while_the_place_is_the_same() -> None:
    raw = "/body/DocFragment[2]/body/p[16]"
    there = replace(report(locator(1, 1500)), raw=raw)
    assert unchanged_text(there, locator(1, 1500)) == raw
    assert unchanged_text(there, locator(1, 1501)) is None
    assert unchanged_text(replace(there, precision=Precision.FRACTION), locator(1, 1500)) is None
    assert unchanged_text(replace(there, raw="12"), locator(1, 1500)) is None
    assert unchanged_text(replace(there, raw="/body/DocFragment/body/p"), locator(1, 1500)) is None
    assert unchanged_text(None, locator(1, 1500)) is None
