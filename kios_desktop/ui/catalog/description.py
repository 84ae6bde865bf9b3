"""Sanitizes a server's description of a book: text, basic formatting and links remain."""

import html
import re
from typing import Final

import nh3

from kios_desktop.ui.kit import theme

_MAX_CHARACTERS: Final = 50_000  # characters that are kept
_MAX_TAGS: Final = 2_000  # the sanitizer's time grows with the number of open tags, for each tag
_TAGS: Final = frozenset(
    {"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "blockquote", "a", "sup", "sub"}
)
_BLOCK: Final = re.compile(r"<(p|li|blockquote)>")


def description_html(text: str) -> str:
    """HTML for a rich-text label, "" when there is no text. Only http and https links remain."""
    clean = nh3.clean(
        _shortened(text),
        tags=set(_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=None,
        clean_content_tags={"script", "style", "title", "svg", "math"},
    ).strip()
    if "<" not in clean:
        clean = clean.replace("\n", "<br>")
    return clean if plain_text(clean) else ""


def _shortened(text: str) -> str:
    """The beginning of a text, within both limits and without lone surrogates."""
    pieces = text[:_MAX_CHARACTERS].encode("utf-8", "replace").decode().split("<", _MAX_TAGS + 1)
    return "<".join(pieces[: _MAX_TAGS + 1])


def plain_text(clean: str) -> str:
    """The text without markup, for a screen reader."""
    return " ".join(html.unescape(nh3.clean(clean, tags=set())).split())


def styled(clean: str, now: theme.Theme, line_px: int) -> str:
    """HTML with the theme's link colour and a line height of `line_px`.

    Qt's rich text takes neither the link colour from the palette nor a line height across blocks.
    """
    line_height = f'style="line-height: {line_px}px"'
    blocks = _BLOCK.sub(rf"<\1 {line_height}>", clean)
    linked = blocks.replace("<a href", f'<a style="color: {now.hex("accent")}" href')
    return f"<div {line_height}>{linked}</div>"
