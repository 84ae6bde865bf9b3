"""Entries that are parsed at the first access.

Calibre-Web sends all results of a search at once, COPS and Storyteller a whole library. Of
thousands of entries, only those on the screen need more than their key.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Final

from kios_desktop.domain.catalog import Entry
from kios_desktop.protocols.opds.xml import Element

_FIELDS: Final = frozenset(field.name for field in fields(Entry))
_put = object.__setattr__  # `Entry` is frozen


class LazyEntry(Entry):
    """An `Entry` whose fields are set when one of them is first read.

    `key` is set from the beginning; so is `progression` if it is known to be None.
    """

    __slots__ = ("_element", "_read")

    _element: Element
    _read: Callable[[Element], Entry]

    @classmethod
    def of(
        cls, element: Element, read: Callable[[Element], Entry], key: str, keeps_places: bool
    ) -> "LazyEntry":
        """`read` parses the element into an entry."""
        entry = object.__new__(cls)
        _put(entry, "key", key)
        _put(entry, "_element", element)
        _put(entry, "_read", read)
        if not keeps_places:
            _put(entry, "progression", None)
        return entry

    def __getattr__(self, name: str) -> object:
        """Called for a field that is not set yet."""
        if name not in _FIELDS:
            raise AttributeError(name)
        element = self._element
        if element is None:  # another thread has just set the fields
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
