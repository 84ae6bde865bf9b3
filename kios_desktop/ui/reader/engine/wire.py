"""All messages between the page and the program, in both directions. No Qt.

Messages are JSON objects, decoded into frozen types at once.
"""

from typing import Literal

import msgspec


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The reader script runs and accepts commands."""


class Loaded(msgspec.Struct, frozen=True, tag="loaded"):
    """A chapter was laid out. `anchors` are the ordinals of its contents targets, by id."""

    spine: int
    total: int
    anchors: dict[str, int]


class Relocated(msgspec.Struct, frozen=True, tag="relocated"):
    """The page shows another screen, or the same place in a new layout.

    `ordinal` is the first one on the screen after a turn, and the requested one after a `go`.
    `first` is the first one on the screen in any case. `screen` is the number of ordinals on the
    screen. `page` is 0-based in the chapter file.
    `book_end`: the last words, or the last picture, of the linear spine are on the screen.
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
    first: int = 0


ViewedKind = Literal["picture", "drawing", "table", "formula"]
"""What the viewer can show. A drawing is SVG of the chapter itself; a picture has a file."""


Box = tuple[float, float, float, float]
"""Left, top, width and height within the page, px."""

NO_BOX: Box = (0, 0, 0, 0)


class Clicked(msgspec.Struct, frozen=True, tag="clicked"):
    """A plain click on the page. `at` is 0…1 of the window's width.

    `subject` is what the click opens, "" for nothing. `alone`: it is all that the chapter has.
    `ordinal` and `box` are those of the character that was clicked, None where there is none.
    """

    at: float
    subject: ViewedKind | Literal[""] = ""
    alone: bool = False
    spine: int = 0
    ordinal: int | None = None
    box: Box = NO_BOX


class Hovered(msgspec.Struct, frozen=True, tag="hovered"):
    """The pointer rests on a marked character; None: it has left marked text."""

    spine: int = 0
    ordinal: int | None = None
    box: Box = NO_BOX


class Selected(msgspec.Struct, frozen=True, tag="selected"):
    """The text from `start` to before `end` is selected. `box` is around its lines on screen."""

    spine: int
    start: int
    end: int
    box: Box


class Deselected(msgspec.Struct, frozen=True, tag="deselected"):
    """Nothing is selected any more."""


class MenuWanted(msgspec.Struct, frozen=True, tag="menu"):
    """A menu was asked for at a point of the page, px. `kinds`: what is there, innermost first.

    `href` is the address of the picture's file, "" if there is none; `ordinal` and `box` are those
    of the character there.
    """

    x: float
    y: float
    kinds: list[ViewedKind]
    href: str
    spine: int = 0
    ordinal: int | None = None
    box: Box = NO_BOX


class Viewed(msgspec.Struct, frozen=True, tag="viewed"):
    """The viewer has loaded something, `width` × `height` px large at 100 %.

    `href` is the address of a picture's file, else "". `number` of `count`, from 1, is its place
    among those of its sort in the chapter.
    """

    kind: ViewedKind
    width: float
    height: float
    href: str
    label: str
    caption: str
    number: int
    count: int


class ViewFailed(msgspec.Struct, frozen=True, tag="view_failed"):
    """The viewer can't show what it was asked for; with "nothing", the page has nothing for it."""

    reason: Literal["nothing", "damaged", "large"]
    kind: ViewedKind = "picture"
    href: str = ""
    label: str = ""
    caption: str = ""
    number: int = 0
    count: int = 0


class ViewCopied(msgspec.Struct, frozen=True, tag="view_copied"):
    """What the viewer shows, as markup; of tables and formulas also as text, "" if there is none.

    A table's cells are separated by tabs; the text of a formula is TeX.
    """

    kind: ViewedKind
    markup: str
    text: str


class LinkActivated(msgspec.Struct, frozen=True, tag="link"):
    """A link was followed; `href` as written in the chapter `spine`.

    `kinds` are its epub:type and role, `ids` its own and those around and inside it; `raised`: it
    stands above its line.
    """

    href: str
    spine: int
    text: str = ""
    kinds: list[str] = []
    ids: list[str] = []
    raised: bool = False
    box: Box = NO_BOX


class Zoomed(msgspec.Struct, frozen=True, tag="zoomed"):
    """Ctrl and the mouse wheel were used."""

    larger: bool


class Edge(msgspec.Struct, frozen=True, tag="edge"):
    """A turn was asked for past the first page, or (`end`) past the last one."""

    end: bool


class Settled(msgspec.Struct, frozen=True, tag="settled"):
    """All commands before `settle` were done, and their results reported."""


class ChapterLoading(msgspec.Struct, frozen=True, tag="heading"):
    """The page begins to load a chapter that it was sent to."""

    spine: int


class ChapterPreloading(msgspec.Struct, frozen=True, tag="ahead"):
    """The page begins to load a chapter ahead of the reader; None when that is done or given up."""

    spine: int | None


class ChapterLost(msgspec.Struct, frozen=True, tag="lost"):
    """A chapter did not load, nor the page in its place: the web engine hangs."""

    spine: int


Message = (
    ChapterPreloading
    | ChapterLoading
    | ChapterLost
    | Ready
    | Loaded
    | Relocated
    | Clicked
    | Deselected
    | Hovered
    | Selected
    | MenuWanted
    | Viewed
    | ViewFailed
    | ViewCopied
    | LinkActivated
    | Zoomed
    | Edge
    | Settled
)


class Face(msgspec.Struct, frozen=True):
    """A font file of a family: its address, and the weight or “low high” that it has."""

    family: str
    url: str
    style: Literal["normal", "italic"]
    weight: str


class MarkColors(msgspec.Struct, frozen=True):
    """The colours of a kind of mark, as #RRGGBB: behind text, and of a line under it."""

    fill: str
    line: str


class PageStyle(msgspec.Struct, frozen=True, rename="camel"):
    """The settings in force, as the page uses them; see `styles.js`."""

    font: str
    size: int
    line_height: float
    measure: int
    margin: int
    layout: str
    columns: str
    justify: Literal["publisher", "on", "off"]
    hyphenate: bool
    weight: int
    spacing: float
    indent: float
    publisher_styles: bool
    forced: list[str]
    own_css: str
    colors: dict[str, str]
    marks: dict[str, MarkColors]
    dim_pictures: bool
    faces: list[Face]


LEFT_OUT = "left-out.xhtml"
"""The path, beside the shell, of the page in place of a chapter that the web engine can't show."""


class OpenBook(msgspec.Struct, frozen=True):
    """The spine of a book as addresses, `LEFT_OUT` for chapters that are left out.

    `toc_ids` maps a spine index to the ids that its contents entries name. `ahead`: the page loads
    chapters before the reader gets there. `language` is the book's, as its package names it.
    """

    urls: list[str]
    nonlinear: list[int]
    toc_ids: dict[str, list[str]]
    settings: PageStyle
    ahead: bool = True
    language: str = ""


class Destination(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a spine item: an ordinal, an element (`anchor`), a page from 0, or the end.

    With the cause “turn” it counts as a turn of pages.
    """

    spine: int
    cause: Literal["go", "open", "turn"]
    ordinal: int = 0
    anchor: str = ""
    page: int | None = None
    end: bool = False


class Lines(msgspec.Struct, frozen=True):
    """The running lines in the margins, visible while header and footer are hidden."""

    head: str = ""
    start: str = ""
    centre: str = ""
    end: str = ""


class Selection(msgspec.Struct, frozen=True):
    """Ordinals to select in the chapter on screen, the second exclusive."""

    spine: int
    start: int
    end: int


class SelectionMove(msgspec.Struct, frozen=True):
    """Move the caret, or with `extend` the end of the selection, by such a unit."""

    by: Literal["character", "word", "line", "paragraph", "lineboundary"]
    towards: Literal["forward", "backward", "left", "right"]
    extend: bool


class Paint(msgspec.Struct, frozen=True):
    """Ranges of ordinals, the second exclusive, to be painted in a spine item.

    They replace those of the same layer: “aloud”, “search”, “found”, the name of a mark’s colour,
    or that with “-line” for a line under the text. Only a loaded chapter takes them.
    """

    spine: int
    layer: str
    ranges: list[tuple[int, int]]


class ViewerLook(msgspec.Struct, frozen=True):
    """The viewer’s CSS colours: over the page, behind and on pictures, behind bright pictures."""

    scrim: str
    paper: str
    ink: str
    night: str


class ViewerOpening(msgspec.Struct, frozen=True):
    """Open what was clicked last: its innermost of a kind, or of any (""); or the page's first."""

    kind: ViewedKind | Literal["", "page"]
    look: ViewerLook


class ViewerPlacement(msgspec.Struct, frozen=True):
    """Where the upper left corner of what is viewed is, px of the page, and how it is scaled."""

    x: float
    y: float
    scale: float
