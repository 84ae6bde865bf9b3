"""What identifies a book: ISBN, title and authors compared, and ids read from text. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

_URN: Final = re.compile(r"urn:booklore:book:(\d{1,18})", re.IGNORECASE)
_OF_PAGE: Final = re.compile(r"/book/(\d{1,18})/?")
_ID: Final = re.compile(r"\d{1,18}")
_THIRTEEN: Final = re.compile(r"97[89]\d{10}")
_TEN: Final = re.compile(r"\d{9}[\dX]")


def id_of_entry(key: str) -> int | None:
    """The book's id in the id of a catalog's entry, `urn:booklore:book:<id>`."""
    found = _URN.fullmatch(key.strip())
    return int(found[1]) if found is not None else None


def id_of_entitlement(entitlement: str) -> int | None:
    """The book's id in Kobo sync: the entitlement itself."""
    return int(entitlement) if _ID.fullmatch(entitlement) else None


def id_in(text: str) -> int | None:
    """The book's id in what a person pasted: the id, or the address of the book's web page."""
    text = text.strip()
    if _ID.fullmatch(text):
        return int(text)
    try:
        found = _OF_PAGE.search(urlsplit(text).path)
    except ValueError:
        return None
    return int(found[1]) if found is not None else None


def isbn_of(text: str) -> str:
    """An ISBN as the servers compare it: 13 digits, or 9 and a digit or `X`; "" for anything else.

    Nothing else may be searched for: without digits every book without an ISBN would be found.
    """
    bare = re.sub(r"[\s\-\u2010-\u2015]", "", text.strip())
    bare = re.sub(r"^(urn:)?isbn:?", "", bare, flags=re.IGNORECASE).upper()
    if not (_THIRTEEN.fullmatch(bare) or _TEN.fullmatch(bare)):
        return ""
    return bare if len(set(bare)) > 1 else ""  # a placeholder, such as 0000000000


def in_search_order(texts: Iterable[str]) -> tuple[str, ...]:
    """The ISBNs among the texts, those of 13 digits first."""
    found = dict.fromkeys(filter(None, map(isbn_of, texts)))
    return tuple(sorted(found, key=len, reverse=True))


def same_isbn(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether they have one in common, in either of its lengths."""
    return bool(_thirteens(ours) & _thirteens(theirs))


def same_title(ours: str, theirs: str) -> bool:
    """Apart from letter case, accents, punctuation and the form of quotation marks."""
    return bool(_words(ours)) and _words(ours) == _words(theirs)


def share_author(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether one name is in both, whatever the order of its parts."""
    first, second = ({frozenset(_words(name)) for name in names} for names in (ours, theirs))
    return bool((first & second) - {frozenset()})


def _thirteens(texts: Iterable[str]) -> set[str]:
    return {_thirteen(one) for one in map(isbn_of, texts) if one}


def _thirteen(isbn: str) -> str:
    """One of ten in its long form: 978 before it, and another check digit."""
    if len(isbn) == 13:
        return isbn
    digits = f"978{isbn[:9]}"
    total = sum(int(digit) * (1, 3)[at % 2] for at, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.findall(r"\w+", re.sub(r"['’ʼ‘`]", "", plain))
