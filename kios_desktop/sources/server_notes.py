"""Where what was learned about a server is kept between runs."""

from typing import Protocol


class ServerNotes(Protocol):
    """One text per source, in a format of its user. Raises `StorageError`."""

    async def remembered(self, source_id: str) -> str:
        """The text; "" before anything was remembered."""

    async def remember(self, source_id: str, text: str) -> None: ...
