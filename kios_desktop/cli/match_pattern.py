"""The process that matches regular expressions, as a command: the packaged program is no Python.

Only Kios itself uses it; see `epub/search_pattern.py`.
"""

from collections.abc import Sequence

from kios_desktop.cli.command import Command
from kios_desktop.epub import search_pattern_process


class MatchPatternCommand(Command):
    """Speaks with Kios over standard input and output."""

    def main(self, words: Sequence[str]) -> int:  # noqa: ARG002
        search_pattern_process.run()
        return 0


COMMAND = MatchPatternCommand()
