"""The texts of feeds and entries."""

from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Entry,
    Feed,
    Format,
    Navigation,
    NavigationKind,
)
from kios_desktop.ui.catalog.pages import Pages
from kios_desktop.ui.kit.formats import file_size, isolated, number
from kios_desktop.ui.kit.translation import counted, tr


def title_of(entry: Entry) -> str:
    """The title of an entry, “Untitled” for none."""
    return entry.title or tr("Untitled")


def no_epub_text(entry: Entry) -> str:
    """Why an entry has nothing that Kios can download."""
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
    """The name and size of a file: “EPUB (2.1 MB)” or “KEPUB”."""
    unknown = acquisition.format is Format.UNKNOWN
    name = acquisition.title or (tr("File") if unknown else str(acquisition.format))
    if acquisition.length_bytes:
        size = file_size(acquisition.length_bytes)
        return tr("{format} ({size})", format=name, size=size)
    return name


def paging_text(feed: Feed, page: int, first: int | None, pages: Pages) -> str:
    """“Books 1–50 of 312” (“Entries …” for links); “Page 2” without a total; "" for one page."""
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
    """What could not be read of a feed; "" when all could."""
    if feed.unread:
        return counted(
            "%Ln entries could not be read.", "", feed.unread, one="%Ln entry could not be read."
        )
    if feed.damaged:
        return tr("The list was cut off or damaged. You see the part that arrived.")
    return ""


def missing_text(missing: int, listed: int, repeated: int) -> str:
    """How many entries the server counts but does not list; `repeated`: it listed others twice."""
    text = tr(
        "The server left out {n} of the {total} entries that it counts.",
        n=number(missing),
        total=number(listed + missing),
    )
    return text + " " + tr("It listed others twice.") if repeated else text


def looped_text(rows: int) -> str:
    return tr(
        "The list is too long or points back to itself. Showing the first {n}.", n=f"{rows:n}"
    )


def related_text(related: Navigation) -> str:
    """The button to a related feed: “More from Jane Austen”, “Series: Barsetshire”."""
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
    """The second line of a card: the server's summary, else its number of entries."""
    summary = " ".join(navigation.summary.split())
    if summary or navigation.count is None:
        return summary
    return counted("%Ln entries", "", navigation.count, one="%Ln entry")
