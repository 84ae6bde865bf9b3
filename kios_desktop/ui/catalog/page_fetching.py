"""Fetches the page of a history item, with what else is shown on it."""

from dataclasses import replace
from typing import Final

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Group, Shown
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.ui.catalog.history import FeedTarget, HistoryItem, SearchTarget
from kios_desktop.ui.catalog.shelf_titles import with_titles

# a search result with so few links and no entries is shown with the first link's entries
_SECTIONS: Final = 8


async def fetch(catalog: Catalog, item: HistoryItem, fresh: bool = False) -> Shown | None:
    """The page of a history item; None if it is the next page of a list that has none.

    Raises what `Catalog.feed` and `Catalog.search` raise.
    """
    if item.walk is not None and item.walk.next is not None:
        return await next_page(catalog, item.walk, fresh)
    match item.target:
        case SearchTarget(search, query):
            found = with_titles(await catalog.search(search, query))
            return await _with_first_section(catalog, found)
        case FeedTarget(url):
            return with_titles(await catalog.feed(url, fresh))
    raise TypeError("an entry is not fetched as a feed")


async def next_page(catalog: Catalog, walk: ListWalk, fresh: bool = False) -> Shown | None:
    """The next page with something new on it; None when there is none, whatever the server links
    to.

    Raises what `Catalog.feed` raises; when fetching a guessed address fails, the list ends.
    """
    while (url := walk.next) is not None:
        try:
            shown = with_titles(await catalog.feed(url, fresh))
        except RemoteError:
            if not walk.guessed:
                raise
            walk.end()
            return None
        if walk.brings(shown.feed):
            walk.guessed = False  # the guessed address exists
            return shown
        walk.add(shown.feed)
    return None


async def _with_first_section(catalog: Catalog, shown: Shown) -> Shown:
    """COPS answers a search with one link per kind of result: add the first one's entries as a
    group."""
    feed = shown.feed
    if feed.entries or feed.groups or not 0 < len(feed.navigation) <= _SECTIONS:
        return shown
    first = feed.navigation[0]
    section = (await catalog.feed(first.href)).feed
    if not section.entries:
        return shown
    group = Group(first.title, first.href, entries=section.entries)
    return replace(shown, feed=replace(feed, groups=(group,)))
