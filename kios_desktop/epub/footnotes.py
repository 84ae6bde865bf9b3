"""Footnotes and endnotes: which links lead to one, and its text as simple markup.

Typed notes are believed (EPUB 3 Structural Semantics, DPUB-ARIA). Of others a note is what a short
mark leads to, if the mark is raised or the note begins with it or leads back to it; and it stands
at the beginning of its block, which tells it from the reference that its own way back leads to.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from kios_desktop.domain.publication import Publication
from kios_desktop.epub import display
from kios_desktop.epub.display import Display
from kios_desktop.epub.link_targets import LinkTargets, is_cfi
from kios_desktop.epub.notes import SHORT_LINK, Note, NoteLink
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.source_tree import Element, SourceTree, Text

LONGEST: Final = 12_000  # characters; more is a chapter, and no note
_BEGINNING: Final = 8  # characters that may stand before the target within its block

_BACKLINKS: Final = frozenset({"backlink", "doc-backlink", "referrer"})
_NOTES: Final = frozenset(
    {"footnote", "endnote", "rearnote", "note", "annotation", "doc-footnote", "doc-endnote"}
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MARK = re.compile(
    r"[\[({⟨]?\s*(?:note\s*)?([0-9]{1,4}|[*\u2217\u2020\u2021\xa7\xb6#]{1,4}|[ivxlcdm]{1,7}|[a-z])\s*[\])}⟩.:]?",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"[\[({]\s*[\])}]\s*")  # around the mark that was left out
_SPACES = re.compile(r"[ \t\r\n]+")
_ARROWS = re.compile(
    "[\\s\u2190-\u21ff\u2b05\u23ce^\\[\\]()0-9*\u2020\u2021\xa7.\ufe0e\ufe0f]*(?:back|return)?"
)

_KEPT: Final = frozenset(
    {"p", "em", "i", "strong", "b", "sup", "sub", "br", "ul", "ol", "li", "blockquote", "code",
     "pre", "q", "small", "s", "u", "table", "tr", "td", "th", "hr", "dl", "dt", "dd"}
)  # fmt: skip
_DROPPED: Final = frozenset({"script", "style", "head", "svg", "math", "audio", "video", "object"})


class Footnotes:
    """The notes of one publication. Blocking: it parses the chapter of a note."""

    def __init__(self, publication: Publication, models: ContentModels) -> None:
        self._models, self._targets = models, LinkTargets(publication)

    def note(self, link: NoteLink, spine_index: int) -> Note | None:
        """The note that a link in a chapter leads to; None when it leads to something else."""
        if link.kinds & _BACKLINKS:
            return None
        target = self._targets.of_link(link.href, spine_index)
        if target is None or not target.fragment or is_cfi(target.fragment):
            return None
        model = self._models.at(target.spine_index)
        element = model.targets.get(target.fragment) if model is not None else None
        if model is None or element is None:
            return None
        tree, block = model.tree, _block(element)
        back = self._way_back(link, spine_index, tree, target.spine_index, block)
        mark = _MARK.fullmatch(link.text.strip())
        label = mark[1] if mark is not None else ""
        if not _is_note(link, label, tree, element, block, leads_back=back is not None):
            return None
        markup = _NoteWriter(tree, back, label).written(block)
        if not markup or sum(map(len, _characters(tree, block))) > LONGEST:
            return None
        return Note(label, markup, target.spine_index, target.fragment)

    def _way_back(
        self, link: NoteLink, spine_index: int, tree: SourceTree, note_spine: int, block: Element
    ) -> Element | None:
        """The link in a note that leads back to its reference."""
        for element in _elements(block):
            if element.name != "a" or not (href := tree.attribute(element, "href")):
                continue
            target = self._targets.of_link(href, note_spine)
            if target is None or target.spine_index != spine_index:
                continue
            if target.fragment in link.ids:
                return element
        return None


def _is_note(
    link: NoteLink,
    label: str,
    tree: SourceTree,
    element: Element,
    block: Element,
    *,
    leads_back: bool,
) -> bool:
    if link.is_reference:
        return True
    if len(link.text) <= SHORT_LINK and _is_typed(tree, element):
        return True
    if not label or block.name in _HEADINGS or block.name == "body":
        return False
    if element.ordinal - block.ordinal > _BEGINNING:
        return False  # the reference, to which a note leads back
    begun = _MARK.match("".join(_characters(tree, block)).lstrip())
    begins = begun is not None and begun[1].casefold() == label.casefold()
    return leads_back or (begins and link.raised)


def _is_typed(tree: SourceTree, element: Element) -> bool:
    at: Element | None = element
    while at is not None and at.name != "body":
        if not _NOTES.isdisjoint(_kinds(tree, at)):
            return True
        at = at.parent
    return False


def _kinds(tree: SourceTree, element: Element) -> list[str]:
    """Its epub:type and role."""
    kinds = f"{tree.attribute(element, 'epub:type')} {tree.attribute(element, 'role')}"
    return kinds.lower().split()


def _block(element: Element) -> Element:
    """The block of an element: itself, or what it is a part of; of a term, its definition."""
    while display.default(element.name) is not Display.BLOCK and element.parent is not None:
        element = element.parent
    if element.name == "dt" and element.parent is not None:
        for sibling in element.parent.children[element.position + 1 :]:
            if isinstance(sibling, Element):
                return sibling if sibling.name == "dd" else element
    return element


def _elements(root: Element) -> Iterator[Element]:
    """An element and all below it, in order."""
    waiting: list[Element] = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [one for one in reversed(element.children) if isinstance(one, Element)]


def _characters(tree: SourceTree, root: Element) -> Iterator[str]:
    for element in _elements(root):
        yield from (tree.characters(one) for one in element.children if isinstance(one, Text))


class _NoteWriter:
    """Writes a note as HTML of few elements, without its mark and its way back."""

    def __init__(self, tree: SourceTree, back: Element | None, label: str) -> None:
        self._tree, self._back, self._label = tree, back, label
        self._begun = False  # something of the note itself was written

    def written(self, block: Element) -> str:
        inner = self._inside(block).strip()
        if not _SPACES.sub("", re.sub(r"<(?!img)[^>]*>", "", inner)):
            return ""
        inner = _EMPTY.sub("", inner, count=1)
        return inner if "<p>" in inner else f"<p>{inner}</p>"

    def _inside(self, root: Element) -> str:
        """The contents of an element. Not recursive: books nest at will."""
        parts: list[str] = []
        waiting: list[Element | Text | str] = list(reversed(root.children))
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                parts.append(node)
            elif isinstance(node, Text):
                parts.append(self._words(self._tree.characters(node)))
            elif not node.is_instruction and node.name not in _DROPPED and not self._leads(node):
                begin, end = self._tags(node)
                parts.append(begin)
                waiting.append(end)
                waiting += reversed(node.children)
        return "".join(parts)

    def _words(self, text: str) -> str:
        text = _SPACES.sub(" ", text)
        if not self._begun:
            bare = text.lstrip()
            begun = _MARK.match(bare) if self._label else None
            if begun is not None and begun[1].casefold() == self._label.casefold():
                bare = bare[begun.end() :].lstrip(" .:)\u2002\u2003\u00a0")
            self._begun = bool(bare)
            text = bare
        return escape(text, quote=False)

    def _leads(self, element: Element) -> bool:
        """Whether it is the way back, which a popover does not need."""
        if element.name != "a":
            return False
        kinds = (
            f"{self._tree.attribute(element, 'epub:type')} {self._tree.attribute(element, 'role')}"
        )
        if not _BACKLINKS.isdisjoint(kinds.lower().split()):
            return True
        words = "".join(_characters(self._tree, element)).strip()
        return element is self._back and _ARROWS.fullmatch(words.lower()) is not None

    def _tags(self, element: Element) -> tuple[str, str]:
        name = element.name
        if name == "a":
            href = self._tree.attribute(element, "href")
            return (f'<a href="{escape(href)}">', "</a>") if href else ("", "")
        if name == "img":
            source = self._tree.attribute(element, "src")
            alt = self._tree.attribute(element, "alt")
            return f'<img src="{escape(source)}" alt="{escape(alt)}"/>', ""
        if name in ("br", "hr"):
            return f"<{name}/>", ""
        if name in _KEPT:
            return f"<{name}>", f"</{name}>"
        if display.default(name) is Display.BLOCK:
            return "<p>", "</p>"
        return "", ""
