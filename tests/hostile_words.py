"""Texts that a server should not send, and a check that a value holds none of them."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from typing import Any, Final

from msgspec import Struct

from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.text import clean_line, clean_text

NASTY: Final = (
    "\ufeffa\ud83d \x00\x1b[31m\u202eb\u2066c\n\u2028d\x85 \ude00\ud83d\ufffe\u206e" + "é" * 40
)
"""Half characters, controls, marks that turn a sentence around, ends of lines."""

# what is shown in one line, by the names of fields all over `domain` and `protocols`
_LINES: Final = frozenset(
    {
        *("title", "subtitle", "name", "authors", "series", "publisher", "language", "tags"),
        *("subjects", "device", "said", "isbn", "published", "rating", "group"),
        *("chapter", "start_page", "end_page", "file_name"),
        *("login_label", "password_label", "issued_to", "issued_by", "names", "media_type"),
    }
)
_PASSAGES: Final = frozenset({"description", "text", "note", "notes", "content", "selected"})


def unclean(value: object) -> list[str]:
    """Which texts in a value can't be stored, sent or shown, with where they are."""
    return [
        f"{where}: {text!r:.200}" for where, text in _texts(value, "") if not _is_good(where, text)
    ]


def _is_good(where: str, text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    field = where.rpartition(".")[2].partition("[")[0]
    if field in _LINES:
        return clean_line(text, max(1, len(text))) == text
    if field in _PASSAGES:
        return clean_text(text) == text
    return True


def _texts(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, ServerUrl | Secret):
        yield where, value.reveal()
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name), f"{where}.{name}")
    elif hasattr(value, "_fields"):  # a named tuple
        for name, one in value._asdict().items():
            yield from _texts(one, f"{where}.{name}")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(key, f"{where}<key>")
            yield from _texts(one, f"{where}<{key}>")
    elif isinstance(value, Sequence | Set) and not isinstance(value, bytes):
        for number, one in enumerate(value):
            yield from _texts(one, f"{where}[{number}]")
