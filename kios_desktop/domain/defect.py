"""What is wrong with a book's file and was worked around."""

from enum import StrEnum

from msgspec import Struct


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
    NO_DIRECTORY = "no-directory"  # of the zip: its files were found without it
    CONTRADICTORY_FILES = "contradictory-files"  # counted: named or packed otherwise than listed
    DAMAGED_FILES = "damaged-files"  # counted: of those that were read when the book was added
    ENCRYPTED_FILES = "encrypted-files"  # counted: chapters are the fewer, or the book is refused
    MISLABELLED_FILES = "mislabelled-files"  # counted: of another type than the package says


class Defect(Struct, frozen=True):
    """One defect; `count` is how many files or entries it is about, 0 where none are counted."""

    kind: DefectKind
    count: int = 0
