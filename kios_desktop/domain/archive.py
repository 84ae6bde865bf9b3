"""What a file with a whole profile has."""

from datetime import datetime

from msgspec import Struct

from kios_desktop.domain.errors import StorageError


class ArchiveSummary(Struct, frozen=True):
    """`missing`: files of books that were not in the library any more when it was made."""

    made_at: datetime
    books: int  # in the library
    with_books: bool  # their files are in it
    missing: int = 0


Restored = ArchiveSummary | StorageError | None
"""What was restored at start, or why not; None when nothing was to be."""
