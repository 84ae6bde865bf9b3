"""Converts rows about accounts to values and back."""

import sqlite3
from typing import Any, Final

from kios_desktop.domain.account_items import (
    AccountItem,
    Content,
    ItemFault,
    ItemKind,
    ItemState,
)
from kios_desktop.domain.library import BookId
from kios_desktop.storage.damage import Cells
from kios_desktop.storage.encoding import from_json, maybe_from_ms, maybe_ms, to_json

_ITEM: Final = Cells("account_items")


def item_cells(item: AccountItem) -> dict[str, Any]:
    return {
        "account_id": item.account_id,
        "kind": item.kind.value,
        "local_id": item.local_id,
        "book_id": item.book_id,
        "state": item.state.value,
        "remote_id": item.remote_id,
        "sent": _json(item.sent),
        "version": item.version,
        "sending": _json(item.sending),
        "sending_version": item.sending_version,
        "theirs": _json(item.theirs),
        "gone": int(item.is_gone),
        "tries": item.tries,
        "not_before": maybe_ms(item.not_before),
        "fault": "" if item.fault is None else item.fault.value,
        "said": item.said,
    }


def item_of(row: sqlite3.Row) -> AccountItem:
    """Raises ValueError for a damaged row."""
    _ITEM.check(row)
    return AccountItem(
        account_id=row["account_id"],
        kind=ItemKind(row["kind"]),
        local_id=row["local_id"],
        book_id=BookId(row["book_id"]),
        state=ItemState(row["state"]),
        remote_id=row["remote_id"],
        sent=_content(row["sent"]),
        version=row["version"],
        sending=_content(row["sending"]),
        sending_version=row["sending_version"],
        theirs=_content(row["theirs"]),
        is_gone=bool(row["gone"]),
        tries=row["tries"],
        not_before=maybe_from_ms(row["not_before"]),
        fault=ItemFault(row["fault"]) if row["fault"] else None,
        said=row["said"],
    )


def _json(content: Content | None) -> str | None:
    return None if content is None else to_json(content)


def _content(text: str | None) -> Content | None:
    return None if text is None else from_json(text, Content)  # type: ignore[arg-type]
