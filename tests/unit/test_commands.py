"""Which words are a command and which are a book."""

import pytest

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
