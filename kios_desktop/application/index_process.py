"""A process of its own that reads books for the index over all of them, and that may be lost.

It runs at low priority, writes to the index alone, and ends when nobody asks it any more. Messages
are JSON objects, one a line. Asked is {do: "open", path}, {do: "read", book, sha256, path},
{do: "drop", book} or {do: "give up", book, sha256, why_not}. Each gets one answer: {}, {books:
[[id, sha256, why_not]]} to "open", {why_not} to "read", or {problem}: the name of a `StorageError`.
"""

import json
import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, NoReturn

from kios_desktop.domain.errors import (
    Encrypted,
    Missing,
    PublicationError,
    StorageError,
    TooLarge,
)
from kios_desktop.domain.inside_books import IndexedBook, Unindexed
from kios_desktop.domain.library import BookId
from kios_desktop.epub.container import Container
from kios_desktop.epub.outline import kept_outline
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.search_folding import folded
from kios_desktop.epub.search_words import indexed
from kios_desktop.epub.text_pieces import text_pieces
from kios_desktop.storage.text_index import KeptPiece, TextIndexWriter

log = logging.getLogger(__name__)

LOWEST = 19  # priority, where the system has such
GRACE_S = 2.0  # to end in order, after Kios is gone

_Message = dict[str, Any]


def run() -> NoReturn:
    """Answer until there are no more questions, and end this process."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(LOWEST)
    with open(1, "wb") as answers, suppress(BrokenPipeError, KeyboardInterrupt):
        answer_all(_questions(), answers)
    os._exit(0)  # a thread may still read


def _questions() -> Iterator[bytes]:
    """The lines of standard input. Once Kios is gone, a book in work is not read to its end."""
    lines = SimpleQueue[bytes | None]()

    def read() -> None:
        with open(0, "rb") as source:
            for line in source:
                lines.put(line)
        lines.put(None)
        time.sleep(GRACE_S)
        os._exit(1)  # what is written is a transaction: the book in work is lost, nothing else

    threading.Thread(target=read, daemon=True).start()
    return iter(lines.get, None)


def answer_all(questions: Iterable[bytes], answers: IO[bytes]) -> None:
    index: TextIndexWriter | None = None
    try:
        for line in questions:
            asked = json.loads(line)
            try:
                if asked["do"] == "open":
                    index = TextIndexWriter(Path(asked["path"]), words_of)
                    answer: _Message = {"books": [[*_cells(one)] for one in index.books()]}
                else:
                    answer = _answer(index, asked) if index is not None else {}
            except StorageError as error:
                answer = {"problem": type(error).__name__}
            answers.write(json.dumps(answer).encode() + b"\n")
            answers.flush()
    finally:
        if index is not None:
            with suppress(StorageError):
                index.close()


def words_of(text: str) -> str:
    """The words of a text as it is."""
    return indexed(folded(text, match_case=False))


def _cells(book: IndexedBook) -> tuple[int, str, str]:
    return book.id, book.sha256, book.why_not or ""


def _answer(index: TextIndexWriter, asked: _Message) -> _Message:
    """Raises StorageError."""
    book_id = BookId(asked["book"])
    if asked["do"] == "drop":
        index.drop(book_id)
        return {}
    if asked["do"] == "give up":
        index.put(IndexedBook(book_id, asked["sha256"], Unindexed(asked["why_not"])), [])
        return {}
    book = IndexedBook(book_id, asked["sha256"])
    try:
        index.put(book, _pieces(Path(asked["path"])))
    except Missing:
        return {"why_not": "missing"}  # perhaps with its drive: not to be remembered
    except PublicationError as error:
        why_not = _why_not(error)
        index.put(IndexedBook(book_id, book.sha256, why_not), [])
        return {"why_not": why_not}
    return {"why_not": ""}


def _pieces(path: Path) -> Iterator[KeptPiece]:
    """Raises PublicationError."""
    with Container.open(path) as container:
        publication = kept_outline(path) or read_publication(container)
        for piece in text_pieces(container, publication):
            yield KeptPiece(*piece)


def _why_not(error: PublicationError) -> Unindexed:
    if isinstance(error, Encrypted):
        return Unindexed.ENCRYPTED
    return Unindexed.TOO_LARGE if isinstance(error, TooLarge) else Unindexed.UNREADABLE
