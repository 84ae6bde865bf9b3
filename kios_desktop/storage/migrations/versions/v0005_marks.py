"""Highlights, notes and bookmarks."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "marks",
        Column("id", Text, primary_key=True),
        Column("book_id", Integer, ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
        Column("kind", Text, nullable=False),
        Column("colour", Text, nullable=False),
        Column("style", Text, nullable=False),
        Column("note", Text, nullable=False),
        Column("start_spine", Integer),
        Column("start_ordinal", Integer),
        Column("end_spine", Integer),
        Column("end_ordinal", Integer),
        Column("cfi", Text, nullable=False),
        Column("quote", Text, nullable=False),
        Column("quote_before", Text, nullable=False),
        Column("quote_after", Text, nullable=False),
        Column("href", Text, nullable=False),
        Column("chapter_index", Integer, nullable=False),
        Column("chapter_title", Text, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("made_at", Integer, nullable=False),
        Column("changed_at", Integer, nullable=False),
        Column("search_key", Text, nullable=False),
    )
    op.create_index("marks_of_book", "marks", ["book_id", "start_spine", "start_ordinal"])
    op.create_index("marks_by_time", "marks", ["made_at"])
