"""Dictionaries are copied into a folder of the profile, checked on the way. Blocking.

What the reader chose may be an .ifo file, a folder, or a packed folder (zip or tar); each may have
several dictionaries.
"""

import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kios_desktop.dictionaries.dictionary import (
    ABOUT,
    ENTRIES,
    INDEX,
    SYNONYMS,
    Dictionary,
    read_description,
)
from kios_desktop.dictionaries.entry_files import has_table, unpack_gzip
from kios_desktop.dictionaries.unpacking import is_packed, unpack
from kios_desktop.dictionaries.word_index import MOST_INDEX_BYTES
from kios_desktop.domain.dictionaries import AddedDictionaries, DictionaryFacts, DictionaryId
from kios_desktop.domain.disk import from_os, make_folder, private, settle
from kios_desktop.domain.errors import DictionaryError, DictionaryFault

log = logging.getLogger(__name__)

ID: Final = re.compile(r"[0-9a-f]{32}")
MOST_ENTRIES_BYTES: Final = 2 * 1024**3
_DEEPEST: Final = 3  # folders within what was chosen
_MOST_FILES: Final = 10_000
_COPY_BYTES: Final = 1024 * 1024
_PART: Final = ".part"
_PACKED: Final = (".gz", ".dz")


def add(chosen: Path, folder: Path) -> AddedDictionaries:
    """Copy all dictionaries of what was chosen. One that is there already stays as it is.

    Raises DictionaryError where there is none, and StorageError where nothing can be written.
    """
    try:
        make_folder(folder)
        remove_unfinished(folder)
        if not is_packed(chosen):
            return _add_all(chosen, folder)
        with tempfile.TemporaryDirectory(suffix=_PART, dir=folder) as unpacked:
            unpack(chosen, Path(unpacked), MOST_ENTRIES_BYTES)
            return _add_all(chosen, folder, Path(unpacked))
    except OSError as e:
        raise from_os(e) from e


def _add_all(chosen: Path, folder: Path, place: Path | None = None) -> AddedDictionaries:
    """`place` is where the dictionaries are, if not in what was chosen."""
    added: list[DictionaryFacts] = []
    refused: list[DictionaryError] = []
    for about in _found_in(place or chosen):
        try:
            added.append(_add_one(about, folder))
        except DictionaryError as e:
            log.warning("a dictionary is not added: %s", e)
            refused.append(e)
    if not added and not refused:
        raise DictionaryError(DictionaryFault.NONE_HERE, chosen.name)
    return AddedDictionaries(tuple(added), tuple(refused))


def remove(folder: Path, dictionary: DictionaryId) -> None:
    """Raises StorageError. One that is not there is removed already."""
    place, going = folder / dictionary, folder / f"{dictionary}{_PART}"
    try:
        if place.exists():
            shutil.rmtree(going, ignore_errors=True)
            place.replace(going)
        shutil.rmtree(going, ignore_errors=True)
    except OSError as e:
        raise from_os(e) from e


def dictionaries_in(folder: Path) -> list[DictionaryId]:
    """Those that were added, in no order."""
    with suppress(OSError):
        return sorted(
            DictionaryId(place.name)
            for place in folder.iterdir()
            if ID.fullmatch(place.name) and place.is_dir()
        )
    return []


def remove_unfinished(folder: Path) -> None:
    """What a kill left while a dictionary was added or removed."""
    for place in folder.glob(f"*{_PART}"):
        shutil.rmtree(place, ignore_errors=True)


def _found_in(chosen: Path, depth: int = 0) -> Iterator[Path]:
    """The .ifo files of what was chosen."""
    if chosen.is_dir():
        for number, path in enumerate(sorted(chosen.iterdir())):
            if number == _MOST_FILES:
                return
            is_below = path.is_dir() and not path.is_symlink() and depth < _DEEPEST
            if is_below or (path.is_file() and path.suffix.lower() == ".ifo"):
                yield from _found_in(path, depth + 1)
    elif chosen.is_file() and chosen.suffix.lower() in (".ifo", ".idx", ".dict", ".dz", ".syn"):
        # any file of a dictionary leads to it
        about = _sibling(chosen, (".ifo",))
        if about is not None:
            yield about


def _sibling(file: Path, ends: Sequence[str]) -> Path | None:
    """The first file of the same dictionary that ends so, in whatever case."""
    stem = _stem(file)
    there = {path.name.lower(): path for path in file.parent.iterdir()}
    return next((there[stem + end] for end in ends if stem + end in there), None)


def _stem(file: Path) -> str:
    """The name of a dictionary's file without its ends, in small letters."""
    name = file.name.lower()
    for end in _PACKED:
        name = name.removesuffix(end)
    for end in (".ifo", ".idx", ".dict", ".syn"):
        name = name.removesuffix(end)
    return name


def _add_one(about: Path, folder: Path) -> DictionaryFacts:
    read_description(about)
    index = _sibling(about, (".idx", ".idx.gz", ".idx.dz"))
    entries = _sibling(about, (".dict.dz", ".dict"))
    synonyms = _sibling(about, (".syn", ".syn.gz", ".syn.dz"))
    if index is None or entries is None:
        missing = f"{about.stem}{'.idx' if index is None else '.dict'}"
        raise DictionaryError(DictionaryFault.INCOMPLETE, missing)
    with tempfile.TemporaryDirectory(suffix=_PART, dir=folder) as made:
        part = Path(made)
        digest = hashlib.sha256(_copy(about, part / ABOUT, MOST_INDEX_BYTES))
        digest.update(_copy(index, part / INDEX, MOST_INDEX_BYTES))
        if synonyms is not None:
            digest.update(_copy(synonyms, part / SYNONYMS, MOST_INDEX_BYTES))
        place = folder / digest.hexdigest()[:32]
        if not place.exists():
            with _naming((about, index, entries, synonyms)):
                _complete(Dictionary(part), entries)
            part.rename(place)
            part.mkdir()  # for `TemporaryDirectory` to remove
    return Dictionary(place).facts()


@contextmanager
def _naming(given: Sequence[Path | None]) -> Iterator[None]:
    """Errors name the files as the reader knows them."""
    try:
        yield
    except DictionaryError as e:
        end = e.file.removeprefix("dictionary").removesuffix(".dz")
        known = next((one.name for one in given if one is not None and end in one.name), e.file)
        raise DictionaryError(e.fault, known) from e


def _complete(made: Dictionary, entries: Path) -> None:
    """Sort its words, copy the file of entries, and check that they belong together."""
    made.sort_words()
    packed, plain = (made.folder / name for name in ENTRIES)
    if entries.suffix.lower() != ".dz":
        _copy(entries, plain, MOST_ENTRIES_BYTES)
    elif has_table(entries):
        _copy(entries, packed, MOST_ENTRIES_BYTES, unpacked=False)
    else:  # an ordinary gzip file, which can only be read from its beginning
        needed = made.needed_bytes()
        if needed > MOST_ENTRIES_BYTES:
            raise DictionaryError(DictionaryFault.TOO_LARGE, entries.name)
        _copy(entries, plain, needed, whole=False)
    made.check()


def _copy(
    source: Path, target: Path, most: int, *, unpacked: bool = True, whole: bool = True
) -> bytes:
    """Copy a file, unpacked if it is packed; its SHA-256. Raises DictionaryError and OSError.

    Without `whole` what is behind the first `most` bytes is left out, and not refused.
    """
    with open(target, "w+b", opener=private) as file:
        if unpacked and source.suffix.lower() in _PACKED:
            if not unpack_gzip(source, file, most) and whole:
                raise DictionaryError(DictionaryFault.TOO_LARGE, source.name)
        else:
            if source.stat().st_size > most:
                raise DictionaryError(DictionaryFault.TOO_LARGE, source.name)
            with source.open("rb") as original:
                shutil.copyfileobj(original, file, _COPY_BYTES)
        file.flush()
        settle(file.fileno())
        file.seek(0)
        return hashlib.file_digest(file, "sha256").digest()
