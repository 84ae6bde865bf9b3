"""How one request to the source is signed: a dialogue with the server, without any input or output.

`signing` yields what to send next and is sent the response to it, as `httpx.Auth.auth_flow` does.
The response to the last `Attempt` that was not a `probe` is the answer to the request.

A server that accepts a cookie is asked with the cookie alone. When it turns the cookie away, the
password is sent, by one request at a time: the others wait (`AwaitTurn`) and use the new cookie.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import httpx

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.http.credentials import RawHeaders
from kios_desktop.protocols.http.redirects import STATUSES, leads_to_login
from kios_desktop.protocols.http.request import Purpose, Request
from kios_desktop.protocols.http.signer import Signer


@dataclass(frozen=True, slots=True)
class Attempt:
    """Send the request with these headers.

    The response before it is closed first, unless this is a `probe`: then only its status and
    headers are wanted, and the response before it may still be the answer.
    """

    signature: RawHeaders
    probe: bool = False


class AwaitTurn:
    """Hold `Signer.signing_in` until the dialogue ends."""


Signing = Generator[Attempt | AwaitTurn, Any, None]
"""Is sent the `httpx.Response` to each attempt, and the same one again after `AwaitTurn`."""


def unsigned() -> Signing:
    """The dialogue of an unsigned request: one attempt."""
    yield Attempt([])


def signing(signer: Signer, request: Request) -> Signing:
    """The dialogue of a request to the source itself. Raises `Malformed` (see `Digest`)."""
    method, url = request.method, request.url
    signature = signer.headers(method, url)
    cookie_only = signer.is_cookie_only(signature)
    response: httpx.Response = yield Attempt(signature)
    if cookie_only and _was_turned_away(url, response):
        yield from _renewing(signer, request, signature, response)
        return
    if cookie_only and response.is_success:
        signer.cookie_accepted()
    signer.keep_cookies(response)
    again: RawHeaders = []
    if response.status_code == 401:
        sent = any(name == b"authorization" for name, _ in signature)
        challenge = response.headers.get("www-authenticate", "")
        again = signer.challenged(challenge, sent, method, url)
    elif response.status_code == 400 and signer.may_want_digest(method):
        bare: httpx.Response = yield Attempt([], probe=True)
        if bare.status_code == 401:
            challenge = bare.headers.get("www-authenticate", "")
            again = signer.switch_to_digest(challenge, method, url)
    if again:
        response = yield Attempt(again)
        signer.keep_cookies(response)


def _renewing(
    signer: Signer, request: Request, cookie: RawHeaders, response: httpx.Response
) -> Signing:
    """Goes on after the server turned a cookie away; `response` is how it did.

    The cookie may have expired: then the password is sent, once for all requests that wait. Or this
    user may not have the resource, whatever is sent: a page of covers must not cause as many
    logins.
    """
    method, url = request.method, request.url
    rejections = signer.rejections
    yield AwaitTurn()
    newer = signer.headers(method, url)
    if newer != cookie and signer.is_cookie_only(newer):
        cookie = newer
        response = yield Attempt(newer)
        if not _was_turned_away(url, response):
            signer.keep_cookies(response)
            return
    about_it = response.status_code != 401 and request.purpose is not Purpose.DOCUMENT
    if signer.rejections != rejections or (about_it and signer.login_in_vain):
        return
    if response.status_code == 401:
        signer.cookie_failed(cookie, method, url)
    response = yield Attempt(signer.password)
    signer.login_in_vain = _was_turned_away(url, response)
    if response.status_code == 401:
        signer.rejections += 1
    if not signer.login_in_vain:
        signer.cookie_failed(cookie, method, url)
    signer.keep_cookies(response)


def _was_turned_away(asked: ServerUrl, response: httpx.Response) -> bool:
    """Whether the server asks to sign in, or refuses this user."""
    if response.status_code in STATUSES:
        return leads_to_login(asked, response.headers.get("location", ""))
    return response.status_code in (401, 403)
