"""Values that must never be printed."""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import SplitResult, urlsplit, urlunsplit


class Secret:
    """A password, token or key. Hidden in `repr` and `str`; `reveal` only at the point of use."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


UNREADABLE = "••••"  # shown in place of an address that can't be parsed

_LEAST_KEY = 8  # a shorter query value is a page number or a switch
_KOBO, _LEAST_TOKEN = "kobo", 4
_KOREADER = "koreader"
KOREADER_ROUTES = frozenset({"users", "syncs", "books", "healthcheck"})  # where there is no key
_STUMP = "stump_"  # how every key of Stump begins
_LONG = re.compile(r"^(?=[^/]*[0-9])[A-Za-z0-9_\-.~]{16,}$")


def address_parts(text: str) -> SplitResult | None:
    """The parts of an address; None for an invalid one: a broken [host], a port out of range."""
    try:
        parts = urlsplit(text)
        _port = parts.port
    except ValueError:
        return None
    return parts


class ServerUrl(Secret):
    """A server address that may carry a key in its path, as Kavita's, Stump's and Kobo sync's do.

    `shown` is what people and logs may see: no user info, no query, and path segments that look
    like keys replaced by dots.
    """

    __slots__ = ()

    @property
    def shown(self) -> str:
        parts = address_parts(self._value)
        if parts is None:
            return UNREADABLE
        host = parts.netloc.rpartition("@")[2]
        keys = set(_keys_in(parts.path))
        path = "/".join("••••" if s in keys else s for s in parts.path.split("/"))
        return urlunsplit((parts.scheme, host, path, "", ""))

    @property
    def host(self) -> str:
        parts = address_parts(self._value)
        return (parts.hostname if parts is not None else None) or ""

    def __repr__(self) -> str:
        return f"ServerUrl({self.shown})"

    __str__ = __repr__


def _keys_in(path: str) -> Iterator[str]:
    """Path segments that look like keys, and those that are keys by their position."""
    for before, segment in pairwise(["", *path.split("/")]):
        if segment and (_LONG.match(segment) or _is_key(before.lower(), segment)):
            yield segment


def _is_key(before: str, segment: str) -> bool:
    """The segment after `kobo` or, in addresses of Kavita and Stump, after `koreader`."""
    if before == _KOBO:
        return len(segment) >= _LEAST_TOKEN
    if before == _KOREADER:
        return segment.lower() not in KOREADER_ROUTES
    return segment.startswith(_STUMP)


def keys_of(url: ServerUrl) -> list[str]:
    """Every key in an address, the longest first, for a key may be part of another."""
    parts = address_parts(url.reveal()) or urlsplit("")
    values = (pair.partition("=")[2] for pair in parts.query.split("&"))
    long = {value for value in values if len(value) >= _LEAST_KEY}
    return sorted(long.union(_keys_in(parts.path)), key=len, reverse=True)


class KeyMask:
    """Masks the keys of a source's address in text that is written to disk, and restores them.

    Kavita's and Stump's catalogs repeat the key of their own address in every link. `root` is that
    address. Text that was masked with another address stays unusable; it never becomes a wrong one.
    """

    __slots__ = ("_keys",)

    def __init__(self, root: ServerUrl) -> None:
        self._keys = keys_of(root)

    def hide(self, text: str) -> str:
        for number, key in enumerate(self._keys):
            text = text.replace(key, f"{{key{number}}}")
        return text

    def restore(self, text: str) -> str:
        for number, key in enumerate(self._keys):
            text = text.replace(f"{{key{number}}}", key)
        return text
