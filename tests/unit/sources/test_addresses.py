"""Which address was probably meant."""

import pytest

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.sources.addresses import suggestions
from kios_desktop.sources.presets import PRESETS, preset

KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    ("typed", "chosen", "first"),
    [
        ("https://h:8083", "other", "https://h:8083/kosync"),
        ("https://h:8083/", "cwa", "https://h:8083/kosync"),
        ("https://books.example/calibre", "cwa", "https://books.example/calibre/kosync"),
        ("https://h:6060", "other", "https://h:6060/api/koreader"),
        ("https://h:6062/", "booklore", "https://h:6062/api/koreader"),
        ("https://h:6062/api/v1/opds", "booklore", "https://h:6062/api/koreader"),
        ("https://h:25600", "other", "https://h:25600/koreader"),
        ("https://h:25600/opds/v2/catalog", "komga", "https://h:25600/koreader"),
        (f"https://h:5000/api/opds/{KEY}", "kavita", f"https://h:5000/api/koreader/{KEY}"),
        (f"https://h:5000/api/{KEY}", "kavita", f"https://h:5000/api/koreader/{KEY}"),
        ("https://h:8083/opds", "cwa", "https://h:8083/kosync"),
        ("https://h/kosync/users/auth", "koreader-sync-server", "https://h/kosync/kosync"),
    ],
)
def test_the_likeliest_address_comes_first(typed: str, chosen: str, first: str) -> None:
    assert next(suggestions(ServerUrl(typed), chosen)).reveal() == first


@pytest.mark.parametrize("chosen", [one.key for one in PRESETS])
def test_the_address_itself_is_never_suggested_and_none_twice(chosen: str) -> None:
    for typed in ("https://h/kosync", "https://h/api/koreader", "https://h"):
        found = [url.reveal() for url in suggestions(ServerUrl(typed), chosen)]
        assert typed not in found and len(set(found)) == len(found)


def test_a_sub_path_too_many_is_taken_away() -> None:
    found = [url.reveal() for url in suggestions(ServerUrl("https://h/kosync"), "other")]
    assert "https://h" in found


def test_presets_say_what_the_documentation_says() -> None:
    table = {one.key: (one.placeholder_url, one.auth) for one in PRESETS}
    headers = AuthMethod.KOREADER_HEADERS
    assert table == {
        "cwa": ("https://your-server:8083/kosync", AuthMethod.BASIC),
        "booklore": ("https://your-server:6062/api/koreader", headers),
        "komga": ("https://your-server:25600/koreader", headers),
        "kavita": ("https://your-server:5000/api/koreader/your-api-key", headers),
        "stump": ("https://your-server:10801/koreader/your-api-key", headers),
        "koreader-sync-server": ("https://your-server", headers),
        "other": ("https://", headers),
    }
    assert all(one.placeholder_url.endswith(one.sub_path) for one in PRESETS)
    assert preset("from another version").key == "other"
