"""From a container to a Publication: what its package document and its contents say.

Chapters are not read here. Broken books are read as far as possible; what was worked around is
listed in `Publication.defects`. Source: EPUB 3.3 section 5, OPF 2.0.1.
"""

import contextlib
from collections.abc import Collection
from itertools import chain, islice

from msgspec.structs import replace

from kios_desktop.domain.defect import Defect, DefectKind
from kios_desktop.domain.errors import Damage, PublicationError, Unreadable
from kios_desktop.domain.publication import Direction, Link, Publication
from kios_desktop.epub import (
    cover,
    encryption,
    href,
    media_types,
    metadata,
    navigation,
    package_document,
    xml,
)
from kios_desktop.epub.container import Container
from kios_desktop.epub.package_document import PackageDocument
from kios_desktop.epub.resource_types import ResourceTypes

_NAVIGATION_NAMES = frozenset({"nav", "navigation", "toc", "contents"})
_NO_PROPERTIES: frozenset[str] = frozenset()
_DIRECTIONS = {"ltr": Direction.LTR, "rtl": Direction.RTL}


def read_publication(container: Container) -> Publication:
    """Everything the package says about a book.

    Raises Encrypted (DRM) and Unreadable: another type of zip, or nothing in it can be read.
    """
    defects: list[Defect] = []
    if container.refused:
        defects.append(Defect(DefectKind.UNSAFE_NAMES, len(container.refused)))
    if container.recovered:
        defects.append(Defect(DefectKind.NO_DIRECTORY))
    if contradictions := container.contradictions():
        defects.append(Defect(DefectKind.CONTRADICTORY_FILES, contradictions))
    try:
        package = package_document.find(container, defects)
        return _PackageReader(container, package, defects).publication()
    except Unreadable as e:
        if container.recovered and e.damage is Damage.NO_CHAPTERS:
            raise Unreadable(Damage.TRUNCATED) from e
        raise


def _damaged(container: Container) -> list[Defect]:
    damaged = len(container.damaged)
    return [Defect(DefectKind.DAMAGED_FILES, damaged)] if damaged else []


def _may_be_navigation(link: Link) -> bool:
    if not link.exists or not media_types.is_chapter(link.media_type):
        return False
    name = link.href.rpartition("/")[2].partition(".")[0]
    return not _NAVIGATION_NAMES.isdisjoint((name.lower(), link.id.lower()))


class _PackageReader:
    """Reads one package document; lives for one call of `read_publication`."""

    def __init__(
        self, container: Container, package: PackageDocument, defects: list[Defect]
    ) -> None:
        self._container, self._package, self._defects = container, package, defects
        self._ids: dict[str, Link] = {}
        self._folded: dict[str, str] | None = None
        self._resources: dict[str, Link] = {}
        self._types = ResourceTypes(container)
        self._navigation_document: tuple[str, xml.ElementsByName] | None = None

    def publication(self) -> Publication:
        self._read_manifest()
        reading_order = self._reading_order()
        reading_order = self._without_encrypted(reading_order)
        if mislabelled := len(self._types.mislabelled):
            self._defects.append(Defect(DefectKind.MISLABELLED_FILES, mislabelled))
        ways = self._navigation({link.href for link in reading_order})
        spine = self._package.children.first("spine")
        progression = (
            "" if spine is None else xml.attribute(spine, "page-progression-direction").lower()
        )
        steps = list(self._package.root.iterchildren("*"))
        search = cover.CoverSearch(
            self._container, self._package, self._resources, self._navigation_document
        )
        return Publication(
            metadata=metadata.read(self._package, self._container.path.stem),
            reading_order=tuple(reading_order),
            resources=self._resources,
            toc=ways.toc,
            page_list=ways.page_list,
            landmarks=ways.landmarks,
            cover_href=search.found(reading_order, ways.landmarks),
            direction=_DIRECTIONS.get(progression, Direction.DEFAULT),
            version=xml.attribute(self._package.root, "version") or "2.0",
            package_href=self._package.path,
            rendition=metadata.properties(self._package, "rendition:"),
            spine_step=2 * (steps.index(spine) + 1) if spine is not None else 6,
            defects=(*self._defects, *_damaged(self._container)),
        )

    def _read_manifest(self) -> None:
        fallbacks: dict[str, str] = {}
        missing = 0
        for item in self._package.elements.of("item"):
            target = xml.plain(item, "href")
            if not target or href.is_remote(target):
                continue
            identity, properties = xml.plain(item, "id"), xml.plain(item, "properties")
            path, fragment = href.resolve(self._package.path, target)
            real = self._find(path, target)
            if real is None and (literal := href.literal(self._package.path, target)):
                real = self._container.find(literal)
                fragment = "" if real else fragment
            missing += real is None
            label = xml.plain(item, "media-type")
            link = Link(
                href=real or path,
                media_type=self._types.of(real, label) if real else media_types.of(path, label),
                properties=frozenset(properties.split()) if properties else _NO_PROPERTIES,
                exists=real is not None,
                id=identity,
                fragment=fragment,
                label=label,
            )
            if not link.href:
                continue
            if identity:
                self._ids.setdefault(identity, link)
                if fallback := xml.plain(item, "fallback"):
                    fallbacks[identity] = fallback
            self._resources.setdefault(link.href, link)
        for identity, fallback in fallbacks.items():
            if fallback in self._ids:
                link = self._ids[identity]._replace(fallback=self._ids[fallback].href)
                self._ids[identity] = self._resources[link.href] = link
        if missing:
            self._defects.append(Defect(DefectKind.MISSING_FILES, missing))

    def _find(self, path: str, target: str) -> str | None:
        """The file meant; some manifests write paths from the root of the container."""
        if not path:
            return None
        return self._container.find(path) or self._container.find(href.split(target)[0])

    def _reading_order(self) -> list[Link]:
        found: list[Link] = []
        unknown = 0
        spines = self._package.children.of("spine")
        steps = chain.from_iterable(spine.iterchildren("*") for spine in spines)
        for number, itemref in enumerate(steps, start=1):
            if xml.local(itemref) != "itemref":
                continue
            idref = xml.plain(itemref, "idref")
            link = self._ids.get(idref) or self._meant(idref)
            if link is None:
                unknown += 1
                continue
            shown = self._types.of_chapter(link)
            if shown is not link:
                link = self._ids[link.id or idref] = self._resources[link.href] = shown
            own = xml.plain(itemref, "properties")
            found.append(
                Link(
                    href=link.href,
                    media_type=link.media_type,
                    linear=xml.plain(itemref, "linear").lower() != "no",
                    properties=link.properties | set(own.split()) if own else link.properties,
                    exists=link.exists,
                    id=link.id,
                    fallback=link.fallback,
                    fragment=link.fragment,
                    label=link.label,
                    cfi_step=2 * number,
                )
            )
        if unknown:
            self._defects.append(Defect(DefectKind.DEAD_READING_ORDER, unknown))
        if not any(link.exists for link in found):
            found = self._chapters_of_manifest()
        if not found:
            raise Unreadable(Damage.NO_CHAPTERS, "reading order")
        return found

    def _meant(self, idref: str) -> Link | None:
        """The item whose id differs in case only, or whose file is named in place of its id."""
        if not idref:
            return None
        if self._folded is None:
            self._folded = {}
            for identity in self._ids:
                self._folded.setdefault(identity.casefold(), identity)
        if (spelled := self._folded.get(idref.casefold())) is not None:
            return self._ids[spelled]
        path, _ = href.resolve(self._package.path, idref)
        real = self._find(path, idref)
        return None if real is None else self._resources.get(real)

    def _without_encrypted(self, order: list[Link]) -> list[Link]:
        """The reading order, with chapters that are encrypted as such. Raises Encrypted."""
        encrypted = encryption.encrypted_files(self._container, order)
        if not encrypted:
            return order
        self._defects.append(Defect(DefectKind.ENCRYPTED_FILES, len(encrypted)))
        for name in encrypted & {link.href for link in order}:
            link = self._resources[name]._replace(media_type=encryption.PROTECTED)
            self._resources[name] = link
        return [
            link._replace(media_type=encryption.PROTECTED) if link.href in encrypted else link
            for link in order
        ]

    def _chapters_of_manifest(self) -> list[Link]:
        """What to read when the spine leads to nothing: all chapters, in the manifest's order."""
        return [
            link
            for link in self._resources.values()
            if link.exists
            and media_types.is_chapter(link.media_type)
            and "nav" not in link.properties
        ]

    def _navigation(self, order: Collection[str]) -> navigation.BookNavigation:
        """The navigation document, completed or replaced by the NCX and the guide."""
        targets = navigation.Targets(self._container, self._resources)
        found = navigation.BookNavigation()
        documents = [x for x in self._resources.values() if "nav" in x.properties and x.exists]
        for link in documents[:1]:
            try:
                root, _ = xml.parse(self._container.read(link.href))
            except (PublicationError, xml.Broken):
                self._defects.append(Defect(DefectKind.UNREADABLE_NAVIGATION))
            else:
                elements = xml.ElementsByName(root.iterdescendants("*"))
                self._navigation_document = link.href, elements
                found = navigation.read_document(elements, link.href, targets)
        ncx = self._ncx()
        if not found.toc and ncx is None:
            found = self._unlisted_navigation(targets) or found
        sparse = navigation.may_be_sparse(found.toc, order)
        if ncx is not None and (sparse or not found.page_list):
            try:
                old = navigation.read_ncx(self._container.read(ncx), ncx, targets)
            except (PublicationError, xml.Broken):
                self._defects.append(Defect(DefectKind.UNREADABLE_NCX))
            else:
                toc = navigation.better_toc(found.toc, old.toc, order)
                found = replace(found, toc=toc, page_list=found.page_list or old.page_list)
        if not found.toc:
            self._defects.append(Defect(DefectKind.NO_CONTENTS))
        landmarks = found.landmarks or navigation.read_guide(self._package, targets)
        return replace(found, landmarks=landmarks)

    def _unlisted_navigation(self, targets: navigation.Targets) -> navigation.BookNavigation | None:
        """A navigation document that the manifest does not call one: by its usual names."""
        for link in islice(filter(_may_be_navigation, self._resources.values()), 3):
            with contextlib.suppress(PublicationError, xml.Broken):
                root, _ = xml.parse(self._container.read(link.href))
                elements = xml.ElementsByName(root.iterdescendants("*"))
                found = navigation.read_document(elements, link.href, targets)
                if found.toc:
                    return found
        return None

    def _ncx(self) -> str | None:
        """The path of the NCX: of the spine, of the manifest, or one that neither names."""
        spine = self._package.children.first("spine")
        link = None if spine is None else self._ids.get(xml.attribute(spine, "toc"))
        if link is None or not link.exists:
            typed = (
                x
                for x in self._resources.values()
                if x.exists and (x.media_type == media_types.NCX or x.href.endswith(".ncx"))
            )
            link = next(typed, None)
        if link is not None:
            return link.href
        return next((name for name in self._container.names if name.lower().endswith(".ncx")), None)
