"""Statements without SQLAlchemy, on the connection of the sqlite3 module."""

import sqlite3
from collections.abc import Sequence
from typing import Any


def rows(connection: sqlite3.Connection, statement: str, *values: object) -> list[sqlite3.Row]:
    """All rows; their cells are found by name."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(statement, values).fetchall()


def first_cell(connection: sqlite3.Connection, statement: str, *values: object) -> Any:
    """The first cell of the first row; None without one."""
    row: Sequence[Any] | None = connection.execute(statement, values).fetchone()
    return None if row is None else row[0]
