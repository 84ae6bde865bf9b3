"""Splits bound values, of which SQLite takes a limited number in one statement."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

CHUNK: Final = 500


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Consecutive slices of at most `CHUNK` values."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
