"""What browsing a catalog does. No Qt: the screen is a protocol."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from kios_desktop.domain.catalog import Acquisition, Entry, Facet, Feed, Group, Search, Shown
from kios_desktop.domain.download import Standing
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.history import Crumb, EntryAt, FeedAt, Found, History, Stop
from kios_desktop.ui.catalog.paging import Pages
from kios_desktop.ui.catalog.ports import (
    Catalog,
    CatalogScreen,
    Heading,
    Listing,
    Notice,
    Paging,
)
from kios_desktop.ui.catalog.words import Act, looped_words, no_epub, paging_words, unread_words
from kios_desktop.ui.downloads.ports import Downloads
from kios_desktop.ui.messages import Action, explain_catalog
from kios_desktop.ui.tasks import Tasks
from kios_desktop.ui.wording import clock, day, tr

LOADING_AFTER_S: Final = 0.3
_SECTIONS: Final = 8  # a search answered with so few links is shown with the first one's entries

T = TypeVar("T")


class CatalogPresenter:
    """Answers the screen of one source. `endless`: more is loaded while scrolling."""

    def __init__(
        self,
        catalog: Catalog,
        downloads: Downloads,
        screen: CatalogScreen,
        tasks: Tasks,
        *,
        endless: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._catalog, self._downloads, self._screen = catalog, downloads, screen
        self._tasks, self._now = tasks, now
        self._endless = endless
        self._history = History()
        self._search: Search | None = None
        self._ahead: Shown | None = None  # the next page, fetched before it is asked for
        self._fetching: set[int] = set()  # numbers of pages being filled again
        self._growing = False
        self._stuck: RemoteError | None = None  # why the list does not grow
        self._to_read: set[str] = set()
        self._stop_listening = downloads.listen(self._downloads_changed)

    @property
    def source_id(self) -> str:
        return self._catalog.source_id

    @property
    def name(self) -> str:
        return self._catalog.name

    @property
    def endless(self) -> bool:
        return self._endless

    def close(self) -> None:
        """Nothing is shown any more."""
        self._stop_listening()
        self._tasks.cancel(self._task("place"))
        self._tasks.cancel(self._task("ahead"))

    # -- going about

    def start(self) -> None:
        """The root, when nothing was shown yet."""
        if self._history.now is None:
            self._go(Stop(FeedAt(None), self._catalog.name))

    def follow(self, url: ServerUrl, title: str) -> None:
        """A navigation link, “Show all”, or a related feed."""
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
        self._go(Stop(EntryAt(entry), entry.title, self._trail()))

    def back(self) -> bool:
        """False when there is nothing to go back to."""
        return self._step(-1)

    def forward(self) -> bool:
        return self._step(1)

    def refresh(self) -> None:
        """Ask the server again for what is shown."""
        if (stop := self._history.now) is not None:
            stop.shown = stop.pages = None
            stop.scroll, stop.row = 0, -1
            self._load(stop, fresh=True)

    # -- pages

    def next_page(self) -> None:
        stop = self._history.now
        if stop is None or stop.pages is None or stop.pages.next is None:
            return
        first = None if stop.first is None else stop.first + stop.pages.rows
        shown, self._ahead = self._ahead, None
        follows = Stop(FeedAt(stop.pages.next), stop.title, stop.trail, stop.page + 1, first)
        follows.shown = shown
        self._go(follows, ahead=True)

    def previous_page(self) -> None:
        stop = self._history.now
        if stop is None or stop.shown is None or stop.shown.feed.previous is None:
            return
        url, page = stop.shown.feed.previous, max(1, stop.page - 1)
        self._go(Stop(FeedAt(url), stop.title, stop.trail, page))

    def set_endless(self, endless: bool) -> None:
        """“Load more while scrolling”."""
        self._endless = endless
        if (stop := self._history.now) is not None and stop.pages is not None:
            self._screen.show_paging(self._paging(stop))
            self._grow(stop)

    def in_sight(self, first: int, last: int, near_end: bool) -> None:
        """The rows the reader sees now; `near_end` when the last one is about a screen away."""
        stop = self._history.now
        if stop is None or stop.pages is None:
            return
        stop.pages.keep_around(first, last)
        for number in stop.pages.missing(first, last):
            if number not in self._fetching:
                self._fetching.add(number)
                self._tasks.start(self._fill(stop, number))
        if near_end and self._stuck is None:
            self._grow(stop)

    def _grow(self, stop: Stop) -> None:
        """Fetch what comes next: into the list, or to have it ready."""
        if stop.pages is None or stop.pages.next is None or self._growing:
            return
        if self._endless:
            self._growing = True
            self._tasks.replace(self._task("ahead"), self._append(stop, stop.pages))
        elif self._ahead is None and stop.shown is not None and stop.shown.kept_at is None:
            self._growing = True
            self._tasks.replace(self._task("ahead"), self._prefetch(stop.pages.next))

    async def _append(self, stop: Stop, pages: Pages) -> None:
        try:
            if self._ahead is not None:
                shown, self._ahead = self._ahead, None
            else:
                shown = await self._catalog.feed(pages.next)
        except RemoteError as error:
            self._stuck = error
            self._screen.show_notices(self._notices(stop))
            return
        finally:
            self._growing = False
        if self._history.now is not stop:
            return
        pages.add(shown.feed)
        self._screen.rows_added()
        self._screen.show_paging(self._paging(stop))
        if pages.looped:
            self._screen.show_notices(self._notices(stop))

    async def _prefetch(self, url: ServerUrl) -> None:
        try:
            self._ahead = await self._catalog.feed(url)
        except RemoteError:
            pass  # asked for again, and explained, when the reader turns to it
        finally:
            self._growing = False

    async def _fill(self, stop: Stop, number: int) -> None:
        """Entries of a page that was let go of."""
        pages = stop.pages
        try:
            if pages is not None:
                shown = await self._catalog.feed(pages.url(number))
                pages.refill(number, shown.feed.entries)
                if self._history.now is stop:
                    self._screen.rows_filled(pages.rows_of(number))
        except RemoteError as error:
            self._stuck = error
            if self._history.now is stop:
                self._screen.show_notices(self._notices(stop))
        finally:
            self._fetching.discard(number)

    def try_again(self) -> None:
        """The list stopped growing, or is an old copy."""
        stop = self._history.now
        if stop is None:
            return
        if self._stuck is None or stop.pages is None:
            self.refresh()
            return
        self._stuck = None
        self._screen.show_notices(self._notices(stop))
        self._screen.rows_filled(range(stop.pages.rows))  # asks anew for what is in sight
        self._grow(stop)

    # -- entries

    def act(self, act: Act, entry: Entry, acquisition: Acquisition | None = None) -> None:
        """A part of an action row was chosen. What needs a window is not for us."""
        state = self._downloads.state_of(self.source_id, entry)
        download = state.download
        match act:
            case Act.DOWNLOAD | Act.CHOOSE | Act.UPDATE:
                self.download(entry, acquisition)
            case Act.OPEN if state.book_id is not None:
                self._screen.open_book(state.book_id)
            case Act.RETRY if download is not None:
                self._downloads.retry(download.id)
            case Act.RESUME if download is not None:
                self._downloads.resume(download.id)
            case Act.CANCEL if download is not None:
                self._downloads.cancel(download.id)

    def download(self, entry: Entry, acquisition: Acquisition | None = None) -> None:
        """Fetch one; what it offers may have to be asked for first."""
        if acquisition is None and not entry.downloads and entry.partial:
            self._tasks.start(self._download_partial(entry))
            return
        chosen = acquisition or next(iter(entry.downloads), None)
        if chosen is None:
            self._screen.say(no_epub(entry))
            return
        self._downloads.add(self.source_id, entry, chosen)

    def download_all(self, entries: Sequence[Entry]) -> None:
        """Fetch the best file of each that is not here."""
        wanted = [entry for entry in entries if self._wanted(entry)]
        whole = [entry for entry in wanted if entry.downloads]
        if whole:
            self._downloads.add_all(self.source_id, whole)
        partial = [entry for entry in wanted if not entry.downloads and entry.partial]
        if partial:
            self._tasks.start(self._download_partials(partial))

    def read_when_here(self, entry: Entry) -> None:
        """“Download and read”."""
        self._to_read.add(entry.key)
        self.download(entry)

    def _wanted(self, entry: Entry) -> bool:
        standing = self._downloads.state_of(self.source_id, entry).standing
        here = (Standing.HERE, Standing.UNDER_WAY, Standing.BROWSER_ONLY)
        return standing not in here

    async def _download_partials(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            await self._download_partial(entry)

    async def _download_partial(self, entry: Entry) -> None:
        full = await self._completed(entry)
        if full is not None:
            self.download(replace(full, partial=False))

    async def _completed(self, entry: Entry) -> Entry | None:
        """The entry with all its document says, also in the list; None, said, when that failed."""
        try:
            full = await self._catalog.full(entry)
        except RemoteError as error:
            self._screen.say(explain_catalog(error, self.name).text)
            return None
        stop = self._history.now
        if stop is not None and stop.pages is not None:
            row = stop.pages.replace(full)
            if row is not None:
                self._screen.rows_filled(range(row, row + 1))
        return full

    def _downloads_changed(self) -> None:
        """Open what was to be read as soon as it is here."""
        if not self._to_read:
            return
        for download in self._downloads.jobs():
            key = download.entry.key
            if download.source_id != self.source_id or key not in self._to_read:
                continue
            if download.book_id is not None:
                self._to_read.discard(key)
                self._screen.open_book(download.book_id)
            elif download.fault is not None:
                self._to_read.discard(key)

    # -- how a place comes onto the screen

    def _task(self, what: str) -> str:
        return f"catalog-{what}-{self.source_id}"

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

    def _go(self, stop: Stop, ahead: bool = False) -> None:
        self._leave()
        self._history.go(stop)
        if not ahead:
            self._ahead = None
        self._load(stop)

    def _step(self, by: int) -> bool:
        self._leave()
        if not self._history.step(by):
            return False
        if (stop := self._history.now) is not None:
            self._ahead = None
            self._load(stop)
        return True

    def _load(self, stop: Stop, fresh: bool = False) -> None:
        self._stuck, self._growing = None, False
        self._tasks.cancel(self._task("ahead"))
        self._heading(stop)
        work = (
            self._load_entry(stop) if isinstance(stop.target, EntryAt) else self._show(stop, fresh)
        )
        self._tasks.replace(self._task("place"), work)

    def _heading(self, stop: Stop) -> None:
        titles = tuple(crumb.title for crumb in stop.trail)
        title, searchable = stop.title or self.name, self._search is not None
        if isinstance(stop.target, EntryAt):
            # the page has its own title: above it stands the list it was chosen from
            title, titles, searchable = titles[-1] if titles else self.name, (), False
        words = stop.target.words if isinstance(stop.target, Found) else ""
        back, forth = self._history.can_go_back, self._history.can_go_forward
        self._screen.show_heading(Heading(title, titles, back, forth, searchable, words))

    async def _show(self, stop: Stop, fresh: bool) -> None:
        if stop.shown is None:
            try:
                stop.shown = await self._patiently(self._fetch(stop, fresh))
            except RemoteError as error:
                self._screen.show_problem(explain_catalog(error, self.name))
                return
        feed = stop.shown.feed
        if stop.pages is None:
            stop.pages = Pages(feed)
        if feed.search is not None:
            self._search = feed.search
        stop.title = stop.title or feed.title or self.name
        if stop.first is None:
            stop.first = feed.first or (1 if stop.page == 1 else None)
        self._heading(stop)
        words = stop.target.words if isinstance(stop.target, Found) else ""
        self._screen.show_listing(
            Listing(
                feed,
                stop.pages,
                self._paging(stop),
                self._notices(stop),
                stop.shown.kept_at is not None,
                stop.scroll,
                stop.row,
                words,
            )
        )

    async def _fetch(self, stop: Stop, fresh: bool) -> Shown:
        match stop.target:
            case Found(search, words):
                return await self._with_first_section(await self._catalog.search(search, words))
            case FeedAt(url):
                return await self._catalog.feed(url, fresh)
        raise TypeError("an entry is not fetched as a feed")

    async def _with_first_section(self, shown: Shown) -> Shown:
        """COPS answers a search with a link per kind: the first one's entries come with it."""
        feed = shown.feed
        if feed.entries or feed.groups or not 0 < len(feed.navigation) <= _SECTIONS:
            return shown
        first = feed.navigation[0]
        section: Feed = (await self._catalog.feed(first.href)).feed
        if not section.entries:
            return shown
        group = Group(first.title, first.href, entries=section.entries)
        return replace(shown, feed=replace(feed, groups=(group,)))

    async def _load_entry(self, stop: Stop) -> None:
        if not isinstance(stop.target, EntryAt):
            return
        entry = stop.target.entry
        self._screen.show_entry(entry, offline=False)
        if entry.partial and (full := await self._completed(entry)) is not None:
            stop.target = EntryAt(replace(full, partial=False))
            self._screen.show_entry(stop.target.entry, offline=False)

    async def _patiently(self, work: Awaitable[T]) -> T:
        """Wait; after a moment the screen says so."""
        slow = asyncio.get_running_loop().call_later(LOADING_AFTER_S, self._screen.show_loading)
        try:
            return await work
        finally:
            slow.cancel()

    def _paging(self, stop: Stop) -> Paging:
        if stop.pages is None or stop.shown is None:
            return Paging()
        feed, pages = stop.shown.feed, stop.pages
        if self._endless:
            whole = replace(feed, next=pages.next)
            return Paging(paging_words(whole, stop.page, stop.first, pages.rows))
        words = paging_words(feed, stop.page, stop.first, pages.rows)
        return Paging(words, feed.previous is not None, pages.next is not None)

    def _notices(self, stop: Stop) -> tuple[Notice, ...]:
        """What the reader should know about the list, the gravest first."""
        found: list[Notice] = []
        shown, pages = stop.shown, stop.pages
        if shown is not None and shown.kept_at is not None and shown.error is not None:
            found.append(self._kept_notice(shown.error, shown.kept_at))
        if self._stuck is not None:
            words = explain_catalog(self._stuck, self.name)
            text = f"{words.title}. {words.text}"
            found.append(Notice(text, action=Action.TRY_AGAIN))
        if shown is not None and (text := unread_words(shown.feed)):
            found.append(Notice(text))
        if pages is not None and pages.looped:
            found.append(Notice(looped_words(pages.rows), "info"))
        return tuple(found)

    def _kept_notice(self, error: Exception, at: datetime) -> Notice:
        words = explain_catalog(error, self.name)
        sentence = words.text if words.title in words.text else f"{words.title}. {words.text}"
        kept = tr(
            "You see what was here on {day} at {time}.", day=day(at, self._now()), time=clock(at)
        )
        action = words.action if words.action is not Action.NONE else Action.TRY_AGAIN
        return Notice(f"{sentence} {kept}", "warning", action)
