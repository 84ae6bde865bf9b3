"""The text of a book in pieces that an index takes: some blocks that follow each other.

A piece is in one chapter, and short enough to be looked through at once.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from kios_desktop.domain.locator import Place
from kios_desktop.domain.publication import Publication
from kios_desktop.epub.chapters import Chapters
from kios_desktop.epub.container import Container
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.search_text import BORDER, SearchText

LENGTH: Final = 12_000  # characters; a longer block is a piece of its own


class TextPiece(NamedTuple):
    """`text` is as `SearchText` has it, and begins there at the character `start`."""

    spine_index: int
    start: int
    chapter: str
    text: str


def text_pieces(container: Container, publication: Publication) -> Iterator[TextPiece]:
    """All text of a book, in reading order. Raises PublicationError."""
    models = ContentModels(container, publication)
    chapters = Chapters(publication, models)
    for spine_index in range(len(publication.reading_order)):
        model = models.at(spine_index)
        if model is not None:
            yield from _pieces(spine_index, SearchText(model.tree), chapters)


def _pieces(spine_index: int, seen: SearchText, chapters: Chapters) -> Iterator[TextPiece]:
    if not seen.text:
        return
    for start, end in _stretches(seen.text):
        for first, last, title in _by_chapter(spine_index, seen, start, end, chapters):
            yield TextPiece(spine_index, first, title, seen.text[first:last])


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of whole blocks, as many as fit into `LENGTH`."""
    start = 0
    while start < len(text):
        end = len(text)
        if end - start > LENGTH:
            end = text.rfind(BORDER, start, start + LENGTH)
            if end < 0:
                end = text.find(BORDER, start + LENGTH)
            if end < 0:
                end = len(text)
        yield start, end
        start = end + 1


def _by_chapter(
    spine_index: int, seen: SearchText, start: int, end: int, chapters: Chapters
) -> Iterator[tuple[int, int, str]]:
    """(start, end, title) of the parts of a stretch that are in one chapter each.

    Chapters follow each other: where the first block and the last are in one, so are all others.
    """
    first = chapters.of(Place(spine_index, seen.ordinal(start)))
    border = seen.text.rfind(BORDER, start, end)
    last = first
    if border >= 0:
        last = chapters.of(Place(spine_index, seen.ordinal(border + 1)))
    if last == first:
        yield start, end, first.title
        return
    part, here = start, first
    block = seen.text.find(BORDER, start, end) + 1
    while block > 0:
        chapter = chapters.of(Place(spine_index, seen.ordinal(block)))
        if chapter != here:
            yield part, block - 1, here.title
            part, here = block, chapter
        block = seen.text.find(BORDER, block, end) + 1
    yield part, end, here.title
