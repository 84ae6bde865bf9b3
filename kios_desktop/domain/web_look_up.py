"""Addresses at which words are looked up: {word} and {language} stand for what is sent."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

WORD: Final = "{word}"
LANGUAGE: Final = "{language}"
_LONGEST: Final = 500  # characters that are sent
_USUAL_LANGUAGE: Final = "en"


def is_usable(address: str) -> bool:
    """Whether words can be sent there: a web address that has a place for them."""
    host = address_host(address)
    return (
        bool(host) and WORD not in host and WORD in _with_language(address, "").partition(host)[2]
    )


def address_host(address: str, language: str = "") -> str:
    """Who gets what is sent, as `host` or `host:port`; "" for what is no web address."""
    try:
        parts = urlsplit(_with_language(address, language).strip())
        _port = parts.port
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    return parts.netloc.rpartition("@")[2] if is_web else ""


def filled(address: str, word: str, language: str) -> str:
    """The address for a word in a language (BCP 47, "" if it is not known)."""
    word = quote(word[:_LONGEST], safe="")
    return _with_language(address, language).strip().replace(WORD, word)


def _with_language(address: str, language: str) -> str:
    """Only letters of the language go into the address, whatever a book says it is in."""
    first = language.replace("_", "-").partition("-")[0].lower()
    is_code = first.isascii() and first.isalpha() and 2 <= len(first) <= 3
    return address.replace(LANGUAGE, first if is_code else _USUAL_LANGUAGE)


@dataclass(frozen=True, slots=True)
class PageSummary:
    """What an encyclopedia says in short. `about` is a line below the title, "" without one."""

    title: str
    about: str
    text: str
