"""What the page may say to Kios, and what Kios may say to the page. All of it is in this file.

Messages are JSON objects decoded into frozen types at once. No Qt.
"""

from typing import Literal

import msgspec


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The reader script runs and can be told to open a book."""


class Loaded(msgspec.Struct, frozen=True, tag="loaded"):
    """A chapter arrived. `anchors` are the ordinals of its table-of-contents targets."""

    spine: int
    total: int
    anchors: dict[str, int]


class Relocated(msgspec.Struct, frozen=True, tag="relocated"):
    """Another screen, or the same place laid out anew.

    `ordinal` is the place: the first character of the screen after a turn, what was asked for
    after a `go`. `screen` counts the ordinals on the screen. `page` is 0-based in the chapter.
    `book_end`: the last words of the linear spine are on the screen, or its last picture.
    """

    cause: Literal["turn", "go", "layout", "open"]
    spine: int
    ordinal: int
    total: int
    screen: int
    page: int
    pages: int
    chapter_end: bool
    book_end: bool


class Clicked(msgspec.Struct, frozen=True, tag="clicked"):
    """A plain click on the page. `at` is 0…1 of the window's width."""

    at: float


class LinkActivated(msgspec.Struct, frozen=True, tag="link"):
    """A link was followed; `href` as written in the chapter `spine`."""

    href: str
    spine: int


class Zoomed(msgspec.Struct, frozen=True, tag="zoomed"):
    """Ctrl and the wheel."""

    larger: bool


class Edge(msgspec.Struct, frozen=True, tag="edge"):
    """A turn past the first or last page."""

    end: bool


class Settled(msgspec.Struct, frozen=True, tag="settled"):
    """Everything Kios asked for before `settle` has been done, and reported."""


class ChapterLoading(msgspec.Struct, frozen=True, tag="heading"):
    """The way leads into a chapter that is not laid out yet."""

    spine: int


class ChapterPreloading(msgspec.Struct, frozen=True, tag="ahead"):
    """A chapter that nobody asked for is loaded and laid out; None: it is there, or given up."""

    spine: int | None


class ChapterLost(msgspec.Struct, frozen=True, tag="lost"):
    """A chapter did not come, nor the page that would have said so: the web engine is stuck."""

    spine: int


Message = (
    ChapterPreloading
    | ChapterLoading
    | ChapterLost
    | Ready
    | Loaded
    | Relocated
    | Clicked
    | LinkActivated
    | Zoomed
    | Edge
    | Settled
)


class PageStyle(msgspec.Struct, frozen=True, rename="camel"):
    """The settings in force as the page wants them; see `styles.js`."""

    font: str
    size: int
    line_height: float
    measure: int
    margin: int
    layout: str
    columns: str
    justify: bool
    publisher_styles: bool
    forced: list[str]
    colors: dict[str, str]
    own_colors: bool
    dim_pictures: bool


LEFT_OUT = "left-out.xhtml"
"""Beside the shell: the page in place of a chapter that the web engine did not survive."""


class OpenBook(msgspec.Struct, frozen=True):
    """The spine of a book, as addresses; one may be `LEFT_OUT`.

    `toc_ids` maps a spine index to the ids its contents entries name.
    `ahead`: chapters are loaded before they are asked for.
    """

    urls: list[str]
    nonlinear: list[int]
    toc_ids: dict[str, list[str]]
    settings: PageStyle
    ahead: bool = True


class Destination(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where to go: an ordinal, an element (`anchor`), a page from 0, or the end of a spine item."""

    spine: int
    cause: Literal["go", "open"]
    ordinal: int = 0
    anchor: str = ""
    page: int | None = None
    end: bool = False


class Lines(msgspec.Struct, frozen=True):
    """The running lines in the margins, seen while the chrome is hidden."""

    head: str = ""
    start: str = ""
    centre: str = ""
    end: str = ""
