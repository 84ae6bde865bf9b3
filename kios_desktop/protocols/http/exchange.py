"""One request to a source until its answer: signed, and redirected by hand.

This module decides who sees a secret: only what is sent to the source itself (`home`) carries one.
"""

import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import httpx

from kios_desktop.domain.errors import BadAddress, InCircles, Malformed, NotMatched, Redirected
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import Pin
from kios_desktop.protocols.http.address import Origin, at_origin, origin_of
from kios_desktop.protocols.http.answer import Answer
from kios_desktop.protocols.http.credentials import Credentials
from kios_desktop.protocols.http.redirects import (
    MOST_HOPS,
    STATUSES,
    Hop,
    from_home,
    leads_to_shop,
    next_hop,
)
from kios_desktop.protocols.http.request import Request
from kios_desktop.protocols.http.signer import Signer
from kios_desktop.protocols.http.signing import Attempt, AwaitTurn, Signing, signing, unsigned
from kios_desktop.protocols.http.wire import Wire

log = logging.getLogger(__name__)

CONNECT_S: Final = 10.0


class Exchange:
    """Requests to one source. `extra` headers and the signature go to its origin only.

    With `stay_home` no other origin is asked at all; a redirect to a shop then means that the
    server does not have what was asked for.
    """

    def __init__(
        self,
        root: ServerUrl,
        pin: Pin | None,
        extra: Sequence[tuple[str, str]],
        stay_home: bool = False,
    ) -> None:
        origin = origin_of(root)
        if origin is None:
            raise BadAddress(from_server=False)
        self._origin = origin
        self._extra = [(name.encode(), value.encode()) for name, value in extra]
        self._root, self._host, self._wire = root, root.host, Wire(pin)
        self._elsewhere = self._wire if pin is None else Wire()  # a pin is for one server
        self._stay_home = stay_home
        self._aliases: set[Origin] = set()
        self.signer = Signer(Credentials())

    def sign_with(self, credentials: Credentials) -> None:
        """From now on; cookies of the old credentials are forgotten."""
        self.signer = Signer(credentials)

    def also_known_as(self, origin: Origin) -> None:
        """What leads to this origin is asked of the source instead."""
        self._aliases.add(origin)

    def is_home(self, url: ServerUrl) -> bool:
        """Whether this is the source itself, possibly with the encryption it was typed without."""
        origin = origin_of(url)
        if origin is None:
            raise BadAddress(from_server=True)
        return origin == self._origin or origin.is_upgrade_of(self._origin)

    def mapped(self, url: ServerUrl) -> ServerUrl:
        """The address at the source for one at an origin it is also known as."""
        return at_origin(url, self._origin) if origin_of(url) in self._aliases else url

    async def send(self, stack: contextlib.AsyncExitStack, request: Request) -> Answer:
        """The answer after all signatures and redirects; `stack` keeps it open.

        Raises what `Wire.answer` and `next_hop` raise, and `NotMatched` for a redirect to an
        address that the request avoids. With `stay_home` also `NotMatched` for a redirect to a
        shop, and `Malformed` or `Redirected` for any other redirect away from the source.
        """
        home, moved = self.is_home(request.url), True
        for hops in range(MOST_HOPS + 1):
            signed, signer = home and request.secret, self.signer
            if signed and signer.wonders(request.url):
                await self._look_for_guests(signer)
            dialogue = signing(signer, request) if signed else unsigned()
            async with (
                contextlib.AsyncExitStack() as turn,
                contextlib.AsyncExitStack() as kept,
                contextlib.AsyncExitStack() as probe,
            ):
                step: Attempt | AwaitTurn | None = next(dialogue)
                heard: httpx.Response | None = None
                while step is not None:
                    if isinstance(step, AwaitTurn):
                        await turn.enter_async_context(signer.signing_in)
                    else:
                        opened = probe if step.probe else kept
                        await opened.aclose()
                        begun = time.monotonic()
                        heard = await opened.enter_async_context(self._sent(request, home, step))
                        _log(request, heard, begun)
                        if not step.probe:
                            response = heard
                        await probe.aclose()
                    step = _after(dialogue, heard)
                status, location = response.status_code, response.headers.get("location")
                if status not in STATUSES or location is None:
                    stack.push_async_exit(kept.pop_all())
                    return Answer(response, request.url, moved=moved and hops > 0, home=home)
            hop = self._hop(request, status, location, home)
            request = replace(request, url=hop.url)
            home, moved = hop.home, moved and hop.permanent
        raise InCircles

    async def aclose(self) -> None:
        await self._wire.aclose()
        await self._elsewhere.aclose()

    def _sent(
        self, request: Request, home: bool, attempt: Attempt
    ) -> contextlib.AbstractAsyncContextManager[httpx.Response]:
        wire = self._wire if request.url.host == self._host else self._elsewhere
        return wire.answer(
            request.method,
            request.url,
            headers=[*request.headers, *(self._extra if home else ()), *attempt.signature],
            content=request.content,
            connect_s=CONNECT_S,
            silence_s=request.silence_s,
            total_s=request.total_s,
        )

    def _hop(self, request: Request, status: int, location: str, home: bool) -> Hop:
        """Where a redirect leads; raises as `send` says."""
        if self._stay_home and leads_to_shop(request.url, location):
            raise NotMatched
        hop = next_hop(
            request.method, request.url, status, location, self._origin, home, self._aliases
        )
        if request.avoids is not None and request.avoids(hop.url):
            raise NotMatched
        if self._stay_home and not hop.home:
            raise from_home(request.url, hop.url, status)
        return hop

    async def _look_for_guests(self, signer: Signer) -> None:
        """Finds out, once, whether the source turns away who is not signed in.

        Requests that come meanwhile do not wait for the result.
        """
        signer.strangers_are(turned_away=False)
        asked = Request("GET", self._root, [(b"accept", b"*/*")], secret=False)
        with contextlib.suppress(Malformed, NotMatched, Redirected):  # no such answer
            async with contextlib.AsyncExitStack() as stack:
                answer = await self.send(stack, asked)
                signer.strangers_are(turned_away=answer.home and answer.status == 401)


def _after(dialogue: Signing, response: httpx.Response | None) -> Attempt | AwaitTurn | None:
    """The next step of a dialogue; None at its end."""
    try:
        return dialogue.send(response)
    except StopIteration:
        return None


def _log(request: Request, response: httpx.Response, begun: float) -> None:
    took_ms = (time.monotonic() - begun) * 1000
    what, status = request.purpose.value, response.status_code
    log.debug("%s %s: %d in %d ms", request.method, what, status, took_ms)
