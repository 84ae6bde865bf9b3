"""What a person decides about a record that waits. Pure."""

from enum import Enum, auto
from typing import Final

from msgspec.structs import replace

from kios_desktop.domain.account_items import (
    AccountItem,
    ItemState,
    MarkContent,
    RatingContent,
    TakenMark,
    of_mark,
    version_of,
)
from kios_desktop.domain.marks import Mark, MarkKind
from kios_desktop.outbox import contents
from kios_desktop.outbox.merging import joined_note

_NO_VERSION: Final = -1  # no mark was ever changed then: what is here is sent


class Decision(Enum):
    """What a person can decide about a record that waits."""

    RETRY = auto()
    DISCARD = auto()  # it is not sent
    MINE = auto()  # of a record that differs
    THEIRS = auto()
    BOTH = auto()
    REMOVE = auto()  # of one that was deleted there: also here
    SEND_AGAIN = auto()
    KEEP_HERE = auto()  # and send it no more


def retried(item: AccountItem) -> AccountItem:
    """To be tried again at once; what is in doubt stays so."""
    state = item.state if item.is_in_doubt else ItemState.WAITING
    return replace(item, state=state, tries=0, not_before=None, fault=None, said="")


def left_alone(item: AccountItem) -> AccountItem:
    """Not to be sent, or not any more. A new change of a rating is sent."""
    left = replace(retried(item), state=ItemState.LEFT, theirs=None)
    if isinstance(item.sending, RatingContent):
        return replace(left, version=item.sending_version)
    return left


def sent_again(item: AccountItem) -> AccountItem:
    """It was deleted on the server, and is to be there."""
    return replace(retried(item), remote_id=None, sent=None, version=_NO_VERSION)


def with_mine(item: AccountItem) -> AccountItem:
    """What is here replaces what is there; a mark that was deleted here is deleted there."""
    known = retried(item)
    if isinstance(item.theirs, RatingContent):
        return replace(known, sent=item.theirs, version=item.theirs.value or 0, theirs=None)
    return replace(known, sent=_base(item), version=_NO_VERSION, theirs=None)


def with_theirs(item: AccountItem, mark: Mark) -> tuple[AccountItem, TakenMark]:
    """The mark here becomes what is there."""
    theirs = of_mark(item.theirs)
    if theirs is None:
        raise ValueError("nothing is known of the other side")
    mine = contents.content_of(mark, item.kind, of_mark(item.sent))
    changed = contents.with_content(mark, mine, theirs)
    agreed = contents.about(theirs, mine)
    return item.settled(agreed, version_of(changed), item.remote_id), TakenMark(changed, mark)


def with_both(item: AccountItem, mark: Mark) -> tuple[AccountItem, TakenMark]:
    """The mark gets both notes, and so does the server."""
    theirs = of_mark(item.theirs)
    if theirs is None:
        raise ValueError("nothing is known of the other side")
    between = " · " if mark.kind is MarkKind.BOOKMARK else "\n\n"  # its name is one line
    changed = replace(mark, note=joined_note(mark.note, theirs.note, between))
    return with_mine(item), TakenMark(changed, mark)


def _base(item: AccountItem) -> MarkContent | None:
    """What is there, with our own words for the passage, so that a move is still noticed."""
    theirs, sent = of_mark(item.theirs), of_mark(item.sent)
    return theirs if theirs is None or sent is None else contents.about(theirs, sent)
