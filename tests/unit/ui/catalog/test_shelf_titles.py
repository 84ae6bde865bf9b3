"""Texts of a Kobo shelf: what was shown while `sources` had them, character by character."""

import pytest

from kios_desktop.domain.catalog import Entry, Facet, Feed, Navigation, Shown
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import ShelfNote, ShelfNoteKind, ShelfView
from kios_desktop.ui.catalog.shelf_titles import with_note, with_titles

URL = ServerUrl("kobo:shelf?page=0")
VIEWS = {
    ShelfView.ALL: "All",
    ShelfView.READING: "Reading",
    ShelfView.FINISHED: "Finished",
    ShelfView.NOT_HERE: "Not downloaded",
}


def test_facets_and_the_link_to_books_that_are_gone_have_their_titles() -> None:
    feed = Feed(
        URL,
        view=ShelfView.ALL,
        navigation=(
            Navigation("Tales of the sea", URL),
            Navigation("", URL, count=2, view=ShelfView.LEFT_BEHIND),
        ),
        facets=tuple(Facet("", "", URL, view=view) for view in VIEWS),
    )
    shown = with_titles(Shown(feed)).feed
    assert shown.title == ""
    assert [link.title for link in shown.navigation] == [
        "Tales of the sea",
        "No longer on the shelf",
    ]
    assert [(facet.group, facet.title) for facet in shown.facets] == [
        ("Show", title) for title in VIEWS.values()
    ]


def test_the_list_of_books_that_are_gone_has_its_title() -> None:
    shown = with_titles(Shown(Feed(URL, view=ShelfView.LEFT_BEHIND)))
    assert shown.feed.title == "No longer on the shelf"


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (None, ""),
        (ShelfNote(ShelfNoteKind.REMOVED), "No longer on the shelf"),
        (ShelfNote(ShelfNoteKind.FINISHED), "Finished on Kobo"),
        (ShelfNote(ShelfNoteKind.READING, 16), "16% on Kobo"),
    ],
)
def test_notes_of_books(note: ShelfNote | None, text: str) -> None:
    assert with_note(Entry(key="1", title="x", shelf_note=note)).note == text


def test_the_page_of_another_catalog_stays_as_it_is() -> None:
    shown = Shown(Feed(URL, "Title", facets=(Facet("Language", "Dutch", URL),)))
    assert with_titles(shown) is shown
