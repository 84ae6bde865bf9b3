"""What the catalog screen needs from the rest of Kios, and what it may show."""

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
    """“Last synced 2 min ago · 14 books”. `fraction` None: no bar; `busy`: a sync is under way."""

    text: str
    busy: bool = False
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class CatalogHeading:
    """What stands above the content. `trail` are the titles of the parents, the root first."""

    title: str
    trail: tuple[str, ...]
    can_go_back: bool
    can_go_forward: bool
    searchable: bool
    words: str = ""  # what was searched, when this is what was found


@dataclass(frozen=True, slots=True)
class Paging:
    """“Books 1–50 of 312” or “Page 2”, and where one can turn to; "" when there is one page."""

    words: str = ""
    previous: bool = False
    next: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above the list. `tone` is warning or info; `action` what helps.

    A `closable` one is said until the reader closes it.
    """

    text: str
    tone: str = "warning"
    action: Action = Action.NONE
    closable: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed to be shown. `offline`: it is the copy on this computer.

    `scroll`, `row` and `link` are where the reader was when the place was left, and what was
    followed from there. `again`: it is the list that was shown, and something in it has changed.
    """

    feed: Feed
    pages: Pages
    paging: Paging
    notices: tuple[Notice, ...] = ()
    offline: bool = False
    scroll: int = 0
    row: int = -1
    link: ServerUrl | None = None
    words: str = ""  # what was searched
    again: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it has neither entries nor links."""
        return not (self.feed.navigation or self.feed.groups or self.pages.rows)


class CatalogScreen(Protocol):
    """What the presenter may show."""

    def show_heading(self, heading: CatalogHeading) -> None: ...

    def show_loading(self) -> None:
        """It takes a while: placeholders."""

    def show_listing(self, listing: Listing) -> None: ...

    def show_paging(self, paging: Paging) -> None: ...

    def show_notices(self, notices: Sequence[Notice]) -> None: ...

    def show_shelf(self, line: ShelfLine) -> None:
        """How far the shelf is in step with its server."""

    def rows_added(self) -> None:
        """The pages of the listing grew at their end."""

    def rows_filled(self, rows: range) -> None:
        """Entries of these rows are here, or changed."""

    def show_entry(self, entry: Entry, offline: bool) -> None:
        """The page of one entry; again when more is known."""

    def show_problem(self, message: Message) -> None:
        """Nothing can be shown but why."""

    def say(self, text: str) -> None:
        """A toast."""

    def where(self) -> tuple[int, int]:
        """Scroll in px and current row, before the place is left."""

    def open_book(self, book_id: BookId) -> None:
        """The reader wants to read it."""
