"""What the catalog screen needs from the rest of Kios, and what it may show."""

from typing import Protocol

from kios_desktop.domain.catalog import Entry, Search, Shown
from kios_desktop.domain.secret import ServerUrl


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

    async def search(self, search: Search, words: str) -> Shown:
        """What the server finds; a feed without entries when that is nothing."""

    async def full(self, entry: Entry) -> Entry:
        """A partial entry with all that its own document says."""

    async def image(self, url: ServerUrl) -> bytes:
        """A cover as the server sends it: any bytes, never executed, at most a few MB."""
