"""How two servers divide their lists into pages, where it is not what one would think.

Both are known by their addresses and keys; what is done about it only reads.
"""

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
    """The first page of a list of Grimmory or BookLore, as large as it gets; others as they are.

    Its pages overlap where books were added in the same second, and what falls between them is
    never listed: the fewer pages, the fewer books are lost. The pages after it keep that size.
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


def untold_next(url: ServerUrl, entries: Sequence[Entry]) -> ServerUrl | None:
    """Where a list of Storyteller goes on if it has more: in series it never says so.

    A page behind the end has no entries.
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
