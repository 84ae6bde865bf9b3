"""What an account's server is known to have of this library, and what it has still to get.

There is no list of intents: what has to be sent follows from comparing what is here with what the
server is known to have. So nothing that a reader does can be missing from the queue, and no edit or
deletion has to be folded into an earlier one.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict, replace

from kios_desktop.domain.accounts import Topic
from kios_desktop.domain.library import BookId
from kios_desktop.domain.marks import Mark

LONGEST_WAIT: Final = timedelta(hours=2)
"""Before anything is tried again. A longer one is from before the clock was set back."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ItemKind(StrEnum):
    """The kinds of records. The value is stored."""

    HIGHLIGHT = "highlight"
    PLACE_NOTE = "place note"  # made by the server's reader; a highlight with a note here
    BOOK_NOTE = "book note"  # on the book's page
    BOOKMARK = "bookmark"
    RATING = "rating"
    SHELF = "shelf"
    SESSION = "session"


TOPIC_OF: Final = {
    ItemKind.HIGHLIGHT: Topic.HIGHLIGHTS,
    ItemKind.PLACE_NOTE: Topic.HIGHLIGHTS,
    ItemKind.BOOK_NOTE: Topic.HIGHLIGHTS,
    ItemKind.BOOKMARK: Topic.BOOKMARKS,
    ItemKind.RATING: Topic.RATINGS,
    ItemKind.SHELF: Topic.SHELF,
    ItemKind.SESSION: Topic.SESSIONS,
}
MARK_KINDS: Final = (
    ItemKind.HIGHLIGHT,
    ItemKind.PLACE_NOTE,
    ItemKind.BOOK_NOTE,
    ItemKind.BOOKMARK,
)
"""Those whose local record is a mark."""


class HighlightContent(Struct, frozen=True, tag="highlight"):
    """A highlight as the server has it. `color` is `#RRGGBB`, `style` the server's word."""

    cfi: str
    text: str
    note: str = ""
    color: str = ""
    style: str = ""
    chapter: str = ""


class PlaceNoteContent(Struct, frozen=True, tag="place note"):
    """A note at a place; `text` is what it is about."""

    cfi: str
    text: str
    note: str = ""
    color: str = ""
    chapter: str = ""


class BookNoteContent(Struct, frozen=True, tag="book note"):
    """A note on the book's page; it has no place."""

    title: str
    note: str

    @property
    def cfi(self) -> str:
        return ""


class BookmarkContent(Struct, frozen=True, tag="bookmark"):
    """A bookmark; `note` is its name."""

    cfi: str
    note: str = ""


class RatingContent(Struct, frozen=True, tag="rating"):
    """Half stars; None is no rating."""

    value: int | None


class ShelfContent(Struct, frozen=True, tag="shelf"):
    """Whether the book is on the shelf."""

    is_on: bool


class SessionContent(Struct, frozen=True, tag="session"):
    """A reading session in whole seconds; shares are 0…1, pages are what is shown of them."""

    started_at: datetime
    ended_at: datetime
    start_fraction: float
    end_fraction: float
    start_page: str
    end_page: str


MarkContent = HighlightContent | PlaceNoteContent | BookNoteContent | BookmarkContent
Content = MarkContent | RatingContent | ShelfContent | SessionContent


class ItemState(StrEnum):
    """What has become of a record. The value is stored."""

    WAITING = "waiting"
    SENDING = "sending"  # on the disk before the request: who finds it later knows nothing
    DOUBTFUL = "doubtful"  # it may be there: the server is asked before it is sent again
    DONE = "done"
    REFUSED = "refused"  # the server does not take it, as it is
    DIFFERS = "differs"  # changed here and there: a person decides
    VANISHED = "vanished"  # deleted there: a person decides
    LEFT = "left"  # not to be sent


class ItemFault(StrEnum):
    """Why a record is not sent, or was refused."""

    INVALID = "the server finds it invalid"
    FORBIDDEN = "this account may not"
    TOO_LONG = "too long for the server"
    TAKEN = "another one is there already"
    FAILED = "the server failed at it"


class AccountItem(Struct, frozen=True):
    """One record at one account.

    `local_id` is the id of the mark or session; of ratings and shelves that of the book. `sent` is
    what the server is known to have, `version` which local change that includes: the time of a
    mark's change in ms, a rating, 1 or 0 for a shelf. `sending` and `sending_version` are the same
    of a request under way or in doubt. `theirs` is what the server has, where both sides changed
    it. `is_gone`: a person deleted it here. `tries` counts failures in a row; before `not_before`
    nothing is sent.
    """

    account_id: str
    kind: ItemKind
    local_id: str
    book_id: BookId
    state: ItemState = ItemState.WAITING
    remote_id: int | None = None
    sent: Content | None = None
    version: int = 0
    sending: Content | None = None
    sending_version: int = 0
    theirs: Content | None = None
    is_gone: bool = False
    tries: int = 0
    not_before: datetime | None = None
    fault: ItemFault | None = None
    said: str = ""

    @property
    def key(self) -> tuple[ItemKind, str]:
        return self.kind, self.local_id

    @property
    def is_in_doubt(self) -> bool:
        """Whether the server may have got more than is known here."""
        return self.state in (ItemState.SENDING, ItemState.DOUBTFUL)

    def settled(self, sent: Content, version: int, remote_id: int | None) -> "AccountItem":
        """As the server has it now."""
        return replace(
            self,
            state=ItemState.DONE,
            remote_id=remote_id,
            sent=sent,
            version=version,
            sending=None,
            sending_version=0,
            theirs=None,
            tries=0,
            not_before=None,
            fault=None,
            said="",
        )


class RemoteRow(Struct, frozen=True):
    """A record that the server has."""

    remote_id: int
    content: MarkContent


class TakenMark(Struct, frozen=True):
    """A mark that the server has changed. It is saved only if it is still what it was `before`.

    `before` is None for one that is new here.
    """

    mark: Mark
    before: Mark | None


def of_mark(content: Content | None) -> MarkContent | None:
    """The content of a record that is about a mark; None for others."""
    return content if isinstance(content, MarkContent) else None


def version_of(mark: Mark) -> int:
    """When a mark was changed, ms."""
    return (mark.changed_at - _EPOCH) // timedelta(milliseconds=1)


def fields_of(content: Content) -> dict[str, object]:
    """The fields by name."""
    return asdict(content)
