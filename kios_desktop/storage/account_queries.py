"""What is asked about accounts, in SQL."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from kios_desktop.domain.account_items import LONGEST_WAIT, TOPIC_OF, ItemKind
from kios_desktop.domain.accounts import AccountChoices, Topic
from kios_desktop.domain.marks import MarkKind
from kios_desktop.storage.encoding import to_ms
from kios_desktop.storage.plain import rows

_LONGEST_MS: Final = LONGEST_WAIT // timedelta(milliseconds=1)
_IS_DUE: Final = f"(i.not_before IS NULL OR i.not_before - ? NOT BETWEEN 1 AND {_LONGEST_MS})"
_NEW_MARKS: Final = """
SELECT DISTINCT m.book_id FROM marks m JOIN books b ON b.id = m.book_id AND b.sha256 = m.sha256
WHERE m.kind = ? AND m.made_at >= ? AND m.start_spine IS NOT NULL AND m.cfi != ''
AND (m.kind = 'bookmark' OR TRIM(m.quote) != '')
AND NOT EXISTS (SELECT 1 FROM account_items i WHERE i.local_id = m.id AND i.account_id = ?)"""
_CHANGED_MARKS: Final = """
SELECT DISTINCT i.book_id FROM account_items i JOIN marks m ON m.id = i.local_id
WHERE i.account_id = ? AND i.kind IN ({holes}) AND i.state NOT IN ('left', 'differs')
AND {due}
AND m.changed_at != i.version
AND NOT (i.state IN ('refused', 'vanished') AND m.changed_at = i.sending_version)"""
_OPEN: Final = """
SELECT DISTINCT book_id FROM account_items i
WHERE account_id = ? AND kind IN ({holes}) AND {due}
AND (state IN ('waiting', 'sending', 'doubtful')
OR (gone AND state NOT IN ('differs', 'left', 'refused'))
OR (gone AND state = 'refused' AND sending IS NOT NULL))"""
_SESSIONS: Final = """
SELECT DISTINCT s.book_id FROM sessions s
WHERE s.started_at >= ? AND s.id NOT IN ({holes})
AND NOT EXISTS (SELECT 1 FROM account_items i
WHERE i.account_id = ? AND i.kind = 'session' AND i.local_id = s.id)"""
_RATINGS: Final = """
SELECT b.id AS book_id FROM books b LEFT JOIN account_items i
ON i.account_id = ? AND i.kind = 'rating' AND i.local_id = b.id
WHERE b.removed_at IS NULL AND COALESCE(b.rating, 0) != COALESCE(i.version, 0)
AND (COALESCE(i.state, 'done') IN ('done', 'left')
OR (i.state = 'refused' AND COALESCE(b.rating, 0) != i.sending_version))"""
_SHELF: Final = """
SELECT b.id AS book_id FROM books b JOIN account_books l ON l.account_id = ? AND l.book_id = b.id
WHERE b.removed_at IS NULL AND l.state = 'matched' AND NOT EXISTS (SELECT 1 FROM account_items i
WHERE i.account_id = l.account_id AND i.kind = 'shelf' AND i.local_id = b.id)"""
_UNSENT_SESSIONS: Final = """
SELECT s.* FROM sessions s LEFT JOIN account_items i
ON i.account_id = ? AND i.kind = 'session' AND i.local_id = s.id
WHERE s.book_id = ? AND s.started_at >= ? AND s.id NOT IN ({holes})
AND (i.state IS NULL OR (i.state IN ('waiting', 'sending', 'doubtful') AND {due}))
ORDER BY s.started_at, s.id LIMIT ?"""

OF_BOOK: Final = "SELECT * FROM account_items WHERE account_id = ? AND book_id = ?"
OPEN_SESSIONS: Final = """
SELECT * FROM account_items WHERE account_id = ? AND book_id = ? AND kind = 'session'
AND state NOT IN ('done', 'left')"""
ONE: Final = "SELECT * FROM account_items WHERE account_id = ? AND kind = ? AND local_id = ?"
OPEN: Final = """
SELECT * FROM account_items WHERE account_id = ?
AND state NOT IN ('done', 'left') ORDER BY book_id, kind, local_id LIMIT ?"""
COUNTS: Final = """
SELECT kind, book_id, COUNT(*) AS items FROM account_items
WHERE account_id = ? AND state = 'done' GROUP BY kind, book_id"""
LEAVE_RATINGS: Final = """
INSERT OR IGNORE INTO account_items SELECT ?, 'rating', id, id, 'left', NULL, NULL, rating, NULL, 0,
NULL, 0, 0, NULL, '', '' FROM books WHERE rating IS NOT NULL"""
_UNSENT_MARKS: Final = """
SELECT COUNT(*) AS records, COUNT(DISTINCT m.book_id) AS books, TOTAL(m.note != '') AS notes
FROM marks m WHERE m.kind = ? AND m.start_spine IS NOT NULL AND m.cfi != ''
AND NOT EXISTS (SELECT 1 FROM account_items i WHERE i.local_id = m.id AND i.account_id = ?)"""
_ALL_UNSENT_SESSIONS: Final = """
SELECT COUNT(*) AS records, COUNT(DISTINCT s.book_id) AS books, 0 AS notes FROM sessions s
WHERE NOT EXISTS (SELECT 1 FROM account_items i
WHERE i.account_id = ? AND i.kind = 'session' AND i.local_id = s.id)"""
_UNSENT_RATINGS: Final = """
SELECT COUNT(*) AS records, COUNT(*) AS books, 0 AS notes FROM books b
WHERE b.removed_at IS NULL AND b.rating IS NOT NULL AND NOT EXISTS (SELECT 1 FROM account_items i
WHERE i.account_id = ? AND i.kind = 'rating' AND i.local_id = b.id)"""
_KEPT_BOOKS: Final = (
    "SELECT COUNT(*) AS records, COUNT(*) AS books, 0 AS notes FROM books WHERE removed_at IS NULL"
)
STATE: Final = "SELECT choices, server FROM account_states WHERE account_id = ?"
LINK: Final = "SELECT record FROM account_books WHERE account_id = ? AND book_id = ?"
LINKS: Final = "SELECT record FROM account_books WHERE account_id = ? ORDER BY book_id"


def books_with_work(
    connection: sqlite3.Connection,
    account_id: str,
    choices: AccountChoices,
    growing: Sequence[str],
    now_ms: int,
) -> set[object]:
    """The books of which something has to be sent."""
    found: set[object] = set()
    for statement, values in _searches(account_id, choices, growing, now_ms):
        found.update(row["book_id"] for row in rows(connection, statement, *values))
    return found


def unsent_sessions(
    connection: sqlite3.Connection,
    account_id: str,
    book_id: int,
    since_ms: int,
    growing: Sequence[str],
    now_ms: int,
    most: int,
) -> list[sqlite3.Row]:
    statement = _UNSENT_SESSIONS.format(holes=_holes(growing), due=_IS_DUE)
    return rows(connection, statement, account_id, book_id, since_ms, *growing, now_ms, most)


def _searches(
    account_id: str, choices: AccountChoices, growing: Sequence[str], now_ms: int
) -> Iterator[tuple[str, tuple[object, ...]]]:
    for topic, kind in (
        (Topic.HIGHLIGHTS, MarkKind.HIGHLIGHT),
        (Topic.BOOKMARKS, MarkKind.BOOKMARK),
    ):
        if choices.wants(topic):
            yield _NEW_MARKS, (kind.value, since_ms(choices, topic), account_id)
    kinds = [kind.value for kind in ItemKind if choices.wants(TOPIC_OF[kind])]
    for statement in (_CHANGED_MARKS, _OPEN):
        yield statement.format(holes=_holes(kinds), due=_IS_DUE), (account_id, *kinds, now_ms)
    if choices.wants(Topic.SESSIONS):
        since = since_ms(choices, Topic.SESSIONS)
        yield _SESSIONS.format(holes=_holes(growing)), (since, *growing, account_id)
    if choices.wants(Topic.RATINGS):
        yield _RATINGS, (account_id,)
    if choices.wants(Topic.SHELF):
        yield _SHELF, (account_id,)


def since_ms(choices: AccountChoices, topic: Topic) -> int:
    choice = choices.sends.get(topic)
    return 0 if choice is None or choice.since is None else to_ms(choice.since)


def _holes(values: Sequence[object]) -> str:
    """Where the values are bound."""
    return ", ".join("?" * len(values))


def unsent(connection: sqlite3.Connection, account_id: str, topic: Topic) -> sqlite3.Row:
    """How much of a topic the account has never got: `records`, of so many `books`, and `notes`."""
    match topic:
        case Topic.HIGHLIGHTS | Topic.BOOKMARKS:
            is_bookmark = topic is Topic.BOOKMARKS
            kind = MarkKind.BOOKMARK if is_bookmark else MarkKind.HIGHLIGHT
            return rows(connection, _UNSENT_MARKS, kind.value, account_id)[0]
        case Topic.SESSIONS:
            return rows(connection, _ALL_UNSENT_SESSIONS, account_id)[0]
        case Topic.RATINGS:
            return rows(connection, _UNSENT_RATINGS, account_id)[0]
        case Topic.SHELF:
            return rows(connection, _KEPT_BOOKS)[0]
