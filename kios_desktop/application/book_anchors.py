"""The anchors of marks in an open book. Chapters are parsed in a thread."""

import asyncio
from collections.abc import Sequence

from kios_desktop.application.open_files import Lease
from kios_desktop.domain.marks import Anchor, Passage


class BookAnchors:
    """Implements `book_marks.Anchors`. `sha256` is that of the file that is leased."""

    def __init__(self, lease: Lease, sha256: str) -> None:
        self._lease, self._sha256 = lease, sha256

    async def make(self, passage: Passage) -> Anchor:
        with self._lease.duplicate() as opened:
            return await asyncio.to_thread(
                lambda: opened.places.passages.anchor(passage, self._sha256)
            )

    async def find(self, anchors: Sequence[Anchor]) -> list[Anchor]:
        with self._lease.duplicate() as opened:
            passages = opened.places.passages
            return await asyncio.to_thread(
                lambda: [passages.find_again(one, self._sha256) for one in anchors]
            )
