"""Shows statistics in the main window."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.ui.kit.formats import week_starts
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.statistics.page import StatisticsPage
from kios_desktop.ui.statistics.ports import BooksEver, SessionRecords
from kios_desktop.ui.statistics.presenter import StatisticsPresenter
from kios_desktop.ui.statistics.summary import Calendar


class StatisticsController(QObject):
    """Adds the page to `pages`. `begin_anew` ends and saves the sessions that go on."""

    def __init__(
        self,
        pages: QStackedWidget,
        covers: Covers,
        overlays: OverlayHost,
        sessions: SessionRecords,
        books: BooksEver,
        preferences: LivePreferences,
        tasks: Tasks,
        begin_anew: Callable[[], Awaitable[None]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(pages)
        self._pages = pages
        self.page = StatisticsPage(covers, overlays)

        def calendar() -> Calendar:
            return Calendar(week_starts(), preferences.value.statistics.day_starts_h)

        self._presenter = StatisticsPresenter(
            sessions, books, self.page, tasks, preferences, now, calendar, begin_anew
        )
        self.page.bind(self._presenter)
        pages.addWidget(self.page)
        preferences.listen(self.refresh)

    @property
    def shown(self) -> bool:
        return self._pages.currentWidget() is self.page

    def show(self) -> None:
        self._presenter.refresh()
        self._pages.setCurrentWidget(self.page)

    def refresh(self) -> None:
        """Sessions, books or settings were changed; what is not shown is read when it is."""
        if self.shown:
            self._presenter.refresh()
