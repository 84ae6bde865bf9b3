"""Entries that are read when they are looked at.

Calibre-Web answers a search with all its hits at once, COPS and Storyteller can send a whole
library. Of thousands of entries only those on the screen are ever asked for more than their key.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Final

from kios_desktop.domain.catalog import Entry
from kios_desktop.protocols.opds.xml import Element

_FIELDS: Final = frozenset(field.name for field in fields(Entry))
_put = object.__setattr__  # an entry is frozen for everyone else


class LateEntry(Entry):
    """An `Entry` like any other; its fields are filled in when one is first asked for.

    `key` is there from the beginning, `progression` where there is none.
    """

    __slots__ = ("_element", "_read")

    _element: Element
    _read: Callable[[Element], Entry]

    @classmethod
    def of(
        cls, element: Element, read: Callable[[Element], Entry], key: str, keeps_places: bool
    ) -> "LateEntry":
        """`read` must give an entry for this element, and nothing else."""
        entry = object.__new__(cls)
        _put(entry, "key", key)
        _put(entry, "_element", element)
        _put(entry, "_read", read)
        if not keeps_places:
            _put(entry, "progression", None)
        return entry

    def __getattr__(self, name: str) -> object:
        """Reached for what is not there yet."""
        if name not in _FIELDS:
            raise AttributeError(name)
        element = self._element
        if element is None:  # somebody else was just there: a copy is made in a thread
            return object.__getattribute__(self, name)
        entry = self._read(element)
        for field in _FIELDS:
            _put(self, field, getattr(entry, field))
        _put(self, "_element", None)
        return getattr(entry, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return all(getattr(self, field) == getattr(other, field) for field in _FIELDS)

    __hash__ = Entry.__hash__
