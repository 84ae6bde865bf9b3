"""Anchors of passages: made in one file, and found again in it or in another one of the same text.

Source of the comparison: white space, soft hyphens and zero-width characters don't count, and a
passage whose middle was edited is found by its beginning and its end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.marks import Anchor, Passage, TextQuote
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import quotes
from kios_desktop.epub.cfi_places import Cfis
from kios_desktop.epub.chapters import Chapters
from kios_desktop.epub.comparable import bare
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.resources import ContentModels

LONGEST_TEXT = 64 * 1024
"""Characters of a passage that are kept; a longer one is found by its beginning."""

_EDGE = 40  # characters of the beginning and of the end of an edited passage that must be there
_STRETCH = 1.25  # how much longer or shorter an edited passage may be
_CONTEXT = 24  # characters on both sides that tell equal passages apart
_SHORT = 6  # a shorter passage means something only with what surrounds it
_MOST = 2000  # equal passages of one chapter that are compared


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """A passage with the wanted text. The least is the best."""

    differing: int  # sides on which other text stands
    distance: float  # from where it was, as a share of the chapter
    start: int
    end: int


class Passages:
    """Of one publication. Blocking; parses the chapters that it needs."""

    def __init__(
        self, publication: Publication, models: ContentModels, cfis: Cfis, chapters: Chapters
    ) -> None:
        self._order = publication.reading_order
        self._models, self._cfis, self._chapters = models, cfis, chapters

    def anchor(self, passage: Passage, sha256: str) -> Anchor:
        """The anchor of a passage in this file, whose hash is `sha256`."""
        start = passage.start
        before = self._quote(start, before=True)
        return Anchor(
            passage=passage,
            cfi=self._cfis.write_range(passage),
            quote=TextQuote(self._text(passage), before, self._quote(passage.end, before=False)),
            href=self._order[start.spine_index].href,
            chapter=self._chapters.of(start),
            sha256=sha256,
        )

    def at_cfi(self, text: str) -> Passage | None:
        """Where a CFI leads exactly, whatever stands there; None also for one that runs back."""
        found = self._cfis.read_range(text)
        if found is None or any(end.precision is not Precision.EXACT for end in found):
            return None
        return self._by_cfi(text)

    def find(self, anchor: Anchor) -> Passage | None:
        """Where the passage is in this file; None when its text is not there.

        The CFI and the places count only where the text, and what surrounds it, is what it was.
        """
        wanted = bare(anchor.quote.exact)
        for known in (self._by_cfi(anchor.cfi), anchor.passage):
            if known is not None and self._agrees(known, wanted, anchor.quote):
                return known
        if not wanted:
            return self._point(anchor.quote, anchor)
        for spine_index in self._nearest_first(anchor):
            model = self._models.at(spine_index)
            found = None if model is None else _search(model, wanted, anchor)
            if found is not None:
                return Passage(Place(spine_index, found.start), Place(spine_index, found.end))
        return None

    def find_again(self, anchor: Anchor, sha256: str) -> Anchor:
        """The anchor as it is in this file; without a passage where its text is not there."""
        passage = self.find(anchor)
        if passage is None:
            return replace(anchor, passage=None, sha256=sha256)
        return self.anchor(passage, sha256)

    def has(self, passage: Passage) -> bool:
        """Whether both ends are in this file, whatever stands there."""
        return self._has(passage.start) and self._has(passage.end)

    def _has(self, place: Place) -> bool:
        if place.spine_index >= len(self._order):
            return False
        model = self._models.at(place.spine_index)
        return place.ordinal <= (0 if model is None else model.total)

    def _by_cfi(self, text: str) -> Passage | None:
        found = self._cfis.read_range(text)
        if found is None:
            return None
        start, end = found
        if start.place is None or end.place is None or end.place < start.place:
            return None
        return Passage(start.place, end.place)

    def _agrees(self, passage: Passage, wanted: str, quote: TextQuote) -> bool:
        if not self.has(passage):
            return False
        if wanted and bare(self._text(passage)) != wanted:
            return False
        before, after = bare(quote.before)[-_CONTEXT:], bare(quote.after)[:_CONTEXT]
        return bare(self._quote(passage.start, before=True)).endswith(before) and bare(
            self._quote(passage.end, before=False)
        ).startswith(after)

    def _point(self, quote: TextQuote, anchor: Anchor) -> Passage | None:
        """The place of a bookmark: before the text that stood behind it."""
        wanted = bare(quote.after)
        if len(wanted) < _SHORT:
            return None
        for spine_index in self._nearest_first(anchor):
            model = self._models.at(spine_index)
            found = None if model is None else _search(model, wanted, anchor, is_point=True)
            if found is not None:
                place = Place(spine_index, found.start)
                return Passage(place, place)
        return None

    def _nearest_first(self, anchor: Anchor) -> Iterator[int]:
        """Spine indexes: the files of the same name, then those around where the passage was."""
        by_name = [i for i, link in enumerate(self._order) if link.href == anchor.href]
        was = anchor.passage.start.spine_index if anchor.passage is not None else 0
        found = self._by_cfi(anchor.cfi)
        if anchor.passage is None and found is not None:
            was = found.start.spine_index
        others = sorted(range(len(self._order)), key=lambda i: abs(i - was))
        yield from by_name
        yield from (i for i in others if i not in by_name)

    def _text(self, passage: Passage) -> str:
        """The text of a passage, chapters parted by a space."""
        parts: list[str] = []
        for spine_index in range(passage.start.spine_index, passage.end.spine_index + 1):
            inside, model = passage.within(spine_index), self._models.at(spine_index)
            if sum(map(len, parts)) > LONGEST_TEXT:
                break
            if inside is None or model is None:
                continue
            start, end = inside
            most = start + LONGEST_TEXT
            parts.append(quotes.passage(model, start, most if end is None else min(end, most)))
        return " ".join(filter(None, parts))[:LONGEST_TEXT]

    def _quote(self, place: Place, *, before: bool) -> str:
        model = self._models.at(place.spine_index)
        if model is None or (not before and place.ordinal >= model.total):
            return ""
        found = quotes.quote(model, place.ordinal)
        return found.before if before else found.after


def _search(
    model: ContentModel, wanted: str, anchor: Anchor, *, is_point: bool = False
) -> _Candidate | None:
    """The best passage with this text in a chapter, or one edited in its middle."""
    stream, ordinals = model.comparable
    expected = anchor.passage.start.ordinal if anchor.passage is not None else 0
    before, after = bare(anchor.quote.before), bare(anchor.quote.after)
    found: list[_Candidate] = []
    for position, length in _positions(stream, wanted, is_point):
        end = position + length
        differing = int(not stream.endswith(before[-_CONTEXT:], 0, position))
        if not is_point:
            differing += int(not stream.startswith(after[:_CONTEXT], end))
        if len(wanted) < _SHORT and (differing or not (before or after)):
            continue
        start = position if ordinals is None else ordinals[position]
        last = end - 1 if ordinals is None else ordinals[end - 1]
        distance = abs(start - expected) / max(1, model.total)
        found.append(_Candidate(differing, distance, start, last + 1))
    return min(found, default=None)


def _positions(stream: str, wanted: str, is_point: bool) -> Iterator[tuple[int, int]]:
    """(index, length) of what may be the passage."""
    count, at = 0, stream.find(wanted)
    while at >= 0 and count < _MOST:
        yield at, len(wanted)
        count += 1
        at = stream.find(wanted, at + 1)
    if count or is_point or len(wanted) < 2 * _EDGE:
        return
    head, tail = wanted[:_EDGE], wanted[-_EDGE:]
    at = stream.find(head)
    while at >= 0 and count < _MOST:
        least, most = int(len(wanted) / _STRETCH), int(len(wanted) * _STRETCH)
        end = stream.find(tail, at + least - _EDGE, at + most)
        if end >= 0:
            yield at, end + _EDGE - at
        count += 1
        at = stream.find(head, at + 1)
