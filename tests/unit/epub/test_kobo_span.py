"""koboSpan segments against the 54 vectors made with the compiled kepubify."""

import json
from pathlib import Path
from typing import Any

import pytest

from kios_desktop.domain.locator import Place, Precision
from kios_desktop.epub.container import Container
from kios_desktop.epub.kobo_span import Segments
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from kios_desktop.epub.source_tree import SourceTree
from tests.books import BookDraft, page
from tests.effort import size

VECTORS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("kobospan-vectors.json").read_text(encoding="utf-8")
)["cases"]
KEPUB = (
    '<p><span class="koboSpan" id="kobo.1.1">One.</span> '
    '<span class="koboSpan" id="kobo.4.2">Two.</span></p>'
)


def segments(body: str) -> Segments:
    return Segments(SourceTree(page(body)))


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: str(case["name"]))
def test_numbering_is_kepubifys(case: dict[str, Any]) -> None:
    found = [
        {"id": s.name, "text": s.text} if s.text else {"id": s.name, "image": True}
        for s in Segments(SourceTree(case["xhtml"])).all
    ]
    assert found == case["kepubify"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("kobo.2.1", (8, True)),
        ("kobo.1.9", (4, False)),
        ("kobo.9.9", (8, False)),
        ("kobo.0.5", (0, False)),
        ("KOBO.1.2", (4, True)),
        ("kobo", None),
        ("", None),
    ],
)
def test_missing_spans_lead_to_the_one_before(
    value: str, expected: tuple[int, bool] | None
) -> None:
    assert segments("<p>One. Two.</p><p>Three.</p>").find(value) == expected


@pytest.mark.parametrize(
    ("body", "ordinal", "expected"),
    [
        ("<p>One. Two.</p>", 0, "kobo.1.1"),
        ("<p>One. Two.</p>", 4, "kobo.1.2"),
        ("<p>One. Two.</p>", 99, "kobo.1.2"),
        ("<p>One.</p><pre>skipped</pre><p>Two.</p>", 6, "kobo.2.1"),
        ("<p>One.</p><pre>skipped</pre>", 6, "kobo.1.1"),
        ("<div><img src='x'/></div>", 0, "kobo.1.1"),
        ("", 0, ""),
    ],
)
def test_place_is_in_its_segment(body: str, ordinal: int, expected: str) -> None:
    assert segments(body).at(ordinal) == expected


def test_ids_of_a_kepub_are_taken_as_they_are() -> None:
    found = segments(KEPUB)
    assert found.is_kepub
    assert [s.name for s in found.all] == ["kobo.1.1", "kobo.4.2"]
    assert found.find("kobo.4.2") == (4, True)
    assert found.at(5) == "kobo.4.2"


@pytest.mark.parametrize(
    ("value", "progression", "place", "precision"),
    [
        ("kobo.1.2", None, Place(0, 7), Precision.EXACT),
        ("kobo.1.2", 0.1, Place(0, 7), Precision.EXACT),
        ("kobo.1.1", 0.5, Place(0, 105), Precision.FRACTION),
        ("kobo.1.2", 0.9, Place(0, 189), Precision.FRACTION),
        ("nonsense", 0.5, Place(0, 105), Precision.FRACTION),
        ("nonsense", None, Place(0, 0), Precision.ITEM),
    ],
)
def test_progression_corrects_spans_of_other_converters(
    value: str, progression: float | None, place: Place, precision: Precision, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=["<p>" + "Sixty 1. " * 30 + "</p>"])
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        places = Places(container, read_publication(container))
        found = places.from_kobo_span(value, "EPUB/chapter0001.xhtml", progression)
        assert (found.place, found.precision) == (place, precision)


@pytest.mark.parametrize("piece", ["<p><div>a", '<span class="koboSpan" id="kobo.1.1">a'])
def test_nesting_costs_no_more_than_its_length(piece: str) -> None:
    """A look at all that is around each would take minutes; faulthandler ends the run then."""
    assert segments(piece * size(50_000)).at(0).startswith("kobo.1.")


def test_a_span_inside_another_ends_where_it_ends() -> None:
    inner = '<span class="koboSpan" id="kobo.1.2">two</span>'
    found = segments(f'<p><span class="koboSpan" id="kobo.1.1">one{inner}three</span>four</p>').all
    assert [(s.ordinal, s.end, s.text) for s in found] == [(0, 11, "onetwothree"), (3, 6, "")]
