"""Which chapter a place is in: the nearest entry of the table of contents at or before it."""

import re
from functools import cached_property

from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.publication import Publication
from kios_desktop.domain.text import clean_line
from kios_desktop.epub import entities
from kios_desktop.epub.resources import ContentModels

_TITLE = re.compile(r"<title[^<>]*>([^<]+)", re.IGNORECASE)


class Chapters:
    """Finds chapters of one publication. Only the chapter of the place itself is parsed."""

    def __init__(self, publication: Publication, models: ContentModels) -> None:
        self._publication, self._models = publication, models

    def of(self, place: Place) -> Chapter:
        """The chapter a place is in, else the spine item, named by its own title."""
        for spine_index in range(place.spine_index, -1, -1):
            entries = self._entries.get(spine_index)
            if not entries:
                continue
            if spine_index < place.spine_index:
                index, title, _ = entries[-1]
                return Chapter(index, title)
            found: tuple[int, int, str] | None = None
            for index, title, fragment in entries:
                ordinal = self._ordinal(spine_index, fragment)
                if ordinal <= place.ordinal and (found is None or ordinal >= found[0]):
                    found = (ordinal, index, title)
            if found is not None:
                return Chapter(found[1], found[2])
        return Chapter(-1 - place.spine_index, self._own_title(place.spine_index))

    def place(self, index: int) -> Place | None:
        """Where the entry with this index of the flattened table of contents begins."""
        for spine_index, entries in self._entries.items():
            for number, _, fragment in entries:
                if number == index:
                    return Place(spine_index, self._ordinal(spine_index, fragment))
        return None

    @cached_property
    def _entries(self) -> dict[int, list[tuple[int, str, str]]]:
        """(index, title, fragment) of the entries by spine index, in their order."""
        spine: dict[str, int] = {}
        for spine_index, link in enumerate(self._publication.reading_order):
            spine.setdefault(link.href, spine_index)
        found: dict[int, list[tuple[int, str, str]]] = {}
        for index, (_, entry) in enumerate(self._publication.flat_toc()):
            if entry.href in spine:
                entries = found.setdefault(spine[entry.href], [])
                entries.append((index, entry.title, entry.fragment))
        return found

    def _ordinal(self, spine_index: int, fragment: str) -> int:
        model = self._models.at(spine_index) if fragment else None
        element = None if model is None else model.elements_by_id.get(fragment)
        return 0 if element is None else element.ordinal

    def _own_title(self, spine_index: int) -> str:
        model = self._models.at(spine_index)
        if model is not None:
            match = _TITLE.search(model.tree.source, 0, model.tree.body.start or 4096)
            if match is not None and (title := clean_line(entities.decode(match[1]))):
                return title
        name = self._publication.reading_order[spine_index].href.rpartition("/")[2]
        return clean_line(name.rpartition(".")[0] or name)
