"""How far a place is, as servers of e-readers count it."""

from pathlib import Path

import pytest

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.locator import Place
from tests.books import write_book


def test_files_are_weighed_by_size_and_chapters_by_characters(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.epub", "<p>abcd</p>", "<p>" + "word " * 2000 + "</p>")
    opened = open_publication(path, None)
    places = opened.places
    totals = places.measure()
    first, second = (places.kobo_progress(Place(n, 0)).file_bytes for n in (0, 1))
    assert places.kobo_progress(Place(0, 0)).book == 0
    halfway = places.kobo_progress(Place(1, totals[1] // 2))
    assert halfway.chapter == pytest.approx(0.5)
    assert halfway.book == pytest.approx((first + second / 2) / (first + second))
    assert places.kobo_progress(Place(1, totals[1])).book == pytest.approx(1)
    opened.close()
