"""Several books of one title and author: what tells them apart, in a few words."""

from collections.abc import Sequence
from datetime import datetime

from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.text import clean_line
from kios_desktop.ui.kit.formats import clock, day, file_size
from kios_desktop.ui.kit.translation import tr


def distinguish(copies: Sequence[Book], now: datetime) -> dict[BookId, str]:
    """The first of these that no two have in common, else all of them: the name of the file, the
    day it was added, the time, its size."""
    said = [_words(book, now) for book in copies]
    for alone in zip(*said, strict=True):
        if len(set(alone)) == len(copies):
            return {book.id: words for book, words in zip(copies, alone, strict=True)}
    return {book.id: " · ".join(words) for book, words in zip(copies, said, strict=True)}


def _words(book: Book, now: datetime) -> tuple[str, str, str, str]:
    on = day(book.added_at, now)
    return (
        clean_line(book.original_name).removesuffix(".epub"),
        tr("added {when}", when=on),
        tr("added {when}", when=f"{on} {clock(book.added_at)}"),
        file_size(book.size_bytes),
    )
