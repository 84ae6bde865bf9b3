"""The word BOOK of a command: a file, or the SHA-256 of a book in the library."""

import asyncio
import hashlib
import re
from pathlib import Path

from kios_desktop.cli.command import Library
from kios_desktop.domain.library import Book
from kios_desktop.paths import Paths

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class NoSuchBook(Exception):
    """It is neither; the text is a sentence."""


async def book_file(word: str, paths: Paths) -> Path:
    """The file that `word` means; the library is only read, and only for a SHA-256.

    Raises NoSuchBook and StorageError.
    """
    path = Path(word)
    if _is_there(path):
        return path
    if not _SHA256.fullmatch(word):
        raise NoSuchBook(f"There is no file {word}.")
    from kios_desktop.storage.books import Books
    from kios_desktop.storage.database import Database

    database = await Database.open_to_read(paths.database)
    try:
        found = await Books(database).by_sha256([word.lower()])
    finally:
        await database.aclose()
    if not found:
        raise NoSuchBook(f"No book in the library has the SHA-256 {word.lower()}.")
    return paths.library / found[word.lower()].file


async def library_book(word: str, library: Library) -> Book:
    """The book of the library that `word` means, as seen from where the command was called.

    Raises NoSuchBook and StorageError.
    """
    from kios_desktop.storage.books import Books

    path = library.called_in / word
    if await asyncio.to_thread(_is_there, path):
        digest = await asyncio.to_thread(_digest, path)
        missing = f"{word} is not in the library."
    elif _SHA256.fullmatch(word):
        digest = word.lower()
        missing = f"No book in the library has the SHA-256 {digest}."
    else:
        raise NoSuchBook(f"There is no file {word}.")
    found = await Books(library.database).by_sha256([digest])
    if not found:
        raise NoSuchBook(missing)
    return found[digest]


def _is_there(path: Path) -> bool:
    """Raises NoSuchBook where nobody can tell: in a locked folder, or with too long a name."""
    try:
        return path.exists()
    except OSError as e:
        raise _unreadable(path, e) from e


def _digest(path: Path) -> str:
    """Raises NoSuchBook for what can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as e:
        raise _unreadable(path, e) from e


def _unreadable(path: Path, error: OSError) -> NoSuchBook:
    return NoSuchBook(f"{path} can’t be read: {error.strerror or error}.")
