"""Repairs documents for Chromium's XML parser, which shows a file only up to its first error.

A well-formed document passes almost unchanged; any other is written from the source tree. Either
way the non-space characters of the body are those of the source tree, and what is served is what
was parsed here, byte for byte.
"""

import html
import re
from typing import Any

from lxml import etree

from kios_desktop.epub import encoding, entities, expansion, limits, styles, xhtml_writer
from kios_desktop.epub.source_tree import Element, SourceTree

_HEADER = '<?xml version="1.0" encoding="utf-8"?>\n'
_DECLARATION = re.compile(r"^[\s\ufeff]*<\?xml\s[^>]*\?>")
_SPACE = " \t\r\n\ufeff"
# references that are no XML, and numbers of Windows-1252, which mean other characters
_REFERENCE = re.compile(
    r"&(?:(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]*|#0*1[2-5]\d|#[xX]0*[89][\da-fA-F]);"
)
_STYLED = re.compile(
    r"""(<(?:\w+:)?style\b[^<>]*>)([^<]*)(</(?:\w+:)?style\s*>)"""
    r"""|(\sstyle\s*=\s*)("[^"<]*"|'[^'<]*')"""
)
_LINK = re.compile(r"""<(?:\w+:)?link\b(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""", re.IGNORECASE)
_REL = re.compile(r"""\srel\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""", re.IGNORECASE)
_HREF = re.compile(r"\shref(?=\s*=)", re.IGNORECASE)
_BODY = re.compile(r"<body[\s>]")
# only the tree gets these right
_FOREIGN = ("<![CDATA[", "<!ENTITY", "mfenced", "<template", ":template")
_EMBEDS = re.compile(
    r"<(?:[^\s<>/:]+:)?"
    r"(?:object|embed|iframe|canvas|dialog|noframes|noembed|applet|audio|video|switch)[\s/>]",
    re.IGNORECASE,
)
# Each begins with one character, which `re` finds a hundred times as fast as an alternative.
_MISPLACED = re.compile(
    "<(?:"
    # declarations of a document's own
    r"!DOCTYPE[^<>]*\["
    # no namespace where one is needed
    r"|(?:svg|math)(?=[\s>])(?![^<>]*\sxmlns\s*=)"
    r"|foreignObject(?:\s[^<>]*)?>\s*<[a-zA-Z](?![^<>]*\sxmlns\s*=)"
    # a page that wants to be left for another one
    r"|meta\b[^<>]*\bhttp-equiv\s*=\s*[\"']?\s*refresh"
    ")",
    re.IGNORECASE,
)
_NO_PAGES_NAMESPACE = tuple(
    re.compile(
        rf"{x}(?<=\s.)(?i:mlns\s*=\s*[\"']"
        rf"(?!(?:{xhtml_writer.XHTML}|{xhtml_writer.SVG}|{xhtml_writer.MATHML})[\"']))"
    )
    for x in "xX"
)
_TRANSFORMED = re.compile(r"<\?xml-stylesheet\b(?![^<>]*text/css)")
_STYLESHEET = re.compile(r"""href\s*=\s*["']([^"']+)""")


def content_document(data: bytes, rewriting: xhtml_writer.Rewriting | None = None) -> bytes:
    """An XHTML content document as UTF-8 that a strict XML parser reads to its end.

    `rewriting` says what becomes of what it embeds.
    """
    text = encoding.decode(data)
    quick = _quick(text)
    if quick is not None:
        return quick
    return _written(SourceTree(text), rewriting)


def picture(data: bytes) -> bytes:
    """An SVG that a strict XML parser reads to its end; untouched when it already does."""
    if b"<!ENTITY" not in data:  # they could unfold to anything
        root = _strict(data)
        if root is not None and root.tag == f"{{{xhtml_writer.SVG}}}svg":
            return data
    return xhtml_writer.document(SourceTree(encoding.decode(data))).encode()


def svg_page(data: bytes) -> bytes:
    """A page around a stand-alone SVG, inline, so that its text and links are alive."""
    return _written(SourceTree(encoding.decode(data)))


def _written(tree: SourceTree, rewriting: xhtml_writer.Rewriting | None = None) -> bytes:
    if tree.body.name == "svg":
        written = _svg_page(tree)
    else:
        text = xhtml_writer.document(tree, rewriting)
        if _EMBEDS.search(tree.source) and expansion.is_over(text, limits.MAX_ELEMENTS):
            return _bare(tree)  # what was written into the page and the page copy each other
        written = (_HEADER + text).encode()
    return written if _strict(written, deep=True) is not None else _bare(tree)


def _svg_page(tree: SourceTree) -> bytes:
    sheets = "".join(
        f'<link rel="stylesheet" href="{found[1]}"/>'
        for node in tree.root.children
        if isinstance(node, Element)
        and node.name == "?xml-stylesheet"
        and (found := _STYLESHEET.search(tree.source, node.start, node.tag_end))
    )
    return page(
        "html,body{margin:0;height:100%}body>svg{display:block;width:100%;height:100%}"
        # its text has the size that a drawing alone gives it, whatever the reader's is
        ":where(body>svg:not([font-size])){font-size:medium}",
        xhtml_writer.document(tree),
        sheets,
    )


def page(style: str, body: str, head: str = "", marks: str = "") -> bytes:
    """A whole XHTML page of ours around ready-made markup; `marks` are attributes of its root."""
    return (
        f'{_HEADER}<html xmlns="{xhtml_writer.XHTML}"{marks}><head><title></title>{head}'
        f"<style>{style}</style></head><body>{body}</body></html>"
    ).encode()


def _bare(tree: SourceTree) -> bytes:
    """The characters of a document alone: what is left when its tags can't be written as XML."""
    text = "".join(tree.characters(text) for text in tree.texts)
    return page("", f"<p>{html.escape(entities.legal(text), quote=False)}</p>")


def _quick(text: str) -> bytes | None:
    """The text with references and styles replaced in place; None when that is not enough."""
    if any(mark in text for mark in _FOREIGN) or _TRANSFORMED.search(text):
        return None
    if any(pattern.search(text) for pattern in (_EMBEDS, _MISPLACED, *_NO_PAGES_NAMESPACE)):
        return None
    text = _DECLARATION.sub("", text, count=1).lstrip(_SPACE)
    text = _REFERENCE.sub(lambda match: _spelled_out(match[0]), text)
    if "style" in text and styles.is_needed(text):
        body = _BODY.search(text)
        start = body.start() if body is not None else 0
        text = _STYLED.sub(lambda match: _styled(match, match.start() > start), text)
    text = _LINK.sub(_harmless, text)
    data = (_HEADER + text).encode("utf-8", "replace")
    root = _strict(data)
    if root is None or root.tag != f"{{{xhtml_writer.XHTML}}}html":
        return None
    body = root.find(f"{{{xhtml_writer.XHTML}}}body")
    return data if _first_body(root) is body and _is_last(body) else None


def _is_last(body: Any) -> bool:
    """Whether nothing that would be lost stands behind the body."""
    behind = [body.tail, *(comment.tail for comment in body.itersiblings(etree.Comment))]
    if next(body.itersiblings("*"), None) is not None:
        return False
    return not any(tail and tail.strip(" \t\r\n") for tail in behind)


def _harmless(link: re.Match[str]) -> str:
    """The tag of a `<link>` to anything but a style sheet, without its address."""
    rel = _REL.search(link[0])
    if rel is not None and xhtml_writer.is_sheet(rel[1] or rel[2] or ""):
        return link[0]
    return _HREF.sub(" data-href", link[0])


def _first_body(root: Any) -> Any:
    """What the source tree takes for the body; without one, something that is none."""
    return next(root.iter("{*}body"), root)


def _spelled_out(reference: str) -> str:
    meant = entities.decode(reference)
    if meant == reference:
        return reference.replace("&", "&amp;")
    return "".join(f"&#{ord(c)};" if c in "<>&\"'" else c for c in meant)


def _styled(match: re.Match[str], counted: bool) -> str:
    """Adapted styles. The text of a style sheet in the body counts: it gets a marked copy."""
    if match[1] is None:
        return match[4] + styles.adapt(match[5][1:-1]).join([match[5][0]] * 2)
    adapted = styles.adapt(match[2])
    if not counted or adapted == match[2]:
        return match[1] + adapted + match[3]
    return match[0] + xhtml_writer.inserted(match[1]) + adapted + match[3]


def _strict(data: bytes, deep: bool = False) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=deep
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
