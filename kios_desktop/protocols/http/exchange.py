"""One request to a source until its answer: signed, and redirected by hand.

This module decides who sees a secret: only a request to the source itself (`at_source`) has one.
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
from kios_desktop.protocols.http.credentials import Credentials
from kios_desktop.protocols.http.open_reply import OpenReply
from kios_desktop.protocols.http.redirects import (
    MOST_HOPS,
    STATUSES,
    Hop,
    leads_to_shop,
    left_source,
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

    With `same_origin_only` no other origin is asked at all; a redirect to a shop then means that
    the server does not have what was asked for.
    """

    def __init__(
        self,
        root: ServerUrl,
        pin: Pin | None,
        extra: Sequence[tuple[str, str]],
        same_origin_only: bool = False,
    ) -> None:
        origin = origin_of(root)
        if origin is None:
            raise BadAddress(from_server=False)
        self._origin = origin
        self._extra = [(name.encode(), value.encode()) for name, value in extra]
        self._root, self._host, self._wire = root, root.host, Wire(pin)
        self._elsewhere = self._wire if pin is None else Wire()  # a pin is for one server
        self._same_origin_only = same_origin_only
        self._aliases: set[Origin] = set()
        self.signer = Signer(Credentials())

    def sign_with(self, credentials: Credentials) -> None:
        """From now on; cookies of the old credentials are forgotten."""
        self.signer = Signer(credentials)

    def add_alias(self, origin: Origin) -> None:
        """Requests to this origin go to the source instead."""
        self._aliases.add(origin)

    def is_source(self, url: ServerUrl) -> bool:
        """Whether this is the origin of the source, or its https where http was typed."""
        origin = origin_of(url)
        if origin is None:
            raise BadAddress(from_server=True)
        return origin == self._origin or origin.is_upgrade_of(self._origin)

    def mapped(self, url: ServerUrl) -> ServerUrl:
        """The address at the source for one at an origin it is also known as."""
        return at_origin(url, self._origin) if origin_of(url) in self._aliases else url

    async def send(self, stack: contextlib.AsyncExitStack, request: Request) -> OpenReply:
        """The answer after all signatures and redirects; `stack` keeps it open.

        Raises what `Wire.answer` and `next_hop` raise, and `NotMatched` for a redirect to an
        address that the request avoids. With `same_origin_only` also `NotMatched` for a redirect
        to a shop, and `Malformed` or `Redirected` for any other redirect away from the source.
        """
        at_source, moved = self.is_source(request.url), True
        for hops in range(MOST_HOPS + 1):
            signed, signer = at_source and request.secret, self.signer
            if signed and signer.needs_guest_check(request.url):
                await self._check_guest_access(signer)
            dialogue = signing(signer, request) if signed else unsigned()
            async with (
                contextlib.AsyncExitStack() as turn,
                contextlib.AsyncExitStack() as kept,
                contextlib.AsyncExitStack() as probe,
            ):
                step: Attempt | AwaitTurn | None = next(dialogue)
                received: httpx.Response | None = None
                while step is not None:
                    if isinstance(step, AwaitTurn):
                        await turn.enter_async_context(signer.signing_in)
                    else:
                        opened = probe if step.probe else kept
                        await opened.aclose()
                        begun = time.monotonic()
                        sending = self._sending(request, at_source, step)
                        received = await opened.enter_async_context(sending)
                        _log(request, received, begun)
                        if not step.probe:
                            response = received
                        await probe.aclose()
                    step = _after(dialogue, received)
                status, location = response.status_code, response.headers.get("location")
                if status not in STATUSES or location is None:
                    stack.push_async_exit(kept.pop_all())
                    return OpenReply(response, request.url, moved and hops > 0, at_source)
            hop = self._hop(request, status, location, at_source)
            request = replace(request, url=hop.url)
            at_source, moved = hop.at_source, moved and hop.permanent
        raise InCircles

    async def aclose(self) -> None:
        await self._wire.aclose()
        await self._elsewhere.aclose()

    def _sending(
        self, request: Request, at_source: bool, attempt: Attempt
    ) -> contextlib.AbstractAsyncContextManager[httpx.Response]:
        wire = self._wire if request.url.host == self._host else self._elsewhere
        return wire.answer(
            request.method,
            request.url,
            headers=[*request.headers, *(self._extra if at_source else ()), *attempt.signature],
            content=request.content,
            connect_s=CONNECT_S,
            silence_s=request.silence_s,
            total_s=request.total_s,
        )

    def _hop(self, request: Request, status: int, location: str, at_source: bool) -> Hop:
        """Where a redirect leads; raises as `send` says."""
        if self._same_origin_only and leads_to_shop(request.url, location):
            raise NotMatched
        hop = next_hop(
            request.method, request.url, status, location, self._origin, at_source, self._aliases
        )
        if request.avoids is not None and request.avoids(hop.url):
            raise NotMatched
        if self._same_origin_only and not hop.at_source:
            raise left_source(request.url, hop.url, status)
        return hop

    async def _check_guest_access(self, signer: Signer) -> None:
        """Finds out, once, whether the source rejects unsigned requests.

        Requests that come meanwhile do not wait for the result.
        """
        signer.set_sign_in_required(required=False)
        asked = Request("GET", self._root, [(b"accept", b"*/*")], secret=False)
        with contextlib.suppress(Malformed, NotMatched, Redirected):  # no such answer
            async with contextlib.AsyncExitStack() as stack:
                answer = await self.send(stack, asked)
                signer.set_sign_in_required(required=answer.at_source and answer.status == 401)


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
