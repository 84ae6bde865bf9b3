"""The first schema."""

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    Text,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "books",
        Column("id", Integer, primary_key=True),
        Column("title", Text, nullable=False),
        Column("authors", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("series", Text, nullable=False),
        Column("series_index", Float),
        Column("identifier", Text, nullable=False),
        Column("file", Text, nullable=False),
        Column("file_name", Text, nullable=False),
        Column("size_bytes", Integer, nullable=False),
        Column("sha256", Text, nullable=False, unique=True),
        Column("partial_md5", Text, nullable=False),
        Column("partial_md5_komga", Text, nullable=False),
        Column("partial_md5_stump", Text, nullable=False),
        Column("cover", Text, nullable=False),
        Column("defects", Text, nullable=False),
        Column("added_at", Integer, nullable=False),
        Column("read_at", Integer),
        Column("finished_at", Integer),
        Column("removed_at", Integer),
        Column("title_key", Text, nullable=False),
        Column("author_key", Text, nullable=False),
        Column("series_key", Text, nullable=False),
        Column("search_key", Text, nullable=False),
    )
    op.create_index("books_partial_md5", "books", ["partial_md5"])
    op.create_index("books_by_title", "books", ["title_key"])
    op.create_index(
        "books_by_author", "books", ["author_key", "series_key", "series_index", "title_key"]
    )
    op.create_index("books_by_added", "books", ["added_at"])
    op.create_index("books_by_read", "books", ["read_at", "added_at"])
    op.create_table(
        "positions",
        _of_book(),
        Column("spine_index", Integer, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("ordinal_total", Integer, nullable=False),
        Column("href", Text, nullable=False),
        Column("total_progression", Float, nullable=False),
        Column("chapter_index", Integer, nullable=False),
        Column("chapter_title", Text, nullable=False),
        Column("quote_before", Text, nullable=False),
        Column("quote_after", Text, nullable=False),
        Column("at", Integer, nullable=False),
        Column("device", Text, nullable=False),
    )
    op.create_table(
        "visits",
        Column("id", Integer, primary_key=True),
        Column("book_id", Integer, ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
        Column("at", Integer, nullable=False),
        Column("how", Text, nullable=False),
        Column("device", Text, nullable=False),
        Column("locator", Text, nullable=False),
    )
    op.create_index("visits_of_book", "visits", ["book_id", "id"])
    op.create_table(
        "sync_records",
        _of_book(),
        Column("source_id", Text, primary_key=True),
        Column("waiting", Integer, nullable=False),
        Column("record", Text, nullable=False),
        CheckConstraint("waiting IN (0, 1)", name="waiting_is_boolean"),
    )
    op.create_index("sync_records_waiting", "sync_records", ["waiting"])
    op.create_table("weights", _of_book(), Column("counts", LargeBinary, nullable=False))
    op.create_table("reading_preferences", _of_book(), Column("value", Text, nullable=False))
    op.create_table(
        "preferences",
        Column("name", Text, primary_key=True),
        Column("value", Text, nullable=False),
    )
    op.create_table(
        "sources",
        Column("id", Text, primary_key=True),
        Column("place", Integer, nullable=False),
        Column("kind", Text, nullable=False),
        Column("preset", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("url_shown", Text, nullable=False),
        Column("auth", Text, nullable=False),
        Column("document_id", Text, nullable=False),
        Column("enabled", Integer, nullable=False),
        Column("pin", Text, nullable=False),
        Column("remembered", Text, nullable=False, server_default=""),
    )
    op.execute(
        "CREATE VIRTUAL TABLE book_words USING fts5(title, authors, series, "
        "prefix='2 3', tokenize='unicode61 remove_diacritics 2')"
    )


def _of_book() -> Column[int]:
    return Column("book_id", Integer, ForeignKey("books.id", ondelete="CASCADE"), primary_key=True)
