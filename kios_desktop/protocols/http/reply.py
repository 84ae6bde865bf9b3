"""An answer with its body, and what statuses mean in every protocol."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from kios_desktop.domain.errors import (
    BadAddress,
    Faulty,
    InCircles,
    Malformed,
    NotMatched,
    Redirected,
    Refusal,
    Refused,
    Rejected,
    Throttled,
)
from kios_desktop.domain.loose import believable, said_of
from kios_desktop.domain.secret import UNREADABLE, ServerUrl, address_parts, keys_of
from kios_desktop.domain.text import clean_line
from kios_desktop.protocols.http import loose_json
from kios_desktop.protocols.http.address import address_of, without_login

LONGEST_RETRY_AFTER_S: Final = 3600.0
"""The most that `Retry-After` counts for. A proxy that says a day, or the year 9999, is set wrong;
after an hour the server is asked again."""

_BUSY = frozenset({408, 425, 429})
_NOT_MODIFIED, _SIGN_IN_TO_NETWORK = 304, 511
_SAID_LENGTH = 200
_MESSAGE_BYTES = 16 * 1024
_SAYING_NOTHING = frozenset(status.phrase.lower() for status in HTTPStatus) | {"error"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its whole body. `headers` by lower-case name; `date` is the server's clock.

    `url` is the final address, the base of relative references. `moved`: it differs from the
    requested one by permanent redirects within the source only. `secrets` are those the request
    carried, for `quoted`.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_s: float
    date: datetime | None
    url: ServerUrl
    moved: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_html(self) -> bool:
        return "html" in self.media_type or b"<html" in self.body[:1024].lower()

    @property
    def said(self) -> str:
        """The beginning of a plain-text body, for error messages; "" for other types."""
        if self.is_html or not self.media_type.startswith("text/"):
            return ""
        return self.quoted(self.body[:_MESSAGE_BYTES].decode("utf-8", "replace"))

    @property
    def sentence(self) -> str:
        """The server's error message, from plain text or JSON; "" if it only names the status."""
        said = self.said or self._message
        return "" if said.rstrip(".").lower() in _SAYING_NOTHING else said

    def quoted(self, text: str) -> str:
        """Text of the server as one line, without the secrets of the request it may repeat."""
        for secret in (*self.secrets, *keys_of(self.url)):
            text = text.replace(secret, UNREADABLE)
        return clean_line(text, _SAID_LENGTH)

    @property
    def _message(self) -> str:
        try:
            body = loose_json.whole(self.body[:_MESSAGE_BYTES])
        except Malformed:
            return ""
        given = body if isinstance(body, Mapping) else {}
        said = (said_of(given.get(name), _MESSAGE_BYTES) for name in ("message", "detail"))
        return self.quoted(next(filter(None, said), ""))


def in_json(reply: Reply) -> object:
    """The body as JSON, whatever its media type. Raises `Malformed`, which says if it is a page."""
    try:
        return loose_json.whole(reply.body)
    except Malformed as error:
        raise not_understood(reply, error.reason) from None


def not_understood(reply: Reply, reason: str) -> Malformed:
    """The error for a body that can't be read; says whether it is a web page or a login page."""
    html = reply.is_html or reply.body.lstrip()[:1] == b"<"
    return Malformed(reason, html=html, login=html and b"password" in reply.body.lower())


def check_answered(reply: Reply) -> None:
    """Raises the `RemoteError` that a status other than 2xx means in every protocol."""
    status = reply.status
    if 200 <= status < 300:
        return
    check_busy(reply)
    check_intermediary(reply)
    if status == 401:
        raise Rejected(Refusal.CREDENTIALS, reply.sentence)
    if status == 403:
        raise Rejected(Refusal.FORBIDDEN, reply.sentence)
    if status in (404, 410):
        raise NotMatched
    if status >= 500:
        raise Faulty(status, said=reply.sentence)
    raise Refused(status, reply.sentence)


def check_moved(reply: Reply, url: ServerUrl, base: ServerUrl) -> None:
    """Raises for a redirect, for clients that follow none.

    `Redirected` for the same path on another origin, `InCircles` for the same address, `BadAddress`
    for an address that can't be read, and `Malformed` for anything else: a web page, mostly.
    """
    if reply.status not in (301, 302, 303, 307, 308):
        return
    asked, target = urlsplit(url.reveal()), _target(url, reply.headers.get("location", ""))
    if without_login(target.geturl()) == without_login(asked.geturl()):
        raise InCircles
    moved = (target.scheme, target.netloc) != (asked.scheme, asked.netloc)
    if reply.status in (301, 307, 308) and moved and target.path == asked.path:
        route = len(asked.path) - len(urlsplit(base.reveal()).path.rstrip("/"))
        path = target.path[: len(target.path) - route]
        host = target.netloc.rpartition("@")[2]
        new_base = ServerUrl(urlunsplit((target.scheme, host, path, "", "")))
        same_host = target.hostname == asked.hostname
        usable = target.scheme == "https" or target.scheme == asked.scheme == "http"
        raise Redirected(
            address_of(base), new_base.shown, same_host, base=new_base if usable else None
        )
    login = "login" in target.path or "signin" in target.path
    raise Malformed("redirected to a page", html=True, login=login)


def _target(url: ServerUrl, location: str) -> SplitResult:
    """Where a redirect leads."""
    try:
        target = address_parts(urljoin(url.reveal(), location.strip()))
    except ValueError:
        target = None
    if target is None:
        raise BadAddress(from_server=True)
    return target


def check_busy(reply: Reply) -> None:
    """Raises `Throttled` for a server that asks to come back later."""
    asked_s = retry_after_s(reply.headers, reply.date)
    if reply.status in _BUSY or (reply.status == 503 and asked_s is not None):
        raise Throttled(asked_s, reply.status)


def check_intermediary(reply: Reply) -> None:
    """Raises `Malformed` for an answer of an intermediary instead of the server.

    That is 511 (the network wants a login) and 304 from a cache, since no request is conditional.
    """
    if reply.status == _SIGN_IN_TO_NETWORK:
        raise Malformed("the network wants a login", html=True, login=True)
    if reply.status == _NOT_MODIFIED:
        raise Malformed("not modified, and nobody asked")


def retry_after_s(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """`Retry-After` in seconds, in either of its forms, at most `LONGEST_RETRY_AFTER_S`.

    `now` is the server's clock.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(min(LONGEST_RETRY_AFTER_S, int(text[:18])))
    at = http_date(text)
    if at is None:
        return None
    asked_s = (at - (now or datetime.now(UTC))).total_seconds()
    return min(LONGEST_RETRY_AFTER_S, max(0.0, asked_s))


def clock(headers: Mapping[str, str]) -> datetime | None:
    """The server's clock from `Date`; None if that is missing or implausible."""
    return believable(http_date(headers.get("date")))


def http_date(text: str | None) -> datetime | None:
    """An HTTP date of any year, aware; None for anything else."""
    if not text:
        return None
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError, LookupError, TypeError):  # not all of it is foreseen there
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
