"""`kios-desktop check` and `tasks.py walk`, as processes of their own; and whole books with them.

The corpus and the small books that went wrong, in every layout, are walked through in the long run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.books import BookDraft
from tests.corpus import book, book_names, input_book, input_names

pytestmark = [pytest.mark.gui, pytest.mark.slow]

WALK = Path(__file__).parents[2] / "packaging" / "walk.py"
LIMIT_S = 840
LEAST_SCALE = 0.7  # to which a wide table or formula may shrink

# Books whose layout is not done yet. Only to get shorter: one that loses nothing must not be here.
UNDONE = {
    "idpf-kusamakura-japanese-vertical-writing": "vertical text",
}


def environment() -> dict[str, str]:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium can't sandbox as root
    return env


def called(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, words)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        timeout=LIMIT_S,
    )


def checked(*words: object) -> subprocess.CompletedProcess[str]:
    return called("-m", "kios_desktop", "check", *words)


def unreadable(path: Path) -> Path:
    """A book with a second chapter that is damaged in the zip."""
    BookDraft().write(path)
    data = bytearray(path.read_bytes())
    start = data.index(b"chapter0002.xhtml") + len("chapter0002.xhtml")
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    return path


def test_a_whole_book_ends_with_0_and_says_so(tmp_path: Path) -> None:
    path = BookDraft(chapters=["<p>one</p>"]).write(tmp_path / "emma.epub")
    file = tmp_path / "figures.json"
    done = checked(path, "--layouts", "pages,scroll", "--json", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "emma.epub",
        "  In pages: all 3 characters can be read, on 1 pages.",
        "  Scrolled: all 3 characters can be read, on 1 pages.",
    ]
    figures = json.loads(file.read_text(encoding="utf-8"))["emma.epub"]
    assert figures["opens"]
    assert (figures["characters"], figures["reached"], figures["lost"]) == (3, 3, [])


def test_a_loss_ends_with_1_and_names_its_cause(tmp_path: Path) -> None:
    done = checked(unreadable(tmp_path / "a.epub"), "--layouts", "pages")
    assert done.returncode == 1
    assert "    EPUB/chapter0002.xhtml\n" in done.stdout
    assert "This chapter can’t be read: the file is damaged." in done.stdout


def test_what_is_no_book_ends_with_1(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(b"no zip")
    done = checked(path, "--layouts", "pages")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert "Traceback" not in done.stderr


def test_an_unknown_layout_is_refused(tmp_path: Path) -> None:
    done = checked(tmp_path / "a.epub", "--layouts", "pages,sideways")
    assert done.returncode == 2
    assert "sideways" in done.stderr


def test_a_table_of_many_books(tmp_path: Path) -> None:
    BookDraft(chapters=["<p>one</p>"]).write(tmp_path / "good.epub")
    unreadable(tmp_path / "bad.epub")
    file = tmp_path / "figures.json"
    done = called(WALK, sys.executable, tmp_path, "--layouts", "pages", "--json", file)
    assert done.returncode == 1, done.stderr
    assert "2 books, 1 of them whole" in done.stdout
    assert set(json.loads(file.read_text(encoding="utf-8"))) == {"good.epub", "bad.epub"}


def test_books_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("s1", "s2"):
        (tmp_path / folder).mkdir()
    paths = tmp_path / "s1" / "book.epub", tmp_path / "s2" / "book.epub"
    BookDraft(chapters=["<p>one</p>"]).write(paths[0])
    paths[1].write_bytes(b"no zip")
    file = tmp_path / "figures.json"
    done = called(WALK, sys.executable, *paths, "--layouts", "pages", "--json", file)
    assert done.returncode == 1, done.stderr
    assert "2 books, 1 of them whole" in done.stdout
    assert set(json.loads(file.read_text(encoding="utf-8"))) == set(map(str, paths))


def test_a_walk_through_nothing_fails(tmp_path: Path) -> None:
    done = called(WALK, sys.executable, tmp_path)
    assert done.returncode == 2
    assert "there is no book" in done.stderr


def test_a_walk_whose_figures_can_not_be_written_does_not_begin(tmp_path: Path) -> None:
    BookDraft().write(tmp_path / "a.epub")
    done = called(WALK, sys.executable, tmp_path, "--json", tmp_path / "none" / "x.json")
    assert done.returncode == 2
    assert "can't be written" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for a process that crashes")
def test_a_book_that_crashes_its_process_is_told_of(tmp_path: Path) -> None:
    BookDraft().write(tmp_path / "a.epub")
    crashing = tmp_path / "python"
    crashing.write_text("#!/bin/sh\necho 'Fatal error' >&2\nexit 134\n", encoding="utf-8")
    crashing.chmod(0o700)
    done = called(WALK, crashing, tmp_path / "a.epub")
    assert done.returncode == 1
    assert "a.epub: the process ended with 134. Fatal error" in done.stdout


def losses(figures: dict[str, Any]) -> list[str]:
    """All that is wrong in any layout; empty where the whole book can be seen."""
    if not figures["opens"]:
        return [] if figures["is_refused"] else [figures["reason"]]
    found = [f"the web engine stopped in {name}" for name in figures["stopped"]]
    for layout, one in figures["layouts"].items():
        for href, chapter in one["chapters"].items():
            told = [f"{loss['characters']} {loss['reason']}" for loss in chapter["lost"]]
            told += [
                f"picture {picture['state']}: {picture['name']}"
                for picture in chapter["pictures"]
                if picture["state"] in ("cut", "never", "failed")
            ]
            told += [f"page {blank['page'] + 1} is blank" for blank in chapter["blank"]]
            told += [
                f"shrunk to {table['scale']}: {table['path']}"
                for table in chapter["shrunk"]
                if table["scale"] < LEAST_SCALE
            ]
            found += [f"{layout}, {href}: {text}" for text in told]
    return found


def walk_through(path: Path, folder: Path) -> None:
    """Fails unless the whole book can be seen in every layout."""
    file = folder / "figures.json"
    called(WALK, sys.executable, path, "--json", file)
    [figures] = json.loads(file.read_text(encoding="utf-8")).values()
    found = losses(figures)
    if path.stem in UNDONE:
        assert found, f"{path.stem} loses nothing any more"
        pytest.xfail(UNDONE[path.stem])
    assert found == []


def test_a_report_that_can_not_be_written_is_told_before_the_walk(tmp_path: Path) -> None:
    path = BookDraft().write(tmp_path / "book.epub")
    done = checked(path, "--json", tmp_path / "nowhere" / "figures.json")
    assert done.returncode == 2
    assert "there is no folder" in done.stderr


@pytest.mark.long
@pytest.mark.parametrize("name", input_names() or ["inputs"])
def test_nothing_of_a_small_book_is_lost_in_any_layout(tmp_path: Path, name: str) -> None:
    walk_through(input_book(name), tmp_path)


@pytest.mark.long
@pytest.mark.corpus
@pytest.mark.parametrize("name", book_names() or ["corpus"])
def test_nothing_of_a_book_is_lost_in_any_layout(tmp_path: Path, name: str) -> None:
    walk_through(book(name), tmp_path)
