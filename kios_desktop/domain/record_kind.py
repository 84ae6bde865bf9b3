"""What a damaged record of our database was about, as far as the reader is concerned."""

from enum import StrEnum


class RecordKind(StrEnum):
    """The kinds. One of them is said once, however many records are damaged."""

    BOOK = "book"
    PLACE = "place"
    HISTORY = "history"
    SYNC = "sync"
    SERVER = "server"
    DOWNLOAD = "download"
    ACQUISITION = "acquisition"
    SHELF = "shelf"
