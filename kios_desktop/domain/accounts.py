"""An account at a BookLore or Grimmory server: what it gets, and what is known of it.

Nothing is sent before a person switches it on, kind by kind.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.library import BookId

SHELF: Final = "Kios"
"""The usual name of the shelf of books that are on this computer."""


class Topic(StrEnum):
    """What is switched on or off as one."""

    SESSIONS = "sessions"
    RATINGS = "ratings"
    HIGHLIGHTS = "highlights"  # with their notes
    BOOKMARKS = "bookmarks"
    SHELF = "shelf"


class NotesTo(StrEnum):
    """Where the note of a highlight goes."""

    BOOK = "in the book"  # beside the highlight
    PAGE = "on the book's page"


class TopicChoice(Struct, frozen=True):
    """A topic that is on. `since`: only what was made from then on is sent; None is everything."""

    since: datetime | None = None


_NOTHING: Final[Mapping[Topic, TopicChoice]] = MappingProxyType({})


class AccountChoices(Struct, frozen=True):
    """What a person chose for one account. `fetches`: what was made on the server comes here."""

    sends: dict[Topic, TopicChoice] = {}
    fetches: bool = False
    notes_to: NotesTo = NotesTo.BOOK
    shelf: str = SHELF

    def wants(self, topic: Topic) -> bool:
        return topic in self.sends


class Capabilities(Struct, frozen=True):
    """What a server has for this account. `batch` and `rating` can't be asked for without writing.

    The plugin fork alone has `batch`, as it has `by_hash`; whoever has single books has `rating`.
    """

    by_hash: bool = False
    search: bool = False
    batch: bool = False
    annotations: bool = False
    notes_v1: bool = False
    notes_v2: bool = False
    bookmarks: bool = False
    rating: bool = False
    shelves: bool = False
    sessions: bool = False
    koreader: bool = False

    def has(self, topic: Topic) -> bool:
        """Whether the account can keep what is about it."""
        return {
            Topic.SESSIONS: self.sessions,
            Topic.RATINGS: self.rating,
            Topic.HIGHLIGHTS: self.annotations,
            Topic.BOOKMARKS: self.bookmarks,
            Topic.SHELF: self.shelves,
        }[topic]


class AccountServer(Struct, frozen=True):
    """What was found out about an account's server.

    `identity` tells whether it is another server, or another user of it, than before. `asked_at` is
    when the capabilities were asked for; None before the first time. `locked_until`: no sign-in is
    tried before.
    """

    identity: str = ""
    product: str = ""
    user_id: int | None = None
    capabilities: Capabilities = Capabilities()
    asked_at: datetime | None = None
    locked_until: datetime | None = None
    asks_password: bool = False


class UnsentCounts(Struct, frozen=True):
    """How much would be sent, of how many books; `notes` of the highlights have one."""

    records: int = 0
    books: int = 0
    notes: int = 0


class FetchCounts(Struct, frozen=True):
    """How much a server has that is not here, of how many books."""

    highlights: int = 0
    notes: int = 0
    bookmarks: int = 0
    ratings: int = 0
    books: int = 0

    @property
    def total(self) -> int:
        return self.highlights + self.notes + self.bookmarks + self.ratings


class AccountFault(StrEnum):
    """Why an account sends nothing just now."""

    PASSWORD = "password"  # noqa: S105 (the kind of fault)
    KEYSTORE = "password not readable"
    LOCKED_OUT = "locked out"
    NOT_REACHED = "not reached"
    BUSY = "busy"
    FAULTY = "the server had a problem"
    NOT_UNDERSTOOD = "not understood"
    FORBIDDEN = "forbidden"
    STORAGE = "our own disk"


class AccountStatus(Struct, frozen=True):
    """What is told of an account. `error` is the last one, None when all went well.

    `retry_at`: before, nothing is tried by itself. `succeeded_at`: when the server answered last.
    """

    is_running: bool = False
    fault: AccountFault | None = None
    error: Exception | None = None
    retry_at: datetime | None = None
    succeeded_at: datetime | None = None


class LinkState(StrEnum):
    """Whether it is known which book of the server a book here is."""

    MATCHED = "matched"
    UNKNOWN = "unknown"  # the server has nothing like it
    CHOOSE = "choose"  # a person has to say which it is
    OFF = "off"  # nothing of this book is sent


class FoundBy(StrEnum):
    """What made it certain which book it is."""

    ID = "id"
    HASH = "hash"
    ISBN = "isbn"
    PERSON = "person"


class BookCandidate(Struct, frozen=True):
    """A book of the server that it may be."""

    remote_id: int
    title: str
    authors: tuple[str, ...] = ()


class BookLink(Struct, frozen=True):
    """Which book of an account's server a book is.

    `identity` is that of the server when it was found out. `title` is the server's. Where it is not
    `MATCHED`, `remote_id` is the last one that was known.
    """

    book_id: BookId
    state: LinkState
    remote_id: int | None = None
    found_by: FoundBy | None = None
    title: str = ""
    identity: str = ""
    checked_at: datetime | None = None
    choices: tuple[BookCandidate, ...] = ()


class AccountExamination(Struct, frozen=True):
    """What was found out before something was wrong; what was found stays.

    `ahead`: how far the server's clock is ahead, where that is too much. `error` is what ended it.
    """

    signed_in: bool = False
    product: str = ""
    variant: str = ""
    capabilities: Capabilities | None = None
    token_seconds: int | None = None
    ahead: timedelta | None = None
    lacks_koreader_right: bool = False
    error: RemoteError | None = None


class KoreaderUserState(StrEnum):
    """Whether an account has a user for KOReader sync."""

    READY = "ready"
    SWITCHED_OFF = "switched off"  # there is one, and its sync is off on the server
    NONE = "none"
