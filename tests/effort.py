"""How much a test does that could go on at will: a share in the quick run, all of it with `--all`.

The quick run is the one that leaves out what is marked `long`: `pytest -m "not long"`.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
SHARE = 8  # of what the long run does, the quick one does one part in so many
LEAST = 20  # examples

is_quick = False  # set by tests/conftest.py before the tests are collected


def examples(full: int) -> int:
    """How many examples Hypothesis tries."""
    return min(full, max(full // SHARE, LEAST)) if is_quick else full


def size(full: int) -> int:
    """How large an input is that costs time by its length."""
    return full // SHARE if is_quick else full


def some(values: Sequence[T], count: int) -> Sequence[T]:
    """`count` values, evenly spread, in the quick run; all of them in the long one."""
    return [values[n] for n in _spread(len(values), count)] if is_quick else values


def few(values: Sequence[Any], count: int) -> list[Any]:
    """Parameters of a test: all but `count`, evenly spread, are marked `long`.

    A tuple holds the values of several parameters.
    """
    chosen = _spread(len(values), count)
    return [_parameter(value, n in chosen) for n, value in enumerate(values)]


def some_long(values: Iterable[str], quick: Collection[str]) -> list[Any]:
    """Parameters of a test: all but those that are named are marked `long`."""
    return [_parameter(value, value in quick) for value in values]


def _parameter(value: Any, is_quick: bool) -> Any:
    values = value if isinstance(value, tuple) else (value,)
    return pytest.param(*values, marks=() if is_quick else pytest.mark.long)


def _spread(length: int, count: int) -> list[int]:
    """The first, the last and what lies between them at equal distances."""
    if count >= length:
        return list(range(length))
    return [round(n * (length - 1) / max(count - 1, 1)) for n in range(count)]
