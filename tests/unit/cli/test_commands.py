"""Which words are a command and which are a book."""

import os
import subprocess
import sys

import pytest

from kios_desktop.__main__ import parse
from kios_desktop.cli import command_in
from kios_desktop.cli.registry import COMMANDS, load


@pytest.mark.parametrize(
    ("words", "at"),
    [
        (["positions", "a.epub"], 0),
        (["--profile", "p", "positions", "a.epub"], 2),
        (["--profile=p", "positions"], 1),
        (["./positions"], None),
        (["positions.epub"], None),
        (["a.epub", "positions"], None),
        (["--", "positions"], None),
        (["--profile", "positions"], None),
        (["--profile", "positions", "positions"], 2),
        (["--tour"], None),
        ([], None),
        ([""], None),
    ],
)
def test_the_first_word_that_names_a_command_is_the_command(
    words: list[str], at: int | None
) -> None:
    assert command_in(words) == at


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_called(name: str) -> None:
    load(name)


WRITES = (
    "import sys; from kios_desktop.__main__ import make_streams_safe; make_streams_safe();"
    "sys.stdout.write('‘Ünïcode’'); sys.stderr.write('’'); sys.stdout.flush(); sys.exit(7)"
)


@pytest.mark.skipif(os.name == "nt", reason="a shell that closes streams")
def test_without_a_console_nothing_breaks() -> None:
    shell = f'exec "{sys.executable}" -c "$0" >&- 2>&-'
    assert subprocess.run(["sh", "-c", shell, WRITES], check=False).returncode == 7


def test_a_console_that_lacks_a_sign_shows_the_rest() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", WRITES], env=env, capture_output=True, check=False)
    assert done.returncode == 7
    assert b"code" in done.stdout


def test_a_shortened_option_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--prof", "p", "positions"])
    assert "unrecognized arguments: --prof" in capsys.readouterr().err
