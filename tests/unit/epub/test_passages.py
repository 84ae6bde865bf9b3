"""Passages and their anchors: written as a range, found again in the same file and in others."""

from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.marks import Anchor, Passage, TextQuote
from kios_desktop.epub import cfi
from kios_desktop.epub.passages import Passages
from tests.books import BookDraft

ONE = """<p id="a">Alpha <i>beta</i> gamma, delta.</p><p>Epsilon zeta 😀 eta.</p>"""
NOWHERE = Chapter(-1, "")
TWO = """<p>Iota kappa lambda.</p><p>Mu nu xi omicron.</p>"""


def passages_of(folder: Path, *chapters: str, name: str = "book") -> Passages:
    path = BookDraft(chapters=list(chapters)).write(folder / f"{name}.epub")
    with closing(open_publication(path, None)) as opened:
        for spine_index in range(len(chapters)):
            opened.places.locator(Place(spine_index, 1))  # read while it is open
        return opened.places.passages


def passage(spine: int, start: int, end: int, end_spine: int | None = None) -> Passage:
    return Passage(Place(spine, start), Place(spine if end_spine is None else end_spine, end))


@pytest.mark.parametrize(
    ("where", "text", "expected"),
    [
        (passage(0, 0, 5), "Alpha", "epubcfi(/6/2!/4/2[a],/1:0,/1:5)"),
        (passage(0, 5, 19), "beta gamma, delt", "epubcfi(/6/2!/4/2[a],/2/1:0,/3:12)"),
        (passage(0, 15, 28), "delta. Epsilon", "epubcfi(/6/2!/4,/2[a]/3:8,/4/1:7)"),
        (passage(0, 32, 36), "😀 eta", "epubcfi(/6/2!/4/4,/1:13,/1:19)"),
        (passage(0, 33, 3, end_spine=1), "eta. Iot", "epubcfi(/6,/2!/4/4/1:16,/4!/4/2/1:3)"),
        (passage(1, 4, 4), "", "epubcfi(/6/4!/4/2/1:5)"),
    ],
)
def test_an_anchor_has_a_range_and_the_text(
    where: Passage, text: str, expected: str, tmp_path: Path
) -> None:
    passages = passages_of(tmp_path, ONE, TWO)
    anchor = passages.anchor(where, "hash")
    assert anchor.quote.exact == text
    assert anchor.cfi == expected
    assert cfi.parse(anchor.cfi) is not None
    for known in (
        anchor,
        replace(anchor, passage=None),
        replace(anchor, cfi="", passage=where),
    ):
        assert passages.find(known) == where


def test_what_surrounds_it_is_kept(tmp_path: Path) -> None:
    quote = passages_of(tmp_path, ONE, TWO).anchor(passage(0, 5, 9), "").quote
    assert quote == TextQuote("beta", "Alpha", "gamma, delta. Epsilon zeta 😀 eta.")


@pytest.mark.parametrize(
    ("chapters", "expected"),
    [
        ([f"<h1>A new title</h1>{ONE}", TWO], passage(0, 24, 38)),  # something came before
        ([TWO, ONE], passage(1, 15, 29)),  # another order
        ([ONE.replace("<i>beta</i>", "be\u00adta").replace("> E", ">E"), TWO], passage(0, 16, 30)),
        ([f"<div><span>{ONE}</span></div>", TWO], passage(0, 15, 29)),  # other markup
        ([TWO, TWO], None),  # another text
    ],
)
def test_in_another_file_it_is_found_by_its_text(
    chapters: list[str], expected: Passage | None, tmp_path: Path
) -> None:
    anchor = passages_of(tmp_path, ONE, TWO).anchor(passage(0, 15, 29), "old")
    assert anchor.quote.exact == "delta. Epsilon z"
    assert passages_of(tmp_path, *chapters, name="other").find(anchor) == expected


def test_of_five_hundred_equal_passages_the_one_with_the_same_surroundings(tmp_path: Path) -> None:
    lines = [f"<p>{n} the same words {n + 1}</p>" for n in range(1000, 1500)]
    where = passage(0, 20 * 250 + 4, 20 * 250 + 16)
    anchor = passages_of(tmp_path, "".join(lines)).anchor(where, "")
    assert anchor.quote.exact == "the same words"
    found = passages_of(tmp_path, "".join(["<p>New.</p>", *lines]), name="other").find(anchor)
    assert found == passage(0, 4 + 20 * 250 + 4, 4 + 20 * 250 + 16)


def test_without_its_surroundings_the_one_nearest_to_where_it_was(tmp_path: Path) -> None:
    chapter = "<p>the same words</p>" * 500
    anchor = passages_of(tmp_path, chapter).anchor(passage(0, 12 * 300, 12 * 300 + 12), "")
    other = passages_of(tmp_path, f"<p>New</p>{chapter}", name="other")
    assert other.find(replace(anchor, cfi="")) == passage(0, 12 * 300 + 3, 12 * 300 + 15)


def test_a_passage_whose_middle_was_edited_is_found_by_its_ends(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(60)]
    text = " ".join(words)
    anchor = passages_of(tmp_path, f"<p>Before. {text} After.</p>").anchor(passage(0, 7, 357), "")
    assert anchor.quote.exact == text
    edited = " ".join([*words[:30], "inserted", *words[30:]])
    found = passages_of(tmp_path, f"<p>Before. {edited} After.</p>", name="other").find(anchor)
    assert found == passage(0, 7, 357 + len("inserted"))


@pytest.mark.parametrize(
    "anchor",
    [
        Anchor(None, "", TextQuote(""), "", NOWHERE, ""),
        Anchor(None, "epubcfi(/6/4!/4,/4/1:3,/2/1:1)", TextQuote("not here"), "", NOWHERE, ""),
        Anchor(
            passage(7, 1, 2),
            "epubcfi(/6/99!/4,/1:3,/2)",
            TextQuote("nor so"),
            "x",
            NOWHERE,
            "",
        ),
        Anchor(passage(0, 900, 999), "garbage,,,(", TextQuote("a"), "", NOWHERE, ""),
    ],
)
def test_a_foreign_anchor_is_somewhere_or_nowhere(anchor: Anchor, tmp_path: Path) -> None:
    assert passages_of(tmp_path, ONE, TWO).find(anchor) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epubcfi(/6/2!/4/2[a],/1:0,/1:5)", passage(0, 0, 5)),
        ("epubcfi(/6/4!/4/2/1:5)", passage(1, 4, 4)),
        ("epubcfi(/6/2!/4/2,/1:5,/1:0)", None),
        ("epubcfi(/6/2!/4/98/1:0)", None),
        ("epubcfi(/6/2!/4/2[gone]/1:0)", None),
        ("epubcfi(/6/98!/4/2/1:0)", None),
        ("epubcfi(/6/2)", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_a_cfi_leads_somewhere_exactly_or_nowhere(
    text: str, expected: Passage | None, tmp_path: Path
) -> None:
    assert passages_of(tmp_path, ONE, TWO).at_cfi(text) == expected


def test_places_beyond_a_chapter_are_not_taken_for_its_text(tmp_path: Path) -> None:
    passages = passages_of(tmp_path, ONE)
    known = replace(passages.anchor(passage(0, 15, 37), "hash"), cfi="")
    damaged = replace(known, passage=passage(0, 15, 4000))
    assert passages.find(damaged) == passage(0, 15, 37)
