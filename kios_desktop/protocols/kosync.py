"""KOReader sync over HTTP: three requests, and the answers of the many servers.

From koreader/koreader-sync-server and plugins/kosync.koplugin in koreader/koreader, and from
recorded exchanges with the servers in docs/servers.md.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

import msgspec

from kios_desktop.domain.errors import (
    ClockAhead,
    Faulty,
    Malformed,
    NotMatched,
    Refusal,
    Refused,
    Rejected,
    Stripped,
    Unsupported,
)
from kios_desktop.domain.loose import fraction_of, line_of, said_of, text_of, time_of, words_of
from kios_desktop.domain.secret import Secret, ServerUrl, keys_of
from kios_desktop.domain.source import AuthMethod
from kios_desktop.protocols.http import (
    Http,
    Reply,
    check_busy,
    check_intermediary,
    check_moved,
    in_json,
    loose_json,
)

ACCEPT: Final = "application/vnd.koreader.v1+json"
CAP_BYTES: Final = 64 * 1024
PROGRESS_LENGTH: Final = 255  # Calibre-Web-Automated refuses more
ROUTES: Final = ("/users/create", "/users/auth", "/syncs/progress")

_UNAUTHORIZED, _FIELD, _FIELDS = 2001, 2003, 2004
_CWA_OFF = 1000
_OF_THE_PROTOCOL = frozenset({100, 101, 102, _CWA_OFF, _UNAUTHORIZED, _FIELD, _FIELDS})
_START = re.compile(r"/body/DocFragment(\[1\])?(\.0|/body(\.0)?)?")
_DEVICE_LENGTH = 100  # Calibre-Web-Automated refuses more


class Asked(Enum):
    """The three requests, by the route that is logged."""

    AUTH = "users/auth"
    GET = "syncs/progress/{document}"
    PUT = "syncs/progress"


@dataclass(frozen=True, slots=True)
class Progress:
    """A stored record with valid values only. `fraction` is 0…1; `at` is by the server's clock.

    With neither progress nor fraction, something is stored that can't be read.
    """

    progress: str
    fraction: float | None
    device: str
    device_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What a server says of a record it took. `at` is the record's time; None where it says none.

    `linked`: whether Calibre-Web-Automated found a book for it; None for other servers.
    """

    at: datetime | None
    linked: bool | None


class KosyncClient:
    """One account. Methods raise `RemoteError` and nothing else for what a server does.

    `server_now` is the server's clock in its last reply; None without one that can be believed.
    """

    def __init__(
        self,
        http: Http,
        base: ServerUrl,
        auth: AuthMethod = AuthMethod.NONE,
        username: str = "",
        password: Secret | None = None,
    ) -> None:
        self._http = http
        self.base = normalised(base)
        self.server_now: datetime | None = None
        keys = keys_of(self.base)  # the key of Kavita and Stump replaces the credentials
        self._keyed = bool(keys) and (
            not username.strip() or self.base.reveal().rpartition("/")[2] in keys
        )
        self._headers = [
            (b"accept", ACCEPT.encode()),
            *_credentials(auth, username.strip(), password or Secret("")),
        ]

    async def authorize(self) -> None:
        """Checks the credentials. That they are right does not mean that sync is switched on."""
        reply = await self._ask(Asked.AUTH, "GET", "/users/auth")
        body = _json_object(reply)
        if not (body.get("authorized") or body.get("username")):
            raise Malformed("signed in to something else")

    async def progress(self, document: str) -> Progress | None:
        """The record of a document; None when nothing is stored.

        Raises `NotMatched` when the server says that it does not know the document; many servers
        do not tell that apart from having nothing stored.
        """
        reply = await self._ask(Asked.GET, "GET", f"/syncs/progress/{document}")
        if reply.status >= 400:  # “No progress found”: the file is known
            return None
        body = in_json(reply)
        return clean(body) if isinstance(body, dict) else None

    async def save(
        self, document: str, progress: str, fraction: float, device: str, device_id: str
    ) -> Stored:
        """Stores the record unconditionally. Always sends all five fields."""
        content = msgspec.json.encode(
            {
                "document": document,
                "progress": progress,
                "percentage": fraction,
                "device": device,
                "device_id": device_id,
            }
        )
        reply = await self._ask(Asked.PUT, "PUT", "/syncs/progress", content)
        body = in_json(reply) if reply.body.strip() else {}
        if not isinstance(body, dict):
            raise Malformed("stored something else")
        calibre = "x-content-type-options" in reply.headers and "timestamp" in body
        return Stored(
            at=time_of(body.get("timestamp")),
            linked="calibre_book_id" in body if calibre else None,
        )

    async def _ask(
        self, asked: Asked, method: str, path: str, content: bytes | None = None
    ) -> Reply:
        url = ServerUrl(self.base.reveal() + path)
        headers = list(self._headers)
        if content is not None:
            headers.append((b"content-type", b"application/json"))
        reply = await self._http.request(
            method,
            url,
            route=asked.value,
            cap_bytes=CAP_BYTES,
            headers=headers,
            content=content,
        )
        self.server_now = reply.date
        check_moved(reply, url, self.base)
        try:
            _check(reply, asked)
        except Rejected as error:
            if error.refusal is Refusal.CREDENTIALS and self._keyed:
                raise Rejected(Refusal.KEY, error.said) from None
            raise
        return reply


def speaks(reply: Reply) -> bool:
    """Whether the answer to an unsigned request is certainly one of this protocol.

    Many servers answer with a status and plain text, which proves nothing.
    """
    body = _decoded(reply)
    if 200 <= reply.status < 300:
        return isinstance(body, dict) and bool(body.get("authorized") or body.get("username"))
    return _code(body) in _OF_THE_PROTOCOL


def normalised(base: ServerUrl) -> ServerUrl:
    """The address without trailing slashes, query, fragment and routes of the protocol."""
    text = base.reveal().strip().partition("?")[0].partition("#")[0].rstrip("/")
    for route in ROUTES:
        text = text.removesuffix(route)
    return ServerUrl(text.rstrip("/"))


def clean(body: Mapping[str, Any]) -> Progress | None:
    """A record from a decoded reply; None for one of the many forms of “nothing stored”."""
    given, share = body.get("progress"), body.get("percentage")
    if share is None and (given is None or given == ""):
        return None
    fraction, progress = fraction_of(share), text_of(given)
    at = time_of(body.get("timestamp"))
    if fraction == 0 and at is None and (not progress or _START.fullmatch(progress)):
        return None  # Kavita's empty answer
    device = said_of(body.get("device"), _DEVICE_LENGTH)
    return Progress(progress, fraction, device, words_of(body.get("device_id")), at)


def _credentials(auth: AuthMethod, username: str, password: Secret) -> list[tuple[bytes, bytes]]:
    """The headers that sign a request. Bytes, since user names need not be ASCII."""
    if auth is AuthMethod.BASIC:
        pair = f"{username}:{password.reveal()}".encode()
        return [(b"authorization", b"Basic " + base64.b64encode(pair))]
    if auth is AuthMethod.KOREADER_HEADERS and username:
        key = hashlib.md5(password.reveal().encode(), usedforsecurity=False).hexdigest()
        return [(b"x-auth-user", username.encode()), (b"x-auth-key", key.encode())]
    return []


def _check(reply: Reply, asked: Asked) -> None:
    """Raises the error of a status other than 2xx; returns for “nothing stored”."""
    status = reply.status
    if 200 <= status < 300:
        return
    body = _decoded(reply)
    said = reply.quoted(_message(body))
    code = _code(body)
    if status == 401:
        off = "disabled" in said.lower()
        raise Rejected(Refusal.ACCOUNT_OFF if off else Refusal.CREDENTIALS, said)
    if status == 400 and code == _UNAUTHORIZED:
        raise Rejected(Refusal.CREDENTIALS, said)  # CWA, on its progress routes
    if status == 402:
        raise Rejected(Refusal.CLOSED, said)
    if status == 403 and code not in (_FIELD, _FIELDS):
        raise Rejected(_forbidden(said), said)
    if status == 503 and isinstance(body, dict) and body.get("error") == _CWA_OFF:
        raise Rejected(Refusal.SWITCHED_OFF, said)
    check_busy(reply)
    check_intermediary(reply)
    _check_unknown(reply, asked, body, said)
    if status == 405 or (status == 404 and asked is Asked.AUTH):
        raise Unsupported(f"{status} on {asked.value}")
    if status == 404 or _is_nothing_there(reply, asked, said):
        return
    if status == 412:
        raise Stripped(f"412 on {asked.value}")
    if status == 500 and "older than existing" in said.lower():
        raise ClockAhead  # Komga: another device stored a time in the future
    if status >= 500:
        raise Faulty(status, said=reply.sentence)
    raise Refused(status, reply.sentence)


def _forbidden(said: str) -> Refusal:
    """The reason of a 403: Stump names a permission; others mean wrong credentials."""
    return Refusal.FORBIDDEN if "permission" in said.lower() else Refusal.CREDENTIALS


def _is_nothing_there(reply: Reply, asked: Asked, said: str) -> bool:
    """Whether a 502 means “nothing stored”, as in kosync-dotnet, and is not from a proxy."""
    words = said or reply.said
    return reply.status == 502 and asked is Asked.GET and "not found" in words.lower()


def _check_unknown(reply: Reply, asked: Asked, body: object, said: str) -> None:
    """Raises `NotMatched` for the ways in which servers say that they do not know a file."""
    status = reply.status
    if asked is Asked.AUTH:
        return
    if status == 409:
        raise NotMatched(duplicates=True)
    if status == 400 and not isinstance(body, dict) and not _is_html(reply):
        raise NotMatched  # Kavita: a sentence
    if status != 404:
        return
    if asked is Asked.PUT and _is_html(reply):
        raise Unsupported("404 with a page")
    if asked is Asked.PUT or "no progress" not in said.lower():
        raise NotMatched


def _json_object(reply: Reply) -> dict[str, Any]:
    body = in_json(reply)
    if not isinstance(body, dict):
        raise Malformed("not a JSON object")
    return body


def _decoded(reply: Reply) -> object:
    """The body of an error as JSON, or None."""
    try:
        return loose_json.whole(reply.body)
    except Malformed:
        return None


def _is_html(reply: Reply) -> bool:
    return "html" in reply.media_type or reply.body.lstrip()[:1] == b"<"


def _message(body: object) -> str:
    if isinstance(body, str):
        return said_of(body, CAP_BYTES)
    if isinstance(body, dict):
        return line_of(body.get("message"), CAP_BYTES)
    return ""


def _code(body: object) -> int | None:
    if not isinstance(body, dict):
        return None
    code = body.get("code", body.get("error"))
    return code if isinstance(code, int) else None
