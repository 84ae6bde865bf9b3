"""Searching in one chapter that a test writes down."""

from pathlib import Path
from typing import Self

from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.search import BookSearch, Match
from kios_desktop.epub.search_query import SearchQuery
from kios_desktop.epub.search_text import SearchText
from kios_desktop.epub.source_tree import SourceTree
from tests.books import BookDraft, page


def seen(body: str) -> str:
    """The text that can be searched."""
    return SearchText(SourceTree(page(body))).text


def stream(body: str) -> str:
    """The characters that ordinals count."""
    return ContentModel(page(body).encode(), lambda _: "").stream


class OpenBook:
    """A book of these chapters, open for searching; a context."""

    def __init__(self, folder: Path, *chapters: str, draft: BookDraft | None = None) -> None:
        made = draft or BookDraft(chapters=chapters)
        self.container = Container.open(made.write(folder / "book.epub"))
        self.publication = read_publication(self.container)
        self.search = BookSearch(self.container, self.publication)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    def find(self, words: str, **options: bool) -> list[Match]:
        return [m for matches in self.search.find(SearchQuery(words, **options)) for m in matches]
