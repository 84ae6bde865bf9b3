"""Quotes: found again by their words, whatever stands between them."""

import pytest

from kios_desktop.domain.locator import Quote
from kios_desktop.epub import quotes
from kios_desktop.epub.content_model import ContentModel
from tests.books import page

MODEL = ContentModel(page("<p>alpha beta gamma</p>" * 2).encode(), lambda _: "")


@pytest.mark.parametrize(
    ("wanted", "near", "ordinal"),
    [
        (Quote(after="beta gamma"), 0, 5),
        (Quote(after="beta gamma"), 20, 19),
        (Quote(before="gamma alpha", after="beta gamma"), 0, 19),
        (Quote(after="be\u00adta\u200b   gam\nma"), 0, 5),
        (Quote(after="not there at all"), 0, None),
        (Quote(after="a"), 0, None),
    ],
)
def test_a_quote_is_found_again(wanted: Quote, near: int, ordinal: int | None) -> None:
    assert quotes.find(MODEL, wanted, near) == ordinal
