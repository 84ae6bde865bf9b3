"""The command line besides opening books: one module for each command, known by its first word."""

from collections.abc import Sequence

from kios_desktop.cli.registry import COMMANDS, load


def command_in(words: Sequence[str]) -> int | None:
    """Where among the words a command is named; None when they only name books.

    It is the first that is no option: a book of the same name is `./positions`.
    """
    words = list(words)
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return None
        if not word.startswith("-"):
            return at if word in COMMANDS else None
        at += 2 if word == "--profile" else 1
    return None


def run_command(words: Sequence[str], at: int) -> int:
    """Carry out the command that `words[at]` names; the exit status."""
    return load(words[at]).main([*words[:at], *words[at + 1 :]])
