"""Reads a table written in Lua, as KOReader stores its settings. Nothing in it is run.

Comments, an optional `return`, and one table of texts, numbers, booleans, nil and tables; keys are
names, texts in brackets, numbers in brackets, or none (counted from 1).
"""

import re
from typing import Final

MOST_DEPTH: Final = 64

_SPACE = re.compile(rb"\s*(?:--(?!\[=*\[)[^\n]*\s*)*")
_COMMENT = re.compile(rb"--\[(=*)\[")
_NAME = re.compile(rb"[A-Za-z_][A-Za-z_0-9]*")
_NUMBER = re.compile(
    rb"-?(?:0[xX][0-9a-fA-F]{1,15}|[0-9]{1,18}(?:\.[0-9]{0,18})?(?:[eE][+-]?[0-9]{1,3})?)"
)
_QUOTED = re.compile(
    rb"\"([^\"\\\n]*(?:\\.[^\"\\\n]*)*)\"|'([^'\\\n]*(?:\\.[^'\\\n]*)*)'", re.DOTALL
)
_LONG = re.compile(rb"\[(=*)\[\r?\n?(.*?)\]\1\]", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-9]{1,3}|x[0-9a-fA-F]{2}|z\s*|\r\n|.)", re.DOTALL)
_ESCAPED: Final = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
    b"\r\n": b"\n",
}
_WORDS: Final = {b"true": True, b"false": False, b"nil": None, b"inf": None, b"nan": None}

LuaTable = dict[object, object]


class BadTable(ValueError):
    """It is no table, or damaged. The message has the byte at which that was noticed."""


def read_table(data: bytes) -> LuaTable:
    """Raises BadTable."""
    reader = _Reader(data)
    reader.skip(b"return")
    table = reader.value(0)
    if not isinstance(table, dict):
        raise BadTable("no table")
    reader.end()
    return table


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def skip(self, word: bytes) -> bool:
        """Whether a sign or a word comes next; then go behind it."""
        self._space()
        if not self._data.startswith(word, self._at):
            return False
        self._at += len(word)
        return True

    def end(self) -> None:
        self._space()
        if self._at < len(self._data):
            raise self._bad()

    def value(self, depth: int) -> object:
        if depth > MOST_DEPTH:
            raise self._bad()
        if self.skip(b"{"):
            return self._table(depth)
        for pattern, read in ((_QUOTED, _quoted), (_LONG, _long), (_NUMBER, _number)):
            found = pattern.match(self._data, self._at)
            if found is not None:
                self._at = found.end()
                return read(found)
        found = _NAME.match(self._data, self._at)
        if found is None or found[0] not in _WORDS:
            raise self._bad()
        self._at = found.end()
        return _WORDS[found[0]]

    def _table(self, depth: int) -> LuaTable:
        table: LuaTable = {}
        count = 0
        while not self.skip(b"}"):
            key = self._key(depth)
            value = self.value(depth + 1)
            if key is None:
                count += 1
                key = count
            if isinstance(key, dict):
                raise self._bad()
            table[key] = value
            if not (self.skip(b",") or self.skip(b";")):
                if self.skip(b"}"):
                    break
                raise self._bad()
        return table

    def _key(self, depth: int) -> object:
        """None for a value without a key."""
        self._space()
        if self._data.startswith(b"[", self._at) and not _LONG.match(self._data, self._at):
            self._at += 1
            key = self.value(depth + 1)
            if key is None or not self.skip(b"]") or not self.skip(b"="):
                raise self._bad()
            return key
        found = _NAME.match(self._data, self._at)
        if found is None or found[0] in _WORDS:
            return None
        self._at = found.end()
        if not self.skip(b"="):
            raise self._bad()
        return found[0].decode()

    def _space(self) -> None:
        while True:
            found = _SPACE.match(self._data, self._at)
            assert found is not None  # noqa: S101 (it matches nothing, too)
            self._at = found.end()
            comment = _COMMENT.match(self._data, self._at)
            if comment is None:
                return
            closing = b"]" + comment[1] + b"]"
            end = self._data.find(closing, comment.end())
            if end < 0:
                raise self._bad()
            self._at = end + len(closing)

    def _bad(self) -> BadTable:
        return BadTable(f"at byte {self._at}")


def _quoted(found: re.Match[bytes]) -> str:
    inside = found[1] if found[1] is not None else found[2]
    return _ESCAPE.sub(_unescaped, inside).decode("utf-8", "replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign: bytes = found[1]
    if sign.isdigit():
        return bytes([min(255, int(sign))])
    if sign.startswith(b"x") and len(sign) == 3:
        return bytes.fromhex(sign[1:].decode())
    if sign.startswith(b"z"):
        return b""
    return _ESCAPED.get(sign, sign)


def _long(found: re.Match[bytes]) -> str:
    return found[2].decode("utf-8", "replace")


def _number(found: re.Match[bytes]) -> float | int:
    text = found[0].decode()
    if "x" in text.lower():
        return int(text, 16)
    try:
        return int(text)
    except ValueError:
        return float(text)
