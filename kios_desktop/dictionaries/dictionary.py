"""One dictionary in a folder of its own, as `adding` left it there."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Final

from kios_desktop.dictionaries.description import MOST_BYTES, Description, description_of
from kios_desktop.dictionaries.entry_files import EntryFile, entry_file
from kios_desktop.dictionaries.entry_parts import parts_of
from kios_desktop.dictionaries.forms import forms_of
from kios_desktop.dictionaries.markup import markup_of
from kios_desktop.dictionaries.stems import Stem
from kios_desktop.dictionaries.word_index import IndexedWord, WordIndex, build
from kios_desktop.domain.dictionaries import DictionaryEntry, DictionaryFacts, DictionaryId
from kios_desktop.domain.errors import DictionaryError, DictionaryFault

log = logging.getLogger(__name__)

ABOUT: Final = "dictionary.ifo"
INDEX: Final = "dictionary.idx"
SYNONYMS: Final = "dictionary.syn"
ENTRIES: Final = ("dictionary.dict.dz", "dictionary.dict")
WORDS: Final = "words"  # made from index and synonyms

MOST_ENTRIES: Final = 12  # of one look-up in one dictionary
_MOST_EQUAL: Final = 200  # words of one spelling that are looked at
_MOST_LOOKED_AT: Final = 5000  # words of one beginning
_MOST_STEMS: Final = 600
_MOST_LONGER: Final = 4  # letters that a headword may have more than its form


class Dictionary:
    """Reads its files anew at each look-up, which costs less than a millisecond. Blocking.

    All methods but `facts` raise DictionaryError.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = DictionaryId(folder.name)
        self._about: Description | None = None
        self._entries: EntryFile | None = None

    def facts(self) -> DictionaryFacts:
        problem: DictionaryError | None = None
        name, words = "", 0
        try:
            about = self.about
            name, words = about.name, about.words
            with self.words() as index:
                words = index.entries
            self._file_of_entries()
        except DictionaryError as e:
            problem = e
        return DictionaryFacts(self.id, name, words, _size(self.folder), problem)

    @property
    def about(self) -> Description:
        if self._about is None:
            self._about = read_description(self.folder / ABOUT)
        return self._about

    @contextmanager
    def words(self) -> Iterator[WordIndex]:
        """To search in, also while the dictionary is removed.

        The file is made anew if it is not there or not of this index.
        """
        with ExitStack() as opened:
            yield self._enter_words(opened)

    def _enter_words(self, opened: ExitStack) -> WordIndex:
        try:
            return opened.enter_context(self._word_index())
        except FileNotFoundError:
            log.info("the words of a dictionary are sorted again")
        except DictionaryError as e:
            if e.file != WORDS:
                raise
            log.warning("the words of a dictionary are sorted again: %s", e)
        except OSError as e:
            raise DictionaryError(DictionaryFault.UNREADABLE, INDEX) from e
        self.sort_words()
        try:
            return opened.enter_context(self._word_index())
        except OSError as e:
            raise DictionaryError(DictionaryFault.UNREADABLE, INDEX) from e

    def sort_words(self) -> None:
        """Make the file of words. It takes a second for 200,000 words."""
        part = self.folder / f"{WORDS}.part"
        try:
            build(self.folder / INDEX, self.folder / SYNONYMS, self.about, part)
            part.replace(self.folder / WORDS)
        except FileNotFoundError as e:
            raise DictionaryError(DictionaryFault.INCOMPLETE, INDEX) from e
        except OSError as e:
            raise DictionaryError(DictionaryFault.UNREADABLE, INDEX) from e
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def look_up(self, forms: Sequence[str], stem: Stem | None) -> list[DictionaryEntry]:
        """The entries for the first form that has any: spelled so but for case, then also but for
        accents, then of the same stem."""
        with self.words() as index:
            found = self._found(index, forms, stem)
            spots = [index.spot(number) for number in found[:MOST_ENTRIES]]
        return [DictionaryEntry(spot.word, self._markup(spot.offset, spot.size)) for spot in spots]

    def suggestions(self, word: str, most: int) -> list[str]:
        """Words that begin as `word` does, or as the first half of it at least."""
        least = min(len(word), max(3, (len(word) + 1) // 2))
        with self.words() as index:
            for length in range(len(word), least - 1, -1):
                begun = islice(index.beginning(word[:length]), 4 * most)
                found = list(dict.fromkeys(one.word for one in begun))
                if found:
                    return found[:most]
        return []

    def has(self, word: str, stem: Stem | None) -> bool:
        with self.words() as index:
            return bool(self._found(index, forms_of(word), stem))

    def needed_bytes(self) -> int:
        """How long the file of entries is at least, as the index has it."""
        with self.words() as index:
            return max((spot.offset + spot.size for spot in index.spots()), default=0)

    def check(self) -> None:
        """Read all of it once."""
        entries = self._file_of_entries()
        entries.check()
        if self.needed_bytes() > entries.length:
            raise DictionaryError(DictionaryFault.CUT, self._name_of_entries())

    def _found(self, index: WordIndex, forms: Sequence[str], stem: Stem | None) -> list[int]:
        for form in forms:
            if equal := index.equal(form, _MOST_EQUAL):
                return _numbers(_nearest(equal, form))
        if stem is not None:
            for form in forms:
                if " " not in form and (same := list(_of_stem(index, form, stem))):
                    return _numbers(same)
        return []

    def _markup(self, offset: int, size: int) -> str:
        content = self._file_of_entries().read(offset, size)
        return markup_of(parts_of(content, self.about.types))

    def _name_of_entries(self) -> str:
        return next((name for name in ENTRIES if (self.folder / name).exists()), ENTRIES[0])

    def _file_of_entries(self) -> EntryFile:
        if self._entries is None:
            path = self.folder / self._name_of_entries()
            if not path.exists():
                raise DictionaryError(DictionaryFault.INCOMPLETE, path.name)
            self._entries = entry_file(path)
        return self._entries

    def _word_index(self) -> WordIndex:
        folder = self.folder
        return WordIndex(folder / WORDS, folder / INDEX, folder / SYNONYMS, self.about.offset_bytes)


def read_description(path: Path) -> Description:
    """Raises DictionaryError."""
    try:
        with path.open("rb") as file:
            return description_of(file.read(MOST_BYTES + 1), path.name)
    except FileNotFoundError as e:
        raise DictionaryError(DictionaryFault.INCOMPLETE, path.name) from e
    except OSError as e:
        raise DictionaryError(DictionaryFault.UNREADABLE, path.name) from e


def _nearest(equal: Sequence[IndexedWord], form: str) -> list[IndexedWord]:
    """Those with the accents of the form, the exact spelling first; without any, all."""
    same = [one for one in equal if one.word.casefold() == form.casefold()]
    return sorted(same or equal, key=lambda one: one.word != form)


def _of_stem(index: WordIndex, form: str, stem: Stem) -> Iterator[IndexedWord]:
    wanted = stem(form)
    start = wanted[:-1] if len(wanted) > 3 else wanted  # “studies” is “studi”, as “study” is
    tried = 0
    for word in islice(index.beginning(start), _MOST_LOOKED_AT):
        if tried == _MOST_STEMS:
            return
        if " " in word.word or len(word.word) > len(form) + _MOST_LONGER:
            continue
        tried += 1
        if stem(word.word) == wanted:
            yield word


def _numbers(words: Sequence[IndexedWord]) -> list[int]:
    return list(dict.fromkeys(word.entry for word in words))


def _size(folder: Path) -> int:
    size = 0
    with suppress(OSError):
        for path in folder.iterdir():
            size += path.stat().st_size
    return size
