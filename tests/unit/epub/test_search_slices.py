"""A search in slices: what comes when, and how it is called off."""

import threading
import time
from pathlib import Path

import pytest

from kios_desktop.domain.errors import BadPattern
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.epub.places import Places
from kios_desktop.epub.search_query import SearchQuery
from kios_desktop.epub.search_slices import Found, Searching
from tests.unit.epub.searching import OpenBook

EXPLODES = SearchQuery(r"(\w|\s|.)+;", is_pattern=True)
LONG = f"<p>{'the quick brown fox ' * 20}</p>"


def chapter(place: Place) -> Chapter:
    return Chapter(place.spine_index // 2, f"Part {place.spine_index // 2}")


def every(searching: Searching) -> list[Found]:
    found = []
    while not searching.done:
        found += searching.go_on()
    return found


def test_matches_come_by_chapter_and_progress_grows_to_the_end(tmp_path: Path) -> None:
    with OpenBook(tmp_path, *["<p>one whale</p>"] * 5) as book:
        searching = Searching(book.search, SearchQuery("whale"), chapter)
        assert searching.progress == 0
        found = every(searching)
        assert searching.progress == 1
    assert [one.chapter.title for one in found] == ["Part 0", "Part 1", "Part 2"]
    assert [m.spine_index for one in found for m in one.matches] == [0, 1, 2, 3, 4]


def test_a_slice_is_short(tmp_path: Path) -> None:
    long = f"<p>{'a white whale ' * 20_000}</p>"
    with OpenBook(tmp_path, *[long] * 6) as book:
        searching = Searching(book.search, SearchQuery("whale"), chapter)
        slices = 0
        while not searching.done:
            searching.go_on()
            slices += 1
    assert slices > 3


def test_a_search_that_is_stopped_finds_no_more(tmp_path: Path) -> None:
    with OpenBook(tmp_path, *["<p>whale</p>"] * 3) as book:
        searching = Searching(book.search, SearchQuery("whale"), chapter)
        searching.stop()
        assert every(searching) == []
        assert searching.done


def test_a_pattern_that_explodes_is_stopped_at_once_from_another_thread(tmp_path: Path) -> None:
    with OpenBook(tmp_path, "<p>a;</p>", LONG) as book:
        searching = Searching(book.search, EXPLODES, chapter)
        found: list[Found] = []
        thread = threading.Thread(target=lambda: found.extend(every(searching)))
        thread.start()
        time.sleep(0.5)
        since = time.monotonic()
        searching.stop()
        thread.join(4)
        assert not thread.is_alive()
        assert time.monotonic() - since < 2
        assert sum(len(one.matches) for one in found) <= 1


def test_what_is_no_pattern_is_said(tmp_path: Path) -> None:
    with OpenBook(tmp_path, "<p>a</p>") as book:
        searching = Searching(book.search, SearchQuery("(", is_pattern=True), chapter)
        with pytest.raises(BadPattern):
            searching.go_on()


def test_chapters_are_those_of_the_contents(tmp_path: Path) -> None:
    with OpenBook(tmp_path, "<p>whale</p>", "<p>whale</p>") as book:
        places = Places(book.container, book.publication)
        found = every(Searching(book.search, SearchQuery("whale"), places.chapter))
    assert [one.chapter for one in found] == [Chapter(0, "Chapter 1"), Chapter(1, "Chapter 2")]
