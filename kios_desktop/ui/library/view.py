"""The library screen: header, banners, Continue reading, the grid and what is found inside books,
or an empty page.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.library import (
    Book,
    BookId,
    ImportReport,
    Query,
    Shelf,
    ShelfCounts,
)
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.actions import Actions
from kios_desktop.ui.kit.error_texts import Action, Message
from kios_desktop.ui.kit.formats import isolated, number
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.book_menu import book_menu
from kios_desktop.ui.library.continue_reading import ContinueReadingRow
from kios_desktop.ui.library.covers import Covers
from kios_desktop.ui.library.empty_library import empty_state
from kios_desktop.ui.library.grid import BookGrid
from kios_desktop.ui.library.header import LibraryHeader, page_title
from kios_desktop.ui.library.import_report import ImportProgress, ImportReportView
from kios_desktop.ui.library.model import BookModel
from kios_desktop.ui.library.orphans_banner import OrphansBanner
from kios_desktop.ui.library.presenter import LibraryPresenter
from kios_desktop.ui.library.removal import removal_dialog
from kios_desktop.ui.library.scroll_area import MARGIN, LibraryScrollArea
from kios_desktop.ui.widgets.empty_state import EmptyState
from kios_desktop.ui.widgets.inline_banner import InlineBanner
from kios_desktop.ui.widgets.label import label

if TYPE_CHECKING:  # imported when books are searched inside
    from kios_desktop.ui.library.inside_presenter import InsidePresenter, InsideResults
    from kios_desktop.ui.library.inside_view import InsideBooksView

_REPORT_WIDTH: Final = 420


class LibraryView(QWidget):
    """Implements `LibraryScreen` and `InsideScreen`. `folder` is the library folder."""

    open_requested = Signal(object)  # BookId
    excerpt_requested = Signal(object, str)  # Excerpt: open its book there; the words asked for
    sync_requested = Signal(object)  # BookId
    details_requested = Signal(object)  # BookId: its page
    finish_requested = Signal(object)  # Book
    unread_requested = Signal(object)  # Book
    reading_requested = Signal(object)  # Book
    shelf_requested = Signal(object)  # Shelf: “Go to All books”
    browse_requested = Signal()  # the first source
    sync_details_requested = Signal()
    orphans_shown = Signal()

    def __init__(
        self, covers: Covers, folder: Path, actions: Actions, overlays: OverlayHost
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._folder, self._actions, self._overlays = folder, actions, overlays
        self._presenter: LibraryPresenter | None = None
        self._counts = ShelfCounts()
        self._query = Query()
        self._model = BookModel()
        self._progress: ImportProgress | None = None
        self._to_select: BookId | None = None
        self._has_details = False
        self._source = ""
        self._empty: EmptyState | None = None
        self.header = LibraryHeader(actions)
        self.continue_reading = ContinueReadingRow(covers)
        self.grid = BookGrid(self._model, covers)
        self._inside: InsideBooksView | None = None
        self._heading = label(tr("Library"), "section")
        self._none = label("", "body", "muted", wrap=True)
        self._none.hide()
        self._problem = InlineBanner("", "danger", closable=False)
        self._problem.add_link(tr("Try again"), self._refresh)
        self._problem.hide()
        self._offline = InlineBanner("", "info", "cloud-slash")
        self._offline.add_link(tr("Details"), self.sync_details_requested.emit)
        self._offline.hide()
        self.orphans = OrphansBanner()
        self._stack = QStackedWidget()
        self._page = LibraryScrollArea(self.continue_reading, self._heading, self._none, self.grid)
        self.continue_reading.hide()
        self._heading.hide()
        self._stack.addWidget(self._page)
        self._lay_out()
        self._connect()

    def bind(self, presenter: LibraryPresenter) -> None:
        """Connect the reader's actions to the presenter."""
        self._presenter = presenter
        self.header.sort_chosen.connect(presenter.sort_chosen)
        self.header.reverse_chosen.connect(presenter.reverse_chosen)
        self.header.search.textEdited.connect(presenter.search_changed)
        self.grid.typed_ahead.connect(presenter.typed_ahead)
        self.finish_requested.connect(presenter.mark_finished)
        self.unread_requested.connect(presenter.mark_unread)
        self.reading_requested.connect(presenter.mark_reading)
        self._model.rows_needed.connect(presenter.rows_needed)

    # -- LibraryScreen

    def show_ids(self, ids: Sequence[BookId], query: Query) -> None:
        changed = query != self._query
        current, chosen = self.grid.current_book(), self.grid.selectionModel().hasSelection()
        self._query = query
        self._model.set_ids(ids)
        self.header.show_query(query, len(ids))
        empty = not ids
        self.header.show_controls(bool(self._counts.all) or bool(query.words) or not empty)
        self._heading.setText(tr("Library") if query.shelf is Shelf.ALL else tr("Books"))
        self._show_empty(empty)
        name = tr("Books, {page}, {n} items", page=page_title(query), n=number(len(ids)))
        self.grid.setAccessibleName(name)
        if changed:
            self._page.to_top()
        if self._to_select is not None:
            self._make_current(self._to_select)
        elif current is not None:
            self._make_current(current.id, chosen=chosen)

    def show_inside(self, results: "InsideResults") -> None:
        if self._inside is not None:
            had_focus = self._inside.list.hasFocus()
            self._inside.show_inside(results)
            self._show_empty(self._model.rowCount() == 0)
            if had_focus and not self._inside.list.isVisible():
                self.header.search.setFocus()

    def show_rows(self, books: Sequence[Book]) -> None:
        self._model.put(books)

    def show_distinctions(self, distinctions: Mapping[BookId, str]) -> None:
        self._model.set_distinctions(distinctions)

    def show_counts(self, counts: ShelfCounts) -> None:
        self._counts = counts
        self._model.forget()

    def show_continue(self, books: Sequence[Book], distinctions: Mapping[BookId, str]) -> None:
        self.continue_reading.set_books(books, distinctions)
        self._heading.setVisible(bool(books))

    def show_problem(self, message: Message | None) -> None:
        if message is None:
            self._problem.hide()
            return
        self._problem.set_text(message.line)
        self._problem.setVisible(message.action is not Action.NONE or not self._problem.isVisible())

    def show_orphans(self, count: int) -> None:
        self.orphans.offer(count)
        if count:
            self.orphans_shown.emit()

    def show_import(self, done: int, total: int) -> None:
        if self._progress is None and self._presenter is not None:
            self._progress = ImportProgress(self._presenter.stop_import)
            shown = self._overlays.popover(
                self._progress, self.header.add, width=theme.scaled(_REPORT_WIDTH), sticky=True
            )
            shown.closed.connect(self._progress_closed)
        if self._progress is not None:
            self._progress.set_progress(done, total)

    def show_import_report(self, report: ImportReport) -> None:
        def close() -> None:
            self._overlays.close(OverlayKind.POPOVER)

        def show_new() -> None:
            close()
            if self._presenter is not None:
                self.header.search.clear()
                self.shelf_requested.emit(Shelf.ALL)
                self._presenter.show_newest()

        width = theme.scaled(_REPORT_WIDTH)
        view = ImportReportView(report, close, show_new, width)
        self._overlays.popover(view, self.header.add, width=width, sticky=True)

    def select(self, book_id: BookId) -> None:
        if not self._make_current(book_id):
            self._to_select = book_id  # selected when the list that contains it arrives

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        self._overlays.toast(text, tr("Undo") if undo else "", undo)

    # -- for the window

    def show_offline(self, waiting: int | None) -> None:
        """Show that the network is gone and how many books wait to be sent; None: it is back."""
        if waiting is None:
            self._offline.hide()
            return
        self._offline.set_text(
            counted(
                "You’re offline. %Ln books have progress waiting to be sent.",
                "",
                waiting,
                one="You’re offline. %Ln book has progress waiting to be sent.",
            )
            if waiting
            else tr("You’re offline.")
        )
        self._offline.show()

    def join_inside(self, presenter: "InsidePresenter") -> None:
        """Show what is found inside books from now on."""
        from kios_desktop.ui.library.inside_view import InsideBooksView

        inside = self._inside = InsideBooksView()
        inside.bind(presenter)
        inside.chosen.connect(self.excerpt_requested)
        inside.moved.connect(lambda row: self._page.reveal(inside, row))
        self._page.add_below(inside)

    def focus_search(self) -> None:
        if self.header.search.isVisible():
            self.header.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.header.search.selectAll()

    def end_search(self) -> bool:
        """End the search; False when there was none."""
        if not self.header.search.text():
            return False
        self._clear_search()
        return True

    def title(self) -> str:
        """The title of the shelf that is shown, or “Search”."""
        return page_title(self._query)

    def set_source(self, name: str) -> None:
        """The source that an empty library offers to browse, "" for none."""
        if name != self._source:
            self._source = name
            if self._empty is not None:
                self._show_empty(True)

    def offer_details(self) -> None:
        """Offer the details page of a book from now on."""
        self._has_details = True

    def show_folder(self) -> None:
        """Open the library folder in the file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def regions(self) -> list[QWidget]:
        """The regions that F6 cycles through, in order."""
        inside = [self._inside] if self._inside is not None else []
        return [self.header, self.continue_reading, self.grid, *inside]

    def set_shape(self, window_width: int, window_height: int) -> None:
        """The window has another size, in px: Continue reading depends on it."""
        self.continue_reading.set_shape(window_width, window_height)

    # -- layout and events

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(MARGIN, 0, MARGIN, 0)
        top.setSpacing(0)
        top.addWidget(self.header)
        for banner in (self._problem, self._offline, self.orphans):
            top.addWidget(banner)
            banner.setContentsMargins(0, 0, 0, 0)
        top.addSpacing(6)
        outer.addLayout(top)
        outer.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.grid.open_requested.connect(self._open)
        self.grid.menu_requested.connect(self._show_menu)
        self.grid.remove_requested.connect(self._ask_removal)
        self.grid.details_requested.connect(self._show_details)
        self.continue_reading.open_requested.connect(self._open)
        self.continue_reading.menu_requested.connect(self._show_menu)
        self.header.search.entered.connect(self._open_first)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        window = self.window().size()
        self.set_shape(window.width(), window.height())

    def _show_empty(self, without_books: bool) -> None:
        inside = self._inside.results if self._inside is not None else None
        empty = without_books and not (inside is not None and inside.is_shown)
        query = isolated(self._query.words)
        self._none.setText(tr("No title, author or series matches ‘{query}’.", query=query))
        self._none.setVisible(without_books and not empty)
        self.grid.setVisible(not without_books)
        had_focus = False
        if self._empty is not None:
            had_focus = self._empty.isAncestorOf(QApplication.focusWidget() or self)
            self._stack.removeWidget(self._empty)
            self._empty.deleteLater()
            self._empty = None
        if empty:
            self._empty = empty_state(
                self._query,
                self._counts,
                add_files=self._actions.add_files.trigger,
                add_source=self._actions.add_source.trigger,
                source=self._source,
                browse=self.browse_requested.emit,
                go_to_all=lambda: self.shelf_requested.emit(Shelf.ALL),
                clear_search=self._clear_search,
                looked_inside=inside is not None and inside.is_of_all_books,
            )
            self._stack.addWidget(self._empty)
        self._stack.setCurrentIndex(int(empty))
        if had_focus:
            (self._empty.buttons[0] if self._empty else self.grid).setFocus()

    def _clear_search(self) -> None:
        self.header.search.clear()
        if self._presenter is not None:
            self._presenter.search_changed("")

    def _refresh(self) -> None:
        if self._presenter is not None:
            self._presenter.refresh()

    def _progress_closed(self) -> None:
        self._progress = None

    def _make_current(self, book_id: BookId, *, chosen: bool = True) -> bool:
        row = self._model.row_of(book_id)
        if row is None:
            return False
        self._to_select = None
        flags = QItemSelectionModel.SelectionFlag
        flag = flags.ClearAndSelect if chosen else flags.NoUpdate
        self.grid.selectionModel().setCurrentIndex(self._model.index(row), flag)
        return True

    def _open(self, book: Book) -> None:
        self.open_requested.emit(book.id)

    def _open_first(self) -> None:
        if (book := self._model.book(0)) is not None:
            self.open_requested.emit(book.id)
        elif self._inside is not None and not self._model.rowCount():
            self._inside.choose_first()

    def _show_menu(self, book: Book, at: QPoint) -> None:
        self.book_menu(book).popup(at)

    def book_menu(self, book: Book) -> QMenu:
        """The context menu of a book."""
        details = partial(self._show_details, book) if self._has_details else None
        return book_menu(
            book,
            self,
            self._presenter,
            read=partial(self._open, book),
            details=details,
            sync=lambda: self.sync_requested.emit(book.id),
            show_in_folder=partial(self.show_in_folder, book),
            remove=partial(self._ask_removal, book),
        )

    def _show_details(self, book: Book) -> None:
        if self._has_details:
            self.details_requested.emit(book.id)

    def show_in_folder(self, book: Book) -> None:
        """Open the folder of a book's file in the file manager."""
        folder = (self._folder / book.file).parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def remove(self, book_id: BookId) -> None:
        """Remove a book; another screen has asked for confirmation."""
        if self._presenter is not None:
            self._presenter.remove_by_id(book_id)

    def _ask_removal(self, book: Book) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        dialog = removal_dialog(book, self.window(), self._model.distinction(book.id))
        dialog.accepted.connect(lambda: presenter.remove(book))
        dialog.open()
