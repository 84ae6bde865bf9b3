"""Exported reading sessions, as spreadsheets and programs see them."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import structs

from kios_desktop.exchange.exported_session import ExportedSession
from kios_desktop.exchange.session_writers import SessionFormat, written
from tests.fakes_ui import make_book
from tests.sessions import session

BERLIN = ZoneInfo("Europe/Berlin")
BOOK = structs.replace(make_book(1, "Emma", "Jane Austen"), authors=("Jane Austen", "A. Friend"))
SUMMER = session(1, datetime(2026, 7, 1, 20, 0, tzinfo=UTC), 90, turns=41, printed_pages=12)
WINTER = session(2, datetime(2026, 12, 1, 23, 30, 1, tzinfo=UTC), 0.75, turns=1)
BOTH = [ExportedSession.of(SUMMER, BOOK, BERLIN), ExportedSession.of(WINTER, None, BERLIN)]


def table(sessions: list[ExportedSession]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(sessions, SessionFormat.CSV), newline="")))


def test_a_session_is_a_row_with_local_times_and_its_book() -> None:
    assert table(BOTH)[0] == {
        "started": "2026-07-01T22:00:00+02:00",
        "ended": "2026-07-01T23:30:00+02:00",
        "seconds": "5400",
        "progress_from": "0.1",
        "progress_to": "0.2",
        "turns": "41",
        "printed_pages": "12",
        "title": "Emma",
        "authors": "Jane Austen, A. Friend",
        "identifier": "urn:test:1",
        "sha256": BOOK.hashes.sha256,
    }


def test_a_session_of_a_book_whose_record_is_lost_is_exported_too() -> None:
    row = table(BOTH)[1]
    assert (row["started"], row["seconds"]) == ("2026-12-02T00:30:01+01:00", "45")
    assert (row["title"], row["authors"], row["sha256"]) == ("", "", "")


def test_a_title_is_no_formula_to_a_spreadsheet() -> None:
    evil = replace(BOTH[0], title="=SUM(1)", authors=("+me", "@you"), identifier="-1")
    row = table([evil])[0]
    assert (row["title"], row["authors"], row["identifier"]) == ("'=SUM(1)", "'+me, @you", "'-1")


def test_json_has_numbers_and_a_list_of_authors() -> None:
    first, second = json.loads(written(BOTH, SessionFormat.JSON))["sessions"]
    assert first["started"] == "2026-07-01T22:00:00+02:00"
    assert (first["seconds"], first["progress_from"], first["turns"]) == (5400, 0.1, 41)
    assert first["authors"] == ["Jane Austen", "A. Friend"]
    assert second["authors"] == []
    assert datetime.fromisoformat(second["started"]) == WINTER.started_at


def test_without_sessions_there_are_the_names_of_the_columns_and_an_empty_list() -> None:
    assert written([], SessionFormat.CSV).startswith("started,ended,seconds,")
    assert json.loads(written([], SessionFormat.JSON)) == {"sessions": []}
