"""Tables of contents: the navigation document of EPUB 3 and the NCX of EPUB 2.

Source: EPUB 3.3 section 7, OPF 2.0.1 section 2.4.1 (NCX) and 2.6 (guide).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kios_desktop.domain.publication import TocEntry
from kios_desktop.domain.text import clean_line
from kios_desktop.epub import href, xml
from kios_desktop.epub.container import Container

_MAX_LEVELS = 64  # deeper entries are dropped; a real table of contents has five


@dataclass(frozen=True, slots=True)
class BookNavigation:
    """The table of contents, page list and landmarks of a book."""

    toc: tuple[TocEntry, ...] = ()
    page_list: tuple[TocEntry, ...] = ()
    landmarks: tuple[TocEntry, ...] = ()


def read_document(data: bytes, path: str, container: Container) -> BookNavigation:
    """The navigation document at `path`. Raises xml.Broken."""
    root, _ = xml.parse(data)
    navs = list(xml.descendants(root, "nav"))
    kinds = [set(_kind(nav).split()) for nav in navs]

    def entries(*wanted: str) -> tuple[TocEntry, ...]:
        for nav, kind in zip(navs, kinds, strict=True):
            if kind & set(wanted) and (ol := next(xml.descendants(nav, "ol"), None)) is not None:
                return _list(ol, path, container, 1)
        return ()

    toc = entries("toc", "doc-toc")
    if not toc:
        unnamed = (nav for nav, kind in zip(navs, kinds, strict=True) if not kind)
        lists = (ol for nav in unnamed for ol in xml.descendants(nav, "ol"))
        toc = next((_list(ol, path, container, 1) for ol in lists), ())
    return BookNavigation(toc, entries("page-list", "doc-pagelist"), entries("landmarks"))


def read_ncx(data: bytes, path: str, container: Container) -> BookNavigation:
    """The NCX at `path`. Raises xml.Broken."""
    root, _ = xml.parse(data)
    points = next(xml.descendants(root, "navMap"), None)
    pages = next(xml.descendants(root, "pageList"), None)
    return BookNavigation(
        () if points is None else _points(points, path, container, 1),
        ()
        if pages is None
        else tuple(_target(page, path, container) for page in xml.children(pages, "pageTarget")),
    )


def read_guide(package: xml.Element, path: str, container: Container) -> tuple[TocEntry, ...]:
    """EPUB 2's `<guide>` as landmarks."""
    guide = xml.child(package, "guide")
    if guide is None:
        return ()
    return tuple(
        _entry(
            xml.attribute(reference, "title") or xml.attribute(reference, "type"),
            xml.attribute(reference, "href"),
            path,
            container,
        )
        for reference in xml.children(guide, "reference")
    )


def _kind(nav: xml.Element) -> str:
    return (xml.attribute(nav, "type") + " " + xml.attribute(nav, "role")).lower().strip()


def _list(ol: xml.Element, path: str, container: Container, level: int) -> tuple[TocEntry, ...]:
    if level > _MAX_LEVELS:
        return ()
    found: list[TocEntry] = []
    for item in xml.children(ol, "li"):
        label, below = _parts(item)
        deeper = () if below is None else _list(below, path, container, level + 1)
        if label is None or (below is not None and below in label.iterancestors()):
            title, target = clean_line(item.text), ""
        else:
            title, target = clean_line(_label(label)), xml.attribute(label, "href")
        if title or deeper:
            found.append(_entry(title, target, path, container, deeper))
    return tuple(found)


def _parts(item: xml.Element) -> tuple[xml.Element | None, xml.Element | None]:
    """(label, list below it) of an entry: usually its children, else somewhere inside."""
    label = below = None
    for inside in item:
        name = xml.local(inside)
        if name in ("a", "span") and label is None:
            label = inside
        elif name in ("ol", "ul") and below is None:
            below = inside
        elif name:  # wrapped in something
            return (
                next(xml.descendants(item, "a", "span"), None),
                next(xml.descendants(item, "ol", "ul"), None),
            )
    return label, below


def _label(element: xml.Element) -> str:
    if text := xml.text(element):
        return text
    pictured = (xml.attribute(e, "alt") for e in xml.descendants(element, "img"))
    return next(filter(None, pictured), "") or xml.attribute(element, "title")


def _points(
    parent: xml.Element, path: str, container: Container, level: int
) -> tuple[TocEntry, ...]:
    if level > _MAX_LEVELS:
        return ()
    return tuple(
        _target(point, path, container, _points(point, path, container, level + 1))
        for point in xml.children(parent, "navPoint")
    )


def _target(
    point: xml.Element, path: str, container: Container, deeper: Sequence[TocEntry] = ()
) -> TocEntry:
    content = xml.child(point, "content")
    target = "" if content is None else xml.attribute(content, "src")
    label = xml.child(point, "navLabel")
    return _entry(xml.text(label), target, path, container, deeper)


def _entry(
    title: str, target: str, path: str, container: Container, deeper: Sequence[TocEntry] = ()
) -> TocEntry:
    title = clean_line(title)
    if not target:
        return TocEntry(title, "", "", tuple(deeper))
    found, fragment = href.resolve(path, target)
    return TocEntry(title, container.find(found) or found, fragment, tuple(deeper))
