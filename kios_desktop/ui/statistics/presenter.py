"""Adds up what was read, for the page of statistics; forgets and exports it. No Qt."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol

from msgspec.structs import replace

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.errors import MarksFileError, StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import StatisticsPreferences
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.domain.statistics import Period, Span, next_to
from kios_desktop.exchange.exported_session import ExportedSession
from kios_desktop.exchange.files import write_file
from kios_desktop.exchange.session_writers import SessionFormat, written
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.statistics.ports import BooksEver, SessionRecords
from kios_desktop.ui.statistics.summary import Calendar, ReadRecords, Summary, summary

_LOADING: Final = "statistics"


class StatisticsView(Protocol):
    """What the presenter shows."""

    def show_summary(self, shown: Summary | None, chosen: StatisticsPreferences) -> None:
        """None without any session."""

    def show_toast(
        self, text: str, action: str = "", on_action: Callable[[], None] | None = None
    ) -> None: ...


class StatisticsPresenter:
    """`calendar` is asked anew at each reading, as its values are settings.

    `begin_anew` ends and saves the sessions that go on: one that is deleted would come back.
    """

    def __init__(
        self,
        sessions: SessionRecords,
        books: BooksEver,
        view: StatisticsView,
        tasks: Tasks,
        preferences: LivePreferences,
        now: Callable[[], datetime],
        calendar: Callable[[], Calendar],
        begin_anew: Callable[[], Awaitable[None]],
    ) -> None:
        self._sessions, self._books, self._view, self._tasks = sessions, books, view, tasks
        self._preferences, self._now, self._calendar = preferences, now, calendar
        self._begin_anew = begin_anew
        self._records: ReadRecords | None = None
        self._span = Span.YEAR
        self._period: Period | None = None  # None: the one that today is in

    # -- what is shown

    def refresh(self) -> None:
        """Read all anew."""
        self._tasks.replace(_LOADING, self._telling(self._load))

    def choose_span(self, span: Span) -> None:
        """Stay where one is: of a past year, its last month and its last week."""
        self._span = span
        if span is Span.ALL:
            self._period = None
        elif self._period is not None:
            self._period = self._on(self._period.last)
        self._show()

    def step(self, by: int) -> None:
        """Show the period behind (1) or before (-1) this one."""
        if self._span is Span.ALL or self._records is None:
            return
        self._period = self._kept(next_to(self._period or self._on(self._today), by))
        self._show()

    # -- what is done

    def pause(self, paused: bool) -> None:
        """Record no sessions, or record them again. The page is told as all that follow this."""
        value = self._preferences.value
        changed = replace(value.statistics, enabled=not paused)
        self._preferences.change(replace(value, statistics=changed))

    def forget_book(self, book_id: BookId) -> None:
        self._forget(lambda one: one.book_id == book_id)

    def forget_day(self, day: date) -> None:
        calendar = self._calendar()
        self._forget(lambda one: calendar.day(one.started_at) == day)

    def forget_all(self) -> None:
        self._forget(lambda _one: True)

    def export(self, path: Path, file_format: SessionFormat) -> None:
        """Write all sessions that are kept into a file."""
        self._tasks.start(self._telling(lambda: self._export(path, file_format)))

    # -- parts

    @property
    def _today(self) -> date:
        return self._calendar().day(self._now())

    def _on(self, day: date) -> Period:
        since = None if self._records is None else self._records.statistics.first_day
        return self._calendar().period(self._span, day, since)

    def _kept(self, period: Period) -> Period | None:
        return None if period.last >= self._today else period

    def _show(self) -> None:
        if self._records is not None:
            self._tasks.replace(_LOADING, self._add_up(self._records))

    async def _load(self) -> None:
        sessions = await self._sessions.all()
        ids = list({one.book_id for one in sessions})
        books = await self._books.load_ever(ids)
        here = [book.id for book in await self._books.load(ids)]
        finished = await self._books.finished()
        calendar = self._calendar()
        records = await asyncio.to_thread(ReadRecords, sessions, books, here, finished, calendar)
        self._records = records
        await self._add_up(records)

    async def _add_up(self, records: ReadRecords) -> None:
        today = self._today
        if self._period is not None:
            self._period = self._kept(self._period)
        period = self._period or self._on(today)
        shown = None
        if not records.is_empty:
            shown = await asyncio.to_thread(summary, records, period, today)
        self._view.show_summary(shown, self._preferences.value.statistics)

    def _forget(self, is_meant: Callable[[ReadingSession], bool]) -> None:
        self._tasks.start(self._telling(lambda: self._delete(is_meant)))

    async def _delete(self, is_meant: Callable[[ReadingSession], bool]) -> None:
        await self._begin_anew()
        kept = await self._sessions.all()
        gone = await asyncio.to_thread(lambda: [one for one in kept if is_meant(one)])
        if len(gone) == len(kept):
            await self._sessions.delete_all()
        else:
            await self._sessions.delete([one.id for one in gone])
        self.refresh()

        def undo() -> None:
            self._tasks.start(self._telling(lambda: self._restore(gone)))

        n = len(gone)
        words = counted("%Ln sessions deleted", "", n, one="%Ln session deleted")
        self._view.show_toast(words, tr("Undo"), undo)

    async def _restore(self, gone: Sequence[ReadingSession]) -> None:
        await self._sessions.save(gone)
        self.refresh()

    async def _export(self, path: Path, file_format: SessionFormat) -> None:
        sessions = await self._sessions.all()
        books = await self._books.load_ever(list({one.book_id for one in sessions}))
        by_id = {book.id: book for book in books}
        zone = self._calendar().zone

        def write() -> None:
            exported = [ExportedSession.of(one, by_id.get(one.book_id), zone) for one in sessions]
            write_file(path, written(exported, file_format))

        try:
            await asyncio.to_thread(write)
        except MarksFileError as error:
            why = explain(error).text
            self._view.show_toast(tr("The sessions were not exported. {why}", why=why))
            return
        n = len(sessions)
        words = counted("%Ln sessions exported", "", n, one="%Ln session exported")
        self._view.show_toast(words)

    async def _telling(self, do: Callable[[], Awaitable[None]]) -> None:
        try:
            await do()
        except StorageError as error:
            self._view.show_toast(explain(error).line)
