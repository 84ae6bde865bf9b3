"""Parses XML of catalogs: strictly if possible, else repaired.

Nothing outside the given bytes is read, no DTD reaches the parser, no entity is expanded.
"""

import codecs
import contextlib
import html.entities
import re
from itertools import pairwise
from typing import Any, Final

from lxml import etree

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.text import with_legal_references

Element = Any  # lxml has no types of its own

ATOM: Final = "http://www.w3.org/2005/Atom"
OPDS: Final = "http://opds-spec.org/2010/catalog"
TERMS: Final = "http://purl.org/dc/terms/"
ELEMENTS: Final = "http://purl.org/dc/elements/1.1/"
OPENSEARCH: Final = "http://a9.com/-/spec/opensearch/1.1/"
THREADING: Final = "http://purl.org/syndication/thread/1.0"

_USUAL: Final = {
    "atom": ATOM,
    "opds": OPDS,
    "dc": TERMS,
    "dcterms": TERMS,
    "opensearch": OPENSEARCH,
    "thr": THREADING,
    "schema": "http://schema.org/",
    "pse": "http://vaemendis.net/opds-pse/ns",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_DEEPEST: Final = 1000

_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")
_ROOT = re.compile(r"<(?:([\w.\-]+):)?(feed|entry|OpenSearchDescription)(?=[\s/>])")
_ENTRY = re.compile(r"<(?:[\w.\-]+:)?entry(?=[\s/>])")
_ENTRY_END = re.compile(r"</(?:[\w.\-]+:)?entry\s*>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#([0-9]+|[xX][0-9A-Fa-f]+)|([A-Za-z][A-Za-z0-9]*));|&")
_PREFIXED = re.compile(r"<([A-Za-z_][\w.\-]*):[A-Za-z_]|\s([A-Za-z_][\w.\-]*):[\w.\-]+\s*=\s*[\"']")
_NAMESPACE = re.compile(r"\sxmlns:([A-Za-z_][\w.\-]*)\s*=")
_PREFIX = re.compile(r"<(/?)[A-Za-z_][\w.\-]*:")
_TAG = re.compile(r"<(/?)[A-Za-z_:](?:[^<>/]++|/(?!>))*+(/?)")  # also one that is not closed
_NO_CHARSETS: Final = frozenset(  # Python calls these encodings of text
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"}
)
_KEPT: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})


def parse(body: bytes, charset: str = "") -> tuple[Element, bool]:
    """(root element, whether something was lost). Raises `Malformed`.

    `body` begins with “<”; `charset` is that of the content type.
    """
    encoding = _encoding(body, charset)
    if b"<!DOCTYPE" not in body and b"<!ENTITY" not in body:
        with contextlib.suppress(etree.XMLSyntaxError, ValueError, LookupError):
            return etree.fromstring(body, _parser(encoding=encoding)), False
    text, whole = _mended(_decoded(body, encoding))
    if not text:
        raise Malformed("no feed in it")
    root = _strictly(text) if whole else None
    if root is not None:
        return root, False
    if _depth(text) > _DEEPEST:  # recovery has no limit of its own
        raise Malformed("nested too deep")
    root = _in_pieces(text)
    if root is None:
        raise Malformed("not XML")
    return root, True


def local(element: Element) -> str:
    """The tag without namespace and prefix; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def inner(element: Element) -> str:
    """The content of an element, as markup without prefixes."""
    source: str = etree.tostring(element, encoding="unicode", with_tail=False)
    inside = source[source.find(">") + 1 : source.rfind("</")] if source[-2:] != "/>" else ""
    prefixed = element.prefix or any(child.prefix for child in element)
    return _PREFIX.sub(r"<\1", inside) if prefixed else inside


def _encoding(body: bytes, charset: str) -> str | None:
    """The encoding; None for the declared one. Valid UTF-8 is read as such, whatever its label."""
    found = _DECLARED.match(body)
    declared = found[1].decode("ascii").lower() if found is not None else ""
    if body.isascii():
        return "utf-8" if declared.startswith("utf-16") else None
    if _decodes(body, "utf-8"):
        return "utf-8"
    for label in (charset.strip().lower(), declared):
        if label not in ("", "utf-8", "utf8") and _decodes(body, label):
            return label
    return "windows-1252"


def _decodes(body: bytes, label: str) -> bool:
    try:
        if codecs.lookup(label).name.replace("_", "-") in _NO_CHARSETS:
            return False
        body.decode(label)  # not `codecs.decode`, which knows base64 and zip
    except (LookupError, ValueError):
        return False
    return True


def _decoded(body: bytes, encoding: str | None) -> str:
    return body.decode(encoding or "utf-8", "replace")


def _mended(text: str) -> tuple[str, bool]:
    """(text of the root element with everything repaired, whether its end is there)."""
    root = _ROOT.search(text)
    if root is None:
        return "", False
    name = root[0][1:]
    end = text.rfind(f"</{name}")
    close = text.find(">", end) if end >= 0 else -1
    whole = close > root.start()
    text = text[root.start() : close + 1] if whole else text[root.start() :]
    text = _REFERENCE.sub(_character, with_legal_references(_ILLEGAL.sub("", text)))
    used = {first or second for first, second in _PREFIXED.findall(text)}
    missing = used - set(_NAMESPACE.findall(text)) - {"xml", "xmlns"}
    declarations = "".join(
        f' xmlns:{prefix}="{_USUAL.get(prefix, "urn:undeclared:" + prefix)}"'
        for prefix in sorted(missing)
    )
    return f"<{name}{declarations}{text[len(name) + 1 :]}", whole


def _character(match: re.Match[str]) -> str:
    """A reference in a form valid in XML; a stray “&” is escaped."""
    number, name = match.groups()
    if number or name in _KEPT:
        return match[0]
    meant = html.entities.html5.get(f"{name};") if name else None
    if meant is None:
        return "&amp;" + match[0][1:]
    return "".join(f"&#{ord(c)};" for c in meant)


def _depth(text: str) -> int:
    deepest = depth = 0
    for match in _TAG.finditer(text):
        if match[1]:
            depth = max(0, depth - 1)
        elif not match[2]:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _in_pieces(text: str) -> Element | None:
    """Parses each entry by itself, so that a broken one does not affect the others.

    An entry that is cut off at the end of the document is left out.
    """
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if not starts or starts[0] == 0:
        return _recovered(text)
    opening = text[: text.find(">") + 1]
    closing = f"</{opening[1:-1].split()[0]}>"
    outside, entries = [text[: starts[0]]], []
    for start, end in pairwise([*starts, len(text)]):
        last = max((match.end() for match in _ENTRY_END.finditer(text, start, end)), default=0)
        if last:
            entries.append(text[start:last])
            outside.append(text[last:end])
        elif end < len(text):
            entries.append(text[start:end])
    root = _recovered("".join(outside).removesuffix(closing) + closing)
    if root is None:
        return None
    for entry in entries:
        one = _strictly(opening + entry + closing)
        if one is None:
            one = _recovered(opening + entry + closing)
        root.extend([] if one is None else [child for child in one if local(child) == "entry"])
    return root


def _strictly(text: str) -> Element | None:
    with contextlib.suppress(etree.XMLSyntaxError, ValueError):
        return etree.fromstring(text.encode("utf-8"), _parser(encoding="utf-8"))
    return None


def _recovered(text: str) -> Element | None:
    with contextlib.suppress(etree.XMLSyntaxError, ValueError):
        return etree.fromstring(text.encode("utf-8"), _parser(encoding="utf-8", recover=True))
    return None


def _parser(encoding: str | None = None, recover: bool = False) -> Any:
    return etree.XMLParser(
        encoding=encoding,
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
