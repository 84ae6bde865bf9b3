"""What is shown at a place: asked of the catalog, with what else belongs onto the screen."""

from dataclasses import replace
from typing import Final

from kios_desktop.application.catalog_ports import Catalog
from kios_desktop.domain.catalog import Group, Shown
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.list_walk import ListWalk
from kios_desktop.ui.catalog.history import FeedTarget, HistoryItem, SearchTarget

_SECTIONS: Final = 8  # a search answered with so few links is shown with the first one's entries


async def fetch(catalog: Catalog, item: HistoryItem, fresh: bool = False) -> Shown | None:
    """The page of a stop; None for the page of a list that is over without it.

    Raises what `Catalog.feed` and `Catalog.search` raise.
    """
    if item.walk is not None and item.walk.next is not None:
        return await next_page(catalog, item.walk, fresh)
    match item.target:
        case SearchTarget(search, words):
            return await _with_first_section(catalog, await catalog.search(search, words))
        case FeedTarget(url):
            return await catalog.feed(url, fresh)
    raise TypeError("an entry is not fetched as a feed")


async def next_page(catalog: Catalog, walk: ListWalk, fresh: bool = False) -> Shown | None:
    """The next page that has something new; None when there is none, whatever the server says.

    Raises what `Catalog.feed` raises; a page that was only guessed at is none when it fails.
    """
    while (url := walk.next) is not None:
        try:
            shown = await catalog.feed(url, fresh)
        except RemoteError:
            if not walk.guessed:
                raise
            walk.end()
            return None
        if walk.brings(shown.feed):
            walk.guessed = False  # it is there
            return shown
        walk.add(shown.feed)
    return None


async def _with_first_section(catalog: Catalog, shown: Shown) -> Shown:
    """COPS answers a search with a link per kind: the first one's entries come with it."""
    feed = shown.feed
    if feed.entries or feed.groups or not 0 < len(feed.navigation) <= _SECTIONS:
        return shown
    first = feed.navigation[0]
    section = (await catalog.feed(first.href)).feed
    if not section.entries:
        return shown
    group = Group(first.title, first.href, entries=section.entries)
    return replace(shown, feed=replace(feed, groups=(group,)))
