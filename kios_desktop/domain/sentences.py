"""Where the sentences of a paragraph begin and end, in the languages books are written in.

It decides from the characters alone: marks that end a sentence, what follows them, and a table of
abbreviations. What it joins wrongly is spoken in one breath; what it divides wrongly has a pause.
"""

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 400  # characters; a longer sentence is spoken in parts

_ALWAYS = "。！？｡．।॥؟۔։።။។"  # end a sentence whatever follows
_MARK = re.compile(rf"[.!?…]+|[{_ALWAYS}!?]+")
_CLOSERS = "\"'”’“»«›‹)]}」』）】〉》］｣"
_CLOSED = re.compile(rf"[{re.escape(_CLOSERS)}]+|[ ][»›](?=[ ]|$)")
_OPENERS = "\"'“‘„‚«»‹›([{¿¡—–-「『（ "
_WORD_BEFORE = re.compile(r"[^\W_](?:[\w.’'-]*[^\W_])?$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]$")
_PAUSE = re.compile(r"[,;:，、；：—–]+[ ]?|[ ]")

# never the last word of a sentence
_ABBREVIATIONS: Final = {
    "en": "mr mrs ms messrs dr prof rev hon st sen gov gen col capt lt sgt maj cmdr adm fr vs cf"
    " viz jan feb aug sept oct nov dec mt",
    "de": "dr prof hr fr frl st bzw vgl ca evtl ggf sog bspw geb gest inkl exkl nr bd hrsg abs art"
    " dipl ing jr kap str",
    "fr": "mm mme mmes mlle mlles mgr dr pr me st ste cf chap vol env av",
    "es": "sr sra srta sres dr dra d dña ud uds vd vds pág págs cap núm av",
    "it": "sig sigg dott prof ing avv on egr gent pag cap vol cfr sen",
    "pt": "sr sra srta dr dra prof profa exmo exma pág cap av",
    "nl": "dhr mevr mw dr prof ir ing drs st blz nr bijv resp ca",
    "sv": "hr fr dr prof ca kl bl resp",
    "pl": "p prof dr inż mgr św ul godz tzn tzw np nr",
    "cs": "p pí sl dr prof ing mgr sv ul např tzv tj čís",
    "ru": "г гг ул стр им проф др т тов св гл рис",
}
_NEVER_LAST: Final = {language: set(words.split()) for language, words in _ABBREVIATIONS.items()}
# only before a number: elsewhere they are words, or end sentences
_WORDS_BEFORE_NUMBERS: Final = "no nos nr nº p pp vol vols fig figs ch art sec op núm"
_BEFORE_NUMBER: Final = frozenset(_WORDS_BEFORE_NUMBERS.split())
# languages that write “the 3rd” as “3.”
_LANGUAGES: Final = "de da nb nn no fi cs sk hu pl sl hr sr bs et lv is fo lb eu"
_DOTTED_ORDINALS: Final = frozenset(_LANGUAGES.split())


def sentences(text: str, language: str = "") -> Iterator[tuple[int, int]]:
    """The (start, end) of each sentence of one paragraph, without the spaces around it.

    `language` is a BCP 47 tag. What has no letter and no digit, such as “* * *”, is left out.
    """
    primary = primary_language(language)
    start = 0
    for end in (*_ends(text, primary), len(text)):
        yield from _parts(text, start, end)
        start = end


def primary_language(tag: str) -> str:
    """The language that a BCP 47 tag begins with, in lower case: “en” of “en-GB”."""
    return tag.strip().partition("-")[0].partition("_")[0].lower()


def _ends(text: str, language: str) -> Iterator[int]:
    """Where sentences end, behind the quotes and brackets that close with them."""
    end = 0
    for mark in _MARK.finditer(text):
        if mark.start() < end:
            continue
        closed = _CLOSED.match(text, mark.end())
        end = closed.end() if closed else mark.end()
        if mark[0][-1] in _ALWAYS or (
            text[end : end + 1] in ("", " ", "\n") and _is_end(text, mark, end, language)
        ):
            yield end


def _is_end(text: str, mark: re.Match[str], end: int, language: str) -> bool:
    following = text[end : end + 40].lstrip(_OPENERS)[:1]
    if following.islower():
        return False
    if mark[0] != ".":
        return True
    found = _WORD_BEFORE.search(text, max(0, mark.start() - 40), mark.start())
    word = found[0] if found else ""
    if word.isdigit():
        return not (language in _DOTTED_ORDINALS and len(word) <= 2)
    if _INITIALS.match(word):
        return language == "en" and word == "I"
    folded = word.lower()
    if folded in _BEFORE_NUMBER and following.isdigit():
        return False
    return folded not in _NEVER_LAST.get(language, _NEVER_LAST["en"])


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence without the spaces around it, in parts that are not too long."""
    while start < end:
        cut = end
        if end - start > LONGEST:
            pauses = list(_PAUSE.finditer(text, start + LONGEST // 2, start + LONGEST))
            better = [one for one in pauses if one[0] != " "] or pauses
            cut = better[-1].end() if better else start + LONGEST
        first, last = start, cut
        while first < last and text[first].isspace():
            first += 1
        while first < last and text[last - 1].isspace():
            last -= 1
        if any(character.isalnum() for character in text[first:last]):
            yield first, last
        start = cut
