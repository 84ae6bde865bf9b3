"""Reading sessions for tests, with as little said as a test needs."""

from datetime import datetime, timedelta
from itertools import count

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Place
from kios_desktop.domain.reading_sessions import ReadingSession, SessionId, SessionSpot

_ids = count(1)


def session(
    book_id: int,
    started_at: datetime,
    minutes: float = 10,
    *,
    turns: int = 8,
    printed_pages: int = 0,
    pace_per_min: float = 1200,
) -> ReadingSession:
    return ReadingSession(
        SessionId(f"{next(_ids):032x}"),
        BookId(book_id),
        started_at,
        started_at + timedelta(minutes=minutes),
        SessionSpot(Place(0, 10), 0.1),
        SessionSpot(Place(1, 20), 0.2),
        read_s=60 * minutes,
        turns=turns,
        printed_pages=printed_pages,
        paced_ordinals=round(pace_per_min * minutes),
        paced_s=60 * minutes,
    )
