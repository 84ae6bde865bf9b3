"""A database as an older Kios made it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, create_engine

from kios_desktop.storage import migrations

A_BOOK = (
    "INSERT INTO books VALUES (1, 'Kept', '[\"A\"]', '', '', NULL, '', 'f', 'f', 1, 'sha', "
    "'md5', '', '', '', '[]', 0, NULL, NULL, NULL, 'kept', 'a', '', 'kept')"
)


def scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def make_older(path: Path, revision: str = migrations.REVISIONS[0], *statements: str) -> None:
    """At `revision`, with what the SQL `statements` put in."""
    config, engine = scripts(), create_engine(URL.create("sqlite", database=str(path)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
