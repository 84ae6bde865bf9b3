"""Reads a web page that was sent instead of a catalog: its title, login form and catalog links."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.opds.links import Links

_READ: Final = 256 * 1024  # the head, and a login form, are near the beginning
_TITLE_LENGTH: Final = 120
_CATALOG_TYPES: Final = ("application/opds+json", "application/atom+xml")
_LOGIN = re.compile(r"(?:^|[/._\-])(?:log-?in|sign-?in|sso|auth|cdn-cgi/access)(?:$|[/._\-])")


@dataclass(slots=True)
class HtmlPage:
    """`catalogs` are the alternate links to catalogs, OPDS 2.0 first."""

    title: str = ""
    login: bool = False
    catalogs: list[ServerUrl] = field(default_factory=list)


def read_page(body: bytes, links: Links) -> HtmlPage:
    """Reads the head and the beginning of a page."""
    reader = _HtmlReader()
    reader.feed(body[:_READ].decode("utf-8", "replace"))
    found = sorted(reader.alternates, key=lambda alternate: alternate[0] != _CATALOG_TYPES[0])
    resolved = (links.resolve(href) for _, href in found)
    return HtmlPage(
        title=clean_line("".join(reader.title), _TITLE_LENGTH),
        login=reader.password or is_login(links.url),
        catalogs=[url for url in resolved if url is not None],
    )


def is_login(url: ServerUrl) -> bool:
    """Whether an address is a login page, as of reverse proxies."""
    parts = urlsplit(url.reveal())
    return _LOGIN.search(f"{parts.hostname or ''}{parts.path}".lower()) is not None


class _HtmlReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title: list[str] = []
        self.alternates: list[tuple[str, str]] = []
        self.password = False
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = not self.title
        elif tag == "input" and given.get("type", "").lower() == "password":
            self.password = True
        elif tag == "link" and "alternate" in given.get("rel", "").lower().split():
            media_type = given.get("type", "").lower().replace(" ", "")
            bare = media_type.partition(";")[0]
            if bare == _CATALOG_TYPES[0] or "profile=opds-catalog" in media_type:
                self.alternates.append((bare, given.get("href", "")))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Treats `<![…` as a comment, as browsers do; the standard library raises an error."""
        return self.parse_bogus_comment(i, report)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
