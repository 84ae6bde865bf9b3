"""Sends reading sessions. The server keeps what it gets, for good: each must arrive once.

What is there is listed before the first session of a book is sent, and again whenever it is in
doubt whether one arrived. Start and end in whole seconds tell whether it is the same.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec.structs import replace

from kios_desktop.domain.account_items import (
    AccountItem,
    ItemKind,
    ItemState,
    SessionContent,
)
from kios_desktop.domain.accounts import AccountChoices, AccountServer, BookLink
from kios_desktop.domain.errors import Conflict, Refused, RemoteError
from kios_desktop.domain.reading_sessions import ReadingSession
from kios_desktop.outbox.outcomes import Reach, after_failure, reach_of
from kios_desktop.outbox.ports import AccountRemote, ItemStore, LibraryHere, SessionKey

log = logging.getLogger(__name__)

BATCH: Final = 100

Prepared = list[tuple[AccountItem, SessionContent]]


class _Listed(NamedTuple):
    """The sessions of a book on the server that began at `since` or later."""

    since: datetime
    keys: set[SessionKey]


class SessionSending:
    """Of one account; it knows which sessions were listed since Kios was started."""

    def __init__(
        self,
        remote: AccountRemote,
        items: ItemStore,
        library: LibraryHere,
        now: Callable[[], datetime],
    ) -> None:
        self._remote, self._items, self._library, self._now = remote, items, library, now
        self._there: dict[int, _Listed] = {}

    async def send(
        self, account_id: str, choices: AccountChoices, server: AccountServer, link: BookLink
    ) -> None:
        """All of a book that are due, the oldest first. One that fails stops those after it."""
        book_id, remote_id = link.book_id, link.remote_id
        if remote_id is None:
            return
        pages = await self._library.pages(book_id)
        while True:
            sessions = await self._items.unsent_sessions(
                account_id, book_id, choices, self._library.growing(), self._now(), BATCH
            )
            if not sessions:
                return
            items = await self._items.open_sessions(account_id, book_id)
            known = {item.key: item for item in items}
            waiting: Prepared = []
            for one in sessions:
                key = ItemKind.SESSION, one.id
                item = known.get(key) or AccountItem(account_id, *key, book_id)
                waiting.append((item, content_of(one, pages)))
            waiting = await self._without_those_there(waiting, remote_id)
            size = BATCH if server.capabilities.batch else 1
            for first in range(0, len(waiting), size):
                if not await self._send(waiting[first : first + size], remote_id):
                    return

    async def _without_those_there(self, waiting: Prepared, remote_id: int) -> Prepared:
        """Those that have still to be sent; the others are noted as sent."""
        in_doubt = any(item.is_in_doubt for item, _content in waiting)
        since = min(key_of(content)[0] for _item, content in waiting)
        listed = self._there.get(remote_id)
        if in_doubt or listed is None or since < listed.since:
            listed = _Listed(since, await self._remote.session_keys(remote_id, since))
            self._there[remote_id] = listed
        there = listed.keys
        done = [
            item.settled(content, 0, None) for item, content in waiting if key_of(content) in there
        ]
        if done:
            await self._items.save(done)
        # of two that are equal, as after a salvage, one is sent: the other is there by then
        left = {key_of(content): (item, content) for item, content in reversed(waiting)}
        return [one for key, one in reversed(left.items()) if key not in there]

    async def _send(self, some: Prepared, remote_id: int) -> bool:
        """Send one session or a batch; whether to go on."""
        sending = [
            replace(item, state=ItemState.SENDING, sending=content) for item, content in some
        ]
        await self._items.save(sending)
        contents = [content for _item, content in some]
        try:
            await self._remote.save_sessions(remote_id, contents)
        except (Refused, Conflict) as error:
            if len(some) > 1:  # one of them is at fault: nothing of a batch is stored then
                await self._items.save([item for item, _content in some])
                half = len(some) // 2
                return await self._send(some[:half], remote_id) and await self._send(
                    some[half:], remote_id
                )
            return await self._failed(sending, _as_refused(error))
        except RemoteError as error:
            self._there.pop(remote_id, None)
            return await self._failed(sending, error)
        self._there[remote_id].keys.update(map(key_of, contents))
        sent = zip(sending, contents, strict=True)
        await self._items.save([one.settled(content, 0, None) for one, content in sent])
        return True

    async def _failed(self, sending: Sequence[AccountItem], error: RemoteError) -> bool:
        in_doubt = self._remote.may_have_been_done(error)
        now = self._now()
        await self._items.save([after_failure(one, error, in_doubt, now) for one in sending])
        if reach_of(error) is not Reach.ITEM:
            raise error
        log.info("a reading session was not taken: %s", error)
        return isinstance(error, Refused)  # the others may be sound


def content_of(session: ReadingSession, pages: int | None) -> SessionContent:
    """A session as it is sent: whole seconds, and no more of them than were read.

    The server adds up the time between both stamps, so it ends when as much time has gone by as was
    read; our own end may be up to a minute later, where a look at another window was joined.
    """
    start = session.started_at.replace(microsecond=0)
    seconds = max(1, round(session.read_s))
    first, last = (min(1.0, max(0.0, one.progression)) for one in (session.start, session.end))
    end = start + timedelta(seconds=seconds)
    return SessionContent(start, end, first, last, _page(first, pages), _page(last, pages))


def _page(share: float, pages: int | None) -> str:
    """The page at a share of the book, as people count."""
    return str(1 + int(share * (pages - 1))) if pages else ""


def key_of(content: SessionContent) -> SessionKey:
    return content.started_at, content.ended_at


def _as_refused(error: Refused | Conflict) -> Refused:
    """A session of its own conflicts with nothing: a field of it does not fit."""
    return error if isinstance(error, Refused) else Refused(error.status, error.said)
