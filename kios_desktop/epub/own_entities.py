"""Replaces the entities that a document declares itself, in its DOCTYPE, by what they stand for.

Only those with their text in the declaration: nothing is fetched. References within that text are
replaced too, up to limits; what is over a limit, or refers to itself, stays as it is written.
Source: XML 1.0 sections 4.2 to 4.5.
"""

import re
from collections.abc import Mapping

from kios_desktop.epub import entities

MAX_VALUE = 64 * 1024  # characters that one entity may stand for
MAX_GROWTH = 1024 * 1024  # characters by which a document may grow
_MAX_DEPTH = 16  # of references within what entities stand for
_NAME = r"[^\W\d][\w.:-]*+"
_SUBSET = re.compile(
    r"<!DOCTYPE[^\[<>]*+(\[(?:<!--(?:[^-]|-(?!->))*+-->|[^\]\"'<]|<(?!!--)"
    r"|\"[^\"]*+\"|'[^']*+')*+\])\s*>",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*+-->")
_DECLARED = re.compile(rf"<!ENTITY\s+({_NAME})\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_REFERENCE = re.compile(rf"&({_NAME});")
_TOKEN = re.compile(rf"<!\[CDATA\[|<!--|&({_NAME});")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


def replaced(source: str) -> str:
    """The document without declarations of its own: white space stands in their place."""
    if "<!ENTITY" not in source:
        return source
    found = _SUBSET.search(source, 0, _end_of_prolog(source))
    if found is None:
        return source
    values = _Values(_COMMENT.sub("", found[1])).all
    start, end = found.span(1)
    blank = source[:start] + " " * (end - start) + source[end:]
    return _replaced(blank, found.end(), values)


def _end_of_prolog(source: str) -> int:
    """Behind the first "]" before the first element, wherever that is: a place to search up to."""
    root = re.search(r"<(?:html|svg|body|package)[\s>]", source, re.IGNORECASE)
    return len(source) if root is None else root.start()


def _replaced(source: str, start: int, values: Mapping[str, str]) -> str:
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
        self.all: dict[str, str] = {}
        for name in self._declared:
            found = self._value(name, ())
            if found is not None:
                self.all[name] = found if "<" in found else _for_attributes(found)

    def _value(self, name: str, within: tuple[str, ...]) -> str | None:
        """None for what is over a limit or refers to itself."""
        if name in within or len(within) > _MAX_DEPTH:
            return None
        if name not in self._known:
            self._known[name] = self._joined(name, within)
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
