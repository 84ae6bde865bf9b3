"""Downloads, where books came from, and where the reader wants their places kept."""

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "downloads",
        Column("id", Integer, primary_key=True),
        Column("source_id", Text, nullable=False),
        Column("record", Text, nullable=False),
    )
    op.create_table(
        "origins",
        Column("source_id", Text, primary_key=True),
        Column("entry_key", Text, primary_key=True),
        Column("book_id", Integer, ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
        Column("root", Text, nullable=False),
        Column("url", Text, nullable=False),
        Column("keeps_place", Integer, nullable=False),
        Column("downloaded_at", Integer, nullable=False),
        Column("record", Text, nullable=False),
        CheckConstraint("keeps_place IN (0, 1)", name="keeps_place_is_boolean"),
    )
    op.create_index("origins_of_book", "origins", ["book_id", "downloaded_at"])
    op.create_table(
        "book_sources",
        Column("book_id", Integer, ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
        Column("source_id", Text, nullable=False),
    )
