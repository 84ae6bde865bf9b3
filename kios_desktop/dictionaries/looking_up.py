"""A word or a phrase of a text, looked up in several dictionaries. Blocking."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kios_desktop.dictionaries.dictionary import Dictionary
from kios_desktop.dictionaries.forms import MOST_WORDS, forms_of, parts_of_phrase, words_of
from kios_desktop.dictionaries.stems import Stem, stem_in
from kios_desktop.domain.dictionaries import FoundEntries, LookUp
from kios_desktop.domain.errors import DictionaryError

log = logging.getLogger(__name__)

MOST_SUGGESTIONS: Final = 8
_LONGEST: Final = 200  # characters; more is no word and no phrase


def look_up(dictionaries: Sequence[Dictionary], text: str, language: str) -> LookUp:
    """Look up a selected text in a language (BCP 47, "" if it is not known).

    A dictionary that can't be read is told, and costs no other.
    """
    words = words_of(text[: 4 * _LONGEST])[:_LONGEST]
    is_phrase = 1 < len(words.split()) <= MOST_WORDS
    forms = forms_of(words) if is_phrase or " " not in words else []
    stem = stem_in(language)
    found: list[FoundEntries] = []
    problems: list[DictionaryError] = []
    sound: list[Dictionary] = []
    for dictionary in dictionaries if words else ():
        try:
            entries = dictionary.look_up(forms, stem)
            name = dictionary.about.name
        except DictionaryError as e:
            log.warning("a dictionary can't be read: %s", e)
            problems.append(e)
            continue
        sound.append(dictionary)
        if entries:
            found.append(FoundEntries(name, tuple(entries)))
    looked = LookUp(words, tuple(found), (), (), len(sound), tuple(problems))
    if found:
        return looked
    base = stem(words) if stem is not None and words and " " not in words else ""
    tried = [one for one in dict.fromkeys((*forms[1:], base)) if one and one != words.lower()]
    suggested = _suggestions(sound, words, stem)
    return replace(looked, tried=tuple(tried), suggestions=tuple(suggested))


def _suggestions(dictionaries: Sequence[Dictionary], words: str, stem: Stem | None) -> list[str]:
    """The words of a phrase that are headwords; else words that begin in the same way."""
    known = dict[str, None]()
    for part in parts_of_phrase(words)[: 2 * MOST_SUGGESTIONS]:
        if any(dictionary.has(part, stem) for dictionary in dictionaries):
            known[part] = None
    if not known and words:
        for dictionary in dictionaries:
            known.update(dict.fromkeys(dictionary.suggestions(words, MOST_SUGGESTIONS)))
    return list(known)[:MOST_SUGGESTIONS]
