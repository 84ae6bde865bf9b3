"""The forms of what was selected in a text, under which a dictionary may have it."""

import re
from typing import Final

MOST_WORDS: Final = 4
"""A longer phrase is no headword anywhere."""

_EDGES: Final = re.compile(r"^[^\w]+|[^\w]+$")
_SOFT_HYPHEN: Final = "\u00ad"
_POSSESSIVE: Final = re.compile(r"['’ʼ][sS]$")
_ELISION: Final = re.compile(r"^\w{1,6}['’ʼ](?=\w)")
_HYPHENS: Final = re.compile(r"[-‐‑]")


def words_of(text: str) -> str:
    """What was selected, without what stands around words; "" where no letter is."""
    text = " ".join(text.replace(_SOFT_HYPHEN, "").split())
    # the full stop of an abbreviation and the apostrophe of a clipped word are no part of headwords
    return _EDGES.sub("", text)


def forms_of(words: str) -> list[str]:
    """`words` first, then what it may be made of: without a possessive, after an elided article,
    and joined or divided where it has a hyphen."""
    forms = [words]
    if " " not in words:
        forms += [_POSSESSIVE.sub("", words), _ELISION.sub("", words)]
        if _HYPHENS.search(words):
            forms += [_HYPHENS.sub("", words), _HYPHENS.sub(" ", words), _HYPHENS.sub("-", words)]
    return [one for one in dict.fromkeys(forms) if one]


def parts_of_phrase(words: str) -> list[str]:
    """The single words of a phrase, also those that a hyphen joins; [] for one word."""
    parts = [_EDGES.sub("", part) for part in re.split(r"[\s\-‐‑/]+", words)]
    return [one for one in dict.fromkeys(parts) if one and one != words]
