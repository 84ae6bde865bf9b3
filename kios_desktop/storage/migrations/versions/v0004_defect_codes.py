"""Defects of books are codes; until here they were the English sentences that were shown."""

import json
import re

from alembic import op
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, select, update

revision = "0004"
down_revision = "0003"

_BOOKS = Table("books", MetaData(), Column("id", Integer), Column("defects", Text))
# sentence of schema 0003 → code; a number in it is the count
_CODES = (
    (r"(\d+) files with unsafe names are ignored\.", "unsafe-names"),
    (r"META-INF/container\.xml is missing\.", "no-container"),
    (r"META-INF/container\.xml can’t be read\.", "unreadable-container"),
    (r"META-INF/container\.xml is not well-formed\.", "ill-formed-container"),
    (r"META-INF/container\.xml names no package document\.", "container-without-package"),
    (r"The package document is not well-formed\.", "ill-formed-package"),
    (r"(\d+) files? named in the package (?:is|are) missing\.", "missing-files"),
    (r"(\d+) entries of the reading order lead nowhere\.", "dead-reading-order"),
    (r"The navigation document can’t be read\.", "unreadable-navigation"),
    (r"The NCX table of contents can’t be read\.", "unreadable-ncx"),
    (r"The book has no table of contents\.", "no-contents"),
)


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(select(_BOOKS).where(_BOOKS.c.defects != "[]")).all()
    changed = [{"book": row.id, "codes": codes_of(row.defects)} for row in rows]
    if changed:
        change = update(_BOOKS).where(_BOOKS.c.id == bindparam("book"))
        connection.execute(change.values(defects=bindparam("codes")), changed)


def codes_of(stored: object) -> str:
    """The column's new value. A sentence that no Kios wrote, and a damaged cell, are no defect."""
    try:
        sentences = json.loads(stored) if isinstance(stored, str) else []
    except (ValueError, RecursionError):
        sentences = []
    if not isinstance(sentences, list):
        sentences = []
    found = [_code_of(one) for one in sentences if isinstance(one, str)]
    return json.dumps([one for one in found if one], separators=(",", ":"))


def _code_of(sentence: str) -> str:
    for pattern, code in _CODES:
        if match := re.fullmatch(pattern, sentence):
            return ":".join((code, *match.groups()))
    return ""
