"""Stores preferences as JSON. A value that can't be read is replaced by its default, and logged.

Another version may have written more or fewer values, and one bad value must not cost the others.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from kios_desktop.domain.preferences import (
    AS_PUBLISHER,
    Justify,
    Preferences,
    ReadingPreferences,
)
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import to_json
from kios_desktop.storage.plain import first_cell

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = logging.getLogger(__name__)

T = TypeVar("T", bound=msgspec.Struct)

_NAME = "preferences"
_LOAD = "SELECT value FROM preferences WHERE name = ?"


class PreferenceStore:
    """The one set of preferences of this profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Preferences:
        return preferences_from(
            await self._database.read_plainly(
                lambda connection: first_cell(connection, _LOAD, _NAME)
            )
        )

    async def save(self, asked: Preferences) -> None:
        value = to_json(asked)

        def work(connection: "Connection") -> None:
            from sqlalchemy.dialects.sqlite import insert  # not before the first paint

            from kios_desktop.storage.tables import preferences

            statement = insert(preferences).values(name=_NAME, value=value)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
            )

        await self._database.run(work)


# What earlier versions stored, and what it means now. “The book’s font” would be taken for a
# family's name; the default line height yielded to the book; text that was not to be justified, and
# nobody could ask for that, was the default
_JUSTIFY: Final = {True: Justify.ON, False: Justify.OFF}
_EARLIER: Final[Mapping[str, Callable[[Any], Any]]] = {
    "font": lambda value: "" if value == "book" else value,
    "line_height": lambda value: AS_PUBLISHER if value == 1.58 else value,
    "justify": lambda value: _JUSTIFY.get(value, value) if isinstance(value, bool) else value,
}


def preferences_from(text: str | None) -> Preferences:
    return _lenient(_decoded(text), Preferences())


def reading_preferences_from(text: str | None) -> ReadingPreferences:
    return _lenient(_decoded(text), ReadingPreferences())


def _decoded(text: str | None) -> object:
    if text is None:
        return {}
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, TypeError, ValueError):
        log.warning("preferences are not JSON; using the defaults")
        return {}


def _lenient(value: object, default: T) -> T:
    """The fields of `value` in the type of `default`, with defaults for missing and bad ones."""
    if not isinstance(value, dict):
        return default
    taken: dict[str, Any] = {}
    for field in msgspec.structs.fields(default):
        if field.name not in value:
            continue
        usual = getattr(default, field.name)
        if isinstance(usual, msgspec.Struct):
            taken[field.name] = _lenient(value[field.name], usual)
        else:
            try:
                stored = _EARLIER.get(field.name, _unchanged)(value[field.name])
                taken[field.name] = msgspec.convert(stored, field.type)
            except msgspec.ValidationError:
                log.warning("preference %s has a value we can't use", field.name)
    return _within_ranges(type(default), taken)


def _unchanged(value: Any) -> Any:
    return value


def _within_ranges(kind: type[T], taken: dict[str, Any]) -> T:
    try:
        return kind(**taken)
    except ValueError:  # some value is out of range: keep those that are valid alone
        kept: dict[str, Any] = {}
        for name, value in taken.items():
            try:
                kind(**{name: value})
            except ValueError:
                log.warning("preference %s is out of range", name)
            else:
                kept[name] = value
        return kind(**kept)
