"""What a failed request means for its record and for its account. Pure."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from msgspec.structs import replace

from kios_desktop.domain.account_items import LONGEST_WAIT, AccountItem, ItemFault, ItemState
from kios_desktop.domain.accounts import AccountFault
from kios_desktop.domain.errors import (
    Conflict,
    Faulty,
    Gone,
    LockedOut,
    Malformed,
    NotMatched,
    Refusal,
    Refused,
    Rejected,
    RemoteError,
    Throttled,
    Unreachable,
    Unsupported,
)

WAITS: Final = (1, 5, 15, 60)
"""Minutes after the first failure, the second, and so on; then hourly."""

_MOST_CONFLICTS: Final = 3  # refused as there already, and never in the list: it is too long, or so
LOCKED_MIN: Final = 15


class Reach(Enum):
    """What a failure concerns."""

    ITEM = auto()
    BOOK = auto()
    ACCOUNT = auto()


def reach_of(error: RemoteError) -> Reach:
    """How far a failure goes: what else it makes useless to send now."""
    if isinstance(error, NotMatched):
        return Reach.BOOK
    if isinstance(error, Rejected):
        return Reach.ITEM if error.refusal is Refusal.FORBIDDEN else Reach.ACCOUNT
    if isinstance(error, Refused | Conflict | Gone):
        return Reach.ITEM
    return Reach.ITEM if isinstance(error, Faulty) and error.status == 500 else Reach.ACCOUNT


def concerns_a_book(error: RemoteError) -> bool:
    """Whether it may be about the book that was asked for, and no other."""
    if isinstance(error, Malformed):
        return not error.html
    return isinstance(error, Faulty) or reach_of(error) is not Reach.ACCOUNT


def after_failure(
    item: AccountItem, error: RemoteError, in_doubt: bool, now: datetime
) -> AccountItem:
    """The record after a request about it failed. `in_doubt`: it may have been carried out."""
    if isinstance(error, Rejected) and error.refusal is Refusal.FORBIDDEN:
        return _refused(item, ItemFault.FORBIDDEN, error.said)
    if isinstance(error, Refused):
        return _refused(item, ItemFault.INVALID, error.said)
    if isinstance(error, Gone):  # what became of it, the next list tells
        return replace(item, state=ItemState.DOUBTFUL)
    if isinstance(error, Conflict) and item.tries + 1 >= _MOST_CONFLICTS:
        return _refused(item, ItemFault.TAKEN, error.said)
    state = ItemState.DOUBTFUL if in_doubt else ItemState.WAITING
    failed = replace(item, state=state)
    if reach_of(error) is not Reach.ITEM:
        return failed
    tries = item.tries + 1
    fault = None if isinstance(error, Conflict) else ItemFault.FAILED
    wait = None if isinstance(error, Conflict) else now + wait_after(tries)
    return replace(failed, tries=tries, not_before=wait, fault=fault)


def wait_after(failures: int) -> timedelta:
    """How long nothing is tried after so many failures in a row."""
    return timedelta(minutes=WAITS[min(failures, len(WAITS)) - 1])


def is_to_come(until: datetime | None, now: datetime) -> bool:
    """Whether a wait is not over. A longer one than any is from before the clock was set back."""
    return until is not None and timedelta(0) < until - now <= LONGEST_WAIT


def account_fault(error: RemoteError) -> AccountFault:
    """What is told of the account."""
    if isinstance(error, Rejected):
        return {
            Refusal.LOCKED: AccountFault.KEYSTORE,
            Refusal.FORGOTTEN: AccountFault.KEYSTORE,
            Refusal.CREDENTIALS: AccountFault.PASSWORD,
            Refusal.NEEDED: AccountFault.PASSWORD,
        }.get(error.refusal, AccountFault.FORBIDDEN)
    if isinstance(error, LockedOut):
        return AccountFault.LOCKED_OUT
    if isinstance(error, Throttled):
        return AccountFault.BUSY
    if isinstance(error, Unreachable):
        return AccountFault.NOT_REACHED
    return AccountFault.FAULTY if isinstance(error, Faulty) else AccountFault.NOT_UNDERSTOOD


def pause_after(error: RemoteError, failures: int) -> timedelta:
    """How long an account waits after its server failed so often in a row."""
    if isinstance(error, LockedOut):
        return timedelta(seconds=error.retry_after_s or 60 * LOCKED_MIN)
    wait = wait_after(failures)
    if isinstance(error, Throttled) and error.retry_after_s is not None:
        return min(LONGEST_WAIT, max(wait, timedelta(seconds=error.retry_after_s)))
    return timedelta(hours=1) if isinstance(error, Unsupported) else wait


def _refused(item: AccountItem, fault: ItemFault, said: str) -> AccountItem:
    return replace(item, state=ItemState.REFUSED, fault=fault, said=said)
