"""An answer whose body has not been read yet; `Reply` is one that has."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from datetime import datetime

import httpx

from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import body
from kios_desktop.protocols.http.reply import Reply, clock
from kios_desktop.protocols.http.request_secrets import secrets_in

_SAID_BYTES, _SAID_S = 16 * 1024, 3.0


class OpenReply:
    """Status and headers (by lower-case name); `url` and `moved` are as in `Reply`.

    `at_source`: it comes from the source itself.
    """

    def __init__(
        self, response: httpx.Response, url: ServerUrl, moved: bool, at_source: bool
    ) -> None:
        self._response = response
        self.url, self.moved, self.at_source = url, moved, at_source
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
        """Reads the whole body, decompressed. Raises `Malformed` over `cap_bytes`."""
        content = await body.read(self._response, cap_bytes)
        return self._reply(content, took_s)

    async def said(self) -> Reply:
        """Reads the beginning of the body for an error message: at most 16 KiB and 3 s."""
        content = b""
        with contextlib.suppress(RemoteError, httpx.HTTPError, httpx.StreamError, TimeoutError):
            async with asyncio.timeout(_SAID_S):
                content = await body.read(self._response, _SAID_BYTES)
        return self._reply(content, 0.0)

    def chunks(self, cap_bytes: int) -> AsyncGenerator[bytes, None]:
        """The body in parts; close the generator. Raises `Malformed` for a compressed body of over
        `cap_bytes`.
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
