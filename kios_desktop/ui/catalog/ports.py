"""The port of the catalog screen, and the values it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.domain.catalog import Entry, Feed
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.kit.error_texts import Action, Message


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """The status line of a shelf. `fraction` None: no progress bar; `busy`: a sync is running."""

    text: str
    busy: bool = False
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class CatalogHeading:
    """The header of a page. `trail` has the titles of its parents, the root first."""

    title: str
    trail: tuple[str, ...]
    can_go_back: bool
    can_go_forward: bool
    searchable: bool
    query: str = ""  # of a search result


@dataclass(frozen=True, slots=True)
class Paging:
    """“Books 1–50 of 312” or “Page 2”, and whether there are neighbouring pages; "" for one
    page."""

    text: str = ""
    previous: bool = False
    next: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above the list. `tone` is "warning" or "info"; `action` is what helps.

    A `closable` notice is shown until the reader closes it.
    """

    text: str
    tone: str = "warning"
    action: Action = Action.NONE
    closable: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed to show. `offline`: it is a cached copy.

    `scroll` (px), `row` and `link` are the position to restore: the link is the one followed from
    here. `refreshed`: it is a newer version of the list that is shown.
    """

    feed: Feed
    pages: Pages
    paging: Paging
    notices: tuple[Notice, ...] = ()
    offline: bool = False
    scroll: int = 0
    row: int = -1
    link: ServerUrl | None = None
    query: str = ""  # of a search result
    refreshed: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it has neither entries nor links."""
        return not (self.feed.navigation or self.feed.groups or self.pages.rows)


class CatalogScreen(Protocol):
    """What the presenter needs from the screen."""

    def show_heading(self, heading: CatalogHeading) -> None: ...

    def show_loading(self) -> None:
        """Show placeholders."""

    def show_listing(self, listing: Listing) -> None: ...

    def show_paging(self, paging: Paging) -> None: ...

    def show_notices(self, notices: Sequence[Notice]) -> None: ...

    def show_shelf(self, line: ShelfLine) -> None:
        """Show the sync status of the shelf."""

    def rows_added(self) -> None:
        """The pages of the listing grew at the end."""

    def rows_filled(self, rows: range) -> None:
        """Entries of these rows were loaded or changed."""

    def show_entry(self, entry: Entry, offline: bool) -> None:
        """Show the page of an entry, and again when its full document has been fetched."""

    def show_problem(self, message: Message) -> None:
        """Show an error instead of the list."""

    def say(self, text: str) -> None:
        """Show a toast."""

    def where(self) -> tuple[int, int]:
        """The scroll position in px and the current row, before the page is left."""

    def open_book(self, book_id: BookId) -> None:
        """Open a book of the library."""
