"""The marks of one open book, in memory and on the disk.

What the reader does shows at once. It is saved in the order in which it was done; what a full disk
refuses stays here, and goes along with whatever is saved next.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from msgspec.structs import replace

from kios_desktop.domain.errors import PublicationError, StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Chapter, Place
from kios_desktop.domain.marks import (
    Anchor,
    Mark,
    MarkColour,
    MarkId,
    MarkKind,
    MarkStyle,
    Passage,
    TextQuote,
    in_reading_order,
    marks_at,
)

log = logging.getLogger(__name__)

SLICE = 50  # marks that are looked for in one go


class MarkStore(Protocol):
    """The part of `storage.marks.Marks` used here. Methods raise `StorageError`."""

    async def of_book(self, book_id: BookId) -> list[Mark]: ...
    async def save(self, book_id: BookId, changed: Sequence[Mark]) -> None: ...
    async def delete(self, ids: Sequence[MarkId]) -> None: ...


class Anchors(Protocol):
    """Makes and finds anchors in the book's file. Methods raise `PublicationError`."""

    async def make(self, passage: Passage) -> Anchor: ...
    async def find(self, anchors: Sequence[Anchor]) -> list[Anchor]:
        """The anchors as they are in this file, without a passage where their text is not."""


class BookMarks:
    """`sha256` is that of the book's file. `saved` is called after changes went to the disk."""

    def __init__(
        self,
        store: MarkStore,
        book_id: BookId,
        sha256: str,
        anchors: Anchors,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        saved: Callable[[], object] = lambda: None,
    ) -> None:
        self._store, self._book_id, self._sha256 = store, book_id, sha256
        self._anchors, self._now = anchors, now
        self._changed: Callable[[], None] = lambda: None
        self._saved = saved
        self._marks: dict[MarkId, Mark] = {}
        self._ordered: list[Mark] | None = None
        self._of_kind: dict[MarkKind, list[Mark]] = {}
        self._unsaved: set[MarkId] = set()
        self._undeleted: set[MarkId] = set()
        self._saving, self._loading = asyncio.Lock(), asyncio.Lock()
        self._has_ended = False

    def listen(self, changed: Callable[[], None]) -> None:
        """`changed` is called after every change."""
        self._changed = changed

    def end(self) -> None:
        """The book is closed: no one listens. What was begun is still saved."""
        self._has_ended = True
        self._changed = lambda: None

    # -- what there is

    @property
    def all(self) -> list[Mark]:
        """In reading order."""
        if self._ordered is None:
            self._ordered = in_reading_order(self._marks.values())
        return self._ordered

    @property
    def highlights(self) -> list[Mark]:
        return self._of(MarkKind.HIGHLIGHT)

    @property
    def bookmarks(self) -> list[Mark]:
        return self._of(MarkKind.BOOKMARK)

    def _of(self, kind: MarkKind) -> list[Mark]:
        if kind not in self._of_kind:
            self._of_kind[kind] = [mark for mark in self.all if mark.kind is kind]
        return self._of_kind[kind]

    def get(self, mark_id: MarkId) -> Mark | None:
        return self._marks.get(mark_id)

    def at(self, place: Place) -> list[Mark]:
        """The highlights at a place, the one on top first."""
        return marks_at(self.highlights, place)

    def bookmarks_within(self, first: Place, ordinals: int) -> list[Mark]:
        """The bookmarks on a screen that begins at a place and shows so many ordinals."""
        last = Place(first.spine_index, first.ordinal + max(1, ordinals))
        return [
            mark
            for mark in self.bookmarks
            if mark.passage is not None and first <= mark.passage.start < last
        ]

    # -- changes: all raise `StorageError` after the change was made here

    async def load(self) -> None:
        """Read the marks, also when others have changed them on the disk.

        Those that were made in another file of the book are looked for in this one: who calls this
        after it has them as they are.
        """
        async with self._loading:  # a second call finds what the first has found
            await self._load()

    async def _load(self) -> None:
        async with self._saving:  # else what is saved meanwhile is neither unsaved nor read
            found = await self._store.of_book(self._book_id)
        unsaved = {one: self._marks[one] for one in self._unsaved if one in self._marks}
        kept = {mark.id: mark for mark in found if mark.id not in self._undeleted}
        self._marks = kept | unsaved
        self._tell()
        await self._find_again()

    async def highlight(
        self, passage: Passage, colour: MarkColour, style: MarkStyle = MarkStyle.FILL
    ) -> Mark:
        """Mark a passage; one that has a highlight already gets another colour."""
        same = next((mark for mark in self.highlights if mark.passage == passage), None)
        if same is not None:
            return await self.change(same.id, colour=colour, style=style)
        return await self._add(MarkKind.HIGHLIGHT, passage, colour=colour, style=style)

    async def bookmark(self, place: Place) -> Mark:
        return await self._add(MarkKind.BOOKMARK, Passage(place, place))

    async def change(self, mark_id: MarkId, **changes: Any) -> Mark:
        """Change colour, style or note. KeyError when the mark is gone."""
        mark = self._marks[mark_id]
        changed = replace(mark, **changes)
        if changed == mark:
            return mark
        changed = replace(changed, changed_at=self._now())
        self._put(changed)
        await self._save()
        return changed

    async def move(self, mark_id: MarkId, passage: Passage) -> None:
        """Let a highlight begin or end elsewhere."""
        mark = self._marks[mark_id]
        if mark.passage == passage:
            return
        anchor = replace(mark.anchor, passage=passage, cfi="")  # as its text is not known yet
        moved = replace(mark, anchor=anchor, changed_at=self._now())
        self._put(moved)
        await self._anchor(moved)

    async def delete(self, ids: Iterable[MarkId]) -> list[Mark]:
        """Returns what was deleted, for `put_back`."""
        gone = [mark for one in ids if (mark := self._marks.pop(one, None)) is not None]
        for mark in gone:
            self._unsaved.discard(mark.id)
            self._undeleted.add(mark.id)
        self._tell()
        await self._save()
        return gone

    async def put_back(self, marks: Sequence[Mark]) -> None:
        self._undeleted.difference_update(mark.id for mark in marks)
        self._put(*marks)
        await self._save()

    async def text_of(self, passage: Passage) -> str:
        """The words of a passage; "" where the chapter can't be read."""
        try:
            return (await self._anchors.make(passage)).quote.exact
        except PublicationError as error:
            log.warning("no words of a passage: %s", error)
            return ""

    async def try_saving(self) -> None:
        """Save again what the disk has not taken."""
        await self._save()

    # -- parts

    async def _add(self, kind: MarkKind, passage: Passage, **looks: Any) -> Mark:
        now = self._now()
        unknown = Anchor(passage, "", TextQuote(""), "", Chapter(-1, ""), self._sha256)
        mark = Mark(MarkId(uuid.uuid4().hex), kind, unknown, now, now, **looks)
        self._put(mark)  # it is seen before the chapter is parsed for its text
        return await self._anchor(mark)

    async def _anchor(self, mark: Mark) -> Mark:
        """Save a mark, then give it the text and the range of its passage, and save it again."""
        with suppress(StorageError):  # it is raised by the second time
            await self._save()  # Kios may end before the chapter was parsed
        passage = mark.passage
        if passage is not None:
            try:
                anchor = await self._anchors.make(passage)
            except PublicationError as error:
                log.warning("a mark is kept without its text: %s", error)
            else:
                known = self._marks.get(mark.id)
                if known is not None and known.passage == passage:
                    mark = replace(known, anchor=anchor)
                    self._put(mark)
        await self._save()
        return mark

    async def _find_again(self) -> None:
        """Find what was marked in another file of the book: rewritten, or another edition."""
        for mark in self.all:
            if self._has_ended:
                return
            if mark.anchor.sha256 == self._sha256 and not mark.anchor.cfi:
                await self._anchor(mark)  # Kios ended before its text was known
        stale = [mark for mark in self.all if mark.anchor.sha256 != self._sha256]
        for first in range(0, len(stale), SLICE):
            if self._has_ended:
                return
            some = stale[first : first + SLICE]
            try:
                found = await self._anchors.find([mark.anchor for mark in some])
            except PublicationError as error:
                log.warning("marks are not looked for: %s", error)
                return
            self._put(
                *(
                    replace(mark, anchor=anchor)
                    for mark, anchor in zip(some, found, strict=True)
                    if self._marks.get(mark.id) == mark  # the reader has not changed it meanwhile
                )
            )
            await self._save()

    def _put(self, *marks: Mark) -> None:
        for mark in marks:
            self._marks[mark.id] = mark
            self._unsaved.add(mark.id)
        self._tell()

    def _tell(self) -> None:
        self._ordered = None
        self._of_kind.clear()
        self._changed()

    async def _save(self) -> None:
        async with self._saving:
            changed = [self._marks[one] for one in self._unsaved if one in self._marks]
            deleted = tuple(self._undeleted)
            if changed:
                await self._store.save(self._book_id, changed)
            self._unsaved -= {
                mark.id for mark in changed if self._marks.get(mark.id) in (mark, None)
            }
            if deleted:
                await self._store.delete(deleted)
                self._undeleted.difference_update(deleted)
        if changed or deleted:
            self._saved()
