"""The kinds of records of our database, to say which were damaged."""

from enum import StrEnum


class RecordKind(StrEnum):
    """Each kind is reported once, however many of its records are damaged."""

    BOOK = "book"
    PLACE = "place"
    HISTORY = "history"
    MARK = "mark"
    SESSION = "session"
    SYNC = "sync"
    SERVER = "server"
    DOWNLOAD = "download"
    ACQUISITION = "acquisition"
    SHELF = "shelf"
    ACCOUNT = "account"
