"""An answer, and what every protocol makes of it."""

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
from kios_desktop.domain.text import line
from kios_desktop.protocols.http import loose_json
from kios_desktop.protocols.http.address import address_of, without_login

LONGEST_WISH_S: Final = 3600.0
"""What a server may put us off for. A proxy that says a day, or the year 9999, is set wrong, and
nobody would wait for it; after an hour it is asked again, and may say so again."""

_BUSY = frozenset({408, 425, 429})
_NOT_MODIFIED, _SIGN_IN_TO_NETWORK = 304, 511
_SAID_LENGTH = 200
_MESSAGE_BYTES = 16 * 1024
_SAYING_NOTHING = frozenset(status.phrase.lower() for status in HTTPStatus) | {"error"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read to its end. `headers` go by lower-case name, `date` is the server's clock.

    `url` is where it finally came from: the base of relative references. `moved` when every
    redirect on the way there was a permanent one of the source's own. `secrets` are what it was
    asked with, for `quoted`.
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
        """The first words of a plain-text body: what the server has to say about an error."""
        if self.is_html or not self.media_type.startswith("text/"):
            return ""
        return self.quoted(self.body[:_MESSAGE_BYTES].decode("utf-8", "replace"))

    @property
    def sentence(self) -> str:
        """What the server says about an error in its own words, as text or as the message of JSON.

        "" for words that say no more than the status.
        """
        said = self.said or self._message
        return "" if said.rstrip(".").lower() in _SAYING_NOTHING else said

    def quoted(self, text: str) -> str:
        """Words of the server as one line to show, without the keys and passwords it repeats."""
        for secret in (*self.secrets, *keys_of(self.url)):
            text = text.replace(secret, UNREADABLE)
        return line(text, _SAID_LENGTH)

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
    """The body as JSON, whatever it is said to be: a 200 proves nothing, and web apps answer every
    address with a page.

    Raises `Malformed`, which knows a page when it sees one.
    """
    try:
        return loose_json.whole(reply.body)
    except Malformed as error:
        raise not_understood(reply, error.reason) from None


def not_understood(reply: Reply, reason: str) -> Malformed:
    """The error for a body that can't be read: perhaps it is a page."""
    html = reply.is_html or reply.body.lstrip()[:1] == b"<"
    return Malformed(reason, html=html, login=html and b"password" in reply.body.lower())


def check_answered(reply: Reply) -> None:
    """Raises for every status but 2xx what it means in general."""
    status = reply.status
    if 200 <= status < 300:
        return
    check_busy(reply)
    check_in_between(reply)
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
    """Raises for a redirect: `Redirected` when it leads to the same path elsewhere.

    Anything else leads to a page for people: a login, or a missing sub-path. Raises `InCircles`
    when it leads to itself, and `BadAddress` when nobody can say where it leads.
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
    """Raises `Throttled` for a server that asks for patience."""
    wish_s = retry_after_s(reply.headers, reply.date)
    if reply.status in _BUSY or (reply.status == 503 and wish_s is not None):
        raise Throttled(wish_s)


def check_in_between(reply: Reply) -> None:
    """Raises `Malformed` for what was not said by the server but on the way to it.

    A network that wants people to sign in before anything else, and a cache that believes that
    somebody asked whether something is new.
    """
    if reply.status == _SIGN_IN_TO_NETWORK:
        raise Malformed("the network wants a login", html=True, login=True)
    if reply.status == _NOT_MODIFIED:
        raise Malformed("not modified, and nobody asked")


def retry_after_s(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """`Retry-After` in seconds, in either of its forms, at most `LONGEST_WISH_S`.

    `now` is the server's clock.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(min(LONGEST_WISH_S, int(text[:18])))
    at = http_date(text)
    if at is None:
        return None
    wish_s = (at - (now or datetime.now(UTC))).total_seconds()
    return min(LONGEST_WISH_S, max(0.0, wish_s))


def clock(headers: Mapping[str, str]) -> datetime | None:
    """The server's clock; None without a `Date` that can be believed."""
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
