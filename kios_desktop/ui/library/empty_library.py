"""The page shown instead of the grid when the library, a shelf or a search is empty."""

from collections.abc import Callable

from kios_desktop.domain.library import Query, Shelf, ShelfCounts
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.empty_state import EmptyState


def empty_state(
    query: Query,
    counts: ShelfCounts,
    *,
    add_files: Callable[[], None],
    add_source: Callable[[], None],
    source: str,
    browse: Callable[[], None],
    go_to_all: Callable[[], None],
    clear_search: Callable[[], None],
    looked_inside: bool = False,
) -> EmptyState:
    """Why there are no books, and the action that helps.

    `source` is the name of a server to browse, "" when none is set up. `looked_inside`: the text of
    all books was searched, too.
    """
    if query.words:
        title = tr("No book matches ‘{query}’", query=isolated(query.words))
        clear = (tr("Clear search"), clear_search)
        words = tr("Title, author and series of all your books were looked at.")
        if looked_inside:
            words = tr("Title, author, series and text of all your books were looked at.")
        return EmptyState(title, words, "magnifying-glass", primary=clear)
    if not counts.all and source:
        return EmptyState(
            tr("No books yet"),
            tr("Download books from “{name}”, or add EPUB files.", name=isolated(source)),
            primary=(tr("Browse “{name}”", name=isolated(source)), browse),
            secondary=(tr("Add files…"), add_files),
        )
    if not counts.all:
        return EmptyState(
            tr("No books yet"),
            tr("Add EPUB files, or browse a server and download from it."),
            primary=(tr("Add files…"), add_files),
            secondary=(tr("Add source…"), add_source),
        )
    to_all = (tr("Go to All books"), go_to_all)
    if query.shelf is Shelf.READING:
        text = tr("Books you open appear here.")
        return EmptyState(tr("Nothing on the go"), text, "book-open", primary=to_all)
    if query.shelf is Shelf.UNREAD:
        text = tr("Everything here has been opened.")
        return EmptyState(tr("No unread books"), text, "circle-dashed", primary=to_all)
    text = tr("Books you finish appear here.")
    return EmptyState(tr("No finished books yet"), text, "check-circle", primary=to_all)
