"""The sync address as people paste it, and the addresses servers give."""

import pytest

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.kobo.address import (
    NoSyncAddress,
    below,
    normalised,
    rebased,
)

TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
BASE = ServerUrl(f"https://books.example.org:8083/kobo/{TOKEN}")


@pytest.mark.parametrize(
    ("pasted", "base"),
    [
        (f"https://b.org/kobo/{TOKEN}", f"https://b.org/kobo/{TOKEN}"),
        (f"  https://b.org/kobo/{TOKEN}/ \n", f"https://b.org/kobo/{TOKEN}"),
        (f"https://b.org/kobo/{TOKEN}///", f"https://b.org/kobo/{TOKEN}"),
        (f"api_endpoint=https://b.org/kobo/{TOKEN}", f"https://b.org/kobo/{TOKEN}"),
        (f"API_ENDPOINT= https://b.org/kobo/{TOKEN}", f"https://b.org/kobo/{TOKEN}"),
        (f'"https://b.org/kobo/{TOKEN}"', f"https://b.org/kobo/{TOKEN}"),
        (f"https://b.org/kobo/{TOKEN}/v1/library/sync", f"https://b.org/kobo/{TOKEN}"),
        (f"https://b.org/kobo/{TOKEN}/v1/initialization?x=1", f"https://b.org/kobo/{TOKEN}"),
        (f"https://b.org/books/kobo/{TOKEN}", f"https://b.org/books/kobo/{TOKEN}"),
        (f"https://b.org:6062/api/kobo/{TOKEN}", f"https://b.org:6062/api/kobo/{TOKEN}"),
        (f"http://[fd00::1]:8083/kobo/{TOKEN}", f"http://[fd00::1]:8083/kobo/{TOKEN}"),
        (f"HTTPS://b.org/kobo/{TOKEN}", f"https://b.org/kobo/{TOKEN}"),
        (f"https://ana:x@b.org/kobo/{TOKEN}", f"https://b.org/kobo/{TOKEN}"),
        (f"https://kobo.org/kobo/kobo/{TOKEN}", f"https://kobo.org/kobo/kobo/{TOKEN}"),
    ],
)
def test_what_people_paste_becomes_the_base_address(pasted: str, base: str) -> None:
    assert normalised(pasted).reveal() == base


@pytest.mark.parametrize(
    ("pasted", "missing_token"),
    [
        ("", False),
        ("books.example.org/kobo/abc", False),
        ("ftp://b.org/kobo/abc", False),
        ("https://b.org/opds", False),
        ("https://b.org/kobo", True),
        ("https://b.org/api/kobo/", True),
        ("http://[bad/kobo/abc", False),
    ],
)
def test_what_is_no_sync_address_is_refused(pasted: str, missing_token: bool) -> None:
    with pytest.raises(NoSyncAddress) as error:
        normalised(pasted)
    assert error.value.missing_token == missing_token
    assert pasted not in str(error.value) or not pasted


@pytest.mark.parametrize(
    "given",
    [
        f"http://books.example.org:8083/kobo/{TOKEN}/download/5/epub",
        f"https://books.example.org/kobo/{TOKEN}/download/5/epub",
        "https://internal:80/kobo/someone-elses-token/download/5/epub",
        f"https://books.example.org:8083/prefix/kobo/{TOKEN}/download/5/epub",
        f"/kobo/{TOKEN}/download/5/epub",
        f"/api/kobo/{TOKEN}//download/5/epub",
    ],
)
def test_every_address_of_the_server_is_taken_back_to_the_one_that_was_typed(given: str) -> None:
    found = rebased(given, BASE)
    assert found is not None
    assert found.reveal() == f"{BASE.reveal()}/download/5/epub"


def test_a_query_stays() -> None:
    found = rebased(f"/kobo/{TOKEN}/v1/books/0A/file/epub?convert_kepub=true", BASE)
    assert found is not None
    assert found.reveal() == f"{BASE.reveal()}/v1/books/0A/file/epub?convert_kepub=true"


@pytest.mark.parametrize(
    "given",
    [
        "https://storeapi.kobo.com/v1/library/abc",
        "https://cdn.kobo.com/book-images/x.jpg",
        f"https://b.org/kobo/{TOKEN}",
        f"https://b.org/kobo/{TOKEN}/",
        "mailto:x@kobo/a/b",
        "http://[bad/kobo/abc/x",
    ],
)
def test_an_address_of_a_shop_is_foreign(given: str) -> None:
    assert rebased(given, BASE) is None


def test_routes_are_below_the_base_and_ids_are_opaque() -> None:
    url = below(BASE, "v1", "library", "a/b c", "state")
    assert url.reveal() == f"{BASE.reveal()}/v1/library/a%2Fb%20c/state"
