"""Which redirects are followed, and where to. Pure functions.

Secrets go along only when the target is at the source itself (`Hop.at_source`).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from kios_desktop.domain.errors import BadAddress, Malformed, Redirected
from kios_desktop.domain.secret import ServerUrl, address_parts
from kios_desktop.protocols.http.address import (
    Origin,
    address_of,
    at_origin,
    origin_of,
    without_login,
)

STATUSES: Final = frozenset({301, 302, 303, 307, 308})
MOST_HOPS: Final = 5
_PERMANENT = frozenset({301, 308})
_KEEP_METHOD = frozenset({307, 308})
_SHOP = ".kobo.com"
_LOGIN = re.compile(
    r"(?i)(?<![a-z0-9])(?:log[-_]?in|sign[-_]?in|sso|auth|oauth2?|authelia|authentik"
    r"|cdn-cgi/access|cloudflareaccess)(?![a-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Hop:
    """The next request. `at_source`: it goes to the source itself, so it may carry secrets."""

    url: ServerUrl
    at_source: bool
    permanent: bool


def next_hop(
    method: str,
    asked: ServerUrl,
    status: int,
    location: str,
    root: Origin,
    at_source: bool,
    aliases: Collection[Origin] = (),
) -> Hop:
    """The next request after `asked` was answered with a redirect.

    `at_source`: `asked` was at the source. `root` is the origin of the source, `aliases` are others
    it uses for itself. Raises `Redirected` for a redirect that is not followed (https to http, or a
    PUT to another server), `Malformed` for one to a login page or without an address, and
    `BadAddress` for an address that can't be read.
    """
    target = ServerUrl(without_login(_resolved(asked, location)))
    if origin_of(target) in aliases:
        target = at_origin(target, root)
    before, after = origin_of(asked), origin_of(target)
    if after is None or before is None:
        raise BadAddress(from_server=True)
    if _login_words(target) - _login_words(asked):
        raise Malformed("redirected to a login page", html=True, login=True)
    if before.scheme == "https" and after.scheme == "http":
        raise _not_followed(asked, target, status)
    at_home = at_source and (after == root or after.is_upgrade_of(root))
    if method == "PUT" and not (at_home and status in _KEEP_METHOD):
        raise _not_followed(asked, target, status)
    return Hop(target, at_home, permanent=at_home and status in _PERMANENT)


def leads_to_login(asked: ServerUrl, location: str) -> bool:
    """Whether a redirect leads to a login page."""
    try:
        target = ServerUrl(_resolved(asked, location))
    except Malformed:
        return False
    return bool(_login_words(target) - _login_words(asked))


def leads_to_shop(asked: ServerUrl, location: str) -> bool:
    """Whether a server redirects a request for an unknown book to the Kobo store.

    That is a host of `kobo.com`, or another path with the same last two segments. The login page of
    a network has a path of its own, and a server that has moved keeps the whole path: neither means
    that the book is unknown.
    """
    target = address_parts(location.strip())
    if target is None or not target.netloc:
        return False
    if f".{target.hostname or ''}".endswith(_SHOP):
        return True
    route, path = urlsplit(asked.reveal()).path, target.path
    return path != route and len(_end(path)) > 1 and _end(path) == _end(route)


def left_source(asked: ServerUrl, target: ServerUrl, status: int) -> Malformed | Redirected:
    """The error for a redirect away from the source where no other origin is asked."""
    moved = urlsplit(asked.reveal()).path == urlsplit(target.reveal()).path
    if moved and status in _PERMANENT:
        return _not_followed(asked, target, status)
    return Malformed("redirected to a page", html=True)


def _end(path: str) -> list[str]:
    return path.strip("/").split("/")[-2:]


def _not_followed(asked: ServerUrl, target: ServerUrl, status: int) -> Redirected:
    same_host = asked.host == target.host
    return Redirected(address_of(asked), target.shown, same_host, for_now=status not in _PERMANENT)


def _resolved(asked: ServerUrl, location: str) -> str:
    if not location.strip():
        raise Malformed("redirected without an address")
    try:
        target = urljoin(asked.reveal(), location.strip())
    except ValueError:
        raise BadAddress(from_server=True) from None
    if address_parts(target) is None:
        raise BadAddress(from_server=True)
    return target


def _login_words(url: ServerUrl) -> set[str]:
    """The words in a host or path that name a login page."""
    parts = urlsplit(url.reveal())
    where = f"{parts.hostname or ''}/{unquote(parts.path)}"
    return {found.lower() for found in _LOGIN.findall(where)}
