"""What is exported of a reading session."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Self

from kios_desktop.domain.library import Book
from kios_desktop.domain.reading_sessions import ReadingSession


@dataclass(frozen=True, slots=True)
class ExportedSession:
    """A session with what tells which book it is.

    Times are local ones, with their offset. `progress` is the share of the book at the start and at
    the end, 0…1. `sha256` is that of the book's file, 64 lower-case hex digits; `identifier` is the
    package's. What tells the book is "" when its record is lost.
    """

    started_at: datetime
    ended_at: datetime
    read_s: int
    progress: tuple[float, float]
    turns: int
    printed_pages: int
    title: str
    authors: tuple[str, ...]
    identifier: str
    sha256: str

    @classmethod
    def of(cls, session: ReadingSession, book: Book | None, zone: tzinfo | None) -> Self:
        """`zone`: None is that of the computer."""
        return cls(
            started_at=session.started_at.astimezone(zone),
            ended_at=session.ended_at.astimezone(zone),
            read_s=round(session.read_s),
            progress=(session.start.progression, session.end.progression),
            turns=session.turns,
            printed_pages=session.printed_pages,
            title=book.title if book else "",
            authors=book.authors if book else (),
            identifier=book.identifier if book else "",
            sha256=book.hashes.sha256 if book else "",
        )
