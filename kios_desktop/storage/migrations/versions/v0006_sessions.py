"""Reading sessions, and the rating of a book."""

from alembic import op
from sqlalchemy import Column, Float, ForeignKey, Integer, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("books", Column("rating", Integer))
    op.create_table(
        "sessions",
        Column("id", Text, primary_key=True),
        Column("book_id", Integer, ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
        Column("started_at", Integer, nullable=False),
        Column("ended_at", Integer, nullable=False),
        Column("start_spine", Integer, nullable=False),
        Column("start_ordinal", Integer, nullable=False),
        Column("start_progression", Float, nullable=False),
        Column("end_spine", Integer, nullable=False),
        Column("end_ordinal", Integer, nullable=False),
        Column("end_progression", Float, nullable=False),
        Column("read_ms", Integer, nullable=False),
        Column("turns", Integer, nullable=False),
        Column("printed_pages", Integer, nullable=False),
        Column("paced_ordinals", Integer, nullable=False),
        Column("paced_ms", Integer, nullable=False),
    )
    op.create_index("sessions_of_book", "sessions", ["book_id", "started_at"])
    op.create_index("sessions_by_time", "sessions", ["started_at"])
