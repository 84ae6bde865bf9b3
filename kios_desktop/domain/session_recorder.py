"""Records the reading sessions of one open book. No clock and no timer: every event says when."""

from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from kios_desktop.domain.library import BookId
from kios_desktop.domain.preferences import StatisticsPreferences
from kios_desktop.domain.reading_sessions import (
    ASLEEP_S,
    CLOCK_SET_S,
    JOINED_S,
    SCROLLED_ON,
    SKIMMED_S,
    Instant,
    Left,
    ReadingSession,
    ScreenCause,
    SessionId,
    SessionSpot,
    page_s,
)


class _CountedPage(Struct):
    """What is on the screen since `since_s`, counts until `until_s` and was counted so far.

    `is_whole`: all of its time was in front and awake, so that it tells the pace.
    """

    since_s: float
    until_s: float
    counted_s: float
    is_whole: bool


class SessionRecorder:
    """Every event returns the sessions to be kept as they are by then, those that changed.

    A session is the same one as long as its id is. `pace` is the reader's, in ordinals a minute.
    `tick` is to be called every 20 s or so: a longer silence means that the computer slept.
    """

    def __init__(
        self,
        book_id: BookId,
        new_id: Callable[[], SessionId],
        pace: Callable[[], float],
        rules: Callable[[], StatisticsPreferences],
    ) -> None:
        self._book_id, self._new_id, self._pace, self._rules = book_id, new_id, pace, rules
        self._spot: SessionSpot | None = None  # where the reader is
        self._begun: SessionSpot | None = None  # where the page begins; scrolling moves on from it
        self._ordinals = 0  # of the screen
        self._printed: int | None = None  # printed pages up to where the reader is
        self._page: _CountedPage | None = None  # None while no time counts
        self._is_whole = True  # of the page that is begun next
        self._session: ReadingSession | None = None
        self._began_s = 0.0  # when it began, by the clock that is never set
        self._switched_s: float | None = None  # when another window came in front
        self._is_in_front = False
        self._awake_s = 0.0  # when something happened last
        self._over: list[ReadingSession] = []
        self._kept: ReadingSession | None = None  # as it was returned last

    @property
    def growing(self) -> SessionId | None:
        """The session that goes on."""
        return None if self._session is None else self._session.id

    # -- events

    def shown(
        self,
        now: Instant,
        how: ScreenCause,
        spot: SessionSpot,
        ordinals: int,
        printed: int | None = None,
    ) -> list[ReadingSession]:
        """Another screen, which has so many ordinals, is shown.

        `printed`: how many printed pages begin up to there; None where that is not known.
        """
        if how is ScreenCause.SCROLLED:
            if (ordinals_read := self._scrolled_by(spot)) is not None:
                if ordinals_read < SCROLLED_ON * self._ordinals:
                    return self._scrolled_on(now, spot)
                if ordinals_read <= 2 * self._ordinals:  # further is leafing
                    self._measure_pace(now, ordinals_read)
            how = ScreenCause.TURNED
        elif how is ScreenCause.TURNED:
            self._measure_pace(now, self._ordinals)
        self._count(now)
        if how is ScreenCause.ADOPTED:
            self._end()
        before, self._ordinals = self._spot or spot, ordinals
        self._is_whole = how not in (ScreenCause.CHOSEN, ScreenCause.LOOKED)  # it may be half read
        self._begun = spot
        if how is not ScreenCause.LOOKED:
            self._spot = spot
        if self._is_in_front:
            self._begin_page(now)
            if self._session is None:
                self._begin(now, before if how is ScreenCause.TURNED else self._spot or spot)
            if how is ScreenCause.TURNED:
                self._turned(spot, printed)
            elif how is ScreenCause.CHOSEN:
                self._change(end=spot)
        if how is not ScreenCause.LOOKED:
            self._printed = printed
        return self._to_keep()

    def in_front(self, now: Instant) -> None:
        """The book's window is in front, and the computer is in use."""
        if self._is_in_front:
            return
        self._is_in_front = True
        self._awake_s = now.elapsed_s
        joins = self._switched_s is not None and now.elapsed_s - self._switched_s < JOINED_S
        self._switched_s = None
        if not joins:
            self._session = None
        if self._spot is not None:
            self._begin_page(now)
            if self._session is None:
                self._begin(now, self._spot)

    def left(self, now: Instant, why: Left) -> list[ReadingSession]:
        """The book's window is not in front any more, or the computer not in use."""
        if self._is_in_front:
            self._count(now)
            if self._page is not None:
                self._is_whole = False
            self._is_in_front, self._page = False, None
            self._switched_s = now.elapsed_s if why is Left.SWITCHED else None
        kept = self._to_keep()
        if why is not Left.SWITCHED:
            self._session = self._switched_s = None
        return kept

    def tick(self, now: Instant) -> list[ReadingSession]:
        """Time goes by."""
        self._count(now)
        return self._to_keep()

    # -- parts

    def _begin_page(self, now: Instant) -> None:
        since = now.elapsed_s
        until = since + page_s(self._pace(), self._ordinals)
        self._page = _CountedPage(since, until, since, self._is_whole)

    def _begin(self, now: Instant, start: SessionSpot) -> None:
        self._began_s = now.elapsed_s
        self._session = ReadingSession(
            self._new_id(), self._book_id, now.at, now.at, start, self._spot or start
        )

    def _count(self, now: Instant) -> None:
        """Add the time that counts; a page that was left open ends the session."""
        page, session, awake_s = self._page, self._session, self._awake_s
        slept = self._slept(now)
        self._awake_s = now.elapsed_s
        if page is None or session is None:
            return
        to_s = min(awake_s if slept else now.elapsed_s, page.until_s)
        ended_at = now.at - timedelta(seconds=now.elapsed_s - to_s)
        began_at = ended_at - timedelta(seconds=to_s - self._began_s)
        was_set = abs((began_at - session.started_at).total_seconds()) > CLOCK_SET_S
        self._change(
            read_s=session.read_s + to_s - page.counted_s,
            ended_at=ended_at,
            started_at=began_at if was_set else session.started_at,
        )
        page.counted_s = to_s
        if slept or now.elapsed_s > page.until_s:
            self._end()
        if slept and self._spot is not None:  # and somebody woke it, it seems
            self._is_whole = False
            self._begin_page(now)
            self._begin(now, self._spot)

    def _end(self) -> None:
        if self._session is not None:
            self._over.append(self._session)
        self._session = self._page = None

    def _slept(self, now: Instant) -> bool:
        return now.elapsed_s - self._awake_s > ASLEEP_S

    def _scrolled_by(self, spot: SessionSpot) -> int | None:
        """How many ordinals the page was moved on or back; None across the edge of a chapter."""
        begun = None if self._begun is None else self._begun.place
        if begun is None or begun.spine_index != spot.place.spine_index:
            return None
        return abs(spot.place.ordinal - begun.ordinal)

    def _scrolled_on(self, now: Instant, spot: SessionSpot) -> list[ReadingSession]:
        """It is still the same page, but somebody is there."""
        self._count(now)
        before, self._spot = self._spot or spot, spot
        if self._is_in_front:
            if self._session is None or self._page is None:  # it had been left open
                self._is_whole = False
                self._begin_page(now)
                self._begin(now, before)
            else:
                self._page.until_s = now.elapsed_s + page_s(self._pace(), self._ordinals)
            self._change(end=spot)
        return self._to_keep()

    def _measure_pace(self, now: Instant, ordinals: int) -> None:
        """The page that is turned was read, unless it was skimmed, left open or begun before."""
        page, session = self._page, self._session
        if page is None or session is None or not page.is_whole or self._slept(now):
            return
        took_s = now.elapsed_s - page.since_s
        if took_s >= SKIMMED_S and now.elapsed_s <= page.until_s:
            self._change(
                paced_ordinals=session.paced_ordinals + ordinals,
                paced_s=session.paced_s + took_s,
            )

    def _turned(self, spot: SessionSpot, printed: int | None) -> None:
        if (session := self._session) is not None:
            before, begun = self._printed, 0
            if printed is not None and before is not None:
                begun = max(0, printed - before)
            self._change(
                end=spot,
                turns=session.turns + 1,
                printed_pages=session.printed_pages + begun,
            )

    def _change(self, **changes: object) -> None:
        if self._session is not None:
            self._session = replace(self._session, **changes)

    def _to_keep(self) -> list[ReadingSession]:
        rules, over = self._rules(), self._over
        self._over = []
        found = over if self._session is None else [*over, self._session]
        kept = [
            one
            for one in found
            if one.read_s >= rules.min_s and one.turns >= rules.min_turns and one != self._kept
        ]
        if kept:
            self._kept = kept[-1]
        return kept
