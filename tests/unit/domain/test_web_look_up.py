"""Addresses of look-ups: who gets what, and which are none."""

import pytest

from kios_desktop.domain.preferences import TRANSLATION, WIKIPEDIA
from kios_desktop.domain.web_look_up import address_host, filled, is_usable


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        (WIKIPEDIA, True),
        (TRANSLATION, True),
        ("http://localhost:80/{word}", True),
        ("https://h/?q={word}", True),
        ("https://h/", False),
        ("https://{word}.example/", False),  # a word is no host
        ("https://{word}/{word}", False),
        ("ftp://h/{word}", False),
        ("file:///{word}", False),
        ("javascript:alert('{word}')", False),
        ("h/{word}", False),
        ("https://[bad/{word}", False),
        ("https://h:99999/{word}", False),
        ("", False),
    ],
)
def test_an_address_needs_a_host_and_a_place_for_the_word(address: str, usable: bool) -> None:
    assert is_usable(address) == usable


def test_the_host_is_the_one_that_gets_the_word() -> None:
    assert address_host(WIKIPEDIA, "fr-CA") == "fr.wikipedia.org"
    assert address_host(WIKIPEDIA) == "en.wikipedia.org"
    assert address_host("https://user:secret@h:8/{word}") == "h:8"


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("two words", "de", "https://de.h/two%20words?l=de"),
        ("a/b?c#d&e", "pt_BR", "https://pt.h/a%2Fb%3Fc%23d%26e?l=pt"),
        ("é", "", "https://en.h/%C3%A9?l=en"),
        ("a", "evil.example/", "https://en.h/a?l=en"),
        ("a", "é", "https://en.h/a?l=en"),
        ("{language}", "de", "https://de.h/%7Blanguage%7D?l=de"),
    ],
)
def test_nothing_but_the_word_and_a_language_gets_in(
    word: str, language: str, expected: str
) -> None:
    assert filled("https://{language}.h/{word}?l={language}", word, language) == expected


def test_a_long_passage_is_not_sent_whole() -> None:
    assert len(filled("https://h/{word}", "x" * 10_000, "en")) < 600
