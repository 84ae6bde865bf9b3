"""The presenter of statistics: what it reads, forgets and exports."""

import asyncio
import csv
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import ClassVar

import pytest
from msgspec.structs import replace

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.errors import Full
from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import Preferences, StatisticsPreferences
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.domain.statistics import Period, Span
from kios_desktop.exchange.session_writers import SessionFormat
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.statistics.presenter import StatisticsPresenter
from kios_desktop.ui.statistics.summary import Calendar, Summary
from tests.fakes_statistics import BooksOnce, KeptSessions
from tests.fakes_ui import sample_books
from tests.sessions import session

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, 21, tzinfo=UTC)


class View:
    def __init__(self) -> None:
        self.shown: Summary | None = None
        self.count = 0
        self.chosen = StatisticsPreferences()
        self.toasts: list[str] = []
        self.undo: Callable[[], None] | None = None

    def show_summary(self, shown: Summary | None, chosen: StatisticsPreferences) -> None:
        self.shown, self.chosen = shown, chosen
        self.count += 1

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None:
        self.toasts.append(text)
        self.undo = on_action


def unexpected(error: Exception) -> None:
    raise AssertionError from error


class Page:
    """The presenter with what it works with. Use it in a running loop."""

    def __init__(self, *sessions: ReadingSession) -> None:
        self.kept, self.view, self.now = KeptSessions(sessions), View(), NOW
        self.calendar = Calendar(zone=UTC)
        self.live = LivePreferences(Preferences(), lambda _value: None)
        self.presenter = StatisticsPresenter(
            self.kept,
            BooksOnce(sample_books()),
            self.view,
            Tasks(unexpected),
            self.live,
            lambda: self.now,
            lambda: self.calendar,
            self.begin_anew,
        )
        self.going_on: ReadingSession | None = None
        self.live.listen(self.presenter.refresh)

    async def begin_anew(self) -> None:
        if self.going_on is not None:
            await self.kept.save([self.going_on])

    async def after(self, act: Callable[[], object]) -> Summary | None:
        """What is shown after an act."""
        before = self.view.count
        act()
        async with asyncio.timeout(5):
            while self.view.count == before:
                await asyncio.sleep(0.001)
        return self.view.shown

    async def told(self, act: Callable[[], object]) -> str:
        """What is said after an act."""
        before = len(self.view.toasts)
        act()
        async with asyncio.timeout(5):
            while len(self.view.toasts) == before:
                await asyncio.sleep(0.001)
        return self.view.toasts[-1]

    async def undo(self) -> Summary | None:
        assert self.view.undo is not None
        return await self.after(self.view.undo)


def ago(days: float, book: int = 1, minutes: float = 10) -> ReadingSession:
    return session(book, NOW - timedelta(days=days), minutes)


async def test_without_sessions_there_is_nothing_to_show() -> None:
    page = Page()
    assert await page.after(page.presenter.refresh) is None


async def test_periods_are_left_and_come_back_without_reading_the_disk_again() -> None:
    page = Page(ago(0), ago(400))
    step = page.presenter.step
    first = await page.after(page.presenter.refresh)
    assert first is not None and first.period.span is Span.YEAR
    before = await page.after(lambda: step(-1))
    assert before is not None and before.period.first == date(2025, 1, 1)
    again = await page.after(lambda: step(1))
    assert again == first
    assert page.kept.read == 1


async def test_a_shorter_span_of_the_past_is_its_end() -> None:
    page = Page(ago(0), ago(400))
    await page.after(page.presenter.refresh)
    await page.after(lambda: page.presenter.step(-1))
    month = await page.after(lambda: page.presenter.choose_span(Span.MONTH))
    assert month is not None and month.period.first == date(2025, 12, 1)
    everything = await page.after(lambda: page.presenter.choose_span(Span.ALL))
    assert everything is not None and everything.period.last == NOW.date()
    now = await page.after(lambda: page.presenter.choose_span(Span.WEEK))
    assert now is not None and now.is_now


async def test_the_current_period_goes_on_with_the_days() -> None:
    page = Page(ago(0), ago(8))
    page.presenter.choose_span(Span.WEEK)
    shown = await page.after(page.presenter.refresh)
    assert shown is not None and shown.period.first == date(2026, 11, 16)
    page.now = NOW + timedelta(days=1)
    shown = await page.after(page.presenter.refresh)
    assert shown is not None and shown.period.first == date(2026, 11, 23)
    await page.after(lambda: page.presenter.step(-1))
    await page.after(lambda: page.presenter.step(1))
    page.now = NOW + timedelta(days=8)
    shown = await page.after(page.presenter.refresh)
    assert shown is not None and shown.period.first == date(2026, 11, 30), "it is now again"
    shown = await page.after(lambda: page.presenter.step(-1))
    page.now = NOW + timedelta(days=15)
    later = await page.after(page.presenter.refresh)
    assert later is not None and shown is not None and later.period == shown.period


async def test_a_books_sessions_are_forgotten_and_come_back() -> None:
    page = Page(ago(0, 1), ago(1, 2), ago(500, 2))
    await page.after(page.presenter.refresh)
    shown = await page.after(lambda: page.presenter.forget_book(BookId(2)))
    assert shown is not None and [line.book_id for line in shown.books] == [1]
    assert [one.book_id for one in await page.kept.all()] == [1]
    assert page.view.toasts == ["2 sessions deleted"]
    await page.undo()
    assert len(await page.kept.all()) == 3


async def test_a_days_sessions_are_forgotten_and_come_back() -> None:
    page = Page(ago(0), ago(0.01), ago(1))
    await page.after(page.presenter.refresh)
    shown = await page.after(lambda: page.presenter.forget_day(NOW.date()))
    assert shown is not None and list(shown.days) == [date(2026, 11, 21)]
    shown = await page.undo()
    assert shown is not None and len(shown.days) == 2


async def test_all_is_forgotten_and_comes_back() -> None:
    page = Page(ago(0), ago(1))
    await page.after(page.presenter.refresh)
    assert await page.after(page.presenter.forget_all) is None
    assert page.kept.by_id == {}
    shown = await page.undo()
    assert shown is not None and len(shown.days) == 2


class NotedZone(tzinfo):
    """UTC, which notes how often each thread asks for it."""

    def __init__(self) -> None:
        self.asked = Counter[int]()

    def utcoffset(self, _at: datetime | None) -> timedelta:
        self.asked[threading.get_ident()] += 1
        return timedelta(0)

    def tzname(self, _at: datetime | None) -> str:
        return "noted"

    def dst(self, _at: datetime | None) -> timedelta:
        return timedelta(0)


class NotedCalendar(Calendar):
    """Notes the threads in which weeks are worked out."""

    threads: ClassVar[set[int]] = set()

    def period(self, span: Span, day: date, since: date | None = None) -> Period:
        if span is Span.WEEK:
            self.threads.add(threading.get_ident())
        return super().period(span, day, since)


async def test_each_period_is_added_up_in_a_thread() -> None:
    page = Page(ago(0), ago(400))
    page.calendar = NotedCalendar(zone=UTC)
    await page.after(page.presenter.refresh)
    await page.after(lambda: page.presenter.step(-1))
    assert NotedCalendar.threads
    assert threading.get_ident() not in NotedCalendar.threads


async def test_many_sessions_are_added_up_and_exported_in_a_thread(tmp_path: Path) -> None:
    page, zone = Page(*(ago(n) for n in range(500))), NotedZone()
    page.calendar = Calendar(zone=zone)
    await page.after(page.presenter.refresh)
    await page.after(lambda: page.presenter.choose_span(Span.ALL))
    await page.after(lambda: page.presenter.forget_day(date(2026, 11, 20)))
    file = tmp_path / "sessions.json"
    await page.told(lambda: page.presenter.export(file, SessionFormat.JSON))
    assert zone.asked.pop(threading.get_ident()) < 50, "what day it is today"
    assert zone.asked.total() > 1500


async def test_what_is_being_read_is_forgotten_with_the_rest() -> None:
    page = Page(ago(1))
    page.going_on = ago(0)
    assert await page.after(page.presenter.forget_all) is None
    assert page.kept.by_id == {}
    shown = await page.undo()
    assert shown is not None and len(shown.days) == 2


async def test_what_the_disk_refuses_is_said_and_nothing_is_gone() -> None:
    page = Page(ago(0))
    await page.after(page.presenter.refresh)
    page.kept.refused = Full()
    words = await page.told(page.presenter.forget_all)
    assert "No space left" in words
    assert page.view.undo is None
    assert len(page.kept.by_id) == 1


async def test_statistics_pause_and_go_on() -> None:
    page = Page(ago(0))
    goal = replace(Preferences(), statistics=StatisticsPreferences(daily_goal_min=20))
    page.live.change(goal)
    await page.after(lambda: page.presenter.pause(True))
    assert page.view.chosen == StatisticsPreferences(enabled=False, daily_goal_min=20)
    assert page.live.value.statistics == page.view.chosen
    await page.after(lambda: page.presenter.pause(False))
    assert page.live.value == goal


async def test_all_sessions_are_exported_whatever_is_shown(tmp_path: Path) -> None:
    page = Page(ago(0, 1), ago(400, 2), ago(401, 99))
    file = tmp_path / "sessions.csv"
    words = await page.told(lambda: page.presenter.export(file, SessionFormat.CSV))
    assert words == "3 sessions exported"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    titles = [row["title"] for row in rows]
    assert titles == ["", "Moby-Dick; or, the Whale", "Pride and Prejudice"]
    assert rows[-1]["started"] == "2026-11-22T21:00:00+00:00"


async def test_an_export_that_fails_says_why(tmp_path: Path) -> None:
    page = Page(ago(0))
    missing = tmp_path / "gone" / "sessions.json"
    words = await page.told(lambda: page.presenter.export(missing, SessionFormat.JSON))
    assert words == "The sessions were not exported. There is no such folder."
    assert page.kept.by_id
