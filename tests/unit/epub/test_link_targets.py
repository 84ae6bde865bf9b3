"""What links and entries lead to: chapters, what is shown for them, and CFIs."""

from pathlib import Path

import pytest

from kios_desktop.domain.locator import Place, Precision, Resolution
from kios_desktop.epub.container import Container
from kios_desktop.epub.link_targets import LinkTarget, LinkTargets
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from tests.books import BookDraft
from tests.corpus import book

CHAPTERS = ["<p>One day</p>", "<p>Two <b>days</b> later</p>"]


@pytest.mark.parametrize(
    ("text", "place", "precision"),
    [
        ("epubcfi(/6/4!/4/2/1:2)", Place(1, 2), Precision.EXACT),
        ("epubcfi(/6/4!/4/2/2/1:1)", Place(1, 4), Precision.EXACT),
        ("epubcfi(/4/2/2/1:1)", Place(0, 0), Precision.ELEMENT),  # of the item it stands in
        ("epubcfi(/4/2/1:4)", Place(0, 3), Precision.EXACT),
        ("epubcfi(/6/400!/4/2)", None, Precision.NONE),
        ("epubcfi(", None, Precision.NONE),
        ("epubcfi(!!!)", None, Precision.NONE),
    ],
)
def test_a_cfi_of_a_link_is_a_place(
    text: str, place: Place | None, precision: Precision, tmp_path: Path
) -> None:
    path = BookDraft(chapters=CHAPTERS).write(tmp_path / "b.epub")
    with Container.open(path) as container:
        found = Places(container, read_publication(container)).from_cfi(text, 0)
        assert (found.place, found.precision) == (place, precision)


def test_what_is_shown_for_an_item_is_found_by_its_own_name(tmp_path: Path) -> None:
    draft = BookDraft(
        manifest='<item id="x" href="x.json" media-type="application/json" fallback="y"/>'
        '<item id="y" href="y.xhtml" media-type="application/xhtml+xml"/>',
        spine='<itemref idref="x"/>',
        files={"EPUB/x.json": "{}", "EPUB/y.xhtml": "<html/>"},
    )
    with Container.open(draft.write(tmp_path / "b.epub")) as container:
        targets = LinkTargets(read_publication(container))
    assert targets.of_link("y.xhtml#a", 0) == LinkTarget(2, "a")
    assert targets.of_link("x.json", 0) == LinkTarget(2)


def test_the_page_list_of_the_corpus_book_with_cfis_leads_to_its_pages() -> None:
    with Container.open(book("idpf-georgia-cfi")) as container:
        publication = read_publication(container)
        targets, places = LinkTargets(publication), Places(container, publication)
        found: list[Resolution] = []
        for entry in publication.page_list:
            target = targets.of_entry(entry.href, entry.fragment)
            assert target is not None and target.spine_index == 1
            found.append(places.from_cfi(target.fragment, target.spine_index))
        assert [one.precision for one in found] == [Precision.EXACT] * 7
        ordinals = [one.place.ordinal for one in found if one.place is not None]
        assert ordinals == sorted(set(ordinals))
        assert "Bryan and" in places.excerpt(Place(1, ordinals[0] - 12), 40)
        assert "taxation" in places.excerpt(Place(1, ordinals[2] - 12), 40)
