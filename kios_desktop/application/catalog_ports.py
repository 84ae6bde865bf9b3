"""The catalog of a source, whatever its protocol."""

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
        """One page of the catalog; None is the root. `fresh` bypasses the cache.

        When the server fails, the copy on this computer, with `kept_at` and the error.
        """

    async def copy(self, url: ServerUrl | None) -> Shown | None:
        """The copy on this computer, without asking the server; None without one."""

    async def search(self, search: Search, words: str) -> Shown:
        """The results of the server; a feed without entries when there are none."""

    async def full(self, entry: Entry) -> Entry:
        """A partial entry, completed from its own document."""

    async def image(self, url: ServerUrl) -> bytes:
        """A cover as the server sends it: any bytes, never executed, at most a few MB."""


@runtime_checkable
class SyncedShelf(Protocol):
    """The extra methods of a catalog that is stored here and synced with its server."""

    @property
    def status(self) -> ShelfStatus:
        """The present state in memory; `look` reads the stored one first."""

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` on the GUI thread when `status` changes. Returns a function that ends it."""

    async def look(self) -> ShelfStatus: ...

    async def refresh(self) -> object:
        """Fetch what is new. What came stays. Raises `RemoteError` and `StorageError`."""

    async def rebuild(self) -> object:
        """Fetch everything anew; downloaded books and places stay. Raises as `refresh`."""

    async def keep(self, entry: Entry) -> None:
        """Keep a book that the server withdrew, and take it off the list of withdrawn books."""
