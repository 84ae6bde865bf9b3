"""The process that reads books for the index over all of them, as a command.

Only Kios itself uses it; see `application/index_process.py`.
"""

from collections.abc import Sequence

from kios_desktop.application.index_process import run
from kios_desktop.cli.command import Command


class IndexBooksCommand(Command):
    """Speaks with Kios over standard input and output."""

    def main(self, words: Sequence[str]) -> int:  # noqa: ARG002
        run()


COMMAND = IndexBooksCommand()
