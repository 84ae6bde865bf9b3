"""Reads a file of marks, whoever wrote it: what it is follows from its content, not its name."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from kios_desktop.domain.errors import MarksFault, MarksFileError
from kios_desktop.exchange import koreader, readest, web_annotation_reader
from kios_desktop.exchange.candidates import MarksOfBook
from kios_desktop.exchange.lua_table import BadTable, read_table

MOST_BYTES: Final = 128 * 1024 * 1024
MOST_MARKS: Final = 200_000

_BOMS: Final[Mapping[bytes, str]] = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_LUA_BEGINS: Final = ("--", "return", "{")


def read_marks(data: bytes, now: datetime) -> tuple[MarksOfBook, ...]:
    """The marks of each book that a file is about. `now` (aware) is the time of marks without one.

    Raises MarksFileError for what is no file of marks, damaged, or too large.
    """
    if len(data) > MOST_BYTES:
        raise MarksFileError(MarksFault.TOO_LARGE, MOST_BYTES)
    books = _read(data, now)
    if sum(len(book.candidates) + book.not_understood for book in books) > MOST_MARKS:
        raise MarksFileError(MarksFault.TOO_MANY, MOST_MARKS)
    return books


def _read(data: bytes, now: datetime) -> tuple[MarksOfBook, ...]:
    text = _decoded(data).strip()
    if text.startswith(("{", "[")):
        try:
            return _of_json(json.loads(text, object_hook=_same), now)
        except (ValueError, RecursionError):  # Lua's tables begin so, too
            pass
    if text.startswith(_LUA_BEGINS):
        try:
            table = read_table(data.removeprefix(b"\xef\xbb\xbf"))
        except BadTable:
            table = {}
        if koreader.is_metadata(table):
            return (koreader.read_metadata(table, now),)
    is_damaged = text.startswith(("{", "[")) or (
        text.startswith(_LUA_BEGINS) and koreader.ANNOTATIONS in text
    )
    raise MarksFileError(MarksFault.DAMAGED if is_damaged else MarksFault.OTHER_TYPE)


def _same(one: dict[str, object]) -> dict[str, object]:
    """Whenever it is called other threads have a turn, which the parser alone lets none have."""
    return one


def _of_json(document: object, now: datetime) -> tuple[MarksOfBook, ...]:
    kinds: tuple[
        tuple[Callable[[object], bool], Callable[[object, datetime], tuple[MarksOfBook, ...]]], ...
    ] = (
        (web_annotation_reader.is_web_annotation, web_annotation_reader.read),
        (readest.is_readest, lambda d, n: (readest.read(d, n),)),
        (koreader.is_export, koreader.read_export),
    )
    for is_kind, read in kinds:
        if is_kind(document):
            return read(document, now)
    raise MarksFileError(MarksFault.OTHER_TYPE)


def _decoded(data: bytes) -> str:
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            return data.decode(name, "replace")
    return data.decode("utf-8", "replace")
