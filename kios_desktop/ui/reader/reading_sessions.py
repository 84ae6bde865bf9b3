"""Records the reading sessions of open books, as long as their windows are in front."""

import logging
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer

from kios_desktop.domain.errors import StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import StatisticsPreferences
from kios_desktop.domain.reading_sessions import (
    Instant,
    Left,
    ReadingSession,
    ScreenCause,
    SessionId,
    SessionSpot,
)
from kios_desktop.domain.session_recorder import SessionRecorder
from kios_desktop.domain.statistics import pace_of
from kios_desktop.ui.kit.tasks import Tasks

log = logging.getLogger(__name__)

TICK_MS: Final = 20_000
FOR_PACE: Final = 100  # sessions from which the reader's pace follows


class SessionStore(Protocol):
    """The part of `storage.sessions.Sessions` used here. Methods raise `StorageError`."""

    async def newest(self, count: int) -> list[ReadingSession]: ...
    async def save(self, changed: Sequence[ReadingSession]) -> None: ...


def moment() -> Instant:
    return Instant(datetime.now(UTC), _elapsed_s())


def _elapsed_s() -> float:
    """Seconds since some instant, those in which the computer slept included."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


class BookSessions:
    """Those of one window. `keep` takes what is to be saved."""

    def __init__(
        self,
        recorder: SessionRecorder,
        keep: Callable[[Sequence[ReadingSession]], None],
        now: Callable[[], Instant],
    ) -> None:
        self._recorder, self._keep, self._now = recorder, keep, now
        self._is_in_front = False
        self._is_wanted = True

    def shown(
        self, how: ScreenCause, spot: SessionSpot, ordinals: int, printed: int | None
    ) -> None:
        self._keep(self._recorder.shown(self._now(), how, spot, ordinals, printed))

    def set_in_front(self, in_front: bool) -> None:
        self._is_in_front = in_front
        if in_front and self._is_wanted:
            self._recorder.in_front(self._now())
        else:
            self._keep(self._recorder.left(self._now(), Left.SWITCHED))

    def set_wanted(self, wanted: bool) -> None:
        """Whether anything is recorded from now on."""
        if wanted == self._is_wanted:
            return
        self._is_wanted = wanted
        if not wanted:
            self.closed()
        elif self._is_in_front:
            self._recorder.in_front(self._now())

    def begin_anew(self) -> None:
        """End the session that goes on: what is read from now on is another one."""
        self.closed()
        if self._is_in_front and self._is_wanted:
            self._recorder.in_front(self._now())

    def tick(self) -> None:
        self._keep(self._recorder.tick(self._now()))

    def closed(self) -> None:
        self._keep(self._recorder.left(self._now(), Left.CLOSED))

    @property
    def growing(self) -> SessionId | None:
        return self._recorder.growing


class ReadingSessions(QObject):
    """Those of all windows. `saved` is called after sessions went to the disk."""

    def __init__(
        self,
        store: SessionStore,
        tasks: Tasks,
        wanted: Callable[[], StatisticsPreferences],
        saved: Callable[[], object],
        now: Callable[[], Instant] = moment,
    ) -> None:
        super().__init__()
        self._now = now
        self._store, self._tasks, self._wanted, self._saved = store, tasks, wanted, saved
        self._open: set[BookSessions] = set()
        self._unsaved: dict[SessionId, ReadingSession] = {}
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    def opened(self, book_id: BookId, pace: Callable[[], float]) -> BookSessions:
        """`pace`: the reader's, in ordinals a minute."""
        recorder = SessionRecorder(book_id, lambda: SessionId(uuid.uuid4().hex), pace, self._wanted)
        made = BookSessions(recorder, self._keep, self._now)
        made.set_wanted(self._wanted().enabled)
        self._open.add(made)
        self._timer.start()
        return made

    def wanted_changed(self) -> None:
        """The preferences were changed."""
        for one in self._open:
            one.set_wanted(self._wanted().enabled)

    def growing(self) -> set[SessionId]:
        """Those that go on, or of which the end is not on the disk yet."""
        going_on = (one.growing for one in self._open)
        return {one for one in going_on if one is not None} | set(self._unsaved)

    def closed(self, sessions: BookSessions) -> None:
        sessions.closed()
        self._open.discard(sessions)
        if not self._open:
            self._timer.stop()

    async def begin_anew(self) -> None:
        """End and save the sessions that go on, so that none that is deleted comes back."""
        for one in self._open:
            one.begin_anew()
        await self.save()

    async def pace(self) -> float | None:
        """The reader's pace in ordinals a minute; None while it is not known."""
        try:
            return pace_of(await self._store.newest(FOR_PACE))
        except StorageError as error:
            log.warning("the reader's pace is not known: %s", error)
            return None

    async def save(self) -> None:
        """Save what is not on the disk yet. What it refuses is saved along with what follows."""
        waiting = list(self._unsaved.values())
        if not waiting:
            return
        try:
            await self._store.save(waiting)
        except StorageError as error:
            log.warning("reading sessions are not saved yet: %s", error)
            return
        for one in waiting:
            if self._unsaved.get(one.id) == one:
                del self._unsaved[one.id]
        self._saved()

    def _tick(self) -> None:
        for one in self._open:
            one.tick()

    def _keep(self, sessions: Sequence[ReadingSession]) -> None:
        if sessions:
            self._unsaved.update((one.id, one) for one in sessions)
            self._tasks.start(self.save())
