"""Loads further pages of a list: appended while scrolling, or prefetched for turning pages."""

from collections.abc import Callable

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Shown
from kios_desktop.ui.catalog.history import HistoryItem
from kios_desktop.ui.catalog.page_fetching import next_page
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.catalog.ports import CatalogScreen
from kios_desktop.ui.catalog.shelf_titles import with_titles
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.unforeseen import noted


class ListLoader:
    """Loads more of the list that is shown; `on_change` is called after each change."""

    def __init__(
        self,
        catalog: Catalog,
        screen: CatalogScreen,
        tasks: Tasks,
        current: Callable[[], HistoryItem | None],
        on_change: Callable[[HistoryItem], None],
    ) -> None:
        self._catalog, self._screen, self._tasks = catalog, screen, tasks
        self._current, self._on_change = current, on_change
        self._task = f"catalog-next-page-{catalog.source_id}"
        self._prefetched: Shown | None = None  # the next page, not shown yet
        self._fetching: set[int] = set()  # numbers of pages whose entries are being fetched again
        self._loading = False
        self.endless = False
        self.load_error: Exception | None = None  # why the list could not be extended

    def reset(self) -> None:
        """Another list is shown."""
        self._tasks.cancel(self._task)
        self.load_error, self._loading = None, False

    def take_prefetched(self) -> Shown | None:
        """The prefetched next page, if there is one; it is handed over once."""
        taken, self._prefetched = self._prefetched, None
        return taken

    def in_sight(self, first: int, last: int, near_end: bool) -> None:
        """These rows are in sight; `near_end`: the last row is about a screen away."""
        item = self._current()
        if item is None or item.pages is None:
            return
        item.pages.keep_around(first, last)
        for number in item.pages.missing(first, last):
            if number not in self._fetching:
                self._fetching.add(number)
                self._tasks.start(self._fill(item, item.pages, number))
        if near_end and self.load_error is None:
            self.load_more()

    def load_more(self) -> None:
        """Fetch the next page: append it if `endless`, else keep it for when it is requested."""
        item = self._current()
        if item is None or item.pages is None or item.pages.next is None or self._loading:
            return
        if self.endless:
            self._loading = True
            self._tasks.replace(self._task, self._append(item, item.pages))
        elif self._prefetched is None and item.shown is not None and item.shown.kept_at is None:
            self._loading = True
            self._tasks.replace(self._task, self._prefetch(item, item.pages))

    async def _append(self, item: HistoryItem, pages: Pages) -> None:
        try:
            shown = self.take_prefetched() or await next_page(self._catalog, pages.walk)
        except Exception as error:  # noqa: BLE001 (noted, and said in the list)
            self.load_error = noted(error)
            self._on_change(item)
            return
        finally:
            self._loading = False
        if self._current() is not item:
            return
        if shown is not None:
            pages.add(shown.feed)
            pages.keep_around(pages.rows - 1, pages.rows - 1)
            self._screen.rows_added()
        self._on_change(item)

    async def _prefetch(self, item: HistoryItem, pages: Pages) -> None:
        try:
            self._prefetched = await next_page(self._catalog, pages.walk)
        except Exception as error:  # noqa: BLE001 (noted)
            noted(error)  # fetched again, and the error shown, when the reader turns to the page
            return
        finally:
            self._loading = False
        if self._current() is item:
            self._on_change(item)

    async def _fill(self, item: HistoryItem, pages: Pages, number: int) -> None:
        """Fetch the entries of a page that were dropped from memory."""
        try:
            shown = with_titles(await self._catalog.feed(pages.url(number)))
        except Exception as error:  # noqa: BLE001 (noted, and said in the list)
            noted(error)
            if self._current() is item:
                self.load_error = error
                self._on_change(item)
            return
        finally:
            self._fetching.discard(number)
        pages.refill(number, shown.feed.entries)
        if self._current() is item:
            self._screen.rows_filled(pages.rows_of(number))
