"""What search in a book finds by whole words, the index over all books finds too."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kios_desktop.application.index_process import words_of
from kios_desktop.domain.inside_books import IndexedBook
from kios_desktop.domain.library import BookId
from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.search_folding import Folded, folded
from kios_desktop.epub.search_query import SearchQuery, matcher
from kios_desktop.epub.search_text import BORDER, SearchText
from kios_desktop.epub.search_words import pattern, word_query
from kios_desktop.epub.text_pieces import text_pieces
from kios_desktop.storage.text_index import KeptPiece, TextIndex, TextIndexWriter
from tests.books import page
from tests.corpus import book, book_names
from tests.effort import few
from tests.properties.test_search import BODIES

LETTERS = "ab .!éßﬁ\u0301’–_9\n山路をกาहिकर्म한"
TEXTS = st.lists(st.text(st.sampled_from(LETTERS), max_size=12), max_size=8).map(" ".join)


def is_indexed(text: str, typed: str) -> bool:
    """Whether an index of this text alone has what is typed."""
    query = word_query(typed)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(text, tokenize=\"ascii tokenchars '_'\")"
        )
        connection.execute("INSERT INTO words VALUES (?)", (words_of(text),))
        asked = f'"{" ".join(query.words)}"{"*" * query.goes_on}'
        return bool(
            connection.execute("SELECT 1 FROM words WHERE words MATCH ?", (asked,)).fetchall()
        )


def whole_word_matches(text: str, words: str) -> list[tuple[int, int]]:
    """What search in a book finds in a chapter with this text."""
    comparable = Folded(text, match_case=False)
    return list(matcher(SearchQuery(words, whole_words=True)).spans(comparable))


@given(TEXTS, st.data())
@example("ab ab", None)
def test_whole_words_of_a_text_are_in_its_index(text: str, data: st.DataObject | None) -> None:
    if data is None:
        words = "ab ab"
    else:
        blocks = [block for block in text.split(BORDER) if block.strip()]
        if not blocks:
            return
        block = data.draw(st.sampled_from(blocks))
        start = data.draw(st.integers(0, len(block) - 1))
        words = block[start : start + data.draw(st.integers(1, 14))]
    if word_query(words).is_empty or not whole_word_matches(text, words):
        return
    assert is_indexed(text, words)
    assert pattern(word_query(words)).search(folded(text, match_case=False))


@given(TEXTS, st.text(st.sampled_from(LETTERS), min_size=1, max_size=8))
def test_the_excerpt_is_there_exactly_when_the_index_says_so(text: str, typed: str) -> None:
    query = word_query(typed)
    if query.is_empty:
        return
    there = pattern(query).search(folded(text, match_case=False)) is not None
    assert there == is_indexed(text, typed)


@given(BODIES)
def test_generated_chapters_are_found_in_the_index_by_their_words(body: str) -> None:
    text = SearchText(ContentModel(page(body).encode(), lambda _: "").tree).text
    for block in text.split(BORDER):
        if not word_query(block).is_empty and len(block) < 500:
            assert is_indexed(text, block)


@given(st.text(max_size=60))
def test_any_text_can_be_asked_for(typed: str) -> None:
    query = word_query(typed)
    if not query.is_empty:
        pattern(query).search("some text")
        assert is_indexed("x", typed) in (True, False)


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", few([n for n in book_names() if "bad-fallback" not in n] or ["absent"], 6)
)
def test_what_search_in_a_book_finds_the_index_finds(name: str) -> None:
    rng = random.Random(name)
    with Container.open(book(name)) as container, TemporaryDirectory() as folder:
        publication = read_publication(container)
        index = TextIndexWriter(Path(folder) / "index", words_of)
        pieces = [KeptPiece(*piece) for piece in text_pieces(container, publication)]
        index.put(IndexedBook(BookId(7), "sha"), pieces)
        index.close()
        models = ContentModels(container, publication)
        texts = {
            n: SearchText(model.tree).text
            for n in range(len(publication.reading_order))
            if (model := models.glance(n)) is not None
        }
        question = TextIndex(Path(folder) / "index").question()
        assert question is not None
        with closing(question):
            for _ in range(25):
                words = _some_words(list(texts.values()), rng)
                query = word_query(words)
                if query.is_empty:
                    continue
                expected = {n for n, text in texts.items() if whole_word_matches(text, words)}
                hits, _ = question.books_with(query.words, goes_on=query.goes_on)
                found = {
                    piece.spine_index
                    for one in hits
                    for number in one.pieces
                    if (piece := question.piece(number)) is not None
                }
                assert expected <= found, words


def _some_words(texts: list[str], rng: random.Random) -> str:
    """A few words that follow each other somewhere."""
    text = rng.choice([text for text in texts if text] or [""])
    block = rng.choice(text.split(BORDER)).split(" ")
    start = rng.randrange(len(block))
    return " ".join(block[start : start + rng.randint(1, 4)])
