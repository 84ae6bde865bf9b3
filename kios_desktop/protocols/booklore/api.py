"""Single requests of the API, without a token or with one that is given."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.protocols.booklore.address import server_base
from kios_desktop.protocols.booklore.endpoints import Endpoint
from kios_desktop.protocols.http import Http, Reply, check_moved

ACCEPT: Final = b"application/json"
TOTAL_S: Final = 35.0  # with a dead database they answer after 30
CONNECT_S: Final = 10.0

RawHeaders = Sequence[tuple[bytes, bytes]]


class Api:
    """One server. Follows no redirect; raises `RemoteError`. An answer may take `total_s`."""

    def __init__(self, http: Http, base: ServerUrl, total_s: float = TOTAL_S) -> None:
        self._http, self.base, self._total_s = http, server_base(base), total_s

    async def send(
        self,
        endpoint: Endpoint,
        parts: Mapping[str, str | int],
        query: Mapping[str, str | int],
        body: object,
        signature: RawHeaders = (),
    ) -> Reply:
        """The answer, of whatever status, unless it is a redirect: see `check_moved`."""
        url = ServerUrl(self.base.reveal() + endpoint.filled(parts, query))
        headers = [(b"accept", ACCEPT), *signature]
        content = None if body is None else msgspec.json.encode(body)
        if content is not None:
            headers.append((b"content-type", b"application/json"))
        reply = await self._http.request(
            endpoint.method,
            url,
            route=endpoint.path,
            cap_bytes=endpoint.cap_bytes,
            headers=headers,
            content=content,
            connect_s=CONNECT_S,
            total_s=self._total_s,
        )
        check_moved(reply, url, self.base)
        return reply


def bearer(token: Secret) -> RawHeaders:
    return [(b"authorization", b"Bearer " + token.reveal().encode())]
