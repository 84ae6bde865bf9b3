"""The texts of accounts: what is sent, what came of it, and what is asked before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kios_desktop.application.account_values import AccountLine, WaitingRecord
from kios_desktop.domain.account_items import ItemFault, ItemKind, ItemState
from kios_desktop.domain.accounts import AccountFault, FetchCounts, Topic, UnsentCounts
from kios_desktop.outbox.resolving import Decision
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.formats import books, clock, decimal, isolated, when
from kios_desktop.ui.kit.message import says
from kios_desktop.ui.kit.translation import counted, marked, tr

TITLES: Final[Mapping[Topic, str]] = {
    Topic.SESSIONS: marked("Reading sessions"),
    Topic.RATINGS: marked("Ratings"),
    Topic.HIGHLIGHTS: marked("Highlights and notes"),
    Topic.BOOKMARKS: marked("Bookmarks"),
    Topic.SHELF: marked("Shelf of books on this computer"),
}
HINTS: Final[Mapping[Topic, str]] = {
    Topic.SESSIONS: marked("When and how long you read, from which page to which."),
    Topic.RATINGS: marked("Your stars."),
    Topic.HIGHLIGHTS: marked("The marked text, its color, and your note."),
    Topic.BOOKMARKS: marked("Places, and the names that you gave them."),
    Topic.SHELF: marked("Puts your books that are on the server onto a shelf there."),
}
_FAULTS: Final[Mapping[ItemFault, str]] = {
    ItemFault.INVALID: marked("The server finds it invalid."),
    ItemFault.FORBIDDEN: marked("This account may not do that on the server."),
    ItemFault.TOO_LONG: marked("It is longer than the server takes."),
    ItemFault.TAKEN: marked("The server says that another one is at this place."),
    ItemFault.FAILED: marked("The server failed at it; Kios tries again by itself."),
}
_KINDS: Final[Mapping[ItemKind, str]] = {
    ItemKind.HIGHLIGHT: marked("Highlight"),
    ItemKind.PLACE_NOTE: marked("Note"),
    ItemKind.BOOK_NOTE: marked("Note on the book’s page"),
    ItemKind.BOOKMARK: marked("Bookmark"),
    ItemKind.RATING: marked("Rating"),
    ItemKind.SHELF: marked("Shelf"),
    ItemKind.SESSION: marked("Reading session"),
}
DECISIONS: Final[Mapping[Decision, str]] = {
    Decision.RETRY: marked("Try again"),
    Decision.DISCARD: marked("Don’t send it"),
    Decision.MINE: marked("Keep mine"),
    Decision.THEIRS: marked("Take the server’s"),
    Decision.BOTH: marked("Keep both texts"),
    Decision.REMOVE: marked("Remove it here too"),
    Decision.SEND_AGAIN: marked("Send it again"),
    Decision.KEEP_HERE: marked("Keep it here only"),
}


def state_of(line: AccountLine) -> tuple[str, str, str]:
    """(text, tone, icon) of an account's badge."""
    status = line.status
    if not line.source.enabled:
        return tr("Paused"), "neutral", "pause"
    if line.is_withheld or status.fault is AccountFault.KEYSTORE:
        return tr("Password not readable"), "warning", "key"
    if status.fault is AccountFault.PASSWORD or line.server.asks_password:
        return tr("Needs the password"), "warning", "key"
    if status.fault is AccountFault.LOCKED_OUT:
        return tr("Locked for a while"), "warning", "lock-simple"
    if status.fault is AccountFault.NOT_REACHED:
        return tr("Not reachable"), "warning", "cloud-slash"
    if status.fault is not None or status.error is not None:
        return tr("Needs attention"), "warning", "warning-circle"
    if status.is_running:
        return tr("At work…"), "info", "arrows-clockwise"
    if not line.choices.sends and not line.choices.fetches:
        return tr("Nothing is switched on"), "neutral", ""
    if line.waiting:
        return tr("Something waits for you"), "warning", "warning-circle"
    return tr("In step"), "success", "check"


def facts_of(line: AccountLine, now: datetime) -> str:
    """“books.example.org · Grimmory · signed in as mira · in step 2 min ago”."""
    facts = [line.source.url.host]
    if line.server.product:
        facts.append(line.server.product)
    if line.source.username:  # it is kept with the password, which may be locked away
        facts.append(tr("as {user}", user=isolated(line.source.username)))
    if line.status.succeeded_at is not None:
        facts.append(tr("last {when}", when=when(line.status.succeeded_at, now)))
    return " · ".join(facts)


def trouble_text(line: AccountLine, now: datetime) -> str:
    """Why nothing is sent just now; "" if all is well."""
    error = line.status.error
    if line.is_withheld:
        return tr("The password of this account can’t be read. Unlock your password store.")
    if error is None:
        return ""
    words = explain(error, line.source.name).line
    retry_at = line.status.retry_at
    if retry_at is None or retry_at <= now:
        return words
    again = tr("The next try is at {time}; nothing is lost.", time=clock(retry_at))
    return f"{words} {again}"


def sent_text(n: int) -> str:
    """How much of a topic the server has; "" for none."""
    if not n:
        return ""
    return counted("%Ln on the server", "", n, one="%Ln on the server")


def lacks_text(topic: Topic, line: AccountLine) -> str:
    """Why a topic can't be switched on; "" if it can, or if that is not known yet."""
    if line.server.asked_at is None or line.server.capabilities.has(topic):
        return ""
    return tr("This server does not have it; newer versions may.")


# -- what is asked before


def preview_text(topic: Topic, counts: UnsentCounts, server: str) -> str:
    """What would be sent."""
    n, of = counts.records, books(counts.books)
    match topic:
        case Topic.SESSIONS:
            what = counted(
                "%Ln reading sessions of {books} would go to {server}.", "", n,
                one="%Ln reading session of {books} would go to {server}.",
                books=of, server=server,
            )  # fmt: skip
            final = tr("They can’t be changed or taken back there.")
            return f"{what} {final}"
        case Topic.RATINGS:
            return counted(
                "Your ratings of %Ln books would go to {server}.", "", n,
                one="Your rating of %Ln book would go to {server}.", server=server,
            )  # fmt: skip
        case Topic.HIGHLIGHTS:
            what = counted(
                "%Ln highlights in {books} would go to {server}, with the text that you marked.",
                "", n,
                one="%Ln highlight in {books} would go to {server}, with the text that you marked.",
                books=of, server=server,
            )  # fmt: skip
            notes = counted("%Ln of them have a note.", "", counts.notes,
                            one="%Ln of them has a note.")  # fmt: skip
            return f"{what} {notes}" if counts.notes else what
        case Topic.BOOKMARKS:
            return counted(
                "%Ln bookmarks in {books} would go to {server}.", "", n,
                one="%Ln bookmark in {books} would go to {server}.", books=of, server=server,
            )  # fmt: skip
        case Topic.SHELF:
            return counted(
                "Those of your %Ln books that are on {server} go onto a shelf of your own there.",
                "", n,
                one="Your book goes onto a shelf of your own on {server}, if it is there.",
                server=server,
            )  # fmt: skip


def fetch_text(counts: FetchCounts, server: str) -> str:
    """What would come."""
    if not counts.total:
        return tr(
            "{server} has nothing that is not here. What you make there from now on comes here.",
            server=server,
        )
    parts = [
        counted("%Ln highlights", "", counts.highlights, one="%Ln highlight"),
        counted("%Ln notes", "", counts.notes, one="%Ln note"),
        counted("%Ln bookmarks", "", counts.bookmarks, one="%Ln bookmark"),
        counted("%Ln ratings", "", counts.ratings, one="%Ln rating"),
    ]
    amounts = (counts.highlights, counts.notes, counts.bookmarks, counts.ratings)
    listed = ", ".join(part for part, n in zip(parts, amounts, strict=True) if n)
    return tr(
        "{server} has what is not here: {listed}, in {books}. They come here, and what you make "
        "there later comes too.",
        server=server,
        listed=listed,
        books=books(counts.books),
    )


def removal_text(line: AccountLine) -> str:
    """What stays where."""
    return tr(
        "Kios forgets the address and the password. Everything that was sent stays on {server}, "
        "and everything here stays here. What waits is not sent.",
        server=isolated(line.source.name),
    )


# -- what waits


def record_title(record: WaitingRecord) -> str:
    """“Highlight: Moby-Dick”."""
    kind, title = tr(_KINDS[record.item.kind]), isolated(record.title)
    return tr("{kind}: {title}", kind=kind, title=title) if title else kind


def record_reason(record: WaitingRecord, server: str) -> str:
    """Why it waits, and what is known of both sides."""
    item = record.item
    match item.state:
        case ItemState.DIFFERS if item.is_gone:
            return tr(
                "You deleted it here. On {server} it says now: “{theirs}”",
                server=server,
                theirs=isolated(record.theirs),
            )
        case ItemState.DIFFERS if record.is_rating:
            return tr(
                "Here: {mine}. On {server}: {theirs}.",
                mine=_stars(record.mine),
                theirs=_stars(record.theirs),
                server=server,
            )
        case ItemState.DIFFERS:
            return tr(
                "Changed on both sides.\nHere: “{mine}”\nOn {server}: “{theirs}”",
                mine=isolated(record.mine),
                theirs=isolated(record.theirs),
                server=server,
            )
        case ItemState.VANISHED:
            return tr("It was deleted on {server}. Here it is still.", server=server)
        case ItemState.DOUBTFUL | ItemState.SENDING:
            return tr(
                "It may be there already. Kios looks before it sends it again, so that it is not "
                "there twice."
            )
    words = tr(_FAULTS[item.fault]) if item.fault is not None else tr("It is sent at the next try.")
    return f"{words} {says(item.said)}".rstrip()


def _stars(half_stars: str) -> str:
    if not half_stars:
        return tr("no rating")
    return tr("{n} of 5 stars", n=decimal(int(half_stars) / 2))
