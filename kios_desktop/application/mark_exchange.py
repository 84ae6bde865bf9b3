"""Exports the marks of a book, and imports those of a file into a book. No Qt.

Nothing that a file has is dropped: what can't be found in the book is kept without a place, and
what is here already, or differs from what is here, is told.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import structs

from kios_desktop.application.mark_anchoring import Anchored, MarkAnchoring
from kios_desktop.application.mark_matching import of_book
from kios_desktop.application.mark_settling import copy_id, says_the_same
from kios_desktop.domain.errors import MarksFault, MarksFileError
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.mark_differences import Difference
from kios_desktop.domain.marks import Anchor, Mark, MarkId, MarkKind, Passage, TextQuote
from kios_desktop.domain.publication import Publication
from kios_desktop.domain.text import clean_line
from kios_desktop.epub.places import Places
from kios_desktop.exchange.candidates import MarkCandidate, MarksOfBook, identity_of
from kios_desktop.exchange.marked_book import MarkedBook
from kios_desktop.exchange.readers import read_marks

SLICE_S: Final = 0.03  # of work in a thread; then whoever waits for Python has a turn
BREATH_S: Final = 0.002
_NAMED: Final = 3  # titles of other books that an error names
_LONGEST: Final = 60  # characters of each of them

Progress = Callable[[int, int], object]


class MarkRecords(Protocol):
    """The part of `storage.marks.Marks` used here. Methods raise `StorageError`."""

    async def of_book(self, book_id: BookId) -> list[Mark]: ...
    async def in_other_books(self, book_id: BookId, ids: Sequence[MarkId]) -> set[MarkId]: ...
    async def save(self, book_id: BookId, changed: Sequence[Mark]) -> None: ...


@dataclass(frozen=True, slots=True)
class MarkImport:
    """What became of the marks of a file, each of which is in one of the four lists.

    `imported` are new and have their place; `found_by_text` counts those of them that were not
    where the file said. `not_found` are new and kept without a place. `already_here` were known,
    by their id or as a mark of the same passage that says no more. `differing` are here, too, but
    with another note, colour or style: what is here stays until `settle` is asked to change it.
    `not_understood` counts entries of the file that are no marks.
    """

    imported: tuple[Mark, ...] = ()
    found_by_text: int = 0
    not_found: tuple[Mark, ...] = ()
    already_here: tuple[Mark, ...] = ()
    differing: tuple[Difference, ...] = ()
    not_understood: int = 0


def marked_book(book: Book, marks: Sequence[Mark]) -> MarkedBook:
    """The marks of a book of the library, to be exported."""
    return MarkedBook(book.title, book.authors, book.identifier, book.hashes.sha256, tuple(marks))


async def import_marks(
    data: bytes,
    book: Book,
    publication: Publication,
    places: Places,
    marks: MarkRecords,
    now: datetime,
) -> MarkImport:
    """Import a file's marks into a book, all of them or, after an error, none.

    `publication` and `places` are those of the book's file, which stays open meanwhile. Raises
    MarksFileError, PublicationError and StorageError.
    """
    parts = await asyncio.to_thread(read_marks, data, now)
    told = _of_this_book(parts, book)
    return await import_told(told, book, publication, places, marks)


async def import_told(
    told: Sequence[MarksOfBook],
    book: Book,
    publication: Publication,
    places: Places,
    marks: MarkRecords,
    progress: Progress = lambda _done, _total: None,
) -> MarkImport:
    """The same for what was read of a file already, without looking at which book it is about.

    `progress` gets the marks that are done, and how many there are. When it is cancelled nothing is
    saved, and nothing reads the book's file any more. Raises PublicationError and StorageError.
    """
    ids = [candidate.mark.id for one in told for candidate in one.candidates]
    here = await marks.of_book(book.id)
    taken = await marks.in_other_books(book.id, ids)
    sorting = _Sorting(here, taken, book.hashes.sha256)
    steps = _steps(told, sorting, publication, places, book)
    is_done = False
    while not is_done:
        is_done = await _to_its_end(asyncio.to_thread(_slice, steps))
        progress(sorting.count, len(ids))
        await asyncio.sleep(BREATH_S)
    result = replace(sorting.result(), not_understood=sum(one.not_understood for one in told))
    await marks.save(book.id, (*result.imported, *result.not_found))
    return result


async def _to_its_end(work: Coroutine[Any, Any, bool]) -> bool:
    """The result of a thread. Whoever is cancelled meanwhile waits for its end, and then ends."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _of_this_book(parts: Sequence[MarksOfBook], book: Book) -> Sequence[MarksOfBook]:
    """Of a file about several books those of this one. Raises MarksFileError without any."""
    if len(parts) < 2:
        return parts
    found = of_book(parts, book)
    if not found:
        raise about_others(parts)
    return found


def about_others(parts: Sequence[MarksOfBook]) -> MarksFileError:
    """The error that names some of the books of a file, as none of them is the one in question."""
    titles = [clean_line(one.title, _LONGEST) for one in parts if one.title]
    more = ", …" if len(titles) > _NAMED else ""
    return MarksFileError(MarksFault.OTHER_BOOK, said=", ".join(titles[:_NAMED]) + more)


def _steps(
    told: Sequence[MarksOfBook],
    sorting: "_Sorting",
    publication: Publication,
    places: Places,
    book: Book,
) -> Iterator[None]:
    """Place one mark of another edition, or sort one candidate, a step. Blocking."""
    for mark in sorting.from_elsewhere:
        sorting.place(mark, places.passages.find_again(mark.anchor, book.hashes.sha256))
        yield
    for one in told:
        is_same_file = bool(one.partial_md5) and one.partial_md5 == book.hashes.partial_md5
        anchoring = MarkAnchoring(publication, places, book.hashes.sha256, is_same_file)
        for candidate in one.candidates:
            sorting.take(candidate, anchoring)
            yield


def _slice(steps: Iterator[None]) -> bool:
    """Work for a while; whether all is done."""
    until = time.monotonic() + SLICE_S
    return all(time.monotonic() < until for _ in steps)


@dataclass(slots=True)
class _Lists:
    imported: list[Mark] = field(default_factory=list)
    not_found: list[Mark] = field(default_factory=list)
    already_here: list[Mark] = field(default_factory=list)
    differing: list[Difference] = field(default_factory=list)
    found_by_text: int = 0


class _Sorting:
    """Sorts candidates into what is new and what is known.

    A mark whose id a mark of another book has, as after an import into another edition, gets one
    of its own, the same every time. The marks `from_elsewhere` came along from another edition, and
    say where they were in it: `place` tells where they are in this one, before anything is taken.
    """

    def __init__(self, here: Sequence[Mark], taken: set[MarkId], sha256: str) -> None:
        self._taken, self._sha256 = taken, sha256
        self._lists = _Lists()
        self.count = 0  # of those that were taken
        self._by_id: dict[MarkId, Mark] = {}
        self._by_quote: dict[tuple[MarkKind, TextQuote], list[Mark]] = {}
        self._by_place: dict[tuple[MarkKind, Passage | Anchor], list[Mark]] = {}
        self.from_elsewhere = [mark for mark in here if mark.anchor.sha256 != sha256]
        for mark in here:
            self._by_id[mark.id] = mark
            if mark.anchor.sha256 == sha256:
                self._learn_place(mark)

    def result(self) -> MarkImport:
        lists = self._lists
        return MarkImport(
            imported=tuple(lists.imported),
            found_by_text=lists.found_by_text,
            not_found=tuple(lists.not_found),
            already_here=tuple(lists.already_here),
            differing=tuple(lists.differing),
        )

    def place(self, mark: Mark, anchor: Anchor) -> None:
        """Learn where a mark from elsewhere is in this file."""
        self._by_quote.setdefault((mark.kind, mark.anchor.quote), []).append(mark)
        self._learn_place(structs.replace(mark, anchor=anchor))

    def take(self, candidate: MarkCandidate, anchoring: MarkAnchoring) -> None:
        self.count += 1
        mark = candidate.mark
        if mark.id in self._taken:
            mark = structs.replace(mark, id=identity_of(mark.id, self._sha256))
        kept, free_id = self._kept(mark)
        if any(says_the_same(one, mark) for one in kept):
            self._lists.already_here.append(mark)
            return
        if kept and kept[-1].anchor.quote == mark.anchor.quote:
            self._differs(kept[-1], mark, kept[-1].anchor, free_id)
            return
        anchored = anchoring.anchored(candidate)
        if kept:
            self._differs(kept[-1], mark, anchored.anchor, free_id)
            return
        came_along = self._came_along(mark)
        mark = structs.replace(mark, anchor=anchored.anchor)
        if came_along or any(_says_no_more(mark, one) for one in self._at(mark)):
            self._lists.already_here.append(mark)
            return
        self._by_id[mark.id] = mark
        self._learn_place(mark)
        self._add(mark, anchored)

    def _kept(self, mark: Mark) -> tuple[list[Mark], MarkId]:
        """What is here of a file's mark: that with its id, and its copies; and the next one's id.

        A copy may have been changed since it was made, and then been kept beside the file's again.
        """
        kept: list[Mark] = []
        while (known := self._by_id.get(mark.id)) is not None:
            kept.append(known)
            mark = structs.replace(mark, id=copy_id(mark, self._sha256))
        return kept, mark.id

    def _differs(self, here: Mark, mark: Mark, anchor: Anchor, free_id: MarkId) -> None:
        theirs = structs.replace(mark, anchor=anchor)
        self._lists.differing.append(Difference(here, theirs, free_id))

    def _add(self, mark: Mark, anchored: Anchored) -> None:
        if anchored.anchor.passage is None:
            self._lists.not_found.append(mark)
        else:
            self._lists.imported.append(mark)
            self._lists.found_by_text += anchored.by_text

    def _at(self, mark: Mark) -> Sequence[Mark]:
        place = _place(mark)
        return () if place is None else self._by_place.get(place, ())

    def _came_along(self, mark: Mark) -> bool:
        """Whether the very same came along from another edition.

        Of equal passages it may be at another one. They are told one by one.
        """
        alike = self._by_quote.get((mark.kind, mark.anchor.quote), [])
        same = next((one for one in alike if _says_no_more(mark, one)), None)
        if same is not None:
            alike.remove(same)
        return same is not None

    def _learn_place(self, mark: Mark) -> None:
        if (place := _place(mark)) is not None:
            self._by_place.setdefault(place, []).append(mark)


def _place(mark: Mark) -> tuple[MarkKind, Passage | Anchor] | None:
    """What marks of one passage have in common; without a passage, all that is known of it."""
    if mark.passage is not None:
        return mark.kind, mark.passage
    quote = mark.anchor.quote
    return (mark.kind, mark.anchor) if quote.exact or quote.after else None


def _says_no_more(mark: Mark, known: Mark) -> bool:
    """Of two marks of one passage: whether the first has no note that the other lacks."""
    return not mark.note or mark.note == known.note
