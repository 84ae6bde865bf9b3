"""The words of texts in all kinds of scripts, and where they follow each other."""

import re
import sys
import unicodedata

import pytest

from kios_desktop.epub.search_folding import folded
from kios_desktop.epub.search_words import (
    BORDER_WORD,
    MOST_WORDS,
    UNSPACED,
    WordQuery,
    indexed,
    marks,
    pattern,
    word_query,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call me Ishmael.", ["call", "me", "ishmael"]),
        ("GROSSE Straße, naïve", ["grosse", "strasse", "naive"]),
        ("don’t — ‘tis snake_case 4th", ["don", "t", "tis", "snake_case", "4th"]),
        ("山路を登り", ["山", "路", "を", "登", "り"]),
        ("Tokyo東京1964", ["tokyo", "東", "京", "1964"]),
        ("สวัสดี", list("สวัสดี")),
        ("한국어 책", ["한국어", "책"]),
        ("हिन्दी किताब", ["हिन्दी", "किताब"]),
        ("كِتَابٌ", ["كتاب"]),
        ("… — !", []),
    ],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert words(folded(text, match_case=False)) == expected


def test_blocks_are_kept_apart() -> None:
    assert indexed("one two\nthree\n…") == f"one two {BORDER_WORD} three {BORDER_WORD} "


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Moby Di", WordQuery(("moby", "di"), goes_on=True)),
        ("moby d", WordQuery(("moby", "d"))),
        ("C++", WordQuery(("c",))),
        ("“whale”", WordQuery(("whale",))),
        ("wha\u00adle", WordQuery(("whale",), goes_on=True)),
        ("国", WordQuery(("国",))),
        (" ", WordQuery(())),
        ('" * NEAR( - OR', WordQuery(("near", "or"), goes_on=True)),
    ],
)
def test_what_is_asked_for_what_is_typed(typed: str, expected: WordQuery) -> None:
    assert word_query(typed) == expected


def test_an_endless_query_is_cut() -> None:
    query = word_query("a bc " * 5000)
    assert len(query.words) == MOST_WORDS
    assert not query.goes_on


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("the sea", "Over the sea, and the Season’s end", ["the sea", "the Season"]),
        ("the sea.", "the seas of the sea", ["the sea"]),
        ("foo bar", "foo, “bar” foo\nbar foobar", ["foo, “bar"]),
        ("路を", "山路を登り", ["路を"]),
        ("東京", "東・京 東、京 東京", ["東、京", "東京"]),
        ("tokyo 東京", "Tokyo東京", ["Tokyo東京"]),
        ("a", "a cat, a hat", ["a", "a"]),
        ("strasse", "Straße STRASSEN Landstraße", ["Straße", "STRASSEN"]),
        ("किताब", "किताबें अकिताब", ["किताबें"]),
    ],
)
def test_where_words_follow_each_other(typed: str, text: str, found: list[str]) -> None:
    plain = folded(text, match_case=False)
    there = [match[0] for match in pattern(word_query(typed)).finditer(plain)]
    assert there == [folded(one, match_case=False) for one in found]


def test_all_marks_of_unicode_are_known() -> None:
    known = re.compile(f"[{marks()}{UNSPACED}]")
    every = (chr(code) for code in range(sys.maxunicode + 1))
    missing = [one for one in every if unicodedata.category(one)[0] == "M" and not known.match(one)]
    assert missing == []


def test_no_letter_is_taken_for_a_mark() -> None:
    known = re.compile(f"[{marks()}]")
    every = (chr(code) for code in range(sys.maxunicode + 1))
    assert not [one for one in every if known.match(one) and unicodedata.category(one)[0] != "M"]


def test_a_word_of_ten_thousand_letters_is_one() -> None:
    long = "x" * 10_000
    query = word_query(long)
    assert query.words == (long,)
    assert pattern(query).search(f"a {long}y b") is not None
