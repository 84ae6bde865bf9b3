"""The state of sync as the interface shows it: of all books and servers, and of one book."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from kios_desktop.domain.errors import (
    Fault,
    Malformed,
    Redirected,
    StorageError,
    Throttled,
    Unreachable,
    Untrusted,
)
from kios_desktop.domain.progress import BookOverview, Health, OpenOffer, SyncOverview, Waiting
from kios_desktop.sync.accounts import Connection
from kios_desktop.sync.driver import BookSync
from kios_desktop.sync.machine import UNDO_FOR


def sync_overview(
    servers: Sequence[Connection], books: Sequence[BookSync], storage_error: StorageError | None
) -> SyncOverview:
    """The state of sync as a whole. `servers` are those that keep places."""
    waiting = tuple(w for book in books if (w := waiting_place(book)) is not None)
    open_offers = tuple(
        OpenOffer(book.book_id, book.title, book.state.offer)
        for book in books
        if book.state.offer is not None and book.state.asking is None
    )
    sent = [c.sent_at for c in servers if c.sent_at is not None]
    return SyncOverview(
        health=_health(servers, books, waiting),
        servers=tuple(c.line(_next_try(c, books)) for c in servers),
        waiting=waiting,
        open_offers=open_offers,
        last_sent_at=max(sent, default=None),
        storage_error=storage_error,
    )


def book_overview(book: BookSync, now: datetime) -> BookOverview:
    """The state of one book."""
    state, undo = book.state, book.state.undo
    account = book.connection.account if book.connection is not None else None
    return BookOverview(
        offer=state.asking or state.offer,
        asking=state.asking is not None,
        waiting=waiting_place(book),
        answer=state.record.answer if state.record is not None else None,
        undo_until=undo.at + UNDO_FOR if undo and now - undo.at <= UNDO_FOR else None,
        source_id=account.source_id if account is not None else "",
        source_name=account.name if account is not None else "",
        error=book.error,
        answered_at=book.answered_at,
        unsent=state.dirty,
        held=state.held,
        marked=state.marked_elsewhere,
        unknown_file_shown=state.record is not None and state.record.told,
    )


def _health(
    servers: Sequence[Connection], books: Sequence[BookSync], waiting: Sequence[Waiting]
) -> Health:
    """How sync is going as a whole. `servers` are those that keep places."""
    if not servers:
        return Health.NOT_SET_UP
    failed = [(c, c.error) for c in servers if c.error is not None]
    away = [e for c, e in failed if _passing(e, _next_try(c, books) is not None)]
    if len(away) < len(failed):
        return Health.NEEDS_YOU
    if any(isinstance(e, Unreachable) and e.fault is Fault.OFFLINE for e in away):
        return Health.OFFLINE
    if away:
        return Health.NOT_REACHABLE
    busy = any(book.busy for book in books)
    if waiting and not busy:
        return Health.WAITING
    if any(book.state.open and book.state.offer is not None for book in books):
        return Health.OFFERED
    if busy or any(c.checking for c in servers):
        return Health.WORKING
    used = [c for c in servers if c.account.has_books] or servers
    answered = all(c.checked_at is not None for c in used)
    return Health.IN_SYNC if answered else Health.NOT_ASKED


def _passing(error: Exception, tried_again: bool) -> bool:
    """Whether an error may pass without anybody doing something.

    An unexpected answer may come from a proxy; after the last retry, the address is to blame.
    """
    if isinstance(error, Untrusted):
        return False
    if isinstance(error, Malformed | Redirected) and not tried_again:
        return False
    return isinstance(error, Unreachable | Throttled) or bool(getattr(error, "retryable", False))


def waiting_place(book: BookSync) -> Waiting | None:
    """A place that should have been pushed by now; not that of a book that is being read."""
    state = book.state
    if not state.dirty or state.record is None or state.local is None:
        return None
    if state.record.since is None:
        return None
    if state.open and book.error is None and book.next_try_at is None:
        return None
    name = book.connection.account.name if book.connection is not None else ""
    return Waiting(
        book_id=book.book_id,
        title=book.title,
        total_progression=state.local.total_progression,
        source_name=name,
        since=state.record.since,
        error=book.error,
        held=state.held,
    )


def _next_try(connection: Connection, books: Iterable[BookSync]) -> datetime | None:
    times = [
        book.next_try_at
        for book in books
        if book.connection is connection and book.next_try_at is not None
    ]
    return min(times, default=None)
