"""Everything a source is asked goes through its one session: feeds, covers, files and places.

A session signs what goes to the origin of the source and nothing else, follows redirects by hand,
asks again after a hiccup, waits when the server wants it to, and stops at the first rejected
password. Cookies are kept in memory and go back only to the origin of the source, and only with
credentials: Storyteller makes a login of every request without one, and Komga checks a password
slowly. Servers without cookies need nothing.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

import httpx

from kios_desktop.domain.errors import (
    Fault,
    Malformed,
    Redirected,
    Refusal,
    Rejected,
    Throttled,
    Unreachable,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, Pin
from kios_desktop.protocols.http import body
from kios_desktop.protocols.http.address import Origin, address_of, at_origin, origin_of
from kios_desktop.protocols.http.answer import Answer
from kios_desktop.protocols.http.credentials import (
    ANONYMOUS,
    Credentials,
    RawHeaders,
)
from kios_desktop.protocols.http.redirects import MOST_HOPS, STATUSES, next_hop
from kios_desktop.protocols.http.reply import Reply, retry_after_s
from kios_desktop.protocols.http.sign_in import SignIn
from kios_desktop.protocols.http.signer import Signer
from kios_desktop.protocols.http.wire import PARALLEL, Wire

log = logging.getLogger(__name__)

CONNECT_S: Final = 10.0
FEED_S: Final = 30.0
DOWNLOADS: Final = 2
LONGEST_PAUSE_S: Final = 3600.0
_USUAL_PAUSE_S = 30.0
_HICCUPS = frozenset({502, 503, 504})
_WORTH_REPEATING = frozenset({Fault.CUT_OFF, Fault.REFUSED})
_PASSWORD_FIELD = b'type="password"'


class Purpose(Enum):
    """What is fetched. It decides how many at a time, and what a 401 means."""

    DOCUMENT = "document"
    IMAGE = "image"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a session waits, in seconds: before each repetition, with up to `jitter` more."""

    repeats_s: tuple[float, ...] = (1.0, 3.0)
    jitter: float = 0.5
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic

    async def before_repeat(self, number: int) -> None:
        await self.sleep(self.repeats_s[number] * (1 + random.uniform(0, self.jitter)))  # noqa: S311


@dataclass(frozen=True, slots=True)
class Request:
    """What a session is asked to send. `silence_s` is how long the server may say nothing.

    `secret`: sign it, if it goes to the source itself. Without, any status is an answer.
    """

    method: str
    url: ServerUrl
    headers: RawHeaders
    purpose: Purpose = Purpose.DOCUMENT
    content: bytes | None = None
    secret: bool = True
    silence_s: float = FEED_S
    total_s: float | None = FEED_S


class Session:
    """The transport of one source.

    `root` is the address of the catalog: only its origin ever sees `credentials`, `extra` headers
    and cookies. `pin` is the certificate trusted for it.

    Everything raises `Unreachable`, `Untrusted`, `Throttled`, `Redirected`, `Malformed` (a login
    page, or a body that is too long) and `Rejected` for a 401: `CREDENTIALS` when the password is
    wrong, once and for all; `FORBIDDEN` when only this picture or file is not for us. Other
    statuses are answers; `check_answered` knows what they mean in general.
    """

    def __init__(
        self,
        root: ServerUrl,
        credentials: Credentials = ANONYMOUS,
        pin: Pin | None = None,
        extra: Sequence[tuple[str, str]] = (),
        patience: Patience | None = None,
    ) -> None:
        origin = origin_of(root)
        if origin is None:
            raise Malformed("the address of the source is not one of a server")
        self._root, self._origin = root, origin
        self._extra = [(name.encode(), value.encode()) for name, value in extra]
        self._patience = patience or Patience()
        self._wire = Wire(pin)
        self._aliases: set[Origin] = set()
        self._slots = asyncio.Semaphore(PARALLEL)
        # A feed finds a place soon, however many covers are wanted
        self._shares = {
            Purpose.IMAGE: asyncio.Semaphore(PARALLEL - 1),
            Purpose.FILE: asyncio.Semaphore(DOWNLOADS),
        }
        self._paused_until = 0.0
        self._use(credentials)

    @property
    def credentials(self) -> Credentials:
        """As they are used: calibre may have made Digest of Basic. New ones start afresh."""
        return self._signer.credentials

    @credentials.setter
    def credentials(self, credentials: Credentials) -> None:
        self._use(credentials)

    def also_known_as(self, origin: Origin) -> None:
        """The server calls itself this; what leads there is asked of the source instead."""
        self._aliases.add(origin)

    async def get(
        self,
        url: ServerUrl,
        *,
        accept: str,
        cap_bytes: int,
        total_s: float = FEED_S,
        secret: bool = True,
        headers: Sequence[tuple[bytes, bytes]] = (),
        purpose: Purpose = Purpose.DOCUMENT,
    ) -> Reply:
        """One document or picture. Without `secret` it is not signed, and a 401 is an answer."""
        sent = [(b"accept", accept.encode()), (b"accept-encoding", body.ACCEPTED), *headers]
        return await self._whole(
            Request("GET", url, sent, purpose, None, secret, total_s, total_s), cap_bytes
        )

    async def put(
        self,
        url: ServerUrl,
        *,
        accept: str,
        content: bytes,
        content_type: str,
        cap_bytes: int,
        total_s: float = FEED_S,
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> Reply:
        """Sent once: whether to ask again is the business of who knows what it does."""
        sent = [
            (b"accept", accept.encode()),
            (b"accept-encoding", body.ACCEPTED),
            (b"content-type", content_type.encode()),
            *headers,
        ]
        request = Request("PUT", url, sent, content=content, silence_s=total_s, total_s=total_s)
        return await self._whole(request, cap_bytes)

    async def _whole(self, request: Request, cap_bytes: int) -> Reply:
        begun = time.monotonic()
        async with self.open(request) as answer:
            reply = await answer.read(cap_bytes)
        reply = replace(reply, took_s=time.monotonic() - begun)
        if reply.url != request.url and reply.is_html and _PASSWORD_FIELD in reply.body.lower():
            raise Malformed("redirected to a login page", html=True, login=True)
        return reply

    @contextlib.asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[Answer]:
        """An answer whose body is read inside the block."""
        request = replace(request, url=self._mapped(request.url))
        async with contextlib.AsyncExitStack() as stack:
            answer = await self._admitted(stack, request)
            yield answer

    async def aclose(self) -> None:
        await self._wire.aclose()

    def _use(self, credentials: Credentials) -> None:
        self._signer = Signer(credentials)
        self._sign_in = SignIn(self._patience.clock)
        self._images: bool | None = None
        self._basic_settled = credentials.auth is not AuthMethod.BASIC

    def _is_home(self, url: ServerUrl) -> bool:
        origin = origin_of(url)
        if origin is None:
            raise Malformed("not an address of a server")
        return origin == self._origin or origin.is_upgrade_of(self._origin)

    def _mapped(self, url: ServerUrl) -> ServerUrl:
        return at_origin(url, self._origin) if origin_of(url) in self._aliases else url

    async def _admitted(self, stack: contextlib.AsyncExitStack, request: Request) -> Answer:
        """Sends it when it may be sent, and explains a 401."""
        signed = request.secret and bool(self.credentials) and self._is_home(request.url)
        if signed:
            self._sign_in.check()
            if request.purpose is Purpose.IMAGE and self._images is False:
                raise Rejected(Refusal.FORBIDDEN)
            if not self._sign_in.tried:
                async with self._sign_in.trial() as ours:
                    if ours and request.purpose is Purpose.DOCUMENT:
                        return await self._judged(stack, request)
                    if ours:
                        await self._try_root()
        return await self._judged(stack, request)

    async def _try_root(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            headers = [(b"accept", b"*/*"), (b"accept-encoding", body.ACCEPTED)]
            await self._judged(stack, Request("GET", self._root, headers))

    async def _judged(self, stack: contextlib.AsyncExitStack, request: Request) -> Answer:
        signer = self._signer
        async with contextlib.AsyncExitStack() as own:
            answer, home = await self._patiently(own, request)
            if answer.status != 401 or not request.secret:
                if home and signer is self._signer:
                    self._learn(request, answer)
                stack.push_async_exit(own.pop_all())
                return answer
            said = (await answer.said()).said
        if not home:
            if self._is_home(request.url):  # our secrets stayed behind when it led elsewhere
                raise Redirected(address_of(request.url), answer.url.shown, same_host=False)
            raise Rejected(Refusal.FORBIDDEN, said)
        signer.forget_cookies()
        if request.purpose is Purpose.DOCUMENT:
            if not self.credentials or signer is not self._signer:
                raise Rejected(Refusal.CREDENTIALS, said)
            raise self._sign_in.reject(said)
        if request.purpose is Purpose.IMAGE and self._images is None:
            self._images = False
        if self.credentials and not self._sign_in.proven:
            self._sign_in.doubt()
            async with self._sign_in.trial() as ours:
                if ours:
                    await self._try_root()
        raise Rejected(Refusal.FORBIDDEN, said)

    def _learn(self, request: Request, answer: Answer) -> None:
        delivered = answer.status < 400 or answer.status in (404, 410)
        if request.purpose is Purpose.DOCUMENT and request.secret and delivered:
            self._sign_in.accept()
        if request.purpose is Purpose.IMAGE and answer.status < 300:
            self._images = True

    async def _patiently(
        self, stack: contextlib.AsyncExitStack, request: Request
    ) -> tuple[Answer, bool]:
        """Asks again after a hiccup; (the answer, whether it comes from the source itself)."""
        repeats = len(self._patience.repeats_s) if request.method == "GET" else 0
        repeats = 0 if request.purpose is Purpose.IMAGE else repeats
        for number in range(repeats + 1):
            self._check_pause(request)
            last = number == repeats
            async with contextlib.AsyncExitStack() as own:
                try:
                    answer, home = await self._follow(own, request)
                except Unreachable as error:
                    if last or not error.retryable or error.fault not in _WORTH_REPEATING:
                        raise
                else:
                    self._pause_if_asked(answer, home)
                    if last or answer.status not in _HICCUPS:
                        stack.push_async_exit(own.pop_all())
                        return answer, home
            await self._patience.before_repeat(number)
        raise AssertionError("unreachable")

    async def _follow(
        self, stack: contextlib.AsyncExitStack, request: Request
    ) -> tuple[Answer, bool]:
        if (share := self._shares.get(request.purpose)) is not None:
            await stack.enter_async_context(share)
        await stack.enter_async_context(self._slots)
        url, home, moved = request.url, self._is_home(request.url), True
        for hops in range(MOST_HOPS + 1):
            async with contextlib.AsyncExitStack() as own:
                response = await self._ask(own, replace(request, url=url), home)
                location = response.headers.get("location")
                if response.status_code not in STATUSES or location is None:
                    stack.push_async_exit(own.pop_all())
                    return Answer(response, url, moved=moved and hops > 0), home
            hop = next_hop(
                request.method,
                url,
                response.status_code,
                location,
                self._origin,
                home,
                self._aliases,
            )
            url, home, moved = hop.url, hop.home, moved and hop.permanent
        raise Malformed("too many redirects")

    async def _ask(
        self, stack: contextlib.AsyncExitStack, request: Request, home: bool
    ) -> httpx.Response:
        """One exchange, or two when the server wants another signature."""
        signer = self._signer
        signed = home and request.secret
        signature = signer.headers(request.method, request.url) if signed else []
        response = await self._exchange(stack, request, home, signature)
        if not signed:
            return response
        signer.keep_cookies(response)
        if response.status_code == 401:
            sent = any(name == b"authorization" for name, _ in signature)
            challenge = response.headers.get("www-authenticate", "")
            again = signer.challenged(challenge, sent, request.method, request.url)
        elif response.status_code == 400:
            again = await self._digest_instead(signer, request)
        else:
            return response
        if not again:
            return response
        await stack.aclose()
        response = await self._exchange(stack, request, home, again)
        signer.keep_cookies(response)
        return response

    async def _digest_instead(self, signer: Signer, request: Request) -> RawHeaders:
        if self._basic_settled or request.method != "GET":
            return []
        self._basic_settled = True
        async with contextlib.AsyncExitStack() as stack:
            bare = await self._exchange(stack, request, True, [])
            if bare.status_code != 401:
                return []
            challenge = bare.headers.get("www-authenticate", "")
        return signer.switch_to_digest(challenge, request.method, request.url)

    async def _exchange(
        self,
        stack: contextlib.AsyncExitStack,
        request: Request,
        home: bool,
        signature: RawHeaders,
    ) -> httpx.Response:
        begun = time.monotonic()
        response = await stack.enter_async_context(
            self._wire.answer(
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

    def _check_pause(self, request: Request) -> None:
        left_s = self._paused_until - self._patience.clock()
        if left_s > 0 and self._is_home(request.url):
            raise Throttled(left_s)

    def _pause_if_asked(self, answer: Answer, home: bool) -> None:
        """Raises `Throttled`; for a while everybody gets the same. “Retry-After: 0” is no wish."""
        wish_s = retry_after_s(answer.headers, answer.date)
        if home and (answer.status == 429 or (answer.status == 503 and wish_s)):
            pause_s = min(wish_s or _USUAL_PAUSE_S, LONGEST_PAUSE_S)
            self._paused_until = self._patience.clock() + pause_s
            raise Throttled(pause_s)
