"""Marks of a book come along when another edition of it is added: a rewritten file, a newer one.

The copies still say in which file they were made. Opening the new book finds them by their text,
and lists those that it does not have.
"""

from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.library import BookId
from kios_desktop.storage.encoding import to_json
from kios_desktop.storage.tables import books, marks

_NEW_ID: Final = func.lower(func.hex(func.randomblob(16)))
_COPIED: Final = [one.name for one in marks.c if one.name not in ("id", "book_id")]
_NO_AUTHORS: Final = to_json(())
_KNOWN_BY: Final = (
    books.c.id,
    books.c.title_key,
    books.c.authors,
    books.c.identifier,
    books.c.series_index,
)


def last_id(connection: Connection) -> BookId:
    """The highest id of a book; those added from now on have higher ones."""
    return BookId(connection.execute(select(func.coalesce(func.max(books.c.id), 0))).scalar_one())


def take_over(connection: Connection, after: BookId) -> None:
    """Copy the marks of other editions to the books with higher ids than `after`.

    An edition has the same title and number in its series, and the same authors or identifier. Of
    several, the one that was added last knows the marks best.
    """
    marked = select(marks.c.book_id).distinct()
    older = connection.execute(
        select(*_KNOWN_BY)
        .where(books.c.id.in_(marked), books.c.id <= after)
        .order_by(books.c.id.desc())
    ).all()
    if not older:
        return
    for new in connection.execute(select(*_KNOWN_BY).where(books.c.id > after)).all():
        same = (
            one
            for one in older
            if (one.title_key, one.series_index) == (new.title_key, new.series_index)
            and (
                (one.authors == new.authors and one.authors != _NO_AUTHORS)
                or (one.identifier == new.identifier != "")
            )
        )
        if (edition := next(same, None)) is not None:
            copies = select(_NEW_ID, new.id, *(marks.c[name] for name in _COPIED))
            connection.execute(
                insert(marks).from_select(
                    ["id", "book_id", *_COPIED], copies.where(marks.c.book_id == edition.id)
                )
            )
