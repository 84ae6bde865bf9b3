"""The page of statistics with dummy data."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import Preferences, StatisticsPreferences
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.domain.statistics import Span
from kios_desktop.ui.shell.main_window import MainWindow
from kios_desktop.ui.statistics.page import StatisticsPage
from tests.fakes_catalog import FakeCatalog, root_feed
from tests.fakes_statistics import BooksOnce, KeptSessions, now, two_years
from tests.fakes_ui import sample_books
from tests.gui import catalog_screens


def window(
    size: QSize,
    sessions: Sequence[ReadingSession] | None = None,
    chosen: StatisticsPreferences | None = None,
) -> MainWindow:
    """A main window that shows the statistics. Needs a running loop."""
    shown = catalog_screens.window(FakeCatalog({"": root_feed()}), size=size)
    kept = KeptSessions(two_years(now()) if sessions is None else sessions)
    books = BooksOnce(sample_books(), [BookId(7)])
    live = LivePreferences(
        Preferences(statistics=chosen or StatisticsPreferences()), lambda _value: None
    )
    tasks = catalog_screens.running[-1]
    shown.show_library()
    shown.show_statistics(shown.join_statistics(kept, books, live, tasks, nothing_goes_on))
    return shown


async def nothing_goes_on() -> None:
    """No book is open."""


def page_of(shown: MainWindow) -> StatisticsPage:
    page = shown.findChild(StatisticsPage)
    if page is None:
        raise AssertionError("no statistics are shown")
    return page


def of_span(span: Span) -> Callable[[QSize], QWidget]:
    def made(size: QSize) -> QWidget:
        shown = window(size)
        page_of(shown).header.span_chosen.emit(span)
        return shown

    return made


def tables(size: QSize) -> QWidget:
    shown = window(size)
    for card in (page_of(shown).year_card, page_of(shown).bars_card):
        card.as_table.setChecked(True)
    return shown


STATISTICS_SCREENS: dict[str, Callable[[QSize], QWidget]] = {
    "statistics": window,
    "statistics-all": of_span(Span.ALL),
    "statistics-empty": lambda size: window(size, ()),
    "statistics-month": of_span(Span.MONTH),
    "statistics-paused": lambda size: window(
        size, chosen=StatisticsPreferences(enabled=False, daily_goal_min=30)
    ),
    "statistics-tables": tables,
    "statistics-week": of_span(Span.WEEK),
}
