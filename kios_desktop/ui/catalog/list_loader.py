"""How a list goes on: the next page, fetched ahead or added, and pages that were let go of."""

from collections.abc import Callable

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Shown
from kios_desktop.ui.catalog.history import Stop
from kios_desktop.ui.catalog.page_fetching import next_page
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.catalog.ports import CatalogScreen
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.unforeseen import noted


class Growth:
    """Works on the list that is shown, `now`. `on_change` hears that there is more, or `stuck`."""

    def __init__(
        self,
        catalog: Catalog,
        screen: CatalogScreen,
        tasks: Tasks,
        now: Callable[[], Stop | None],
        on_change: Callable[[Stop], None],
    ) -> None:
        self._catalog, self._screen, self._tasks = catalog, screen, tasks
        self._now, self._on_change = now, on_change
        self._task = f"catalog-ahead-{catalog.source_id}"
        self._ahead: Shown | None = None  # the next page, fetched before it is asked for
        self._fetching: set[int] = set()  # numbers of pages being filled again
        self._growing = False
        self.endless = False
        self.stuck: Exception | None = None  # why the list does not grow

    def restart(self) -> None:
        """Another list is shown."""
        self._tasks.cancel(self._task)
        self.stuck, self._growing = None, False

    def take_ahead(self) -> Shown | None:
        """The next page, if it is here already."""
        taken, self._ahead = self._ahead, None
        return taken

    def in_sight(self, first: int, last: int, near_end: bool) -> None:
        """The reader sees these rows; `near_end` when the last one is about a screen away."""
        stop = self._now()
        if stop is None or stop.pages is None:
            return
        stop.pages.keep_around(first, last)
        for number in stop.pages.missing(first, last):
            if number not in self._fetching:
                self._fetching.add(number)
                self._tasks.start(self._fill(stop, stop.pages, number))
        if near_end and self.stuck is None:
            self.grow()

    def grow(self) -> None:
        """Fetch what comes next: into the list, or to have it ready."""
        stop = self._now()
        if stop is None or stop.pages is None or stop.pages.next is None or self._growing:
            return
        if self.endless:
            self._growing = True
            self._tasks.replace(self._task, self._append(stop, stop.pages))
        elif self._ahead is None and stop.shown is not None and stop.shown.kept_at is None:
            self._growing = True
            self._tasks.replace(self._task, self._prefetch(stop, stop.pages))

    async def _append(self, stop: Stop, pages: Pages) -> None:
        try:
            shown = self.take_ahead() or await next_page(self._catalog, pages.walk)
        except Exception as error:  # noqa: BLE001 (noted, and said in the list)
            self.stuck = noted(error)
            self._on_change(stop)
            return
        finally:
            self._growing = False
        if self._now() is not stop:
            return
        if shown is not None:
            pages.add(shown.feed)
            pages.keep_around(pages.rows - 1, pages.rows - 1)
            self._screen.rows_added()
        self._on_change(stop)

    async def _prefetch(self, stop: Stop, pages: Pages) -> None:
        try:
            self._ahead = await next_page(self._catalog, pages.walk)
        except Exception as error:  # noqa: BLE001 (noted)
            noted(error)  # asked for again, and explained, when the reader turns to it
            return
        finally:
            self._growing = False
        if self._now() is stop:
            self._on_change(stop)

    async def _fill(self, stop: Stop, pages: Pages, number: int) -> None:
        """Entries of a page that was let go of."""
        try:
            shown = await self._catalog.feed(pages.url(number))
        except Exception as error:  # noqa: BLE001 (noted, and said in the list)
            noted(error)
            if self._now() is stop:
                self.stuck = error
                self._on_change(stop)
            return
        finally:
            self._fetching.discard(number)
        pages.refill(number, shown.feed.entries)
        if self._now() is stop:
            self._screen.rows_filled(pages.rows_of(number))
