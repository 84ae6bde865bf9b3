"""`kios-desktop positions`: one answer a line, whatever the line."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kios_desktop.cli.positions import positions_main
from tests.books import BookDraft

KEYS = [
    "spine_index", "href", "ordinal", "ordinal_total", "precision", "progression",
    "total_progression", "xpointer", "cfi", "kobo_span", "locator", "before", "after", "error",
]  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Path:
    extra = '<item id="x" href="extra.xhtml" media-type="application/xhtml+xml"/>'
    draft = BookDraft(manifest=extra)
    draft.files = {"EPUB/extra.xhtml": draft.entries()["EPUB/chapter0002.xhtml"]}
    return draft.write(tmp_path / "book.epub")


def ask(book: Path, *lines: str) -> list[dict[str, object]]:
    answers = io.StringIO()
    status = positions_main([str(book)], io.StringIO("\n".join(lines) + "\n"), answers)
    assert status == 0
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def test_every_notation_of_a_place_is_answered(book: Path) -> None:
    questions = [
        {"xpointer": "/body/DocFragment[2]/body/p/text()[1].2"},
        {"cfi": "epubcfi(/6/4!/4/4/1:2)"},
        {"locator": {"href": "EPUB/chapter0002.xhtml", "locations": {"partialCfi": "/4/4/1:2"}}},
        {"spine_index": 1, "ordinal": 5},
    ]
    answers = ask(book, *map(json.dumps, questions))
    assert all(list(answer) == KEYS for answer in answers)
    assert all(answer == answers[0] for answer in answers)
    first = answers[0]
    assert first["href"] == "EPUB/chapter0002.xhtml"
    assert (first["spine_index"], first["ordinal"], first["ordinal_total"]) == (1, 5, 13)
    assert first["precision"] == "exact"
    assert first["xpointer"] == "/body/DocFragment[2]/body/p/text().2"
    assert first["cfi"] == "epubcfi(/6/4!/4/4/1:2)"
    assert first["kobo_span"] == "kobo.2.1"
    assert (first["before"], first["after"]) == ("Two Mo", "re words.")
    assert first["total_progression"] == pytest.approx(19 / 27)
    assert first["error"] is None


def test_kobo_span_and_fraction_are_answered(book: Path) -> None:
    span, fraction = ask(
        book,
        json.dumps({"kobo_span": "kobo.2.1", "href": "EPUB/chapter0002.xhtml"}),
        json.dumps({"fraction": 0.5}),
    )
    assert (span["spine_index"], span["ordinal"], span["precision"]) == (1, 3, "exact")
    assert (fraction["spine_index"], fraction["precision"]) == (0, "fraction")


def test_span_outside_the_reading_order_has_no_spine_index(book: Path) -> None:
    (answer,) = ask(book, json.dumps({"kobo_span": "kobo.2.1", "href": "EPUB/extra.xhtml"}))
    assert answer["spine_index"] is None
    assert (answer["href"], answer["ordinal"], answer["ordinal_total"]) == (
        "EPUB/extra.xhtml",
        3,
        13,
    )
    assert (answer["kobo_span"], answer["xpointer"], answer["error"]) == ("kobo.2.1", None, None)


def test_item_without_text_has_no_span_and_no_steps_into_it(tmp_path: Path) -> None:
    gone = '<item id="g" href="gone.xhtml" media-type="application/xhtml+xml"/>'
    draft = BookDraft(manifest=gone, spine='<itemref idref="unknown"/><itemref idref="g"/>')
    (answer,) = ask(draft.write(tmp_path / "b.epub"), '{"spine_index": 2, "ordinal": 0}')
    assert (answer["href"], answer["ordinal_total"]) == ("EPUB/gone.xhtml", 0)
    assert (answer["xpointer"], answer["cfi"]) == ("/body/DocFragment[3].0", "epubcfi(/6/8)")
    assert answer["kobo_span"] is None
    assert answer["error"] is None


def test_resource_listed_twice_answers_its_first_place_by_href_alone(tmp_path: Path) -> None:
    path = BookDraft(spine='<itemref idref="c1"/>').write(tmp_path / "b.epub")
    span, pointer = ask(
        path,
        '{"kobo_span": "kobo.2.1", "href": "EPUB/chapter0001.xhtml"}',
        '{"xpointer": "/body/DocFragment[3]/body/p/text().0"}',
    )
    assert (span["spine_index"], span["ordinal"]) == (0, 3)
    assert (pointer["spine_index"], pointer["ordinal"]) == (2, 3)


@pytest.mark.parametrize(
    "line",
    ["nonsense", "", "[]", "{}", "5", '{"xpointer": 5}', '{"kobo_span": "kobo.1.1"}',
     '{"fraction": NaN}', '{"fraction": "x"}',
     '{"spine_index": -1, "ordinal": 0}', '{"spine_index": 99, "ordinal": 0}',
     '{"spine_index": 0}', '{"locator": []}', '{"locator": {}}', '{"cfi": "x"}', "[" * 100_000,
     '{"xpointer": "' + "/p" * 500_000 + '"}', '{"spine_index": true, "ordinal": 0}',
     '{"xpointer": "\\ud800"}', '{"fraction": 1' + "0" * 400 + "}"],
    ids=lambda line: str(line[:24]),
)  # fmt: skip
def test_bad_line_gets_an_error_and_the_next_an_answer(line: str, book: Path) -> None:
    bad, good = ask(book, line, '{"fraction": 0}')
    assert isinstance(bad["error"], str)
    assert bad["xpointer"] is None
    assert good["error"] is None


def test_file_that_is_no_book_is_said_on_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert positions_main([str(tmp_path / "gone.epub")], io.StringIO(), io.StringIO()) == 1
    assert "gone.epub" in capsys.readouterr().err


def test_command_starts_without_qt() -> None:
    code = (
        "import sys, kios_desktop.cli.positions; "
        "sys.exit(any(m.startswith(('PySide6', 'sqlalchemy')) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
