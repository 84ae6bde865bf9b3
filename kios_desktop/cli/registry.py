"""The commands by name. A module is imported when its command is called."""

import importlib
from typing import Final

from kios_desktop.cli.command import Command

COMMANDS: Final[dict[str, str]] = {
    "check": "kios_desktop.cli.check",
    "doctor": "kios_desktop.cli.doctor",
    "index-books": "kios_desktop.cli.index_books",
    "library": "kios_desktop.cli.library",
    "marks": "kios_desktop.cli.marks",
    "match-pattern": "kios_desktop.cli.match_pattern",
    "positions": "kios_desktop.cli.positions",
    "search": "kios_desktop.cli.search",
}
"""First word → the module whose `COMMAND` it is."""


def load(name: str) -> Command:
    """The command of a name. Raises KeyError for an unknown one."""
    command: Command = importlib.import_module(COMMANDS[name]).COMMAND
    return command
