"""Addresses that may be asked for only to show something: some servers take a look for reading.

Stump, Komga and Kavita stream books page by page (OPDS-PSE) and write down which page was asked
for; Stump 1.2 gives page 1 as the large cover. Asking for it marked an unread book as begun, and
took the place from another. Pages are never fetched here, whatever they are called a picture of.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from kios_desktop.domain.secret import ServerUrl

_NUMBER: Final = r"(?:\d+|\{[^{}/]*\}|%7B[^/]*?%7D)"
_PAGE = re.compile(rf"/pages?/{_NUMBER}(?:[/.]|$)", re.IGNORECASE)
_NUMBERS: Final = frozenset({"page", "pagenumber", "pageindex", "saveprogress"})
_VALUE = re.compile(rf"{_NUMBER}|true", re.IGNORECASE)
_EXPRESSION = re.compile(r"\{[^{}]*\}")


def is_page(url: ServerUrl) -> bool:
    """Whether this is one page of a book (`…/pages/1`): asking for it is reading."""
    return _PAGE.search(urlsplit(url.reveal()).path) is not None


def is_page_picture(url: ServerUrl, streams: Iterable[str] = ()) -> bool:
    """Whether a picture is a page of the book.

    By its address (`…/pages/1`, `…?pageNumber=0`), or because it is one of those that the entry
    streams: `streams` are the templates of that, such as `/books/7/{pageNumber}`.
    """
    if is_page(url):
        return True
    address = url.reveal()
    query = parse_qsl(urlsplit(address).query, max_num_fields=100)
    if any(name.lower() in _NUMBERS and _VALUE.fullmatch(value) for name, value in query):
        return True
    return any(_is_of(template, address) for template in streams)


def _is_of(template: str, address: str) -> bool:
    """Whether an address can have been made of a template. Only paths are compared."""
    path = template.partition("?")[0]
    if not _EXPRESSION.search(path):
        return False
    fixed = [re.escape(part) for part in _EXPRESSION.split(path)]
    return re.fullmatch(r"\d+".join(fixed), address.partition("?")[0]) is not None
