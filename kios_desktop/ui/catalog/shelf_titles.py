"""Titles and notes for the lists of a Kobo shelf, whose feeds have codes instead of texts."""

from dataclasses import replace

from kios_desktop.domain.catalog import Entry, Feed, Shown
from kios_desktop.domain.shelf import ShelfNote, ShelfNoteKind, ShelfView
from kios_desktop.ui.kit.translation import tr


def with_titles(shown: Shown) -> Shown:
    """The page with its texts; another catalog's page unchanged."""
    return shown if shown.feed.view is None else replace(shown, feed=_titled(shown.feed))


def with_note(entry: Entry) -> Entry:
    """The entry with its note in words; one without a note unchanged."""
    if entry.shelf_note is None:
        return entry
    return replace(entry, note=_note(entry.shelf_note))


def _titled(feed: Feed) -> Feed:
    return replace(
        feed,
        title=_view(feed.view) if feed.view is ShelfView.LEFT_BEHIND else feed.title,
        navigation=tuple(
            replace(link, title=_view(link.view)) if link.view is not None else link
            for link in feed.navigation
        ),
        facets=tuple(
            replace(facet, group=tr("Show"), title=_view(facet.view))
            if facet.view is not None
            else facet
            for facet in feed.facets
        ),
        entries=tuple(map(with_note, feed.entries)),
    )


def _view(view: ShelfView | None) -> str:
    match view:
        case ShelfView.ALL:
            return tr("All")
        case ShelfView.READING:
            return tr("Reading")
        case ShelfView.FINISHED:
            return tr("Finished")
        case ShelfView.NOT_HERE:
            return tr("Not downloaded")
        case ShelfView.LEFT_BEHIND:
            return tr("No longer on the shelf")
    return ""


def _note(note: ShelfNote) -> str:
    match note.kind:
        case ShelfNoteKind.REMOVED:
            return tr("No longer on the shelf")
        case ShelfNoteKind.FINISHED:
            return tr("Finished on Kobo")
        case ShelfNoteKind.READING:
            return tr("{percent}% on Kobo", percent=note.percent)
