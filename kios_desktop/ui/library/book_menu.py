"""The context menu of a book of the library."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from kios_desktop.domain.library import Book, ReadingStatus
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.presenter import LibraryPresenter


def book_menu(
    book: Book,
    parent: QWidget,
    presenter: LibraryPresenter | None,
    *,
    read: Callable[[], object],
    details: Callable[[], object] | None,
    sync: Callable[[], object],
    show_in_folder: Callable[[], object],
    remove: Callable[[], object],
) -> QMenu:
    """The menu deletes itself when it is closed. Without `presenter` it can't mark the book."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def add(text: str, icon_name: str, on_click: Callable[[], object]) -> None:
        action = menu.addAction(icon(icon_name, "textMuted"), text)
        action.triggered.connect(lambda _=False: on_click())

    begun = book.status is not ReadingStatus.UNREAD
    add(tr("Continue reading") if begun else tr("Read"), "book-open", read)
    if details is not None:
        add(tr("Details"), "info", details)
    if presenter is not None:
        menu.addSeparator()
        if book.status is not ReadingStatus.FINISHED:
            add(tr("Mark as finished"), "check-circle", lambda: presenter.mark_finished(book))
        else:
            add(tr("Mark as reading"), "book-open", lambda: presenter.mark_reading(book))
        if begun:
            add(tr("Mark as unread"), "circle-dashed", lambda: presenter.mark_unread(book))
        if begun or book.rating is not None:
            _add_ratings(menu.addMenu(icon("star", "textMuted"), tr("Rate")), book, presenter)
    menu.addSeparator()
    add(tr("Sync this book now"), "arrows-clockwise", sync)
    add(tr("Show in folder"), "folder-open", show_in_folder)
    menu.addSeparator()
    add(tr("Remove…"), "trash", remove)
    return menu


def _add_ratings(menu: QMenu, book: Book, presenter: LibraryPresenter) -> None:
    """Whole stars; halves are given on the page of the book."""
    for stars in range(5, 0, -1):
        action = menu.addAction(counted("%Ln stars", "", stars, one="1 star"))
        action.setCheckable(True)
        action.setChecked(book.rating == 2 * stars)
        action.triggered.connect(lambda _=False, it=2 * stars: presenter.rate(book, it))
    if book.rating is not None:
        menu.addSeparator()
        remove = menu.addAction(tr("Remove the rating"))
        remove.triggered.connect(lambda: presenter.rate(book, None))
