"""The list of a feed: sections and grid of entries, the bar above them, and the filter in it."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.catalog.covers import CatalogCovers
from kios_desktop.ui.catalog.feed_sections import FeedSections
from kios_desktop.ui.catalog.grid import EntryGrid
from kios_desktop.ui.catalog.list_bar import ListBar
from kios_desktop.ui.catalog.model import EntryModel
from kios_desktop.ui.catalog.ports import Listing, Paging
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.translation import counted, tr

_PLACEHOLDERS: Final = 12
_FILTERED_FROM: Final = 13  # entries or links from which a page can be filtered


class FeedList(QObject):
    """Shows a `Listing`, filters it, and requests the covers that are in sight.

    `in_sight` is not emitted while the list is filtered.
    """

    in_sight = Signal(int, int, bool)  # first and last row, whether the end is near

    def __init__(
        self,
        model: EntryModel,
        sections: FeedSections,
        grid: EntryGrid,
        covers: CatalogCovers,
        screen: QWidget,
    ) -> None:
        """`screen` is the widget that announces changes to screen readers."""
        super().__init__(screen)
        self._model, self._sections, self._grid, self._covers = model, sections, grid, covers
        self._screen = screen
        self.bar = ListBar()
        self.listing: Listing | None = None
        grid.set_head(sections)
        grid.fitted.connect(sections.align)
        grid.in_sight.connect(self._rows_in_sight)
        grid.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.bar.filter_changed.connect(self._filter)

    def show_placeholders(self) -> None:
        """Show empty tiles while a feed is loading."""
        self._sections.hide()
        self._model.set_placeholders(_PLACEHOLDERS)
        self.bar.show_facets(())
        self.bar.show_paging(Paging())
        self.bar.show_filter(False)
        self._grid.refit()

    def set_listing(self, listing: Listing, *, refreshed: bool) -> None:
        """Take over a listing; `refreshed`: it is a newer version of the one that is shown."""
        self.listing = listing
        feed = listing.feed
        self.bar.show_facets(feed.facets)
        self.show_paging(listing.paging)
        self._model.set_pages(listing.pages, listing.offline, keep_chosen=refreshed)
        # without entries and a parent feed there is nothing that a facet could narrow
        if listing.is_empty and feed.up is None:
            self.bar.show_facets(())

    def show_sections(self, title: str) -> None:
        """Show the cards and groups of the listing; `title` is the title of the page."""
        if (listing := self.listing) is None:
            return
        self._sections.show_feed(listing.feed, listing.offline)
        self._grid.setAccessibleName(
            tr(
                "Books, {page}, {items}",
                page=title,
                items=counted("%Ln items", "", listing.pages.rows, one="%Ln item"),
            )
        )

    def restore_place(self, *, refreshed: bool) -> None:
        """Scroll to where the reader left the listing; `refreshed`: apply the filter again."""
        if (listing := self.listing) is None:
            return
        self._grid.refit()
        self._grid.set_current(listing.row)
        self._grid.verticalScrollBar().setValue(listing.scroll)
        # the sections get their height in the next layout, so the place is restored again then
        QTimer.singleShot(0, self, lambda: self._restore_scroll(listing))
        if refreshed and self.bar.filter.text():
            self._filter(self.bar.filter.text())

    def show_paging(self, paging: Paging) -> None:
        """Show which part of the list this is, and offer the filter where it makes sense."""
        self.bar.show_paging(paging)
        self._offer_filter()

    def rows_added(self) -> None:
        """Pages were added at the end of the list."""
        self._model.rows_added()
        if self.listing is not None and not self.bar.filter.text():
            pages = self.listing.pages
            self._sections.extend(pages.navigation, pages.groups)
            self._grid.look_again()

    def rows_filled(self, rows: range) -> None:
        """Entries of these rows were loaded or changed."""
        self._model.rows_filled(rows)
        self._grid.look_again()

    def states_changed(self) -> None:
        """Repaint after downloads have progressed."""
        self._sections.states_changed()
        self._grid.states_changed()

    def _restore_scroll(self, listing: Listing) -> None:
        if self.listing is listing:
            self._grid.refit()
            self._grid.verticalScrollBar().setValue(listing.scroll)

    def _rows_in_sight(self, first: int, last: int) -> None:
        """`first` and `last` are -1 while only the sections are in sight."""
        if self._grid.isHidden():
            return
        if self.listing is not None and not self.bar.filter.text():
            scroll_bar = self._grid.verticalScrollBar()
            near_end = scroll_bar.value() + scroll_bar.pageStep() >= scroll_bar.maximum()
            self.in_sight.emit(first, last, near_end)
        self._keep_covers()

    def _scrolled(self, _value: int) -> None:
        if self._sections.grids:
            self._keep_covers()

    def _keep_covers(self) -> None:
        grids = [*self._sections.grids, self._grid]
        self._covers.limit_to([entry.key for grid in grids for entry in grid.visible_entries()])

    def _filter(self, words: str) -> None:
        found = self._model.filter(words) + self._sections.filter(words)
        self._grid.refit()
        announce(self._screen, tr("{n} found", n=found))

    def _offer_filter(self) -> None:
        """Offer the filter for a long list that consists of a single page."""
        if (listing := self.listing) is None:
            return
        feed = listing.feed
        links = sum(len(group.navigation) for group in feed.groups) + len(feed.navigation)
        is_long = max(links, listing.pages.rows) >= _FILTERED_FROM
        offered = is_long and listing.pages.count == 1
        if offered is not self.bar.filter.isVisibleTo(self.bar):
            self.bar.show_filter(offered)
