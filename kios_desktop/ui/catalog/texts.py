"""What an entry can do, and how many there are, in words (design.md 6.4)."""

from dataclasses import dataclass
from enum import Enum

from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Entry,
    Feed,
    Format,
    Navigation,
    NavigationKind,
)
from kios_desktop.domain.download import (
    Availability,
    Download,
    DownloadFault,
    DownloadState,
    EntryState,
)
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.downloads.texts import fault_words
from kios_desktop.ui.kit.formats import file_size, isolated, number, percent
from kios_desktop.ui.kit.translation import counted, tr


class EntryAction(Enum):
    """What happens when a part of an action row is chosen."""

    NONE = "none"
    DOWNLOAD = "download"
    CHOOSE = "choose"  # a format first
    OPEN = "open"
    RETRY = "retry"
    RESUME = "resume"
    CANCEL = "cancel"
    SIGN_IN = "sign in"
    BROWSE = "browse"  # in the browser
    UPDATE = "update"  # fetch the newer file
    KEEP = "keep"  # a withdrawn book stays in the library
    REMOVE = "remove"  # a withdrawn book leaves it


class ActionStyle(Enum):
    """How the first part of an action row is painted."""

    BUTTON = "button"
    LINK = "link"
    PLAIN = "plain"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """The row under an entry. `fraction` None in a BAR: the length is unknown.

    `accessible_state` is the state for a screen reader, `tip` the tooltip.
    """

    style: ActionStyle
    action: EntryAction
    text: str
    icon: str = ""
    tone: str = "text"
    second_action: EntryAction = EntryAction.NONE
    second_text: str = ""
    fraction: float | None = None
    accessible_state: str = ""
    tip: str = ""


def action_row(entry: Entry, state: EntryState, offline: bool) -> ActionRow:
    """The one row to show. `offline`: the list is the copy on this computer."""
    availability = state.availability
    if availability is Availability.NOT_READABLE and entry.partial:
        availability = Availability.NOT_HERE  # its own document may offer more
    if entry.withdrawn:
        return _withdrawn_row(availability)
    match availability:
        case Availability.UNDER_WAY | Availability.FAILED if state.download is not None:
            return _download_row(state.download)
        case Availability.HERE:
            return ActionRow(
                ActionStyle.LINK,
                EntryAction.OPEN,
                tr("Open"),
                "check",
                "accent",
                accessible_state=tr("here"),
            )
        case Availability.NEWER:
            return ActionRow(
                ActionStyle.LINK,
                EntryAction.OPEN,
                tr("Open"),
                "check",
                "accent",
                EntryAction.UPDATE,
                tr("Update"),
                accessible_state=tr("here, the server has a newer file"),
                tip=tr("The server has a newer file"),
            )
        case Availability.NOT_READABLE:
            return ActionRow(
                ActionStyle.PLAIN,
                EntryAction.NONE,
                tr("No EPUB"),
                tone="textMuted",
                tip=no_epub_text(entry),
            )
        case Availability.BROWSER_ONLY:
            return ActionRow(
                ActionStyle.LINK,
                EntryAction.BROWSE,
                tr("Open in browser"),
                "arrow-square-out",
                "accent",
            )
    if offline:
        text = tr("Needs a connection")
        return ActionRow(ActionStyle.PLAIN, EntryAction.NONE, text, "cloud-slash", "textMuted")
    if availability is Availability.REMOVED:
        return ActionRow(
            ActionStyle.BUTTON,
            EntryAction.DOWNLOAD,
            tr("Download again"),
            "download-simple",
            accessible_state=tr("removed from this computer"),
        )
    action = EntryAction.CHOOSE if len(entry.downloads) > 1 else EntryAction.DOWNLOAD
    return ActionRow(
        ActionStyle.BUTTON,
        action,
        tr("Download"),
        "download-simple",
        accessible_state=tr("not downloaded"),
    )


def _withdrawn_row(availability: Availability) -> ActionRow:
    """A book the server no longer offers: all there is to say is what becomes of it here."""
    if availability not in {Availability.HERE, Availability.NEWER}:
        gone = tr("Not on this computer")
        return ActionRow(ActionStyle.PLAIN, EntryAction.NONE, gone, "info", "textMuted")
    return ActionRow(
        ActionStyle.LINK,
        EntryAction.KEEP,
        tr("Keep"),
        "check",
        "accent",
        EntryAction.REMOVE,
        tr("Remove"),
        accessible_state=tr("no longer on the shelf, still here"),
        tip=tr("The server no longer offers this book. It is still on this computer."),
    )


def _download_row(download: Download) -> ActionRow:
    fault = download.fault
    if fault is DownloadFault.SIGN_IN:
        return ActionRow(
            ActionStyle.LINK,
            EntryAction.SIGN_IN,
            tr("Sign in"),
            "key",
            "accent",
            accessible_state=tr("needs sign-in"),
            tip=fault_words(download),
        )
    match download.state:
        case DownloadState.CONNECTING | DownloadState.TRANSFERRING:
            return _bar(download)
        case DownloadState.VERIFYING:
            return ActionRow(
                ActionStyle.PLAIN,
                EntryAction.NONE,
                tr("Checking…"),
                "hourglass-simple",
                "textMuted",
            )
        case DownloadState.PAUSED:
            mark = "cloud-slash" if fault is DownloadFault.UNREACHABLE else "pause"
            return ActionRow(
                ActionStyle.PLAIN,
                EntryAction.NONE,
                tr("Paused"),
                mark,
                "textMuted",
                EntryAction.RESUME,
                tr("Resume"),
                tip=fault_words(download) if fault is not None else "",
            )
        case DownloadState.FAILED:
            return ActionRow(
                ActionStyle.PLAIN,
                EntryAction.NONE,
                tr("Failed"),
                "warning-circle",
                "danger",
                EntryAction.RETRY,
                tr("Retry"),
                tip=fault_words(download),
            )
    return ActionRow(
        ActionStyle.PLAIN, EntryAction.NONE, tr("Waiting"), "hourglass-simple", "textMuted"
    )


def _bar(download: Download) -> ActionRow:
    fraction = download.fraction
    if fraction is None:
        text = file_size(download.got_bytes)
        accessible_text = tr("downloading, {size} so far", size=text)
    else:
        text = percent(fraction)
        accessible_text = tr("downloading, {n} percent", n=text[:-1])
    return ActionRow(
        ActionStyle.BAR,
        EntryAction.NONE,
        text,
        tone="textMuted",
        second_action=EntryAction.CANCEL,
        fraction=fraction,
        accessible_state=accessible_text,
    )


def title_of(entry: Entry) -> str:
    """Some catalogs have entries without a title, and of those some have a file without a name."""
    return entry.title or tr("Untitled")


def no_epub_text(entry: Entry) -> str:
    """Why there is nothing to download."""
    names = dict.fromkeys(
        acquisition.title or acquisition.media_type
        for acquisition in entry.acquisitions
        if acquisition.kind is not AcquisitionKind.SAMPLE
    )
    offered = ", ".join(name for name in names if name)
    if not offered:
        return tr("This entry offers no file. Kios reads EPUB.")
    return tr("This entry offers {formats}. Kios reads EPUB.", formats=offered)


def format_text(acquisition: Acquisition) -> str:
    """“EPUB (2.1 MB)” or “KEPUB”."""
    unknown = acquisition.format is Format.UNKNOWN
    name = acquisition.title or (tr("File") if unknown else str(acquisition.format))
    if acquisition.length_bytes:
        return f"{name} ({file_size(acquisition.length_bytes)})"
    return name


def accessible_text(entry: Entry, row: ActionRow) -> str:
    """“{title}, {author}, {note}, {action state}”."""
    state = row.accessible_state or row.text
    words = [title_of(entry), ", ".join(entry.authors), entry.note, state[:1].lower() + state[1:]]
    return ", ".join(word for word in words if word)


def paging_text(feed: Feed, page: int, first: int | None, pages: Pages) -> str:
    """“Books 1–50 of 312”, or “Page 2” where the server says no totals. Of links: “Entries …”."""
    listed = pages.rows or pages.listed
    alone = page == 1 and feed.next is None
    if not listed or (alone and feed.total in {None, listed}):
        return ""
    if feed.total is None or first is None:
        return tr("Page {n}", n=page)
    last = min(first + listed - 1, feed.total) if feed.total >= first else first + listed - 1
    if pages.rows:
        return tr("Books {first}–{last} of {total}", first=first, last=last, total=feed.total)
    return tr("Entries {first}–{last} of {total}", first=first, last=last, total=feed.total)


def nothing_found_text(words: str, source: str) -> str:
    return tr("Nothing found for ‘{q}’ in {source}", q=isolated(words), source=isolated(source))


def unread_text(feed: Feed) -> str:
    """What could not be read of a feed; "" when all was."""
    if feed.unread:
        return counted(
            "%Ln entries could not be read.", "", feed.unread, one="%Ln entry could not be read."
        )
    if feed.damaged:
        return tr("The list was cut off or damaged. You see the part that arrived.")
    return ""


def missing_text(missing: int, listed: int, repeated: int) -> str:
    """What the server counts and never lists; BookLore's pages overlap, others end too early."""
    words = tr(
        "The server left out {n} of the {total} entries that it counts.",
        n=number(missing),
        total=number(listed + missing),
    )
    return words + " " + tr("It listed others twice.") if repeated else words


def looped_text(rows: int) -> str:
    return tr(
        "The list is too long or points back to itself. Showing the first {n}.", n=f"{rows:n}"
    )


def related_text(related: Navigation) -> str:
    """“More from Jane Austen”, “Series: Barsetshire”."""
    if related.kind is NavigationKind.AUTHORS:
        return tr("More from {author}", author=isolated(related.title))
    if related.kind is NavigationKind.SERIES:
        return tr("Series: {series}", series=isolated(related.title))
    return related.title


NAVIGATION_ICONS = {
    NavigationKind.NEW: "clock",
    NavigationKind.POPULAR: "flame",
    NavigationKind.AUTHORS: "users",
    NavigationKind.SERIES: "stack",
    NavigationKind.FOLDER: "folder",
}


def navigation_summary(navigation: Navigation) -> str:
    """The second line of a card: the server's words, else how many it says are in there."""
    summary = " ".join(navigation.summary.split())
    if summary or navigation.count is None:
        return summary
    return counted("%Ln entries", "", navigation.count, one="%Ln entry")
