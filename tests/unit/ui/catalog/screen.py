"""A catalog screen that only remembers."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.library import BookId
from kios_desktop.ui.catalog.loading_display import Delays
from kios_desktop.ui.catalog.ports import CatalogHeading, Listing, Notice, Paging, ShelfLine
from kios_desktop.ui.catalog.presenter import CatalogPresenter
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.tasks import Tasks
from tests.fakes_catalog import NOW, FakeCatalog, FakeDownloads


@dataclass
class KeptScreen:
    """`CatalogScreen`; `at` is what it says about where the reader is."""

    headings: list[CatalogHeading] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    pagings: list[Paging] = field(default_factory=list)
    notices: Sequence[Notice] = ()
    entries: list[Entry] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    opened: list[BookId] = field(default_factory=list)
    filled: list[range] = field(default_factory=list)
    lines: list[ShelfLine] = field(default_factory=list)
    loading: int = 0
    grown: int = 0
    at: tuple[int, int] = (0, -1)

    def show_heading(self, heading: CatalogHeading) -> None:
        self.headings.append(heading)

    def show_loading(self) -> None:
        self.loading += 1

    def show_listing(self, listing: Listing) -> None:
        self.listings.append(listing)
        self.notices = listing.notices

    def show_paging(self, paging: Paging) -> None:
        self.pagings.append(paging)

    def show_notices(self, notices: Sequence[Notice]) -> None:
        self.notices = notices

    def show_shelf(self, line: ShelfLine) -> None:
        self.lines.append(line)

    def rows_added(self) -> None:
        self.grown += 1

    def rows_filled(self, rows: range) -> None:
        self.filled.append(rows)

    def show_entry(self, entry: Entry, offline: bool) -> None:
        self.entries.append(entry)

    def show_problem(self, message: Message) -> None:
        self.problems.append(message)

    def say(self, text: str) -> None:
        self.said.append(text)

    def where(self) -> tuple[int, int]:
        return self.at

    def open_book(self, book_id: BookId) -> None:
        self.opened.append(book_id)

    @property
    def title(self) -> str:
        return self.headings[-1].title

    @property
    def listing(self) -> Listing:
        return self.listings[-1]


class Browser:
    """A presenter with everything around it. To be used inside a running loop."""

    def __init__(
        self,
        catalog: FakeCatalog,
        downloads: FakeDownloads | None = None,
        *,
        endless: bool = False,
        delays: Delays | None = None,
    ) -> None:
        self.catalog, self.screen = catalog, KeptScreen()
        self.downloads = downloads or FakeDownloads()
        self.tasks = Tasks(self._unexpected)
        self.errors: list[Exception] = []
        self.presenter = CatalogPresenter(
            catalog,
            self.downloads,
            self.screen,
            self.tasks,
            endless=endless,
            now=lambda: NOW,
            delays=delays,
        )

    async def __aenter__(self) -> "Browser":
        self.presenter.start()
        await self.settled()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.presenter.close()
        await self.tasks.aclose()
        assert self.errors == []

    async def after(self, wish: Callable[[], object]) -> None:
        """Do something, and let all that follows from it happen."""
        wish()
        await self.settled()

    async def settled(self) -> None:
        for _ in range(12):
            await asyncio.sleep(0)

    def _unexpected(self, error: Exception) -> None:
        self.errors.append(error)
