"""“Go to…” understands what people type."""

import pytest

from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.reader.destination import ToFraction, ToPage, parse_destination

LINES = [
    ContentsLine(0, 0, "Preface", 0, ""),
    ContentsLine(1, 0, "Part One", None, ""),
    ContentsLine(2, 1, "Chapter 1", 1, ""),
    ContentsLine(3, 1, "Chapter 12", 2, ""),
    ContentsLine(4, 1, "1984 revisited", 3, ""),
]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("34%", ToFraction(0.34)),
        (" 12,5 % ", ToFraction(0.125)),
        ("100%", ToFraction(1.0)),
        ("5", ToPage(4)),
        ("page 2", ToPage(1)),
        ("P. 6", ToPage(5)),
        ("chapter 1", LINES[2]),
        ("CHAPTER 12", LINES[3]),
        ("pref", LINES[0]),
        ("revis", LINES[4]),
        ("1984", LINES[4]),
        ("101%", None),
        ("part one", None),
        ("page 7", None),
        ("nowhere", None),
        ("   ", None),
    ],
)
def test_words_lead_where_people_mean(words: str, wanted: object) -> None:
    assert parse_destination(words, LINES, pages=6) == wanted


def test_a_printed_page_goes_before_a_page_of_the_chapter() -> None:
    printed = [ContentsLine(7, 1, "xii", 0, "p12"), ContentsLine(8, 1, "2", 3, "p2")]
    assert parse_destination("page XII", LINES, 6, printed) == printed[0]
    assert parse_destination("2", LINES, 6, printed) == printed[1]
    assert parse_destination("3", LINES, 6, printed) == ToPage(2)
