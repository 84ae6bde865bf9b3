"""Alembic scripts. `REVISIONS` lists them oldest first; a database at any other one is newer."""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
HEAD = REVISIONS[-1]
