"""Which spellings are one to a search, and where the characters of a folded text come from."""

import sys
import unicodedata

import pytest

from kios_desktop.epub.search_folding import Folded, folded, folded_pattern


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Été", "ete"),
        ("e\u0301te\u0301", "ete"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("STRAẞE", "strasse"),
        ("ﬁn", "fin"),
        ("İstanbul", "istanbul"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("Ёлка", "елка"),
        ("Ørsted, Łódź", "orsted, lodz"),
        ("don’t ‘a’ “b” «c»", 'don\'t \'a\' "b" "c"'),
        ("a–b—c‑d−e", "a-b-c-d-e"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("が", "が"),
        ("か\u3099", "が"),
        ("각", "각"),
        ("\u1100\u1161\u11a8", "각"),
        ("कि", "कि"),
        ("ｅ", "ｅ"),
    ],
)
def test_case_and_diacritics_are_folded(text: str, plain: str) -> None:
    assert folded(text, match_case=False) == plain
    assert Folded(text, match_case=False).text == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Été", "Été"), ("E\u0301te\u0301", "Été"), ("Straße", "Straße"), ("don’t–", "don't-")],
)
def test_where_case_matters_letters_stay_as_they_are(text: str, plain: str) -> None:
    assert folded(text, match_case=True) == plain
    assert Folded(text, match_case=True).text == plain


def test_kana_with_and_without_voicing_are_different_and_so_are_syllables() -> None:
    assert folded("か", False) not in folded("が", False)
    assert folded("가", False) not in folded("각", False)


@pytest.mark.parametrize("match_case", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "Straße und ﬁx, e\u0301 und x\u0304 – “ok”",
        "ß",
        "ßß e\u0301\u0323",
        "\u0301ab",
        "か\u3099く \u1100\u1161\u11a8가",
        "ক\u09c7\u09be ok ß",
        "plain",
        "",
    ],
)
def test_a_folded_character_leads_back_to_what_it_was_made_of(text: str, match_case: bool) -> None:
    found = Folded(text, match_case)
    covered: set[int] = set()
    for index in range(len(found.text)):
        start, end = found.span(index, index + 1)
        covered.update(range(start, end))
        assert found.text[index] in folded(text[start:end], match_case)
    dropped = {n for n, c in enumerate(text) if not folded(c, match_case)}
    assert covered | dropped == set(range(len(text)))


def test_every_character_that_becomes_none_or_several_leads_back() -> None:
    """Of all of Unicode; between neighbours, so that what is off by one would show."""
    for code in range(0x80, sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000:
            continue
        for match_case in (False, True):
            plain = folded(chr(code), match_case)
            if len(plain) != 1:
                found = Folded(f"a{chr(code)}z", match_case)
                assert found.span(len(found.text) - 1, len(found.text)) == (2, 3), hex(code)
                assert found.span(0, 1)[0] == 0


def test_every_letter_is_the_same_composed_and_decomposed() -> None:
    """Of all of Unicode, within other text."""
    for code in range(0x80, sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.is_normalized("NFC", letter) and unicodedata.decomposition(letter):
            apart = unicodedata.normalize("NFD", letter)
            for match_case in (False, True):
                expected = folded(f"x{letter}y", match_case)
                assert Folded(f"x{apart}y", match_case).text == expected, hex(code)


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [
        (r"é+\S", r"e+\S"),
        ("e\u0301", "e"),
        ("É", "e"),
        ("straße", "stra(?:ss)e"),
        ("[éß]", "[eß]"),
        (r"\[ß]", r"\[(?:ss)]"),
        ("a–b", r"a\-b"),
        ("[a–z]", r"[a\-z]"),
        ("“.*”", '".*"'),
    ],
)
def test_a_pattern_is_folded_where_it_stands_for_itself(pattern: str, plain: str) -> None:
    assert folded_pattern(pattern) == plain
