"""What links within a book, and entries of its contents, lead to. No chapter is read here.

Source: EPUB 3.3 section 2.2 (URLs in the container), EPUB Canonical Fragment Identifiers 1.1,
section 2.2 (a CFI is a fragment of the package document).
"""

from functools import cached_property

from msgspec import Struct

from kios_desktop.domain.publication import Publication
from kios_desktop.epub import cfi, fallback
from kios_desktop.epub import href as hrefs
from kios_desktop.epub.href_match import SimilarPaths

_CFI = "epubcfi("


class LinkTarget(Struct, frozen=True):
    """A spine item and what is meant in it: "", the id of an element, or a CFI."""

    spine_index: int
    fragment: str = ""


def is_cfi(fragment: str) -> bool:
    return fragment.startswith(_CFI)


class LinkTargets:
    """Finds the spine items of one publication that hrefs mean."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self._spine = fallback.spine_indexes(publication)
        self._addresses = fallback.addresses(publication)

    def of_link(self, href: str, spine_index: int) -> LinkTarget | None:
        """What a link in the spine item means; None when it leads nowhere in the book.

        A link within its own file stays in its spine item, also where the file is listed twice.
        """
        base = self._addresses[spine_index]
        path, fragment = hrefs.resolve(base, href)
        if path == base and not is_cfi(fragment):
            return LinkTarget(spine_index, fragment)
        literal = hrefs.literal(base, href)
        return (
            self.of_entry(path, fragment)
            or (self.of_entry(literal, "") if literal in self._spine else None)
            or self._spelled_otherwise(path, href, fragment)
        )

    def of_entry(self, path: str, fragment: str) -> LinkTarget | None:
        """What a path in the zip and a fragment, both decoded, mean."""
        spine_index = self._spine.get(path)
        if is_cfi(fragment) and (parsed := cfi.parse(fragment)) is not None:
            if parsed.start.indirections:
                spine_index = cfi_spine_index(self._publication, parsed.start.package)
        elif path == self._publication.package_href:
            return None
        return None if spine_index is None else LinkTarget(spine_index, fragment)

    def _spelled_otherwise(self, path: str, href: str, fragment: str) -> LinkTarget | None:
        found = self._similar.find_any(path, hrefs.without_steps_up(hrefs.split(href)[0]))
        return None if found is None else self.of_entry(found, fragment)

    @cached_property
    def _similar(self) -> SimilarPaths:
        return SimilarPaths(self._spine)


def cfi_spine_index(publication: Publication, steps: tuple[cfi.CfiStep, ...]) -> int | None:
    """The itemref a package path names: by the id it asserts, else by its number."""
    if len(steps) < 2:
        return None
    order = publication.reading_order
    itemref = steps[1]
    numbered = [i for i, link in enumerate(order) if link.cfi_step == itemref.number]
    named = [i for i, link in enumerate(order) if itemref.id and link.id == itemref.id]
    both = [i for i in numbered if i in named]
    return next(iter(both or named or numbered), None)
