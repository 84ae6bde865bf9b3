"""The transport of one source: its feeds, covers, files and places all go through its session.

The session is the policy of a source; `Exchange` signs and redirects, `Wire` sends. It stops at the
first rejected password, sends again after a hiccup, and leaves a server alone for as long as that
asks for. Credentials and cookies go to the origin of the source only (`Exchange`, `Signer`).
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Final

from kios_desktop.domain.errors import (
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
from kios_desktop.protocols.http.credentials import ANONYMOUS, Credentials
from kios_desktop.protocols.http.exchange import Exchange
from kios_desktop.protocols.http.open_reply import OpenReply
from kios_desktop.protocols.http.reply import LONGEST_RETRY_AFTER_S, Reply, retry_after_s
from kios_desktop.protocols.http.request import FEED_S, Purpose, Request, Retries, RetryPolicy
from kios_desktop.protocols.http.sign_in import SignIn
from kios_desktop.protocols.http.signer import Signer
from kios_desktop.protocols.http.wire import PARALLEL

DOWNLOADS: Final = 2
_USUAL_PAUSE_S = 30.0
_PASSWORD_FIELD = b'type="password"'


class Session:
    """The transport of one source.

    `root` is the address of the catalog: only its origin ever sees `credentials`, `extra` headers
    and cookies. `pin` is the certificate trusted for it. With `same_origin_only` no other origin is
    asked: some servers redirect requests for unknown books to a shop, with the key of the source
    in the address. Such a redirect raises `NotMatched`.

    Every request may raise `Unreachable`, `Untrusted`, `Throttled`, `Redirected`, `Malformed` (a
    login page, or a body that is too long) and, for a 401, `Rejected`: with `CREDENTIALS` when the
    password is wrong, after which nothing is sent any more; with `FORBIDDEN` when only this picture
    or file is not for this user. Other statuses are answers (see `check_answered`).
    """

    def __init__(
        self,
        root: ServerUrl,
        credentials: Credentials = ANONYMOUS,
        pin: Pin | None = None,
        extra: Sequence[tuple[str, str]] = (),
        retry_policy: RetryPolicy | None = None,
        same_origin_only: bool = False,
    ) -> None:
        self._root = root
        self._retry_policy = retry_policy or RetryPolicy()
        self._exchange = Exchange(root, pin, extra, same_origin_only)
        self._slots = asyncio.Semaphore(PARALLEL)
        # One slot is never given to covers, so that a feed need not wait for them
        self._shares = {
            Purpose.IMAGE: asyncio.Semaphore(PARALLEL - 1),
            Purpose.FILE: asyncio.Semaphore(DOWNLOADS),
        }
        self._paused_until = 0.0
        self._use(credentials)

    @property
    def credentials(self) -> Credentials:
        """As they are used: Basic becomes Digest when calibre asks for it. Set: all starts anew."""
        return self._exchange.signer.credentials

    @credentials.setter
    def credentials(self, credentials: Credentials) -> None:
        self._use(credentials)

    def add_alias(self, origin: Origin) -> None:
        """The server uses this origin in its links; they are requested from the source instead."""
        self._exchange.add_alias(origin)

    def get(
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
    ) -> Coroutine[Any, Any, Reply]:
        """One document or picture. Without `secret` it is not signed, and a 401 is an answer.

        `once` is for what must not be sent again, whatever happens to the answer. Raises
        `NotMatched` for a redirect to an address for which `avoids` is true.
        """
        sent = [(b"accept", accept.encode()), (b"accept-encoding", body.ACCEPTED), *headers]
        request = Request("GET", url, sent, purpose, None, secret, total_s, total_s, once, avoids)
        return self._read(request, cap_bytes)

    def put(
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
    ) -> Coroutine[Any, Any, Reply]:
        """Sent once: only the caller knows whether it is safe to send it again."""
        sent = [
            (b"accept", accept.encode()),
            (b"accept-encoding", body.ACCEPTED),
            (b"content-type", content_type.encode()),
            *headers,
        ]
        request = Request(
            "PUT", url, sent, Purpose.DOCUMENT, content, secret, total_s, total_s, once=True
        )
        return self._read(request, cap_bytes)

    @contextlib.asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[OpenReply]:
        """An answer whose body is read inside the block. This is the whole policy of a request.

        1. Until the credentials are known to be right, one signed request goes alone, and the
           others wait for its outcome (`SignIn.trial`).
        2. The request takes a slot. What became known while it waited for one counts.
        3. After a hiccup it is sent again, as `RetryPolicy` says.
        4. Its outcome is remembered, and a 401 explained.
        """
        request = replace(request, url=self._exchange.mapped(request.url))
        async with contextlib.AsyncExitStack() as kept:
            trial = await kept.enter_async_context(contextlib.AsyncExitStack())
            slot = await kept.enter_async_context(contextlib.AsyncExitStack())
            retries = Retries(self._retry_policy, request)
            while True:
                await self._admit(trial, request)
                await self._take_slot(slot, request)
                if self._is_doubtful(request):
                    retries = Retries(self._retry_policy, request)
                    await slot.aclose()
                    continue
                signer = self._exchange.signer
                try:
                    answer = await self._exchange.send(slot, request)
                except Unreachable as error:
                    if not retries.after_error(error):
                        raise
                else:
                    self._pause_if_asked(answer)
                    if not retries.after_status(answer.status):
                        break
                await slot.aclose()
                await retries.pause()
            if answer.status == 401 and request.secret:
                said = (await answer.said()).said
                await slot.aclose()
                raise await self._explained(request, answer, signer, said)
            if answer.at_source and signer is self._exchange.signer:
                self._learn(request, answer)
            await trial.aclose()
            yield answer

    def start_afresh(self) -> None:
        """Credentials that were rejected may be sent again: a person found them to be right."""
        self._use(self.credentials)

    async def aclose(self) -> None:
        await self._exchange.aclose()

    async def _read(self, request: Request, cap_bytes: int) -> Reply:
        begun = time.monotonic()
        async with self.open(request) as answer:
            reply = await answer.read(cap_bytes)
        reply = replace(reply, took_s=time.monotonic() - begun)
        if reply.url != request.url and reply.is_html and _PASSWORD_FIELD in reply.body.lower():
            raise Malformed("redirected to a login page", html=True, login=True)
        return reply

    def _use(self, credentials: Credentials) -> None:
        self._exchange.sign_with(credentials)
        self._sign_in = SignIn(self._retry_policy.clock)
        self._images: bool | None = None  # whether the source shows us any

    def _is_signed(self, request: Request) -> bool:
        return request.secret and bool(self.credentials) and self._exchange.is_source(request.url)

    def _is_doubtful(self, request: Request) -> bool:
        """Whether the request carries credentials that are not known to be right."""
        return self._is_signed(request) and not self._sign_in.settled

    async def _admit(self, trial: contextlib.AsyncExitStack, request: Request) -> None:
        """Returns when the request may be sent; `trial` is entered where it goes alone.

        A file or picture that goes alone is preceded by the root of the source: a 401 on a file may
        be about the file, a 401 on a document is about the password.
        """
        self._check_allowed(request)
        if not self._is_doubtful(request):
            return
        await trial.aclose()
        if not await trial.enter_async_context(self._sign_in.trial()):
            await trial.aclose()
        elif request.purpose is not Purpose.DOCUMENT:
            await self._try_root()

    async def _take_slot(self, slot: contextlib.AsyncExitStack, request: Request) -> None:
        if (share := self._shares.get(request.purpose)) is not None:
            await slot.enter_async_context(share)
        await slot.enter_async_context(self._slots)
        self._check_allowed(request)

    def _check_allowed(self, request: Request) -> None:
        """Raises `Rejected` for what is known to be refused, and `Throttled`."""
        if self._is_signed(request):
            self._sign_in.check()
            if request.purpose is Purpose.IMAGE and self._images is False:
                raise Rejected(Refusal.FORBIDDEN)
        left_s = self._paused_until - self._retry_policy.clock()
        if left_s > 0 and self._exchange.is_source(request.url):
            raise Throttled(left_s)

    async def _try_root(self) -> None:
        """Asks for the root of the source, whose 401 is about the password. Raises `Rejected`."""
        headers = [(b"accept", b"*/*"), (b"accept-encoding", body.ACCEPTED)]
        async with self.open(Request("GET", self._root, headers)):
            pass

    async def _explained(
        self, request: Request, answer: OpenReply, signer: Signer, said: str
    ) -> Rejected | Redirected:
        """The error for a 401, which may need a request for the root. Raises what that raises.

        `signer` signed the request; other credentials may be in use by now.
        """
        if not answer.at_source:
            if self._exchange.is_source(request.url):  # redirected; the secrets were not sent along
                return Redirected(address_of(request.url), answer.url.shown, same_host=False)
            return Rejected(Refusal.FORBIDDEN, said)
        signer.forget_cookies()
        if not self.credentials:
            return Rejected(Refusal.NEEDED, said)
        if signer is not self._exchange.signer:
            return Rejected(Refusal.CREDENTIALS, said)
        if request.purpose is Purpose.DOCUMENT:
            return self._sign_in.reject(said)
        if request.purpose is Purpose.IMAGE and self._images is None:
            self._images = False
        if not self._sign_in.proven and not self._sign_in.leading:
            self._sign_in.doubt()
            async with self._sign_in.trial() as ours:
                if ours:
                    await self._try_root()
        return Rejected(Refusal.FORBIDDEN, said)

    def _learn(self, request: Request, answer: OpenReply) -> None:
        delivered = answer.status < 400 or answer.status in (404, 410)
        if request.purpose is Purpose.DOCUMENT and request.secret and delivered:
            self._sign_in.accept()
        if request.purpose is Purpose.IMAGE and answer.status < 300:
            self._images = True

    def _pause_if_asked(self, answer: OpenReply) -> None:
        """Raises `Throttled`, as every request does until then. “Retry-After: 0” has no effect."""
        asked_s = retry_after_s(answer.headers, answer.date)
        if answer.at_source and (answer.status == 429 or (answer.status == 503 and asked_s)):
            pause_s = min(asked_s or _USUAL_PAUSE_S, LONGEST_RETRY_AFTER_S)
            self._paused_until = self._retry_policy.clock() + pause_s
            raise Throttled(pause_s)
