"""Which chapter a place is in: the nearest entry of the table of contents at or before it."""

import math
import re
from functools import cached_property

from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.publication import Publication
from kios_desktop.domain.text import clean_line
from kios_desktop.epub import entities
from kios_desktop.epub.link_targets import LinkTargets
from kios_desktop.epub.nearest_entry import nearest
from kios_desktop.epub.resources import ContentModels

_Entry = tuple[int, str, str]  # index, title, fragment
_TITLE = re.compile(r"<title[^<>]*>([^<]+)", re.IGNORECASE)


class Chapters:
    """Finds chapters of one publication.

    At most two files are parsed: that of the place, and the nearest one before it in the contents.
    """

    def __init__(self, publication: Publication, models: ContentModels) -> None:
        self._publication, self._models = publication, models
        self._placed: dict[int, list[tuple[_Entry, int | None]]] = {}

    def of(self, place: Place) -> Chapter:
        """The chapter a place is in, else the spine item, named by its own title."""
        for spine_index in range(place.spine_index, -1, -1):
            entries = self._entries.get(spine_index)
            if not entries:
                continue
            here = spine_index == place.spine_index
            found = self._nearest(spine_index, entries, place.ordinal if here else math.inf)
            if found is not None:
                index, title, _ = found
                return Chapter(index, title)
        return Chapter(-1 - place.spine_index, self._own_title(place.spine_index))

    def _nearest(self, spine_index: int, entries: list[_Entry], ordinal: float) -> _Entry | None:
        if len(entries) == 1 and ordinal == math.inf:
            return entries[0]  # without parsing its file
        placed = self._placed.get(spine_index)
        if placed is None:
            placed = [(entry, self._ordinal(spine_index, entry[2])) for entry in entries]
            self._placed[spine_index] = placed
        return nearest(placed, ordinal)

    def place(self, index: int) -> Place | None:
        """Where the entry with this index of the flattened table of contents begins."""
        for spine_index, entries in self._entries.items():
            for number, _, fragment in entries:
                if number == index:
                    return Place(spine_index, self._ordinal(spine_index, fragment) or 0)
        return None

    @cached_property
    def _entries(self) -> dict[int, list[_Entry]]:
        """(index, title, fragment) of the entries by spine index, in their order."""
        targets = LinkTargets(self._publication)
        found: dict[int, list[_Entry]] = {}
        for index, (_, entry) in enumerate(self._publication.flat_toc()):
            target = targets.of_entry(entry.href, entry.fragment)
            if target is not None:
                entries = found.setdefault(target.spine_index, [])
                entries.append((index, entry.title, entry.fragment))
        return found

    def _ordinal(self, spine_index: int, fragment: str) -> int | None:
        """Where an anchor is; None when it is missing."""
        if not fragment:
            return 0
        model = self._models.at(spine_index)
        element = None if model is None else model.targets.get(fragment)
        return None if element is None else element.ordinal

    def _own_title(self, spine_index: int) -> str:
        model = self._models.at(spine_index)
        if model is not None:
            match = _TITLE.search(model.tree.source, 0, model.tree.body.start or 4096)
            if match is not None and (title := clean_line(entities.decode(match[1]))):
                return title
        name = self._publication.reading_order[spine_index].href.rpartition("/")[2]
        return clean_line(name.rpartition(".")[0] or name)
