"""What changes records of accounts, with SQLAlchemy. A connection comes with a transaction."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from kios_desktop.domain.account_items import MARK_KINDS, AccountItem, TakenMark
from kios_desktop.storage.account_rows import item_cells
from kios_desktop.storage.chunks import chunks
from kios_desktop.storage.encoding import to_ms
from kios_desktop.storage.tables import account_books, account_items, account_states, marks

_KEYS: Final = ("account_id", "kind", "local_id")
_insert = insert(account_items)
_UPSERT = _insert.on_conflict_do_update(
    index_elements=list(_KEYS),
    set_={
        one.name: _insert.excluded[one.name]
        for one in account_items.c
        if one.name not in (*_KEYS, "gone")  # a person may have deleted it meanwhile
    },
)
_FORGET = delete(account_items).where(
    *(account_items.c[name] == bindparam(f"the_{name}") for name in _KEYS)
)
_CHANGED_AT = select(marks.c.changed_at).where(marks.c.id == bindparam("the_id"))
_GONE = select(account_items.c.gone).where(
    *(account_items.c[name] == bindparam(f"the_{name}") for name in _KEYS)
)
_OF_MARKS = account_items.c.kind.in_([kind.value for kind in MARK_KINDS])
_OF_THESE = account_items.c.local_id.in_(bindparam("ids", expanding=True))
_NEVER_SENT = delete(account_items).where(
    _OF_MARKS,
    _OF_THESE,
    account_items.c.remote_id.is_(None),
    account_items.c.state.not_in(("sending", "doubtful", "left")),
)
_SET_GONE = update(account_items).where(_OF_MARKS, _OF_THESE).values(gone=bindparam("is_gone"))


def save_items(connection: Connection, items: Sequence[AccountItem]) -> None:
    if items:
        connection.execute(_UPSERT, [item_cells(one) for one in items])


def forget_items(connection: Connection, items: Sequence[AccountItem]) -> None:
    if items:
        cells = map(item_cells, items)
        connection.execute(_FORGET, [{f"the_{n}": one[n] for n in _KEYS} for one in cells])


def is_fresh(connection: Connection, taken: TakenMark) -> bool:
    """Whether a mark is on the disk as it was when it was compared with the server's."""
    found = connection.execute(_CHANGED_AT, {"the_id": taken.mark.id}).scalar()
    return found == (None if taken.before is None else to_ms(taken.before.changed_at))


def is_still_wanted(connection: Connection, item: AccountItem) -> bool:
    """Whether a mark is as it is about to be sent; of a deletion, whether it is still one."""
    if item.sending is not None:
        found = connection.execute(_CHANGED_AT, {"the_id": item.local_id}).scalar()
        return bool(found == item.sending_version)
    if not item.is_gone:
        return True
    keys = {f"the_{name}": item_cells(item)[name] for name in _KEYS}
    return bool(connection.execute(_GONE, keys).scalar())


def marks_deleted(connection: Connection, ids: Sequence[str], *, deleted: bool) -> None:
    """A person deleted marks, or they are there again: every account is to follow."""
    for some in chunks(ids):
        if deleted:
            connection.execute(_NEVER_SENT, {"ids": list(some)})
        connection.execute(_SET_GONE, {"ids": list(some), "is_gone": int(deleted)})


def put(connection: Connection, table: Table, keys: Sequence[str], values: dict[str, Any]) -> None:
    """Adds or replaces a row."""
    statement = insert(table).values(**values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(keys),
            set_={name: value for name, value in values.items() if name not in keys},
        )
    )


def put_state(connection: Connection, account_id: str, changed: dict[str, str]) -> None:
    """Changes some columns of an account's row; the others stay, or are empty."""
    statement = insert(account_states).values(
        {"account_id": account_id, "choices": "", "server": "", **changed}
    )
    connection.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=changed))


def forget_account(connection: Connection, account_id: str) -> None:
    for table in (account_items, account_books, account_states):
        connection.execute(delete(table).where(table.c.account_id == account_id))
