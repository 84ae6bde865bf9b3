"""Hyphenation patterns, by the language tag that a book gives. No Qt.

The dictionaries are pyphen's; `resources/reader/patterns.js` applies them, as pyphen's own reading
of the German one takes more than a second.
"""

from functools import lru_cache

import pyphen

_PREFERRED = {"en": "en_US", "pt": "pt_PT", "no": "nb_NO"}
_WITHOUT_HYPHENS = {"th"}  # Thai divides words at the ends of lines, and marks that by nothing
# ISO 639-2 codes, which a package may use, though BCP 47 asks for the shorter ones
_SHORTER = {
    "afr": "af", "bel": "be", "bul": "bg", "cat": "ca", "ces": "cs", "cze": "cs", "dan": "da",
    "deu": "de", "ger": "de", "ell": "el", "gre": "el", "eng": "en", "epo": "eo", "spa": "es",
    "est": "et", "eus": "eu", "baq": "eu", "fra": "fr", "fre": "fr", "glg": "gl", "hrv": "hr",
    "hun": "hu", "isl": "is", "ice": "is", "ita": "it", "lit": "lt", "lav": "lv", "nob": "nb",
    "nor": "no", "nno": "nn", "nld": "nl", "dut": "nl", "pol": "pl", "por": "pt", "ron": "ro",
    "rum": "ro", "rus": "ru", "slk": "sk", "slo": "sk", "slv": "sl", "sqi": "sq", "alb": "sq",
    "srp": "sr", "swe": "sv", "ukr": "uk",
}  # fmt: skip


def dictionary_of(language: str) -> str | None:
    """The name of the dictionary for a language tag (BCP 47); None where there is none.

    A tag falls back to its language, never to another one: “de-LI” to German, “und” to nothing.
    """
    first, *rest = language.strip().lower().replace("_", "-").split("-")
    first = _SHORTER.get(first, first)
    if first in _WITHOUT_HYPHENS:
        return None
    known: str | None = pyphen.language_fallback("_".join((first, *rest)))
    return _PREFERRED.get(known, known) if known is not None else _PREFERRED.get(first)


@lru_cache(maxsize=4)
def patterns_of(language: str) -> str:
    """The lines of the dictionary for a language tag; "" where there is none."""
    name = dictionary_of(language)
    if name is None:
        return ""
    data: bytes = pyphen.LANGUAGES[name].read_bytes()
    encoding, _, lines = data.partition(b"\n")  # hunspell(5): the first line names the encoding
    return lines.decode(encoding.decode("ascii").strip())
