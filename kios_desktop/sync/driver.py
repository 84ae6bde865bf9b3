"""One book's sync: takes what the reader reports, performs what the machine decides.

No decision is made here. Methods run on the event loop's thread, return at once and never raise
for what the disk or the network does.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol, assert_never

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
    Look,
    LookDone,
    MarkFinished,
    MarkUndone,
    NextTry,
    NotShown,
    Opened,
    Relaid,
    Remembered,
    RetryDue,
    RetryIn,
    Save,
    SayMoved,
    Stayed,
    SyncNow,
    Turned,
    Undone,
    Withdraw,
    Write,
    WriteDone,
)
from kios_desktop.sync.ports import PositionStore, ReaderView
from kios_desktop.sync.saver import Saver
from kios_desktop.sync.state import State

log = logging.getLogger(__name__)

LOOK_S = 4.0  # for which counting a giant book may hold up the question about other devices

# It was asked nothing it could lock an account for; somebody may have switched it on again
OFF = frozenset({Refusal.SWITCHED_OFF, Refusal.ACCOUNT_OFF, Refusal.FORBIDDEN})


class Timer(Protocol):
    """What `asyncio.loop.call_later` gives back."""

    def cancel(self) -> None: ...


class Surroundings(Protocol):
    """What a book's sync asks of the engine."""

    store: PositionStore

    def now(self) -> datetime: ...
    def later(self, delay_s: float, call: Callable[[], None]) -> Timer: ...
    def changed(self) -> None:
        """Something that the sync menu shows is different."""

    def given_up(self, connection: Connection) -> None:
        """This server keeps no places."""

    def stored(self, error: StorageError | None) -> None:
        """How the last write to our own disk ended."""


class BookSync:
    """One book. Made by `SyncEngine.open`; lives on after `closed` while something waits."""

    def __init__(
        self, around: Surroundings, book_id: BookId, title: str, preferences: SyncPreferences
    ) -> None:
        self.book_id, self.title = book_id, title
        self.state = State(preferences=preferences)
        self.connection: Connection | None = None
        self.error: KiosError | None = None
        self.heard_at: datetime | None = None  # the last real answer of this server
        self.next_try_at: datetime | None = None
        self._around = around
        self._view: ReaderView | None = None
        self._saver = Saver(around.store, book_id, around.stored)
        self._joined = False  # it is known where it syncs, or that it does not
        self._backlog: list[Event] | None = []  # None once the place on disk is known
        self._write: Write | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._retry: Timer | None = None

    # --- from the reader

    def opened(self, locator: Locator, screen: int, finished: bool = False) -> None:
        """The book is on screen; asks in the background where it is elsewhere."""
        self.feed(Opened(locator, screen, finished))

    def turned(self, locator: Locator, screen: int) -> None:
        """A page turn: saved here, never sent."""
        self.feed(Turned(locator, screen, self._around.now()))

    def moved(self, locator: Locator, screen: int) -> None:
        """Moved by choice: contents, “Go to”, scrubber."""
        self.feed(Turned(locator, screen, self._around.now(), by_choice=True))

    def relaid(self, locator: Locator, screen: int) -> None:
        """The same place in another layout, or better known."""
        self.feed(Relaid(screen, locator))

    def accept(self, offer: Offer) -> None:
        """Continue: to the place that was shown, whatever came to light since."""
        self.feed(Accepted(offer, self._around.now()))

    def stay(self) -> None:
        """Stay here."""
        self.feed(Stayed())

    def undo(self) -> None:
        """Back to where the last move by sync came from."""
        self.feed(Undone(self._around.now()))

    def not_finished(self, locator: Locator) -> None:
        """Taken back or read on, whoever said “finished”; the place here is not at the end."""
        self.feed(MarkUndone(locator, self._around.now()))

    def remember(self, answer: Answer | None) -> None:
        """“For this book”: always continue, always stay, ask; None is “as everywhere”."""
        self.feed(Remembered(answer))

    def sync_now(self) -> None:
        self.feed(SyncNow())

    def closed(self) -> None:
        """The book is off the screen; what waits is sent now."""
        self.feed(Closed(self._around.now()))
        self._view = None
        self._around.changed()

    # --- from the engine

    def attach(self, view: ReaderView) -> None:
        """The window that shows the book from now on."""
        self._view = view

    def restore(self, last: Position | None) -> None:
        """The place on disk is known; what was reported meanwhile follows."""
        if last is not None:
            self.state = replace(self.state, local=last.locator, local_at=last.at)
        backlog, self._backlog = self._backlog or [], None
        for event in backlog:
            self.feed(event)

    def connect(self, connection: Connection | None, record: SyncRecord | None) -> None:
        """From now on with this account, or with none."""
        self.connection, self.error, self.heard_at = connection, None, None
        self._joined = True
        self.feed(AccountChanged(record, self._around.now()))

    @property
    def restored(self) -> bool:
        return self._backlog is None

    @property
    def busy(self) -> bool:
        """A request is under way."""
        return any(not task.done() for task in self._tasks)

    @property
    def all_saved(self) -> bool:
        return self._saver.idle

    @property
    def unkept(self) -> bool:
        """Where the reader is now is nowhere but in memory."""
        return self._saver.unkept

    @property
    def finished(self) -> bool:
        """Nothing is left to do, so the object may go."""
        record = self.state.record
        return (
            self._joined
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
            if isinstance(event, Turned):  # saved at once: Kios may end before the disk answers
                self._saver.put(Save(position=Position(event.locator, event.at, "")))
            return
        self.state, effects = machine.step(self.state, event)
        for effect in effects:
            self._perform(effect)
        self._around.changed()

    def try_saving(self) -> None:
        self._saver.try_again()

    async def requests_done(self) -> None:
        """Returns when nothing is under way with the server."""
        while tasks := [task for task in self._tasks if not task.done()]:
            await asyncio.wait(tasks)

    async def saved(self) -> None:
        """Returns when everything is on our own disk, or the disk has refused it."""
        await self._saver.tried()

    async def written(self) -> None:
        """Returns when everything is on our own disk, however long it refuses."""
        await self._saver.written()

    def abandon(self) -> None:
        """Gives up requests under way and retries; what waits stays on the disk."""
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
            case Look():
                self._start(effect)
            case Write():
                self._write = effect  # the task that looked goes on with it
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
            case SayMoved(offer):
                if view is not None:
                    self._shown(lambda: view.moved_silently(offer))
            case MarkFinished(report):
                if view is not None:
                    self._shown(lambda: view.finished_elsewhere(report))
            case _:
                assert_never(effect)

    def _shown(self, show: Callable[[], None]) -> bool:
        """Whether the window did as it was told; a mistake in it changes nothing that is known."""
        try:
            show()
        except Exception:
            log.exception("a mistake of ours while showing what sync has to say")
            return False
        return True

    def _retry_in(self, delay_s: float) -> None:
        if self._retry is not None:
            self._retry.cancel()
        self.next_try_at = self._around.now() + timedelta(seconds=delay_s)
        self._retry = self._around.later(delay_s, self._retry_now)

    def _retry_now(self) -> None:
        self._retry = self.next_try_at = None
        self.feed(RetryDue())

    def _start(self, look: Look) -> None:
        connection = self.connection
        if connection is None:
            self.feed(Failed(look.token, NextTry.AT_A_TRIGGER))
            return
        task = asyncio.get_running_loop().create_task(self._visit(connection, look))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _visit(self, connection: Connection, look: Look) -> None:
        """A look and, if the machine says so, the write that follows directly."""
        token, answered = look.token, False
        count = connection.account.count
        try:
            if count is not None:  # before it is this book's turn: nobody waits for a giant
                await count(self.book_id, LOOK_S if look.to_send is None else None)
            async with connection.one_at_a_time:
                done = await self._look(connection, look)
                self._heard(connection, None)
                self.feed(done)
                write, self._write = self._write, None
                if write is not None and write.token == self.state.token:
                    token = write.token
                    await self._saver.tried()
                    sent = await connection.account.remote.push(self.book_id, write.prepared)
                    connection.sent_at = self._around.now()
                    self._heard(connection, None)
                    self.feed(WriteDone(token, sent))
            answered = True
        except (RemoteError, PublicationError, StorageError) as error:
            answered = True
            self._heard(connection, error)
            self.feed(_failed(token, error))
            if keeps_none(error):
                self._around.given_up(connection)
        except Exception:
            self._heard(connection, KiosError("a mistake of ours"))
            raise
        finally:
            if not answered:  # cancelled, or a mistake of ours: the machine must not wait for ever
                self.feed(Failed(token, NextTry.ON_RETURN))

    async def _look(self, connection: Connection, look: Look) -> LookDone:
        remote, record = connection.account.remote, self.state.record
        sent = record.sent if record is not None else None
        attempt = record.attempt if record is not None else None
        prepared = None
        if look.to_send is not None:
            received = record.received if record is not None else None
            prepared = await remote.prepare(self.book_id, look.to_send, received, sent)
        mine = [one for one in (attempt, sent) if one is not None]
        held = await remote.pull(self.book_id, mine)
        return LookDone(look.token, held, prepared, self._around.now())

    def _heard(self, connection: Connection, error: KiosError | None) -> None:
        if connection is self.connection:  # a late word of another one says nothing about this one
            self.error = error
            self.heard_at = self._around.now() if error is None else self.heard_at
        connection.heard(error, self._around.now())

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._around.changed()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a mistake of ours while syncing", exc_info=error)


def _failed(token: int, error: KiosError) -> Failed:
    if isinstance(error, Throttled):
        return Failed(token, NextTry.SOON, error.retry_after_s)
    if isinstance(error, Rejected) and error.refusal in OFF:
        return Failed(token, NextTry.ON_RETURN)
    if isinstance(error, Rejected | Untrusted):
        return Failed(token, NextTry.ASK_FIRST)
    soon = isinstance(error, RemoteError) and error.retryable
    return Failed(token, NextTry.SOON if soon else NextTry.AT_A_TRIGGER)
