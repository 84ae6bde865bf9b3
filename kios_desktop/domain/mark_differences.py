"""Marks that are here with another note, colour or style than in a file."""

from enum import Enum, auto
from typing import NamedTuple

from kios_desktop.domain.marks import Mark, MarkId


class Difference(NamedTuple):
    """A mark as it is here, and as a file has it.

    `theirs` has its place in the book, as far as it is found, and the id of the file. `copy_id` is
    the one that it gets as a mark of its own beside that here.
    """

    here: Mark
    theirs: Mark
    copy_id: MarkId


class Keep(Enum):
    """What becomes of marks that differ."""

    MINE = auto()
    THEIRS = auto()
    BOTH = auto()
