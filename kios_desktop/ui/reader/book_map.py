"""Positions in an open book: its chapters, fractions, and what follows a place. No Qt.

File sizes stand in for character counts until these are known (`weigh`), and the start of a chapter
file for the position of an anchor until that file is loaded (`chapter_loaded`).
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property

from msgspec import structs

from kios_desktop.domain.locator import Chapter, Locator, Place
from kios_desktop.domain.publication import Publication, TocEntry
from kios_desktop.epub.link_targets import LinkTargets, is_cfi
from kios_desktop.epub.nearest_entry import nearest
from kios_desktop.epub.progression import Weights
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.chapter_numbers import chapter_counts
from kios_desktop.ui.reader.contents_line import ContentsLine

PercentOf = Callable[[ContentsLine], str]
"""Where an entry begins in the book, “15%”; "" when it leads nowhere."""


class BookMap:
    """Maps places of one publication to chapters and fractions, and back.

    `weights` are the ordinals (non-space code points) of each spine item, and `sizes` estimates of
    them: the uncompressed bytes of each item that may have characters. `lines` are the entries of
    the contents; for a book without any that lead somewhere (`has_contents`), its spine items.
    """

    def __init__(
        self, publication: Publication, sizes: Sequence[int], weights: Sequence[int] | None = None
    ) -> None:
        self._publication = publication
        self._reading_order = publication.reading_order
        lines = self._contents()
        self.has_contents = bool(lines)
        self.lines = lines or self._sections()
        self._counts = chapter_counts(self.lines)
        self._by_spine: dict[int, list[ContentsLine]] = {}
        for line in self.lines:
            if line.spine_index is not None:
                self._by_spine.setdefault(line.spine_index, []).append(line)
        self._covered = sorted(self._by_spine)
        self._anchors: dict[int, dict[str, int]] = {}
        self._totals: dict[int, int] = {}
        self._weights = Weights(())
        self.weigh(weights if weights is not None else sizes, exact=weights is not None)

    def weigh(self, weights: Sequence[int], exact: bool = True) -> None:
        """Compute fractions from these weights from now on."""
        count = len(self._reading_order)
        self._weights = Weights([*list(weights)[:count], *[0] * (count - len(weights))])
        self.exact = exact

    def chapter_loaded(self, spine_index: int, total: int, anchors: dict[str, int]) -> None:
        """Note the ordinals of a loaded spine item, and those at which its anchors are."""
        self._totals[spine_index] = total
        self._anchors[spine_index] = anchors

    @property
    def toc_ids(self) -> dict[int, list[str]]:
        """The element ids that contents entries and printed pages name, per spine item."""
        spines = sorted({*self._by_spine, *self._printed})
        named = ((spine, _ids(self._lines_in(spine))) for spine in spines)
        return {spine: ids for spine, ids in named if ids}

    def _lines_in(self, spine_index: int) -> list[ContentsLine]:
        return [*self._by_spine.get(spine_index, ()), *self._printed.get(spine_index, ())]

    # -- chapters

    def chapter(self, place: Place) -> Chapter:
        """The nearest contents entry at or before a place, else the spine item."""
        line = self.line_at(place)
        if line is None or not self.has_contents:
            return Chapter(-1 - place.spine_index, self._spine_title(place.spine_index))
        return Chapter(line.index, line.title)

    def chapters_like(self, chapter: Chapter) -> int:
        """The number of chapters, for one with a number as its title: “Chapter 9” of 61; else 0."""
        return self._counts.get(chapter.index, 0)

    def line_at(self, place: Place) -> ContentsLine | None:
        """The contents entry a place belongs to."""
        here = self._by_spine.get(place.spine_index, ())
        if (found := self._nearest(here, place.ordinal)) is not None:
            return found
        earlier = bisect_right(self._covered, place.spine_index - 1)
        if not earlier:
            return None
        return self._last_of(self._covered[earlier - 1])

    def _nearest(self, lines: Sequence[ContentsLine], ordinal: float) -> ContentsLine | None:
        return nearest(((line, self._ordinal_of(line)) for line in lines), ordinal)

    def _ordinal_of(self, line: ContentsLine) -> int | None:
        """Where an entry begins in its file; None if its anchor is missing or not yet known."""
        if not line.fragment or line.spine_index is None:
            return 0
        return self._anchors.get(line.spine_index, {}).get(line.fragment)

    def _last_of(self, spine_index: int) -> ContentsLine | None:
        lines = self._by_spine[spine_index]
        is_loaded = spine_index in self._anchors
        return self._nearest(lines, math.inf) if is_loaded else lines[-1]

    def step_chapter(self, place: Place, direction: int) -> ContentsLine | Place | None:
        """Where “next chapter” (1) and “previous chapter” (-1) lead from here."""
        current = self.line_at(place)
        targets = [line for line in self.lines if line.spine_index is not None]
        if not targets:
            spine = place.spine_index + direction
            return Place(spine, 0) if 0 <= spine < len(self._reading_order) else None
        if current is None:
            return targets[0] if direction > 0 else Place(0, 0)
        if direction < 0 and place > self.start_of(current):
            return current  # first to the start of this chapter
        position = targets.index(current)
        # passing over entries at the same place: a part and its first chapter, or missing anchors
        if direction > 0:
            later = targets[position + 1 :]
            return next((line for line in later if self.start_of(line) > place), None)
        earlier = reversed(targets[:position])
        return next((line for line in earlier if self.start_of(line) < place), Place(0, 0))

    def start_of(self, line: ContentsLine) -> Place:
        """The place of a contents entry; the start of its file until the file is loaded."""
        return Place(line.spine_index or 0, self._ordinal_of(line) or 0)

    # -- fractions

    def total_progression(self, place: Place) -> float:
        """0…1 of the publication."""
        if place.spine_index >= len(self._reading_order):
            return 0.0
        total = self._total(place.spine_index) if self.exact else 0
        total = self._totals.get(place.spine_index, total)
        within = place.ordinal / total if total else 0.0
        return self._weights.total_progression(place.spine_index, within)

    def place_at(self, fraction: float) -> Place:
        """The inverse: the place at a fraction of the publication."""
        spine_index, within = self._weights.find(fraction)
        total = self._total(spine_index)
        return Place(spine_index, min(int(within * total), max(0, total - 1)))

    def _total(self, spine_index: int) -> int:
        """The ordinals of a spine item; an estimate until it is loaded or the weights are exact."""
        return self._totals.get(spine_index, self._weights.totals[spine_index])

    def ticks(self) -> list[tuple[float, int]]:
        """(fraction, depth) of every contents entry, for the scrubber."""
        return [
            (self._tick(line, line.spine_index), line.depth)
            for line in self.lines
            if line.spine_index is not None
        ]

    def _tick(self, line: ContentsLine, spine_index: int) -> float:
        if self._ordinal_of(line):
            return self.total_progression(self.start_of(line))
        return self._weights.range(spine_index)[0]  # most entries, and there may be thousands

    def fraction_of(self, line: ContentsLine) -> float | None:
        """The start of a contents entry, 0…1 of the publication; None without a link."""
        return None if line.spine_index is None else self.total_progression(self.start_of(line))

    def left_in_chapter(self, place: Place) -> int:
        """Ordinals from a place to the next contents entry."""
        line = self.line_at(place)
        following = next(
            (
                other
                for other in self.lines[(line.index + 1 if line else 0) :]
                if other.spine_index is not None and self.start_of(other) > place
            ),
            None,
        )
        end = self.ordinals_before(self.start_of(following)) if following else self.ordinals()
        return max(0, end - self.ordinals_before(place))

    def ordinals(self) -> int:
        """The ordinals of the whole publication; an estimate until the weights are exact."""
        return self._weights.whole if self.exact else self._weights.whole * 2 // 3

    def ordinals_before(self, place: Place) -> int:
        return round(self.total_progression(place) * self.ordinals())

    # -- locators

    def locator(self, place: Place) -> Locator:
        """A locator without a quote; `epub.places` adds what other notations need."""
        link = self._reading_order[place.spine_index]
        return Locator(
            place=place,
            href=link.href,
            ordinal_total=self._total(place.spine_index),
            total_progression=self.total_progression(place),
            chapter=self.chapter(place),
        )

    def _spine_title(self, spine_index: int) -> str:
        alone = len(self._reading_order) == 1
        if alone or (spine_index == 0 and self.has_contents):
            return self._publication.metadata.title
        return _section(spine_index)

    def _sections(self) -> list[ContentsLine]:
        linear = [index for index, link in enumerate(self._reading_order) if link.linear]
        return [
            ContentsLine(number, 0, _section(index), index, "")
            for number, index in enumerate(linear)
        ]

    @cached_property
    def printed_pages(self) -> list[ContentsLine]:
        """The pages of a printed edition that the book names; they lead somewhere."""
        return self._guide(self._publication.page_list)

    @cached_property
    def _printed(self) -> dict[int, list[ContentsLine]]:
        """Printed pages by spine item."""
        found: dict[int, list[ContentsLine]] = {}
        for line in self.printed_pages:
            found.setdefault(line.spine_index or 0, []).append(line)
        return found

    def printed_before(self, place: Place) -> int | None:
        """How many printed pages begin up to a place; None while its file is not loaded."""
        if self._printed and place.spine_index not in self._anchors:
            return None
        earlier = sum(len(lines) for at, lines in self._printed.items() if at < place.spine_index)
        begun = (self._ordinal_of(line) for line in self._printed.get(place.spine_index, ()))
        return earlier + sum(at is not None and at <= place.ordinal for at in begun)

    @cached_property
    def panel_lines(self) -> list[ContentsLine]:
        """What the contents panel lists: `lines`, then landmarks and printed pages below headings.

        The index of a line is where it stands.
        """
        guides: list[ContentsLine] = []
        landmarks = self._guide(self._publication.landmarks)
        for title, lines in ((tr("Landmarks"), landmarks), (tr("Pages"), self.printed_pages)):
            if lines:
                guides += [ContentsLine(0, 0, title, None, ""), *lines]
        first = len(self.lines)
        numbered = [structs.replace(line, index=first + n) for n, line in enumerate(guides)]
        return [*self.lines, *numbered]

    def _guide(self, entries: Sequence[TocEntry]) -> list[ContentsLine]:
        targets = LinkTargets(self._publication)
        lines = (_line(0, 1, entry, targets) for entry in entries)
        return [line for line in lines if line.spine_index is not None and line.title]

    def _contents(self) -> list[ContentsLine]:
        targets = LinkTargets(self._publication)
        lines = [
            _line(index, depth, entry, targets)
            for index, (depth, entry) in enumerate(self._publication.flat_toc())
        ]
        return lines if any(line.spine_index is not None for line in lines) else []


def _line(index: int, depth: int, entry: TocEntry, targets: LinkTargets) -> ContentsLine:
    target = targets.of_entry(entry.href, entry.fragment)
    spine_index = None if target is None else target.spine_index
    return ContentsLine(index, depth, entry.title, spine_index, entry.fragment)


def _ids(lines: Sequence[ContentsLine]) -> list[str]:
    return [line.fragment for line in lines if line.fragment and not is_cfi(line.fragment)]


def _section(spine_index: int) -> str:
    return tr("Section {n}", n=spine_index + 1)
