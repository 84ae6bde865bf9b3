"""The one door: the ladder from exact addresses down to nothing, locators, chapters, progress."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kios_desktop.domain.locator import Chapter, Place, Precision, Quote
from kios_desktop.epub.container import Container
from kios_desktop.epub.grid import Grid, float32
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from tests.books import BookDraft, page

LONG = "".join(f"<p>Paragraph number {n} says something of its own, once.</p>" for n in range(60))


@contextmanager
def places_of(draft: BookDraft, folder: Path) -> Iterator[Places]:
    with Container.open(draft.write(folder / "book.epub")) as container:
        yield Places(container, read_publication(container))


@pytest.mark.parametrize(
    ("text", "fraction", "place", "precision"),
    [
        ("/body/DocFragment[2]/body/p[3]/text().10", None, Place(1, 95), Precision.EXACT),
        ("/body/DocFragment[2]/body/p[3]", 0.01, Place(1, 86), Precision.EXACT),
        ("/body/DocFragment[2].0", None, Place(1, 0), Precision.ITEM),
        ("/body/DocFragment[2].0", 0.5, Place(1, 0), Precision.ITEM),
        ("#_doc_fragment_1_ second", None, Place(1, 2630), Precision.EXACT),
        ("#_doc_fragment_1_ gone", None, Place(1, 0), Precision.ITEM),
        ("/body/DocFragment[2]/body/p[3]/b/text().0", None, Place(1, 86), Precision.ELEMENT),
        ("/body/DocFragment[2]/body/div[9]/p", None, Place(1, 0), Precision.ITEM),
        ("/body/DocFragment[2]/body/div[9]/p", 0.5, Place(1, 1318), Precision.FRACTION),
        ("/body/DocFragment[2]/body/div[9]/p", 0.001, Place(1, 1), Precision.FRACTION),
        ("/body/DocFragment[9]/body/p", None, None, Precision.NONE),
        ("/body/DocFragment[0]/body/p", None, None, Precision.NONE),
        ("/body/DocFragment[9]/body/p", 0.5, Place(1, 1318), Precision.FRACTION),
        ("nonsense", 1.0, Place(2, 5), Precision.FRACTION),
        ("nonsense", math.nan, None, Precision.NONE),
        ("nonsense", None, None, Precision.NONE),
    ],
)
def test_xpointer_ladder(
    text: str, fraction: float | None, place: Place | None, precision: Precision, tmp_path: Path
) -> None:
    draft = BookDraft(chapters=["<p>x</p>", LONG + "<p id='second'>yy</p>", "<p>after</p>"])
    with places_of(draft, tmp_path) as places:
        places.measure()
        found = places.from_xpointer(text, fraction)
        assert (found.place, found.precision) == (place, precision)


def test_old_numbering_is_tried_when_the_percentage_agrees(tmp_path: Path) -> None:
    draft = BookDraft(
        chapters=["<p>first</p>", "<h2>second</h2>" + LONG],
        manifest='<item id="s" href="p.svg" media-type="image/svg+xml"/>',
        files={"EPUB/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"},
    )
    opf = draft.entries()["EPUB/package.opf"].decode()
    opf = opf.replace("<spine>", '<spine><itemref idref="s"/>')
    draft.files = {**draft.files, "EPUB/package.opf": opf}
    with places_of(draft, tmp_path) as places:
        places.measure()
        old = "/body/DocFragment[2]/body/p[31]/text().0"
        ordinal = places.from_xpointer("/body/DocFragment[3]/body/p[31]/text().0").place
        assert places.from_xpointer(old, 0.5).place == ordinal
        assert places.from_xpointer(old, 0.95).place != ordinal


@pytest.mark.parametrize("kind", ["missing", "picture", "json", "no body", "fragment"])
def test_items_the_engine_cannot_read_have_one_place(kind: str, tmp_path: Path) -> None:
    item = {
        "missing": '<item id="x" href="gone.xhtml" media-type="application/xhtml+xml"/>',
        "picture": '<item id="x" href="x.png" media-type="image/png"/>',
        "json": '<item id="x" href="x.json" media-type="application/json" fallback="c1"/>',
        "no body": '<item id="x" href="x.xhtml" media-type="application/xhtml+xml"/>',
        "fragment": '<item id="x" href="chapter0001.xhtml#a" media-type="application/xhtml+xml"/>',
    }[kind]
    draft = BookDraft(
        manifest=item,
        spine='<itemref idref="x"/>',
        files={
            "EPUB/x.png": b"x",
            "EPUB/x.json": "{}",
            "EPUB/x.xhtml": "<html xmlns='http://www.w3.org/1999/xhtml'><p>text</p></html>",
        },
    )
    with places_of(draft, tmp_path) as places:
        assert places.xpointer(Place(2, 3)) == "/body/DocFragment[3].0"
        found = places.from_xpointer("/body/DocFragment[3]/body/p/text().2")
        assert (found.place, found.precision) == (Place(2, 0), Precision.ITEM)


def test_resource_listed_twice_answers_its_first_place(tmp_path: Path) -> None:
    draft = BookDraft(spine='<itemref idref="c1"/>')
    with places_of(draft, tmp_path) as places:
        assert places.from_locator({"href": "EPUB/chapter0001.xhtml"}).place == Place(0, 0)
        assert places.from_xpointer("/body/DocFragment[3]/body/h1/text().1").place == Place(2, 1)
        assert places.xpointer(Place(2, 1)) == "/body/DocFragment[3]/body/h1/text().1"


def test_locator_has_all_that_people_and_programs_need(tmp_path: Path) -> None:
    with places_of(BookDraft(), tmp_path) as places:
        places.measure()
        locator = places.locator(Place(1, 3))
        assert locator.href == "EPUB/chapter0002.xhtml"
        assert locator.ordinal_total == 13
        assert locator.chapter == Chapter(1, "Chapter 2")
        assert locator.quote == Quote("Two", "More words.")
        assert locator.total_progression == pytest.approx((14 + 3) / (14 + 13))


def test_places_outside_the_book_are_clamped(tmp_path: Path) -> None:
    with places_of(BookDraft(), tmp_path) as places:
        assert places.locator(Place(99, 99)).place == Place(1, 13)
        assert places.locator(Place(0, 99)).place == Place(0, 14)


def test_chapter_is_the_nearest_entry_at_or_before(tmp_path: Path) -> None:
    nav = page(
        '<nav epub:type="toc"><ol><li><a href="chapter0002.xhtml">A</a></li>'
        '<li><a href="chapter0002.xhtml#b">B</a></li></ol></nav>'
    )
    draft = BookDraft(
        chapters=["<p>zero</p>", "<p>one</p><p id='b'>two</p>", "<p>three</p>"],
        files={"EPUB/nav.xhtml": nav},
    )
    with places_of(draft, tmp_path) as places:
        assert places.chapter(Place(0, 2)) == Chapter(-1, "t")
        assert places.chapter(Place(1, 0)) == Chapter(0, "A")
        assert places.chapter(Place(1, 3)) == Chapter(1, "B")
        assert places.chapter(Place(2, 0)) == Chapter(1, "B")


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("<p id='b'>two</p><p>rest</p><p id='c'>more</p>", ["B", "B", "C", "C"]),
        ("<p><a name='b'/>two</p><p>rest</p><p><a name='c'/>more</p>", ["B", "B", "C", "C"]),
        ("<p>two</p><p>rest</p><p id='c'>more</p>", ["A", "A", "C", "C"]),
        ("<p>two</p><p>rest</p><p id='b'>more</p>", ["A", "A", "B", "B"]),
        ("<p>two</p><p name='b'>rest</p><p><img name='c'/>more</p>", ["A", "A", "A", "A"]),
    ],
)
def test_contents_with_missing_anchors_begin_with_their_file(
    body: str, titles: list[str], tmp_path: Path
) -> None:
    lines = "".join(
        f'<li><a href="chapter0001.xhtml{anchor}">{title}</a></li>'
        for title, anchor in (("A", ""), ("B", "#b"), ("C", "#c"))
    )
    nav = page(f'<nav epub:type="toc"><ol>{lines}</ol></nav>')
    draft = BookDraft(chapters=[body, "<p>after</p>"], files={"EPUB/nav.xhtml": nav})
    with places_of(draft, tmp_path) as places:
        found = [places.chapter(place).title for place in map(Place, (0, 0, 0, 1), (0, 3, 7, 0))]
        assert found == titles


@pytest.mark.parametrize("measured", [False, True])
def test_fraction_of_a_place_leads_back_to_it(measured: bool, tmp_path: Path) -> None:
    draft = BookDraft(chapters=["<p>a</p>", LONG, "<div><img src='x'/></div>", "<p>end</p>"])
    with places_of(draft, tmp_path) as places:
        if measured:
            places.measure()
        spots = [Place(0, 0), *(Place(1, o) for o in range(0, 2300, 7)), Place(2, 0), Place(3, 2)]
        fractions = [places.total_progression(spot) for spot in spots]
        assert fractions == sorted(fractions)
        assert [places.from_fraction(f).place for f in fractions] == spots


@pytest.mark.parametrize(
    ("fraction", "place"),
    [(-5, Place(0, 0)), (0, Place(0, 0)), (1, Place(1, 13)), (7, Place(1, 13)), (math.nan, None)],
)
def test_fractions_beyond_the_ends_are_the_ends(
    fraction: float, place: Place | None, tmp_path: Path
) -> None:
    with places_of(BookDraft(), tmp_path) as places:
        assert places.from_fraction(fraction).place == place


def test_weights_of_another_book_are_refused(tmp_path: Path) -> None:
    with places_of(BookDraft(), tmp_path) as places, pytest.raises(ValueError, match="weights"):
        places.weights = (1, 2, 3)


@pytest.mark.parametrize(
    ("chapter", "ordinal", "excerpt"),
    [
        ("<p>Emma Woodhouse, handsome, clever</p>", 0, "Emma Woodhouse,"),
        ("<p>Emma Woodhouse, handsome, clever</p>", 7, "Woodhouse, handsome,"),
        ("<p>Emma <i>Wood</i>house, <b>hand</b>some and clever</p>", 10, "Woodhouse, handsome and"),
        ("<p>Emma.</p><p>Woodhouse, handsome and</p>", 5, "Woodhouse, handsome"),
        ("<p>" + "話すときは" * 12 + "</p>", 50, ("話すときは" * 2)),
        ("<p></p>", 0, ""),
    ],
)
def test_an_excerpt_begins_with_a_word(
    chapter: str, ordinal: int, excerpt: str, tmp_path: Path
) -> None:
    with places_of(BookDraft(chapters=[chapter]), tmp_path) as places:
        assert places.excerpt(Place(0, ordinal), 20) == excerpt


@pytest.mark.parametrize(
    ("locator", "place", "precision"),
    [
        ({"href": "EPUB/chapter0002.xhtml", "locations": {"partialCfi": "/4/4/1:2"}},
         Place(1, 5), Precision.EXACT),
        ({"href": "chapter0002.xhtml#x", "locations": {"progression": 0.95}},
         Place(1, 13), Precision.FRACTION),
        ({"href": "EPUB/chapter0002.xhtml", "locations": {"progression": 0.0}},
         Place(1, 0), Precision.ITEM),
        ({"href": "EPUB/chapter0002.xhtml", "text": {"after": "words."}},
         Place(1, 7), Precision.EXACT),
        ({"href": "EPUB/chapter0002.xhtml", "locations": {"partialCfi": "/4/2/1:0"},
          "text": {"highlight": "More", "after": " words."}}, Place(1, 3), Precision.EXACT),
        ({"href": "EPUB/chapter0002.xhtml", "locations": {"cssSelector": "body > p:nth-child(2)"}},
         Place(1, 3), Precision.ELEMENT),
        ({"href": "http://s/api/resource/EPUB%2Fchapter0002.xhtml?x=1",
          "locations": {"fragments": ["kobo"], "progression": "0.87"}},
         Place(1, 4), Precision.FRACTION),
        ({"locations": [{"fragments": ["epubcfi(/6/4!/4/4/1:2)"], "position": "3"}]},
         Place(1, 5), Precision.EXACT),
        ({"href": "other.xhtml", "locations": {"totalProgression": 0.99}},
         Place(1, 12), Precision.FRACTION),
        ({"locations": {"position": 2}}, Place(1, 0), Precision.FRACTION),
        ({"href": "EPUB/chapter0002.xhtml", "koboSpan": "kobo.2.1"}, Place(1, 3), Precision.EXACT),
        ({"locator": {}}, None, Precision.NONE),
        ({}, None, Precision.NONE),
        ([], None, Precision.NONE),
        (None, None, Precision.NONE),
        ("text", None, Precision.NONE),
        ({"href": 5, "locations": {"progression": True, "position": math.inf}}, None,
         Precision.NONE),
    ],
)  # fmt: skip
def test_foreign_locators_are_understood(
    locator: object, place: Place | None, precision: Precision, tmp_path: Path
) -> None:
    with places_of(BookDraft(), tmp_path) as places:
        places.measure()
        found = places.from_locator(locator)
        assert (found.place, found.precision) == (place, precision)


def test_own_locator_comes_back(tmp_path: Path) -> None:
    with places_of(BookDraft(chapters=[LONG, LONG]), tmp_path) as places:
        for place in (Place(0, 0), Place(0, 500), Place(1, 2000)):
            for document in (places.readium_locator(place), places.komga_locator(place)):
                found = places.from_locator(document)
                assert (found.place, found.precision) == (place, Precision.EXACT)


def test_komgas_progression_is_on_its_grid(tmp_path: Path) -> None:
    draft = BookDraft(chapters=[LONG, LONG])
    size = len(draft.entries()["EPUB/chapter0001.xhtml"])
    count = math.ceil(size / 1024)
    with places_of(draft, tmp_path) as places:
        for ordinal in range(0, 2300, 100):
            locations = places.komga_locator(Place(1, ordinal))["locations"]
            assert isinstance(locations, dict)
            slot = round(locations["progression"] * count)
            assert locations["progression"] == float32(slot / count)
            assert slot < count
            assert locations["position"] == count + slot + 1


def test_references_lead_back(tmp_path: Path) -> None:
    draft = BookDraft(chapters=["<p>a</p>", "<h1 id='x y'>b</h1>" + LONG])
    with places_of(draft, tmp_path) as places:
        assert places.references(Place(1, 0)) == ["EPUB/chapter0002.xhtml#x%20y"]
        assert places.references(Place(0, 0)) == ["EPUB/chapter0001.xhtml"]
        named = places.from_references(["EPUB/chapter0002.xhtml#x%20y"], 0.3)
        assert named.place == Place(1, 0)
        quoted = ["EPUB/chapter0002.xhtml#:~:text=Paragraph%20number%207"]
        assert places.from_references(quoted, None).place == Place(1, 302)
        assert places.from_references(["nowhere"], 0.0).place == Place(0, 0)
        assert places.from_references([], None).place is None


@pytest.mark.parametrize(("size", "count"), [(0, 1), (1, 1), (1024, 1), (1025, 2), (40_000, 40)])
def test_grid_accepts_what_it_snaps(size: int, count: int) -> None:
    grid = Grid([size])
    assert grid.total == count
    for step in range(101):
        point = grid.snap(0, step / 100)
        assert point.progression in {float32(k / count) for k in range(count)}
        assert grid.find(point.position)[0] == 0
