"""What browsing a catalog does. No Qt: the screen is a protocol."""

from collections.abc import Callable
from datetime import UTC, datetime

from kios_desktop.application.catalog_ports import Catalog, SyncedShelf
from kios_desktop.domain.catalog import Entry, Facet, Feed, Search, Shown
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.entry_actions import EntryActions
from kios_desktop.ui.catalog.history import Crumb, EntryAt, FeedAt, Found, History, Stop
from kios_desktop.ui.catalog.list_loader import Growth
from kios_desktop.ui.catalog.list_notices import copy_notices, list_notices, list_paging
from kios_desktop.ui.catalog.loading_display import Delays, Meanwhile
from kios_desktop.ui.catalog.page_fetching import fetch
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.catalog.ports import CatalogScreen, Heading, Listing, Notice, Paging
from kios_desktop.ui.catalog.shelf_controller import ShelfDesk
from kios_desktop.ui.catalog.shelf_texts import starved_words
from kios_desktop.ui.catalog.texts import title_of
from kios_desktop.ui.downloads.ports import DownloadsPort
from kios_desktop.ui.kit.error_texts import explain_catalog
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.unforeseen import noted


class CatalogPresenter:
    """Answers the screen of one source. `endless`: more is loaded while scrolling."""

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
        self._growth = Growth(catalog, screen, tasks, lambda: self._history.now, self._grown)
        self._growth.endless = endless
        self._meanwhile = Meanwhile(catalog, screen.show_loading, self._show_copy, delays)
        self.entry_actions = EntryActions(catalog, downloads, screen, tasks, self._completed)
        self._closed: set[Notice] = set()
        self.shelf: ShelfDesk | None = None
        if isinstance(catalog, SyncedShelf):
            self.shelf = ShelfDesk(
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
        return self._growth.endless

    def close(self) -> None:
        """Nothing is shown any more."""
        self.entry_actions.close()
        if self.shelf is not None:
            self.shelf.close()
        self._growth.restart()
        self._tasks.cancel(self._task)

    # -- going about

    def start(self) -> None:
        """The root, when nothing was shown yet. A shelf is synced when that was a while ago."""
        if self.shelf is not None:
            self.shelf.shown()
        if self._history.now is None:
            self._go(Stop(FeedAt(None), self._catalog.name))

    def follow(self, url: ServerUrl, title: str) -> None:
        """A navigation link, “Show all”, or a related feed."""
        if (stop := self._history.now) is not None:
            stop.link = url
        trail = self._trail()
        for number, crumb in enumerate(trail):
            if crumb.target == FeedAt(url):  # a way home
                trail = trail[:number]
                break
        self._go(Stop(FeedAt(url), title, trail))

    def choose_facet(self, facet: Facet) -> None:
        """Another choice for the same list."""
        if (stop := self._history.now) is not None:
            self._go(Stop(FeedAt(facet.href), stop.title, stop.trail))

    def go_to_parent(self, number: int) -> None:
        """A part of the breadcrumb, the root first."""
        if (stop := self._history.now) is not None and 0 <= number < len(stop.trail):
            crumb = stop.trail[number]
            self._go(Stop(crumb.target, crumb.title, stop.trail[:number]))

    def up(self) -> None:
        """The feed above, by the way we came, else as the feed says."""
        stop = self._history.now
        if stop is None:
            return
        if stop.trail:
            self.go_to_parent(len(stop.trail) - 1)
        elif stop.shown is not None and stop.shown.feed.up is not None:
            self._go(Stop(FeedAt(stop.shown.feed.up), self._catalog.name))

    def search(self, words: str) -> None:
        """Ask the server; nothing asked leads back to where the search began."""
        stop, words = self._history.now, " ".join(words.split())
        if stop is None or self._search is None:
            return
        again = isinstance(stop.target, Found)
        if not words:
            if again:
                self.up()
            return
        trail = stop.trail if again else self._trail()
        title = tr("Search: {words}", words=words)
        self._go(Stop(Found(self._search, words), title, trail))

    def search_author(self, author: str) -> None:
        """“More from…” where the catalog has no feed for that."""
        self.search(author)

    def open_entry(self, entry: Entry) -> None:
        self._go(Stop(EntryAt(entry), title_of(entry), self._trail()))

    def back(self) -> bool:
        """False when there is nothing to go back to."""
        return self._step(-1)

    def forward(self) -> bool:
        return self._step(1)

    def refresh(self) -> None:
        """Ask the server again for what is shown; a shelf is looked at while it is synced."""
        if self.shelf is not None:
            self.shelf.sync()
        elif (stop := self._history.now) is not None:
            stop.shown = stop.pages = None
            stop.scroll, stop.row = 0, -1
            self._load(stop, fresh=True)

    def close_notice(self, notice: Notice) -> None:
        """The reader has read it."""
        self._closed.add(notice)

    # -- pages

    def next_page(self) -> None:
        stop = self._history.now
        if stop is None or stop.pages is None or stop.pages.next is None:
            return
        first = None if stop.first is None else stop.first + stop.pages.listed
        follows = Stop(FeedAt(stop.pages.next), stop.title, stop.trail, stop.page + 1, first)
        follows.shown, follows.walk = self._growth.take_ahead(), stop.pages.walk
        self._go(follows)

    def previous_page(self) -> None:
        stop = self._history.now
        if stop is None or stop.shown is None or stop.shown.feed.previous is None:
            return
        url, page = stop.shown.feed.previous, max(1, stop.page - 1)
        before = (one for one in self._history.stops if one.target == FeedAt(url))
        walk = next((one.walk for one in before), None)
        self._go(Stop(FeedAt(url), stop.title, stop.trail, page, walk=walk))

    def set_endless(self, endless: bool) -> None:
        """“Load more while scrolling”."""
        self._growth.endless = endless
        if (stop := self._history.now) is not None and stop.pages is not None:
            self._screen.show_paging(list_paging(stop, self._growth.endless))

    def in_sight(self, first: int, last: int, near_end: bool) -> None:
        """The rows the reader sees now; `near_end` when the last one is about a screen away."""
        self._growth.in_sight(first, last, near_end)

    def _grown(self, stop: Stop) -> None:
        """The list has more, or can't have more."""
        if self._history.now is stop:
            self._screen.show_paging(list_paging(stop, self._growth.endless))
            self._screen.show_notices(self._notices(stop))

    def try_again(self) -> None:
        """The list stopped growing, or is an old copy."""
        stop = self._history.now
        if stop is None:
            return
        if self._growth.stuck is None or stop.pages is None:
            self.refresh()
            return
        self._growth.stuck = None
        self._screen.show_notices(self._notices(stop))
        self._screen.rows_filled(range(stop.pages.rows))  # asks anew for what is in sight
        self._growth.grow()

    # -- how a place comes onto the screen

    def _trail(self) -> tuple[Crumb, ...]:
        """The way to what is shown now, itself included."""
        stop = self._history.now
        if stop is None or isinstance(stop.target, EntryAt):
            return stop.trail if stop is not None else ()
        if stop.trail and stop.trail[-1].target == stop.target:
            return stop.trail
        return (*stop.trail, Crumb(stop.title, stop.target))

    def _leave(self) -> None:
        if (stop := self._history.now) is not None and (stop.shown or stop.pages):
            stop.scroll, stop.row = self._screen.where()

    def _go(self, stop: Stop) -> None:
        self._leave()
        self._history.go(stop)
        self._load(stop)

    def _step(self, by: int) -> bool:
        self._leave()
        if not self._history.step(by):
            return False
        if (stop := self._history.now) is not None:
            self._load(stop)
        return True

    def _load(self, stop: Stop, fresh: bool = False) -> None:
        self._growth.restart()
        self._growth.take_ahead()
        self._heading(stop)
        entry = isinstance(stop.target, EntryAt)
        work = self._load_entry(stop) if entry else self._show(stop, fresh)
        self._tasks.replace(self._task, work)

    def _heading(self, stop: Stop) -> None:
        titles = tuple(crumb.title for crumb in stop.trail)
        title, searchable = stop.title or self.name, self._search is not None
        if isinstance(stop.target, EntryAt):
            # the page has its own title: above it stands the list it was chosen from
            title, titles, searchable = titles[-1] if titles else self.name, (), False
        words = stop.target.words if isinstance(stop.target, Found) else ""
        back, forth = self._history.can_go_back, self._history.can_go_forward
        self._screen.show_heading(Heading(title, titles, back, forth, searchable, words))

    def _reload(self, filling: bool) -> None:
        """What the catalog keeps is different: show it, where the reader is.

        While it is `filling`, a page that is full already is left in peace.
        """
        now = self._history.now
        for stop in self._history.stops:
            if stop is not now:
                stop.shown = stop.pages = None
        if now is None or isinstance(now.target, EntryAt):
            return
        if filling and now.shown is not None and now.shown.feed.next is not None:
            return
        work = self._show(now, fresh=False) if now.shown is None else self._show_again(now)
        self._tasks.replace(self._task, work)

    async def _show_again(self, stop: Stop) -> None:
        try:
            shown = await fetch(self._catalog, stop)
            if shown is None:
                return
            pages = Pages(shown.feed)
            while stop.pages is not None and pages.count < stop.pages.count and pages.next:
                pages.add((await self._catalog.feed(pages.next)).feed)
        except Exception as error:  # noqa: BLE001 (noted, and said)
            self._screen.show_problem(explain_catalog(noted(error), self.name))
            return
        if shown == stop.shown:
            self._screen.show_notices(self._notices(stop))
            return
        self._growth.restart()
        self._growth.take_ahead()
        stop.scroll, stop.row = self._screen.where()
        stop.shown, stop.pages = shown, pages
        self._put_on_screen(stop, shown.feed, again=True)

    async def _show(self, stop: Stop, fresh: bool) -> None:
        if stop.shown is None:
            try:
                found = await self._meanwhile.until(stop, fetch(self._catalog, stop, fresh))
            except Exception as error:  # noqa: BLE001 (noted, and said)
                self._screen.show_problem(explain_catalog(noted(error), self.name))
                return
            if found is None:
                self._nothing_there()
                return
            stop.shown = found
            if stop.walk is not None and stop.walk.next is not None:
                stop.target = FeedAt(stop.walk.next)  # not always where `next` led
        feed = stop.shown.feed
        if self._is_filling(stop, feed):
            stop.shown = None
            self._screen.show_loading()
            return
        if stop.pages is None:
            walk = ListWalk(whole=stop.page == 1) if stop.walk is None else stop.walk.copy()
            stop.pages = Pages(feed, walk)
        seen = self._meanwhile.has_copy_of(stop)
        if seen:
            stop.scroll, stop.row = self._screen.where()
        self._put_on_screen(stop, feed, again=seen)

    def _show_copy(self, stop: Stop, copy: Shown, say: bool) -> None:
        """The last copy of a page whose server has not answered yet; it may not do so at all."""
        if say:
            self._screen.show_notices(copy_notices(copy, self.name, self._now()))
            return
        self._remember_search(copy.feed)
        self._heading(stop)
        pages = Pages(copy.feed)
        before = stop.scroll, stop.row, stop.link
        self._screen.show_listing(Listing(copy.feed, pages, Paging(), (), False, *before))

    def _remember_search(self, feed: Feed) -> None:
        if feed.search is not None:
            self._search = feed.search

    def _nothing_there(self) -> None:
        """The page after the last one: back to that, which now knows."""
        self._history.undo()
        if (stop := self._history.now) is not None:
            self._load(stop)

    def _is_filling(self, stop: Stop, feed: Feed) -> bool:
        """Whether there will be something where there is nothing yet."""
        empty = not (feed.entries or feed.navigation)
        here = self.shelf is not None and self.shelf.is_filling
        return here and empty and stop.target == FeedAt(None)

    def _put_on_screen(self, stop: Stop, feed: Feed, *, again: bool = False) -> None:
        if stop.pages is None or stop.shown is None:
            return
        self._remember_search(feed)
        stop.title = stop.title or feed.title or self.name
        if stop.first is None:
            stop.first = feed.first or (1 if stop.page == 1 else None)
        self._heading(stop)
        words = stop.target.words if isinstance(stop.target, Found) else ""
        self._screen.show_listing(
            Listing(
                feed,
                stop.pages,
                list_paging(stop, self._growth.endless),
                self._notices(stop),
                stop.shown.kept_at is not None,
                stop.scroll,
                stop.row,
                stop.link,
                words,
                again,
            )
        )

    async def _load_entry(self, stop: Stop) -> None:
        if not isinstance(stop.target, EntryAt):
            return
        entry = stop.target.entry
        self._screen.show_entry(entry, offline=False)
        if entry.partial and (full := await self.entry_actions.complete(entry)) is not None:
            stop.target = EntryAt(full)
            self._screen.show_entry(full, offline=False)

    def _completed(self, entry: Entry) -> None:
        """All of an entry is known now: the lists it was in know it as well."""
        for stop in self._history.stops:
            row = stop.pages.replace(entry) if stop.pages is not None else None
            if row is not None and stop is self._history.now:
                self._screen.rows_filled(range(row, row + 1))

    def _notices(self, stop: Stop) -> tuple[Notice, ...]:
        found = list_notices(stop, self._growth.stuck, self.name, self._now())
        left_out = self.shelf.status.starved if self.shelf is not None else None
        if left_out is not None and stop.target == FeedAt(None):
            found.append(Notice(starved_words(left_out), "info", closable=True))
        return tuple(notice for notice in found if notice not in self._closed)
