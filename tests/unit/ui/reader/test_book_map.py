"""Where things are in a book, before and after its counts are known."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.publication import Link, Metadata, Publication, TocEntry
from kios_desktop.ui.reader.book_map import BookMap


def publication(*toc: TocEntry, items: int = 4) -> Publication:
    order = tuple(Link(f"c{i}.xhtml", "application/xhtml+xml") for i in range(items))
    return Publication(Metadata("A book"), order, {link.href: link for link in order}, toc)


def entry(title: str, item: int, fragment: str = "", *children: TocEntry) -> TocEntry:
    return TocEntry(title, f"c{item}.xhtml", fragment, children)


def test_chapter_is_the_nearest_entry_at_or_before_the_place() -> None:
    book = BookMap(publication(entry("One", 0), entry("Two", 2)), [1, 1, 1, 1])
    assert book.chapter(Place(0, 5)).title == "One"
    assert book.chapter(Place(1, 5)).title == "One"
    assert book.chapter(Place(2, 0)).title == "Two"
    assert book.chapter(Place(3, 9)).index == 1


def test_entries_within_a_file_begin_at_their_anchors() -> None:
    toc = (entry("Part", 1), entry("First", 1, "a"), entry("Second", 1, "b"))
    book = BookMap(publication(*toc), [1, 1, 1, 1])
    book.chapter_loaded(1, 100, {"a": 10, "b": 60})
    titles = [book.chapter(Place(1, n)).title for n in (0, 9, 10, 59, 60, 99)]
    assert titles == ["Part", "Part", "First", "First", "Second", "Second"]
    assert book.chapter(Place(2, 0)).title == "Second"


def test_entries_whose_anchors_are_missing_yield_to_those_that_are_there() -> None:
    toc = (entry("Chapter 1", 0), entry("1.1", 0, "gone"), entry("1.2", 0, "here"))
    book = BookMap(publication(*toc, entry("2.1", 1, "a"), entry("2.2", 1, "b")), [1, 1, 1, 1])
    book.chapter_loaded(0, 100, {"here": 60})
    book.chapter_loaded(1, 100, {})
    assert [book.chapter(Place(0, n)).title for n in (0, 59, 60)] == ["Chapter 1"] * 2 + ["1.2"]
    assert [book.chapter(Place(1, n)).title for n in (0, 99)] == ["2.1", "2.1"]
    assert book.chapter(Place(2, 0)).title == "2.1"


def test_chapters_within_one_file_are_marked_as_soon_as_it_is_loaded() -> None:
    toc = (entry("One", 0), entry("1.1", 0, "a"), entry("1.2", 0, "gone"), entry("Two", 2))
    book = BookMap(publication(*toc), [100, 100, 100, 100])
    assert book.ticks() == [(0, 0), (0, 0), (0, 0), (0.5, 0)]
    book.chapter_loaded(0, 100, {"a": 40})
    assert book.ticks() == [(0, 0), (0.1, 0), (0, 0), (0.5, 0)]


def test_an_anchor_at_the_start_of_a_file_is_deeper_than_the_file() -> None:
    toc = (entry("Part", 0), entry("Chapter 1", 0, "a"), entry("1.1", 0, "gone"))
    book = BookMap(publication(*toc), [1, 1, 1, 1])
    book.chapter_loaded(0, 100, {"a": 0})
    assert book.chapter(Place(0, 0)).title == "Chapter 1"


def test_next_chapter_passes_over_entries_that_lead_to_the_same_place() -> None:
    toc = (entry("Chapter 1", 0), entry("1.1", 0, "gone"), entry("Chapter 2", 1))
    book = BookMap(publication(*toc, entry("2.1", 1, "lost")), [1, 1, 1, 1])
    for item in (0, 1):
        book.chapter_loaded(item, 100, {})
    assert book.step_chapter(Place(0, 50), 1) == book.lines[2]
    assert book.step_chapter(Place(1, 50), -1) == book.lines[2]
    before = book.step_chapter(Place(1, 0), -1)
    assert before is not None and not isinstance(before, Place)
    assert book.start_of(before) == Place(0, 0)
    assert book.step_chapter(Place(1, 50), 1) is None


def test_place_before_all_entries_is_its_spine_item() -> None:
    book = BookMap(publication(entry("Two", 2)), [1, 1, 1, 1])
    assert book.chapter(Place(0, 0)).index == -1
    assert book.chapter(Place(1, 0)).index == -2
    assert book.chapter(Place(0, 0)).title == "A book"


def test_same_entry_has_the_index_of_the_flattened_contents() -> None:
    toc = (entry("Part one", 0, "", entry("Chapter", 1)), entry("Part two", 2))
    book = BookMap(publication(*toc), [1, 1, 1, 1])
    assert [book.chapter(Place(n, 0)).index for n in range(4)] == [0, 1, 2, 2]


def test_next_chapter_leads_to_the_next_entry_and_stops_at_the_end() -> None:
    book = BookMap(publication(entry("One", 0), entry("Two", 2)), [1, 1, 1, 1])
    forward = book.step_chapter(Place(1, 0), 1)
    assert forward is not None and not isinstance(forward, Place) and forward.title == "Two"
    assert book.step_chapter(Place(2, 0), 1) is None


def test_previous_chapter_first_goes_to_the_start_of_this_one() -> None:
    book = BookMap(publication(entry("One", 0), entry("Two", 2)), [1, 1, 1, 1])
    inside = book.step_chapter(Place(3, 4), -1)
    assert inside is not None and not isinstance(inside, Place) and inside.title == "Two"
    start = book.step_chapter(Place(2, 0), -1)
    assert start is not None and not isinstance(start, Place) and start.title == "One"


def test_book_without_contents_has_its_spine_items_as_sections() -> None:
    book = BookMap(publication(), [1, 1, 1, 1])
    assert not book.has_contents
    assert [line.title for line in book.lines] == [f"Section {n}" for n in (1, 2, 3, 4)]
    assert book.step_chapter(Place(1, 3), 1) == book.lines[2]
    assert book.step_chapter(Place(3, 0), 1) is None
    assert book.chapter(Place(2, 7)) == Chapter(-3, "Section 3")
    assert BookMap(publication(items=1), [1]).chapter(Place(0, 0)) == Chapter(-1, "A book")


def test_contents_that_lead_nowhere_count_as_none() -> None:
    book = BookMap(publication(entry("Gone", 9), TocEntry("Heading", "")), [1, 1, 1, 1])
    assert not book.has_contents
    assert book.step_chapter(Place(1, 3), 1) == book.lines[2]
    assert book.chapter(Place(2, 7)) == Chapter(-3, "Section 3")


def test_contents_may_name_what_is_shown_for_an_item() -> None:
    foreign = Link("x.json", "application/json", fallback="x.xhtml")
    shown = Link("x.xhtml", "application/xhtml+xml")
    toc = (TocEntry("One", "x.xhtml"),)
    resources = {link.href: link for link in (foreign, shown)}
    book = BookMap(Publication(Metadata("A book"), (foreign,), resources, toc), [1])
    assert book.chapter(Place(0, 0)).title == "One"


def test_fractions_use_counts_once_they_are_known() -> None:
    book = BookMap(publication(), [1000, 1000, 1000, 1000])
    book.chapter_loaded(1, 50, {})
    assert book.total_progression(Place(1, 25)) == 0.375
    book.weigh((100, 50, 50, 200))
    assert book.total_progression(Place(1, 25)) == 125 / 400


def test_pictures_spread_over_the_book_before_and_after_it_is_counted() -> None:
    for weights in (None, [0, 0, 0, 0]):
        book = BookMap(publication(), [0, 0, 0, 0], weights)
        fractions = [book.total_progression(Place(n, 0)) for n in range(4)]
        assert fractions == [0, 0.25, 0.5, 0.75]
        assert [book.place_at(fraction) for fraction in fractions] == [
            Place(n, 0) for n in range(4)
        ]
        assert book.left_in_chapter(Place(1, 0)) > 0
        assert book.locator(Place(1, 0)).ordinal_total == 0


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8), st.data())
def test_place_at_is_the_inverse_of_total_progression(
    weights: list[int], data: st.DataObject
) -> None:
    book = BookMap(publication(items=len(weights)), [1] * len(weights), weights)
    spine = data.draw(st.sampled_from(range(len(weights))))
    if not weights[spine]:
        return
    place = Place(spine, data.draw(st.integers(0, weights[spine] - 1)))
    fraction = book.total_progression(place)
    found = book.place_at(fraction)
    assert found.spine_index == (spine if fraction else 0)  # 0 is the very start
    assert abs(found.ordinal - place.ordinal) <= 1


@given(st.lists(st.integers(1, 500), min_size=2, max_size=8))
def test_fractions_grow_through_the_book(weights: list[int]) -> None:
    book = BookMap(publication(items=len(weights)), [1] * len(weights), weights)
    places = [Place(i, n) for i, w in enumerate(weights) for n in range(0, w, 7)]
    fractions = [book.total_progression(place) for place in places]
    assert fractions == sorted(fractions)
    assert all(0 <= f < 1 for f in fractions)


def test_landmarks_and_printed_pages_follow_the_contents_in_their_panel() -> None:
    shown = replace(
        publication(entry("One", 0), entry("Two", 2)),
        landmarks=(entry("Begin reading", 1), TocEntry("Nowhere", "missing.xhtml")),
        page_list=(entry("xii", 0, "p12"), entry("1", 2)),
    )
    book = BookMap(shown, [1, 1, 1, 1])
    lines = [(line.index, line.depth, line.title, line.spine_index) for line in book.panel_lines]
    assert lines == [
        (0, 0, "One", 0),
        (1, 0, "Two", 2),
        (2, 0, "Landmarks", None),
        (3, 1, "Begin reading", 1),
        (4, 0, "Pages", None),
        (5, 1, "xii", 0),
        (6, 1, "1", 2),
    ]
    assert book.line_at(Place(1, 0)) == book.lines[0], "they are no chapters"
