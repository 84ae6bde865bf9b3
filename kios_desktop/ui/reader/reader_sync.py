"""The sync icon and the sync menu of every reader window."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.errors import NotMatched
from kios_desktop.domain.library import BookId
from kios_desktop.domain.progress import BookOverview, SyncOverview
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.message import button_text
from kios_desktop.ui.kit.overlay import OverlayKind
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.open_books import OpenBooks
from kios_desktop.ui.sync.discard import ask_to_discard
from kios_desktop.ui.sync.sync_menu import WIDTH, SyncMenu
from kios_desktop.ui.sync.texts import book_line, status_line, unknown_file

if TYPE_CHECKING:  # a reader window is imported when a book is opened
    from kios_desktop.ui.reader.window import ReaderWindow

MINUTE_MS = 60_000  # the text beside the icon says how many minutes ago the last sync was


class ReaderSync(QObject):
    """Shows in each reader window how the sync of its book stands."""

    def __init__(self, readers: OpenBooks, sync: SyncEngine) -> None:
        super().__init__(readers)
        self._readers, self._sync = readers, sync
        self._shown_error: Exception | None = None
        self._menus: dict[ReaderWindow, SyncMenu] = {}
        readers.window_opened.connect(self._opened)
        sync.watch(self._overviews, self._changed)
        minute = QTimer(self, interval=MINUTE_MS)
        minute.timeout.connect(self._show_all)
        minute.start()

    def _opened(self, window: "ReaderWindow") -> None:
        window.sync_menu_requested.connect(lambda opener: self._toggle(window, opener))
        window.sync_now_requested.connect(lambda: self._sync_now(window))
        window.activated.connect(lambda: self._show(window))
        window.closed.connect(lambda: self._menus.pop(window, None))
        self._show(window)

    def _overviews(self) -> tuple[SyncOverview, list[BookOverview]]:
        books = map(self._readers.book_of, self._readers.windows())
        return self._sync.overview(), [
            self._sync.book_overview(book_id) for book_id in books if book_id is not None
        ]

    def _changed(self, overviews: tuple[SyncOverview, list[BookOverview]]) -> None:
        self._show_all()
        error = overviews[0].storage_error
        if error is not None and self._shown_error is None:
            words = explain(error)
            for window in self._readers.windows():
                window.display.show_toast(
                    words.line, button_text(words.action), self._sync.try_saving
                )
        self._shown_error = error

    def _show_all(self) -> None:
        for window in self._readers.windows():
            self._show(window)

    def _show(self, window: "ReaderWindow") -> None:
        line = status_line(self._sync.overview(), datetime.now(UTC))
        book_id = self._readers.book_of(window)
        if book_id is not None:
            book = self._sync.book_overview(book_id)
            line = book_line(book, line)
            menu = self._menus.get(window)
            if menu is not None:
                menu.show_book(book)
            self._show_unknown_file(window, book_id, book)
        window.display.show_sync_icon(line.icon, line.color, line.text)

    def _show_unknown_file(
        self, window: "ReaderWindow", book_id: BookId, book: BookOverview
    ) -> None:
        """Say once, in the active window, that the server doesn't know this file."""
        if (
            book.unknown_file_shown
            or not isinstance(book.error, NotMatched)
            or not window.isActiveWindow()
        ):
            return
        text = tr("{problem}, so your place stays here.", problem=unknown_file(book))
        window.display.show_toast(
            text, tr("Why?"), lambda: self._toggle(window, window.header.sync)
        )
        self._sync.unknown_file_shown(book_id)

    def _toggle(self, window: "ReaderWindow", opener: QWidget) -> None:
        window.bars.show()
        window.overlays.toggle_popover(
            lambda: self._new_menu(window), opener, width=min(WIDTH, window.width() - 16)
        )

    def _new_menu(self, window: "ReaderWindow") -> SyncMenu:
        menu = self._menus[window] = SyncMenu()
        menu.destroyed.connect(lambda: self._gone(window, menu))
        book_id = self._readers.book_of(window)
        menu.sync_now.connect(lambda: self._sync_now(window))
        menu.settings_requested.connect(lambda: window.overlays.close(OverlayKind.POPOVER))
        menu.settings_requested.connect(lambda: window.settings_requested.emit("sync"))
        menu.source_requested.connect(lambda _id: window.overlays.close(OverlayKind.POPOVER))
        menu.source_requested.connect(window.source_settings_requested)
        menu.changed.connect(window.overlays.replace_all)
        if book_id is None:
            menu.show_overview(self._sync.overview())
            return menu
        menu.retry_requested.connect(lambda _: self._sync.retry(book_id))
        menu.discard_requested.connect(lambda _: self._ask_to_discard(window, book_id))
        menu.continue_requested.connect(lambda _: self._take(window, book_id))
        menu.undo_requested.connect(lambda: window.actions_by_name["undo"].trigger())
        menu.show_book(self._sync.book_overview(book_id))
        return menu

    def _gone(self, window: "ReaderWindow", menu: SyncMenu) -> None:
        """The popover, and with it the menu, was closed."""
        if self._menus.get(window) is menu:
            del self._menus[window]

    def _ask_to_discard(self, window: "ReaderWindow", book_id: BookId) -> None:
        window.overlays.close(OverlayKind.POPOVER)
        waiting = self._sync.book_overview(book_id).waiting
        if waiting is not None:
            ask_to_discard(waiting, lambda: self._sync.discard(book_id), window)

    def _take(self, window: "ReaderWindow", book_id: BookId) -> None:
        """“Continue” in the menu: take the offer that is asked about or was declined."""
        window.overlays.close(OverlayKind.POPOVER)
        offer = self._sync.book_overview(book_id).offer
        if offer is not None:
            window.take_offer(offer)

    def _sync_now(self, window: "ReaderWindow") -> None:
        book_id = self._readers.book_of(window)
        if book_id is not None:
            self._sync.retry(book_id)
