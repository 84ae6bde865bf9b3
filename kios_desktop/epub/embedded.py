"""What a chapter embeds, rewritten to what a page without plug-ins, frames and scripts can show.

Pictures become `<img>`, pages of the book are written into the chapter, and where neither is
possible the fallback that the book offers is shown. The characters of the chapter stay as they are:
what is added is marked as ours, and what is replaced is hidden.
Source: HTML, “embedded content”; EPUB 3.3 sections 3.4 (foreign resources) and 6.1.3; EPUB Content
Documents 3.0.1, section 2.1.3.1 (`epub:switch`).
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import encoding, entities, fallback, href, limits, media_types, own_entities
from kios_desktop.epub.container import Container
from kios_desktop.epub.source_tree import Element, SourceTree, Text
from kios_desktop.epub.xhtml_writer import (
    HIDDEN,
    MATHML,
    SVG,
    XHTML,
    Form,
    Rewriting,
    fragment,
    inserted,
    start_tag,
)

MAX_INLINED_BYTES = 2 * 1024 * 1024  # of pages written into one chapter, all together
_LEAST_BYTES = 1024  # that one counts as, so that there are not too many
_ALT_CHARACTERS = 300
# what shows nothing without scripts, or is only shown by programs without frames or plug-ins
_PLAIN = {"canvas": "span", "dialog": "div", "noframes": "div", "noembed": "div", "applet": "div"}
_UNSEEN = frozenset({"script", "style", "link", "meta", "base", "title", "head"})
_SHOWN_NAMESPACES = frozenset({MATHML, SVG, XHTML})
# what every build of the web engine plays; others may be missing for their patents
_PLAYED = frozenset(
    ("audio/mpeg", "audio/ogg", "audio/opus", "audio/wav", "audio/x-wav", "audio/flac",
     "audio/webm", "video/webm", "video/ogg")
)  # fmt: skip
_KEPT = ("id", "class", "style", "title", "lang", "xml:lang", "dir")
_NAMES = ("id", "title", "aria-label")
_PLAYER = (
    "class",
    "style",
    "title",
    "src",
    "poster",
    "controls",
    "loop",
    "muted",
    "width",
    "height",
)
_SIZE = ("width", "height", "usemap")
_ADDRESSES = ("href", "src", "xlink:href", "poster", "data", "longdesc", "cite")


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of the book, or a picture in a data URL."""

    url: str
    media_type: str
    path: str = ""


class Embedded(Rewriting):
    """The rewriting of one chapter, at `base`. Lives for one answer."""

    def __init__(
        self,
        container: Container,
        publication: Publication,
        base: str,
        room: int = MAX_INLINED_BYTES,
    ) -> None:
        """`room` is how many bytes of other pages may be written into this one."""
        self._container, self._publication, self._base = container, publication, base
        self._room = room
        self._weight = 0  # of the chapter with what is written into it, in elements
        self._ids: set[str] | None = None

    def form(self, tree: SourceTree, element: Element) -> Form | None:
        if element.in_svg:
            return None
        name = element.name
        if name in ("object", "embed", "iframe"):
            return self._embedded(tree, element)
        if name in ("audio", "video"):
            return self._media(tree, element)
        if name in ("switch", "case", "default") and ":" in element.tag:
            return _switched(tree, element)
        if name in _PLAIN:
            return Form(_named(element, _PLAIN[name]), _kept(tree.attributes(element)))
        return None

    def attributes(self, found: dict[str, str]) -> dict[str, str]:
        return found

    # -- objects, plug-ins and frames

    def _embedded(self, tree: SourceTree, element: Element) -> Form:
        attributes = tree.attributes(element)
        shown = self._shown(tree, element, attributes)
        if shown:
            return Form(_named(element, "span"), {"style": "display:contents"}, shown, hides=True)
        return Form(_named(element, "span"), _kept(attributes))

    def _shown(self, tree: SourceTree, element: Element, attributes: Mapping[str, str]) -> str:
        """The markup of what is embedded; "" when only the fallback can be shown."""
        target = attributes.get("data" if element.name == "object" else "src", "").strip()
        if element.name == "iframe" and "srcdoc" in attributes:
            return self._inlined(tree, attributes["srcdoc"], self._base, attributes)
        found = self._find(target, attributes.get("type", ""))
        if found is None:
            return _link(target, attributes) if element.name == "iframe" else ""
        if media_types.is_picture(found.media_type):
            return _picture(tree, element, attributes, found.url)
        if found.media_type.startswith(("audio/", "video/")):
            return _player(found, attributes)
        if media_types.is_chapter(found.media_type) and found.path:
            return self._page(tree, found, attributes)
        return ""

    def _page(self, tree: SourceTree, found: _Found, attributes: Mapping[str, str]) -> str:
        """Another page of the book, written out or linked."""
        if self._container.size(found.path) <= self._room:
            try:
                data = limits.read_document(self._container, found.path)
            except PublicationError:
                return ""
            return self._inlined(tree, encoding.decode(data), found.path, attributes)
        in_order = found.path in fallback.spine_indexes(self._publication)
        name = found.path.rpartition("/")[2]
        return _link(found.url, attributes, name) if in_order else ""

    def _inlined(
        self, tree: SourceTree, source: str, base: str, attributes: Mapping[str, str]
    ) -> str:
        if self._room < 0:
            return ""
        source = own_entities.replaced(source)
        self._room -= max(len(source), _LEAST_BYTES)
        if self._room < 0 or self._is_too_heavy(tree, source):
            self._room = -1  # this page and all that follow
            return ""
        inner = SourceTree(source)
        if not any(e.name in _VISIBLE for e in inner.elements) and not inner.total:
            return ""
        if self._ids is None:
            self._ids = {tree.attribute(element, "id") for element in tree.elements}
        within = _Inlined(self._container, self._publication, base, self._ids)
        opening = start_tag("div", {"xmlns": XHTML, "role": "group", **_kept(attributes, *_NAMES)})
        return f"{inserted(opening)}{fragment(inner, within)}</div>"

    def _is_too_heavy(self, tree: SourceTree, source: str) -> bool:
        """Whether the chapter with this page as well is over the limit of one document."""
        chapter = self._weight or limits.weight(tree.source)
        self._weight = chapter + limits.weight(source)
        return self._weight > limits.MAX_ELEMENTS

    # -- sound and film

    def _media(self, tree: SourceTree, element: Element) -> Form | None:
        """The player and the fallback below it, unless the engine surely plays one of the files."""
        if not _has_text(tree, element):
            return None
        sources = [
            tree.attributes(child)
            for child in (element, *element.children)
            if isinstance(child, Element) and (child is element or child.name == "source")
        ]
        for source in sources:
            found = self._find(source.get("src", "").strip(), source.get("type", ""))
            if found is not None and found.media_type in _PLAYED:
                return None
        player = {"xmlns": XHTML, **self.attributes(_kept(sources[0], *_PLAYER))}
        inside = "".join(
            start_tag("source", self.attributes(_kept(source, "src", "type"))) + "</source>"
            for source in sources[1:]
        )
        before = f"{inserted(start_tag(element.name, player))}{inside}</{element.name}>"
        return Form(_named(element, "span"), _kept(tree.attributes(element), "id"), before)

    # -- files

    def _find(self, target: str, declared: str) -> _Found | None:
        """The file of the book at an address in the chapter; None for any other address."""
        if target.lower().startswith("data:"):
            media_type = target[len("data:") :].partition(",")[0].partition(";")[0].strip().lower()
            return _Found(target, media_type) if media_types.is_picture(media_type) else None
        path, part = href.resolve(self._base, target)
        name = self._container.find(path) if target and path else None
        if name is None or name.startswith("META-INF/") or name == "mimetype":
            return None
        link = self._publication.resources.get(name)
        media_type = media_types.of(name, link.media_type if link is not None else declared)
        if link is not None and link.fallback and not media_types.is_picture(media_type):
            other = fallback.shown(self._publication, link)
            media_type = other.media_type if other is not None else media_type
        return _Found("/" + quote(name) + (f"#{quote(part)}" if part else ""), media_type, name)


class _Inlined(Embedded):
    """The rewriting of a page inside a chapter: its addresses are made absolute, its scripts,
    styles and frames left out, and ids that the chapter has as well."""

    def __init__(
        self, container: Container, publication: Publication, base: str, ids: set[str]
    ) -> None:
        super().__init__(container, publication, base, room=0)
        self._taken = ids

    def form(self, tree: SourceTree, element: Element) -> Form | None:
        if element.name in _UNSEEN and not element.in_svg:
            return Form(_named(element, "span"), {"style": HIDDEN})
        return super().form(tree, element)

    def attributes(self, found: dict[str, str]) -> dict[str, str]:
        found.pop("srcset", None)
        if found.get("id", "") in self._taken:
            found.pop("id", None)
        elif "id" in found:
            self._taken.add(found["id"])
        for key in _ADDRESSES:
            if key in found:
                found[key] = self._absolute(found[key])
        return found

    def _absolute(self, target: str) -> str:
        if target.startswith("#") or href.is_remote(target):
            return target
        path, part = href.resolve(self._base, target)
        return "/" + quote(path) + (f"#{quote(part)}" if part else "")


_VISIBLE = frozenset({"img", "image", "svg", "object", "embed", "video", "audio", "hr"})


def _named(element: Element, name: str) -> str:
    """A name with the prefix of the element that it replaces, unless that is EPUB's own."""
    prefix, colon, _ = element.tag.rpartition(":")
    return prefix + colon + name if colon and prefix.lower() not in ("epub", "ops") else name


def _kept(attributes: Mapping[str, str], *only: str) -> dict[str, str]:
    return {key: attributes[key] for key in only or _KEPT if key in attributes}


def _picture(tree: SourceTree, element: Element, attributes: Mapping[str, str], url: str) -> str:
    words = attributes.get("aria-label") or attributes.get("title") or _words(tree, element)
    found = {key: attributes[key] for key in (*_KEPT, *_SIZE) if key in attributes}
    image = start_tag("img", {"xmlns": XHTML, **found, "src": url, "alt": words})
    return inserted(image) + "</img>"


def _player(found: _Found, attributes: Mapping[str, str]) -> str:
    if found.media_type not in _PLAYED:
        return ""
    kind = found.media_type.partition("/")[0]
    kept = {"xmlns": XHTML, **_kept(attributes), "src": found.url, "controls": ""}
    return f"{inserted(start_tag(kind, kept))}</{kind}>"


def _link(target: str, attributes: Mapping[str, str], name: str = "") -> str:
    """A link to what can't be shown here, named by its title or address."""
    if not name and not target.lower().startswith(("http://", "https://")):
        return ""
    opening = start_tag("a", {"xmlns": XHTML, **_kept(attributes, "id"), "href": target})
    words = attributes.get("title", "").strip() or name or target
    return f"{inserted(opening)}{html.escape(entities.legal(words), quote=False)}</a>"


def _switched(tree: SourceTree, element: Element) -> Form:
    """`epub:switch`: the first case whose vocabulary can be shown, else the default."""
    name = _named(element, "span")
    switch = element if element.name == "switch" else element.parent
    if switch is None or switch.name != "switch" or element is switch:
        return Form(name, {})
    cases = [c for c in switch.children if isinstance(c, Element) and c.name == "case"]
    shown = (c for c in cases if tree.attribute(c, "required-namespace") in _SHOWN_NAMESPACES)
    chosen = next(shown, None)
    is_shown = element is chosen or (chosen is None and element.name == "default")
    return Form(name, {} if is_shown else {"style": HIDDEN})


def _has_text(tree: SourceTree, element: Element) -> bool:
    return bool(_words(tree, element))


def _words(tree: SourceTree, element: Element) -> str:
    """The first words inside an element."""
    found: list[str] = []
    length = 0
    stack: list[Element | Text] = list(reversed(element.children))
    while stack and length < _ALT_CHARACTERS:
        child = stack.pop()
        if isinstance(child, Element):
            stack.extend(reversed(child.children))
        else:
            found.append(tree.characters(child))
            length += len(found[-1])
    return " ".join("".join(found).split())[:_ALT_CHARACTERS]
