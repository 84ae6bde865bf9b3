"""Shows the highlights of all books in the main window."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QStackedWidget

from kios_desktop.domain.library import BookId
from kios_desktop.ui.exchange.mark_files import MakeMarkFiles
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.marks.page import AllMarksPage
from kios_desktop.ui.marks.ports import BooksById, HighlightRecords
from kios_desktop.ui.marks.presenter import AllMarksPresenter


class AllMarksController(QObject):
    """Adds the page to `pages`. `changed` is called after marks of a book were changed in it."""

    def __init__(
        self,
        pages: QStackedWidget,
        covers: Covers,
        overlays: OverlayHost,
        search: QKeySequence,
        records: HighlightRecords,
        books: BooksById,
        tasks: Tasks,
        changed: Callable[[BookId], object],
        make_files: MakeMarkFiles,
    ) -> None:
        super().__init__(pages)
        self._pages = pages
        self.page = AllMarksPage(covers, overlays, search)
        self._presenter = AllMarksPresenter(
            records, books, self.page, tasks, lambda: datetime.now(UTC), changed
        )
        self.files = make_files(overlays, self.page.more, overlays.toast)
        self.page.bind(self._presenter, self.files)
        pages.addWidget(self.page)

    @property
    def shown(self) -> bool:
        return self._pages.currentWidget() is self.page

    def show(self) -> None:
        self._presenter.refresh()
        self._pages.setCurrentWidget(self.page)

    def refresh(self) -> None:
        """Marks were changed elsewhere; what is not shown is read when it is."""
        if self.shown:
            self._presenter.refresh()
