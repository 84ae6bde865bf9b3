"""What a database is made of, to compare one with another."""

import sqlite3
from contextlib import closing
from pathlib import Path


def schema(path: Path) -> list[tuple[str, str, tuple[object, ...]]]:
    """Every table with its columns, and every index with what it covers."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        return [
            (
                kind,
                name,
                tuple(
                    tuple(row)
                    for pragma in ("table_info", "index_info", "foreign_key_list")
                    for row in connection.execute(f"PRAGMA {pragma}({name})")
                ),
            )
            for kind, name in names
        ]
