"""Inflected forms are led back to a stem, by the rules of Snowball for the language of a text."""

from collections.abc import Callable
from typing import Final

_LANGUAGES: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

Stem = Callable[[str], str]


def stem_in(language: str) -> Stem | None:
    """`language` is a BCP 47 tag; None for one whose forms are not known. For one thread."""
    name = _LANGUAGES.get(language.replace("_", "-").partition("-")[0].lower())
    if name is None:
        return None
    from snowballstemmer import stemmer

    rules = stemmer(name)
    return lambda word: str(rules.stemWord(word.lower()))
