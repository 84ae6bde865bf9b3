"""`kios-desktop search`: what it writes, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kios_desktop.cli.search import COMMAND
from kios_desktop.epub.container import Container
from kios_desktop.epub.package import read_publication
from kios_desktop.epub.places import Places
from tests.books import BookDraft

CHAPTERS = (
    "<h1>One</h1><p>The white whale, and no other whale.</p>",
    "<h1>Two</h1><p>Nothing at all.</p>",
    "<h1>Three</h1><p>Wha<i>le</i>s and wh\u00adales.</p>",
)
KEYS = ["href", "chapter", "cfi", "spine_index", "ordinal", "before", "match", "after"]
SHA = "ab" * 32


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return BookDraft(chapters=CHAPTERS).write(tmp_path / "book.epub")


def search(
    capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0
) -> tuple[str, str]:
    assert COMMAND.main([str(word) for word in words]) == status
    out, err = capsys.readouterr()
    return out, err


def test_matches_are_grouped_by_chapter_with_counts(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = search(capsys, book, "whale")
    assert out.splitlines() == [
        "Chapter 1 (2)",
        "  The white [whale], and no other whale.",
        "  The white whale, and no other [whale].",
        "",
        "Chapter 3 (2)",
        "  [Whale]s and whales.",
        "  Whales and [whale]s.",
        "",
        "4 results in 2 chapters",
    ]
    assert err == ""


def test_one_result_is_one(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = search(capsys, book, "white")
    assert out.splitlines()[-1] == "1 result in 1 chapter"


def test_nothing_is_said(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(capsys, book, "squid") == ("“squid” isn’t in this book.\n", "")
    assert search(capsys, book, "squid", "--json") == ("", "")


def test_json_has_one_object_a_line_in_reading_order(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = search(capsys, book, "whale", "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [list(answer) for answer in answers] == [KEYS] * 4
    found = [(answer["spine_index"], answer["ordinal"]) for answer in answers]
    assert found == [
        (0, 11),
        (0, 27),
        (2, 5),
        (2, 14),
    ]
    assert answers[0] == {
        "href": "EPUB/chapter0001.xhtml",
        "chapter": "Chapter 1",
        "cfi": "epubcfi(/6/2!/4/4/1:10)",
        "spine_index": 0,
        "ordinal": 11,
        "before": "The white ",
        "match": "whale",
        "after": ", and no other whale.",
    }
    with Container.open(book) as container:
        places = Places(container, read_publication(container))
        for answer in answers:
            place = places.from_cfi(answer["cfi"]).place
            assert place is not None
            assert (place.spine_index, place.ordinal) == (answer["spine_index"], answer["ordinal"])


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 4),
        (["--case"], 3),
        (["--words"], 2),
        (["--case", "--words"], 2),
        (["--regex"], 4),
    ],
)
def test_options(
    options: list[str], count: int, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = search(capsys, book, "whale", "--json", *options)
    assert len(out.splitlines()) == count


def test_a_regular_expression(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = search(capsys, book, "--regex", "--json", "--", r"wh\w+\b")
    assert [json.loads(line)["match"] for line in out.splitlines()] == [
        "white", "whale", "whale", "Whales", "whales",
    ]  # fmt: skip


def test_what_is_no_regular_expression_is_said(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = search(capsys, book, "(a", "--regex", status=1)
    assert out == ""
    assert err.startswith("This is not a regular expression. At character 1: ")


def test_books_that_are_not_there_are_said(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, err = search(capsys, tmp_path / "gone.epub", "a", status=1)
    assert err == f"There is no file {tmp_path / 'gone.epub'}.\n"
    _, err = search(capsys, SHA, "a", "--profile", tmp_path / "none", status=1)
    assert "There is none here yet" in err
    if os.name != "nt":
        _, err = search(capsys, "a" * 300, "a", status=1)
        assert err == f"{'a' * 300} can’t be read: File name too long.\n"
    no_book = tmp_path / "a.epub"
    no_book.write_bytes(b"no zip")
    _, err = search(capsys, no_book, "a", status=1)
    assert err == "This book can’t be opened. This is not an EPUB file.\n"


@pytest.mark.parametrize("words", [[], ["x"], ["x", " "], ["x", "y", "z"], ["x", "y", "--cas"]])
def test_wrong_words_show_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    out, err = search(capsys, *words, status=2)
    assert out == ""
    assert err.startswith("usage: kios-desktop search")


def test_what_a_book_says_can_not_steer_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = BookDraft(chapters=["<p>a \u009b31m whale \u202e b</p>"]).write(tmp_path / "b.epub")
    out, _ = search(capsys, path, "whale")
    assert "\u009b" not in out
    assert "\u202e" not in out


@pytest.mark.skipif(os.name == "nt", reason="a shell with head")
def test_who_has_read_enough_may_go(book: Path) -> None:
    many = BookDraft(chapters=["<p>whale</p>" * 5000]).write(book.with_name("many.epub"))
    program = f'"{sys.executable}" -m kios_desktop search "{many}" whale --json'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} | head -n 1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


def test_command_starts_without_qt() -> None:
    code = (
        "import sys, kios_desktop.cli.search; "
        "sys.exit(any(m.startswith(('PySide6', 'sqlalchemy')) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
