"""A client per source, and every failure as one of our errors.

Redirects are never followed, cookies never kept, bodies never read beyond a cap (after
decompression), and no URL reaches a log or an exception: some hold keys.
"""

import asyncio
import email.utils
import http.cookiejar
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from kios_desktop import __version__
from kios_desktop.domain.errors import (
    Malformed,
    Redirected,
    RemoteError,
    Throttled,
    Unreachable,
    Untrusted,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Pin
from kios_desktop.protocols.http.failures import fault_of, untrusted_by
from kios_desktop.protocols.http.trust import context

log = logging.getLogger(__name__)

CONNECT_S = 5.0
TOTAL_S = 10.0
_BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read to its end. `headers` go by lower-case name, `date` is the server's clock."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_s: float
    date: datetime | None

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Http:
    """Requests to one source. Its credentials are the caller's business, per request.

    `pin` is the certificate trusted for this source, if any. `address` of errors is host:port.
    """

    def __init__(self, pin: Pin | None = None, extra: Sequence[tuple[str, str]] = ()) -> None:
        self._pin = pin
        self._extra = [(name.encode(), value.encode()) for name, value in extra]
        self._client: httpx.AsyncClient | None = None
        self._making = asyncio.Lock()

    async def request(
        self,
        method: str,
        url: ServerUrl,
        *,
        route: str,
        cap_bytes: int,
        headers: Sequence[tuple[bytes, bytes]] = (),
        content: bytes | None = None,
        connect_s: float = CONNECT_S,
        total_s: float = TOTAL_S,
    ) -> Reply:
        """One request, one answer. `route` is what may be logged: the path without secrets.

        Raises `Unreachable`, `Untrusted`, and `Malformed` for a body over `cap_bytes`. Any status
        is an answer; `check_moved` and `check_busy` know what they all have in common.
        """
        client, address, begun = await self._ready(), address_of(url), time.monotonic()
        timeout = httpx.Timeout(total_s, connect=min(connect_s, total_s))
        try:
            async with asyncio.timeout(total_s):
                async with client.stream(
                    method,
                    _without_login(url.reveal()),
                    headers=[*self._extra, *headers],
                    content=content,
                    timeout=timeout,
                ) as answer:
                    body = await _read(answer, cap_bytes)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            waited_s = time.monotonic() - begun
            raise await self._explained(error, url, address, waited_s) from None
        took_s = time.monotonic() - begun
        log.debug("%s %s: %d in %d ms", method, route, answer.status_code, took_s * 1000)
        return Reply(
            answer.status_code,
            {name.lower(): value for name, value in answer.headers.items()},
            body,
            took_s,
            _date(answer.headers.get("date")),
        )

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ready(self) -> httpx.AsyncClient:
        async with self._making:
            if self._client is None:
                trust = await asyncio.to_thread(context, self._pin)
                refuse_all = http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
                self._client = httpx.AsyncClient(
                    verify=trust,
                    follow_redirects=False,
                    cookies=http.cookiejar.CookieJar(refuse_all),
                    headers={"User-Agent": f"KiosDesktop/{__version__}"},
                    limits=httpx.Limits(max_connections=4, keepalive_expiry=30),
                )
            return self._client

    async def _explained(
        self,
        error: httpx.HTTPError | httpx.InvalidURL | TimeoutError,
        url: ServerUrl,
        address: str,
        waited_s: float,
    ) -> RemoteError:
        if isinstance(error, httpx.DecodingError):
            return Malformed("the body can't be decompressed")
        problem = untrusted_by(error)
        if problem is None:
            return Unreachable(fault_of(error), address, waited_s)
        from kios_desktop.protocols.http.certificate import read_certificate  # slow, and rare

        return Untrusted(address, await read_certificate(url.reveal(), problem, self._pin))


def address_of(url: ServerUrl) -> str:
    """host, or host:port where the port is not the usual one."""
    parts = urlsplit(url.reveal())
    try:
        port = parts.port
    except ValueError:
        port = None
    return f"{parts.hostname or ''}:{port}" if port else parts.hostname or ""


def check_moved(reply: Reply, url: ServerUrl, base: ServerUrl) -> None:
    """Raises for a redirect: `Redirected` when it leads to the same path elsewhere.

    Anything else leads to a page for people: a login, or a missing sub-path.
    """
    if reply.status not in (301, 302, 303, 307, 308):
        return
    asked, target = (
        urlsplit(url.reveal()),
        urlsplit(urljoin(url.reveal(), reply.headers.get("location", ""))),
    )
    moved = (target.scheme, target.netloc) != (asked.scheme, asked.netloc)
    if reply.status in (301, 307, 308) and moved and target.path == asked.path:
        route = len(asked.path) - len(urlsplit(base.reveal()).path.rstrip("/"))
        path = target.path[: len(target.path) - route]
        new_base = ServerUrl(urlunsplit((target.scheme, target.netloc, path, "", "")))
        same_host = target.hostname == asked.hostname
        raise Redirected(address_of(base), new_base.shown, same_host)
    login = "login" in target.path or "signin" in target.path
    raise Malformed("redirected to a page", html=True, login=login)


def check_busy(reply: Reply) -> None:
    """Raises `Throttled` for a server that asks for patience."""
    wish_s = retry_after_s(reply)
    if reply.status in _BUSY or (reply.status == 503 and wish_s is not None):
        raise Throttled(wish_s)


def retry_after_s(reply: Reply) -> float | None:
    """`Retry-After` in seconds from now, in either of its forms."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:6])
    at = _date(text)
    if at is None:
        return None
    return max(0.0, (at - (reply.date or datetime.now(UTC))).total_seconds())


async def _read(answer: httpx.Response, cap_bytes: int) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > cap_bytes:
            raise Malformed(f"the body is over {cap_bytes} bytes")
    return bytes(body)


def _date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
