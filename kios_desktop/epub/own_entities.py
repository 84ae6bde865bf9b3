"""Replaces the entities that a document declares itself, in its DOCTYPE, by what they stand for.

Only those with their text in the declaration: nothing is fetched. References within that text are
replaced too, up to limits; what is over a limit, or refers to itself, stays as it is written.
Source: XML 1.0 sections 4.2 to 4.5.
"""

import re

from kios_desktop.epub import entities

MAX_VALUE = 64 * 1024  # characters that one entity may stand for
MAX_VALUES = 4 * 1024 * 1024  # characters of all values that are put together
MAX_GROWTH = 1024 * 1024  # characters by which a document may grow
_MAX_DEPTH = 16  # of references within what entities stand for
_NAME = r"[^\W\d][\w.:-]*+"
_SUBSET = re.compile(
    r"<!DOCTYPE[^\[<>]*+(\[(?:<!--(?:[^-]|-(?!->))*+-->|[^\]\"'<]|<(?!!--)"
    r"|\"[^\"]*+\"|'[^']*+')*+\])\s*>",
    re.IGNORECASE,
)
_PROLOG = re.compile(r"<(?:!--|\?|!DOCTYPE|[A-Za-z])", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*+-->")
_DECLARED = re.compile(rf"<!ENTITY\s+({_NAME})\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_REFERENCE = re.compile(rf"&({_NAME});")
_TOKEN = re.compile(rf"<!\[CDATA\[|<!--|&({_NAME});")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


def replaced(source: str) -> str:
    """The document without declarations of its own: white space stands in their place."""
    if "<!ENTITY" not in source:
        return source
    found = _SUBSET.match(source, _doctype(source))
    if found is None:
        return source
    values = _Values(_COMMENT.sub("", found[1]))
    start, end = found.span(1)
    blank = source[:start] + " " * (end - start) + source[end:]
    return _replaced(blank, found.end(), values)


def _doctype(source: str) -> int:
    """Where the DOCTYPE is, or what stands in its place: only the first one counts."""
    at = 0
    while (found := _PROLOG.search(source, at)) is not None:
        end = _ENDS.get(found[0])
        if end is None:
            return found.start()
        at = source.find(end, found.end())
        if at < 0:
            break
    return len(source)


def _replaced(source: str, start: int, values: "_Values") -> str:
    parts = [source[:start]]
    grown, at = 0, start
    while (token := _TOKEN.search(source, at)) is not None:
        parts.append(source[at : token.start()])
        at = token.end()
        if (name := token[1]) is None:
            end = source.find(_ENDS[token[0]], at)
            at = len(source) if end < 0 else end
            parts.append(source[token.start() : at])
            continue
        value = values.get(name)
        if value is None or grown + len(value) > MAX_GROWTH:
            parts.append(token[0])
        else:
            grown += len(value)
            parts.append(value)
    return "".join([*parts, source[at:]])


class _Values:
    """What the entities of one DOCTYPE stand for, as source that can stand in their place."""

    def __init__(self, subset: str) -> None:
        self._declared: dict[str, str] = {}
        for name, double, single in _DECLARED.findall(subset):
            if name not in _PREDEFINED:
                value = entities.REFERENCE.sub(_number, double or single)
                self._declared.setdefault(name, value)  # the first one counts
        self._known: dict[str, str | None] = {}
        self._ready: dict[str, str | None] = {}
        self._room = MAX_VALUES

    def get(self, name: str) -> str | None:
        """None for what is not declared, over a limit or refers to itself."""
        if name not in self._declared:
            return None
        if name not in self._ready:
            found = self._value(name, ())
            if found is not None and "<" not in found:
                found = _for_attributes(found)
            self._ready[name] = found
        return self._ready[name]

    def _value(self, name: str, within: tuple[str, ...]) -> str | None:
        if name in within or len(within) > _MAX_DEPTH:
            return None
        if name not in self._known:
            found = self._joined(name, within)
            self._room -= len(found or "")
            self._known[name] = found if self._room >= 0 else None
        return self._known[name]

    def _joined(self, name: str, within: tuple[str, ...]) -> str | None:
        text = self._declared[name]
        parts: list[str] = []
        at = length = 0
        for reference in _REFERENCE.finditer(text):
            inner = reference[0]
            if reference[1] in self._declared:
                value = self._value(reference[1], (*within, name))
                if value is None:
                    return None
                inner = value
            parts += (text[at : reference.start()], inner)
            length += reference.start() - at + len(inner)
            if length > MAX_VALUE:
                return None
            at = reference.end()
        parts.append(text[at:])
        return "".join(parts) if length + len(text) - at <= MAX_VALUE else None


def _number(reference: re.Match[str]) -> str:
    """Numbers count where they are declared, names where they are used."""
    return reference[0] if reference[3] else entities.character(reference)


def _for_attributes(value: str) -> str:
    return value.replace('"', "&quot;").replace("'", "&apos;")
