"""Servers as they answered when they were recorded: which address says what to whom.

One for each server of `specs/transcripts` (calibre, Calibre-Web, Calibre-Web-Automated, COPS, Komga
1.26.3, Grimmory v2.6.0 and v3.2.4, BookLore 2.3.0, Stump of August 2025, Storyteller 2.11.4, and
four KOReader sync servers). Only addresses and authentication are here: catalogs and places have
fakes of their own. Whatever was not recorded says so.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kios_desktop.domain.source import AuthMethod
from tests.fakes.loopback import Asked, Loopback, Says

NAME, PASSWORD = "reader", "s3cret-word"
KEY = "stump_QmFzZTY0_0123456789abcdef0123"
API_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

ATOM = "application/atom+xml;profile=opds-catalog;kind=navigation"
_FEED = (
    '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
    "<id>root</id><title>Books</title><updated>2026-11-29T12:00:00Z</updated><entry><id>all</id>"
    '<title>All</title><updated>2026-11-29T12:00:00Z</updated><link href="{href}" '
    'type="application/atom+xml;profile=opds-catalog;kind=acquisition"/></entry></feed>'
)
_APP = (
    b'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>BookLore</title></head>'
    b"<body><app-root></app-root></body></html>\n"
)
_LOGIN = b'<html><body><form><input name="username"><input type="password"></form></body></html>'
_NGINX = (
    b"<html>\n<head><title>404 Not Found</title></head>\n<body>\n<center><h1>404 Not Found</h1>"
    b"</center>\n<hr><center>nginx/1.22.1</center>\n</body>\n</html>\n"
)


@dataclass(frozen=True)
class Recorded:
    """`catalog` and `sync` are where they are, None for what it has not.

    `sync_auth` is how its KOReader sync wants to know who asks, and `sync_name` who may.
    """

    title: str
    answer: Callable[["Visit"], Says]
    catalog: str | None = None
    sync: str | None = None
    sync_auth: AuthMethod = AuthMethod.KOREADER_HEADERS
    sync_name: str = NAME

    def server(self) -> "RecordedServer":
        return RecordedServer(self)


@dataclass(frozen=True)
class Visit:
    """A request: what is asked for, and by whom. None is nobody, False somebody unknown."""

    path: str
    origin: str
    basic: bool | None
    headers: bool | None
    key_name: str


class RecordedServer(Loopback):
    def __init__(self, recorded: Recorded) -> None:
        super().__init__(self._answer)
        self.recorded = recorded
        self.signed: list[str] = []  # paths to which a credential went

    def _answer(self, asked: Asked) -> Says:
        given = asked.headers.get("authorization", "")
        pair = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
        user, key = asked.headers.get("x-auth-user"), asked.headers.get("x-auth-key")
        right = hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest()
        if given or user:
            self.signed.append(asked.path)
        visit = Visit(
            urlsplit(asked.path).path,
            self.origin,
            None if not given else given == f"Basic {pair}",
            None if user is None else (user == NAME and key == right),
            user or "",
        )
        return self.recorded.answer(visit)


def js(status: int, body: object, headers: Mapping[str, str] | None = None) -> Says:
    kind = {"Content-Type": "application/json"}
    return Says(status, json.dumps(body).encode(), {**kind, **(headers or {})})


def html(status: int, body: bytes = _APP) -> Says:
    return Says(status, body, {"Content-Type": "text/html"})


def feed(href: str = "/opds/all") -> Says:
    return Says(200, _FEED.format(href=href).encode(), {"Content-Type": ATOM})


def to(status: int, location: str) -> Says:
    return Says(status, b"", {"Location": location, "Content-Type": "text/html"})


def spring(status: int, path: str, message: str = "") -> dict[str, object]:
    """The error of Spring; without a message where the server leaves it out."""
    error = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}[status]
    said = {"message": message} if message else {}
    return {
        "timestamp": "2026-11-29T12:26:07Z",
        "status": status,
        "error": error,
        **said,
        "path": path,
    }


# --- Komga 1.26.3


def _komga(visit: Visit) -> Says:
    path = visit.path
    if re.match(r"/opds(/|$)", path):
        if visit.basic is None:
            return _komga_asks(visit.origin)
        if not visit.basic:
            challenge = {"WWW-Authenticate": 'Basic realm="Realm"'}
            return js(401, spring(401, path, "Unauthorized"), challenge)
        if path == "/opds/v2/catalog":
            links = [{"rel": "self", "href": visit.origin + path}]
            found = [{"title": "Recommended", "href": f"{visit.origin}/opds/v2/libraries"}]
            return js(200, {"metadata": {"title": "Home"}, "links": links, "navigation": found})
        if path == "/opds/v1.2/catalog":
            return feed("/opds/v1.2/series")
    if path.startswith("/koreader/"):
        if visit.key_name != API_KEY:
            return js(403, spring(403, path, "Forbidden"))
        if path == "/koreader/users/auth":
            return js(200, {"authorized": "OK"})
        if path.startswith("/koreader/syncs/progress/"):
            return js(404, spring(404, path, "Book not found"))
    # recorded below /opds only, with a name
    return js(404, spring(404, path, f"No endpoint GET {path}."))


def _komga_asks(origin: str) -> Says:
    labels = {"login": "Email", "password": "Password"}
    document = {
        "authentication": [{"type": "http://opds-spec.org/auth/basic", "labels": labels}],
        "title": "Komga",
        "id": f"{origin}/opds/v2/auth",
        "description": "Enter your email and password to authenticate.",
    }
    kind = {
        "Content-Type": "application/opds-authentication+json;charset=UTF-8",
        "WWW-Authenticate": 'Basic realm="Realm"',
    }
    return js(401, document, kind)


# --- Grimmory and BookLore


def _booklore(refuses: int, catalog_off: bool = False) -> Callable[[Visit], Says]:
    """`refuses`: the status for whoever may not, 403 in Grimmory 2.6 and BookLore 2.3, else 401."""

    def answer(visit: Visit) -> Says:
        path = visit.path
        if re.match(r"/api/v1/opds(/|$)", path):
            if not visit.basic:
                why = "Full authentication is required to access this resource"
                said = f"HTTP Status 401 - {why if visit.basic is None else 'Bad credentials'}"
                return Says(401, said.encode(), {"WWW-Authenticate": 'Basic realm="Booklore OPDS"'})
            if catalog_off:
                return js(403, spring(403, path))
            return feed("/api/v1/opds/catalog") if path == "/api/v1/opds" else html(200)
        if path.startswith("/api/koreader/"):
            if not visit.headers:
                return js(refuses, spring(refuses, path))
            if path == "/api/koreader/users/auth":
                return js(200, {"username": NAME})
            if path.startswith("/api/koreader/syncs/progress/"):
                return js(404, {"status": 404, "message": "Book not found for hash"})
            return html(200)
        if path.startswith("/api/"):
            return js(refuses, spring(refuses, path))
        return html(200)

    return answer


# --- Stump, August 2025


def _stump(sync_on: bool = True) -> Callable[[Visit], Says]:
    def answer(visit: Visit) -> Says:
        path, unauthorized = visit.path, js(401, {"message": "Unauthorized", "status": 401})
        if path in ("/opds/v2.0/catalog", "/opds/v1.2/catalog"):
            version = path.split("/")[2]
            if visit.basic is None:
                return _stump_asks(visit.origin, version)
            if not visit.basic:
                return unauthorized
            return feed("/opds/v1.2/libraries")
        if (keyed := re.fullmatch(r"/opds/([^/]+)/v1\.2/.+", path)) is not None:
            return feed(f"/opds/{KEY}/v1.2/libraries") if keyed[1] == KEY else unauthorized
        if sync_on and (keyed := re.fullmatch(r"/koreader/([^/]+)/(users/auth|syncs/.+)", path)):
            if keyed[1] != KEY:
                return unauthorized
            return js(200, {"authorized": "OK"} if keyed[2] == "users/auth" else {"document": "f"})
        return html(200)

    return answer


def _stump_asks(origin: str, version: str) -> Says:
    challenge = {"WWW-Authenticate": f'Basic realm="stump OPDS {version}"'}
    if version == "v1.2":
        return Says(401, b"", challenge)
    labels = {"login": "Username", "password": "Password"}
    document = {
        "id": f"{origin}/opds/v2.0/auth",
        "authentication": [{"type": "http://opds-spec.org/auth/basic", "labels": labels}],
        "title": "Stump OPDS V2 Auth",
    }
    kind = {"Content-Type": "application/opds-authentication+json; charset=utf-8"}
    return js(401, document, {**challenge, **kind})


# --- Storyteller 2.11.4


def _storyteller(on: bool = True) -> Callable[[Visit], Says]:
    def answer(visit: Visit) -> Says:
        if visit.path == "/":
            return to(307, f"http://localhost:{urlsplit(visit.origin).port}/login")
        if visit.path == "/opds/":
            return to(308, "/opds")
        if visit.path == "/login":
            return html(200, _LOGIN)
        if visit.path != "/opds":
            return html(404, b"<!DOCTYPE html><html><body>404</body></html>")
        if on and visit.basic:
            return feed("/opds/books")
        flow = {"type": "http://opds-spec.org/auth/oauth/implicit", "links": []}
        document = {"id": "/opds/auth/auth.json", "title": "Storyteller", "authentication": [flow]}
        kind = {"Content-Type": "application/opds-authentication+json"}
        return js(401, document, {**kind, "WWW-Authenticate": 'Basic realm="Storyteller"'})

    return answer


# --- Calibre-Web-Automated and Calibre-Web


def _calibre_web(sync: bool, sync_on: bool = True) -> Callable[[Visit], Says]:
    def answer(visit: Visit) -> Says:
        path = visit.path
        if path in ("/opds", "/opds/"):
            if visit.basic:
                return feed("/opds/books")
            challenge = {"WWW-Authenticate": 'Basic realm="Authentication Required"'}
            kind = {"Content-Type": "text/html; charset=utf-8"}
            return Says(401, b"Unauthorized Access", {**challenge, **kind})
        if sync and re.match(r"/kosync/(users|syncs)/", path):
            return _calibre_web_sync(visit, sync_on)
        if path == "/login":
            return html(200, _LOGIN)
        segments = [one for one in path.split("/") if one]
        if len(segments) == 2 and not path.endswith("/"):
            return to(308, f"{visit.origin}{path}/")
        if len(segments) < 3:
            return to(302, "/login?next=" + path.replace("/", "%2F"))
        return html(404, b'<!DOCTYPE html>\n<html class="http-error"><head></head></html>')

    return answer


def _calibre_web_sync(visit: Visit, on: bool) -> Says:
    if not on:
        return js(503, {"error": 1000, "message": "KOReader sync is disabled"})
    if visit.path.endswith("/users/auth"):
        if visit.basic:
            return js(200, {"authorized": "OK"})
        return js(401, {"error": 2001, "message": "Unauthorized"})
    if visit.path.startswith("/kosync/syncs/progress/"):
        return js(200, {}) if visit.basic else js(400, {"error": 2001, "message": "Unauthorized"})
    return html(404, _NGINX)


# --- calibre and COPS


def _cops(visit: Visit) -> Says:
    """Classic, with the web server of PHP: every other path is its page (not recorded)."""
    if visit.path in ("/feed.php", "/feed.php/"):
        said = feed("feed.php?page=1")
        return Says(said.status, said.body, {"Content-Type": "application/xml"})
    return html(200, b"<!DOCTYPE html><html><head><title>COPS</title></head><body></body></html>")


# --- KOReader sync alone


def _official(visit: Visit) -> Says:
    if visit.path.rstrip("/") == "/users/auth":
        if visit.headers:
            return js(200, {"authorized": "OK"})
        return js(401, {"message": "Unauthorized", "code": 2001})
    if visit.path.startswith("/syncs/progress/"):
        return js(200, {})
    return html(404, _NGINX)


def _small(status: int, body: bytes, kind: str) -> Callable[[Visit], Says]:
    """A clone: how it turns somebody away is all that is particular about it."""

    def answer(visit: Visit) -> Says:
        if visit.path == "/users/auth":
            if visit.headers:
                return js(200, {"authorized": "OK"})
            return Says(status, body, {"Content-Type": kind})
        if visit.path.startswith("/syncs/progress/"):
            return js(404, {"status": "not found"})
        return Says(404, b"Not Found", {"Content-Type": "text/plain"})

    return answer


SYNC_KEYED = f"/koreader/{KEY}"
SERVERS = (
    Recorded("Komga 1.26.3", _komga, "/opds/v2/catalog", "/koreader", sync_name=API_KEY),
    Recorded("Grimmory v2.6.0", _booklore(403), "/api/v1/opds", "/api/koreader"),
    Recorded("Grimmory v3.2.4", _booklore(401), "/api/v1/opds", "/api/koreader"),
    Recorded("BookLore 2.3.0", _booklore(403), "/api/v1/opds", "/api/koreader"),
    Recorded("Stump 2025-08", _stump(), "/opds/v2.0/catalog", SYNC_KEYED, sync_name=""),
    Recorded("Storyteller 2.11.4", _storyteller(), "/opds"),
    Recorded(
        "Calibre-Web-Automated", _calibre_web(sync=True), "/opds", "/kosync", AuthMethod.BASIC
    ),
    Recorded("Calibre-Web 0.6.27", _calibre_web(sync=False), "/opds"),
    Recorded("COPS 1.2.0", _cops, "/feed.php"),
    Recorded("koreader-sync-server", _official, sync=""),
    Recorded("nperez0111 0.2.3", _small(401, b"Invalid credentials", "text/plain"), sync=""),
    Recorded("kosyncsrv", _small(401, b'Unauthorized{"authorized":"OK"}', "text/plain"), sync=""),
    Recorded("b1n4ryj4n", _small(403, b'{"message":"Forbidden"}', "application/json"), sync=""),
)
CATALOG_OFF = (
    Recorded("BookLore 2.3.0, OPDS off", _booklore(403, catalog_off=True), "/api/v1/opds"),
    Recorded("Storyteller 2.11.4, OPDS off", _storyteller(on=False), "/opds"),
)
SYNC_OFF = (
    Recorded("Stump 2025-08, sync off", _stump(sync_on=False), None, SYNC_KEYED, sync_name=""),
    Recorded(
        "Calibre-Web-Automated, sync off",
        _calibre_web(sync=True, sync_on=False),
        "/opds",
        "/kosync",
        AuthMethod.BASIC,
    ),
)
