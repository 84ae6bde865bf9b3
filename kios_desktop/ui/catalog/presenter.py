"""The presenter of a catalog: fetching, history, and loading further pages. No Qt."""

from collections.abc import Callable
from datetime import UTC, datetime

from kios_desktop.application.catalog_ports import Catalog, SyncedShelf
from kios_desktop.domain.catalog import Entry, Facet, Feed, Search, Shown
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.entry_actions import EntryActions
from kios_desktop.ui.catalog.headings import heading_of
from kios_desktop.ui.catalog.history import (
    EntryTarget,
    FeedTarget,
    History,
    HistoryItem,
    SearchTarget,
)
from kios_desktop.ui.catalog.list_loader import ListLoader
from kios_desktop.ui.catalog.list_notices import copy_notices, list_notices, list_paging
from kios_desktop.ui.catalog.loading_display import Delays, LoadingDisplay
from kios_desktop.ui.catalog.page_fetching import fetch
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.catalog.ports import CatalogScreen, Listing, Notice, Paging
from kios_desktop.ui.catalog.shelf_controller import ShelfController
from kios_desktop.ui.catalog.shelf_texts import starved_text
from kios_desktop.ui.catalog.shelf_titles import with_titles
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.kit.error_texts import explain_catalog
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.unforeseen import noted


class CatalogPresenter:
    """Decides what the screen of one source shows. `endless`: load more while scrolling."""

    def __init__(
        self,
        catalog: Catalog,
        downloads: DownloadsPort,
        screen: CatalogScreen,
        tasks: Tasks,
        *,
        endless: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        delays: Delays | None = None,
    ) -> None:
        self._catalog, self._screen, self._tasks, self._now = catalog, screen, tasks, now
        self._history = History()
        self._search: Search | None = None
        self._task = f"catalog-place-{catalog.source_id}"
        self._loader = ListLoader(
            catalog, screen, tasks, lambda: self._history.current, self._list_changed
        )
        self._loader.endless = endless
        self._loading_display = LoadingDisplay(
            catalog, screen.show_loading, self._show_copy, delays
        )
        self.entry_actions = EntryActions(catalog, downloads, screen, tasks, self._completed)
        self._closed: set[Notice] = set()
        self.shelf: ShelfController | None = None
        if isinstance(catalog, SyncedShelf):
            self.shelf = ShelfController(
                catalog, catalog.source_id, downloads, screen, tasks, self._reload, now
            )

    @property
    def source_id(self) -> str:
        return self._catalog.source_id

    @property
    def name(self) -> str:
        return self._catalog.name

    @property
    def endless(self) -> bool:
        return self._loader.endless

    def close(self) -> None:
        """Stop all work; the screen is gone."""
        self.entry_actions.close()
        if self.shelf is not None:
            self.shelf.close()
        self._loader.reset()
        self._tasks.cancel(self._task)

    # -- navigation

    def start(self) -> None:
        """Show the root if nothing is shown yet, and sync a shelf that is due."""
        if self.shelf is not None:
            self.shelf.sync_if_due()
        if self._history.current is None:
            self._go(HistoryItem(FeedTarget(None), self._catalog.name))

    def follow(self, url: ServerUrl, title: str) -> None:
        """Follow a navigation link, “Show all”, or a related feed."""
        if (item := self._history.current) is not None:
            item.link = url
        trail = self._history.trail
        for number, crumb in enumerate(trail):
            if crumb.target == FeedTarget(url):  # a link to a parent shortens the trail
                trail = trail[:number]
                break
        self._go(HistoryItem(FeedTarget(url), title, trail))

    def choose_facet(self, facet: Facet) -> None:
        """Show the same list with another facet."""
        if (item := self._history.current) is not None:
            self._go(HistoryItem(FeedTarget(facet.href), item.title, item.trail))

    def go_to_parent(self, number: int) -> None:
        """Go to a parent in the breadcrumb; 0 is the root."""
        if (item := self._history.current) is not None and 0 <= number < len(item.trail):
            crumb = item.trail[number]
            self._go(HistoryItem(crumb.target, crumb.title, item.trail[:number]))

    def up(self) -> None:
        """Go to the parent by the breadcrumb, else by the feed's own link."""
        item = self._history.current
        if item is None:
            return
        if item.trail:
            self.go_to_parent(len(item.trail) - 1)
        elif item.shown is not None and item.shown.feed.up is not None:
            self._go(HistoryItem(FeedTarget(item.shown.feed.up), self._catalog.name))

    def search(self, words: str) -> None:
        """Search on the server; empty words lead back to where the search began."""
        item, words = self._history.current, " ".join(words.split())
        if item is None or self._search is None:
            return
        from_results = isinstance(item.target, SearchTarget)
        if not words:
            if from_results:
                self.up()
            return
        trail = item.trail if from_results else self._history.trail
        title = tr("Search: {words}", words=words)
        self._go(HistoryItem(SearchTarget(self._search, words), title, trail))

    def search_author(self, author: str) -> None:
        """“More from…” for a catalog without a feed for the author."""
        self.search(author)

    def open_entry(self, entry: Entry) -> None:
        self._go(HistoryItem(EntryTarget(entry), title_of(entry), self._history.trail))

    def back(self) -> bool:
        """Go back; False on the first page."""
        return self._step(-1)

    def forward(self) -> bool:
        return self._step(1)

    def refresh(self) -> None:
        """Fetch the page again; a shelf is synced instead."""
        if self.shelf is not None:
            self.shelf.sync()
        elif (item := self._history.current) is not None:
            item.shown = item.pages = None
            item.scroll, item.row = 0, -1
            self._load(item, fresh=True)

    def close_notice(self, notice: Notice) -> None:
        """Do not show this notice again."""
        self._closed.add(notice)

    # -- pages

    def next_page(self) -> None:
        item = self._history.current
        if item is None or item.pages is None or item.pages.next is None:
            return
        first = None if item.first is None else item.first + item.pages.listed
        follows = HistoryItem(
            FeedTarget(item.pages.next), item.title, item.trail, item.page + 1, first
        )
        follows.shown, follows.walk = self._loader.take_prefetched(), item.pages.walk
        self._go(follows)

    def previous_page(self) -> None:
        item = self._history.current
        if item is None or item.shown is None or item.shown.feed.previous is None:
            return
        url, page = item.shown.feed.previous, max(1, item.page - 1)
        before = (one for one in self._history.items if one.target == FeedTarget(url))
        walk = next((one.walk for one in before), None)
        self._go(HistoryItem(FeedTarget(url), item.title, item.trail, page, walk=walk))

    def set_endless(self, endless: bool) -> None:
        """The setting “Load more while scrolling”."""
        self._loader.endless = endless
        if (item := self._history.current) is not None and item.pages is not None:
            self._screen.show_paging(list_paging(item, self._loader.endless))

    def in_sight(self, first: int, last: int, near_end: bool) -> None:
        """These rows are in sight; `near_end`: the last row is about a screen away."""
        self._loader.in_sight(first, last, near_end)

    def _list_changed(self, item: HistoryItem) -> None:
        """More of the list was loaded, or could not be."""
        if self._history.current is item:
            self._screen.show_paging(list_paging(item, self._loader.endless))
            self._screen.show_notices(self._notices(item))

    def try_again(self) -> None:
        """Load further pages after an error, else fetch the page again."""
        item = self._history.current
        if item is None:
            return
        if self._loader.load_error is None or item.pages is None:
            self.refresh()
            return
        self._loader.load_error = None
        self._screen.show_notices(self._notices(item))
        self._screen.rows_filled(range(item.pages.rows))  # requests missing entries in sight again
        self._loader.load_more()

    # -- showing a page

    def _leave(self) -> None:
        if (item := self._history.current) is not None and (item.shown or item.pages):
            item.scroll, item.row = self._screen.where()

    def _go(self, item: HistoryItem) -> None:
        self._leave()
        self._history.go(item)
        self._load(item)

    def _step(self, by: int) -> bool:
        self._leave()
        if not self._history.step(by):
            return False
        if (item := self._history.current) is not None:
            self._load(item)
        return True

    def _load(self, item: HistoryItem, fresh: bool = False) -> None:
        self._loader.reset()
        self._loader.take_prefetched()
        self._show_heading(item)
        entry = isinstance(item.target, EntryTarget)
        work = self._load_entry(item) if entry else self._show(item, fresh)
        self._tasks.replace(self._task, work)

    def _show_heading(self, item: HistoryItem) -> None:
        searchable = self._search is not None
        self._screen.show_heading(heading_of(item, self._history, self.name, searchable))

    def _reload(self, filling: bool) -> None:
        """The content of the shelf has changed: show it at the current scroll position.

        While the shelf is `filling` for the first time, a full page is left as it is.
        """
        now = self._history.current
        for item in self._history.items:
            if item is not now:
                item.shown = item.pages = None
        if now is None or isinstance(now.target, EntryTarget):
            return
        if filling and now.shown is not None and now.shown.feed.next is not None:
            return
        work = self._show(now, fresh=False) if now.shown is None else self._show_refreshed(now)
        self._tasks.replace(self._task, work)

    async def _show_refreshed(self, item: HistoryItem) -> None:
        try:
            shown = await fetch(self._catalog, item)
            if shown is None:
                return
            pages = Pages(shown.feed)
            while item.pages is not None and pages.count < item.pages.count and pages.next:
                pages.add(with_titles(await self._catalog.feed(pages.next)).feed)
        except Exception as error:  # noqa: BLE001 (noted, and said)
            self._screen.show_problem(explain_catalog(noted(error), self.name))
            return
        if shown == item.shown:
            self._screen.show_notices(self._notices(item))
            return
        self._loader.reset()
        self._loader.take_prefetched()
        item.scroll, item.row = self._screen.where()
        item.shown, item.pages = shown, pages
        self._show_listing(item, shown.feed, refreshed=True)

    async def _show(self, item: HistoryItem, fresh: bool) -> None:
        if item.shown is None:
            try:
                found = await self._loading_display.during(item, fetch(self._catalog, item, fresh))
            except Exception as error:  # noqa: BLE001 (noted, and said)
                self._screen.show_problem(explain_catalog(noted(error), self.name))
                return
            if found is None:
                self._next_page_missing()
                return
            item.shown = found
            if item.walk is not None and item.walk.next is not None:
                # pages without new entries may have been skipped
                item.target = FeedTarget(item.walk.next)
        feed = item.shown.feed
        if self._is_filling(item, feed):
            item.shown = None
            self._screen.show_loading()
            return
        if item.pages is None:
            walk = ListWalk(whole=item.page == 1) if item.walk is None else item.walk.copy()
            item.pages = Pages(feed, walk)
        seen = self._loading_display.has_copy_of(item)
        if seen:
            item.scroll, item.row = self._screen.where()
        self._show_listing(item, feed, refreshed=seen)

    def _show_copy(self, item: HistoryItem, copy: Shown, say: bool) -> None:
        """Show the cached copy of a page, or with `say` the notice about it."""
        if say:
            self._screen.show_notices(copy_notices(copy, self.name, self._now()))
            return
        self._remember_search(copy.feed)
        self._show_heading(item)
        pages = Pages(copy.feed)
        before = item.scroll, item.row, item.link
        self._screen.show_listing(Listing(copy.feed, pages, Paging(), (), False, *before))

    def _remember_search(self, feed: Feed) -> None:
        if feed.search is not None:
            self._search = feed.search

    def _next_page_missing(self) -> None:
        """The next page does not exist: return to the one before, which is the last."""
        self._history.drop_current()
        if (item := self._history.current) is not None:
            self._load(item)

    def _is_filling(self, item: HistoryItem, feed: Feed) -> bool:
        """Whether the shelf is empty only because its first sync is running."""
        empty = not (feed.entries or feed.navigation)
        here = self.shelf is not None and self.shelf.is_filling
        return here and empty and item.target == FeedTarget(None)

    def _show_listing(self, item: HistoryItem, feed: Feed, *, refreshed: bool = False) -> None:
        if item.pages is None or item.shown is None:
            return
        self._remember_search(feed)
        item.title = item.title or feed.title or self.name
        if item.first is None:
            item.first = feed.first or (1 if item.page == 1 else None)
        self._show_heading(item)
        words = item.target.query if isinstance(item.target, SearchTarget) else ""
        self._screen.show_listing(
            Listing(
                feed,
                item.pages,
                list_paging(item, self._loader.endless),
                self._notices(item),
                item.shown.kept_at is not None,
                item.scroll,
                item.row,
                item.link,
                words,
                refreshed,
            )
        )

    async def _load_entry(self, item: HistoryItem) -> None:
        if not isinstance(item.target, EntryTarget):
            return
        entry = item.target.entry
        self._screen.show_entry(entry, offline=False)
        if entry.partial and (full := await self.entry_actions.complete(entry)) is not None:
            item.target = EntryTarget(full)
            self._screen.show_entry(full, offline=False)

    def _completed(self, entry: Entry) -> None:
        """The full document of an entry was fetched: update it in all lists."""
        for item in self._history.items:
            row = item.pages.replace(entry) if item.pages is not None else None
            if row is not None and item is self._history.current:
                self._screen.rows_filled(range(row, row + 1))

    def _notices(self, item: HistoryItem) -> tuple[Notice, ...]:
        found = list_notices(item, self._loader.load_error, self.name, self._now())
        left_out = self.shelf.status.starved if self.shelf is not None else None
        if left_out is not None and item.target == FeedTarget(None):
            found.append(Notice(starved_text(left_out), "info", closable=True))
        return tuple(notice for notice in found if notice not in self._closed)
