"""Writes a source tree as well-formed XHTML or SVG.

The result has the same non-space characters in the same order as the tree, so places stay valid.
Text inside elements marked with INSERTED was added here and is not counted.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from kios_desktop.epub import entities, styles
from kios_desktop.epub.source_nodes import OF_HEAD, not_of_head
from kios_desktop.epub.source_tree import Element, SourceTree, Text

# on elements added here: text in them is not part of the character stream
INSERTED = "data-kios-inserted"
XHTML = "http://www.w3.org/1999/xhtml"
SVG = "http://www.w3.org/2000/svg"
MATHML = "http://www.w3.org/1998/Math/MathML"
_PREFIXES: dict[str, str] = {
    "epub": "http://www.idpf.org/2007/ops",
    "xlink": "http://www.w3.org/1999/xlink",
    "svg": SVG,
    "m": MATHML,
    "mml": MATHML,
    "math": MATHML,
    "ibooks": "http://vocabulary.itunes.apple.com/rdf/ibooks/vocabulary-extensions-1.0/",
}
_ROOTS = {"html": XHTML, "svg": SVG}
_LEGAL_NAME = r"^[A-Za-z_\u00c0-\ufffd][\w.\-\u00b7]*(?::[A-Za-z_\u00c0-\ufffd][\w.\-\u00b7]*)?$"


HIDDEN = "display:none !important"


@dataclass(frozen=True, slots=True)
class Form:
    """What an element is written as: another name and attributes, and what goes before its content.

    `before` is well-formed and marked as ours. `hides`: its content stays, but is not shown.
    """

    name: str
    attributes: Mapping[str, str]
    before: str = ""
    hides: bool = False


class Rewriting(Protocol):
    """What becomes of elements whose content comes from elsewhere."""

    def form(self, tree: SourceTree, element: Element) -> Form | None:
        """The form of an element; None for one that is written as it is."""

    def attributes(self, found: dict[str, str]) -> dict[str, str]:
        """The attributes to write of an element that is written as it is."""


def document(tree: SourceTree, rewriting: Rewriting | None = None) -> str:
    """The whole document as well-formed XML, `mfenced` rewritten, styles adapted."""
    return _Writer(tree, rewriting).document()


def fragment(tree: SourceTree, rewriting: Rewriting) -> str:
    """The contents of the body as well-formed XML, without a root."""
    return _Writer(tree, rewriting).fragment()


class _Writer:
    """Writes one tree; lives for one call of `document`."""

    def __init__(self, tree: SourceTree, rewriting: Rewriting | None) -> None:
        self._tree, self._rewriting = tree, rewriting
        self._out: list[str] = []
        self._prefixes: set[str] = set()
        # style sheets within the body: their text counts, so it has to stay as it is
        self._counted_styles = {id(e) for e in tree.elements if e.name == "style"}

    def document(self) -> str:
        roots = [c for c in self._tree.root.children if isinstance(c, Element)]
        root = next((r for r in roots if r.name in _ROOTS), None)
        body = self._tree.body
        if self._tree.has_body and root is not None and root in (body, body.parent):
            self._write(root)
            return self._with_prefixes("".join(self._out))
        self._out.append(f'<html xmlns="{XHTML}"><head>')
        for element in _named(self._tree.root, "head"):
            for child in element.children:
                if isinstance(child, Element) and child.name in OF_HEAD:
                    self._write(child)
        self._out.append("</head><body>")
        for child in body.children if body.name == "body" else [body]:
            self._write(child)
        self._out.append("</body></html>")
        return self._with_prefixes("".join(self._out))

    def fragment(self) -> str:
        """Around it, prefixes that it uses are declared."""
        body = self._tree.body
        self._out.append("<div>")
        for child in body.children if body.name != "svg" else [body]:
            self._write(child)
        self._out.append("</div>")
        return self._with_prefixes("".join(self._out))

    def _with_prefixes(self, text: str) -> str:
        """Declare at the root what is used; a prefix declared further in wins there."""
        declared = "".join(
            f' xmlns:{prefix}="{_PREFIXES.get(prefix, "urn:prefix:" + prefix)}"'
            for prefix in sorted(self._prefixes - {"xml", "xmlns"})
            if not re.match(rf"<[^>]*\sxmlns:{re.escape(prefix)}=", text)
        )
        end = re.match(r"<[^\s/>]+", text)
        return text if end is None else text[: end.end()] + declared + text[end.end() :]

    def _write(self, first: Element | Text) -> None:
        stack: list[Element | Text | str] = [first]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                self._out.append(node)
            elif isinstance(node, Text):
                self._out.append(self._text(node))
            elif node is self._tree.root or (node.name == "html" and not self._tree.has_body):
                stack.extend(reversed(node.children))
            elif node.name == "head" and not (self._tree.has_body or node.in_svg):
                stack.extend(reversed(not_of_head(node)))
            elif not node.is_instruction:
                form = self._rewriting.form(self._tree, node) if self._rewriting else None
                opening, closing = self._tags(node) if form is None else self._formed(form)
                self._out.append(opening)
                if id(node) in self._counted_styles and form is None:
                    stack.append(self._adapted_copy(node, opening, closing))
                stack.append(closing)
                stack.extend(reversed(self._contents(node, form)))

    def _adapted_copy(self, style: Element, opening: str, closing: str) -> str:
        """A second style sheet, marked as ours, with what has to be adapted; "" if nothing has."""
        texts = (child for child in style.children if isinstance(child, Text))
        css = entities.legal("".join(map(self._tree.characters, texts)))
        adapted = styles.adapt(css)
        if adapted == css:
            return ""
        return inserted(opening) + html.escape(adapted, quote=False) + closing

    def _contents(self, element: Element, form: Form | None) -> list[Element | Text | str]:
        if form is not None:
            hidden = start_tag("span", {"xmlns": XHTML, "style": HIDDEN})
            around = (hidden, "</span>") if form.hides else ("", "")
            return [form.before, around[0], *element.children, around[1]]
        if element.name != "mfenced":
            return list(element.children)
        attributes = self._tree.attributes(element)
        separators = "".join(attributes.get("separators", ",").split())
        parts: list[Element | Text | str] = [_operator(attributes.get("open", "("))]
        number = 0
        for child in element.children:
            if isinstance(child, Element):
                if number and separators:
                    parts.append(_operator(separators[min(number, len(separators)) - 1]))
                number += 1
            parts.append(child)
        return [*parts, _operator(attributes.get("close", ")"))]

    def _tags(self, element: Element) -> tuple[str, str]:
        name = self._name(element)
        attributes: dict[str, str] = {}
        for key, value in self._tree.attributes(element).items():
            if not _is_legal(key) or (key.startswith("xmlns") and not _is_namespace(key, value)):
                continue
            attributes.setdefault(key if element.in_svg else self._attribute_name(key), value)
        if element.name in _ROOTS and element.parent is self._tree.root and ":" not in name:
            attributes["xmlns"] = _ROOTS[element.name]
        elif ":" not in name and (namespace := self._own_namespace(element)):
            attributes.setdefault("xmlns", namespace)
        if element.name == "mfenced":
            for key in ("open", "close", "separators"):
                attributes.pop(key, None)
        if element.name == "template":
            attributes["hidden"] = ""
        if element.name == "link" and not is_sheet(attributes.get("rel", "")):
            attributes.pop("href", None)
        if element.name == "meta":  # a refresh leaves the page before it is read
            attributes.pop("http-equiv", None)
        if "style" in attributes:
            attributes["style"] = styles.adapt(attributes["style"])
        if self._rewriting is not None:
            attributes = self._rewriting.attributes(attributes)
        _drop_repeated(attributes)
        return self._tagged(name, attributes)

    def _formed(self, form: Form) -> tuple[str, str]:
        attributes = {key: value for key, value in form.attributes.items() if _is_legal(key)}
        if "style" in attributes:
            attributes["style"] = styles.adapt(attributes["style"])
        return self._tagged(form.name, {**attributes, "xmlns": XHTML})

    def _tagged(self, name: str, attributes: Mapping[str, str]) -> tuple[str, str]:
        for key in (name, *attributes):
            prefix, colon, _ = key.partition(":")
            if colon and prefix != "xmlns":
                self._prefixes.add(prefix)
        return start_tag(name, attributes), f"</{name}>"

    def _own_namespace(self, element: Element) -> str:
        """The namespace that begins with an element, said or not; "" where none does."""
        inside = element.parent
        if element.name == "math":
            return MATHML
        if element.name == "svg":
            return "" if inside is not None and inside.in_svg else SVG
        return XHTML if inside is not None and inside.name == "foreignObject" else ""

    def _name(self, element: Element) -> str:
        name = element.tag
        if not element.in_svg:
            prefix, colon, local = name.rpartition(":")
            name = prefix + colon + local.lower()
        if element.name == "mfenced":
            name = name.replace("mfenced", "mrow")
        if name == "template":  # its contents would be no part of the page
            return "div"
        return name if _is_legal(name) else "span"

    def _attribute_name(self, key: str) -> str:
        return key if ":" in key else key.lower()

    def _text(self, text: Text) -> str:
        content = self._tree.characters(text)
        if text.parent.name == "style" and id(text.parent) not in self._counted_styles:
            content = styles.adapt(content)
        if text.parent is self._tree.root and not content.strip(" \t\r\n"):
            return ""
        return html.escape(entities.legal(content), quote=False)


def is_sheet(rel: str) -> bool:
    """Whether a `<link>` is a style sheet. Others show nothing, and some call out: Chromium
    connects for `preconnect` whatever the policy and the interceptor say."""
    return set(rel.lower().split()) in ({"stylesheet"}, {"alternate", "stylesheet"})


def _drop_repeated(attributes: dict[str, str]) -> None:
    """Keep the first of attributes that only differ in a prefix: both may mean one namespace."""
    known: set[str] = set()
    for key in list(attributes):
        prefix, colon, local = key.partition(":")
        if colon and prefix != "xmlns":
            if local in known:
                del attributes[key]
            known.add(local)


def _is_namespace(key: str, value: str) -> bool:
    """Whether a declaration is one that a parser accepts, and a page knows."""
    if key == "xmlns":
        return value in (XHTML, SVG, MATHML)
    reserved = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")
    return bool(value.strip()) and value not in reserved and key not in ("xmlns:xml", "xmlns:xmlns")


def _is_legal(name: str) -> bool:
    return _legal_names().match(name) is not None


@cache
def _legal_names() -> re.Pattern[str]:
    """Compiled when a document has to be written anew: that takes several milliseconds."""
    return re.compile(_LEGAL_NAME)


def start_tag(name: str, attributes: Mapping[str, str]) -> str:
    """A start tag, its values escaped."""
    written = "".join(f' {k}="{html.escape(entities.legal(v))}"' for k, v in attributes.items())
    return f"<{name}{written}>"


def inserted(opening: str) -> str:
    """A start tag, marked as ours."""
    return f'{opening[:-1]} {INSERTED}="">'


def _operator(sign: str) -> str:
    """A fence or separator that the source does not have as text: marked, so nobody counts it."""
    return f"{inserted('<mo>')}{html.escape(sign)}</mo>" if sign.strip() else ""


def _named(root: Element, name: str) -> Iterator[Element]:
    """The elements of one name at the top or directly below `<html>`, however often that comes."""
    stack: list[Element | Text] = list(reversed(root.children))
    while stack:
        child = stack.pop()
        if isinstance(child, Element):
            if child.name == name:
                yield child
            elif child.name == "html":
                stack.extend(reversed(child.children))
