"""The header of a page: its title, breadcrumb, and what its buttons can do."""

from kios_desktop.ui.catalog.history import EntryTarget, History, HistoryItem, SearchTarget
from kios_desktop.ui.catalog.ports import CatalogHeading


def heading_of(
    item: HistoryItem, history: History, source_name: str, searchable: bool
) -> CatalogHeading:
    """`searchable`: the server of the catalog has a search."""
    titles = tuple(crumb.title for crumb in item.trail)
    title = item.title or source_name
    if isinstance(item.target, EntryTarget):
        # the page has its own title; the header shows the list it was opened from
        title, titles, searchable = titles[-1] if titles else source_name, (), False
    query = item.target.query if isinstance(item.target, SearchTarget) else ""
    return CatalogHeading(
        title, titles, history.can_go_back, history.can_go_forward, searchable, query
    )
