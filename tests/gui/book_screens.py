"""The page of a book with dummy data."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from kios_desktop.application.book_routes import CameFrom, Routing
from kios_desktop.domain.library import BookId
from kios_desktop.ui.book.page import BookDetailsPage
from kios_desktop.ui.shell.main_window import MainWindow
from tests.fakes_book import FakeBooks, now
from tests.fakes_catalog import FakeCatalog, root_feed
from tests.gui import catalog_screens


def window(books: FakeBooks, size: QSize, book: int = 1) -> MainWindow:
    """A main window that shows the page of a book. Needs a running loop."""
    shown = catalog_screens.window(FakeCatalog({"": root_feed()}), size=size)
    shown.join_books(books, books, catalog_screens.running[-1])
    shown.show_library()
    shown.show_book(BookId(book))
    return shown


def page_of(shown: MainWindow) -> BookDetailsPage:
    page = shown.findChild(BookDetailsPage)
    if page is None:
        raise AssertionError("no book is shown")
    return page


def sync(size: QSize) -> QWidget:
    return window(FakeBooks(origins=(CameFrom("Komga", now() - timedelta(days=30)),)), size)


def file(size: QSize) -> QWidget:
    shown = window(FakeBooks(origins=(CameFrom("Komga"),)), size)
    page_of(shown).tabs.setCurrentIndex(1)
    return shown


def unread(size: QSize) -> QWidget:
    return window(FakeBooks(route=Routing(), history=()), size, book=4)


BOOK_SCREENS: dict[str, Callable[[QSize], QWidget]] = {
    "book-file": file,
    "book-sync": sync,
    "book-unread": unread,
}
