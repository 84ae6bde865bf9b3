"""Metadata that calibre, Calibre-Web and its fork put into the text of an entry only.

Lines such as “SERIES: Name [3]<br/>” at its beginning; the label of the series is translated.
"""

import html
import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from kios_desktop.domain.loose import finite_number
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.protocols.opds import text as texts

_SERIES = re.compile(r"^\S+: (.+) \[([\d.]+)\]$")
_STARS = re.compile(r"^\S+: ([★☆½⯨]+)$")
_BREAK: Final = "<br/>"
_DIV = re.compile(r"^<div\b[^>]*>")
_ESCAPED = re.compile(r"<p>([^<]*)</p>$")
_CALIBRE_WEB_ID = "urn:uuid:2853dacf-ed79-42f5-8e8a-a7bb3d1ae6a2"  # of every installation


class Flavour(Enum):
    """The program that wrote a feed, where that changes the meaning of the feed."""

    PLAIN = auto()
    CALIBRE = auto()
    CALIBRE_WEB = auto()


@dataclass(frozen=True, slots=True)
class Content:
    """The metadata lines of an entry's text; `html` is the rest of the text."""

    html: str
    series: str = ""
    series_index: float | None = None
    tags: tuple[str, ...] = ()
    rating: str = ""


def flavour(feed_id: str, author_uri: str) -> Flavour:
    """The program, by ids and addresses that it puts into every feed."""
    if feed_id == _CALIBRE_WEB_ID or "calibre-web" in author_uri.lower():
        return Flavour.CALIBRE_WEB
    if feed_id.startswith(("urn:calibre:", "calibre")) or "calibre-ebook.com" in author_uri:
        return Flavour.CALIBRE
    return Flavour.PLAIN


def names(author: str, flavour: Flavour) -> list[str]:
    """The authors in one name: calibre joins them with “&”, and stores “|” for a comma."""
    if flavour is Flavour.CALIBRE_WEB:
        return [author.replace("|", ",")]
    return [name.strip() for name in author.split(" & ")] if " & " in author else [author]


def take_apart(markup: str) -> Content:
    """Splits an entry's content, one `div`, into metadata lines (ending with `<br/>`) and text."""
    markup = _DIV.sub("", markup.strip(), 1).removesuffix("</div>")
    lines, at = [], 0
    while (tag := markup.find("<", at)) >= 0 and markup.startswith(_BREAK, tag):
        lines.append(markup[at:tag])
        at = tag + len(_BREAK)
    if tag < 0:
        lines.append(markup[at:])
        at = len(markup)
    rest = clean_text(markup[at:])
    if "&lt;" in rest and (escaped := _ESCAPED.match(rest)) is not None:
        rest = texts.as_html(html.unescape(escaped[1]))  # Calibre-Web escapes the book's markup
    return _with_lines(lines, rest)


def _with_lines(lines: list[str], rest: str) -> Content:
    series, series_index, rating, left = "", None, "", []
    tags: tuple[str, ...] = ()
    for given in lines:
        text = clean_line(html.unescape(given) if "&" in given else given)
        if text.endswith("]") and not series and (found := _SERIES.match(text)) is not None:
            series, series_index = found[1], finite_number(found[2])
        elif text.startswith("TAGS: "):
            tags = tuple(tag for tag in text[6:].split(", ") if tag)
        elif "★" in text and (stars := _STARS.match(text)) is not None:
            rating = stars[1]
        elif text:
            left.append(texts.as_html(text))
    head = f"<p>{'<br>'.join(left)}</p>" if left else ""
    return Content(head + rest, series, series_index, tags, rating)
