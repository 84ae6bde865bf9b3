"""What a search finds is there, and what is there it finds: over generated chapters and books."""

import random
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.resources import ContentModels
from kios_desktop.epub.search import BookSearch
from kios_desktop.epub.search_folding import DEPENDENT, Folded, folded
from kios_desktop.epub.search_query import SearchQuery, is_whole, matcher
from kios_desktop.epub.search_text import BORDER, INVISIBLE, SPACES, SearchText
from tests.books import page
from tests.corpus import book, book_names
from tests.effort import few, some

LEFT_OUT = re.compile(rf"[\s{INVISIBLE}{SPACES}]+")
WORDS = st.text(
    st.sampled_from("ab .!éßﬁ😀\u00a0\u3000\n\t\u00ad\u0301\u200b漢’–"), max_size=14
) | st.sampled_from(
    ["&amp;", "&nbsp;", "&shy;", "<!-- c -->", "<![CDATA[<x> &]]>", "<br/>", "<img src='x'/>",
     "<hr/>", "word " * 1700, "&#x1F600;"]
)  # fmt: skip
NAMES = ("b", "i", "span", "a", "ruby", "rt", "rp", "p", "div", "li", "td", "tr", "table", "script")
ATTRIBUTES = ("", " hidden=''", " class='hidden'", " style='display:none'", " id='x'")


def element(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, attributes, inside: f"<{name}{attributes}>{''.join(inside)}</{name}>",
        st.sampled_from(NAMES),
        st.sampled_from(ATTRIBUTES),
        st.lists(content, max_size=5),
    )


BODIES = st.lists(st.recursive(WORDS, element, max_leaves=14), max_size=5).map("".join)


def model(body: str) -> ContentModel:
    return ContentModel(page(body).encode(), lambda _: "")


def check_ordinals(one: ContentModel, seen: SearchText, indexes: Sequence[int]) -> None:
    """Each character that can be searched is the one that its ordinal counts, in this order."""
    last = -1
    for index in indexes:
        character = seen.text[index]
        if character in f" {BORDER}":
            continue
        ordinal = seen.ordinal(index)
        assert one.stream[ordinal] == character
        assert ordinal > last
        last = ordinal


@given(BODIES)
def test_every_character_is_where_its_ordinal_says(body: str) -> None:
    one = model(body)
    seen = SearchText(one.tree)
    check_ordinals(one, seen, range(len(seen.text)))
    assert "  " not in seen.text
    assert all(block == block.strip() and block for block in seen.text.split(BORDER)) or (
        not seen.text
    )


@given(BODIES, st.data())
def test_a_piece_of_a_block_is_found_where_it_was_taken_from(
    body: str, data: st.DataObject
) -> None:
    one = model(body)
    seen = SearchText(one.tree)
    blocks = [block for block in seen.text.split(BORDER) if block]
    if not blocks:
        return
    block = data.draw(st.sampled_from(blocks))
    start = data.draw(st.integers(0, len(block) - 1))
    end = min(len(block), start + data.draw(st.integers(1, 12)))
    piece = block[start:end]
    for match_case in (False, True):
        query = SearchQuery(piece, match_case)
        if query.is_empty or DEPENDENT.match(block, start) or DEPENDENT.match(block, end):
            continue
        text = Folded(seen.text, match_case)
        spans = [text.span(*span) for span in matcher(query).spans(text)]
        assert spans, piece
        for span in spans:
            whole = seen.text[slice(*span)]
            assert BORDER not in whole
            assert folded(piece.strip(), match_case).strip() in folded(whole, match_case)
            first, past = seen.ordinals(*span)
            assert 0 <= first < past <= one.total
            assert one.stream[first] == whole[0]
            assert one.stream[past - 1] == whole[-1]


@given(st.text(max_size=40), st.text(max_size=6))
def test_whole_words_are_those_of_a_regular_expression(text: str, word: str) -> None:
    if not word.isascii() or not text.isascii() or not word:
        return
    found = [m.start() for m in re.finditer(rf"(?=({re.escape(word)}))", text)]
    for start in found:
        end = start + len(word)
        expected = all(
            not (0 < at < len(text)) or not (_is_word(text[at - 1]) and _is_word(text[at]))
            for at in (start, end)
        )
        assert is_whole(text, start, end) == expected


def _is_word(character: str) -> bool:
    return re.match(r"\w", character) is not None


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_folded_and_leads_back(text: str, match_case: bool) -> None:
    found = Folded(text, match_case)
    last = (0, 0)
    for index in range(len(found.text)):
        span = found.span(index, index + 1)
        assert 0 <= span[0] < span[1] <= len(text)
        assert span >= last
        last = span


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", few([n for n in book_names() if "bad-fallback" not in n] or ["absent"], 8)
)
def test_every_match_in_a_book_is_where_its_ordinals_say(name: str) -> None:
    rng = random.Random(name)
    with Container.open(book(name)) as container:
        publication = read_publication(container)
        models, search = ContentModels(container, publication), BookSearch(container, publication)
        items = some(range(len(publication.reading_order)), 12)
        for spine_index in items:
            one = models.at(spine_index)
            if one is None:
                continue
            seen = SearchText(one.tree)
            length = len(seen.text)
            check_ordinals(one, seen, sorted(rng.sample(range(length), min(length, 400))))
        words = _words(models, items, rng)
        for word in words:
            for match in (m for found in search.find(SearchQuery(word)) for m in found):
                one = models.at(match.spine_index)
                assert one is not None
                there = LEFT_OUT.sub("", one.stream[match.start : match.end])
                said = LEFT_OUT.sub("", match.text)
                assert there == said or _is_within(said, there)
                assert folded(word, False) in folded(match.text, False)


def _words(models: ContentModels, items: Sequence[int], rng: random.Random) -> list[str]:
    texts = [SearchText(one.tree).text for n in items if (one := models.at(n)) is not None]
    every = sorted({word for text in texts for word in re.findall(r"\w{4,12}", text)})
    return rng.sample(every, min(len(every), 5))


def _is_within(said: str, there: str) -> bool:
    """Whether the characters stand there in this order, with ruby or the like between them."""
    rest = iter(there)
    return all(character in rest for character in said)
