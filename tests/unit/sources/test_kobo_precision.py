"""Which of a state's witnesses is believed, in small books and in real ones."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.errors import Unreadable
from kios_desktop.domain.locator import Place, Precision
from kios_desktop.domain.shelf import ReadingState, Spot
from kios_desktop.epub.places import Places
from kios_desktop.protocols.kobo.state_body import source_of
from kios_desktop.sources.kobo_precision import resolved
from kios_desktop.sources.kobo_progress import chapter_limit
from tests.corpus import book, book_names
from tests.fakes.kobo_desk import at, measured, small_book
from tests.fakes.kobo_server import START, KoboServer, device_state, later

TELLING = (
    "idpf-haruko-ahl",
    "idpf-sous-le-vent_svg-in-spine",
    "live-manual-en",
    "se-frankenstein",
    "w3c-pkg-spine-duplicate-item-hyperlink",
    "w3c-pub-foreign_json-spine",
    "w3c-pub-foreign_xml-spine",
    "w3c-pkg-spine-unknown",
)
MOST_ITEMS = 70


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_book(tmp_path_factory.mktemp("kobo"))


@pytest.fixture(scope="module")
def places(path: Path) -> Iterator[Places]:
    with measured(path) as found:
        yield found


async def test_a_device_with_a_plain_epub_is_found_by_the_percentage_of_the_chapter(
    path: Path, places: Places
) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.1.1", 2, 30, 60, later(1))
        report = await one.report()
        assert report.locator is not None and report.precision is Precision.FRACTION
        assert report.locator.place.spine_index == 1
        assert abs(report.locator.progression - 0.6) < 0.01


async def test_a_span_of_another_converter_is_overruled(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.2.1", 2, 40, 90, later(1))
        report = await one.report()
        assert report.locator is not None and abs(report.locator.progression - 0.9) < 0.01


async def test_the_percentage_of_the_book_is_not_taken_for_that_of_the_chapter(
    path: Path, places: Places
) -> None:
    """Kavita writes one number into both."""
    async with at(KoboServer, path, places) as one:
        one.device("kobo.3.1", 3, 52, 52, later(1))
        report = await one.report()
        assert report.locator is not None
        assert places.kobo_span(report.locator.place) == "kobo.3.1"


async def test_a_place_is_believed_however_far_its_percentage(path: Path, places: Places) -> None:
    """Komga counts pages: in books of pictures that is 15 % and more apart."""
    async with at(KoboServer, path, places) as one:
        one.device("kobo.3.1", 2, 95, 10, later(1))
        report = await one.report()
        assert report.precision is Precision.EXACT and report.locator is not None
        assert report.locator.place.spine_index == 1
        assert places.kobo_span(report.locator.place) == "kobo.3.1"


async def test_an_unknown_file_leaves_the_percentage(path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.3.1", 99, 50, 10, later(1))
        report = await one.report()
        assert report.precision is Precision.FRACTION
        assert report.locator is not None
        assert abs(report.locator.total_progression - 0.5) < 0.01


@pytest.mark.parametrize(
    "source",
    [
        "EPUB/chapter0003.xhtml#x",
        "/EPUB/chapter0003.xhtml",
        "epub\\chapter0003.xhtml",
        "chapter0003.xhtml",
        "EPUB%2Fchapter0003.xhtml",
    ],
)
async def test_files_are_named_in_many_ways(source: str, path: Path, places: Places) -> None:
    async with at(KoboServer, path, places) as one:
        one.book.state = device_state(one.book.id, START, "KOBO.5.1", source, 70, 30)
        report = await one.report()
        assert report.locator is not None
        assert places.kobo_span(report.locator.place) == "kobo.5.1"


async def test_no_span_and_no_percentage_of_the_chapter_is_the_percentage_of_the_book(
    path: Path, places: Places
) -> None:
    async with at(KoboServer, path, places) as one:
        one.device("kobo.1.1", 3, 80, 0, later(1))
        del one.held["ContentSourceProgressPercent"]
        one.held["Location"]["Value"] = None
        report = await one.report()
        assert report.locator is not None
        assert abs(report.locator.total_progression - 0.8) < 0.01


# -- real books


@pytest.mark.parametrize("name", TELLING)
def test_every_place_comes_back_in_its_own_item(name: str) -> None:
    every_place_comes_back(name)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(set(book_names()) - set(TELLING)))
def test_every_place_of_every_book_comes_back_in_its_own_item(name: str) -> None:
    every_place_comes_back(name)


def test_a_percentage_that_was_cut_off_does_not_contradict_its_span() -> None:
    opened = open_publication(book("se-frankenstein"), None)
    try:
        place, conversions = Place(36, 837), opened.places
        for state in statements(conversions, place):
            assert came_back_wrong(conversions, place, state) is None
    finally:
        opened.close()


def every_place_comes_back(name: str) -> None:
    """As a device with the plain file states it, one with a KEPUB, and Komga, whose percentage is
    worked out from pages, and whose percentage of the chapter is cut off before the file's end.
    """
    try:
        opened = open_publication(book(name), None)
    except Unreadable:
        pytest.skip("a book without anything to read")
    try:
        opened.places.measure()
        wrong = [
            f"{place} as {state.spot}, {state.chapter_percent} of {state.percent}: {found}"
            for place in some_places(opened.places)
            for state in statements(opened.places, place)
            if (found := came_back_wrong(opened.places, place, state)) is not None
        ]
    finally:
        opened.close()
    assert wrong == []


def some_places(places: Places) -> Iterator[Place]:
    """At both ends of an item and between; in books of many items of some of them."""
    totals = list(enumerate(places.weights or ()))
    for spine, total in totals[:: 1 + len(totals) // MOST_ITEMS]:
        for ordinal in sorted({0, total // 3, total // 2, max(0, total - 1)}):
            yield Place(spine, ordinal)


def statements(places: Places, place: Place) -> Iterator[ReadingState]:
    counted = places.kobo_progress(place)
    span = places.kobo_span(counted.place) or "kobo.1.1"
    source, within = source_of(counted.href), math.floor(counted.chapter * 100)
    limited = min(within, chapter_limit(counted.file_bytes))
    for percent in {math.floor(counted.book * 100), 23, 60}:
        yield ReadingState("", percent=percent, chapter_percent=within, spot=Spot(span, source))
        yield ReadingState("", percent=percent, chapter_percent=limited, spot=Spot(span, source))
        yield ReadingState("", percent=percent, chapter_percent=0, spot=Spot(span, source))
        bare = Spot("kobo.1.1", source)
        yield ReadingState("", percent=percent, chapter_percent=within, spot=bare)
        yield ReadingState("", percent=percent, chapter_percent=within, spot=Spot("", source))


def came_back_wrong(places: Places, place: Place, state: ReadingState) -> Place | str | None:
    """Where a state led to, if that is not where it came from."""
    found = resolved(places, state, None).place
    if found is None:
        return "nowhere"
    there = places.kobo_progress(found)
    if there.href != places.kobo_progress(place).href:
        return found
    span = state.spot.value if state.spot is not None else ""
    if span in ("", "kobo.1.1"):
        return None
    return None if places.kobo_span(found) == span else found
