"""What becomes of marks that are here with another note, colour or style than in a file. No Qt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from msgspec import structs

from kios_desktop.domain.library import BookId
from kios_desktop.domain.mark_differences import Difference, Keep
from kios_desktop.domain.mark_query import KeptMark
from kios_desktop.domain.marks import Mark, MarkId
from kios_desktop.exchange.candidates import identity_of


class SettledMarks(NamedTuple):
    """`before` are marks that were changed, as they were; `now` are they, or those added, after."""

    before: tuple[KeptMark, ...] = ()
    now: tuple[KeptMark, ...] = ()


class MarksById(Protocol):
    """The part of `storage.marks.Marks` used here. Methods raise `StorageError`."""

    async def load(self, ids: Sequence[MarkId]) -> list[KeptMark]: ...
    async def save_kept(self, changed: Sequence[KeptMark]) -> None: ...
    async def delete(self, ids: Sequence[MarkId]) -> None: ...


def copy_id(mark: Mark, sha256: str) -> MarkId:
    """The id of a file's mark as one of its own beside that with its id: the same every time.

    `sha256` is that of the book's file: another book may have a copy of the same mark.
    """
    return identity_of(mark.id, sha256, mark.note, mark.colour.value, mark.style.value)


def says_the_same(one: Mark, other: Mark) -> bool:
    return (one.note, one.colour, one.style) == (other.note, other.colour, other.style)


async def settle(
    differing: Mapping[BookId, Sequence[Difference]], keep: Keep, marks: MarksById, now: datetime
) -> SettledMarks:
    """Change or add marks of several books, all of them or none. Raises StorageError.

    A mark that was deleted in the meantime stays so.
    """
    if keep is Keep.MINE:
        return SettledMarks()
    if keep is Keep.BOTH:
        added = tuple(
            KeptMark(book_id, structs.replace(one.theirs, id=one.copy_id))
            for book_id, differences in differing.items()
            for one in differences
        )
        await marks.save_kept(added)
        return SettledMarks(now=added)
    theirs = {one.here.id: one.theirs for some in differing.values() for one in some}
    before = tuple(await marks.load(list(theirs)))
    changed = tuple(
        KeptMark(kept.book_id, _looking_like(theirs[kept.mark.id], kept.mark, now))
        for kept in before
    )
    await marks.save_kept(changed)
    return SettledMarks(before, changed)


async def take_back(settled: SettledMarks, marks: MarksById) -> None:
    """Undo it, all of it or nothing. Raises StorageError.

    A mark that was changed or deleted since stays as it is.
    """
    made = {kept.mark.id: kept.mark for kept in settled.now}
    there = await marks.load(list(made))
    untouched = [kept for kept in there if says_the_same(kept.mark, made[kept.mark.id])]
    if not settled.before:
        await marks.delete([kept.mark.id for kept in untouched])
        return
    before = {kept.mark.id: kept.mark for kept in settled.before}
    changed: list[KeptMark] = []
    for kept in untouched:
        was = before[kept.mark.id]
        changed.append(KeptMark(kept.book_id, _looking_like(was, kept.mark, was.changed_at)))
    await marks.save_kept(changed)


def _looking_like(other: Mark, mark: Mark, changed_at: datetime) -> Mark:
    """The mark with the note, colour and style of another one."""
    looks = {"note": other.note, "colour": other.colour, "style": other.style}
    return structs.replace(mark, changed_at=changed_at, **looks)
