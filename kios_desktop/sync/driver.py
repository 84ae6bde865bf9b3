"""The sync of one book: feeds events to the machine and performs its effects.

No decision is made here. Methods run on the event loop's thread, return at once, and never raise
for a failure of the disk or the network.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, assert_never

from msgspec.structs import replace

from kios_desktop.domain.errors import (
    KiosError,
    PublicationError,
    Refusal,
    Rejected,
    RemoteError,
    StorageError,
    Throttled,
    Untrusted,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator, Position
from kios_desktop.domain.preferences import Answer, SyncPreferences
from kios_desktop.domain.progress import Offer, SyncRecord
from kios_desktop.sync import machine
from kios_desktop.sync.accounts import Connection, keeps_none
from kios_desktop.sync.events import (
    Accepted,
    AccountChanged,
    Ask,
    Closed,
    Effect,
    Event,
    Failed,
    Jump,
    MarkedUnfinished,
    MarkFinished,
    NextTry,
    NotShown,
    Opened,
    Pull,
    Pulled,
    Push,
    Pushed,
    Relaid,
    Remembered,
    RetryDue,
    RetryIn,
    Save,
    ShowMoved,
    Stayed,
    SyncNow,
    Turned,
    Undone,
    Withdraw,
)
from kios_desktop.sync.ports import PositionStore, ReaderView
from kios_desktop.sync.saver import Saver
from kios_desktop.sync.state import State

log = logging.getLogger(__name__)

COUNT_S = 4.0  # the most that counting a book's characters may delay the pull after opening

# Refusals that lock no account when repeated, and that may have been lifted meanwhile
OFF = frozenset({Refusal.SWITCHED_OFF, Refusal.ACCOUNT_OFF, Refusal.FORBIDDEN})


class Timer(Protocol):
    """What `asyncio.loop.call_later` gives back."""

    def cancel(self) -> None: ...


class SyncHost(Protocol):
    """What the sync of one book needs from the engine."""

    store: PositionStore

    def now(self) -> datetime: ...
    def later(self, delay_s: float, call: Callable[[], None]) -> Timer: ...
    def changed(self) -> None:
        """What the sync menu shows may have changed."""

    def given_up(self, connection: Connection) -> None:
        """The server of this connection keeps no places."""

    def stored(self, error: StorageError | None) -> None:
        """The result of the last write to our own disk."""


class BookSync:
    """One book. Made by `SyncEngine.open`; kept after `closed` until nothing is to be done."""

    def __init__(
        self, host: SyncHost, book_id: BookId, title: str, preferences: SyncPreferences
    ) -> None:
        self.book_id, self.title = book_id, title
        self.state = State(preferences=preferences)
        self.connection: Connection | None = None
        self.error: KiosError | None = None
        self.answered_at: datetime | None = None  # the server's last valid answer
        self.next_try_at: datetime | None = None
        self._host = host
        self._view: ReaderView | None = None
        self._saver = Saver(host.store, book_id, host.stored)
        self._connected = False  # it is known which server keeps the place, if any
        self._backlog: list[Event] | None = []  # events until the place on disk is known, then None
        self._write: Push | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._retry: Timer | None = None

    # --- from the reader

    def opened(self, locator: Locator, screen: int, finished: bool = False) -> None:
        """The book is on the screen; the server is asked for its place in the background."""
        self.feed(Opened(locator, screen, finished))

    def turned(self, locator: Locator, screen: int) -> None:
        """A page turn: saved here, never pushed."""
        self.feed(Turned(locator, screen, self._host.now()))

    def moved(self, locator: Locator, screen: int) -> None:
        """The reader moved by choice: contents, “Go to”, scrubber."""
        self.feed(Turned(locator, screen, self._host.now(), by_choice=True))

    def relaid(self, locator: Locator, screen: int) -> None:
        """The same place in another layout, or with a more exact progression."""
        self.feed(Relaid(screen, locator))

    def accept(self, offer: Offer) -> None:
        """“Continue”: go to the place that was shown, whatever was found since."""
        self.feed(Accepted(offer, self._host.now()))

    def stay(self) -> None:
        """“Stay here”."""
        self.feed(Stayed())

    def undo(self) -> None:
        """Undo the last move by sync."""
        self.feed(Undone(self._host.now()))

    def not_finished(self, locator: Locator) -> None:
        """The mark “finished” was removed, or the reader read on; `locator` is not at the end."""
        self.feed(MarkedUnfinished(locator, self._host.now()))

    def remember(self, answer: Answer | None) -> None:
        """The answer for this book in advance; None: by the preferences."""
        self.feed(Remembered(answer))

    def sync_now(self) -> None:
        self.feed(SyncNow())

    def closed(self) -> None:
        """The book is off the screen; a dirty place is pushed now."""
        self.feed(Closed(self._host.now()))
        self._view = None
        self._host.changed()

    # --- from the engine

    def attach(self, view: ReaderView) -> None:
        """Sets the window that shows the book."""
        self._view = view

    def restore(self, last: Position | None) -> None:
        """Sets the place found on disk, then feeds the events that came meanwhile."""
        if last is not None:
            self.state = replace(self.state, local=last.locator, local_at=last.at)
        backlog, self._backlog = self._backlog or [], None
        for event in backlog:
            self.feed(event)

    def connect(self, connection: Connection | None, record: SyncRecord | None) -> None:
        """Sets the account and the record with it; None without an account."""
        self.connection, self.error, self.answered_at = connection, None, None
        self._connected = True
        self.feed(AccountChanged(record, self._host.now()))

    @property
    def restored(self) -> bool:
        return self._backlog is None

    @property
    def busy(self) -> bool:
        """A request is running."""
        return any(not task.done() for task in self._tasks)

    @property
    def all_saved(self) -> bool:
        return self._saver.idle

    @property
    def unkept(self) -> bool:
        """The newest place is in memory only."""
        return self._saver.unkept

    @property
    def is_done(self) -> bool:
        """Nothing is left to do, so the engine may drop this object."""
        record = self.state.record
        return (
            self._connected
            and not self.state.open
            and self._view is None
            and not self.busy
            and self._saver.idle
            and not (self.state.moved if record is None else record.unsettled)
        )

    def feed(self, event: Event) -> None:
        """One step of the machine, and its effects."""
        if self._backlog is not None:
            self._backlog.append(event)
            if isinstance(event, Turned):  # at once: Kios may end before `restore`
                self._saver.put(Save(position=Position(event.locator, event.at, "")))
            return
        self.state, effects = machine.step(self.state, event)
        for effect in effects:
            self._perform(effect)
        self._host.changed()

    def try_saving(self) -> None:
        self._saver.try_again()

    async def requests_done(self) -> None:
        """Returns when no request is running."""
        while tasks := [task for task in self._tasks if not task.done()]:
            await asyncio.wait(tasks)

    async def saved(self) -> None:
        """Returns when everything is on our own disk, or a write has failed."""
        await self._saver.tried()

    async def written(self) -> None:
        """Returns when everything is on our own disk, however often a write fails."""
        await self._saver.written()

    def abandon(self) -> None:
        """Cancels requests and retries; a dirty place stays on the disk."""
        for task in self._tasks:
            task.cancel()
        if self._retry is not None:
            self._retry.cancel()

    # --- effects

    def _perform(self, effect: Effect) -> None:
        view = self._view
        match effect:
            case Save():
                self._saver.put(effect)
            case Pull():
                self._start(effect)
            case Push():
                self._write = effect  # performed by the task that has just pulled
            case RetryIn(delay_s):
                self._retry_in(delay_s)
            case Ask(offer):
                if view is None or not self._shown(lambda: view.ask(offer)):
                    self.feed(NotShown())
            case Withdraw():
                if view is not None:
                    self._shown(view.withdraw)
            case Jump(locator, why):
                if view is not None:
                    self._shown(lambda: view.jump(locator, why))
            case ShowMoved(offer):
                if view is not None:
                    self._shown(lambda: view.moved_silently(offer))
            case MarkFinished(report):
                if view is not None:
                    self._shown(lambda: view.finished_elsewhere(report))
            case _:
                assert_never(effect)

    def _shown(self, show: Callable[[], None]) -> bool:
        """Whether `show` succeeded. A bug in the window must not change the sync state."""
        try:
            show()
        except Exception:
            log.exception("a mistake of ours while showing what sync has to say")
            return False
        return True

    def _retry_in(self, delay_s: float) -> None:
        if self._retry is not None:
            self._retry.cancel()
        self.next_try_at = self._host.now() + timedelta(seconds=delay_s)
        self._retry = self._host.later(delay_s, self._retry_now)

    def _retry_now(self) -> None:
        self._retry = self.next_try_at = None
        self.feed(RetryDue())

    def _start(self, pull: Pull) -> None:
        connection = self.connection
        if connection is None:
            self.feed(Failed(pull.token, NextTry.AT_A_TRIGGER))
            return
        task = asyncio.get_running_loop().create_task(self._visit(connection, pull))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _visit(self, connection: Connection, pull: Pull) -> None:
        """A pull and, if the machine decides so, the push directly after it."""
        token, answered = pull.token, False
        count = connection.account.count
        try:
            if count is not None:  # before the lock is taken, so that no other book waits for it
                await count(self.book_id, COUNT_S if pull.to_send is None else None)
            async with connection.one_at_a_time:
                done = await self._pull(connection, pull)
                self._record_result(connection, None)
                self.feed(done)
                write, self._write = self._write, None
                if write is not None and write.token == self.state.token:
                    token = write.token
                    await self._saver.tried()
                    sent = await connection.account.remote.push(self.book_id, write.prepared)
                    connection.sent_at = self._host.now()
                    self._record_result(connection, None)
                    self.feed(Pushed(token, sent))
            answered = True
        except (RemoteError, PublicationError, StorageError) as error:
            answered = True
            self._record_result(connection, error)
            self.feed(_failure(token, error))
            if keeps_none(error):
                self._host.given_up(connection)
        except Exception:
            self._record_result(connection, KiosError("a mistake of ours"))
            raise
        finally:
            if not answered:  # cancelled, or a bug: the machine must not wait for ever
                self.feed(Failed(token, NextTry.ON_RETURN))

    async def _pull(self, connection: Connection, pull: Pull) -> Pulled:
        remote, record = connection.account.remote, self.state.record
        sent = record.sent if record is not None else None
        attempt = record.attempt if record is not None else None
        prepared = None
        if pull.to_send is not None:
            received = record.received if record is not None else None
            prepared = await remote.prepare(self.book_id, pull.to_send, received, sent)
        own_writes = [one for one in (attempt, sent) if one is not None]
        held = await remote.pull(self.book_id, own_writes)
        return Pulled(pull.token, held, prepared, self._host.now())

    def _record_result(self, connection: Connection, error: KiosError | None) -> None:
        if connection is self.connection:  # not for a late answer of an earlier account
            self.error = error
            self.answered_at = self._host.now() if error is None else self.answered_at
        connection.record_result(error, self._host.now())

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._host.changed()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a mistake of ours while syncing", exc_info=error)


def _failure(token: int, error: KiosError) -> Failed:
    if isinstance(error, Throttled):
        return Failed(token, NextTry.SOON, error.retry_after_s)
    if isinstance(error, Rejected) and error.refusal in OFF:
        return Failed(token, NextTry.ON_RETURN)
    if isinstance(error, Rejected | Untrusted):
        return Failed(token, NextTry.ASK_FIRST)
    soon = isinstance(error, RemoteError) and error.retryable
    return Failed(token, NextTry.SOON if soon else NextTry.AT_A_TRIGGER)
