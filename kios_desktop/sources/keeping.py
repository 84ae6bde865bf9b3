"""Whether a source keeps places, as far as it was found out: the one place that decides.

A check of the source says what it offers. But a catalog may offer positions that can only be read
(Stump of 2025 answers a write with 405), and Kobo sync may deliver books and nothing else. That is
seen at the first write, and remembered until the source is looked at again in Settings: otherwise
every start would begin with a server that has nothing to say, before the one that keeps the place
is asked.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec

from kios_desktop.domain.errors import Lacks, Unsupported
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.sources.withheld import Remote

KEEPS_NONE: Final = "keeps_none"
OFFERS: Final = "offers_places"


class Notebook(Protocol):
    """Keeps what was learned about a server, as text. Raises `StorageError`."""

    async def remembered(self, source_id: str) -> str: ...
    async def remember(self, source_id: str, text: str) -> None: ...


class Keeping:
    """What is noted of all sources; other notes of a source stay as they are."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    async def keeps_none(self, source_id: str) -> bool:
        """Whether the source was found to keep no places."""
        return (await self._notes(source_id)).get(KEEPS_NONE) is True

    async def offers(self, source_id: str) -> bool | None:
        """What a check said of it; None where there was none, or it could not tell."""
        said = (await self._notes(source_id)).get(OFFERS)
        return said if isinstance(said, bool) else None

    async def found(self, source_id: str, offers: bool | None) -> None:
        """What a check says of a source in use."""
        if offers != await self.offers(source_id):
            await self._note(source_id, OFFERS, offers)

    async def found_none(self, source_id: str) -> None:
        """It took no place."""
        await self._note(source_id, KEEPS_NONE, True)

    async def ask_again(self, source_id: str) -> bool:
        """It may have been updated; whether that changes what was known."""
        known = await self.keeps_none(source_id)
        if known:
            await self._note(source_id, KEEPS_NONE, False)
        return known

    async def _note(self, source_id: str, name: str, value: bool | None) -> None:
        notes = {**await self._notes(source_id), name: value}
        await self._notebook.remember(source_id, msgspec.json.encode(notes).decode())

    async def _notes(self, source_id: str) -> dict[str, Any]:
        try:
            text = await self._notebook.remembered(source_id)
            found = msgspec.json.decode(text) if text else {}
        except msgspec.DecodeError:
            return {}
        return found if isinstance(found, dict) else {}


class Watched:
    """A remote of which it is noted when it keeps no places.

    Satisfies `sync.ports.ProgressRemote`.
    """

    def __init__(self, remote: Remote, source_id: str, keeping: Keeping) -> None:
        self._remote, self._source_id, self._keeping = remote, source_id, keeping
        self._took = False  # one that took a place keeps places, whatever it says afterwards

    async def prepare(
        self, book_id: BookId, locator: Locator, received: Report | None, sent: Sent | None
    ) -> Sent:
        return await self._remote.prepare(book_id, locator, received, sent)

    async def pull(self, book_id: BookId, mine: Sequence[Sent]) -> Report | Sent | None:
        return await self._remote.pull(book_id, mine)

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        try:
            sent = await self._remote.push(book_id, prepared)
        except Unsupported as error:
            if error.lacks is Lacks.PLACES and not self._took:
                await self._keeping.found_none(self._source_id)
            raise
        self._took = True
        return sent
