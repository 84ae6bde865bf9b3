"""Corrections for the paging of two servers, which are recognised by their addresses and keys."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from kios_desktop.domain.catalog import Entry
from kios_desktop.domain.secret import ServerUrl

_LARGEST: Final = 100  # of Grimmory and BookLore
_BOOKLORE = re.compile(r"/api/v1/opds/(?:catalog|recent)$")
_STORYTELLER = re.compile(r"/opds/(?:series|tags|collections)/[^/]+/books$")
_PAGE = re.compile(r"(?<![^?&])page=(\d{1,9})(?=&|$)")
_SIZE = re.compile(r"(?<![^?&])size=(\d{1,9})(?=&|$)")


def with_largest_pages(url: ServerUrl) -> ServerUrl:
    """The first page of a list of Grimmory or BookLore with its largest size; others unchanged.

    Books added in the same second may be missing between two of its pages, so fewer pages lose
    fewer books. Links to further pages keep the size.
    """
    parts = urlsplit(url.reveal())
    page = _PAGE.search(parts.query)
    if not _BOOKLORE.search(parts.path) or (page is not None and page[1] != "1"):
        return url
    size = _SIZE.search(parts.query)
    if size is None:
        query = "&".join(one for one in (parts.query, f"size={_LARGEST}") if one)
    elif int(size[1]) < _LARGEST:
        query = _SIZE.sub(f"size={_LARGEST}", parts.query)
    else:
        return url
    return ServerUrl(parts._replace(query=query).geturl())


def unlisted_next(url: ServerUrl, entries: Sequence[Entry]) -> ServerUrl | None:
    """The next page of a list of Storyteller, which sends no link to it in series.

    It may not exist: a page after the end has no entries.
    """
    parts = urlsplit(url.reveal())
    if not entries or not _STORYTELLER.search(parts.path):
        return None
    if not all(entry.key.startswith("book:") for entry in entries):
        return None
    page = _PAGE.search(parts.query)
    if page is not None:
        query = _PAGE.sub(f"page={int(page[1]) + 1}", parts.query)
    else:
        query = "&".join(one for one in (parts.query, "page=2") if one)
    return ServerUrl(parts._replace(query=query).geturl())
