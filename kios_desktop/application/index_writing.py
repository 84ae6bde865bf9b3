"""The process that writes the index over all books, as Kios uses it. Blocking, except for `kill`.

What it does, and what is said, is in `index_process.py`.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

from kios_desktop import paths
from kios_desktop.domain import errors
from kios_desktop.domain.errors import Missing, StorageError
from kios_desktop.domain.inside_books import BookFile, IndexedBook, Unindexed
from kios_desktop.domain.library import BookId

WORD: Final = "index-books"
"""The command that runs the process."""


class WriterLost(Exception):
    """The process ended without an answer."""


class IndexWriting(Protocol):
    """Methods raise `WriterLost` and `StorageError`; after either, it is only to be closed."""

    def read(self, book: BookFile, path: Path) -> Unindexed | None:
        """Read a book; why there is no text of it, None if there is. Raises Missing as well."""

    def drop(self, book_id: BookId) -> None: ...

    def give_up(self, book: IndexedBook) -> None: ...

    def kill(self) -> None:
        """End at once, from any thread: the book in work is lost."""

    def close(self) -> None:
        """End, when what was asked is done."""


class IndexWriterProcess:
    """Implements `IndexWriting`, with the index at `path`. Making one raises like its methods."""

    def __init__(self, path: Path) -> None:
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        flags |= getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)
        try:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                _command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=flags,
                cwd=None if _is_packaged() else Path(paths.__file__).parent.parent,
            )
        except OSError as error:
            raise WriterLost from error
        try:
            self._ask(do="open", path=os.fspath(path.absolute()))
        except BaseException:
            self.close()
            raise

    def read(self, book: BookFile, path: Path) -> Unindexed | None:
        answer = self._ask(
            do="read", book=book.id, sha256=book.sha256, path=os.fspath(path.absolute())
        )
        why_not = answer["why_not"]
        if why_not == "missing":
            raise Missing(book.file)
        return Unindexed(why_not) if why_not else None

    def drop(self, book_id: BookId) -> None:
        self._ask(do="drop", book=book_id)

    def give_up(self, book: IndexedBook) -> None:
        self._ask(do="give up", book=book.id, sha256=book.sha256, why_not=book.why_not)

    def kill(self) -> None:
        with suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        with suppress(OSError):
            self._process.communicate()

    def _ask(self, **message: object) -> dict[str, Any]:
        asked, answers = self._process.stdin, self._process.stdout
        if asked is None or answers is None:
            raise WriterLost
        try:
            asked.write(json.dumps(message).encode() + b"\n")
            asked.flush()
            answer: dict[str, Any] = json.loads(answers.readline())
        except (OSError, ValueError) as error:  # ValueError: half an answer, or none
            raise WriterLost from error
        if "problem" in answer:
            raise _problem(answer["problem"])
        return answer


def _problem(name: str) -> StorageError:
    """The error of this name; those that need more than a text are not among them."""
    kind = getattr(errors, name, StorageError)
    return kind(name) if issubclass(kind, StorageError) else StorageError(name)


def _command() -> list[str]:
    if _is_packaged():
        return [sys.executable, WORD]
    return [sys.executable, "-m", "kios_desktop", WORD]


def _is_packaged() -> bool:
    return bool(getattr(sys, "frozen", False))
