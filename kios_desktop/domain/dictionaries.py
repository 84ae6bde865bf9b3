"""Dictionaries that the reader added, and what a look-up in them finds."""

from dataclasses import dataclass
from typing import NewType

from kios_desktop.domain.errors import DictionaryError

DictionaryId = NewType("DictionaryId", str)
"""32 lower-case hex digits, the same for the same dictionary: the name of its folder."""


@dataclass(frozen=True, slots=True)
class DictionaryFacts:
    """What is told of a dictionary. `problem` is why it can't be used, if it can't."""

    id: DictionaryId
    name: str
    words: int
    size_bytes: int  # on this disk
    problem: DictionaryError | None = None


@dataclass(frozen=True, slots=True)
class ListedDictionary:
    """`on`: it is in use."""

    facts: DictionaryFacts
    on: bool


@dataclass(frozen=True, slots=True)
class AddedDictionaries:
    """`refused` are the reasons of those that were found and not added."""

    added: tuple[DictionaryFacts, ...]
    refused: tuple[DictionaryError, ...]


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """`markup` is HTML of a dozen elements, with links `look:WORD` (quoted as in URLs)."""

    word: str
    markup: str


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """What one dictionary has."""

    dictionary: str
    entries: tuple[DictionaryEntry, ...]


@dataclass(frozen=True, slots=True)
class LookUp:
    """What was found for `words`, in the order of the dictionaries.

    `tried` are other forms that were looked up where nothing was found; `suggestions` are words
    that can be looked up instead. `searched` dictionaries are in use; `problems` are those of
    others, that could not be read.
    """

    words: str
    found: tuple[FoundEntries, ...] = ()
    tried: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    searched: int = 0
    problems: tuple[DictionaryError, ...] = ()
