"""The shelves of Kobo sync sources."""

from alembic import op
from sqlalchemy import CheckConstraint, Column, Integer, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "kobo_shelves",
        Column("source_id", Text, primary_key=True),
        Column("token", Text, nullable=False),
        Column("whole_token", Text, nullable=False),
        Column("synced_at", Integer),
        Column("unfinished", Integer, nullable=False),
        CheckConstraint("unfinished IN (0, 1)", name="unfinished_is_boolean"),
    )
    op.create_table(
        "kobo_books",
        Column("source_id", Text, primary_key=True),
        Column("book_id", Text, primary_key=True),
        Column("standing", Text, nullable=False),
        Column("title_key", Text, nullable=False),
        Column("search_key", Text, nullable=False),
        Column("record", Text, nullable=False),
    )
    op.create_index("kobo_books_by_title", "kobo_books", ["source_id", "standing", "title_key"])
    op.create_table(
        "kobo_states",
        Column("source_id", Text, primary_key=True),
        Column("book_id", Text, primary_key=True),
        Column("status", Text, nullable=False),
        Column("record", Text, nullable=False),
    )
    op.create_table(
        "kobo_collections",
        Column("source_id", Text, primary_key=True),
        Column("collection_id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("name_key", Text, nullable=False),
        Column("book_ids", Text, nullable=False),
    )
