"""Short texts that distinguish books with the same title and author."""

from collections.abc import Sequence
from datetime import datetime

from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.text import clean_line
from kios_desktop.ui.kit.formats import clock, day, file_size
from kios_desktop.ui.kit.translation import tr


def distinguish(copies: Sequence[Book], now: datetime) -> dict[BookId, str]:
    """A text for each of `copies`, different from all others.

    It is the first of these facts that differs for all copies, else all four joined: the name of
    the imported file, the day it was added, the day and time, the file's size.
    """
    facts = [_facts(book, now) for book in copies]
    for candidates in zip(*facts, strict=True):
        if len(set(candidates)) == len(copies):
            return {book.id: text for book, text in zip(copies, candidates, strict=True)}
    return {book.id: " · ".join(texts) for book, texts in zip(copies, facts, strict=True)}


def _facts(book: Book, now: datetime) -> tuple[str, str, str, str]:
    on = day(book.added_at, now)
    return (
        clean_line(book.original_name).removesuffix(".epub"),
        tr("added {when}", when=on),
        tr("added {when}", when=f"{on} {clock(book.added_at)}"),
        file_size(book.size_bytes),
    )
