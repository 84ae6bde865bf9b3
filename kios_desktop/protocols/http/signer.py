"""Signing requests to a source: its credentials, and the cookies it gave us for them.

Storyteller makes a login of 30 days of every request with a password, even beside a good cookie,
and takes half a second for it. So where a server has given a cookie it goes alone, until it is
turned away: by a 401, a 403 or the way to a login page. It must not where everybody may look:
guests of Calibre-Web see less, and are never told to sign in.
"""

import asyncio
import re
from dataclasses import replace
from typing import Final

import httpx

from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http.challenge import challenges
from kios_desktop.protocols.http.credentials import Credentials, Digest, RawHeaders, plain_headers

_COOKIE: Final = re.compile(r"[\x20-\x7e]{1,8192}")  # what can be sent back
_ENDLESS: Final = re.compile(r"[0-9]{13}")  # in its attributes: an age nobody can reckon with


class Signer:
    """The headers that say who we are. Only for requests that go to the source itself."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self._plain = plain_headers(credentials)
        self._digest = Digest(credentials) if credentials.auth is AuthMethod.DIGEST else None
        self._cookies = httpx.Cookies()
        self._cookie_signs: bool | None = None  # None until the server was asked without anything
        self._cookie_proved = False
        self.signing_in = asyncio.Lock()  # held for the password's turn: one login does for all
        self.rejections = 0  # of the password, when it was its turn
        self.in_vain = False  # the password did no better than the last cookie turned away
        self._basic_checked = False

    def headers(self, method: str, url: ServerUrl) -> RawHeaders:
        """Empty without credentials, and for digest before the server gave us a nonce."""
        if self._digest is not None:
            return self._digest.headers(method, url.reveal()) + self._cookie(method, url)
        cookie = self._cookie(method, url) if self._plain else []
        # what changes something may want more than a cookie, and is rare
        alone = bool(cookie) and self._cookie_signs is True and method == "GET"
        return cookie if alone else self._plain + cookie

    def wonders(self, url: ServerUrl) -> bool:
        """Whether there is a cookie for this, and it is not known if the server has guests."""
        basic = self.credentials.auth is AuthMethod.BASIC
        return basic and self._cookie_signs is None and bool(self._cookie("GET", url))

    def strangers_are(self, turned_away: bool) -> None:
        """Who sends a cookie alone is known by it only where strangers are turned away."""
        self._cookie_signs = turned_away

    def is_alone(self, signature: RawHeaders) -> bool:
        """Whether a cookie is all that says who we are."""
        cookie = bool(signature) and signature[0][0] == b"cookie"
        return cookie and self._cookie_signs is True

    @property
    def password(self) -> RawHeaders:
        """What is sent when a cookie alone is not enough."""
        return self._plain

    def cookie_did(self) -> None:
        """A cookie alone was enough."""
        self._cookie_proved, self.in_vain = True, False

    def cookie_failed(self, signature: RawHeaders, method: str, url: ServerUrl) -> None:
        """A cookie alone was not known: one that never did any good is kept in company."""
        if signature == self._cookie(method, url):  # else there is a newer one
            self.forget_cookies()
            self._cookie_signs = self._cookie_proved

    def keep_cookies(self, response: httpx.Response) -> None:
        if not self.credentials:
            return
        given = response.headers.get_list("set-cookie")
        usable = [
            one
            for one in given
            if _COOKIE.fullmatch(one) and not _ENDLESS.search(one.partition(";")[2])
        ]
        if usable:
            headers = [("set-cookie", one) for one in usable]
            told = httpx.Response(200, headers=headers, request=response.request)
            self._cookies.extract_cookies(told)

    def forget_cookies(self) -> None:
        self._cookies = httpx.Cookies()

    def challenged(self, header: str, signed: bool, method: str, url: ServerUrl) -> RawHeaders:
        """How to repeat a request that got a 401; empty for a final one. See `Digest`."""
        if not signed and self.credentials.auth is AuthMethod.BASIC:
            return self._plain
        if self.credentials.auth is AuthMethod.AUTOMATIC and self.credentials:
            return self._settled(header, method, url)
        if self._digest is None:
            return []
        return self._digest.challenged(header, signed, method, url.reveal())

    def _settled(self, header: str, method: str, url: ServerUrl) -> RawHeaders:
        """Digest keeps the password to itself where the connection does not; else it is Basic.

        Basic is also for those who say nothing (old Calibre-Web).
        """
        offered = {one.scheme for one in challenges(header)}
        plain = not url.reveal().lower().startswith("https:")
        if "digest" in offered and (plain or "basic" not in offered):
            return self.switch_to_digest(header, method, url)
        self.credentials = replace(self.credentials, auth=AuthMethod.BASIC)
        self._plain = plain_headers(self.credentials)
        return self._plain

    def may_want_digest(self, method: str) -> bool:
        """Whether a 400 may mean that Basic is not accepted; True once. The probe is unsigned."""
        basic = self.credentials.auth is AuthMethod.BASIC
        if not basic or self._basic_checked or method != "GET":
            return False
        self._basic_checked = True
        return True

    def switch_to_digest(self, header: str, method: str, url: ServerUrl) -> RawHeaders:
        """How to repeat the request with Digest; empty when the server does not offer it.

        calibre answers 400 to Basic when it wants Digest.
        """
        credentials = replace(self.credentials, auth=AuthMethod.DIGEST)
        digest = Digest(credentials)
        headers = digest.challenged(header, False, method, url.reveal())
        if headers:
            self.credentials, self._plain, self._digest = credentials, [], digest
        return headers

    def _cookie(self, method: str, url: ServerUrl) -> RawHeaders:
        request = httpx.Request(method, url.reveal())
        self._cookies.set_cookie_header(request)
        cookie = request.headers.get("cookie")
        return [] if cookie is None else [(b"cookie", cookie.encode())]
