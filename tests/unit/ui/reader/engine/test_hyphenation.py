"""A language gets its own hyphenation patterns, or none."""

import pytest

from kios_desktop.ui.reader.engine.hyphenation import dictionary_of, patterns_of
from kios_desktop.ui.reader.hyphenation import has_patterns

DICTIONARIES = {
    "en": "en_US",
    "en-GB": "en_GB",
    "en-AU": "en_US",
    "EN_us": "en_US",
    "eng": "en_US",
    "de": "de",
    "de-AT": "de_AT",
    "de-LI-1996": "de",
    "ger": "de",
    "pt": "pt_PT",
    "pt-BR": "pt_BR",
    "sr-Latn-RS": "sr_Latn",
    "no": "nb_NO",
    "nn": "nn",
    " fr ": "fr",
}
NONE = ("", "und", "mul", "zh", "ja", "ar", "th", "la", "x-klingon", "../en", "English")


@pytest.mark.parametrize("language", DICTIONARIES)
def test_a_language_falls_back_to_itself(language: str) -> None:
    assert dictionary_of(language) == DICTIONARIES[language]
    assert patterns_of(language) and has_patterns(language)


@pytest.mark.parametrize("language", NONE)
def test_a_language_without_patterns_gets_none(language: str) -> None:
    assert dictionary_of(language) is None
    assert patterns_of(language) == "" and not has_patterns(language)


def test_patterns_are_read_in_the_encoding_of_their_dictionary() -> None:
    assert "ß" in patterns_of("de")
    assert "ż" in patterns_of("pl")
    assert "щ" in patterns_of("ru")
