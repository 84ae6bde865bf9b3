"""Downloads: what is fetched from a source, how far it is, and what an entry is here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from kios_desktop.domain.catalog import Entry, Format
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl

DownloadId = NewType("DownloadId", int)


class DownloadState(StrEnum):
    """The state of a download."""

    QUEUED = "queued"
    CONNECTING = "connecting"
    TRANSFERRING = "transferring"
    PAUSED = "paused"  # by the reader, or until there is a connection or a sign-in: see `fault`
    VERIFYING = "verifying"  # complete: its bytes are checked and it is added to the library
    DONE = "done"
    FAILED = "failed"


UNDER_WAY = (DownloadState.CONNECTING, DownloadState.TRANSFERRING, DownloadState.VERIFYING)
ENDED = (DownloadState.DONE, DownloadState.FAILED)


class DownloadFault(StrEnum):
    """Why a download waits or failed, in a form that survives a restart."""

    CUT_OFF = "cut off"  # the server closed the connection early
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"  # the certificate
    SIGN_IN = "sign in"  # credentials rejected
    NOT_ALLOWED = "not allowed"
    GONE = "gone"  # 404, 410
    BUSY = "busy"
    SERVER = "server"  # 5xx
    REDIRECTED = "redirected"
    WEB_PAGE = "web page"  # HTML instead of a book
    NOT_A_BOOK = "not a book"
    DAMAGED = "damaged"  # the zip does not hold together, or its length is wrong
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too large"
    NO_SPACE = "no space"
    READ_ONLY = "read only"
    SOURCE_GONE = "source gone"  # the source was removed or switched off


ALTERED: Final = "altered"
"""The detail of a damaged file whose bytes are not those that the server says it has."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """What a server promises about continuing a file with a range request.

    `validator` names this very file: a strong ETag, or the date of its last change.
    """

    validator: str
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """How far a transfer is. `continuation` is None while it can only start from the beginning."""

    got_bytes: int
    total_bytes: int | None
    continuation: Continuation | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that arrived completely.

    `name` is what the server calls it; `etag` and `modified` are the server's words for this file.
    `same_bytes`: it is known to be what the server keeps. `sha256` is the server's word for all of
    it, in lower-case hex; "" where there is none.
    """

    name: str
    size_bytes: int
    etag: str = ""
    modified: str = ""
    same_bytes: bool = False
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """One file on its way. Sizes in bytes; `total_bytes` None while unknown.

    `resumable` once the server showed that it can continue a file. `same_bytes`: the file is known
    to be what the server keeps. `fault` explains PAUSED and FAILED; `detail` is the name it needs
    (the title of the web page, the DRM scheme), never a secret. `attempts` failed since it was
    last asked for by a person.
    """

    id: DownloadId
    source_id: str
    entry: Entry
    url: ServerUrl
    format: Format
    state: DownloadState
    added_at: datetime
    got_bytes: int = 0
    total_bytes: int | None = None
    resumable: bool = False
    bytes_per_s: float | None = None
    fault: DownloadFault | None = None
    detail: str = ""
    retry_at: datetime | None = None
    finished_at: datetime | None = None
    book_id: BookId | None = None
    same_bytes: bool = False
    continuation: Continuation | None = None
    attempts: int = 0
    fetched: Fetched | None = None  # complete on this disk, and to be checked

    @property
    def fraction(self) -> float | None:
        """0…1; None while the length is unknown."""
        return min(1.0, self.got_bytes / self.total_bytes) if self.total_bytes else None


class Availability(StrEnum):
    """What an entry of a catalog is on this computer."""

    NOT_HERE = "not here"
    UNDER_WAY = "under way"  # queued, transferring, paused: see the download
    HERE = "here"
    NEWER = "newer"  # here, and the server has a newer file
    REMOVED = "removed"  # was here; its file was removed
    FAILED = "failed"
    NOT_READABLE = "not readable"  # offers nothing that Kios reads
    BROWSER_ONLY = "browser only"  # borrow or buy


@dataclass(frozen=True, slots=True)
class EntryState:
    """The action row of an entry."""

    availability: Availability
    download: Download | None = None
    book_id: BookId | None = None


@dataclass(frozen=True, slots=True)
class AcquiredEntry:
    """The part of a `BookAcquisition` that decides the availability of its entry.

    Keys in addresses are masked. `file` is what the feed said about the file when it was
    downloaded. `book_id` is None once the book was removed.
    """

    source_id: str
    entry_key: str
    url: str
    book_id: BookId | None
    file: tuple[int | None, str]  # length in bytes, time of the last change


@dataclass(frozen=True, slots=True)
class BookAcquisition:
    """Where a book of the library came from: one entry of one source.

    `modified` and `length_bytes` are the feed's values at the time of the download, `etag` the
    server's: by them a newer file is recognised. `book_id` is None once the book was removed.
    `was_here`: the same bytes were in the library before the download.
    """

    source_id: str
    entry: Entry
    url: ServerUrl
    format: Format
    book_id: BookId | None
    etag: str = ""
    modified: str = ""
    length_bytes: int | None = None
    downloaded_at: datetime | None = None
    was_here: bool = False
