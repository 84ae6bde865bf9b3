"""A new database: its tables, and what goes into it at once."""

from collections.abc import Sequence

from sqlalchemy import Connection

from kios_desktop.storage.migrations import HEAD
from kios_desktop.storage.salvage import Left, put_in
from kios_desktop.storage.soundness import renew_indexes
from kios_desktop.storage.tables import FULL_TEXT, metadata


def make_tables(connection: Connection) -> None:
    """The newest schema at once. A test keeps it equal to what the migrations make."""
    metadata.create_all(connection)
    connection.exec_driver_sql(FULL_TEXT)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))


def made_of(connection: Connection, left: Sequence[Left]) -> int:
    """The same with what was left of another database in it; how many records."""
    make_tables(connection)
    count = put_in(connection, left)
    renew_indexes(connection)
    return count
