"""Records that were made on the server, joined with the marks here. Pure."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from kios_desktop.domain.account_items import (
    AccountItem,
    ItemState,
    MarkContent,
    TakenMark,
    version_of,
)
from kios_desktop.domain.marks import Mark, MarkKind, Passage
from kios_desktop.outbox import contents
from kios_desktop.outbox.mark_plan import BookHere, MarkPlan
from kios_desktop.outbox.merging import merge, same_looks


def adopted(
    here: BookHere, plan: MarkPlan, made: Sequence[Mark], now: datetime
) -> tuple[list[TakenMark], list[AccountItem]]:
    """The marks and items to be saved for what `plan.unknown` lists; `made` are its marks here.

    One at the very passage of a mark here that the server does not have is that mark.
    """
    linked = {item.local_id for item in (*here.items, *plan.items)}
    linked |= {step.item.local_id for step in plan.steps}
    free: dict[tuple[MarkKind, Passage], Mark] = {
        (mark.kind, mark.passage): mark
        for mark in here.marks
        if mark.id not in linked and mark.passage is not None
    }
    known = {mark.id for mark in here.marks}
    marks: list[TakenMark] = []
    items: list[AccountItem] = []
    for (kind, row), mark in zip(plan.unknown, made, strict=True):
        item = AccountItem(here.account_id, kind, mark.id, here.book_id, remote_id=row.remote_id)
        same = None if mark.passage is None else free.pop((mark.kind, mark.passage), None)
        if same is not None:
            joined, changed = _joined(replace(item, local_id=same.id), same, row.content, now)
            items.append(joined)
            marks += [TakenMark(changed, same)] if changed != same else []
        elif mark.id not in known:  # else its record is damaged, and it is looked at again
            content = contents.about(row.content, contents.content_of(mark, kind, row.content))
            items.append(item.settled(content, version_of(mark), row.remote_id))
            marks.append(TakenMark(mark, None))
    return marks, items


def _joined(
    item: AccountItem, mark: Mark, theirs: MarkContent, now: datetime
) -> tuple[AccountItem, Mark]:
    mine = contents.content_of(mark, item.kind, None)
    merged = merge(None, mine, theirs)
    if merged.differs:
        return replace(item, state=ItemState.DIFFERS, theirs=theirs), mark
    agreed = contents.about(merged.content, mine)
    changed = contents.with_content(mark, mine, agreed)
    if changed != mark:
        mark = replace(changed, changed_at=now)
    version = version_of(mark) if same_looks(theirs, agreed) else 0  # else it is sent
    base = contents.about(theirs, mine)
    return item.settled(base, version, item.remote_id), mark
