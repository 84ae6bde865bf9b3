"""The default display of elements in KOReader's engine, which decides which texts it keeps.

Style sheets change little of it; `hints.py` adds what they do. Source: crengine, fb2def.h and
dtddef.h.
"""

from enum import StrEnum


class Display(StrEnum):
    """The kinds of boxes that matter."""

    INLINE = "inline"
    BLOCK = "block"
    TABLE = "table"  # tables, rows and their groups
    NONE = "none"
    RUBY = "ruby"
    INLINE_BLOCK = "inline-block"


_BLOCK = frozenset(
    {
        "address",
        "article",
        "aside",
        "audio",
        "blockquote",
        "body",
        "canvas",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "iframe",
        "legend",
        "li",
        "listing",
        "main",
        "map",
        "menu",
        "nav",
        "noframes",
        "noscript",
        "ol",
        "optgroup",
        "p",
        "plaintext",
        "pre",
        "search",
        "section",
        "select",
        "summary",
        "td",
        "template",
        "textarea",
        "th",
        "ul",
        "video",
        "xmp",
        "autoboxing",
    }
)
_TABLE = frozenset({"table", "colgroup", "col", "thead", "tbody", "tfoot", "tr"})
_NONE = frozenset(
    {"script", "style", "link", "meta", "base", "binary", "head", "title", "area", "param"}
)
_INLINE_BLOCK = frozenset({"button", "input"})

# elements that never hold text: what is written directly in them is dropped
TEXTLESS = frozenset(
    {
        "table",
        "colgroup",
        "col",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "html",
        "head",
        "img",
        "image",
        "object",
        "embed",
        "audio",
        "source",
        "track",
        "area",
        "input",
        "param",
        "applet",
        "annotation",
        "author",
        "coverpage",
        "epigraph",
        "part",
        "poem",
        "stanza",
    }
)
SVG_WITH_TEXT = frozenset({"text", "tspan", "textPath", "title", "desc", "metadata", "style"})
PREFORMATTED = frozenset({"pre", "textarea", "listing", "plaintext", "xmp"})
# one leading line feed is dropped in these
LINE_FEED_DROPPED = frozenset({"pre", "textarea"})

_CSS: dict[str, Display] = {
    "inline": Display.INLINE,
    "block": Display.BLOCK,
    "list-item": Display.BLOCK,
    "run-in": Display.BLOCK,
    "flex": Display.BLOCK,
    "grid": Display.BLOCK,
    "table-cell": Display.BLOCK,
    "table-caption": Display.BLOCK,
    "table": Display.TABLE,
    "inline-table": Display.TABLE,
    "table-row": Display.TABLE,
    "table-row-group": Display.TABLE,
    "table-header-group": Display.TABLE,
    "table-footer-group": Display.TABLE,
    "table-column": Display.TABLE,
    "table-column-group": Display.TABLE,
    "inline-block": Display.INLINE_BLOCK,
    "inline-flex": Display.INLINE_BLOCK,
    "inline-grid": Display.INLINE_BLOCK,
    "none": Display.NONE,
    "ruby": Display.RUBY,
}


def default(name: str) -> Display:
    """The display of an element by its name; all that is not listed is inline."""
    if name in _BLOCK:
        return Display.BLOCK
    if name in _TABLE:
        return Display.TABLE
    if name == "ruby":
        return Display.RUBY
    if name in _NONE:
        return Display.NONE
    if name in _INLINE_BLOCK:
        return Display.INLINE_BLOCK
    return Display.INLINE


def from_css(value: str) -> Display | None:
    """The display a style declares; None for values that change nothing."""
    return _CSS.get(value.strip().lower())
