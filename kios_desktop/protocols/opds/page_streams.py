"""Recognises addresses of single pages (OPDS-PSE), which must not be fetched.

Stump, Komga and Kavita stream books page by page and store the requested page as the reading
position. Stump 1.2 offers page 1 as the large cover: fetching it marks an unread book as begun and
overwrites the place of another device.
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
    """Whether this is the address of one page (`…/pages/1`)."""
    return _PAGE.search(urlsplit(url.reveal()).path) is not None


def is_page_picture(url: ServerUrl, streams: Iterable[str] = ()) -> bool:
    """Whether a picture is a page of the book.

    By its address (`…/pages/1`, `…?pageNumber=0`), or because it matches one of `streams`, the
    templates of the entry's page streams, such as `/books/7/{pageNumber}`.
    """
    if is_page(url):
        return True
    address = url.reveal()
    query = parse_qsl(urlsplit(address).query, max_num_fields=100)
    if any(name.lower() in _NUMBERS and _VALUE.fullmatch(value) for name, value in query):
        return True
    return any(_is_of(template, address) for template in streams)


def _is_of(template: str, address: str) -> bool:
    """Whether the path of an address matches a template."""
    path = template.partition("?")[0]
    if not _EXPRESSION.search(path):
        return False
    fixed = [re.escape(part) for part in _EXPRESSION.split(path)]
    return re.fullmatch(r"\d+".join(fixed), address.partition("?")[0]) is not None
