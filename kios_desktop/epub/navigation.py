"""Tables of contents: the navigation document of EPUB 3 and the NCX of EPUB 2.

Source: EPUB 3.3 section 7, OPF 2.0.1 section 2.4.1 (NCX) and 2.6 (guide).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct

from kios_desktop.domain.publication import TocEntry
from kios_desktop.domain.text import clean_line
from kios_desktop.epub import href, xml
from kios_desktop.epub.container import Container
from kios_desktop.epub.href_match import SimilarPaths
from kios_desktop.epub.package_document import PackageDocument

_MAX_LEVELS = 64  # deeper entries are dropped; a real table of contents has five


class BookNavigation(Struct, frozen=True):
    """The table of contents, page list and landmarks of a book."""

    toc: tuple[TocEntry, ...] = ()
    page_list: tuple[TocEntry, ...] = ()
    landmarks: tuple[TocEntry, ...] = ()


class Targets:
    """Finds the files that entries lead to, among the hrefs of the manifest."""

    def __init__(self, container: Container, hrefs: Iterable[str]) -> None:
        self._container, self._hrefs = container, hrefs
        self._similar: SimilarPaths | None = None

    def resolve(self, base: str, target: str) -> tuple[str, str]:
        """(path, fragment) of a target in the file `base`; the path may be missing or ""."""
        path, fragment = href.resolve(base, target)
        if path and (real := self._container.find(path)) is not None:
            return real, fragment
        if href.is_remote(target):
            return path, fragment
        literal = href.literal(base, target)
        if literal and (real := self._container.find(literal)) is not None:
            return real, ""
        if self._similar is None:
            self._similar = SimilarPaths(self._hrefs)
        written, hash_sign, behind = href.split(target)[0].partition("#")  # written as %23
        spellings = path.partition("#")[0], href.without_steps_up(written)
        if (similar := self._similar.find_any(*spellings)) is not None:
            return similar, behind if hash_sign else fragment
        return path, fragment


def better_toc(
    nav: tuple[TocEntry, ...], ncx: tuple[TocEntry, ...], reading_order: Collection[str]
) -> tuple[TocEntry, ...]:
    """The contents of the navigation document, unless those of the NCX lead to clearly more.

    Clearly more is at least twice as many files of the reading order, or several places where the
    navigation document has at most one. A deeper NCX is no reason: levels may be left out on
    purpose, files hardly ever.
    """
    if not ncx or not may_be_sparse(nav, reading_order):
        return nav or ncx
    nav_places, ncx_places = _places(nav, reading_order), _places(ncx, reading_order)
    nav_files, ncx_files = ({href for href, _ in places} for places in (nav_places, ncx_places))
    more_files = len(ncx_files) >= 2 * max(1, len(nav_files))
    more_places = len(nav_places) <= 1 and len(ncx_places) > len(nav_places)
    return ncx if more_files or more_places or not nav else nav


def may_be_sparse(nav: tuple[TocEntry, ...], reading_order: Collection[str]) -> bool:
    """Whether any NCX could lead to clearly more than these contents."""
    places = _places(nav, reading_order)
    files = {href for href, _ in places}
    return len(places) <= 1 or 2 * len(files) <= len(reading_order)


def _places(toc: tuple[TocEntry, ...], reading_order: Collection[str]) -> set[tuple[str, str]]:
    """(href, fragment) of the entries that lead into the reading order."""
    found: set[tuple[str, str]] = set()
    open_ = list(toc)
    while open_:
        entry = open_.pop()
        if entry.href in reading_order:
            found.add((entry.href, entry.fragment))
        open_.extend(entry.children)
    return found


def read_document(elements: xml.ElementsByName, path: str, targets: Targets) -> BookNavigation:
    """What the navigation document at `path` says."""
    navs = elements.of("nav")
    kinds = [set(_kind(nav).split()) for nav in navs]

    def entries(*wanted: str) -> tuple[TocEntry, ...]:
        for nav, kind in zip(navs, kinds, strict=True):
            if kind & set(wanted) and (found := _entries(nav, path, targets)):
                return found
        return ()

    toc = entries("toc", "doc-toc")
    if not toc:
        unnamed = (nav for nav, kind in zip(navs, kinds, strict=True) if not kind)
        toc = next(filter(None, (_entries(nav, path, targets) for nav in unnamed)), ())
    return BookNavigation(toc, entries("page-list", "doc-pagelist"), entries("landmarks"))


def read_ncx(data: bytes, path: str, targets: Targets) -> BookNavigation:
    """The NCX at `path`. Raises xml.Broken."""
    root, _ = xml.parse(data)
    points = next(xml.descendants(root, "navMap"), None)
    pages = next(xml.descendants(root, "pageList"), None)
    return BookNavigation(
        () if points is None else _points(points, path, targets, 1),
        ()
        if pages is None
        else tuple(_target(page, path, targets) for page in xml.children(pages, "pageTarget")),
    )


def read_guide(package: PackageDocument, targets: Targets) -> tuple[TocEntry, ...]:
    """EPUB 2's `<guide>` as landmarks."""
    guide = package.children.first("guide")
    if guide is None:
        return ()
    return tuple(
        _entry(
            clean_line(xml.attribute(reference, "title") or xml.attribute(reference, "type")),
            xml.attribute(reference, "href"),
            package.path,
            targets,
        )
        for reference in xml.children(guide, "reference")
    )


def _kind(nav: xml.Element) -> str:
    return (xml.attribute(nav, "type") + " " + xml.attribute(nav, "role")).lower().strip()


def _entries(nav: xml.Element, path: str, targets: Targets) -> tuple[TocEntry, ...]:
    """The entries of a `<nav>`: of its list, which should be one `<ol>`, else its links."""
    tops = _tops(nav)
    if found := tuple(entry for top in tops for entry in _list(top, path, targets, 1)):
        return found
    links = (link for link in xml.descendants(nav, "a") if xml.attribute(link, "href"))
    return tuple(
        _entry(title, xml.attribute(link, "href"), path, targets)
        for link in links
        if (title := clean_line(_label(link)))
    )


def _tops(nav: xml.Element) -> list[xml.Element]:
    """The lists of a `<nav>` that are in no other: the first, and those beside it."""
    top = next(xml.descendants(nav, "ol", "ul"), None)
    if top is None:
        return []
    return [top, *(x for x in top.itersiblings() if xml.local(x) in ("ol", "ul"))]


def _list(ol: xml.Element, path: str, targets: Targets, level: int) -> tuple[TocEntry, ...]:
    if level > _MAX_LEVELS:
        return ()
    found: list[TocEntry] = []
    stray: list[TocEntry] = []
    for item in xml.children(ol, "li", "ol", "ul"):
        if xml.local(item) != "li":  # belongs to the entry before it
            stray.extend(_list(item, path, targets, level + 1))
            continue
        if stray:
            _adopt(found, stray)
        if (link := _only_link(item)) is not None and (title := clean_line(link.text)):
            found.append(_entry(title, xml.attribute(link, "href"), path, targets))
            continue
        label, below = _parts(item)
        deeper = () if below is None else _list(below, path, targets, level + 1)
        if label is None or (below is not None and below in label.iterancestors()):
            title, target = clean_line(item.text), ""
        else:
            title, target = clean_line(_label(label)), xml.attribute(label, "href")
        if not target and (link := _link(item, below)) is not None:
            title, target = _own_text(item, below), xml.attribute(link, "href")
        if title or deeper:
            found.append(_entry(title, target, path, targets, deeper))
        found.extend(_further(item, label, path, targets))
    _adopt(found, stray)
    return tuple(found)


def _only_link(item: xml.Element) -> xml.Element | None:
    """The link of an entry that is nothing else, and has a plain text and a target: most are."""
    if len(item) != 1:
        return None
    link = item[0]
    plain = xml.local(link) == "a" and not len(link) and link.get("href")
    return link if plain else None


def _adopt(found: list[TocEntry], stray: list[TocEntry]) -> None:
    """Put stray entries below the last one found, or in its place if there is none."""
    if stray and found:
        found[-1] = found[-1]._replace(children=(*found[-1].children, *stray))
    else:
        found.extend(stray)
    stray.clear()


def _further(
    item: xml.Element, label: xml.Element | None, path: str, targets: Targets
) -> Iterator[TocEntry]:
    """Entries of links that stand beside the first one in the same item, to other places."""
    if label is None or xml.local(label) != "a" or label.getparent() is not item:
        return
    seen = {xml.attribute(label, "href"), ""}
    for link in label.itersiblings():
        target = xml.attribute(link, "href") if xml.local(link) == "a" else ""
        if target not in seen and (title := clean_line(_label(link))):
            seen.add(target)
            yield _entry(title, target, path, targets)


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


def _link(item: xml.Element, below: xml.Element | None) -> xml.Element | None:
    """The first link of an entry, wherever it is beside the list below it."""
    for link in xml.descendants(item, "a"):
        if xml.attribute(link, "href") and (below is None or below not in link.iterancestors()):
            return link
    return None


def _own_text(item: xml.Element, below: xml.Element | None) -> str:
    """All the text of an entry but that of the list below it."""
    if below is None:
        return clean_line(xml.text(item))
    inside = set(below.iter())
    texts = [item.text]
    for element in item.iterdescendants():
        if element not in inside:
            texts.append(element.text)
        if element is below or element not in inside:
            texts.append(element.tail)
    return clean_line(" ".join(filter(None, texts)))


def _label(element: xml.Element) -> str:
    if text := xml.text(element):
        return text
    pictured = (xml.attribute(e, "alt") for e in xml.descendants(element, "img"))
    return next(filter(None, pictured), "") or xml.attribute(element, "title")


def _points(parent: xml.Element, path: str, targets: Targets, level: int) -> tuple[TocEntry, ...]:
    if level > _MAX_LEVELS:
        return ()
    return tuple(
        _target(point, path, targets, _points(point, path, targets, level + 1))
        for point in xml.children(parent, "navPoint")
    )


def _target(
    point: xml.Element, path: str, targets: Targets, deeper: Sequence[TocEntry] = ()
) -> TocEntry:
    content = xml.child(point, "content")
    target = "" if content is None else xml.attribute(content, "src")
    label = xml.child(point, "navLabel")
    return _entry(clean_line(xml.text(label)), target, path, targets, deeper)


def _entry(
    title: str, target: str, path: str, targets: Targets, deeper: Sequence[TocEntry] = ()
) -> TocEntry:
    """`title` is clean already."""
    if not target:
        return TocEntry(title, "", "", tuple(deeper))
    return TocEntry(title, *targets.resolve(path, target), tuple(deeper))
