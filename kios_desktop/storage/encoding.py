"""Domain values to JSON text and back, and the keys that sorting and searching compare."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from kios_desktop.domain.text import fold

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def from_json(text: str, kind: type[T]) -> T:
    """Raises `msgspec.ValidationError` when the text is not of that shape."""
    return msgspec.json.decode(text, type=kind)


def words_of(cell: object) -> str:
    """What searching finds of a cell: a text, or a JSON list of texts. "" for a damaged one."""
    if not isinstance(cell, str):
        return ""
    if cell.startswith("["):
        with suppress(msgspec.MsgspecError):
            return " ".join(from_json(cell, list[str]))
    return cell


def to_ms(at: datetime) -> int:
    """Whole milliseconds since 1970 of an aware time."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


def maybe_ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def maybe_from_ms(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def sort_key(text: str) -> str:
    """`fold`, without leading quotes and other signs, so “‘Tis” is sorted under t."""
    folded = fold(text)
    for index, char in enumerate(folded):
        if char.isalnum():
            return folded[index:]
    return folded
