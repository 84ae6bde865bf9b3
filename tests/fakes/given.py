"""A transport without a network: every request gets the same given response.

Fast enough for fuzzing. What lies below (connections, redirects, cookies, signatures) is not in it.
"""

from typing import Any

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http import Http, Reply, RetryPolicy, Session
from kios_desktop.protocols.http.reply import clock

BASE = ServerUrl("http://127.0.0.1:9/api/kobo/0f1e2d3c4b5a6978")


def reply(status: int, headers: dict[str, str], body: bytes) -> Reply:
    return Reply(status, headers, body, 0.0, clock(headers), BASE)


class GivenHttp(Http):
    """Answers with `says`."""

    def __init__(self) -> None:
        super().__init__()
        self.says = reply(200, {}, b"{}")

    async def request(self, *_: Any, **__: Any) -> Reply:
        return self.says


class GivenSession(Session):
    """Answers with `says`."""

    def __init__(self) -> None:
        super().__init__(BASE, retry_policy=RetryPolicy(repeats_s=()), same_origin_only=True)
        self.says = reply(200, {}, b"{}")

    async def get(self, *_: Any, **__: Any) -> Reply:
        return self.says

    async def put(self, *_: Any, **__: Any) -> Reply:
        return self.says
