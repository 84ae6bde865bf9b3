"""An answer whose body has not been read yet."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from datetime import datetime

import httpx

from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import body
from kios_desktop.protocols.http.echo import secrets_in
from kios_desktop.protocols.http.reply import Reply, clock

_SAID_BYTES, _SAID_S = 16 * 1024, 3.0


class Answer:
    """Status and headers (by lower-case name); `url` and `moved` are as in `Reply`.

    `home`: it comes from the source itself.
    """

    def __init__(self, response: httpx.Response, url: ServerUrl, moved: bool, home: bool) -> None:
        self._response = response
        self.url, self.moved, self.home = url, moved, home
        self.status = response.status_code
        self.headers: Mapping[str, str] = {
            name.lower(): value for name, value in response.headers.items()
        }

    @property
    def date(self) -> datetime | None:
        return clock(self.headers)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def read(self, cap_bytes: int, took_s: float = 0.0) -> Reply:
        """With the whole body, decompressed. Raises `Malformed` over `cap_bytes`."""
        content = await body.read(self._response, cap_bytes)
        return self._reply(content, took_s)

    async def said(self) -> Reply:
        """With a body to quote from: what of it can be had quickly."""
        content = b""
        with contextlib.suppress(RemoteError, httpx.HTTPError, httpx.StreamError, TimeoutError):
            async with asyncio.timeout(_SAID_S):
                content = await body.read(self._response, _SAID_BYTES)
        return self._reply(content, 0.0)

    def chunks(self, cap_bytes: int) -> AsyncGenerator[bytes, None]:
        """The body in parts, to be closed. Raises `Malformed` when far more than `cap_bytes` came
        in.
        """
        return body.chunks(self._response, cap_bytes)

    def _reply(self, content: bytes, took_s: float) -> Reply:
        return Reply(
            self.status,
            self.headers,
            content,
            took_s,
            self.date,
            self.url,
            self.moved,
            secrets_in(self._response.request),
        )
