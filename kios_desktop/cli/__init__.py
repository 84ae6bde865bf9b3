"""The commands of the command line, one module each, named by the first word."""

from collections.abc import Sequence

from kios_desktop.cli.registry import COMMANDS, load


def command_in(words: Sequence[str]) -> int | None:
    """The index of the command among the words; None when they only name books.

    The command is the first word that is no option; a book of that name is `./positions`.
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
    """Run the command `words[at]`. Returns the exit status."""
    return load(words[at]).main([*words[:at], *words[at + 1 :]])
