"""The `<metadata>` of a package document, EPUB 2 and 3, and calibre's series.

Source: EPUB 3.3 section 5.5, OPF 2.0.1 section 2.2.
"""

from collections.abc import Iterator

from kios_desktop.domain.publication import Metadata
from kios_desktop.domain.text import clean_line, clean_text
from kios_desktop.epub import xml
from kios_desktop.epub.package_document import PackageDocument

_CREATOR_ROLES = ("", "aut", "author")


def read(package: PackageDocument, file_title: str) -> Metadata:
    """What the package says about the work. `file_title` stands in when it names no title.

    The identifier is left as it is, for fonts are deciphered with it.
    """
    entries = package.metadata
    if entries is None:
        return Metadata(title=clean_line(file_title))
    refines = _Refinements(entries)
    series, series_index = _series(entries, refines)
    return Metadata(
        title=clean_line(_title(entries, refines)) or clean_line(file_title),
        authors=_distinct(_authors(entries, refines)),
        language=clean_line(_first(entries, "language")),
        identifier=identifier(package),
        series=clean_line(series),
        series_index=series_index,
        publisher=clean_line(_first(entries, "publisher")),
        published=clean_line(_published(entries)),
        description=clean_text(_first(entries, "description")),
    )


def identifier(package: PackageDocument) -> str:
    """The unique identifier, else the first one; "" when there is none."""
    wanted = xml.attribute(package.root, "unique-identifier")
    found = package.elements.of("identifier")
    for entry in found:
        if wanted and xml.attribute(entry, "id") == wanted:
            return xml.text(entry)
    return next(filter(None, map(xml.text, found)), "")


def properties(package: PackageDocument, prefix: str) -> dict[str, str]:
    """`<meta property="prefix…">` values of the whole publication, keyed without the prefix."""
    metas = [] if package.metadata is None else package.metadata.of("meta")
    return {
        name.removeprefix(prefix): xml.text(meta)
        for meta in metas
        if (name := xml.attribute(meta, "property")).startswith(prefix)
        and not xml.attribute(meta, "refines")
    }


def named(package: PackageDocument, name: str) -> str:
    """The content of EPUB 2's `<meta name=… content=…>`; "" when absent."""
    for meta in package.elements.of("meta"):
        if xml.attribute(meta, "name").lower() == name:
            return xml.attribute(meta, "content")
    return ""


class _Refinements:
    """`<meta refines="#id" property="p">value</meta>`, by (id, p)."""

    def __init__(self, entries: xml.ElementsByName) -> None:
        self._values: dict[tuple[str, str], str] = {}
        for meta in entries.alike("meta"):
            if about := xml.attribute(meta, "refines"):
                key = (about.lstrip("#"), xml.attribute(meta, "property"))
                self._values.setdefault(key, xml.text(meta))

    def of(self, element: xml.Element, name: str) -> str:
        about = xml.attribute(element, "id")
        return self._values.get((about, name), "") if about else ""


def _title(entries: xml.ElementsByName, refines: _Refinements) -> str:
    titles = [e for e in entries.alike("title") if xml.text(e)]
    if not titles:
        return ""
    kinds = {refines.of(t, "title-type"): t for t in reversed(titles)}
    main = kinds.get("main", titles[0])
    subtitle = kinds.get("subtitle")
    if subtitle is None or subtitle is main:
        return xml.text(main)
    return f"{xml.text(main)}: {xml.text(subtitle)}"


def _authors(entries: xml.ElementsByName, refines: _Refinements) -> Iterator[str]:
    creators = [e for e in entries.alike("creator") if xml.text(e)]
    roles = [xml.attribute(c, "role") or refines.of(c, "role") for c in creators]
    authors = [c for c, role in zip(creators, roles, strict=True) if role in _CREATOR_ROLES]
    yield from map(xml.text, authors or creators)


def _series(entries: xml.ElementsByName, refines: _Refinements) -> tuple[str, float | None]:
    metas = entries.alike("meta")
    for meta in metas:
        if (
            xml.attribute(meta, "property") == "belongs-to-collection"
            and not xml.attribute(meta, "refines")
            and refines.of(meta, "collection-type") in ("", "series")
            and xml.text(meta)
        ):
            return xml.text(meta), _number(refines.of(meta, "group-position"))
    name = index = ""
    for meta in metas:
        # calibre writes EPUB 2 names, and properties in EPUB 3
        key = xml.attribute(meta, "name") or xml.attribute(meta, "property")
        value = xml.attribute(meta, "content") or xml.text(meta)
        if key == "calibre:series":
            name = value
        elif key == "calibre:series_index":
            index = value
    return name, _number(index) if name else None


def _distinct(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(clean_line, names))))


def _published(entries: xml.ElementsByName) -> str:
    dates = [e for e in entries.alike("date") if xml.text(e)]
    dates.sort(key=lambda d: xml.attribute(d, "event") not in ("", "publication"))
    return xml.text(dates[0]) if dates else ""


def _first(entries: xml.ElementsByName, name: str) -> str:
    return next(filter(None, map(xml.text, entries.alike(name))), "")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e6 else None  # also drops NaN and infinities
