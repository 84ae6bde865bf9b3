"""Which schema a database has, in the table that alembic keeps."""

import sqlite3


def revision_of(connection: sqlite3.Connection) -> str | None:
    """None for a database without a schema."""
    if not connection.execute("PRAGMA table_info(alembic_version)").fetchall():
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0] if row else None)
