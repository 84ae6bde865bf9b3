"""Single requests: nothing is signed, redirected or repeated."""

import logging
import time
from collections.abc import Sequence

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Pin
from kios_desktop.protocols.http import body
from kios_desktop.protocols.http.reply import Reply, clock
from kios_desktop.protocols.http.request_secrets import secrets_in
from kios_desktop.protocols.http.wire import CONNECT_S, Wire

log = logging.getLogger(__name__)

TOTAL_S = 10.0


class Http:
    """Requests to one source; the caller signs each of them.

    `pin` is the certificate trusted for this source, if any.
    """

    def __init__(self, pin: Pin | None = None, extra: Sequence[tuple[str, str]] = ()) -> None:
        self._wire = Wire(pin)
        self._extra = [(name.encode(), value.encode()) for name, value in extra]

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
        """One request and its answer. `route` is logged: the path without secrets.

        Raises `Unreachable`, `Untrusted`, and `Malformed` for a body over `cap_bytes`. Every status
        is an answer; see `check_moved` and `check_busy`.
        """
        begun = time.monotonic()
        async with self._wire.answer(
            method,
            url,
            headers=[(b"accept-encoding", body.ACCEPTED), *self._extra, *headers],
            content=content,
            connect_s=connect_s,
            silence_s=total_s,
            total_s=total_s,
        ) as answer:
            content_read = await body.read(answer, cap_bytes)
        took_s = time.monotonic() - begun
        log.debug("%s %s: %d in %d ms", method, route, answer.status_code, took_s * 1000)
        given = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(
            answer.status_code,
            given,
            content_read,
            took_s,
            clock(given),
            url,
            secrets=secrets_in(answer.request),
        )

    async def aclose(self) -> None:
        await self._wire.aclose()
