"""The parts of an entry as HTML of a dozen elements, in which nothing loads, runs or has a colour.

Text (m, l, t, y, w), Pango (g), HTML (h), XDXF (x) and the XML of PowerWord (k) and WordNet (n) are
shown; pictures, sounds and lists of them (P, W, X, r) are left out.
Sources: StarDict 3, doc/StarDictFileFormat; soshial/xdxf_makedict, format_standard.
"""

import html
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

import nh3

from kios_desktop.dictionaries.entry_parts import EntryPart
from kios_desktop.domain.text import clean_text

LINK: Final = "look:"
"""A link in the markup begins with it; then follows the word, quoted as in addresses."""

_PLAIN: Final = frozenset("mltyw")
_XML: Final = frozenset("kn")

# elements that stay, whoever wrote them
_KEPT: Final = frozenset({
    "b", "i", "u", "s", "sub", "sup", "small", "big", "tt", "p", "br", "div", "ul", "ol", "li",
    "blockquote", "h1", "h2", "h3", "h4", "hr", "table", "tr", "td", "th",
})  # fmt: skip
# elements of XDXF, and the older ones of HTML, as what they become
_BECOMES: Final = {
    "k": "b", "ex": "i", "co": "i", "abr": "i", "abbr": "i", "trn": "i", "gr": "i", "pos": "i",
    "def": "div", "sr": "div", "etm": "div", "categ": "i", "strong": "b", "em": "i", "cite": "i",
    "code": "tt", "kbd": "tt", "strike": "s", "del": "s", "ins": "u", "h5": "h4", "h6": "h4",
    "dl": "div", "dt": "div", "dd": "blockquote", "section": "div", "article": "div",
    "q": "i", "thead": "", "tbody": "", "c": "", "dtrn": "", "opt": "", "nu": "", "ar": "",
    "deftext": "", "exm": "", "font": "", "pre": "div", "center": "div",
}  # fmt: skip
_ALONE: Final = frozenset(("br", "hr"))
_ALLOWED: Final = {*_KEPT, *_BECOMES, "a", "span"}
_LEFT_OUT: Final = {"script", "style", "title", "rref", "object", "audio", "video", "svg", "iframe"}
_TO: Final = "data-to"  # addresses under another name: `nh3` drops those with spaces in words
_ATTRIBUTES: Final = {"a": {_TO}, "span": {"weight", "style", "underline"}}
_LINKS: Final = ("bword://", "entry://", "bword:", "entry:")
_TAG: Final = re.compile(r'<(/?)([a-z0-9]+)((?:\s+[a-z-]+="[^"]*")*)\s*>')
_ATTRIBUTE: Final = re.compile(r'([a-z-]+)="([^"]*)"')
_TRANSCRIPTION: Final = re.compile(r"<(/?)tr>")
_REFERENCE: Final = re.compile(r"<kref(?:\s[^<>]*)?>([^<]*)</kref>")
_CDATA: Final = re.compile(r"<!\[CDATA\[|\]\]>")
_ANY_TAG: Final = re.compile(r"<[^<>]*>")  # elements of PowerWord have Chinese names
_ADDRESS: Final = re.compile(r"(?i)(<a\s[^<>]{0,400}?)\bhref(?=\s*=)")
_BREAKS: Final = re.compile(r"(?:\s*<br>\s*){3,}")
_DEEPEST: Final = 40  # elements within each other; Qt lays out each of them within the others


def markup_of(parts: Iterable[EntryPart]) -> str:
    """All parts that can be shown, one below the other; "" where there are none."""
    shown = [
        _shown(part.kind, clean_text(_text(part.content), len(part.content))) for part in parts
    ]
    return "<hr>".join(one for one in shown if one)


def _text(content: bytes) -> str:
    return clean_text(content.rstrip(b"\0").decode("utf-8", "replace"), len(content))


def _shown(kind: str, text: str) -> str:
    if kind in _PLAIN:
        return _with_breaks(html.escape(text, quote=False))
    if kind == "g":
        return _with_breaks(_harmless(text.strip("\n")))
    if kind == "h":
        return _harmless(text)
    if kind == "x":
        return _with_breaks(_harmless(_of_xdxf(text)))
    if kind in _XML:
        return _with_breaks(_lines_of_xml(text))
    return ""


def _with_breaks(markup: str) -> str:
    return _BREAKS.sub("<br><br>", markup.strip().replace("\n", "<br>"))


def _of_xdxf(text: str) -> str:
    """Its `tr` is a transcription, not the row of a table."""
    text = _TRANSCRIPTION.sub(r"<\1trn>", text)
    return _REFERENCE.sub(lambda link: f'<a href="bword://{link[1]}">{link[1]}</a>', text)


def _lines_of_xml(text: str) -> str:
    """The texts in elements, each in a line of its own."""
    bare = html.unescape(_ANY_TAG.sub("", _CDATA.sub("", text)))
    lines = [line.strip() for line in bare.split("\n")]
    return html.escape("\n".join(line for line in lines if line), quote=False)


def _harmless(text: str) -> str:
    """Well-formed by `nh3`, then every tag written anew."""
    clean = nh3.clean(
        _ADDRESS.sub(rf"\1{_TO}", text),
        tags=_ALLOWED,
        clean_content_tags=_LEFT_OUT,
        attributes=_ATTRIBUTES,
        link_rel=None,
        strip_comments=True,
    )
    open_tags: list[str] = []

    def written(tag: re.Match[str]) -> str:
        closing, name, attributes = tag.groups()
        if name in _ALONE:
            return f"<{name}>"
        if closing:
            return open_tags.pop() if open_tags else ""
        begin, end = _tags(name, dict(_ATTRIBUTE.findall(attributes)))
        if len(open_tags) > _DEEPEST:
            begin = end = ""
        open_tags.append(end)
        return begin

    return _TAG.sub(written, clean)


def _tags(name: str, attributes: dict[str, str]) -> tuple[str, str]:
    """What an element begins and ends with, when it is written anew."""
    if name == "a":
        word = _linked(html.unescape(attributes.get(_TO, "")))
        return (f'<a href="{LINK}{quote(word, safe="")}">', "</a>") if word else ("", "")
    if name == "span":
        chosen = [style for key, style in _SPANS.items() if attributes.get(key[0]) == key[1]]
        return (f'<span style="{";".join(chosen)}">', "</span>") if chosen else ("", "")
    name = _BECOMES.get(name, name)
    return (f"<{name}>", f"</{name}>") if name in _KEPT else ("", "")


_SPANS: Final = {
    ("weight", "bold"): "font-weight:bold",
    ("style", "italic"): "font-style:italic",
    ("style", "oblique"): "font-style:italic",
    ("underline", "single"): "text-decoration:underline",
}


def _linked(address: str) -> str:
    """The word that a link leads to; "" for one that leads elsewhere."""
    for scheme in _LINKS:
        if address.lower().startswith(scheme):
            return unquote(address[len(scheme) :]).strip("/").strip()
    return ""
