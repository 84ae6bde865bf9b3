"""A footnote, and a link that may lead to one. No chapter is read here."""

import re
from html import escape, unescape
from typing import Final

from msgspec import Struct

SHORT_LINK: Final = 24  # characters of a link to a typed note

_REFERENCES: Final = frozenset({"noteref", "doc-noteref", "annoref"})
_LINK = re.compile(r'<a href="([^"]*)"')
_PICTURE = re.compile(r'<img src="([^"]*)"')


class NoteLink(Struct, frozen=True):
    """What the page knows of a link that was followed.

    `kinds` are its epub:type and role; `ids` are its own, and those around and inside it. `raised`:
    it stands above its line.
    """

    href: str
    text: str
    kinds: frozenset[str]
    ids: frozenset[str]
    raised: bool

    @property
    def may_lead_to_a_note(self) -> bool:
        """Whether the chapter that it leads to is worth a look."""
        return self.is_reference or 0 < len(self.text) <= SHORT_LINK

    @property
    def is_reference(self) -> bool:
        """Whether it says so itself."""
        return bool(self.kinds & _REFERENCES)


class Note(Struct, frozen=True):
    """`mark` is what its references show, "" if that is no mark. `markup` is HTML of few elements.

    Links in it are as written, relative to the chapter `spine_index`; so are pictures.
    """

    mark: str
    markup: str
    spine_index: int
    fragment: str

    def text_of_link(self, href: str) -> str:
        """What a link in it shows."""
        found = re.search(f'<a href="{re.escape(escape(href))}">(.*?)</a>', self.markup)
        return unescape(re.sub(r"<[^>]*>", "", found[1])).strip() if found is not None else ""

    @property
    def links(self) -> list[str]:
        """The `href` of its links."""
        return [unescape(one) for one in _LINK.findall(self.markup)]

    @property
    def pictures(self) -> list[str]:
        """The `src` of its pictures."""
        return [unescape(one) for one in _PICTURE.findall(self.markup)]
