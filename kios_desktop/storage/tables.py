"""The tables. Times are whole milliseconds since 1970 in UTC; lists and records are JSON text.

`book_words`, the full-text index, is a virtual table, which `Table` can't describe: it is made
after all others. `columns.py` repeats the columns for those who can't wait for SQLAlchemy.
"""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    column,
    event,
    table,
    text,
)

from kios_desktop.storage.full_text import MAKE_FULL_TEXT

metadata = MetaData()

books = Table(
    "books",
    metadata,
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
    Column("removed_at", Integer),  # a removed book keeps its row, so its place survives
    # For sorting and searching, with accents and case folded
    Column("title_key", Text, nullable=False),
    Column("author_key", Text, nullable=False),
    Column("series_key", Text, nullable=False),
    Column("search_key", Text, nullable=False),
    Column("rating", Integer),  # half stars, 1 to 10
    Index("books_partial_md5", "partial_md5"),
    Index("books_by_title", "title_key"),
    Index("books_by_author", "author_key", "series_key", "series_index", "title_key"),
    Index("books_by_added", "added_at"),
    Index("books_by_read", "read_at", "added_at"),
)

positions = Table(
    "positions",
    metadata,
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
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
    Column("device", Text, nullable=False),  # "" is this computer
)

visits = Table(
    "visits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
    Column("at", Integer, nullable=False),
    Column("how", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("locator", Text, nullable=False),
    Index("visits_of_book", "book_id", "id"),
)

# The sync engine's record of one book at one server, as JSON
sync_records = Table(
    "sync_records",
    metadata,
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("waiting", Integer, nullable=False),
    Column("record", Text, nullable=False),
    CheckConstraint("waiting IN (0, 1)", name="waiting_is_boolean"),
    Index("sync_records_waiting", "waiting"),
)

# Highlights, notes and bookmarks. The places are those in the file whose hash is `sha256`, NULL
# where the text was not found in it
marks = Table(
    "marks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
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
    Column("search_key", Text, nullable=False),  # text and note, with accents and case folded
    Index("marks_of_book", "book_id", "start_spine", "start_ordinal"),
    Index("marks_by_time", "made_at"),
)

# `read_ms` is what counts; less than the time between both stamps where a short gap was joined
sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
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
    Index("sessions_of_book", "book_id", "started_at"),
    Index("sessions_by_time", "started_at"),
)

weights = Table(
    "weights",
    metadata,
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    Column("counts", LargeBinary, nullable=False),  # unsigned 32-bit little-endian
)

reading_preferences = Table(
    "reading_preferences",
    metadata,
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    Column("value", Text, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    Column("place", Integer, nullable=False),  # order in Settings
    Column("kind", Text, nullable=False),
    Column("preset", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("url_shown", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("enabled", Integer, nullable=False),
    Column("pin", Text, nullable=False),  # JSON, "" without one
    Column("remembered", Text, nullable=False, server_default=""),
)

# The queue of downloads. The record is a `Download`, with the keys of its addresses masked
downloads = Table(
    "downloads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("record", Text, nullable=False),
)

# Where books came from. `root` is the address of the source: one that is added again finds its
# books by it. Keys are masked in it, in `entry_key`, `url` and the record
acquisitions = Table(
    "origins",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("entry_key", Text, primary_key=True),
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
    Column("root", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("keeps_place", Integer, nullable=False),
    Column("downloaded_at", Integer, nullable=False),
    Column("record", Text, nullable=False),
    CheckConstraint("keeps_place IN (0, 1)", name="keeps_place_is_boolean"),
    Index("origins_of_book", "book_id", "downloaded_at"),
)

# The reader's choice of where the place of a book is kept; "" is nowhere
book_sources = Table(
    "book_sources",
    metadata,
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", Text, nullable=False),
)

# The shelves of Kobo sync sources. Records are JSON with the keys of addresses masked
kobo_shelves = Table(
    "kobo_shelves",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("token", Text, nullable=False),
    Column("whole_token", Text, nullable=False),
    Column("synced_at", Integer),
    Column("unfinished", Integer, nullable=False),
    CheckConstraint("unfinished IN (0, 1)", name="unfinished_is_boolean"),
)

# `standing`: offered, removed, or unknown to the server although something named it
kobo_books = Table(
    "kobo_books",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("book_id", Text, primary_key=True),
    Column("standing", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("search_key", Text, nullable=False),
    Column("record", Text, nullable=False),
    Index("kobo_books_by_title", "source_id", "standing", "title_key"),
)

kobo_states = Table(
    "kobo_states",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("book_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("record", Text, nullable=False),
)

kobo_collections = Table(
    "kobo_collections",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("collection_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("book_ids", Text, nullable=False),  # a JSON list
)

# Accounts at BookLore and Grimmory servers. Their ids are those of sources
account_states = Table(
    "account_states",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("choices", Text, nullable=False),
    Column("server", Text, nullable=False),
)

# Which book of the server a book is. The record is a `BookLink`
account_books = Table(
    "account_books",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("record", Text, nullable=False),
)

# What the server has of marks, sessions, ratings and the shelf: see `AccountItem`. Contents are
# JSON, NULL for none. `gone`: deleted here by a person, and not lost
account_items = Table(
    "account_items",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("local_id", Text, primary_key=True),
    Column("book_id", ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False),
    Column("remote_id", Integer),
    Column("sent", Text),
    Column("version", Integer, nullable=False),
    Column("sending", Text),
    Column("sending_version", Integer, nullable=False),
    Column("theirs", Text),
    Column("gone", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("not_before", Integer),
    Column("fault", Text, nullable=False),  # "" without one
    Column("said", Text, nullable=False),
    CheckConstraint("gone IN (0, 1)", name="gone_is_boolean"),
    Index("account_items_of_book", "account_id", "book_id"),
    Index("account_items_by_local", "local_id"),
    Index("account_items_open", "account_id", "state"),
)

book_words = table(
    "book_words",
    column("rowid", Integer),  # the id of the book
    column("title", Text),
    column("authors", Text),
    column("series", Text),
)


def _make_full_text(_target: MetaData, connection: Connection, **_options: Any) -> None:
    connection.execute(text(MAKE_FULL_TEXT))


event.listen(metadata, "after_create", _make_full_text)


# Alembic's own table. It is in no metadata of ours: alembic makes it when it upgrades
alembic_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
