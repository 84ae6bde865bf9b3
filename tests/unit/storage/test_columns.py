"""The columns that are known without SQLAlchemy are those of the schema."""

from sqlalchemy import Column, Float, Integer, LargeBinary, Text

from kios_desktop.storage.columns import COLUMNS, Kind
from kios_desktop.storage.tables import metadata

KINDS: tuple[tuple[type, Kind], ...] = (
    (Text, str),
    (Integer, int),
    (Float, float | int),
    (LargeBinary, bytes),
)


def kind_of(column: Column[object]) -> Kind:
    kind = next(kind for of, kind in KINDS if isinstance(column.type, of))
    return kind | None if column.nullable else kind


def test_they_are_those_of_the_tables_in_the_same_order() -> None:
    tables = {
        table.name: {column.name: kind_of(column) for column in table.columns}
        for table in metadata.sorted_tables
    }
    assert tables == COLUMNS
    assert [(name, *columns) for name, columns in COLUMNS.items()] == [
        (name, *columns) for name, columns in tables.items()
    ]
