"""The word BOOK of a command: a file, or the SHA-256 of a book in the library."""

import re
from pathlib import Path

from kios_desktop.paths import Paths

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class NoSuchBook(Exception):
    """It is neither; the text is a sentence."""


async def book_file(word: str, paths: Paths) -> Path:
    """The file that `word` means; the library is only read, and only for a SHA-256.

    Raises NoSuchBook and StorageError.
    """
    path = Path(word)
    if path.exists():  # noqa: ASYNC240 (nobody else waits)
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
