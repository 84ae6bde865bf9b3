"""How fast a book is searched, beside parsing its chapters and nothing else.

python -m tests.bench --only search
"""

import re
from collections.abc import Callable
from pathlib import Path

from kios_desktop.epub import encoding
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.search import BookSearch
from kios_desktop.epub.search_query import SearchQuery
from kios_desktop.epub.source_tree import SourceTree
from tests.bench import books
from tests.bench.positions_bench import best
from tests.bench.table import Figure, Table

WORDS = SearchQuery("Moscow snow")  # a hundred and more times in the book
FREQUENT = SearchQuery("Natasha")  # ten thousand times
PATTERN = SearchQuery(r"\bN\w+a\s+said", is_pattern=True)
OF_PARSING = 4.0  # 0.3 s where the chapters of “War and Peace” are parsed in 0.075 s
OF_COLD = 1 / 30  # 0.01 s where a cold search takes 0.3 s


def measure(table: Table, folder: Path) -> None:
    path = books.war_and_peace(folder)
    with Container.open(path) as container:
        publication = read_publication(container)
        texts = [encoding.decode(container.read(x.href)) for x in publication.reading_order]
        parsing = best(lambda: [SourceTree(text) for text in texts])

        def search(query: SearchQuery) -> Callable[[], object]:
            """In a book that was searched before."""
            kept = BookSearch(container, publication)
            return lambda: [len(matches) for matches in kept.find(query)]

        cold = best(lambda: list(BookSearch(container, publication).find(WORDS)))
        reference = f"reference: {{}}, {sum(map(len, texts)) / 1e6:.1f} MB"
        table.add(
            "searching War and Peace, cold",
            _figure(cold, parsing, OF_PARSING, reference.format("parsing its chapters")),
        )
        again = search(WORDS)
        again()
        table.add("searching it again", _figure(best(again), cold, OF_COLD, "reference: cold"))
        many, whole = search(FREQUENT), "\n".join(re.sub(r"<[^>]*>", "", text) for text in texts)
        many()
        bare = best(lambda: [m.span() for m in re.finditer("natasha", whole, re.IGNORECASE)])
        note = "reference: the places alone, by a regular expression"
        table.add("finding a word ten thousand times", _figure(best(many), bare, None, note))
        pattern = search(PATTERN)
        pattern()
        table.add(
            "searching it with a regular expression",
            _figure(best(pattern), cold, None, "reference: words, cold"),
        )


def _figure(value_s: float, reference_s: float, limit: float | None, note: str) -> Figure:
    return Figure(1000 * value_s, "ms", 1000 * reference_s, limit=limit, note=note)
