"""Answers of calibre, Calibre-Web and COPS as they were recorded; some are cut off there."""

import pytest

from kios_desktop.domain.catalog import Entry, Feed, Format, NavigationKind
from kios_desktop.domain.errors import Instead, NotACatalog
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import parse, read_description
from tests.transcripts import body

CALIBRE = ServerUrl("http://127.0.0.1:18080/opds/navcatalog/4f6e6577657374?library_id=lib")
WEB = ServerUrl("http://127.0.0.1:18083/opds/new")
COPS = ServerUrl("http://127.0.0.1:18084/feed.php?page=5&id=B")


def recorded(section: str, url: ServerUrl) -> Feed:
    return parse(body("opds", section), url)


def only(section: str, url: ServerUrl) -> Entry:
    entries = recorded(section, url).entries
    assert len(entries) == 1
    return entries[0]


def test_calibres_root_is_navigation() -> None:
    found = recorded("1.1", ServerUrl("http://127.0.0.1:18080/opds"))
    assert (found.title, found.subtitle) == ("calibre Library", "Books in your library")
    kinds = {one.title: one.kind for one in found.navigation}
    assert kinds["By Newest"] is NavigationKind.NEW
    assert kinds["By Authors"] is NavigationKind.AUTHORS
    assert found.search is not None and found.search.template is not None
    assert found.damaged  # cut in the recording


def test_calibres_newest_books_have_series_files_and_a_next_page() -> None:
    found = recorded("1.2", CALIBRE)
    assert found.next is not None and found.next.reveal().endswith("library_id=lib&offset=30")
    first, second = found.entries
    assert (first.series, second.series, second.series_index) == ("", "Series 2", 11.0)
    assert first.tags == ("Tag3",)
    assert first.description == "<p>About <b>Book 051</b></p>"
    assert first.acquisitions[0].length_bytes == 2838


def test_calibres_last_page_leads_back_only() -> None:
    found = recorded("1.3", CALIBRE)
    assert found.next is None
    assert found.previous is not None


def test_calibres_categories_say_how_many_books() -> None:
    found = recorded("1.5", CALIBRE)
    assert [one.summary for one in found.navigation[:2]] == ["10 books", "10 books"]
    assert found.entries == ()


def test_calibres_two_formats_are_two_ways() -> None:
    one = only("1.6", CALIBRE)
    assert [a.format for a in one.acquisitions] == [Format.EPUB, Format.OTHER]
    assert [a.title for a in one.downloads] == ["EPUB"]


@pytest.mark.parametrize(
    ("section", "said"), [("1.4", "Invalid offset: 600"), ("1.7", "No books found")]
)
def test_calibres_sentences_are_quoted(section: str, said: str) -> None:
    with pytest.raises(NotACatalog) as error:
        recorded(section, CALIBRE)
    assert (error.value.instead, error.value.said) == (Instead.TEXT, said)


def test_calibre_below_a_prefix_needs_no_correction() -> None:
    found = recorded("3.2", ServerUrl("http://127.0.0.1:18080/calibre/opds"))
    assert found.navigation[0].href.reveal().startswith("http://127.0.0.1:18080/calibre/opds/nav")


def test_calibre_webs_newest_books() -> None:
    found = recorded("4.4", WEB)
    assert found.next == ServerUrl("http://127.0.0.1:18083/opds/new?offset=20")
    one = found.entries[0]
    assert (one.title, one.series, one.series_index) == ("Book 074", "Series 4", 15.0)
    assert one.description == "<p>About <b>Book 074</b></p>"
    assert one.published == ""


def test_calibre_webs_letters_have_no_text() -> None:
    found = recorded("4.7", WEB)
    assert [one.title for one in found.navigation] == ["All", "B", "S", "V", "Ü"]
    assert found.navigation[-1].href.reveal().endswith("/letter/%C3%9C")
    assert not found.damaged


def test_calibre_webs_comma_is_a_bar() -> None:
    one = only("4.8", WEB)
    assert one.authors == ("Müller, Jürgen",)
    assert one.title == "Slash/Back\\slash: 100% café?"
    assert one.series == "日本語 Series"


def test_calibre_webs_description_of_its_search() -> None:
    found = read_description(body("opds", "4.3"), ServerUrl("http://127.0.0.1:18083/opds/osd"))
    assert found.template == ServerUrl("http://127.0.0.1:18083/opds/search?query={searchTerms}")


def test_calibre_web_past_the_end_is_an_empty_list() -> None:
    found = recorded("4.6", WEB)
    assert (found.entries, found.navigation, found.next) == ((), (), None)


def test_the_page_of_an_error_is_a_web_page() -> None:
    with pytest.raises(NotACatalog) as error:
        recorded("4.13", WEB)
    assert error.value.title == "Calibre-Web | HTTP Error (Error 404)"


def test_cops_root_and_its_search() -> None:
    found = recorded("5.1", ServerUrl("http://127.0.0.1:18084/feed.php"))
    assert found.navigation[0].href == ServerUrl("http://127.0.0.1:18084/feed.php?page=1")
    description = read_description(body("opds", "5.2"), COPS)
    assert description.template == ServerUrl("http://127.0.0.1:18084/feed.php?query={searchTerms}")


def test_cops_books_are_counted() -> None:
    found = recorded("5.3", COPS)
    assert (found.total, found.per_page, found.first) == (72, 20, 1)
    one = found.entries[0]
    assert one.description == "<p>About <b>Book 003</b></p>"
    assert one.language == "en"
    assert one.related[0].title == "Other books by Author 3"


def test_cops_leaves_spaces_in_addresses() -> None:
    found = recorded("5.4", ServerUrl("http://127.0.0.1:18084/feed.php?query=Book%20003"))
    assert found.navigation[0].href == ServerUrl(
        "http://127.0.0.1:18084/feed.php?page=9&query=Book%20003&db=&scope=book"
    )


def test_cops_unknown_author_is_an_empty_list_without_a_title() -> None:
    found = recorded("5.10", COPS)
    assert (found.title, found.entries, found.navigation) == ("", (), ())
