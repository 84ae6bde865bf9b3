"""Credentials, and the headers they make."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Final

import httpx

from kios_desktop.domain.errors import Malformed
from kios_desktop.domain.secret import Secret
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http.challenge import challenges

_DIGESTS = frozenset(
    {"MD5", "MD5-SESS", "SHA", "SHA-SESS", "SHA-256", "SHA-256-SESS", "SHA-512", "SHA-512-SESS"}
)

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to sign in to a source. With `API_KEY` the key is the password, and there is no name.

    `AUTOMATIC` is replaced after the first challenge. False without anything to sign in with.
    """

    auth: AuthMethod = AuthMethod.NONE
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))

    def __bool__(self) -> bool:
        if self.auth is AuthMethod.AUTOMATIC:
            return bool(self.username or self.password)
        return self.auth is not AuthMethod.NONE


ANONYMOUS: Final = Credentials()


def plain_headers(credentials: Credentials) -> RawHeaders:
    """The headers of schemes without a challenge. Bytes, since user names need not be ASCII."""
    name, password = credentials.username, credentials.password.reveal()
    match credentials.auth:
        case AuthMethod.BASIC:
            pair = base64.b64encode(f"{name}:{password}".encode())
            return [(b"authorization", b"Basic " + pair)]
        case AuthMethod.API_KEY:
            return [(b"x-api-key", password.encode())]
        case AuthMethod.KOREADER_HEADERS if name:
            key = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
            return [(b"x-auth-user", name.encode()), (b"x-auth-key", key.encode())]
        case _:
            return []


class Digest:
    """Digest access authentication (RFC 7616); a nonce is used until it is stale.

    `headers` sign a request; `challenged` handles a 401.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._auth = httpx.DigestAuth(credentials.username, credentials.password.reveal())
        self._known = False

    def headers(self, method: str, url: str) -> RawHeaders:
        """Empty before the server has sent a nonce."""
        if not self._known:
            return []
        return _authorization(next(self._auth.auth_flow(httpx.Request(method, url))))

    def challenged(self, header: str, sent: bool, method: str, url: str) -> RawHeaders:
        """The headers to repeat a request with after a 401; empty if that is final.

        A signed request (`sent`) is repeated only if the server says that its nonce was stale;
        otherwise the password is wrong. Raises `Malformed` for an invalid challenge.
        """
        offered = [one for one in challenges(header) if one.scheme == "digest"]
        if not offered:
            return []
        one = next((one for one in offered if _algorithm(one.parameters) in _DIGESTS), None)
        if one is None:
            raise Malformed("an unknown kind of digest is asked for")
        if sent and one.parameters.get("stale", "").lower() != "true":
            return []
        request = httpx.Request(method, url)
        flow = self._auth.auth_flow(request)
        next(flow)
        try:
            headers = [(b"www-authenticate", one.text.encode())]
            response = httpx.Response(401, headers=headers, request=request)
            signed = flow.send(response)
        except (StopIteration, httpx.HTTPError, ValueError, LookupError, NotImplementedError):
            raise Malformed("the digest challenge makes no sense") from None
        self._known = True
        return _authorization(signed)


def _algorithm(parameters: dict[str, str]) -> str:
    return parameters.get("algorithm", "MD5").upper()


def _authorization(request: httpx.Request) -> RawHeaders:
    return [(b"authorization", request.headers["authorization"].encode())]
