"""Shows the details page of a book in the main window."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget

from kios_desktop.domain.library import BookId
from kios_desktop.ui.book.page import BookDetailsPage
from kios_desktop.ui.book.ports import BookFacts, BookRoutes
from kios_desktop.ui.book.presenter import BookDetailsPresenter
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.view import LibraryView


class BookDetailsController(QObject):
    """Shows one book at a time; `leave` goes back to the library."""

    def __init__(
        self,
        pages: QStackedWidget,
        library: LibraryView,
        covers: Covers,
        folder: Path,
        facts: BookFacts,
        routes: BookRoutes,
        tasks: Tasks,
    ) -> None:
        super().__init__(pages)
        self._pages, self._library = pages, library
        self.page = BookDetailsPage(covers, folder)
        self._presenter = BookDetailsPresenter(facts, routes, self.page, tasks)
        self.page.bind(self._presenter)
        pages.addWidget(self.page)
        self.page.menu_requested.connect(lambda book, at: library.book_menu(book).popup(at))
        self.page.finish_requested.connect(library.finish_requested)
        self.page.unread_requested.connect(library.unread_requested)
        self.page.reading_requested.connect(library.reading_requested)
        self.page.folder_requested.connect(library.show_in_folder)
        library.offer_details()

    @property
    def shown(self) -> bool:
        return self._pages.currentWidget() is self.page

    def show(self, book_id: BookId, come_from: str) -> None:
        """`come_from` is the title of the page that leaving leads to."""
        self.page.come_from(come_from)
        self._presenter.show(book_id)
        self._pages.setCurrentWidget(self.page)

    def refresh(self) -> None:
        """Records of books have changed."""
        self._presenter.refresh()

    def leave(self) -> None:
        if self.shown:
            self._presenter.leave()
            self._pages.setCurrentWidget(self._library)

    def close_for_good(self) -> None:
        self._presenter.leave()
