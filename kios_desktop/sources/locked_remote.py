"""A server whose password can't be read now (locked password store): its places stay dirty."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.progress import Report, Sent


class Remote(Protocol):
    """`sync.ports.ProgressRemote`, as it is used here."""

    async def prepare(
        self, book_id: BookId, locator: Locator, received: Report | None, sent: Sent | None
    ) -> Sent: ...
    async def pull(self, book_id: BookId, own_writes: Sequence[Sent]) -> Report | Sent | None: ...
    async def push(self, book_id: BookId, prepared: Sent) -> Sent: ...


class LockedRemote:
    """Satisfies `sync.ports.ProgressRemote`.

    `find` reads the password again; returns the real remote, or raises `Rejected`.
    """

    def __init__(self, find: Callable[[], Awaitable[Remote]]) -> None:
        self._find = find
        self._found: Remote | None = None

    async def prepare(
        self, book_id: BookId, locator: Locator, received: Report | None, sent: Sent | None
    ) -> Sent:
        return await (await self._remote()).prepare(book_id, locator, received, sent)

    async def pull(self, book_id: BookId, own_writes: Sequence[Sent]) -> Report | Sent | None:
        return await (await self._remote()).pull(book_id, own_writes)

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        return await (await self._remote()).push(book_id, prepared)

    async def _remote(self) -> Remote:
        if self._found is None:
            self._found = await self._find()
        return self._found
