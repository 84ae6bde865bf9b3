"""Accounts at BookLore and Grimmory servers, and what they have of the library."""

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "account_states",
        Column("account_id", Text, primary_key=True),
        Column("choices", Text, nullable=False),
        Column("server", Text, nullable=False),
    )
    op.create_table(
        "account_books",
        Column("account_id", Text, primary_key=True),
        Column("book_id", Integer, ForeignKey("books.id", ondelete="CASCADE"), primary_key=True),
        Column("state", Text, nullable=False),
        Column("record", Text, nullable=False),
    )
    op.create_table(
        "account_items",
        Column("account_id", Text, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("local_id", Text, primary_key=True),
        Column("book_id", Integer, ForeignKey("books.id", ondelete="CASCADE"), nullable=False),
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
        Column("fault", Text, nullable=False),
        Column("said", Text, nullable=False),
        CheckConstraint("gone IN (0, 1)", name="gone_is_boolean"),
    )
    op.create_index("account_items_of_book", "account_items", ["account_id", "book_id"])
    op.create_index("account_items_by_local", "account_items", ["local_id"])
    op.create_index("account_items_open", "account_items", ["account_id", "state"])
