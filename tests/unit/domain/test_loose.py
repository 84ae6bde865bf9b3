"""What a server writes is a number, a time or a text, or it is unknown."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.domain import loose

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**5000),
    st.floats(),
    st.text(st.characters()),
    st.floats().map(str),
    st.datetimes().map(datetime.isoformat),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=-23)))).map(datetime.isoformat),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.integers()),
)


@given(ANYTHING)
def test_nothing_is_raised_and_everything_can_be_used(value: object) -> None:
    fraction, percent = loose.fraction_of(value), loose.percent_of(value)
    assert fraction is None or 0 <= fraction <= 1
    assert percent is None or 0 <= percent <= 100
    at = loose.time_of(value)
    if at is not None:
        assert at.utcoffset() == timedelta(0)
        assert at + timedelta(days=365) > at - timedelta(days=365)
    loose.text_of(value).encode()
    loose.words_of(value).encode()


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        (100, 100.0),
        ("69.5", 69.5),
        (100.04, 100.0),  # BookLore keeps one decimal, Komga reckons in 32 bits
        (100.1, 100.0),
        (100.2, None),
        (150, None),
        (62098, None),
        (-0.001, None),
        (-0.0, 0.0),
    ],
)
def test_a_rounding_is_the_end_and_more_is_none(value: object, percent: float | None) -> None:
    assert loose.percent_of(value) == percent
    share = None if percent is None else pytest.approx(percent / 100)
    assert loose.fraction_of(float(str(value)) / 100) == share


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime.max.replace(tzinfo=UTC), None),
        (datetime.min.replace(tzinfo=UTC), None),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))), None),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=12))), None),
        (datetime(2100, 1, 1, tzinfo=UTC), None),
        (datetime(1999, 12, 31, tzinfo=UTC), None),
        (datetime.fromisoformat("2026-01-01"), datetime(2026, 1, 1, tzinfo=UTC)),
        (None, None),
    ],
)
def test_times_that_nobody_can_mean_are_unknown(
    at: datetime | None, expected: datetime | None
) -> None:
    assert loose.believable(at) == expected
