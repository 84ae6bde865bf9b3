"""Parses the small XML files of a package: container, package document, navigation.

Strictly first; if that fails, entities and control characters are repaired and the parser recovers
what it can. Nothing outside the given bytes is read, and the parser expands no entity. Chapters
have their own parser: see `source_tree.py`.
"""

import contextlib
import html.entities
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from lxml import etree

from kios_desktop.domain.text import with_legal_references
from kios_desktop.epub import encoding, limits, own_entities

MAX_BYTES = 32 * 1024 * 1024
MAX_ELEMENTS = 500_000  # a book of 50,000 files with an entry of the contents for each has 400,000
_MAX_RECOVERED_DEPTH = 1000

Element = Any  # lxml has no types of its own

_NAMED = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]")
_TAG = re.compile(rb"<(/?)[A-Za-z_:](?:[^<>/]++|/(?!>))*+(/?)")  # also one that is not closed
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_STRAY = re.compile(r"&(?!#[0-9]+;|#[xX][0-9A-Fa-f]+;|(?:amp|lt|gt|quot|apos);)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_LABELLED = re.compile(
    rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["'](?!utf-?(?:8|16)["'])""", re.IGNORECASE
)
_DOCTYPE = re.compile(r"\s*<!DOCTYPE[^\[>]*+(\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


class Broken(ValueError):
    """Not XML, nor anything that could be read as XML."""


def parse(data: bytes) -> tuple[Element, bool]:
    """(root element, whether it was well-formed). Raises Broken."""
    if len(data) > MAX_BYTES or not data.strip() or _has_too_many_elements(data):
        raise Broken("empty or too large")
    strict = _parser(recover=False)
    if _LABELLED.match(data):  # the parser would believe it
        data = _DECLARATION.sub("", encoding.decode(data), count=1).encode()
    if not _NAMED.search(data):
        with contextlib.suppress(etree.XMLSyntaxError, ValueError):
            return etree.fromstring(data.lstrip(b" \t\r\n"), strict), True
    mended = mend(encoding.decode(data)).encode()
    if _has_too_many_elements(mended):  # with what its entities stand for
        raise Broken("too large")
    if _depth(mended) > _MAX_RECOVERED_DEPTH:  # recovery has no limit of its own
        raise Broken("nested too deep")
    with contextlib.suppress(etree.XMLSyntaxError, ValueError):
        return etree.fromstring(mended, strict), False
    try:
        root = etree.fromstring(mended, _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError) as e:
        raise Broken(str(e)) from e
    if root is None:
        raise Broken("no element")
    return root, False


def _has_too_many_elements(data: bytes) -> bool:
    return len(data) > MAX_ELEMENTS and limits.elements(data) > MAX_ELEMENTS


def mend(text: str) -> str:
    """Without declaration, DOCTYPE, control characters, unknown entities and stray ampersands.

    Entities that it declares itself are replaced, within the limits for those.
    """
    text = own_entities.replaced(_DECLARATION.sub("", text, count=1))
    if (doctype := _DOCTYPE.match(text)) is not None:
        text = text[doctype.end() :]
    text = _ENTITY.sub(_character, with_legal_references(_CONTROL.sub("", text)))
    return _STRAY.sub("&amp;", text)


class ElementsByName:
    """Elements by their local names, in their order, found in one pass.

    They are all kept, since most of the time that lxml takes goes into making them.
    """

    def __init__(self, elements: Iterable[Element]) -> None:
        self._alike: dict[str, list[Element]] = {}
        for element in elements:
            self._alike.setdefault(_local(element.tag), []).append(element)

    def of(self, name: str) -> list[Element]:
        """Those with this local name.

        Where none has it, those that have it in another case or with a prefix that is not declared.
        """
        alike = self.alike(name.lower())
        return [element for element in alike if _written(element.tag) == name] or alike

    def first(self, name: str) -> Element | None:
        """The first that `of` finds."""
        return next(iter(self.of(name)), None)

    def alike(self, name: str) -> list[Element]:
        """Those with this name in lower case, however it is written."""
        return self._alike.get(name, [])


def local(element: Element) -> str:
    """The tag without namespace or prefix, lower case; "" for comments and instructions."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The child elements with one of these local names, or all of them.

    Where none has one, those that have it in another case or with a prefix that is not declared.
    """
    found: Iterator[Element] = element.iterchildren(*(f"{{*}}{name}" for name in names or "*"))
    return _or_odd(found, lambda: element.iterchildren("*"), names) if names else found


def child(element: Element | None, name: str) -> Element | None:
    """The first child element with this local name."""
    return None if element is None else next(children(element, name), None)


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """All elements below with one of these local names, in order.

    Where none has one, those that have it in another case or with a prefix that is not declared.
    """
    found: Iterator[Element] = element.iterdescendants(*(f"{{*}}{name}" for name in names))
    return _or_odd(found, lambda: element.iterdescendants("*"), names)


def attribute(element: Element, name: str) -> str:
    """An attribute by its local name, whatever its namespace; "" when absent."""
    value: str | None = element.get(name)
    if value is not None:
        return value.strip()
    ending = "}" + name
    for key, other in element.items():
        if key.endswith(ending):
            return str(other).strip()
    return ""


def plain(element: Element, name: str) -> str:
    """An attribute without a namespace; "" when absent."""
    value: str | None = element.get(name)
    return value.strip() if value else ""


def text(element: Element | None) -> str:
    """All text below, white space folded."""
    if element is None:
        return ""
    inside = element.itertext() if len(element) else (element.text or "",)
    return " ".join("".join(inside).split())


@lru_cache(maxsize=512)
def _local(tag: str) -> str:
    return _written(tag).rpartition(":")[2].lower()


def _written(tag: str) -> str:
    """The local name as it is written; an undeclared prefix is part of it."""
    return tag.rpartition("}")[2]


def _or_odd(
    found: Iterator[Element], every: Callable[[], Iterator[Element]], names: tuple[str, ...]
) -> Iterator[Element]:
    first = next(found, None)
    if first is not None:
        return chain((first,), found)
    # there are few tags, and most often none of them is odd
    folded = {name.lower() for name in names}
    odd = {tag for tag in {element.tag for element in every()} if _local(tag) in folded}
    return (element for element in every() if element.tag in odd) if odd else iter(())


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name in _PREDEFINED:
        return match[0]
    meant = html.entities.html5.get(name + ";")
    return match[0] if meant is None else "".join(f"&#{ord(c)};" for c in meant)


def _depth(data: bytes) -> int:
    deepest = depth = 0
    for match in _TAG.finditer(data):
        if match[1]:
            depth = max(0, depth - 1)
        elif not match[2]:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _parser(recover: bool) -> Any:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )
