"""Converts rows of `sessions` to reading sessions and back."""

from datetime import timedelta
from typing import Any, Final

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId, SessionSpot
from kios_desktop.storage.damage import Cells, NamedCells
from kios_desktop.storage.encoding import from_ms, to_ms

_SESSION: Final = Cells("sessions")


def session_cells(session: ReadingSession) -> dict[str, Any]:
    start, end = session.start, session.end
    return {
        "id": session.id,
        "book_id": session.book_id,
        "started_at": to_ms(session.started_at),
        "ended_at": to_ms(session.ended_at),
        "start_spine": start.place.spine_index,
        "start_ordinal": start.place.ordinal,
        "start_progression": start.progression,
        "end_spine": end.place.spine_index,
        "end_ordinal": end.place.ordinal,
        "end_progression": end.progression,
        "read_ms": round(1000 * session.read_s),
        "turns": session.turns,
        "printed_pages": session.printed_pages,
        "paced_ordinals": session.paced_ordinals,
        "paced_ms": round(1000 * session.paced_s),
    }


def session_of(row: NamedCells) -> ReadingSession:
    """Raises ValueError for a damaged row."""
    _SESSION.check(row)
    started_at, ended_at = from_ms(row["started_at"]), from_ms(row["ended_at"])
    counts = row["read_ms"], row["turns"], row["printed_pages"], row["paced_ordinals"]
    if min(*counts, row["paced_ms"]) < 0 or ended_at < started_at - timedelta(seconds=1):
        raise ValueError("a session of less than nothing")
    start = Place(row["start_spine"], row["start_ordinal"])
    end = Place(row["end_spine"], row["end_ordinal"])
    return ReadingSession(
        id=SessionId(row["id"]),
        book_id=BookId(row["book_id"]),
        started_at=started_at,
        ended_at=ended_at,
        start=SessionSpot(start, row["start_progression"]),
        end=SessionSpot(end, row["end_progression"]),
        read_s=row["read_ms"] / 1000,
        turns=row["turns"],
        printed_pages=row["printed_pages"],
        paced_ordinals=row["paced_ordinals"],
        paced_s=row["paced_ms"] / 1000,
    )
