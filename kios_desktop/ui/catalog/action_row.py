"""The action row under an entry: what it says and which actions it offers, by the entry's state."""

from dataclasses import dataclass
from enum import Enum

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.download import (
    Availability,
    Download,
    DownloadFault,
    DownloadState,
    EntryState,
)
from kios_desktop.ui.catalog.texts import no_epub_text, title_of
from kios_desktop.ui.downloads.texts import fault_text
from kios_desktop.ui.kit.formats import file_size, percent, percent_number
from kios_desktop.ui.kit.translation import tr


class EntryAction(Enum):
    """What can be done with an entry from its action row."""

    NONE = "none"
    DOWNLOAD = "download"
    CHOOSE = "choose"  # download, after choosing a format from a menu
    OPEN = "open"
    RETRY = "retry"
    RESUME = "resume"
    CANCEL = "cancel"
    SIGN_IN = "sign in"
    BROWSE = "browse"  # open in the web browser
    UPDATE = "update"  # download the newer file
    KEEP = "keep"  # keep a withdrawn book in the library
    REMOVE = "remove"  # remove a withdrawn book from the library


class ActionStyle(Enum):
    """How the first part of an action row is painted."""

    BUTTON = "button"
    LINK = "link"
    PLAIN = "plain"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """What the action row of an entry shows and offers. `icon` and `tone` are names of the theme.

    `fraction` is the progress of a BAR, None while the length is unknown; `accessible_state` is the
    state in the words of a screen reader, `tip` the tool tip.
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
    """The action row of an entry. `offline`: the list is a cached copy."""
    availability = state.availability
    if availability is Availability.NOT_READABLE and entry.partial:
        availability = Availability.NOT_HERE  # the entry's own document may offer an EPUB
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
                accessible_state=tr("no EPUB"),
                tip=no_epub_text(entry),
            )
        case Availability.BROWSER_ONLY:
            return ActionRow(
                ActionStyle.LINK,
                EntryAction.BROWSE,
                tr("Open in browser"),
                "arrow-square-out",
                "accent",
                accessible_state=tr("open in browser"),
            )
    if offline:
        return ActionRow(
            ActionStyle.PLAIN,
            EntryAction.NONE,
            tr("Needs a connection"),
            "cloud-slash",
            "textMuted",
            accessible_state=tr("needs a connection"),
        )
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
    """The row of a book that the server no longer offers."""
    if availability not in {Availability.HERE, Availability.NEWER}:
        return ActionRow(
            ActionStyle.PLAIN,
            EntryAction.NONE,
            tr("Not on this computer"),
            "info",
            "textMuted",
            accessible_state=tr("not on this computer"),
        )
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
            tip=fault_text(download),
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
                accessible_state=tr("checking…"),
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
                accessible_state=tr("paused"),
                tip=fault_text(download) if fault is not None else "",
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
                accessible_state=tr("failed"),
                tip=fault_text(download),
            )
    return ActionRow(
        ActionStyle.PLAIN,
        EntryAction.NONE,
        tr("Waiting"),
        "hourglass-simple",
        "textMuted",
        accessible_state=tr("waiting"),
    )


def _bar(download: Download) -> ActionRow:
    fraction = download.fraction
    if fraction is None:
        text = file_size(download.got_bytes)
        spoken = tr("downloading, {size} so far", size=text)
    else:
        text = percent(fraction)
        spoken = tr("downloading, {n} percent", n=percent_number(fraction))
    return ActionRow(
        ActionStyle.BAR,
        EntryAction.NONE,
        text,
        tone="textMuted",
        second_action=EntryAction.CANCEL,
        fraction=fraction,
        accessible_state=spoken,
    )


def accessible_text(entry: Entry, row: ActionRow) -> str:
    """What a screen reader says of an entry: title, authors, note and state, as far as known."""
    facts = (title_of(entry), ", ".join(entry.authors), entry.note, row.accessible_state)
    return ", ".join(fact for fact in facts if fact)
