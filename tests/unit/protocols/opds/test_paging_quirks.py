"""Grimmory's and BookLore's largest pages, and the pages of which Storyteller does not tell."""

import pytest

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import parse
from kios_desktop.protocols.opds.paging_quirks import unlisted_next, with_largest_pages
from tests.transcripts import recorded

BOOKLORE = "http://h/api/v1/opds"
STORYTELLER = "http://127.0.0.1:18001/opds"
SERIES = f"{STORYTELLER}/series/79955426-593d-428b-90d3-b20f8d3eab8a/books"
BOOKS = (Entry(key="book:8da4d192-5c11-4ece-8195-8bc8ffb2d8a8", title="Alice"),)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("catalog?page=1&size=50", "catalog?page=1&size=100"),
        ("recent?page=1&size=50", "recent?page=1&size=100"),
        ("catalog", "catalog?size=100"),
        ("catalog?libraryId=3", "catalog?libraryId=3&size=100"),
        ("catalog?q=size%3D1", "catalog?q=size%3D1&size=100"),
        ("catalog?page=2&size=50", "catalog?page=2&size=50"),
        ("catalog?page=2&size=100", "catalog?page=2&size=100"),
        ("catalog?size=200", "catalog?size=200"),
        ("libraries", "libraries"),
        ("", ""),
    ],
)
def test_a_list_is_asked_for_in_the_largest_pages_from_its_first_on(asked: str, sent: str) -> None:
    found = with_largest_pages(ServerUrl(f"{BOOKLORE}/{asked}"))
    assert found.reveal() == f"{BOOKLORE}/{sent}"


def test_other_servers_divide_their_lists_as_they_like() -> None:
    for address in ("http://h/feed.php?page=5&id=B", "http://h/opds/new?page=1&size=20"):
        assert with_largest_pages(ServerUrl(address)).reveal() == address


def test_a_series_of_storyteller_may_go_on() -> None:
    assert unlisted_next(ServerUrl(SERIES), BOOKS) == ServerUrl(f"{SERIES}?page=2")
    assert unlisted_next(ServerUrl(f"{SERIES}?page=2"), BOOKS) == ServerUrl(f"{SERIES}?page=3")
    assert unlisted_next(ServerUrl(SERIES), ()) is None
    assert unlisted_next(ServerUrl(SERIES), (Entry(key="urn:uuid:1", title="Alice"),)) is None


def test_its_lists_that_say_where_they_go_on_are_believed() -> None:
    answer = recorded("storyteller", "3. Feeds", 1)
    found = parse(answer.body, ServerUrl(f"{STORYTELLER}/books?page=2"), "application/atom+xml")
    assert found.next == ServerUrl(f"{STORYTELLER}/books?page=3")
    assert found.untold is None
