"""How far a place is in the book: by its characters, and by the picture where there are none."""

from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from kios_desktop.application.open_publication import open_publication
from kios_desktop.domain.locator import Place
from kios_desktop.epub.progression import PAGE, Weights, is_of_pictures
from kios_desktop.ui.reader.book_map import BookMap
from tests.books import PIXEL_PNG, BookDraft

PICTURE = '<div><img src="p.png" alt=""/></div>'
counts = st.lists(st.one_of(st.just(0), st.integers(0, 3000)), min_size=1, max_size=12)


@given(counts)
def test_items_without_characters_move_no_percentage_of_a_book_of_text(totals: list[int]) -> None:
    assume(not is_of_pictures(totals) and any(totals))
    weights, whole = Weights(totals), sum(totals)
    for spine, total in enumerate(totals):
        for ordinal in {0, total // 2, total} if total else ():
            expected = (sum(totals[:spine]) + ordinal / total * total) / whole
            assert weights.total_progression(spine, ordinal / total) == expected


@given(counts)
def test_every_place_has_a_progression_of_its_own_and_is_found_by_it(totals: list[int]) -> None:
    weights = Weights(totals)
    first = next((n for n, total in enumerate(totals) if total), 0)  # plates before it are at 0 %
    places = [
        (spine, ordinal / total if total else 0.0)
        for spine, total in enumerate(totals)
        for ordinal in (range(0, max(1, total), 97))
        if spine >= first or is_of_pictures(totals)
    ]
    fractions = [weights.total_progression(spine, within) for spine, within in places]
    assert fractions == sorted(set(fractions))
    assert all(0 <= fraction < 1 for fraction in fractions)
    for (spine, within), fraction in zip(places, fractions, strict=True):
        if fraction:  # 0 is the very start, whatever is there
            found, part = weights.find(fraction)
            assert found == spine
            assert abs(part - within) * max(1, totals[spine]) < 0.01


def test_a_picture_is_as_much_as_a_page_of_text_in_a_book_of_pictures_only() -> None:
    comic = [300, *[0] * 30, 700]
    assert is_of_pictures(comic)
    assert Weights(comic).whole == 1000 + 30 * PAGE
    for text in ([0, 2383], [5000] * 40 + [0] * 60, [0, 200]):
        assert not is_of_pictures(text)
        assert Weights(text).whole == sum(text)


def test_a_book_of_pictures_has_one_percentage_for_every_page(tmp_path: Path) -> None:
    """The reader's map and the conversions agree, before the characters are counted and after."""
    path = BookDraft(
        chapters=["<p>A title</p>", *[PICTURE] * 9], files={"EPUB/p.png": PIXEL_PNG}
    ).write(tmp_path / "comic.epub")
    opened = open_publication(path, None)
    where = BookMap(opened.publication, opened.sizes)
    estimates = [where.total_progression(Place(n, 0)) for n in range(10)]
    assert estimates == sorted(set(estimates))
    opened.weigh(tuple(opened.totals()))
    where.weigh(opened.weights or ())
    for n in range(10):
        place = Place(n, 0)
        fraction = where.total_progression(place)
        assert fraction == opened.places.total_progression(place)
        assert fraction == opened.places.locator(place).total_progression
        assert opened.places.from_fraction(fraction).place == place
        assert n < 2 or fraction > 0.05
    opened.close()
