"""The catalog screen: header, list, and what is shown instead of it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.download import EntryState
from kios_desktop.domain.library import BookId
from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.catalog.entry_action_router import EntryActionRouter
from kios_desktop.ui.catalog.entry_page import EntryPage
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
from kios_desktop.ui.catalog.list_bar import ListBar
from kios_desktop.ui.catalog.model import EntryModel
from kios_desktop.ui.catalog.notice_column import NoticeColumn, action_text
from kios_desktop.ui.catalog.ports import CatalogHeading, Listing, Notice, Paging, ShelfLine
from kios_desktop.ui.catalog.presenter import CatalogPresenter
from kios_desktop.ui.catalog.select_bar import SelectBar
from kios_desktop.ui.catalog.shelf_bar import ShelfBar
from kios_desktop.ui.catalog.texts import nothing_found_text, title_of
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.error_texts import Action, Message
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.overlay import OverlayHost, announce
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.library.delegate import GAP
from kios_desktop.ui.widgets.empty_state import EmptyState

_MARGIN: Final = 24
_NARROW: Final = 1000
_PLACEHOLDERS: Final = 12
_FILTERED_FROM: Final = 13  # entries or links from which a page can be filtered
_STATES_MS: Final = 120


class CatalogView(QWidget):
    """Implements `CatalogScreen` for one source."""

    open_book_requested = Signal(object)  # BookId
    sign_in_requested = Signal(str)  # source id
    source_settings_requested = Signal(str)  # source id: address or certificate
    link_requested = Signal(str)  # a web address; to be asked about
    remove_book_requested = Signal(object)  # BookId; confirmed
    answered = Signal()  # something came from the server, or why not
    left = Signal()  # back from the first place
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
        self._listing: Listing | None = None
        self._instead: QWidget | None = None
        self._has_shelf = shelf
        self.header = CatalogHeader(
            source_name, show_downloads, search.shortcut(), main_menu, shelf=shelf
        )
        self.shelf_bar = ShelfBar()
        self.shelf_bar.setVisible(shelf)
        self.crumbs = Breadcrumb()
        self.notices = NoticeColumn()
        self.bar = ListBar()

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
        self.grid.set_head(self.sections)
        self.entry_page = EntryPage(covers, state_of)
        self.select_bar = SelectBar()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.entry_page)
        self._states = QTimer(self, singleShot=True, interval=_STATES_MS)
        self._states.timeout.connect(self._show_states)
        self._stop_listening = downloads.listen(self._states_changed)
        self._lay_out()
        self._connect()

    def bind(self, presenter: CatalogPresenter) -> None:
        """Send what the reader does to the presenter."""
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
        if (shelf := presenter.shelf) is not None:
            self.shelf_bar.sync_requested.connect(shelf.sync)
            self.shelf_bar.time_passed.connect(shelf.show_line)
            self.header.start_over_requested.connect(self._ask_to_start_over)

    def close_for_good(self) -> None:
        """The source is gone, or Kios ends."""
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
            self._show_placeholders()
        announce(self, tr("Loading…"))

    def _show_placeholders(self) -> None:
        self._stop_choosing()
        self.sections.hide()
        self._model.set_placeholders(_PLACEHOLDERS)
        self.notices.show_notices(())
        self.bar.show_facets(())
        self.bar.show_paging(Paging())
        self.bar.show_filter(False)
        self.grid.refit()
        self._show(self.grid)

    def show_listing(self, listing: Listing) -> None:
        again = listing.again and self._listing is not None
        with self._preserve_focus(always=not again):
            self._show_list(listing, again)
        if not again:
            announce(self, self.header.title())

    def _show_list(self, listing: Listing, again: bool) -> None:
        if not again:
            self._stop_choosing()
        self._listing = listing
        self.answered.emit()
        feed = listing.feed
        self.notices.show_notices(listing.notices)
        self.bar.show_facets(feed.facets)
        self.bar.show_paging(listing.paging)
        empty = not (feed.navigation or feed.groups or listing.pages.rows)
        self._offer_filter()
        self._model.set_pages(listing.pages, listing.offline, keep_chosen=again)
        if empty:
            self._stop_choosing()
            if feed.up is None:  # nothing to choose a part of
                self.bar.show_facets(())
            self._show_instead(self._empty(listing))
            return
        self.sections.show_feed(feed, listing.offline)
        self.grid.setAccessibleName(
            tr(
                "Books, {page}, {items}",
                page=self.header.title(),
                items=counted("%Ln items", "", listing.pages.rows, one="%Ln item"),
            )
        )
        self._show(self.grid)
        self.grid.refit()
        self.grid.set_current(listing.row)
        self.grid.verticalScrollBar().setValue(listing.scroll)
        # the head gets its height when it is laid out: put the place back once more
        QTimer.singleShot(0, self, lambda: self._put_back(listing))
        if again and self.bar.filter.text():
            self._filter(self.bar.filter.text())

    def show_paging(self, paging: Paging) -> None:
        with self._preserve_focus():
            self.bar.show_paging(paging)
            self._offer_filter()

    def show_notices(self, notices: Sequence[Notice]) -> None:
        with self._preserve_focus():
            self.notices.show_notices(notices)

    def show_shelf(self, line: ShelfLine) -> None:
        self.shelf_bar.show_line(line)

    def rows_added(self) -> None:
        self._model.rows_added()
        if self._listing is not None and not self.bar.filter.text():
            pages = self._listing.pages
            self.sections.extend(pages.navigation, pages.groups)
            self.grid.look_again()

    def rows_filled(self, rows: range) -> None:
        self._model.rows_filled(rows)
        self.grid.look_again()

    def show_entry(self, entry: Entry, offline: bool) -> None:
        ring = ring_is_shown()
        self._stop_choosing()
        self.notices.show_notices(())
        self.bar.hide()
        self.entry_page.show_entry(entry, offline, self.header.search.isVisible())
        self._show(self.entry_page)
        self.entry_page.focus_action()
        restore_ring(ring)
        announce(self, title_of(entry))

    def show_problem(self, message: Message) -> None:
        self._stop_choosing()
        self.notices.show_notices(())
        self.bar.hide()
        again = (tr("Try again"), lambda: self._help(Action.TRY_AGAIN))
        words = action_text(message.action)
        other = None
        if words and message.action not in {Action.TRY_AGAIN, Action.RETRY}:
            other = (words, lambda: self._help(message.action))
        shown = EmptyState(
            message.title,
            message.text,
            "cloud-slash",
            primary=other or again,
            secondary=again if other else None,
        )
        with self._preserve_focus(always=True):
            self._show_instead(shown)
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
        """Ctrl+F: the source's search, else the filter of the page."""
        field = self.header.search if self.header.search.isVisible() else self.bar.filter
        if field.isVisible():
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            field.selectAll()

    def choose_rows(self, rows: Sequence[int]) -> None:
        """In the select mode: as if the reader had chosen them."""
        self._model.choose(rows)

    def focus_content(self) -> None:
        """Where the reader was in what is shown, else at its beginning."""
        shown = self._stack.currentWidget()
        if shown is self.entry_page:
            self.entry_page.focus_action()
        elif shown is self.grid:
            link = None if self._listing is None else self._listing.link
            focus_list(self.sections, self.grid, link)
        elif shown is not None:
            focus_page(shown)

    def _preserve_focus(self, *, always: bool = False) -> AbstractContextManager[None]:
        around = (self.crumbs, self.bar, self.notices, self.select_bar)
        return preserve_focus(self._stack, around, self.focus_content, always=always)

    def regions(self) -> list[QWidget]:
        """The places F6 goes to, in order."""
        return [self.header, self.shelf_bar, self.bar, self._stack, self.select_bar]

    # -- how it is put together

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
        outer.addWidget(self._stack, 1)
        outer.addWidget(self.select_bar)

    def _connect(self) -> None:
        self._connect_grid(self.grid)
        self.grid.fitted.connect(self.sections.align)
        self.grid.in_sight.connect(self._in_sight)
        self.grid.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.entry_page.action_requested.connect(self.action_router.perform)
        self.entry_page.link_requested.connect(self.link_requested)
        self.shelf_bar.focus_lost.connect(self.focus_content)
        self.notices.action_requested.connect(self._help)
        self.bar.filter_changed.connect(self._filter)
        self.header.back_requested.connect(self._back)
        self.header.choosing_chosen.connect(self._set_choosing)
        self.header.endless_chosen.connect(self.endless_chosen)
        self._model.chosen_changed.connect(self._show_chosen)
        self.select_bar.closed.connect(self._stop_choosing)
        self.select_bar.all_requested.connect(self._model.choose_all)
        self.select_bar.download_requested.connect(self._download_chosen)
        keys = {"Alt+Left": self._back, "Alt+Right": self._forward, "Alt+Up": self._up}
        for sequence, done in keys.items():
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(done)
        self.grid.choosing_ended.connect(self._stop_choosing)
        everything = QShortcut(QKeySequence("Ctrl+A"), self.grid)
        everything.setContext(Qt.ShortcutContext.WidgetShortcut)
        everything.activated.connect(self._choose_all)

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

    def _show(self, widget: QWidget) -> None:
        self._stack.setCurrentWidget(widget)
        if self._instead is not None and self._instead is not widget:
            self._stack.removeWidget(self._instead)
            self._instead.deleteLater()
            self._instead = None
        self._show_modes()

    def _show_instead(self, widget: QWidget) -> None:
        before, self._instead = self._instead, widget
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()
        self._show_modes()

    def _show_modes(self) -> None:
        lists = self._stack.currentWidget() is self.grid and self._model.rowCount() > 0
        endless = self._presenter is not None and self._presenter.endless
        self.header.show_modes(endless=endless, choosing=self._model.choosing, can_choose=lists)

    def _empty(self, listing: Listing) -> EmptyState:
        if listing.words:
            clear = (tr("Clear search"), self._clear_search)
            title = nothing_found_text(listing.words, self._name)
            return EmptyState(title, icon_name="magnifying-glass", primary=clear)
        if not self._has_shelf:
            return EmptyState(tr("This shelf is empty"), icon_name="folder")
        if listing.feed.up is not None:
            return EmptyState(tr("No books here"), icon_name="books")
        text = tr(
            "Put books on the shelf that {server} sends to Kobo, then sync.",
            server=isolated(self._name),
        )
        sync = (tr("Sync now"), lambda: self._help(Action.TRY_AGAIN))
        return EmptyState(tr("Your Kobo shelf is empty"), text, primary=sync)

    def _put_back(self, listing: Listing) -> None:
        if self._listing is listing:
            self.grid.refit()
            self.grid.verticalScrollBar().setValue(listing.scroll)

    # -- what the reader does

    def _ask_to_start_over(self) -> None:
        if self._presenter is None or self._presenter.shelf is None:
            return
        text = tr(
            "Kios forgets what it knows about this shelf and asks for everything again. "
            "Your books and places stay."
        )
        dialog = AskDialog(tr("Start over?"), text, tr("Start over"), self.window())
        dialog.accepted.connect(self._presenter.shelf.start_over)
        dialog.open()

    def _in_sight(self, first: int, last: int) -> None:
        """Rows in sight, (-1, -1) for none: a list of links has its end in the head."""
        if self._presenter is None or self._stack.currentWidget() is not self.grid:
            return
        if self._listing is not None and not self.bar.filter.text():
            bar = self.grid.verticalScrollBar()
            near_end = bar.value() + bar.pageStep() >= bar.maximum()
            self._presenter.in_sight(first, last, near_end)
        self._keep_covers()

    def _scrolled(self, _value: int) -> None:
        if self.sections.grids:
            self._keep_covers()

    def _keep_covers(self) -> None:
        grids = [*self.sections.grids, self.grid]
        self.covers.keep_to([entry.key for grid in grids for entry in grid.visible_entries()])

    def _filter(self, words: str) -> None:
        shown = self._model.filter(words) + self.sections.filter(words)
        self.grid.refit()
        announce(self, tr("{n} found", n=shown))

    def _offer_filter(self) -> None:
        """Over the page that is here, when it is long and all of it is."""
        listing = self._listing
        if listing is None:
            return
        feed = listing.feed
        links = sum(len(group.navigation) for group in feed.groups) + len(feed.navigation)
        many = max(links, listing.pages.rows) >= _FILTERED_FROM
        offered = many and listing.pages.count == 1
        if offered is not self.bar.filter.isVisibleTo(self.bar):
            self.bar.show_filter(offered)

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

    def _help(self, action: Action) -> None:
        if action in {Action.TRY_AGAIN, Action.RETRY}:
            self.covers.try_again()
            if self._presenter is not None:
                self._presenter.try_again()
        elif action is Action.ENTER_AGAIN:
            self.sign_in_requested.emit(self._source_id)
        else:
            self.source_settings_requested.emit(self._source_id)

    # -- select mode

    def _set_choosing(self, choosing: bool) -> None:
        self._model.choosing = choosing
        self._model.choose_none()
        with self._preserve_focus():
            self.select_bar.setVisible(choosing)
        self._show_chosen(0)
        self._show_modes()
        if choosing:
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stop_choosing(self) -> None:
        if self._model.choosing:
            self._set_choosing(False)

    def _choose_all(self) -> None:
        if self._model.choosing:
            self._model.choose_all()

    def _show_chosen(self, chosen: int) -> None:
        if self._model.choosing:
            self.select_bar.show_count(chosen, len(self._model.entries_here()))

    def _download_chosen(self) -> None:
        chosen = self._model.chosen
        self._stop_choosing()
        if self._presenter is not None:
            self._presenter.entry_actions.download_all(chosen)

    # -- downloads

    def _states_changed(self) -> None:
        if not self._states.isActive():
            self._states.start()

    def _show_states(self) -> None:
        if not self.isVisible():
            return
        self.sections.states_changed()
        self.grid.states_changed()
        self.entry_page.states_changed()
