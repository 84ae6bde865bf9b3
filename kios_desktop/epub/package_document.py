"""Finds and parses a book's package document: META-INF/container.xml, then what that names.

Broken ones are read as far as possible, and others of the container are tried. What the document
says is the business of `package.py`. Source: EPUB 3.3 sections 4.2.6.3 and 5.
"""

import re

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Damage, PublicationError, Unreadable
from kios_desktop.epub import file_type, href, xml
from kios_desktop.epub.container import Container

_CONTAINER = "META-INF/container.xml"
_PACKAGE_TYPE = "application/oebps-package+xml"
_MOST_PACKAGES = 10  # that are tried
_START = re.compile(rb"<\?xml|<(?:[\w.-]+:)?package\b", re.IGNORECASE)
_MOST_WORDS_BEFORE = 4096


class PackageDocument:
    """A package document. `children` are those of its root, `elements` all that are below it.

    `metadata` are the elements of its `<metadata>`; None without one.
    """

    def __init__(self, path: str, root: xml.Element) -> None:
        self.path, self.root = path, root
        self.elements = xml.ElementsByName(root.iterdescendants("*"))
        self.children = xml.ElementsByName(root.iterchildren("*"))
        metadata = self.children.first("metadata")
        # EPUB 2 drafts wrapped them in dc-metadata and x-metadata
        self.metadata = (
            None if metadata is None else xml.ElementsByName(metadata.iterdescendants("*"))
        )


def find(container: Container, defects: list[Defect]) -> PackageDocument:
    """The first package document with a manifest, else the first one that is XML.

    Appends to `defects` what was worked around. Raises Unreadable if there is none.
    """
    paths = _paths(container, defects)
    first: tuple[PackageDocument, bool] | None = None
    error: Exception | None = None
    for path in paths:
        try:
            root, strict = _parsed(container.read(path))
        except (PublicationError, xml.Broken) as e:
            error = error or e
            continue
        package = PackageDocument(path, root)
        first = first or (package, strict)
        if package.elements.of("item"):
            first = package, strict
            break
    if first is None:
        raise Unreadable(Damage.NO_CHAPTERS, "package document") from error
    package, strict = first
    if not strict or package.path != paths[0]:
        defects.append(Defect(DefectKind.ILL_FORMED_PACKAGE))
    return package


def package_element(container: Container, path: str) -> xml.Element | None:
    """The root of the package document at `path`, None when it can't be read any more."""
    try:
        return _parsed(container.read(path))[0]
    except (PublicationError, xml.Broken):
        return None


def _paths(container: Container, defects: list[Defect]) -> list[str]:
    """The package documents, in the order in which to try them; at least one. Raises Unreadable."""
    named: list[str] = []
    if container.find(_CONTAINER) is None:
        defects.append(Defect(DefectKind.NO_CONTAINER))
    else:
        try:
            root, strict = xml.parse(container.read(_CONTAINER))
        except (PublicationError, xml.Broken):
            defects.append(Defect(DefectKind.UNREADABLE_CONTAINER))
        else:
            if not strict:
                defects.append(Defect(DefectKind.ILL_FORMED_CONTAINER))
            named = _rootfiles(root, container)
            if not named:
                defects.append(Defect(DefectKind.CONTAINER_WITHOUT_PACKAGE))
    packages = [n for n in container.names if n.lower().endswith(".opf") and n not in named]
    if found := named + sorted(packages, key=lambda n: (n.count("/"), n)):
        return found[:_MOST_PACKAGES]
    declared = ""
    if (name := container.find("mimetype")) is not None:
        try:
            declared = container.read(name)[:100].decode("ascii", "replace")
        except PublicationError:
            declared = ""
    if other := file_type.from_names(container.names, declared):
        raise Unreadable(Damage.OTHER_TYPE, other)
    raise Unreadable(Damage.NO_CHAPTERS, "package document")


def _rootfiles(root: xml.Element, container: Container) -> list[str]:
    """The package documents that exist, in order; the first one is the default rendition."""
    typed: list[str] = []
    others: list[str] = []
    for rootfile in xml.descendants(root, "rootfile"):
        path = href.normalised(xml.attribute(rootfile, "full-path"))
        media_type = xml.attribute(rootfile, "media-type")
        real = container.find(path) if path else None
        if real is not None:
            (typed if media_type in ("", _PACKAGE_TYPE) else others).append(real)
    return typed + [name for name in others if name.lower().endswith((".opf", ".xml"))]


def _parsed(data: bytes) -> tuple[xml.Element, bool]:
    """As `xml.parse`; also of a document with words before it. Raises xml.Broken."""
    try:
        return xml.parse(data)
    except xml.Broken:
        start = _START.search(data[:_MOST_WORDS_BEFORE])
        if start is None or not start.start():
            raise
        return xml.parse(data[start.start() :])[0], False
