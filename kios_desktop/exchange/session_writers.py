"""The formats in which reading sessions are written: a table, and JSON."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from kios_desktop.domain.text import clean_line
from kios_desktop.exchange.csv_table import harmless
from kios_desktop.exchange.exported_session import ExportedSession

_COLUMNS: Final = (
    "started",
    "ended",
    "seconds",
    "progress_from",
    "progress_to",
    "turns",
    "printed_pages",
    "title",
    "authors",
    "identifier",
    "sha256",
)


class SessionFormat(StrEnum):
    """The value is how the name of a file ends."""

    CSV = "csv"
    JSON = "json"


def written(sessions: Sequence[ExportedSession], file_format: SessionFormat) -> str:
    """The whole file. It is to be stored as UTF-8, and its line ends as they are."""
    return _WRITERS[file_format](sessions)


def _csv(sessions: Sequence[ExportedSession]) -> str:
    """Source: RFC 4180, with the names of the columns first."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for one in sessions:
        table.writerow(harmless(str(cell)) for cell in _cells(one, ", ".join(one.authors)))
    return text.getvalue()


def _json(sessions: Sequence[ExportedSession]) -> str:
    """An object with one list; `authors` are a list too."""
    rows = [
        dict(zip(_COLUMNS, _cells(one, [clean_line(name) for name in one.authors]), strict=True))
        for one in sessions
    ]
    return json.dumps({"sessions": rows}, ensure_ascii=False, indent=1) + "\n"


def _cells(one: ExportedSession, authors: object) -> tuple[object, ...]:
    """In the order of the columns."""
    start, end = one.progress
    return (
        one.started_at.isoformat(timespec="seconds"),
        one.ended_at.isoformat(timespec="seconds"),
        one.read_s,
        round(start, 6),
        round(end, 6),
        one.turns,
        one.printed_pages,
        clean_line(one.title),
        clean_line(authors) if isinstance(authors, str) else authors,
        clean_line(one.identifier),
        one.sha256,
    )


_WRITERS: Final[Mapping[SessionFormat, Callable[[Sequence[ExportedSession]], str]]] = {
    SessionFormat.CSV: _csv,
    SessionFormat.JSON: _json,
}
