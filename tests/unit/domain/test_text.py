"""Text from elsewhere, made clean."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kios_desktop.domain.text import clean_line, clean_text, exact, mended, with_legal_references

ANY = st.text(st.characters() | st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Mn"]))
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize("clean", [clean_line, clean_text, mended, exact])
@given(text=ANY)
@example(text="a\ud83d")
@example(text="\ude00\ud83d")
@example(text="\x00\x0b\x85\u2028")
def test_clean_text_can_be_written_and_stays_as_it_is(
    clean: Callable[[str], str], text: str
) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned


@given(ANY, st.integers(1, 40))
@example("\u200d" * 40 + "a", 20)
@example("e" + "\u0301" * 40, 20)
@example("a \u0301", 2)
def test_a_line_has_no_controls_and_no_more_than_its_length(text: str, longest: int) -> None:
    shown = clean_line(text, longest)
    assert len(shown) <= longest
    assert clean_line(shown, longest) == shown == shown.strip()
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not set(shown) & set(BIDI)
    assert "  " not in shown


@given(ANY, st.integers(1, 40))
def test_a_passage_has_no_controls_but_line_ends(text: str, longest: int) -> None:
    shown = clean_text(text, longest)
    assert len(shown) <= longest
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in ("Cc", "Cs")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  Emma \n\t by\u2028Jane ", "Emma by Jane"),
        ("a\ud83d", "a\ufffd"),
        ("a\ud83d\ude00b", "a\U0001f600b"),
        ("caf\udce9.epub", "caf\ufffd.epub"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("\u202eevil\u202c \u2067x", "evil x"),
        ("\u200fשלום\u200e", "\u200fשלום\u200e"),
        ("\ufeffTitle", "Title"),
        ("\u200b\u2060\u00ad", ""),
        ("Cafe\u0301", "Cafe\u0301"),
        (FAMILY, FAMILY),
    ],
)
def test_one_line(text: str, shown: str) -> None:
    assert clean_line(text) == shown


def test_a_cut_goes_through_no_sign() -> None:
    assert clean_line("ab" + FAMILY, 4) == "ab"
    assert clean_line("abe\u0301", 3) == "ab"
    assert clean_line("ab\U0001f44d\U0001f3fd", 3) == "ab"
    assert clean_line("ab c", 3) == "ab"


def test_paragraphs_stay_apart() -> None:
    assert clean_text(" One.\r\nTwo.\u2029\tThree.\x00 \x0c") == "One.\nTwo.\n Three."


@pytest.mark.parametrize("text", ["a\ud83d", "a\x00b", "a\nb", "\x1b"])
def test_what_names_something_is_never_mended(text: str) -> None:
    assert exact(text) == ""
    assert exact(" urn:uuid:1 ") == "urn:uuid:1"


@pytest.mark.parametrize(
    ("markup", "legal"),
    [
        ("a&#65;&#x1F600;&amp;", "a&#65;&#x1F600;&amp;"),
        ("&#xD83D;&#xDE00;", "&#128512;"),
        ("&#55357;&#65;", "&#65533;&#65;"),
        ("a&#0;b&#x1f;c", "abc"),
        ("&#99999999;", "&#65533;"),
        ("&#999999999999;&#;", "&#65533;&#;"),
        ("&#" + "9" * 5000 + ";", "&#65533;"),
        ("&#0000055357;&#x0000DE00;", "&#128512;"),
        ("&#x00000D83D;", "&#65533;"),
        ("&#00000000000065;&#x00000000;", "&#65;"),
    ],
)
def test_references_are_those_that_xml_allows(markup: str, legal: str) -> None:
    assert with_legal_references(markup) == legal
