"""The schema of the database: making the newest, and upgrading an older one.

A new database is made by `metadata.create_all` and stamped with the newest revision, as alembic
recommends; the migrations are for databases that exist. A test keeps both equal.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert

from kios_desktop.storage.migrations import HEAD
from kios_desktop.storage.tables import alembic_version, metadata

_SCRIPTS: Final = Path(__file__).with_name("migrations")


def create_schema(connection: Connection) -> None:
    """All tables, in a transaction of the caller."""
    metadata.create_all(connection)
    alembic_version.create(connection)
    connection.execute(insert(alembic_version).values(version_num=HEAD))


def upgrade_schema(connection: Connection) -> None:
    """Runs the migrations that are missing, in a transaction of the caller."""
    from alembic import command  # slow to import, and needed once per release
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
