"""A lenient JSON decoder: servers send NaN, 1e400, lone surrogates, other encodings, endless
nesting and truncated documents.
"""

import contextlib
import json
import math
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.text import mended

_DEEPEST: Final = 200
_CLOSING: Final = {"{": "}", "[": "]"}
_BRACKET_OR_STRING = re.compile(r'["{}\[\]]')
_LARGEST: Final = 10**18


def decode(body: bytes) -> tuple[object, bool]:
    """(value, whether the end is missing). Raises `Malformed`.

    Invalid numbers, too large ones and values nested too deep become NaN: readers of a field see
    that a value is there, and that it is unusable.
    """
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return msgspec.json.decode(body), False
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("windows-1252", "replace")
    found, value = _loaded(text)
    if found:
        return value, False
    shallow = _shallow(text)
    for candidate, damaged in ((shallow, False), (_closed(shallow), True)):
        found, value = _loaded(candidate)
        if found:
            return value, damaged
    raise Malformed("not JSON")


def whole(body: bytes) -> object:
    """As `decode`, but raises `Malformed` if the end is missing: a record must be complete."""
    value, damaged = decode(body)
    if damaged:
        raise Malformed("the JSON ends too early")
    return value


def plain(value: object, deepest: int, instead: object = None) -> object:
    """The value as valid JSON, with `instead` for what is nested deeper or no number.

    Lone surrogates are joined or replaced.
    """
    if isinstance(value, str):
        return mended(value)
    if isinstance(value, Mapping | list) and not deepest:
        return instead
    if isinstance(value, Mapping):
        below = deepest - 1
        return {plain(str(key), 0): plain(one, below, instead) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one, deepest - 1, instead) for one in value]
    if isinstance(value, int | float) and not abs(value) < _LARGEST:  # NaN is not less either
        return instead
    return value


def _loaded(text: str) -> tuple[bool, object]:
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(text, parse_constant=_odd, parse_int=_integer, strict=False)
        return True, plain(value, _DEEPEST, math.nan)
    return False, None


def _odd(_constant: str) -> float:
    """NaN, Infinity and -Infinity."""
    return math.nan


def _integer(digits: str) -> float:
    return int(digits) if len(digits) <= 18 else math.nan


def _shallow(text: str) -> str:
    """The text with NaN for what is nested too deep; "" if that does not end."""
    kept: list[str] = []
    depth = begun = copied = at = 0
    while (match := _BRACKET_OR_STRING.search(text, at)) is not None:
        at = match.end()
        if match[0] == '"':
            at = _end_of_string(text, match.start()) + 1
        elif match[0] in "{[":
            depth += 1
            if depth == _DEEPEST:
                begun = match.start()
        else:
            depth -= 1
            if depth == _DEEPEST - 1:
                kept += (text[copied:begun], "NaN")
                copied = at
    return "" if depth >= _DEEPEST else "".join((*kept, text[copied:]))


def _closed(text: str) -> str:
    """The text up to the last complete object or array, with closing brackets; "" without one."""
    stack: list[str] = []
    best, still_open = 0, ""
    at = 0
    while (match := _BRACKET_OR_STRING.search(text, at)) is not None:
        at, c = match.end(), match[0]
        if c == '"':
            at = _end_of_string(text, match.start()) + 1
        elif c in "{[":
            stack.append(_CLOSING[c])
            if len(stack) > _DEEPEST:
                return ""
        else:
            if not stack or stack.pop() != c:
                break
            best, still_open = at, "".join(reversed(stack))
    return text[:best] + still_open if best else ""


def _end_of_string(text: str, at: int) -> int:
    """The index of the closing quote; the length of the text without one."""
    end = text.find('"', at + 1)
    while end > 0:
        slashes = 0
        while text[end - 1 - slashes] == "\\":
            slashes += 1
        if slashes % 2 == 0:
            return end
        end = text.find('"', end + 1)
    return len(text)
