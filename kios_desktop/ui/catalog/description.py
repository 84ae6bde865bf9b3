"""A server's description of a book, made harmless: words and links, nothing that is fetched."""

import html
import re
from typing import Final

import nh3

from kios_desktop.ui.kit import theme

_MOST: Final = 50_000  # characters; a description is not the book
_MOST_TAGS: Final = 2_000  # the parser goes through what is open once for each
_TAGS: Final = frozenset(
    {"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "blockquote", "a", "sup", "sub"}
)
_BLOCK: Final = re.compile(r"<(p|li|blockquote)>")


def description_html(text: str) -> str:
    """HTML for a rich-text label, "" when no words are left. Only http and https links stay."""
    clean = nh3.clean(
        _cut(text),
        tags=set(_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=None,
        clean_content_tags={"script", "style", "title", "svg", "math"},
    ).strip()
    if "<" not in clean:
        clean = clean.replace("\n", "<br>")
    return clean if plain_text(clean) else ""


def _cut(text: str) -> str:
    """As much as is shown, without the halves of characters that some servers send."""
    pieces = text[:_MOST].encode("utf-8", "replace").decode().split("<", _MOST_TAGS + 1)
    return "<".join(pieces[: _MOST_TAGS + 1])


def plain_text(clean: str) -> str:
    """The words alone, for a screen reader."""
    return " ".join(html.unescape(nh3.clean(clean, tags=set())).split())


def styled(clean: str, now: theme.Theme, line_px: int) -> str:
    """With links in the theme's colour, and so many px from line to line.

    Rich text follows neither the palette by itself nor, from block to block, a distance of lines.
    """
    far = f'style="line-height: {line_px}px"'
    blocks = _BLOCK.sub(rf"<\1 {far}>", clean)
    linked = blocks.replace("<a href", f'<a style="color: {now.hex("accent")}" href')
    return f"<div {far}>{linked}</div>"
