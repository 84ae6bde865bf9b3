"""The commands by name. A module is read when its command is called: starting Kios needs none."""

import importlib
from typing import Final

from kios_desktop.cli.command import Command

COMMANDS: Final[dict[str, str]] = {"positions": "kios_desktop.cli.positions"}
"""First word → the module whose `COMMAND` it is."""


def load(name: str) -> Command:
    """Raises KeyError for a name that is no command's."""
    command: Command = importlib.import_module(COMMANDS[name]).COMMAND
    return command
