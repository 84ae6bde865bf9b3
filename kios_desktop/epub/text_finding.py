"""Where a stretch of text is in a book, by its index among the characters or by its words."""

from collections.abc import Iterator, Sequence

from kios_desktop.domain.locator import Place
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.container import Container
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.search_text import SearchText


def find_text(
    container: Container,
    publication: Publication,
    spine_index: int,
    start: int,
    parts: tuple[str, str, str],
) -> Place | None:
    """The place of a text; `parts` are what stands before it, the text, and what stands behind it.

    All as `SearchText` has them; `start` is where the text is in that of the spine item. Elsewhere
    it counts only with what stands before it or behind it. Blocking. Raises PublicationError.
    """
    models = ContentModels(container, publication)
    before, text, after = parts
    seen = _seen(models, spine_index)
    begin = start - len(before)
    if seen is not None and begin >= 0 and seen.text.startswith("".join(parts), begin):
        return Place(spine_index, seen.ordinal(start))
    wanted = [(len(before), "".join(parts))] if before or after else []
    wanted += [(len(before), before + text)] if before else []
    wanted += [(0, text + after)] if after else []
    return _found(_all_seen(models, spine_index, len(publication.reading_order)), wanted)


def _found(
    chapters: Iterator[tuple[int, SearchText]], wanted: Sequence[tuple[int, str]]
) -> Place | None:
    """The best that is in any chapter: of (offset, text), in the order of preference."""
    best: tuple[int, Place] | None = None
    for spine_index, seen in chapters:
        for rank, (offset, text) in enumerate(wanted):
            if best is not None and best[0] <= rank:
                break
            at = seen.text.find(text)
            if at >= 0:
                best = rank, Place(spine_index, seen.ordinal(at + offset))
                if rank == 0:
                    return best[1]
                break
    return None if best is None else best[1]


def _all_seen(models: ContentModels, first: int, count: int) -> Iterator[tuple[int, SearchText]]:
    """The texts of all spine items, that of `first` before the others."""
    for spine_index in sorted(range(count), key=lambda index: (index != first, index)):
        if (seen := _seen(models, spine_index)) is not None:
            yield spine_index, seen


def _seen(models: ContentModels, spine_index: int) -> SearchText | None:
    model = models.glance(spine_index)
    return None if model is None else SearchText(model.tree)
