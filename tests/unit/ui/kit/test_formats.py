"""Times and counts in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from kios_desktop.ui.kit.formats import (
    books,
    calendar_day,
    duration,
    isolated,
    moment,
    month,
    number,
    percent,
    week_starts,
    when,
)

NOW = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=3, minutes=20), "3 h ago"),
    ],
)
def test_recent_times_are_counted(ago: timedelta, words: str) -> None:
    assert when(NOW - ago, NOW) == words


def test_older_times_name_the_day() -> None:
    local = NOW.astimezone().replace(hour=20, minute=58)
    early = local.replace(hour=7, minute=42)
    assert when(early, local).startswith("today ")
    assert when(early - timedelta(days=1), local).startswith("yesterday ")
    assert when(early - timedelta(days=3), local).startswith("18 Nov ")
    assert "2025" in when(early - timedelta(days=365), local)


def test_counts_know_one() -> None:
    assert (books(1), books(0), books(2)) == ("1 book", "0 books", "2 books")


def test_a_hundred_percent_is_only_the_end() -> None:
    assert (percent(0.999), percent(1.0), percent(0.153)) == ("99%", "100%", "15%")


def test_right_to_left_names_are_fenced_and_latin_ones_are_not() -> None:
    assert isolated("Home") == "Home"
    assert isolated("ספר") == "\u2068ספר\u2069"


def test_numbers_are_grouped_as_the_locale_does() -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English))
    assert (number(999), number(50_000), books(1234)) == ("999", "50,000", "1,234 books")
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=40), "40 min ago"),
        (timedelta(hours=3), "3 h ago"),
    ],
)
def test_what_says_how_long_ago_it_was_does_not_say_it_twice(ago: timedelta, words: str) -> None:
    assert moment(NOW - ago, NOW) == words


def test_beside_a_time_of_day_stands_how_long_ago_it_was() -> None:
    for ago, words in (
        (timedelta(hours=13, minutes=20), ", 13 hours ago"),
        (timedelta(hours=30), ", 1 day ago"),
        (timedelta(days=5), ", 5 days ago"),
    ):
        assert moment(NOW - ago, NOW) == when(NOW - ago, NOW) + words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 min"),
        (59, "under 1 min"),
        (34 * 60 + 59, "34 min"),
        (5 * 3600 + 6 * 60, "5 h 06 min"),
        (1234 * 3600, "1,234 h 00 min"),
    ],
)
def test_durations_have_hours_and_whole_minutes(seconds: float, words: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English))
    try:
        assert duration(seconds) == words
    finally:
        QLocale.setDefault(before)


def test_days_and_months_have_their_year_when_it_is_another_one() -> None:
    today = date(2026, 11, 22)
    assert calendar_day(date(2026, 11, 21), today, named=True) == "Sat 21 Nov"
    assert calendar_day(date(2025, 11, 21), today, named=True) == "Fri 21 Nov 2025"
    assert calendar_day(date(2025, 3, 1), today) == "1 Mar 2025"
    assert (month(date(2026, 3, 1), today), month(date(2024, 3, 1), today)) == (
        "March",
        "March 2024",
    )


@pytest.mark.parametrize(("locale", "day"), [("de_DE", 0), ("en_US", 6), ("ar_EG", 5)])
def test_a_week_starts_as_it_does_in_the_country(locale: str, day: int) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(locale))
    try:
        assert week_starts() == day
    finally:
        QLocale.setDefault(before)
