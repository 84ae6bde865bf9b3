"""CFIs: grammar and order, and their way into a document and back."""

from itertools import pairwise
from pathlib import Path

import pytest

from kios_desktop.domain.locator import Place, Precision
from kios_desktop.epub import cfi
from kios_desktop.epub.cfi import Cfi
from kios_desktop.epub.cfi import CfiStep as Step
from kios_desktop.epub.cfi import Path as CfiPath
from kios_desktop.epub.cfi_places import CfiMatch, content_path, resolve
from kios_desktop.epub.container import Container
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from tests.books import BookDraft, page


def model(body: str) -> ContentModel:
    return ContentModel(page(body).encode(), lambda _: "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epubcfi(/6/4!/4/2:3)",
         Cfi(CfiPath((Step(6), Step(4), Step(4), Step(2)), (2,), 3))),
        ("epubcfi(/6/4[ch^]1]!/4[a^^b])",
         Cfi(CfiPath((Step(6), Step(4, "ch]1"), Step(4, "a^b")), (2,)))),
        ("epubcfi(/6/4!/4/2/1:3[before,after])",
         Cfi(CfiPath((Step(6), Step(4), Step(4), Step(2), Step(1)), (2,), 3, "before", "after"))),
        ("epubcfi(/6/4!/4/1:2[;s=a])",
         Cfi(CfiPath((Step(6), Step(4), Step(4), Step(1)), (2,), 2, side="a"))),
        ("epubcfi(/6/4!/4/2~1.5@10:20.5)",
         Cfi(CfiPath((Step(6), Step(4), Step(4), Step(2)), (2,)))),
        ("epubcfi(/6/4!/4,/2/1:1,/4/1:2)",
         Cfi(CfiPath((Step(6), Step(4), Step(4), Step(2), Step(1)), (2,), 1),
             CfiPath((Step(6), Step(4), Step(4), Step(4), Step(1)), (2,), 2))),
        ("/4/2/1:3", Cfi(CfiPath((Step(4), Step(2), Step(1)), (), 3))),
        ("epubcfi()", None),
        ("epubcfi(/x)", None),
        ("epubcfi(/6/99999999999)", None),
        ("epubcfi(6/4)", None),
        ("epubcfi(/6,/4)", Cfi(CfiPath((Step(6), Step(4))))),
        ("/body/DocFragment[1]", None),
        ("", None),
    ],
)  # fmt: skip
def test_grammar(text: str, expected: Cfi | None) -> None:
    assert cfi.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["epubcfi(/6/4!/4/2:3)", "epubcfi(/6/4[a^,b^]]!/4[x^(y^)])", "epubcfi(/6/4!)", "epubcfi(/6/4)"],
)
def test_written_point_is_what_was_read(text: str) -> None:
    parsed = cfi.parse(text)
    assert parsed is not None
    assert cfi.format_point(parsed.start) == text


def test_points_are_ordered_as_they_are_read() -> None:
    ordered = [
        "epubcfi(/6/4!/4)",
        "epubcfi(/6/4!/4/2)",
        "epubcfi(/6/4!/4/2/1:0)",
        "epubcfi(/6/4!/4/2/1:3)",
        "epubcfi(/6/4!/4/2/3:0)",
        "epubcfi(/6/4!/4/10)",
        "epubcfi(/6/6!/4)",
    ]
    points = [parsed.start for parsed in map(cfi.parse, ordered) if parsed is not None]
    assert [cfi.compare(a, b) for a, b in pairwise(points)] == [-1] * 6
    assert cfi.compare(points[3], points[3]) == 0
    assert cfi.compare(points[4], points[3]) == 1


@pytest.mark.parametrize(
    ("body", "steps", "offset", "expected"),
    [
        ("<p>alpha</p>", (4, 2, 1), 2, CfiMatch(2, True, 3)),
        ("<p>a<b>b</b>c</p>", (4, 2, 3), 0, CfiMatch(2, True, 3)),
        ("<p>a<!-- x -->b<?pi?>c</p>", (4, 2, 1), 2, CfiMatch(2, True, 3)),
        ("<p>a<![CDATA[bc]]>d</p>", (4, 2, 1), 3, CfiMatch(3, True, 3)),
        ("<p>😀b</p>", (4, 2, 1), 2, CfiMatch(1, True, 3)),
        ("<p>a  b</p>", (4, 2, 1), 2, CfiMatch(1, True, 3)),
        ("<p>a</p>", (4, 2, 1), 1, CfiMatch(1, True, 3)),
        ("<p>a</p>", (4, 2, 1), 9, CfiMatch(1, False, 3)),
        ("<p>a</p><p>b</p>", (4, 4), None, CfiMatch(1, True, 2)),
        ("<p>a</p><p>b</p>", (4, 8), None, CfiMatch(0, False, 1)),
        ("<p>a</p><p>b</p>", (4, 2, 0), None, CfiMatch(0, True, 2)),
        ("<p>a<img src='x'/></p><p>b</p>", (4, 2, 2), 0, CfiMatch(1, True, 3)),
        ("<p>a<i/><b/>c</p>", (4, 2, 3), 0, CfiMatch(1, True, 3)),
        ("<p>a</p>", (4, 2, 9), 0, CfiMatch(1, False, 3)),
    ],
)
def test_steps_lead_to_their_place(
    body: str, steps: tuple[int, ...], offset: int | None, expected: CfiMatch
) -> None:
    assert resolve(model(body), tuple(map(Step, steps)), offset) == expected


def test_id_that_is_elsewhere_wins_over_the_number() -> None:
    one = model("<p>new</p><p id='x'>old</p>")
    assert resolve(one, (Step(4), Step(2, "x"), Step(1)), 1) == CfiMatch(4, True, 3)


def test_id_that_is_gone_leaves_the_number_in_doubt() -> None:
    one = model("<p>new</p>")
    assert resolve(one, (Step(4), Step(2, "gone"), Step(1)), 1) == CfiMatch(1, False, 3)


def test_crlf_counts_as_one() -> None:
    one = ContentModel(page("<p>a\r\nbc</p>").encode(), lambda _: "")
    assert content_path(one, 2).offset == 3


@pytest.mark.parametrize("extra", ["", "<extra/>"])
def test_package_steps_are_the_real_ones(extra: str, tmp_path: Path) -> None:
    draft = BookDraft(spine='<itemref idref="nope"/><itemref idref="c1"/>')
    opf = draft.entries()["EPUB/package.opf"].decode().replace("<manifest>", extra + "<manifest>")
    draft.files = {"EPUB/package.opf": opf}
    with Container.open(draft.write(tmp_path / "book.epub")) as container:
        places = Places(container, read_publication(container))
        spine = 8 if extra else 6
        assert places.cfi(Place(2, 0)) == f"epubcfi(/{spine}/8!/4/2/1:0)"
        found = places.from_cfi(f"epubcfi(/{spine}/8!/4/4/1:2)")
        assert (found.place, found.precision) == (Place(2, 5), Precision.EXACT)


@pytest.mark.parametrize(
    ("text", "place", "precision"),
    [
        ("epubcfi(/6/4!)", Place(1, 0), Precision.ITEM),
        ("epubcfi(/6/4)", Place(1, 0), Precision.ITEM),
        ("epubcfi(/6/99!/4/2)", None, Precision.NONE),
        ("epubcfi(/6/99[c2]!/4/2/1:1)", Place(1, 1), Precision.EXACT),
        ("nonsense", None, Precision.NONE),
    ],
)
def test_package_path_names_the_item(
    text: str, place: Place | None, precision: Precision, tmp_path: Path
) -> None:
    with Container.open(BookDraft().write(tmp_path / "book.epub")) as container:
        found = Places(container, read_publication(container)).from_cfi(text)
        assert (found.place, found.precision) == (place, precision)
