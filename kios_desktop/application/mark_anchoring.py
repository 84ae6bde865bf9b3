"""Finds the place of marks that a file tells, in one open book. No Qt.

What a file says of positions counts where the text there is the mark's, or where the file was
written for the very same book file; else the mark is found by its text.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from kios_desktop.domain.locator import Place, Precision, Resolution
from kios_desktop.domain.marks import Anchor, MarkKind, Passage
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.places import Places
from kios_desktop.exchange.candidates import MarkCandidate
from kios_desktop.storage.encoding import sort_key

_NEAR = (Precision.EXACT, Precision.ELEMENT)  # as good as a bookmark has to be


@dataclass(frozen=True, slots=True)
class Anchored:
    """`anchor` is that of this file; its passage is None when the book has no such text.

    `by_text`: it is not where the file of marks said.
    """

    anchor: Anchor
    by_text: bool = False


class MarkAnchoring:
    """Of one book, whose file has the hash `sha256`. Blocking.

    `is_same_file`: the marks come from a reader that had this very file.
    """

    def __init__(
        self, publication: Publication, places: Places, sha256: str, is_same_file: bool
    ) -> None:
        self._publication, self._places = publication, places
        self._sha256, self._is_same_file = sha256, is_same_file
        self._chapters = _chapter_hrefs(publication)
        self._steps = {link.href: link.cfi_step for link in publication.reading_order}
        self._named: dict[str, list[str]] = {}
        for href in self._steps:
            self._named.setdefault(href.rpartition("/")[2], []).append(href)

    def anchored(self, candidate: MarkCandidate) -> Anchored:
        """Raises PublicationError for a file that can't be read now."""
        told = candidate.mark.anchor
        anchor = self._completed(candidate)
        is_bookmark = candidate.mark.kind is MarkKind.BOOKMARK
        stated = self._stated(candidate, anchor, is_bookmark)
        found = self._found(candidate, anchor, stated, is_bookmark)
        if found is None:
            return Anchored(replace(told, passage=None, sha256=self._sha256))
        if is_bookmark:
            found = _point(found.start)
        return Anchored(self._places.passages.anchor(found, self._sha256), found != stated)

    def _completed(self, candidate: MarkCandidate) -> Anchor:
        """The anchor with the names and steps of this book."""
        anchor = candidate.mark.anchor
        href = self._href(anchor.href) or self._chapters.get(sort_key(anchor.chapter.title), "")
        cfi = anchor.cfi
        if not cfi and candidate.partial_cfi:
            step = self._steps.get(href, 0)
            cfi = f"epubcfi(/{self._publication.spine_step}/{step}!{candidate.partial_cfi})"
        return replace(anchor, href=href, cfi=cfi)

    def _href(self, told: str) -> str:
        """The path in the zip; others count it from the package document, or from the root."""
        if told in self._steps:
            return told
        ending = f"/{told.lstrip('./')}"
        named = self._named.get(told.rpartition("/")[2], ())
        found = [href for href in named if f"/{href}".endswith(ending)]
        return found[0] if len(found) == 1 else ""

    def _stated(
        self, candidate: MarkCandidate, anchor: Anchor, is_bookmark: bool
    ) -> Passage | None:
        """Where the file says that the mark is; for a bookmark a point."""
        for passage in self._statements(candidate, anchor, is_bookmark):
            if passage is not None:
                return _point(passage.start) if is_bookmark else passage
        return None

    def _statements(
        self, candidate: MarkCandidate, anchor: Anchor, is_bookmark: bool
    ) -> Iterator[Passage | None]:
        if anchor.cfi:
            yield self._places.passages.at_cfi(anchor.cfi)
        told = anchor.passage if anchor.sha256 == self._sha256 else None
        if told is not None and self._places.passages.has(told):
            yield told
        if candidate.xpointers:
            ends = [self._places.from_xpointer(text) for text in candidate.xpointers]
            yield _between(ends, _NEAR if is_bookmark else (Precision.EXACT,))
        if is_bookmark and anchor.cfi:
            yield _between([self._places.from_cfi(anchor.cfi)], _NEAR)
        if is_bookmark and candidate.locator is not None:
            yield _between([self._places.from_locator(candidate.locator)], _NEAR)

    def _found(
        self,
        candidate: MarkCandidate,
        anchor: Anchor,
        stated: Passage | None,
        is_bookmark: bool,
    ) -> Passage | None:
        has_text = bool(anchor.quote.after if is_bookmark else anchor.quote.exact)
        is_range = stated is not None and (is_bookmark or stated.start < stated.end)
        if is_range and (candidate.text_is_loose or self._is_same_file or not has_text):
            return stated
        if not has_text:
            return None
        near = stated or self._guess(candidate)
        return self._places.passages.find(replace(anchor, passage=near or anchor.passage))

    def _guess(self, candidate: MarkCandidate) -> Passage | None:
        """About where to look first; equal passages are told apart by it."""
        if candidate.locator is None:
            return None
        place = self._places.from_locator(candidate.locator).place
        return None if place is None else _point(place)


def _point(place: Place) -> Passage:
    return Passage(place, place)


def _between(ends: list[Resolution], precisions: tuple[Precision, ...]) -> Passage | None:
    """From the first of them to the last in reading order, when all are precise enough."""
    places = [end.place for end in ends if end.place is not None and end.precision in precisions]
    if len(places) < len(ends) or not places:
        return None
    return Passage(min(places), max(places))


def _chapter_hrefs(publication: Publication) -> dict[str, str]:
    """The files of the entries of the contents by their folded titles, when no other has it."""
    entries = [(sort_key(entry.title), entry.href) for _, entry in publication.flat_toc()]
    counts = Counter(title for title, _ in entries)
    return {title: href for title, href in entries if href and counts[title] == 1}
