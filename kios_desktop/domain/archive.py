"""What a file with a whole profile has."""

from dataclasses import dataclass
from datetime import datetime

from kios_desktop.domain.errors import StorageError


@dataclass(frozen=True, slots=True)
class ArchiveSummary:
    """`missing`: files of books that were not in the library any more when it was made."""

    made_at: datetime
    books: int  # in the library
    with_books: bool  # their files are in it
    missing: int = 0


Restored = ArchiveSummary | StorageError | None
"""What was restored at start, or why not; None when nothing was to be."""
