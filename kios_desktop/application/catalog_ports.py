"""The catalog of a source, as the interface and the rest of Kios use it, whatever its protocol."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from kios_desktop.domain.catalog import Entry, Search, Shown
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.shelf import ShelfStatus


class Catalog(Protocol):
    """The catalog of one source. Every method that waits may raise `RemoteError`."""

    @property
    def source_id(self) -> str:
        """32 hex digits."""

    @property
    def name(self) -> str:
        """What the reader called the source."""

    async def feed(self, url: ServerUrl | None, fresh: bool = False) -> Shown:
        """One page; None is the root. `fresh` goes past what is remembered.

        From the copy on this computer, with `kept_at` and the error, when the server fails.
        """

    async def copy(self, url: ServerUrl | None) -> Shown | None:
        """What `feed` would show if the server failed, without asking it; None for nothing."""

    async def search(self, search: Search, words: str) -> Shown:
        """What the server finds; a feed without entries when that is nothing."""

    async def full(self, entry: Entry) -> Entry:
        """A partial entry with all that its own document says."""

    async def image(self, url: ServerUrl) -> bytes:
        """A cover as the server sends it: any bytes, never executed, at most a few MB."""


@runtime_checkable
class SyncedShelf(Protocol):
    """What a catalog can do besides, that is kept here and brought in step with its server."""

    @property
    def status(self) -> ShelfStatus:
        """How it is now; `look` knows what was kept from before."""

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Be told in the window's thread when `status` changes; the result ends that."""

    async def look(self) -> ShelfStatus: ...

    async def refresh(self) -> object:
        """Get what is new. Raises `RemoteError` and `StorageError`; what came stays."""

    async def rebuild(self) -> object:
        """Forget what is known and get everything; books and places stay. Raises the same."""

    async def keep(self, entry: Entry) -> None:
        """A withdrawn book stays in the library and leaves the list of such books."""
