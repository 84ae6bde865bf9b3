"""A publication: the content and metadata of one EPUB, as parsed.

A book has up to hundreds of thousands of links and entries, so these two are named tuples, which
are made in a fifth of the time that frozen dataclasses take.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, field

from kios_desktop.domain.defect import Defect


class Direction(StrEnum):
    """`page-progression-direction`; `DEFAULT` when the package does not say."""

    DEFAULT = "default"
    LTR = "ltr"
    RTL = "rtl"


class Link(NamedTuple):
    """A resource of the container. `href` is its path in the zip, percent-decoded, no fragment.

    `linear` only matters in the reading order. `properties` are those of the manifest item and,
    in the reading order, of the itemref too. `exists` is False when the zip lacks the file.
    `fragment` is what the manifest's href carried after "#" (a defect some books have). `cfi_step`
    is the itemref's step in an EPUB CFI; 0 outside the reading order. `label` is the media type as
    the manifest writes it; `media_type` is what the file is.
    """

    href: str
    media_type: str
    linear: bool = True
    properties: frozenset[str] = frozenset()
    exists: bool = True
    id: str = ""
    fallback: str = ""  # href of the manifest fallback
    fragment: str = ""
    cfi_step: int = 0
    label: str = ""


class TocEntry(NamedTuple):
    """One line of a table of contents. `href` is "" for a heading that leads nowhere."""

    title: str
    href: str
    fragment: str = ""
    children: tuple["TocEntry", ...] = ()


class Metadata(Struct, frozen=True):
    """What the package document says about the work."""

    title: str
    authors: tuple[str, ...] = ()
    language: str = ""
    identifier: str = ""
    series: str = ""
    series_index: float | None = None
    publisher: str = ""
    published: str = ""
    description: str = ""  # may hold HTML


class Publication(Struct, frozen=True):
    """The manifest's facts. `resources` maps an href to its link, the reading order included.

    `spine_step` is the spine's step in an EPUB CFI. `defects` lists, for the book's page, what is
    wrong with the file and was worked around.
    """

    metadata: Metadata
    reading_order: tuple[Link, ...]
    resources: Mapping[str, Link]
    toc: tuple[TocEntry, ...] = ()
    page_list: tuple[TocEntry, ...] = ()
    landmarks: tuple[TocEntry, ...] = ()
    cover_href: str = ""
    direction: Direction = Direction.DEFAULT
    version: str = "3.0"
    package_href: str = ""
    rendition: Mapping[str, str] = field(default_factory=dict)
    spine_step: int = 6
    defects: tuple[Defect, ...] = ()

    def flat_toc(self) -> Iterator[tuple[int, TocEntry]]:
        """(depth, entry), in document order. The position in this sequence is `Chapter.index`."""
        yield from _flatten(self.toc, 0)


def _flatten(entries: tuple[TocEntry, ...], depth: int) -> Iterator[tuple[int, TocEntry]]:
    stack = [(depth, entry) for entry in reversed(entries)]
    while stack:  # not recursive: a hostile table of contents may be nested very deep
        level, entry = stack.pop()
        yield level, entry
        stack.extend((level + 1, child) for child in reversed(entry.children))
