"""Takes the text on both sides of a place as a quote, and finds a place by its quote.

White space, soft hyphens and zero-width characters are left out of the comparison.
"""

import re

from kios_desktop.domain.locator import Quote
from kios_desktop.epub import display
from kios_desktop.epub.comparable import bare
from kios_desktop.epub.content_model import ContentModel
from kios_desktop.epub.display import Display
from kios_desktop.epub.nonspace import nonspace, nth_nonspace
from kios_desktop.epub.source_tree import Element, Text

QUOTE_CHARACTERS = 48
_MIN_CHARACTERS = 6  # shorter quotes are everywhere
_COMPARED_CHARACTERS = 32
_MAX_FOUND = 1000
_LONGEST_WORD = 32  # more without a space are words of a script that has none
_BEGUN = re.compile(r"\S+\Z")
_SPACES = re.compile(r"[ \t\r\n]+")


def quote(model: ContentModel, ordinal: int, length: int = QUOTE_CHARACTERS) -> Quote:
    """The text on both sides of a place: `length` non-space characters where there are."""
    at = model.text_index(ordinal)
    if at < 0:
        return Quote()
    here = model.tree.texts[at]
    characters = model.tree.characters(here)
    cut = nth_nonspace(characters, ordinal - here.ordinal)
    return Quote(
        before=_before(model, at, characters[:cut], length).strip(" "),
        after=_after(model, at, characters[cut:], length).strip(" "),
    )


def excerpt(model: ContentModel, ordinal: int, length: int) -> str:
    """About `length` non-space characters of whole words from a place on, for people.

    A place can be inside a word: the word is there from its beginning. Where words have no spaces
    between them, the place itself is the beginning.
    """
    at = model.text_index(ordinal)
    if at < 0:
        return ""
    here = model.tree.texts[at]
    characters = model.tree.characters(here)
    cut = nth_nonspace(characters, ordinal - here.ordinal)
    begun = _BEGUN.search(_before(model, at, characters[:cut], _LONGEST_WORD + 1))
    word = begun[0] if begun and len(begun[0]) <= _LONGEST_WORD else ""
    text = (word + _after(model, at, characters[cut:], length)).strip(" ")
    return text.rpartition(" ")[0] or text


def passage(model: ContentModel, start: int, end: int) -> str:
    """The text between two ordinals of a chapter, white space folded."""
    at = model.text_index(start)
    if at < 0 or start >= min(end, model.total):
        return ""
    here = model.tree.texts[at]
    characters = model.tree.characters(here)
    cut = nth_nonspace(characters, start - here.ordinal)
    return _after(model, at, characters[cut:], min(end, model.total) - start).strip(" ")


def find(model: ContentModel, wanted: Quote, near: int) -> int | None:
    """The ordinal in one chapter where the text after the place is `wanted.after`.

    The one nearest to the ordinal `near`; `wanted.before` decides between several. None when the
    quote is not there or too short to mean anything.
    """
    after, before = bare(wanted.after), bare(wanted.before)
    if len(after) < _MIN_CHARACTERS:
        return None
    stream, ordinals = model.comparable
    found: list[tuple[bool, int, int]] = []
    position = stream.find(after)
    while position >= 0 and len(found) < _MAX_FOUND:
        ordinal = position if ordinals is None else ordinals[position]
        differs = bool(before) and not stream.endswith(before[-16:], 0, position)
        found.append((differs, abs(ordinal - near), ordinal))
        position = stream.find(after, position + 1)
    return min(found)[2] if found else None


def agrees(model: ContentModel, ordinal: int, wanted: Quote) -> bool:
    """Whether the text after a place is that of the quote; an empty quote agrees with anything."""
    after = bare(wanted.after)[:_COMPARED_CHARACTERS]
    if not after:
        return True
    there = bare(model.stream[ordinal : ordinal + 4 * _COMPARED_CHARACTERS])
    shorter = min(len(after), len(there))
    return after[:shorter] == there[:shorter] and (shorter > 0 or not model.total)


def _after(model: ContentModel, at: int, first: str, length: int) -> str:
    texts, parts = model.tree.texts, [first]
    taken = nonspace(first)
    following = at + 1
    while taken < length and following < len(texts):
        characters = model.tree.characters(texts[following])
        if _parted(texts[following - 1], texts[following]):
            parts.append(" ")
        parts.append(characters)
        taken += nonspace(characters)
        following += 1
    whole = "".join(parts)
    return _SPACES.sub(" ", whole[: nth_nonspace(whole, length)])


def _before(model: ContentModel, at: int, last: str, length: int) -> str:
    texts, parts = model.tree.texts, [last]
    taken = nonspace(last)
    previous = at - 1
    while taken < length and previous >= 0:
        characters = model.tree.characters(texts[previous])
        if _parted(texts[previous], texts[previous + 1]):
            parts.append(" ")
        parts.append(characters)
        taken += nonspace(characters)
        previous -= 1
    whole = "".join(reversed(parts))
    cut = nth_nonspace(whole, taken - length) if taken > length else 0
    return _SPACES.sub(" ", whole[cut:])


def _parted(first: Text, second: Text) -> bool:
    """Whether a reader sees two texts in different blocks."""
    return first.parent is not second.parent and _block(first.parent) is not _block(second.parent)


def _block(element: Element) -> Element:
    while display.default(element.name) is not Display.BLOCK and element.parent is not None:
        element = element.parent
    return element
