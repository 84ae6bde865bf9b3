"""What calibre, Calibre-Web and its fork put into the text of an entry and nowhere else.

Lines such as “SERIES: Name [3]<br/>” at its beginning; the label of the series is translated.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from kios_desktop.protocols.opds import text as texts
from kios_desktop.protocols.opds.fields import number
from kios_desktop.protocols.opds.text import line

_SERIES = re.compile(r"^\S+: (.+) \[([\d.]+)\]$")
_STARS = re.compile(r"^\S+: ([★☆½⯨]+)$")
_CALIBRE_WEB_ID = "urn:uuid:2853dacf-ed79-42f5-8e8a-a7bb3d1ae6a2"  # of every installation


class Flavour(Enum):
    """Who wrote a feed, as far as it changes what the feed means."""

    PLAIN = auto()
    CALIBRE = auto()
    CALIBRE_WEB = auto()


@dataclass(frozen=True, slots=True)
class Content:
    """The text of an entry, taken apart; `html` is what is left."""

    html: str
    series: str = ""
    series_index: float | None = None
    tags: tuple[str, ...] = ()
    rating: str = ""


def flavour(feed_id: str, author_uri: str) -> Flavour:
    """By the marks that these programs leave in every feed."""
    if feed_id == _CALIBRE_WEB_ID or "calibre-web" in author_uri.lower():
        return Flavour.CALIBRE_WEB
    if feed_id.startswith(("urn:calibre:", "calibre")) or "calibre-ebook.com" in author_uri:
        return Flavour.CALIBRE
    return Flavour.PLAIN


def names(author: str, flavour: Flavour) -> list[str]:
    """calibre joins its authors, and its database has “|” for the comma in a name."""
    if flavour is Flavour.CALIBRE_WEB:
        return [author.replace("|", ",")]
    return [name.strip() for name in author.split(" & ")] if " & " in author else [author]


def take_apart(content: Any) -> Content:
    """`content` has elements in it: one `div`, or the text itself."""
    holder = content[0] if len(content) == 1 and not (content.text or "").strip() else content
    lines, rest = [line(holder.text)], list(holder)
    while rest and isinstance(rest[0].tag, str) and rest[0].tag.endswith("}br"):
        lines.append(line(rest.pop(0).tail))
    left_over = lines.pop() if rest else ""  # text before the first block belongs to it
    html = "".join(
        texts.outer_html(element) + texts.as_html(element.tail or "").strip() for element in rest
    )
    if len(rest) == 1 and len(rest[0]) == 0 and (rest[0].text or "").lstrip().startswith("<"):
        html = texts.as_html(rest[0].text)  # Calibre-Web escapes the book's own markup
    return _with_lines([*lines, left_over], html[: texts.HTML_LENGTH])


def _with_lines(lines: list[str], html: str) -> Content:
    series, series_index, rating, left = "", None, "", []
    tags: tuple[str, ...] = ()
    for text in filter(None, lines):
        if not series and (found := _SERIES.match(text)) is not None:
            series, series_index = found[1], number(found[2])
        elif (stars := _STARS.match(text)) is not None:
            rating = stars[1]
        elif text.startswith("TAGS: "):
            tags = tuple(tag.strip() for tag in text[6:].split(",") if tag.strip())
        else:
            left.append(texts.as_html(text))
    head = "<br>".join(left)
    return Content(f"<p>{head}</p>{html}" if head else html, series, series_index, tags, rating)
