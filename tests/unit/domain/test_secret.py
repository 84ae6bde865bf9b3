"""What is secret in an address stays out of what is shown and written."""

import pytest

from kios_desktop.domain.secret import KeyMask, ServerUrl

KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    "root",
    [
        f"https://kavita.example.org/api/opds/{KEY}",
        f"https://stump.example.org/opds/stump_{KEY}/v1.2/catalog",
        f"https://books.example.org/feed?apiKey={KEY}&x=1",
    ],
)
def test_a_key_is_taken_out_of_text_and_put_back(root: str) -> None:
    mask = KeyMask(ServerUrl(root))
    text = f'{{"href": "{root}/series/5?page=2", "cover": "/image?apiKey={KEY}"}}'
    if "stump" in root:
        text = f'{{"href": "{root}/series/5"}}'
    hidden = mask.hide(text)
    assert KEY not in hidden
    assert mask.restore(hidden) == text


def test_an_address_without_a_key_hides_nothing() -> None:
    mask = KeyMask(ServerUrl("https://books.example.org/opds/v2/catalog"))
    text = "https://books.example.org/opds/v2/catalog/books"
    assert mask.hide(text) == text == mask.restore(text)


def test_one_key_inside_another_comes_back_whole() -> None:
    mask = KeyMask(ServerUrl(f"https://x.example.org/{KEY}/a{KEY}b/feed"))
    text = f"/{KEY}/a{KEY}b/"
    assert mask.restore(mask.hide(text)) == text


@pytest.mark.parametrize("token", ["abcd-efgh", "word", KEY])
def test_what_follows_kobo_is_a_key_however_it_looks(token: str) -> None:
    root = ServerUrl(f"https://books.example.org/api/kobo/{token}")
    assert token not in root.shown
    text = f'{{"href": "{root.reveal()}/v1/library/5/state"}}'
    hidden = KeyMask(root).hide(text)
    assert token not in hidden
    assert KeyMask(root).restore(hidden) == text


@pytest.mark.parametrize("text", ["https://[bad", "http://[::1", "http://h:99999/x", "http://h:x"])
def test_an_address_that_cant_be_read_is_shown_as_nothing(text: str) -> None:
    url = ServerUrl(text)
    assert (url.shown, url.host, repr(url)) == ("••••", "", "ServerUrl(••••)")
    assert KeyMask(url).hide("text") == "text"


KEYED = [
    ("https://h.org/api/koreader/{key}", "Abcd1234efgh"),
    ("https://h.org/api/Koreader/{key}/users/auth", "k3y"),
    ("https://h.org/api/koreader/{key}", "hunterhunterhunter"),
    ("https://h.org/koreader/{key}/syncs/progress", "stump_abc123"),
    ("https://h.org/opds/{key}/v1.2/catalog", "stump_abc123"),
]


@pytest.mark.parametrize(("form", "key"), KEYED)
def test_the_key_of_kavita_and_stump_is_hidden_however_it_looks(form: str, key: str) -> None:
    root = ServerUrl(form.format(key=key))
    assert root.shown == form.format(key="••••")
    assert key not in repr(root)
    hidden = KeyMask(root).hide(root.reveal())
    assert key not in hidden
    assert KeyMask(root).restore(hidden) == root.reveal()


@pytest.mark.parametrize(
    "text",
    [
        "https://h.org/koreader",
        "https://h.org/api/koreader/",
        "https://h.org/api/koreader/users/auth",
        "https://h.org/koreader/syncs/progress",
        "https://h.org/api/koreader/books/by-hash",
    ],
)
def test_the_routes_of_koreader_sync_are_no_keys(text: str) -> None:
    assert ServerUrl(text).shown == text
