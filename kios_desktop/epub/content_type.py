"""What a file is by its first bytes, where a label is wrong, missing or not to be believed.

Source: WHATWG MIME Sniffing, section 6.1 (images); the element names are those of HTML and SVG.
"""

import re

from kios_desktop.epub import encoding, media_types

HEAD_BYTES = 2048  # of a file, to say what it is
LONG_HEAD_BYTES = 65_536  # where a licence or a list of declarations comes first
# (offset, bytes, media type); the first that fits
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
    (0, b"BM", "image/bmp"),
)
_BOMS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16, in which a letter may have any byte
_CONTROL = re.compile(rb"[^\t\n\f\r -\xff]")
_BREAK = re.compile(rb"[\t\n\r >]")
_WORDS_APART = (
    40  # bytes between spaces or tags, at most, in a text of any language with an alphabet
)
_PROLOG = re.compile(
    r"(?:[\s\ufeff]|<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->"
    r"|<!DOCTYPE[^\[>]*+(?:\[(?:[^\]\"']|\"[^\"]*+\"|'[^']*+')*+\]\s*)?>)*+",
    re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)([^<>]*)")
_NAMESPACE = re.compile(r"""\sxmlns(?::[\w.-]+)?\s*=\s*["']([^"']*)""")
_XHTML = "http://www.w3.org/1999/xhtml"
_HTML_ROOTS = frozenset({"html", "body", "head"})
# of a piece of a page; other languages have some of these too
_HTML_PIECES = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "span", "center"})
# and these, which many other languages have: only a chapter is believed to begin with one
_CHAPTER_PIECES = _HTML_PIECES | {
    "a", "address", "article", "aside", "b", "big", "blockquote", "br", "dir", "dl", "em",
    "fieldset", "figure", "font", "footer", "form", "header", "hr", "i", "img", "main", "menu",
    "meta", "nav", "ol", "picture", "pre", "section", "small", "strong", "style", "table",
    "title", "u", "ul",
}  # fmt: skip


def of(head: bytes, is_chapter: bool = False) -> str:
    """XHTML (any HTML is shown as such), SVG or a picture's media type; "" for anything else.

    `is_chapter`: the file is in the reading order, so elements that are not only HTML's are.
    """
    for offset, magic, media_type in _MAGIC:
        if head.startswith(magic, offset):
            return media_type
    text = encoding.decode(head)
    root = _ROOT.match(text, _root_at(text))
    if root is None:
        return ""
    name = root[1].lower()
    named = _NAMESPACE.findall(root[2])
    if name == "svg":
        return media_types.SVG
    pieces = _CHAPTER_PIECES if is_chapter else _HTML_PIECES
    if name in _HTML_ROOTS or (name in pieces and (not named or _XHTML in named)):
        return media_types.XHTML
    return ""


def is_unfinished(head: bytes) -> bool:
    """Whether these bytes end before the first element, in a comment or what else precedes it."""
    text = encoding.decode(head)
    rest = text[_root_at(text) :]
    return rest in ("", "<") or rest.startswith(("<!", "<?"))


def _root_at(text: str) -> int:
    prolog = _PROLOG.match(text)
    return prolog.end() if prolog is not None else 0


def is_text(head: bytes) -> bool:
    """Whether these bytes are the start of a text, and not noise."""
    if not head or of(head) in (media_types.XHTML, media_types.SVG):
        return True
    if head.startswith(_BOMS):
        return True
    if _CONTROL.search(head):
        return False
    try:
        head[: _whole_characters(head)].decode("utf-8")
    except UnicodeDecodeError:  # another encoding, if there are words: noise has few breaks
        return _WORDS_APART * len(_BREAK.findall(head)) >= len(head)
    return True


def _whole_characters(head: bytes) -> int:
    """Up to where no character of UTF-8 is cut off."""
    end = len(head)
    while end and end > len(head) - 4 and head[end - 1] & 0xC0 == 0x80:
        end -= 1
    return end - 1 if end and head[end - 1] >= 0xC0 else end
