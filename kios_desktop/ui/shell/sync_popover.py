"""The sync menu of the main window, in a popover at the sync line."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.library import BookId
from kios_desktop.domain.progress import SyncOverview
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.sync.discard import ask_to_discard
from kios_desktop.ui.sync.sync_menu import WIDTH, SyncMenu


class SyncPopover(QObject):
    """Opens and closes the menu at `opener`. What the reader chooses in it closes it.

    `menu` is None while it is closed.
    """

    sync_now_requested = Signal()
    settings_requested = Signal(str)  # page key
    source_settings_requested = Signal(str)  # source id
    retry_requested = Signal(object)  # BookId
    discard_requested = Signal(object)  # BookId; confirmed
    continue_requested = Signal(object)  # BookId

    def __init__(self, overlays: OverlayHost, opener: QWidget, window: QWidget) -> None:
        super().__init__(window)
        self._overlays, self._opener, self._window = overlays, opener, window
        self._overview = SyncOverview()
        self.menu: SyncMenu | None = None

    def show_overview(self, overview: SyncOverview) -> None:
        """Update the menu if it is open, and what the next one shows."""
        self._overview = overview
        if self.menu is not None:
            self.menu.show_overview(overview)

    def toggle(self) -> None:
        """Open the menu, or close it."""
        shown = self._overlays.shown(OverlayKind.POPOVER)
        if shown is not None and shown.opener is self._opener:
            self._overlays.close(OverlayKind.POPOVER)
            return
        self.menu = menu = self._new_menu()
        menu.destroyed.connect(lambda: self._drop(menu))
        menu.show_overview(self._overview)
        self._overlays.popover(menu, self._opener, width=theme.scaled(WIDTH))

    def _drop(self, menu: SyncMenu) -> None:
        if self.menu is menu:
            self.menu = None

    def _new_menu(self) -> SyncMenu:
        menu = SyncMenu()
        menu.sync_now.connect(self.sync_now_requested)
        menu.settings_requested.connect(self._closing(lambda: self.settings_requested.emit("sync")))
        menu.source_requested.connect(self._closing(self.source_settings_requested.emit))
        menu.retry_requested.connect(self.retry_requested)
        menu.discard_requested.connect(self._ask_to_discard)
        menu.continue_requested.connect(self._closing(self.continue_requested.emit))
        menu.changed.connect(self._overlays.replace_all)
        return menu

    def _closing(self, then: Callable[..., object]) -> Callable[..., None]:
        def do(*arguments: object) -> None:
            self._overlays.close(OverlayKind.POPOVER)
            then(*arguments)

        return do

    def _ask_to_discard(self, book_id: BookId) -> None:
        waiting = next((one for one in self._overview.waiting if one.book_id == book_id), None)
        if waiting is None:
            return
        self._overlays.close(OverlayKind.POPOVER)
        ask_to_discard(waiting, lambda: self.discard_requested.emit(book_id), self._window)
