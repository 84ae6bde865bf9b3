"""One request to a source and what comes of it: signing, redirects, another signature.

Here it is decided who gets to see a secret: what is `at_home`, at the origin of the source.
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
from kios_desktop.domain.source import AuthMethod, Pin
from kios_desktop.protocols.http.address import Origin, at_origin, origin_of
from kios_desktop.protocols.http.answer import Answer
from kios_desktop.protocols.http.credentials import Credentials, RawHeaders
from kios_desktop.protocols.http.redirects import (
    MOST_HOPS,
    STATUSES,
    from_home,
    leads_to_login,
    leads_to_shop,
    next_hop,
)
from kios_desktop.protocols.http.request import Purpose, Request
from kios_desktop.protocols.http.signer import Signer
from kios_desktop.protocols.http.wire import Wire

log = logging.getLogger(__name__)

CONNECT_S: Final = 10.0


class Exchange:
    """The way to one source. `extra` headers and what `credentials` make go to its origin only.

    With `stay_home` nothing else is asked at all, and what leads to a shop means that nothing is
    there.
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
        self._basic_settled = False
        self.signer = Signer(Credentials())

    def sign_with(self, credentials: Credentials) -> None:
        """From now on; cookies of the old ones are forgotten."""
        self.signer, self._basic_settled = Signer(credentials), False

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
        """Where an address leads in truth."""
        return at_origin(url, self._origin) if origin_of(url) in self._aliases else url

    async def follow(
        self, stack: contextlib.AsyncExitStack, request: Request
    ) -> tuple[Answer, bool]:
        """(the answer, whether it comes from the source itself); `stack` keeps it open.

        Raises what `Wire.answer` and `next_hop` raise, and `NotMatched` for the way to what the
        request avoids; with `stay_home` also `NotMatched` for the way to a shop, and `Malformed` or
        `Redirected` for any other way from home.
        """
        url, home, moved = request.url, self.is_home(request.url), True
        for hops in range(MOST_HOPS + 1):
            async with contextlib.AsyncExitStack() as own:
                response = await self._ask(own, replace(request, url=url), home)
                status, location = response.status_code, response.headers.get("location")
                if status not in STATUSES or location is None:
                    stack.push_async_exit(own.pop_all())
                    return Answer(response, url, moved=moved and hops > 0), home
            if self._stay_home and leads_to_shop(url, location):
                raise NotMatched
            hop = next_hop(request.method, url, status, location, self._origin, home, self._aliases)
            if request.avoids is not None and request.avoids(hop.url):
                raise NotMatched
            if self._stay_home and not hop.home:
                raise from_home(url, hop.url, status)
            url, home, moved = hop.url, hop.home, moved and hop.permanent
        raise InCircles

    async def aclose(self) -> None:
        await self._wire.aclose()
        await self._elsewhere.aclose()

    async def _ask(
        self, stack: contextlib.AsyncExitStack, request: Request, home: bool
    ) -> httpx.Response:
        """One request, or two when the server wants another signature."""
        signer, signed = self.signer, home and request.secret
        if signed and signer.wonders(request.url):
            await self._look_for_guests(signer)
        signature = signer.headers(request.method, request.url) if signed else []
        alone = signer.is_alone(signature)
        response = await self._send(stack, request, home, signature)
        if not signed:
            return response
        if alone and _turns_away(request.url, response):
            return await self._renewed(signer, stack, request, signature, response)
        if alone and response.is_success:
            signer.cookie_did()
        sent = any(name == b"authorization" for name, _ in signature)
        signer.keep_cookies(response)
        again: RawHeaders = []
        if response.status_code == 401:
            challenge = response.headers.get("www-authenticate", "")
            again = signer.challenged(challenge, sent, request.method, request.url)
        elif response.status_code == 400:
            again = await self._digest_instead(signer, request)
        if again:
            await stack.aclose()
            response = await self._send(stack, request, home, again)
            signer.keep_cookies(response)
        return response

    async def _renewed(
        self,
        signer: Signer,
        stack: contextlib.AsyncExitStack,
        request: Request,
        cookie: RawHeaders,
        response: httpx.Response,
    ) -> httpx.Response:
        """What comes of a request whose cookie was turned away; `response` stands if all is known.

        It may have been too old: then it is the password's turn, once for all who wait. Or the
        thing is not for us, whatever we say: a page of covers is no reason for as many logins.
        """
        rejections = signer.rejections
        async with signer.signing_in:
            newer = signer.headers(request.method, request.url)
            if newer != cookie and signer.is_alone(newer):
                await stack.aclose()
                response, cookie = await self._send(stack, request, True, newer), newer
                if not _turns_away(request.url, response):
                    signer.keep_cookies(response)
                    return response
            about_it = response.status_code != 401 and request.purpose is not Purpose.DOCUMENT
            if signer.rejections != rejections or (about_it and signer.in_vain):
                return response
            if response.status_code == 401:
                signer.cookie_failed(cookie, request.method, request.url)
            await stack.aclose()
            response = await self._send(stack, request, True, signer.password)
            signer.in_vain = _turns_away(request.url, response)
            if response.status_code == 401:
                signer.rejections += 1
            if not signer.in_vain:
                signer.cookie_failed(cookie, request.method, request.url)
            signer.keep_cookies(response)
            return response

    async def _digest_instead(self, signer: Signer, request: Request) -> RawHeaders:
        """A 400 may mean that Basic is not wanted: found out once, without a signature."""
        basic = signer.credentials.auth is AuthMethod.BASIC
        if not basic or self._basic_settled or request.method != "GET":
            return []
        self._basic_settled = True
        status, challenge = await self._as_stranger(request)
        if status != 401:
            return []
        return signer.switch_to_digest(challenge, request.method, request.url)

    async def _look_for_guests(self, signer: Signer) -> None:
        """Whether the source turns strangers away, once; nobody else waits for that."""
        signer.strangers_are(turned_away=False)
        asked = Request("GET", self._root, [(b"accept", b"*/*")], secret=False)
        with contextlib.suppress(Malformed, NotMatched, Redirected):  # no such answer
            async with contextlib.AsyncExitStack() as stack:
                answer, home = await self.follow(stack, asked)
                signer.strangers_are(turned_away=home and answer.status == 401)

    async def _as_stranger(self, request: Request) -> tuple[int, str]:
        """(status, challenge) of a request without a word about who we are."""
        async with contextlib.AsyncExitStack() as stack:
            bare = await self._send(stack, request, True, [])
            return bare.status_code, bare.headers.get("www-authenticate", "")

    async def _send(
        self,
        stack: contextlib.AsyncExitStack,
        request: Request,
        home: bool,
        signature: RawHeaders,
    ) -> httpx.Response:
        begun = time.monotonic()
        response = await stack.enter_async_context(
            (self._wire if request.url.host == self._host else self._elsewhere).answer(
                request.method,
                request.url,
                headers=[*request.headers, *(self._extra if home else ()), *signature],
                content=request.content,
                connect_s=CONNECT_S,
                silence_s=request.silence_s,
                total_s=request.total_s,
            )
        )
        took_ms = (time.monotonic() - begun) * 1000
        what, status = request.purpose.value, response.status_code
        log.debug("%s %s: %d in %d ms", request.method, what, status, took_ms)
        return response


def _turns_away(asked: ServerUrl, response: httpx.Response) -> bool:
    """Whether this is said to somebody who is not known, or may not have it."""
    if response.status_code in STATUSES:
        return leads_to_login(asked, response.headers.get("location", ""))
    return response.status_code in (401, 403)
