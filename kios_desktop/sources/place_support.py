"""Whether a source keeps places, as far as it is known; stored with the source.

The check of a source says what it offers. A catalog may still offer positions that can't be written
(Stump of 2025 answers 405), and Kobo sync may deliver books only. That shows at the first push and
is remembered until the source is checked again in Settings; otherwise every start would first ask a
server that keeps no places.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from kios_desktop.domain.errors import Lacks, Unsupported
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Locator
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.sources.locked_remote import Remote
from kios_desktop.sources.server_notes import ServerNotes

KEEPS_NONE: Final = "keeps_none"
OFFERS: Final = "offers_places"


class PlaceSupport:
    """What is known of all sources. Other facts in the notes of a source are kept."""

    def __init__(self, notes: ServerNotes) -> None:
        self._server_notes = notes

    async def keeps_none(self, source_id: str) -> bool:
        """Whether the source was found to keep no places."""
        return (await self._notes(source_id)).get(KEEPS_NONE) is True

    async def offers(self, source_id: str) -> bool | None:
        """Whether the last check says that it keeps places; None if there was none or it can't
        tell.
        """
        said = (await self._notes(source_id)).get(OFFERS)
        return said if isinstance(said, bool) else None

    async def found(self, source_id: str, offers: bool | None) -> None:
        """Records the result of a check."""
        if offers != await self.offers(source_id):
            await self._note(source_id, OFFERS, offers)

    async def found_none(self, source_id: str) -> None:
        """Records that it refused a place."""
        await self._note(source_id, KEEPS_NONE, True)

    async def ask_again(self, source_id: str) -> bool:
        """Forgets that it keeps none: it may have been updated. Returns whether that was known."""
        known = await self.keeps_none(source_id)
        if known:
            await self._note(source_id, KEEPS_NONE, False)
        return known

    async def _note(self, source_id: str, name: str, value: bool | None) -> None:
        notes = {**await self._notes(source_id), name: value}
        await self._server_notes.remember(source_id, msgspec.json.encode(notes).decode())

    async def _notes(self, source_id: str) -> dict[str, Any]:
        try:
            text = await self._server_notes.remembered(source_id)
            found = msgspec.json.decode(text) if text else {}
        except msgspec.DecodeError:
            return {}
        return found if isinstance(found, dict) else {}


class ObservedRemote:
    """A remote for which it is recorded when its server keeps no places.

    Satisfies `sync.ports.ProgressRemote`.
    """

    def __init__(self, remote: Remote, source_id: str, keeping: PlaceSupport) -> None:
        self._remote, self._source_id, self._keeping = remote, source_id, keeping
        self._took = False  # a server that took one place keeps places, whatever it says later

    async def prepare(
        self, book_id: BookId, locator: Locator, received: Report | None, sent: Sent | None
    ) -> Sent:
        return await self._remote.prepare(book_id, locator, received, sent)

    async def pull(self, book_id: BookId, own_writes: Sequence[Sent]) -> Report | Sent | None:
        return await self._remote.pull(book_id, own_writes)

    async def push(self, book_id: BookId, prepared: Sent) -> Sent:
        try:
            sent = await self._remote.push(book_id, prepared)
        except Unsupported as error:
            if error.lacks is Lacks.PLACES and not self._took:
                await self._keeping.found_none(self._source_id)
            raise
        self._took = True
        return sent
