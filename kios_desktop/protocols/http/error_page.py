"""Web pages and JSON errors sent instead of a file, recognised by their first bytes."""

import html
import re
from collections.abc import Mapping

from kios_desktop.domain.errors import Malformed, WebPage
from kios_desktop.domain.loose import said_of
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.http import loose_json

_ENOUGH_BYTES = 1024  # to tell a page from a file
_HEAD_BYTES = 64 * 1024  # to find out what the page is called
_TITLE = re.compile(rb"(?is)<title[^>]{0,200}>([^<]{0,500})")
_JSON = re.compile(rb'\{\s*["}]')
_TITLE_LENGTH = 120


class FirstBytes:
    """Collects the beginning of a body, and decides whether it is a page."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._page: bool | None = None

    def add(self, part: bytes) -> None:
        """Raises `WebPage` for a page, once its title must have arrived."""
        if self._page is False:
            return
        self._head += part[: _HEAD_BYTES - len(self._head)]
        if self._page is None and len(self._head) >= _ENOUGH_BYTES:
            self._page = _is_page(self._head)
        if self._page and len(self._head) >= _HEAD_BYTES:
            raise _page(bytes(self._head))

    def end(self) -> None:
        """The body is over. Raises `WebPage`."""
        if self._page or (self._page is None and _is_page(self._head)):
            raise _page(bytes(self._head))


def _is_page(head: bytearray) -> bool:
    text = bytes(head[:_ENOUGH_BYTES]).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<"):
        return b"<html" in text or text.startswith(b"<!doctype html")
    return _JSON.match(text) is not None


def _page(head: bytes) -> WebPage:
    found = _TITLE.search(head)
    title = found[1].decode("utf-8", "replace") if found is not None else _message(head)
    words = clean_line(html.unescape(title), _TITLE_LENGTH)
    return WebPage(words, login=b'type="password"' in head.lower())


def _message(head: bytes) -> str:
    """The message of a JSON error."""
    try:
        said, _ = loose_json.decode(head)
    except Malformed:
        return ""
    given = said if isinstance(said, Mapping) else {}
    texts = (said_of(given.get(name)) for name in ("message", "detail", "error", "title"))
    return next(filter(None, texts), "")
