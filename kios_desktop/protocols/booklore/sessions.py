"""Reading sessions. What was sent can't be changed or taken back, and sent twice is there twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from kios_desktop.domain.errors import Malformed
from kios_desktop.protocols.booklore.endpoints import SAVE_SESSION, SAVE_SESSIONS, SESSIONS
from kios_desktop.protocols.booklore.records import (
    SavedSession,
    SessionPage,
    read_saved,
    read_session_page,
)
from kios_desktop.protocols.booklore.signed import SignedApi
from kios_desktop.protocols.booklore.values import BATCH, NewSession

EPUB: Final = "EPUB"
PAGE: Final = 100
"""The largest page of sessions; without a size it would be 5."""


class SessionsApi:
    """Raises `RemoteError`, `NotMatched` for a book that is not there."""

    def __init__(self, api: SignedApi) -> None:
        self._api = api

    async def save(self, book_id: int, session: NewSession) -> None:
        """One session."""
        body = {"bookId": book_id, "bookType": EPUB, **fields_of(session)}
        await self._api.ask(SAVE_SESSION, body)

    async def save_all(
        self, book_id: int, sessions: Sequence[NewSession]
    ) -> tuple[SavedSession, ...]:
        """1…100 sessions of a book, all or none of them. The plugin fork only."""
        if not 1 <= len(sessions) <= BATCH:
            raise ValueError("no batch")
        body = {
            "bookId": book_id,
            "bookType": EPUB,
            "sessions": [fields_of(one) for one in sessions],
        }
        saved = read_saved(await self._api.ask(SAVE_SESSIONS, body))
        if len(saved) < len(sessions):
            raise Malformed("fewer sessions than were sent")
        return saved

    async def page(self, book_id: int, number: int = 0, size: int = PAGE) -> SessionPage:
        """The account's own, the newest start first; pages count from 0."""
        query = {"page": number, "size": size}
        return read_session_page(await self._api.ask(SESSIONS, query=query, book=book_id))


def fields_of(session: NewSession) -> dict[str, Any]:
    """As it goes over the wire: times in UTC and whole seconds, shares as percentages.

    All fields are sent, for BookLore 1 requires each of them.
    """
    start_at, end_at, seconds = session.key
    start, end = (
        round(100 * fraction, 2) for fraction in (session.start_fraction, session.end_fraction)
    )
    return {
        "startTime": _instant(start_at),
        "endTime": _instant(end_at),
        "durationSeconds": seconds,
        "durationFormatted": _length(seconds),
        "startProgress": start,
        "endProgress": end,
        "progressDelta": round(end - start, 2),
        "startLocation": session.start_page,
        "endLocation": session.end_page,
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _length(seconds: int) -> str:
    """“1h 3m 5s”, as the server's own reader writes it."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours}h"] if hours else []
    parts += [f"{minutes}m"] if hours or minutes else []
    return " ".join([*parts, f"{rest}s"])
