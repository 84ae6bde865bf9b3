"""What is wrong with a book's file and was worked around."""

from dataclasses import dataclass
from enum import StrEnum


class DefectKind(StrEnum):
    """The defects that are reported. The values are stored with the book."""

    UNSAFE_NAMES = "unsafe-names"  # counted: files that are ignored
    NO_CONTAINER = "no-container"
    UNREADABLE_CONTAINER = "unreadable-container"
    ILL_FORMED_CONTAINER = "ill-formed-container"
    CONTAINER_WITHOUT_PACKAGE = "container-without-package"
    ILL_FORMED_PACKAGE = "ill-formed-package"
    MISSING_FILES = "missing-files"  # counted
    DEAD_READING_ORDER = "dead-reading-order"  # counted: entries that lead nowhere
    UNREADABLE_NAVIGATION = "unreadable-navigation"
    UNREADABLE_NCX = "unreadable-ncx"
    NO_CONTENTS = "no-contents"


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect; `count` is how many files or entries it is about, 0 where none are counted."""

    kind: DefectKind
    count: int = 0
