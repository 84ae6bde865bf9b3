"""Stores preferences as JSON. A value that can't be read is replaced by its default, and logged.

Another version may have written more or fewer values, and one bad value must not cost the others.
"""

import logging
from dataclasses import fields, is_dataclass
from typing import Any, Final, TypeVar, get_type_hints

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.preferences import Preferences, ReadingPreferences
from kios_desktop.storage.database import Database
from kios_desktop.storage.encoding import to_json
from kios_desktop.storage.tables import preferences

log = logging.getLogger(__name__)

T = TypeVar("T")

_NAME = "preferences"


class PreferenceStore:
    """The one set of preferences of this profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Preferences:
        text = await self._database.read(
            lambda connection: connection.execute(
                select(preferences.c.value).where(preferences.c.name == _NAME)
            ).scalar()
        )
        return preferences_from(text)

    async def save(self, asked: Preferences) -> None:
        statement = insert(preferences).values(name=_NAME, value=to_json(asked))
        statement = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )
        await self._database.run(lambda connection: connection.execute(statement).close())


# Earlier versions stored this for “The book’s font”; it would now be taken for a family's name
_NO_FAMILY: Final = "book"


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
    if not isinstance(value, dict) or not is_dataclass(default):
        return default
    hints = get_type_hints(type(default))
    taken: dict[str, Any] = {}
    for field in fields(default):
        if field.name not in value:
            continue
        usual = getattr(default, field.name)
        if is_dataclass(usual):
            taken[field.name] = _lenient(value[field.name], usual)
        else:
            try:
                taken[field.name] = msgspec.convert(value[field.name], hints[field.name])
            except msgspec.ValidationError:
                log.warning("preference %s has a value we can't use", field.name)
    if taken.get("font") == _NO_FAMILY:
        taken["font"] = ""
    return _within_ranges(type(default), taken)


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
