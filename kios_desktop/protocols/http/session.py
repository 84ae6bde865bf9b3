"""Everything a source is asked goes through its one session: feeds, covers, files and places.

A session signs what goes to the origin of the source and nothing else, follows redirects by hand,
asks again after a hiccup, waits when the server wants it to, and stops at the first rejected
password. Cookies are kept in memory and go back only to the origin of the source, and only with
where there are credentials, which then stay at home (`Signer`): Storyteller makes a login of every
password, and Komga checks it slowly. Servers without cookies need nothing.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Final

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
from kios_desktop.domain.source import Pin
from kios_desktop.protocols.http import body
from kios_desktop.protocols.http.address import Origin, address_of
from kios_desktop.protocols.http.answer import Answer
from kios_desktop.protocols.http.credentials import ANONYMOUS, Credentials
from kios_desktop.protocols.http.exchange import Exchange
from kios_desktop.protocols.http.reply import LONGEST_WISH_S, Reply, retry_after_s
from kios_desktop.protocols.http.request import FEED_S, Patience, Purpose, Request
from kios_desktop.protocols.http.sign_in import SignIn
from kios_desktop.protocols.http.wire import PARALLEL

DOWNLOADS: Final = 2
_USUAL_PAUSE_S = 30.0
_HICCUPS = frozenset({502, 503, 504})
_WORTH_REPEATING = frozenset({Fault.CUT_OFF, Fault.REFUSED})
_PASSWORD_FIELD = b'type="password"'


class _Doubted(Exception):
    """The password turned doubtful while a request waited for its turn."""


class Session:
    """The transport of one source.

    `root` is the address of the catalog: only its origin ever sees `credentials`, `extra` headers
    and cookies. `pin` is the certificate trusted for it. With `stay_home` no other origin is
    asked: some servers send what they don't know to a shop, with the key of the source in the
    address. There it means that nothing is there (`NotMatched`).

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
        stay_home: bool = False,
    ) -> None:
        self._root = root
        self._patience = patience or Patience()
        self._exchange = Exchange(root, pin, extra, stay_home)
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
        return self._exchange.signer.credentials

    @credentials.setter
    def credentials(self, credentials: Credentials) -> None:
        self._use(credentials)

    def also_known_as(self, origin: Origin) -> None:
        """The server calls itself this; what leads there is asked of the source instead."""
        self._exchange.also_known_as(origin)

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
        once: bool = False,
        avoids: Callable[[ServerUrl], bool] | None = None,
    ) -> Reply:
        """One document or picture. Without `secret` it is not signed, and a 401 is an answer.

        `once` is for what must not be asked again, whatever happens to the answer. Raises
        `NotMatched` for a redirect to an address that must not be asked: one that `avoids` names.
        """
        sent = [(b"accept", accept.encode()), (b"accept-encoding", body.ACCEPTED), *headers]
        request = Request("GET", url, sent, purpose, None, secret, total_s, total_s, once, avoids)
        return await self._whole(request, cap_bytes)

    async def put(
        self,
        url: ServerUrl,
        *,
        accept: str,
        content: bytes,
        content_type: str,
        cap_bytes: int,
        total_s: float = FEED_S,
        secret: bool = True,
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> Reply:
        """Sent once: whether to ask again is the business of who knows what it does."""
        sent = [
            (b"accept", accept.encode()),
            (b"accept-encoding", body.ACCEPTED),
            (b"content-type", content_type.encode()),
            *headers,
        ]
        request = Request(
            "PUT", url, sent, Purpose.DOCUMENT, content, secret, total_s, total_s, once=True
        )
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
        request = replace(request, url=self._exchange.mapped(request.url))
        async with contextlib.AsyncExitStack() as stack:
            answer = await self._admitted(stack, request)
            yield answer

    def start_afresh(self) -> None:
        """Somebody found the credentials to be right: what was rejected may go out again."""
        self._use(self.credentials)

    async def aclose(self) -> None:
        await self._exchange.aclose()

    def _use(self, credentials: Credentials) -> None:
        self._exchange.sign_with(credentials)
        self._sign_in = SignIn(self._patience.clock)
        self._images: bool | None = None  # whether the source shows us any

    async def _admitted(self, stack: contextlib.AsyncExitStack, request: Request) -> Answer:
        """Sends it when it may be sent, and explains a 401."""
        while True:
            self._check_allowed(request)
            if self._is_signed(request) and not self._sign_in.settled:
                async with self._sign_in.trial() as ours:
                    if ours:
                        if request.purpose is not Purpose.DOCUMENT:
                            await self._try_root()
                        return await self._judged(stack, request)
            with contextlib.suppress(_Doubted):
                return await self._judged(stack, request)

    def _is_signed(self, request: Request) -> bool:
        return request.secret and bool(self.credentials) and self._exchange.is_home(request.url)

    def _check_allowed(self, request: Request) -> None:
        """Raises `Rejected` for what is known to be refused, and `Throttled`."""
        if self._is_signed(request):
            self._sign_in.check()
            if request.purpose is Purpose.IMAGE and self._images is False:
                raise Rejected(Refusal.FORBIDDEN)
        left_s = self._paused_until - self._patience.clock()
        if left_s > 0 and self._exchange.is_home(request.url):
            raise Throttled(left_s)

    async def _try_root(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            headers = [(b"accept", b"*/*"), (b"accept-encoding", body.ACCEPTED)]
            await self._judged(stack, Request("GET", self._root, headers))

    async def _judged(self, stack: contextlib.AsyncExitStack, request: Request) -> Answer:
        signer = self._exchange.signer
        async with contextlib.AsyncExitStack() as own:
            answer, home = await self._patiently(own, request)
            if answer.status != 401 or not request.secret:
                if home and signer is self._exchange.signer:
                    self._learn(request, answer)
                stack.push_async_exit(own.pop_all())
                return answer
            said = (await answer.said()).said
        if not home:
            if self._exchange.is_home(request.url):  # it led elsewhere, our secrets stayed behind
                raise Redirected(address_of(request.url), answer.url.shown, same_host=False)
            raise Rejected(Refusal.FORBIDDEN, said)
        signer.forget_cookies()
        if not self.credentials:
            raise Rejected(Refusal.NEEDED, said)
        if signer is not self._exchange.signer:  # these were the credentials before
            raise Rejected(Refusal.CREDENTIALS, said)
        if request.purpose is Purpose.DOCUMENT:
            raise self._sign_in.reject(said)
        if request.purpose is Purpose.IMAGE and self._images is None:
            self._images = False
        if not self._sign_in.proven and not self._sign_in.leading:
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
        repeats = 0 if request.once or request.purpose is Purpose.IMAGE else repeats
        for number in range(repeats + 1):
            last, refused = number == repeats, False
            async with contextlib.AsyncExitStack() as own:
                try:
                    answer, home = await self._in_turn(own, request)
                except Unreachable as error:
                    if last or not error.retryable or error.fault not in _WORTH_REPEATING:
                        raise
                    refused = error.fault is Fault.REFUSED
                else:
                    self._pause_if_asked(answer, home)
                    if last or answer.status not in _HICCUPS:
                        stack.push_async_exit(own.pop_all())
                        return answer, home
            await self._patience.before_repeat(number, refused)
        raise AssertionError("unreachable")

    async def _in_turn(
        self, stack: contextlib.AsyncExitStack, request: Request
    ) -> tuple[Answer, bool]:
        if (share := self._shares.get(request.purpose)) is not None:
            await stack.enter_async_context(share)
        await stack.enter_async_context(self._slots)
        self._check_allowed(request)  # much may have become known while it waited
        if self._is_signed(request) and not self._sign_in.settled:
            raise _Doubted
        return await self._exchange.follow(stack, request)

    def _pause_if_asked(self, answer: Answer, home: bool) -> None:
        """Raises `Throttled`; for a while everybody gets the same. “Retry-After: 0” is no wish."""
        wish_s = retry_after_s(answer.headers, answer.date)
        if home and (answer.status == 429 or (answer.status == 503 and wish_s)):
            pause_s = min(wish_s or _USUAL_PAUSE_S, LONGEST_WISH_S)
            self._paused_until = self._patience.clock() + pause_s
            raise Throttled(pause_s)
