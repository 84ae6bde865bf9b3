"""The catalog screen: header, bars, and the list or what is shown instead of it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.download import EntryState
from kios_desktop.domain.library import BookId
from kios_desktop.ui.catalog.content_stack import ContentStack
from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.catalog.entry_action_router import EntryActionRouter
from kios_desktop.ui.catalog.entry_page import EntryPage
from kios_desktop.ui.catalog.feed_list import FeedList
from kios_desktop.ui.catalog.feed_sections import FeedSections
from kios_desktop.ui.catalog.focus import (
    focus_list,
    focus_page,
    preserve_focus,
    restore_ring,
    ring_is_shown,
)
from kios_desktop.ui.catalog.grid import EntryGrid
from kios_desktop.ui.catalog.header import Breadcrumb, CatalogHeader
from kios_desktop.ui.catalog.model import EntryModel
from kios_desktop.ui.catalog.notice_column import NoticeColumn
from kios_desktop.ui.catalog.ports import CatalogHeading, Listing, Notice, Paging, ShelfLine
from kios_desktop.ui.catalog.presenter import CatalogPresenter
from kios_desktop.ui.catalog.replacement_pages import empty_page, problem_page
from kios_desktop.ui.catalog.select_mode import SelectMode
from kios_desktop.ui.catalog.shelf_bar import ShelfBar
from kios_desktop.ui.catalog.start_over_question import start_over_question
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.kit.error_texts import Action, Message
from kios_desktop.ui.kit.overlay import OverlayHost, announce
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.delegate import GAP

_MARGIN: Final = 24
_NARROW: Final = 1000
_STATES_MS: Final = 120


class CatalogView(QWidget):
    """Implements `CatalogScreen` for one source."""

    open_book_requested = Signal(object)  # BookId
    sign_in_requested = Signal(str)  # source id
    source_settings_requested = Signal(str)  # source id: address or certificate
    link_requested = Signal(str)  # a web address; the reader is asked before it is opened
    remove_book_requested = Signal(object)  # BookId; the reader has confirmed it
    answered = Signal()  # the server has answered, or failed
    left = Signal()  # back was requested on the first page
    endless_chosen = Signal(bool)

    def __init__(
        self,
        source_id: str,
        source_name: str,
        downloads: DownloadsPort,
        covers: CatalogCovers,
        overlays: OverlayHost,
        show_downloads: QAction,
        search: QAction,
        main_menu: QMenu,
        *,
        shelf: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._source_id, self._name = source_id, source_name
        self.covers, self._overlays = covers, overlays
        self._presenter: CatalogPresenter | None = None
        self._has_shelf = shelf
        self.header = CatalogHeader(
            source_name, show_downloads, search.shortcut(), main_menu, shelf=shelf
        )
        self.shelf_bar = ShelfBar()
        if not shelf:
            self.shelf_bar.hide()
        self.crumbs = Breadcrumb()
        self.notices = NoticeColumn()

        def state_of(entry: Entry) -> EntryState:
            return downloads.state_of(source_id, entry)

        self._model = EntryModel(state_of)
        self.action_router = EntryActionRouter(self, self._model, state_of)
        self.action_router.sign_in_requested.connect(lambda: self.sign_in_requested.emit(source_id))
        self.action_router.link_requested.connect(self.link_requested)
        self.action_router.remove_book_requested.connect(self.remove_book_requested)
        self.sections = FeedSections(state_of, covers, self._connect_grid)
        self.grid = EntryGrid(
            self._model, covers, scrolls=True, inset=_MARGIN - GAP // 2, notes=shelf
        )
        self.entry_page = EntryPage(covers, state_of)
        self.content = ContentStack(self.grid, self.entry_page)
        self.feed_list = FeedList(self._model, self.sections, self.grid, covers, self)
        self.bar = self.feed_list.bar
        self.select_mode = SelectMode(self._model, self.grid, self._preserve_focus)
        self._states = QTimer(self, singleShot=True, interval=_STATES_MS)
        self._states.timeout.connect(self._show_states)
        self._stop_listening = downloads.listen(self._states_changed)
        self._lay_out()
        self._connect()

    def bind(self, presenter: CatalogPresenter) -> None:
        """Connect the reader's actions to the presenter."""
        self._presenter = self.action_router.presenter = presenter
        header, bar, page = self.header, self.bar, self.entry_page
        header.forward_requested.connect(presenter.forward)
        header.refresh_requested.connect(self.covers.try_again)
        header.refresh_requested.connect(presenter.refresh)
        header.search_requested.connect(presenter.search)
        header.endless_chosen.connect(presenter.set_endless)
        self.crumbs.parent_chosen.connect(presenter.go_to_parent)
        bar.facet_chosen.connect(presenter.choose_facet)
        bar.previous_requested.connect(presenter.previous_page)
        bar.next_requested.connect(presenter.next_page)
        self.sections.follow_requested.connect(presenter.follow)
        page.related_requested.connect(presenter.follow)
        page.author_requested.connect(presenter.search_author)
        page.read_requested.connect(presenter.entry_actions.read_when_here)
        self.notices.closed.connect(presenter.close_notice)
        self.feed_list.in_sight.connect(presenter.in_sight)
        if (shelf := presenter.shelf) is not None:
            self.shelf_bar.sync_requested.connect(shelf.sync)
            self.shelf_bar.time_passed.connect(shelf.show_line)
            self.header.start_over_requested.connect(self._ask_to_start_over)

    def close_for_good(self) -> None:
        """Stop all work: the source is removed, or Kios quits."""
        self._stop_listening()
        self.covers.close()
        if self._presenter is not None:
            self._presenter.close()

    # -- CatalogScreen

    def show_heading(self, heading: CatalogHeading) -> None:
        with self._preserve_focus():
            self.header.show_heading(heading)
            self.crumbs.show_trail(heading.trail, heading.title)

    def show_loading(self) -> None:
        with self._preserve_focus(always=True):
            self.select_mode.stop()
            self.notices.show_notices(())
            self.feed_list.show_placeholders()
            self._show(self.grid)
        announce(self, tr("Loading…"))

    def show_listing(self, listing: Listing) -> None:
        refreshed = listing.refreshed and self.feed_list.listing is not None
        with self._preserve_focus(always=not refreshed):
            self._show_list(listing, refreshed)
        if not refreshed:
            announce(self, self.header.title())

    def _show_list(self, listing: Listing, refreshed: bool) -> None:
        if not refreshed or listing.is_empty:
            self.select_mode.stop()
        self.answered.emit()
        self.notices.show_notices(listing.notices)
        self.feed_list.set_listing(listing, refreshed=refreshed)
        if listing.is_empty:
            self._show_instead(
                empty_page(
                    listing,
                    self._name,
                    is_shelf=self._has_shelf,
                    clear_search=self._clear_search,
                    sync=lambda: self._perform(Action.TRY_AGAIN),
                )
            )
            return
        self.feed_list.show_sections(self.header.title())
        self._show(self.grid)
        self.feed_list.restore_place(refreshed=refreshed)

    def show_paging(self, paging: Paging) -> None:
        with self._preserve_focus():
            self.feed_list.show_paging(paging)

    def show_notices(self, notices: Sequence[Notice]) -> None:
        with self._preserve_focus():
            self.notices.show_notices(notices)

    def show_shelf(self, line: ShelfLine) -> None:
        self.shelf_bar.show_line(line)

    def rows_added(self) -> None:
        self.feed_list.rows_added()

    def rows_filled(self, rows: range) -> None:
        self.feed_list.rows_filled(rows)

    def show_entry(self, entry: Entry, offline: bool) -> None:
        ring = ring_is_shown()
        self.select_mode.stop()
        self.notices.show_notices(())
        self.bar.hide()
        self.entry_page.show_entry(entry, offline, self.header.search.isVisible())
        self._show(self.entry_page)
        self.entry_page.focus_action()
        restore_ring(ring)
        announce(self, title_of(entry))

    def show_problem(self, message: Message) -> None:
        self.select_mode.stop()
        self.notices.show_notices(())
        self.bar.hide()
        with self._preserve_focus(always=True):
            self._show_instead(problem_page(message, self._perform))
        announce(self, message.line)
        self.answered.emit()

    def say(self, text: str) -> None:
        self._overlays.toast(text)

    def where(self) -> tuple[int, int]:
        return self.grid.verticalScrollBar().value(), self.grid.currentIndex().row()

    def open_book(self, book_id: BookId) -> None:
        self.open_book_requested.emit(book_id)

    # -- for the window

    def focus_search(self) -> None:
        """Focus the source's search, else the filter of the page (Ctrl+F)."""
        field = self.header.search if self.header.search.isVisible() else self.bar.filter
        if field.isVisible():
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            field.selectAll()

    def focus_content(self) -> None:
        """Focus where the reader was in the content, else its first item."""
        shown = self.content.currentWidget()
        if shown is self.entry_page:
            self.entry_page.focus_action()
        elif shown is self.grid:
            link = None if self.feed_list.listing is None else self.feed_list.listing.link
            focus_list(self.sections, self.grid, link)
        elif shown is not None:
            focus_page(shown)

    def _preserve_focus(self, *, always: bool = False) -> AbstractContextManager[None]:
        around = (self.crumbs, self.bar, self.notices, self.select_mode.bar)
        return preserve_focus(self.content, around, self.focus_content, always=always)

    def regions(self) -> list[QWidget]:
        """The regions that F6 cycles through, in order."""
        return [self.header, self.shelf_bar, self.bar, self.content, self.select_mode.bar]

    # -- layout and events

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        top.setSpacing(0)
        for widget in (self.header, self.shelf_bar, self.crumbs, self.notices, self.bar):
            top.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(top)
        outer.addWidget(self.content, 1)
        outer.addWidget(self.select_mode.bar)

    def _connect(self) -> None:
        self._connect_grid(self.grid)
        self.entry_page.action_requested.connect(self.action_router.perform)
        self.entry_page.link_requested.connect(self.link_requested)
        self.shelf_bar.focus_lost.connect(self.focus_content)
        self.notices.action_requested.connect(self._perform)
        self.header.back_requested.connect(self._back)
        self.header.choosing_chosen.connect(self.select_mode.set_active)
        self.select_mode.changed.connect(self._show_modes)
        self.select_mode.download_requested.connect(self._download)
        self.header.endless_chosen.connect(self.endless_chosen)
        keys = {"Alt+Left": self._back, "Alt+Right": self._forward, "Alt+Up": self._up}
        for sequence, done in keys.items():
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(done)

    def _connect_grid(self, grid: EntryGrid) -> None:
        grid.open_requested.connect(self.action_router.open)
        grid.action_requested.connect(self.action_router.perform)
        grid.menu_requested.connect(lambda entry, at: self.action_router.menu(entry).popup(at))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.entry_page.set_narrow(self.window().width() < _NARROW)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.BackButton:
            self._back()
        elif event.button() is Qt.MouseButton.ForwardButton:
            self._forward()
        else:
            super().mousePressEvent(event)

    def _show(self, page: QWidget) -> None:
        self.content.show_page(page)
        self._show_modes()

    def _show_instead(self, page: QWidget) -> None:
        self.content.show_replacement(page)
        self._show_modes()

    def _show_modes(self) -> None:
        lists = self.content.currentWidget() is self.grid and self._model.rowCount() > 0
        endless = self._presenter is not None and self._presenter.endless
        self.header.show_modes(endless=endless, choosing=self._model.choosing, can_choose=lists)

    # -- actions of the reader

    def _ask_to_start_over(self) -> None:
        if self._presenter is None or self._presenter.shelf is None:
            return
        dialog = start_over_question(self.window())
        dialog.accepted.connect(self._presenter.shelf.start_over)
        dialog.open()

    def _back(self) -> None:
        if self._presenter is not None and not self._presenter.back():
            self.left.emit()

    def _forward(self) -> None:
        if self._presenter is not None:
            self._presenter.forward()

    def _up(self) -> None:
        if self._presenter is not None:
            self._presenter.up()

    def _clear_search(self) -> None:
        self.header.search.clear()
        if self._presenter is not None:
            self._presenter.search("")

    def _perform(self, action: Action) -> None:
        if action in {Action.TRY_AGAIN, Action.RETRY}:
            self.covers.try_again()
            if self._presenter is not None:
                self._presenter.try_again()
        elif action is Action.ENTER_AGAIN:
            self.sign_in_requested.emit(self._source_id)
        else:
            self.source_settings_requested.emit(self._source_id)

    def _download(self, entries: list[Entry]) -> None:
        if self._presenter is not None:
            self._presenter.entry_actions.download_all(entries)

    # -- downloads

    def _states_changed(self) -> None:
        if not self._states.isActive():
            self._states.start()

    def _show_states(self) -> None:
        if not self.isVisible():
            return
        self.feed_list.states_changed()
        self.entry_page.states_changed()
