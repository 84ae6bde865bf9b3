"""The credentials of a source, and the cookies it gave us for them.

Storyteller creates a login of 30 days for every request with a password, even beside a valid
cookie, and takes half a second for it. So a cookie is sent alone until the server turns it away:
with a 401, a 403 or a redirect to a login page. Not on servers with guest access, which never ask
to sign in: guests of Calibre-Web see fewer books.
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
_ENDLESS: Final = re.compile(r"[0-9]{13}")  # in attributes: `http.cookiejar` fails on such an age


class Signer:
    """The headers that sign requests to one source. Never for another origin."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self._plain = plain_headers(credentials)
        self._digest = Digest(credentials) if credentials.auth is AuthMethod.DIGEST else None
        self._cookies = httpx.Cookies()
        self._cookie_suffices: bool | None = None  # None until the server was asked unsigned
        self._cookie_proved = False
        self.signing_in = asyncio.Lock()  # held while the password is sent: one login serves all
        self.rejections = 0  # of the password after a cookie
        self.login_in_vain = False  # the password was turned away like the cookie before it
        self._basic_checked = False

    def headers(self, method: str, url: ServerUrl) -> RawHeaders:
        """Empty without credentials, and for Digest before the server has sent a nonce."""
        if self._digest is not None:
            return self._digest.headers(method, url.reveal()) + self._cookie(method, url)
        cookie = self._cookie(method, url) if self._plain else []
        # A request that changes something may need more than a cookie, and is rare
        alone = bool(cookie) and self._cookie_suffices is True and method == "GET"
        return cookie if alone else self._plain + cookie

    def needs_guest_check(self, url: ServerUrl) -> bool:
        """Whether there is a cookie, and it is unknown whether the server has guest access."""
        basic = self.credentials.auth is AuthMethod.BASIC
        return basic and self._cookie_suffices is None and bool(self._cookie("GET", url))

    def set_sign_in_required(self, required: bool) -> None:
        """Whether unsigned requests are rejected: only then does a cookie alone sign a request."""
        self._cookie_suffices = required

    def is_cookie_only(self, signature: RawHeaders) -> bool:
        """Whether a cookie is the only credential."""
        cookie = bool(signature) and signature[0][0] == b"cookie"
        return cookie and self._cookie_suffices is True

    @property
    def password(self) -> RawHeaders:
        """The headers with the password."""
        return self._plain

    def cookie_accepted(self) -> None:
        """The server accepted a cookie alone."""
        self._cookie_proved, self.login_in_vain = True, False

    def cookie_failed(self, signature: RawHeaders, method: str, url: ServerUrl) -> None:
        """The server turned a cookie away; if it never accepted one alone, none is sent alone."""
        if signature == self._cookie(method, url):  # else there is a newer one
            self.forget_cookies()
            self._cookie_suffices = self._cookie_proved

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
            filtered = httpx.Response(200, headers=headers, request=response.request)
            self._cookies.extract_cookies(filtered)

    def forget_cookies(self) -> None:
        self._cookies = httpx.Cookies()

    def challenged(self, header: str, signed: bool, method: str, url: ServerUrl) -> RawHeaders:
        """The headers to repeat a request with after a 401; empty if that is final."""
        if not signed and self.credentials.auth is AuthMethod.BASIC:
            return self._plain
        if self.credentials.auth is AuthMethod.AUTOMATIC and self.credentials:
            return self._settled(header, method, url)
        if self._digest is None:
            return []
        return self._digest.challenged(header, signed, method, url.reveal())

    def _settled(self, header: str, method: str, url: ServerUrl) -> RawHeaders:
        """Chooses Digest on an unencrypted connection where it is offered; else Basic.

        Basic also for a 401 without a challenge (old Calibre-Web).
        """
        offered = {one.scheme for one in challenges(header)}
        plain = not url.reveal().lower().startswith("https:")
        if "digest" in offered and (plain or "basic" not in offered):
            return self.switch_to_digest(header, method, url)
        self.credentials = replace(self.credentials, auth=AuthMethod.BASIC)
        self._plain = plain_headers(self.credentials)
        return self._plain

    def may_want_digest(self, method: str) -> bool:
        """Whether a 400 may mean that Basic is not accepted; True once, for an unsigned probe."""
        basic = self.credentials.auth is AuthMethod.BASIC
        if not basic or self._basic_checked or method != "GET":
            return False
        self._basic_checked = True
        return True

    def switch_to_digest(self, header: str, method: str, url: ServerUrl) -> RawHeaders:
        """The headers to repeat the request with; empty if the server does not offer Digest.

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
