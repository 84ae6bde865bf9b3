"""One HTTP client per source; failures of httpx are translated to `RemoteError`.

Redirects are not followed and cookies not kept. No URL reaches a log or an exception: some hold
keys.
"""

import asyncio
import contextlib
import http.cookiejar
import platform
import time
from collections.abc import AsyncIterator, Sequence

import httpx

from kios_desktop import __version__
from kios_desktop.domain.errors import (
    BadAddress,
    Fault,
    Malformed,
    RemoteError,
    Unreachable,
    Untrusted,
)
from kios_desktop.domain.secret import ServerUrl, address_parts
from kios_desktop.domain.source import Pin
from kios_desktop.protocols.http.address import address_of, without_login
from kios_desktop.protocols.http.failures import fault_of, speaks_no_tls, untrusted_by
from kios_desktop.protocols.http.trust import context

CONNECT_S = 5.0
PARALLEL = 4
USER_AGENT = f"KiosDesktop/{__version__} ({platform.system() or 'unknown'})"

_Failure = httpx.HTTPError | httpx.InvalidURL | httpx.StreamError | TimeoutError
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError)
_BEFORE_SENDING = (
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError),
    *(httpx.InvalidURL, httpx.UnsupportedProtocol),
)


class Wire:
    """Connections to one source. `pin` is the certificate trusted for it, if any.

    After `aclose` every request raises `Unreachable`; requests that are running finish first.
    """

    def __init__(self, pin: Pin | None = None) -> None:
        self._pin = pin
        self._client: httpx.AsyncClient | None = None
        self._making = asyncio.Lock()
        self._users, self._closed = 0, False

    @contextlib.asynccontextmanager
    async def answer(
        self,
        method: str,
        url: ServerUrl,
        *,
        headers: Sequence[tuple[bytes, bytes]],
        content: bytes | None = None,
        connect_s: float = CONNECT_S,
        silence_s: float,
        total_s: float | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """One request; its body is to be read inside the block, with `aiter_raw`.

        `silence_s` is how long the server may say nothing; `total_s` limits everything until the
        end of the block. Raises `Unreachable`, `Untrusted` and `Malformed`, for the block as well;
        `BadAddress` for a `url` that can't be read. They are `not_done` before the request is sent.
        """
        if address_parts(url.reveal()) is None:
            raise _not_sent(BadAddress(from_server=False))
        begun = time.monotonic()
        timeout = httpx.Timeout(silence_s, connect=min(connect_s, silence_s))
        try:
            async with (
                self._ready(url) as client,
                asyncio.timeout(total_s),
                client.stream(
                    method,
                    without_login(url.reveal()),
                    headers=headers,
                    content=content,
                    timeout=timeout,
                ) as answer,
            ):
                yield answer
        except _FAILURES as error:
            told = await self._explained(error, url, time.monotonic() - begun)
            raise (_not_sent(told) if isinstance(error, _BEFORE_SENDING) else told) from None

    async def aclose(self) -> None:
        self._closed = True
        async with self._making:
            await self._close_unused()

    @contextlib.asynccontextmanager
    async def _ready(self, url: ServerUrl) -> AsyncIterator[httpx.AsyncClient]:
        async with self._making:
            if self._closed:
                raise _not_sent(Unreachable(Fault.CUT_OFF, address_of(url), 0.0))
            if self._client is None:  # slow: loads the certificates of the system
                self._client = await asyncio.to_thread(_client, self._pin)
            client = self._client
            self._users += 1
        try:
            yield client
        finally:
            self._users -= 1
            await self._close_unused()

    async def _close_unused(self) -> None:
        if self._closed and not self._users and self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    async def _explained(self, error: _Failure, url: ServerUrl, waited_s: float) -> RemoteError:
        if isinstance(error, httpx.DecodingError):
            return Malformed("the body can't be decompressed")
        problem, address = untrusted_by(error), address_of(url)
        if problem is None and speaks_no_tls(error):
            return Untrusted(address, None)
        if problem is None:
            return Unreachable(fault_of(error), address, waited_s)
        from kios_desktop.protocols.http.certificate import read_certificate  # slow, and rare

        return Untrusted(address, await read_certificate(url.reveal(), problem, self._pin))


class _NoCookies(http.cookiejar.CookieJar):
    """Parses no cookies: the standard library parses them before it asks whether to keep them."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Keeps nothing."""


def _not_sent(error: RemoteError) -> RemoteError:
    error.not_done = True
    return error


def _client(pin: Pin | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=context(pin),
        follow_redirects=False,
        cookies=_NoCookies(),
        headers={"User-Agent": USER_AGENT},
        limits=httpx.Limits(max_connections=2 * PARALLEL, keepalive_expiry=30),
    )
