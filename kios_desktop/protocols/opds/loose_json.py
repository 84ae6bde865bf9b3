"""JSON as catalogs send it: NaN, 1e400 and a missing end are no reason to show nothing."""

import contextlib
import json
from typing import Final

import msgspec

from kios_desktop.domain.errors import Malformed

_DEEPEST: Final = 200
_CLOSING: Final = {"{": "}", "[": "]"}


def decode(body: bytes) -> tuple[object, bool]:
    """(value, whether something was lost). Raises `Malformed`.

    What is no number in JSON becomes None or infinite; whoever reads a number checks that anyway.
    """
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return msgspec.json.decode(body), False
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("windows-1252", "replace")
    shortened = _closed(text)
    for candidate, damaged in ((text, False), (shortened, True)):
        if candidate:
            with contextlib.suppress(ValueError, RecursionError):
                return json.loads(candidate, parse_constant=_nothing, parse_int=_integer), damaged
    raise Malformed("not JSON")


def _nothing(_constant: str) -> None:
    """NaN, Infinity and -Infinity."""


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= 18 else None


def _closed(text: str) -> str:
    """Cut after the last object or array that is complete, and closed; "" when there is none."""
    stack: list[str] = []
    best, still_open = 0, ""
    at, length = 0, len(text)
    while at < length:
        c = text[at]
        if c == '"':
            at = _end_of_string(text, at)
        elif c in "{[":
            stack.append(_CLOSING[c])
            if len(stack) > _DEEPEST:
                return ""
        elif c in "}]":
            if not stack or stack.pop() != c:
                break
            best, still_open = at + 1, "".join(reversed(stack))
        at += 1
    return text[:best] + still_open if best else ""


def _end_of_string(text: str, at: int) -> int:
    """Where the string that begins here ends; the length of the text when it does not."""
    end = text.find('"', at + 1)
    while end > 0:
        slashes = 0
        while text[end - 1 - slashes] == "\\":
            slashes += 1
        if slashes % 2 == 0:
            return end
        end = text.find('"', end + 1)
    return len(text)
