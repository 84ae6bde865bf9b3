"""Which address was probably meant, before any server was asked."""

import pytest

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.sources.presets import PRESETS, preset
from kios_desktop.sources.server_paths import Sought, as_typed, candidates, is_known

KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
STUMP = "stump_QmFzZTY0_0123456789abcdef0123"


def tried(typed: str, sought: Sought, chosen: str = "other") -> list[str]:
    """Without the address itself, which is always the first."""
    itself, *others = candidates(ServerUrl(typed), sought, chosen)
    assert itself.url.reveal() == typed.rstrip("/")
    return [one.url.reveal() for one in others]


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
        (f"https://h/opds/{STUMP}/v1.2/catalog", "stump", f"https://h/koreader/{STUMP}"),
        ("https://h:8083/opds", "cwa", "https://h:8083/kosync"),
        ("https://h/komga/opds/v1.2/series/1", "komga", "https://h/komga/koreader"),
    ],
)
def test_the_likeliest_sync_address_comes_first(typed: str, chosen: str, first: str) -> None:
    assert tried(typed, Sought.SYNC, chosen)[0] == first


@pytest.mark.parametrize(
    ("typed", "chosen", "first"),
    [
        ("https://h:8083/kosync", "cwa", "https://h:8083/opds"),
        ("https://h:6062/api/koreader", "booklore", "https://h:6062/api/v1/opds"),
        ("https://h:6062", "other", "https://h:6062/api/v1/opds"),
        ("https://h/books/koreader", "komga", "https://h/books/opds/v2/catalog"),
        ("https://h:10801", "other", "https://h:10801/opds/v2.0/catalog"),
        (f"https://h:5000/api/koreader/{KEY}", "kavita", f"https://h:5000/api/opds/{KEY}"),
        (f"https://h/koreader/{STUMP}", "stump", f"https://h/opds/{STUMP}/v1.2/catalog"),
    ],
)
def test_the_likeliest_catalog_comes_first(typed: str, chosen: str, first: str) -> None:
    assert tried(typed, Sought.CATALOG, chosen)[0] == first


@pytest.mark.parametrize("sought", list(Sought))
@pytest.mark.parametrize("chosen", [one.key for one in PRESETS])
def test_no_address_is_tried_twice(sought: Sought, chosen: str) -> None:
    for typed in ("https://h/kosync", "https://h/api/koreader", "https://h", "https://h/a/b/opds"):
        found = tried(typed, sought, chosen)
        assert typed not in found and len(set(found)) == len(found)


def test_a_login_in_the_address_is_left_out() -> None:
    first = next(candidates(ServerUrl("https://eve:s3cret@h/opds"), Sought.CATALOG))
    assert first.url.reveal() == "https://h/opds"


def test_a_sub_path_too_many_is_taken_away() -> None:
    assert "https://h" in tried("https://h/kosync", Sought.SYNC)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("https://h/kosync", True),
        ("https://h/sub/api/koreader", True),
        (f"https://h/koreader/{STUMP}", True),
        ("https://h", False),
        ("https://h/koreader/users", False),
        ("https://h/opds", False),
    ],
)
def test_where_sync_should_be_is_known(typed: str, known: bool) -> None:
    assert is_known(as_typed(ServerUrl(typed)), Sought.SYNC) is known


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
