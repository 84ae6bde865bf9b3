"""What follows from a book's marks here and the records that the server lists for it.

The list comes first, then nothing is written that the list does not allow: a change there is never
overwritten, what an earlier request may have done is seen, and what is there already is not made
twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from kios_desktop.domain.account_items import (
    MARK_KINDS,
    TOPIC_OF,
    AccountItem,
    ItemFault,
    ItemKind,
    ItemState,
    MarkContent,
    RemoteRow,
    TakenMark,
    of_mark,
    version_of,
)
from kios_desktop.domain.accounts import AccountChoices, NotesTo
from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import Mark, MarkId
from kios_desktop.outbox import contents
from kios_desktop.outbox.free_rows import FreeRows
from kios_desktop.outbox.merging import merge, same_looks, with_looks_of
from kios_desktop.outbox.outcomes import is_to_come
from kios_desktop.outbox.steps import Op, Step, in_order

FETCHED = (ItemKind.HIGHLIGHT, ItemKind.PLACE_NOTE, ItemKind.BOOKMARK)
"""What is made in the server's own reader."""

Rows = Mapping[ItemKind, Sequence[RemoteRow]]
"""What the server lists, of the kinds that were asked for: the others are left alone."""


class MarkPlan(Struct, frozen=True):
    """`items` and `marks` are to be saved, `dropped` to be forgotten, in one transaction; then the
    `steps` are to be taken. `unknown` are records that no mark here belongs to.
    """

    items: tuple[AccountItem, ...] = ()
    dropped: tuple[AccountItem, ...] = ()
    marks: tuple[TakenMark, ...] = ()
    steps: tuple[Step, ...] = ()
    unknown: tuple[tuple[ItemKind, RemoteRow], ...] = ()


class BookHere(Struct, frozen=True):
    """What there is here of a book, for one account; all its items that are about marks.

    `sha256` is that of the book's file.
    """

    account_id: str
    book_id: BookId
    marks: tuple[Mark, ...]
    items: tuple[AccountItem, ...]
    sha256: str


def plan_marks(here: BookHere, rows: Rows, choices: AccountChoices, now: datetime) -> MarkPlan:
    """A few hundred marks take a millisecond; thousands are for a thread."""
    planning = _Planning(here, rows, choices, now)
    for kind in MARK_KINDS:
        if kind in rows:
            planning.known(kind)
    for mark in here.marks:
        planning.mark(mark)
    return planning.plan()


class _Planning:
    """Builds a plan; see `plan_marks`."""

    def __init__(self, here: BookHere, rows: Rows, choices: AccountChoices, now: datetime) -> None:
        self._here, self._choices, self._now = here, choices, now
        self._marks = {mark.id: mark for mark in here.marks}
        self._items = {item.key: item for item in here.items}
        self._rows = {kind: {row.remote_id: row for row in some} for kind, some in rows.items()}
        linked = {(item.kind, item.remote_id) for item in here.items}
        self._free = {
            kind: FreeRows(row for row in some if (kind, row.remote_id) not in linked)
            for kind, some in rows.items()
        }
        self._changed: dict[tuple[ItemKind, str], AccountItem] = {}
        self._dropped: dict[tuple[ItemKind, str], AccountItem] = {}
        self._taken: dict[MarkId, TakenMark] = {}
        self._beside: set[str] = set()  # marks whose note turned out to be beside the passage
        self._steps: list[Step] = []

    def plan(self) -> MarkPlan:
        before = {item.key: item for item in self._here.items}
        unknown: list[tuple[ItemKind, RemoteRow]] = []
        if self._choices.fetches:
            unknown = [(kind, row) for kind in FETCHED for row in self._free.get(kind, ())]
        return MarkPlan(
            tuple(item for key, item in self._changed.items() if item != before.get(key)),
            tuple(self._dropped.values()),
            tuple(self._taken.values()),
            tuple(in_order(self._steps)),
            tuple(unknown),
        )

    # -- records that are known

    def known(self, kind: ItemKind) -> None:
        for item in [one for one in self._here.items if one.kind is kind]:
            if item.state is not ItemState.LEFT:
                self._known(self._without_doubt(item))
            else:
                self._left(item)

    def _left(self, item: AccountItem) -> None:
        """What a person left alone; the record that there may be of it is no new one."""
        row = self._row_of(item) or self._at_its_place(item)
        if row is not None:
            self._keep(replace(item, remote_id=row.remote_id))
        elif item.is_gone:
            self._drop(item)

    def _at_its_place(self, item: AccountItem) -> RemoteRow | None:
        content = of_mark(item.sending) or of_mark(item.sent)
        return None if content is None else self._free[item.kind].take(content)

    def _row_of(self, item: AccountItem) -> RemoteRow | None:
        """Its record; one to which the server has given its number is free."""
        row = None if item.remote_id is None else self._rows[item.kind].get(item.remote_id)
        sent = of_mark(item.sent)
        if row is not None and sent is not None and sent.cfi != row.content.cfi:
            self._free[item.kind].add(row)
            return None
        return row

    def _without_doubt(self, item: AccountItem) -> AccountItem:
        """With what an earlier request has done, as far as the list tells."""
        sending = of_mark(item.sending)
        if not item.is_in_doubt:
            return item
        if sending is not None:
            is_new = item.remote_id is None
            row = self._free[item.kind].take(sending) if is_new else self._row_of(item)
            if row is not None and same_looks(sending, row.content) and self._settles(item):
                return item.settled(sending, item.sending_version, row.remote_id)
            if row is not None and is_new:  # somebody else's, or changed since: nothing is agreed
                item = replace(item, remote_id=row.remote_id, sent=None)
        return replace(item, state=ItemState.WAITING, sending=None, sending_version=0)

    def _settles(self, item: AccountItem) -> bool:
        """Whether all of what was sent is here, too: an update may have kept what is theirs."""
        mark = self._marks.get(MarkId(item.local_id))
        is_same = mark is not None and version_of(mark) == item.sending_version
        return self._choices.fetches or item.remote_id is None or not is_same

    def _known(self, item: AccountItem) -> None:
        mark = self._marks.get(MarkId(item.local_id))
        row = self._row_of(item)
        if item.state is ItemState.REFUSED and _stays_refused(item, mark, row):
            self._keep(item)
        elif item.remote_id is None:
            self._not_there_yet(item, mark)
        elif row is None:
            self._not_there_any_more(item, mark)
        elif item.is_gone:
            self._delete(item, row)
        elif mark is None:  # it was lost here, and nobody deleted it
            self._drop(item)
            self._free[item.kind].add(row)
        else:
            self._both(item, mark, row)

    def _not_there_yet(self, item: AccountItem, mark: Mark | None) -> None:
        if item.is_gone or mark is None:
            self._drop(item)
        else:
            self._joined(item, mark)

    def _not_there_any_more(self, item: AccountItem, mark: Mark | None) -> None:
        if item.is_gone or mark is None:
            self._drop(item)
        elif (row := self._at_its_place(item)) is not None:  # somebody has made it anew
            sent = item.sent if row.content.note else None  # a note is not lost by that
            self._both(replace(item, remote_id=row.remote_id, sent=sent), mark, row)
        elif version_of(mark) != item.version:  # it was changed here since: that counts
            self._joined(replace(item, remote_id=None, sent=None), mark)
        else:
            self._keep(replace(item, state=ItemState.VANISHED, theirs=None))

    def _joined(self, item: AccountItem, mark: Mark) -> None:
        """One that is there under no number that is known: at its place, or not yet."""
        row = self._free[item.kind].take(self._content(mark, item.kind, None))
        if row is None:
            self._create(item, mark)
        else:
            self._both(replace(item, remote_id=row.remote_id, sent=None), mark, row)

    def _both(self, item: AccountItem, mark: Mark, row: RemoteRow) -> None:
        """It is here and there."""
        if mark.id in self._taken:  # another record has changed it just now: compared next time
            return
        sent = of_mark(item.sent)
        is_changed = sent is None or version_of(mark) != item.version
        mine = self._content(mark, item.kind, sent) if sent is None or is_changed else sent
        if sent is not None and contents.is_moved(mine, sent):
            self._move(item, mark, mine, row)
            return
        if not contents.is_wanted(mine, item.kind):
            self._delete(item, row)
            return
        merged = merge(sent, mine, row.content)
        if merged.differs:
            self._differs(item, row)
            return
        agreed, version = contents.about(merged.content, mine), version_of(mark)
        if agreed.note and item.kind is ItemKind.HIGHLIGHT:
            self._beside.add(mark.id)
        if not same_looks(mine, agreed):
            if self._choices.fetches:
                taken = replace(contents.with_content(mark, mine, agreed), changed_at=self._now)
                self._taken[mark.id] = TakenMark(taken, mark)
                version = version_of(taken)
            elif not is_changed:  # it is taken when somebody switches that on
                self._keep(replace(item, state=ItemState.DONE))
                return
        # what is not taken now is still theirs alone: our next change must not undo it
        base = agreed if self._choices.fetches else with_looks_of(mine, agreed)
        if same_looks(row.content, agreed):
            self._keep(item.settled(base, version, row.remote_id))
        else:
            self._step(Op.UPDATE, item, agreed, version, base)

    def _move(self, item: AccountItem, mark: Mark, mine: MarkContent, row: RemoteRow) -> None:
        """Its passage is another one, which the server can't change: it is made anew afterwards.

        What could not be made anew stays there as it is.
        """
        if not contents.can_be_sent(mark, self._here.sha256):
            self._keep(replace(item, state=ItemState.DONE))
        elif contents.is_too_long(mine):
            self._keep(_too_long(item, mark))
        elif same_looks(of_mark(item.sent), row.content) or row.content.note == mine.note:
            self._step(Op.DELETE, item, None, item.version)
        else:
            self._differs(item, row)

    def _delete(self, item: AccountItem, row: RemoteRow) -> None:
        if same_looks(of_mark(item.sent), row.content):
            self._step(Op.DELETE, item, None, 0)
        else:  # somebody has written there since
            self._differs(item, row)

    def _differs(self, item: AccountItem, row: RemoteRow) -> None:
        self._keep(
            replace(item, state=ItemState.DIFFERS, theirs=row.content, remote_id=row.remote_id)
        )

    # -- marks that the server does not have yet

    def mark(self, mark: Mark) -> None:
        kind, note = contents.kind_of(mark), (ItemKind.PLACE_NOTE, mark.id)
        if note not in self._items or note in self._dropped:
            self._new(mark, kind)
        if kind is ItemKind.HIGHLIGHT and mark.note and self._goes_on_page(mark):
            self._new(mark, ItemKind.BOOK_NOTE)

    def _new(self, mark: Mark, kind: ItemKind) -> None:
        if kind not in self._rows or (kind, mark.id) in self._items:
            return
        item = AccountItem(self._here.account_id, kind, mark.id, self._here.book_id)
        row = self._free[kind].take(self._content(mark, kind, None))
        if row is not None:
            self._both(replace(item, remote_id=row.remote_id), mark, row)
        elif self._is_new_enough(mark, kind):
            self._create(item, mark)

    def _create(self, item: AccountItem, mark: Mark) -> None:
        content = self._content(mark, item.kind, None)
        is_sound = contents.can_be_sent(mark, self._here.sha256)
        if not contents.is_wanted(content, item.kind) or not is_sound:
            self._drop(item)  # there is nothing to be known of it yet
        elif contents.is_too_long(content):
            self._keep(_too_long(item, mark))
        else:
            self._step(Op.CREATE, item, content, version_of(mark))

    # -- parts

    def _content(self, mark: Mark, kind: ItemKind, sent: MarkContent | None) -> MarkContent:
        """What the server should have; the note is beside the highlight, or on the book's page."""
        content = contents.content_of(mark, kind, sent)
        beside = self._choices.notes_to is NotesTo.BOOK or (sent is not None and sent.note)
        return content if beside or kind is not ItemKind.HIGHLIGHT else replace(content, note="")

    def _goes_on_page(self, mark: Mark) -> bool:
        """Whether its note has no place yet: one that is beside its passage stays there."""
        if self._choices.notes_to is not NotesTo.PAGE or mark.id in self._beside:
            return False
        kinds = (ItemKind.HIGHLIGHT, ItemKind.PLACE_NOTE)
        items = [self._items.get((kind, mark.id)) for kind in kinds]
        known = [of_mark(item.sent) for item in items if item is not None]
        return not any(sent is not None and sent.note for sent in known)

    def _is_new_enough(self, mark: Mark, kind: ItemKind) -> bool:
        choice = self._choices.sends.get(TOPIC_OF[kind])
        return choice is not None and (choice.since is None or mark.made_at >= choice.since)

    def _keep(self, item: AccountItem) -> None:
        self._changed[item.key] = item

    def _drop(self, item: AccountItem) -> None:
        if item.key in self._items:
            self._dropped[item.key] = item
        self._changed.pop(item.key, None)

    def _step(
        self,
        op: Op,
        item: AccountItem,
        content: MarkContent | None,
        version: int,
        base: MarkContent | None = None,
    ) -> None:
        """Take a step, if it may be taken now."""
        waits = is_to_come(item.not_before, self._now)
        if self._choices.wants(TOPIC_OF[item.kind]) and not waits:
            ready = replace(item, sending=content, sending_version=version)
            self._steps.append(Step(op, ready, base))
        else:
            self._keep(item)


def _too_long(item: AccountItem, mark: Mark) -> AccountItem:
    version = version_of(mark)
    return replace(item, state=ItemState.REFUSED, fault=ItemFault.TOO_LONG, sending_version=version)


def _stays_refused(item: AccountItem, mark: Mark | None, row: RemoteRow | None) -> bool:
    """Whether trying again would be refused again: nothing was changed since."""
    if item.is_gone:  # it may have been another change that was refused
        return row is not None and item.sending is None
    return mark is not None and version_of(mark) == item.sending_version
