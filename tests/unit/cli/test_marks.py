"""`kios-desktop marks`: what it writes, and how it ends."""

import asyncio
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from kios_desktop.cli.command import BadArguments, CommandOutcome, Library, with_errors_as_text
from kios_desktop.cli.marks import COMMAND
from kios_desktop.cli.writing import carry_out
from kios_desktop.domain.library import BookId, DocumentHashes
from kios_desktop.domain.marks import Mark
from kios_desktop.domain.path_text import path_to_text
from kios_desktop.paths import profile_paths
from kios_desktop.startup.single_instance import CommandReply, ForwardedCommand
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.marks import Marks
from tests.books import BookDraft
from tests.foreign_marks import (
    koreader_book,
    koreader_books,
    koreader_entry,
    koreader_export,
    thorium,
    thorium_item,
)
from tests.unit.storage.conftest import new_book

T = TypeVar("T")
CHAPTERS = ("<h1>One</h1><p>Call me Ishmael.</p>", "<h1>Two</h1><p>The whale. The whale.</p>")


class Profile:
    """A profile with one book, at `book` outside of it, too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = profile_paths(folder / "profile")
        self.paths.create()
        self.book = BookDraft(title="Moby", chapters=CHAPTERS).write(folder / "moby.epub")
        self.sha256 = hashlib.sha256(self.book.read_bytes()).hexdigest()
        (self.paths.library / "1.epub").write_bytes(self.book.read_bytes())
        hashes = DocumentHashes(self.sha256, "cd" * 16, "", "")
        new = replace(new_book(1, "Moby\u202e Dick", "Herman Melville"), hashes=hashes)
        [self.book_id] = self.with_database(lambda database: Books(database).add_all([new]))
        self.changed: list[BookId] = []

    def with_database(self, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
        async def run() -> T:
            database = await Database.open(self.paths.database)
            try:
                return await work(database)
            finally:
                await database.aclose()

        return asyncio.run(run())

    def take(self, data: bytes, *words: str | Path, book: str | Path = "") -> CommandOutcome:
        """Import a file, as the process that has the library open does it."""
        file = self.folder / "marks.file"
        file.write_bytes(data)
        return self.perform("import", file, "--book", book or self.book, *words)

    def perform(self, *words: str | Path) -> CommandOutcome:
        def work(database: Database) -> Coroutine[Any, Any, CommandOutcome]:
            library = Library(database, self.paths.library, self.folder, self.changed.append)
            return with_errors_as_text(lambda: COMMAND.perform([str(w) for w in words], library))

        return self.with_database(work)

    def marks(self) -> list[Mark]:
        return self.with_database(lambda database: Marks(database).of_book(self.book_id))

    def export(self, *words: str | Path) -> int:
        profile = str(self.paths.data.parent)
        return COMMAND.main(["export", *map(str, words), "--profile", profile])


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path)


SOME = thorium(
    thorium_item("me Ishmael", note="Who?"),
    thorium_item("The whale.", source="EPUB/chapter0002.xhtml", prefix="whale. ", number=2),
    thorium_item("no such words\u009b", number=3),
    {"type": "Annotation"},
)


def test_import_says_what_became_of_the_marks(profile: Profile) -> None:
    assert profile.take(SOME).text == (
        "Moby Dick: 2 marks imported, 2 found by their text.\n"
        "1 mark not found in the book, and kept:\n"
        "  no such words\n"
        "1 of the file’s entries not understood.\n"
    )
    assert len(profile.marks()) == 3
    assert profile.changed == [profile.book_id]
    assert profile.take(SOME).text == (
        "Moby Dick: 0 marks imported.\n"
        "3 marks here already.\n"
        "1 of the file’s entries not understood.\n"
    )
    changed = SOME.replace(b"Who?", b"Why?")
    assert profile.take(changed, book=profile.sha256.upper()).text == (
        "Moby Dick: 0 marks imported.\n"
        "2 marks here already.\n"
        "1 mark here, but not the same; nothing changed:\n"
        "  me Ishmael\n"
        "1 of the file’s entries not understood.\n"
    )


def test_import_as_json(profile: Profile) -> None:
    outcome = profile.take(SOME, "--json")
    assert outcome.status == 0
    assert json.loads(outcome.text) == {
        "imported": 2,
        "found_by_text": 2,
        "not_found": [
            {
                "id": "00000000000040008000000000000003",
                "kind": "highlight",
                "text": "no such words",
                "note": "",
                "chapter": "Chapter 1",
            }
        ],
        "already_here": 0,
        "differing": [],
        "not_understood": 1,
    }


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"# Notes", "These marks can’t be read. Kios reads its own exports as JSON"),
        (SOME[:-30], "These marks can’t be read. The file is damaged, or its end is missing.\n"),
        (
            koreader_books(
                koreader_book(koreader_entry("a"), title="One"),
                koreader_book(koreader_entry("b"), title="Two"),
            ),
            "These marks can’t be read. It has marks of other books: One, Two.\n",
        ),
    ],
)
def test_what_can_not_be_imported_is_said(data: bytes, said: str, profile: Profile) -> None:
    outcome = profile.take(data)
    assert outcome.status == 1
    assert outcome.text.startswith(said)
    assert profile.marks() == []
    assert profile.changed == []


def test_files_and_books_that_are_not_there_are_said(profile: Profile) -> None:
    def said(*words: str | Path) -> str:
        outcome = profile.perform(*words)
        assert outcome.status == 1
        return outcome.text

    gone, other = profile.folder / "gone", "0" * 64
    assert said("import", gone, "--book", profile.book) == (
        "These marks can’t be read. There is no such file.\n"
    )
    assert said("import", gone, "--book", gone) == f"There is no file {gone}.\n"
    assert said("import", gone, "--book", other) == (
        f"No book in the library has the SHA-256 {other}.\n"
    )
    stray = BookDraft(title="Stray").write(profile.folder / "stray.epub")
    assert said("import", gone, "--book", "stray.epub") == "stray.epub is not in the library.\n"
    assert stray.exists()
    (profile.paths.library / "1.epub").unlink()
    assert profile.take(SOME).text.startswith("This book can’t be opened.")
    if os.name != "nt":
        assert said("import", gone, "--book", profile.folder).endswith("Is a directory.\n")
        assert said("import", gone, "--book", "a" * 300).endswith("File name too long.\n")


def test_export_writes_the_marks(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    profile.take(SOME)
    assert profile.export(profile.sha256) == 0
    assert capsys.readouterr().out.startswith("# Moby Dick\n\nHerman Melville\n\n## Chapter 1\n")
    assert profile.export(profile.book, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["type"], found["total"]) == ("AnnotationCollection", 3)
    assert found["kios:about"]["kios:sha256"] == profile.sha256
    assert profile.export(profile.book, "--format", "html") == 0
    assert capsys.readouterr().out.startswith("<!DOCTYPE html>")
    assert profile.export(profile.book, "--format", "csv") == 0
    assert len(list(csv.reader(io.StringIO(capsys.readouterr().out)))) == 4


def test_what_was_exported_can_be_imported(profile: Profile) -> None:
    profile.take(SOME)
    out = profile.folder / "out.json"
    assert profile.export(profile.book, "--format", "json", "--out", out) == 0
    marks = profile.marks()
    ids = [mark.id for mark in marks]
    profile.with_database(lambda database: Marks(database).delete(ids))
    answer = json.loads(profile.take(out.read_bytes(), "--json").text)
    assert (answer["imported"], answer["found_by_text"], len(answer["not_found"])) == (2, 0, 1)
    assert profile.marks() == marks


def test_a_book_without_marks_is_an_empty_collection(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert profile.export(profile.book, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["first"]["items"] == []
    out = profile.folder / "out.md"
    assert profile.export(profile.book, "--out", out) == 0
    assert capsys.readouterr().out == f"0 marks exported to {out}.\n"
    assert out.read_text(encoding="utf-8").startswith("# Moby Dick")


def test_where_nothing_can_be_written_is_said(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    for out, said in (
        (profile.folder, "This is a folder, not a file."),
        (profile.folder / "gone" / "a.md", "There is no such folder."),
    ):
        assert profile.export(profile.book, "--out", out) == 1
        assert capsys.readouterr().err == f"The marks were not exported. {said}\n"
    if Path("/dev/full").exists():
        assert profile.export(profile.book, "--out", "/dev/full") == 1
        assert "No space left on this disk." in capsys.readouterr().err


def test_a_running_kios_answers_about_names_that_are_no_text(profile: Profile) -> None:
    words = [os.fsencode(word) for word in ("import", "a.json", "--book", "caf\udce9.epub")]
    command = ForwardedCommand("marks", words, path_to_text(profile.folder))

    def work(database: Database) -> Coroutine[Any, Any, CommandReply]:
        return carry_out(command, database, profile.paths.library, profile.changed.append)

    reply = profile.with_database(work)
    assert reply == CommandReply(1, "There is no file caf\ufffd.epub.\n")
    assert msgspec.json.decode(msgspec.json.encode(reply), type=CommandReply) == reply


def test_export_says_which_book_is_missing(
    profile: Profile, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert profile.export("gone.epub") == 1
    assert capsys.readouterr().err == "There is no file gone.epub.\n"
    none = tmp_path / "none"
    assert COMMAND.main(["--profile", str(none), "export", str(profile.book)]) == 1
    assert "There is none here yet" in capsys.readouterr().err
    assert not none.exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["show"],
        ["export"],
        ["export", "a", "--format", "pdf"],
        ["export", "a", "--json"],
        ["import", "a"],
        ["import", "--book", "a"],
        ["import", "a", "--book", "b", "--out", "c"],
        ["import", "a", "--boo", "b"],
    ],
)
def test_wrong_words_show_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert COMMAND.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: kios-desktop marks")


def test_wrong_words_of_a_second_start_end_no_kios(profile: Profile) -> None:
    with pytest.raises(BadArguments):
        profile.perform("import")


@pytest.mark.skipif(os.name == "nt", reason="a shell with head")
def test_who_has_read_enough_may_go(profile: Profile) -> None:
    entries = [koreader_entry(f"no such words {n}" * 20) for n in range(500)]
    profile.take(koreader_export(*entries))
    program = f'"{sys.executable}" -m kios_desktop --profile "{profile.paths.data.parent}"'
    done = subprocess.run(
        ["bash", "-c", f'set -o pipefail; {program} marks export "{profile.book}" | head -n 1'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "# Moby Dick\n")


@pytest.mark.parametrize("name", ["json", "csv"])
def test_an_export_is_utf_8_and_its_lines_end_as_they_should(name: str, profile: Profile) -> None:
    """Whatever the terminal shows: it is mostly a file that the shell writes."""
    profile.take(koreader_export(koreader_entry("no such “words”")))
    out = profile.folder / "out"
    assert profile.export(profile.book, "--format", name, "--out", out) == 0
    words = ["--profile", str(profile.paths.data.parent), "marks", "export", str(profile.book)]
    done = subprocess.run(
        [sys.executable, "-m", "kios_desktop", *words, "--format", name],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == out.read_bytes()
    assert "“words”".encode() in done.stdout
