"""How each server answers, in the shapes of the recorded exchanges.

Nothing here knows sockets. `KosyncFake` is one server of one profile: it takes a request and gives
an answer, and keeps what was asked.
"""

import base64
import hashlib
import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
STUMP_KEY = "stump_0f1e2d3c_4b5a69788796a5b4c3d2e1f0"
USER, PASSWORD = "alice", "secret"
PAGE = b"<!DOCTYPE html>\n<html><head><title>Library</title></head><body>app</body></html>\n"
LOGIN = b"<!DOCTYPE html>\n<html><body><form><input type='password'></form></body></html>\n"

_FRAGMENT = re.compile(r"/body/DocFragment\[(\d+)\]|#_doc_fragment_(\d+)_")


@dataclass
class Request:
    """`headers` are by lower-case name; values decoded as UTF-8."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Response:
    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def js(status: int, value: object) -> Response:
    return Response(status, json.dumps(value, separators=(",", ":")).encode())


def html(status: int, body: bytes = PAGE) -> Response:
    return Response(status, body, "text/html; charset=utf-8")


@dataclass
class Stored:
    """One record as this server keeps it."""

    progress: str | None
    percentage: float | None
    device: str | None
    device_id: str | None
    at: float


@dataclass
class KosyncFake:
    """One server. `known` are the documents it has a book for; None is all of them.

    `offset_h` is the time zone of a CWA container, `spine` the number of items that Komga and
    Kavita count, `echoes_device` what newer Grimmory does.
    """

    profile: str = "official"
    known: set[str] | None = None
    duplicates: set[str] = field(default_factory=set)
    switched_off: bool = False
    offset_h: float = 0.0
    spine: int = 20
    echoes_device: bool = False
    loses_second_push: bool = False
    forbidden: bool = False  # Stump: the key lacks the permission
    records: dict[str, Stored] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    now: Callable[[], float] = time.time
    scripted: Callable[[Request], Response] | None = None  # says something else instead

    @property
    def base(self) -> str:
        return {
            "cwa": "/kosync",
            "booklore": "/api/koreader",
            "grimmory": "/api/koreader",
            "komga": "/koreader",
            "kavita": f"/api/koreader/{KEY}",
            "stump": f"/koreader/{STUMP_KEY}",
        }.get(self.profile, "")

    @property
    def login(self) -> tuple[str, str]:
        """User name and password to sign in with."""
        if self.profile == "komga":
            return KEY, "anything"
        return ("", "") if self.profile in ("kavita", "stump") else (USER, PASSWORD)

    def answer(self, request: Request) -> Response:
        """What the server says. Every request is kept in `requests`."""
        self.requests.append(request)
        return self.usual(request) if self.scripted is None else self.scripted(request)

    def usual(self, request: Request) -> Response:
        """What a server of this profile says."""
        if self.profile == "official" and (bad := _accept(request)) is not None:
            return bad
        path = request.path.partition("?")[0]
        if not path.startswith(self.base + "/"):
            return self._elsewhere(request, path)
        route = path.removeprefix(self.base)
        if self.profile == "cwa" and self.switched_off:
            return js(503, {"error": 1000, "message": "KOReader sync is disabled"})
        if self.profile == "stump" and self.switched_off:
            return html(200) if request.method == "GET" else html(405)
        return self._route(request, route)

    # --- helpers for tests

    def writes(self) -> list[Request]:
        return [r for r in self.requests if r.method == "PUT"]

    def put_elsewhere(
        self, document: str, progress: str | None, percentage: float | None, device: str = "Kobo"
    ) -> None:
        """Another device stores its place, through the same rules."""
        stored = self._kept(document, progress, percentage, device, f"ID OF {device}")
        self.records[document] = stored

    # --- routes

    def _route(self, request: Request, route: str) -> Response:
        if request.method == "POST" and route == "/users/create":
            return self._create(request)
        if request.method == "GET" and route == "/users/auth":
            return self._refusal(request, auth=True) or self._authorized()
        if request.method == "GET" and route.startswith("/syncs/progress/"):
            document = route.removeprefix("/syncs/progress/")
            return self._refusal(request) or self._get(document)
        if route == "/syncs/progress" and request.method == "PUT":
            if self.profile == "cwa" and "content-type" not in request.headers:
                return html(415)
            return self._refusal(request) or self._put(request)
        return html(405 if self.profile == "cwa" and request.method == "POST" else 404)

    def _authorized(self) -> Response:
        if self.profile in ("booklore", "grimmory", "kavita", "dotnet"):
            return js(200, {"username": USER})
        return js(200, {"authorized": "OK"})

    def _create(self, request: Request) -> Response:
        if self.profile == "official":
            return js(402, {"message": "Username is already registered.", "code": 2002})
        return {
            "cwa": html(405),
            "clone": js(409, "Username is already registered."),
        }.get(self.profile, js(403, {"message": "Forbidden"}))

    def _refusal(self, request: Request, auth: bool = False) -> Response | None:
        """None when the credentials are right and sync is on for the user."""
        headers = request.headers
        if self.profile == "stump" and self.forbidden:
            said = "You do not have permission to use KOReader sync"
            return js(403, {"message": said, "status": 403})
        right = hashlib.md5(PASSWORD.encode()).hexdigest()
        if self.profile in ("kavita", "stump"):
            return None  # the key is in the address
        if self.profile == "cwa":
            pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if headers.get("authorization") == f"Basic {pair}":
                return None
            return js(401 if auth else 400, {"error": 2001, "message": "Unauthorized"})
        if self.profile == "komga":
            return None if headers.get("x-auth-user") == KEY else js(403, {"message": "Forbidden"})
        if headers.get("x-auth-user") == USER and headers.get("x-auth-key") == right:
            if self.profile in ("booklore", "grimmory") and self.switched_off and not auth:
                return js(401, {"status": 401, "message": "Sync is disabled for this user"})
            return None
        if self.profile == "booklore":
            return Response(403)
        if self.profile == "grimmory":
            return js(401, {"status": 401, "message": "Unauthorized"})
        if self.profile == "clone" and headers.get("x-auth-user") != USER:
            return js(403, {"message": "Forbidden"})
        return js(401, {"message": "Unauthorized", "code": 2001})

    def _get(self, document: str) -> Response:
        if document in self.duplicates:
            return js(409, {"status": 409, "message": "More than one book"})
        if self.known is not None and document not in self.known:
            return self._unknown(document, put=False)
        stored = self.records.get(document)
        if stored is None or (stored.progress is None and stored.percentage is None):
            return self._nothing(document)
        return js(200, self._record(document, stored))

    def _put(self, request: Request) -> Response:
        try:
            body = request.json
        except ValueError:
            return js(400, {"message": "Could not parse JSON in body.", "code": 103})
        document, progress = body["document"], body["progress"]
        if self.profile == "cwa" and not (isinstance(progress, str) and 0 < len(progress) <= 255):
            return js(400, {"error": 2003, "message": "Invalid fields"})
        if document in self.duplicates:
            return js(409, {"status": 409, "message": "More than one book"})
        if self.known is not None and document not in self.known:
            refused = self._unknown(document, put=True)
            if refused.status != 200:
                return refused
        if self.profile == "komga" and not _FRAGMENT.search(progress):
            return js(400, {"status": 400, "message": "Could not find DocFragment"})
        if self.profile == "stump" and not 0 <= body["percentage"] <= 1:
            return Response(400, b"percentage out of range", "text/plain")
        stored = self._kept(
            document, progress, body["percentage"], body["device"], body["device_id"]
        )
        held = self.records.get(document)
        if self.loses_second_push and held is not None:
            # Recorded: only the device is new, and the answer has the time of the old record
            stored = replace(held, device=stored.device, device_id=stored.device_id)
        self.records[document] = stored
        return self._taken(document, stored)

    # --- shapes

    def _kept(
        self,
        document: str,
        progress: str | None,
        percentage: float | None,
        device: str | None,
        device_id: str | None,
    ) -> Stored:
        now = self.now()
        if self.profile == "komga" and progress is not None:
            number = _fragment(progress)
            return Stored(
                f"/body/DocFragment[{number}].0",
                (number - 1) / self.spine,
                device,
                device_id,
                now,
            )
        if self.profile == "kavita" and progress is not None:
            number, path = _fragment(progress), _element(progress)
            kept = f"/body/DocFragment[{number}]{path}.0"
            return Stored(kept, (number - 1) / self.spine, "Kavita", "A" * 64, now)
        if self.profile == "stump" and percentage == 1:
            return Stored(None, 1.0, device, device_id, now)
        if self.profile == "cwa" and percentage is not None:
            percentage = (percentage * 100 if percentage <= 1 else percentage) / 100
        return Stored(progress, percentage, device, device_id, now)

    def _taken(self, document: str, stored: Stored) -> Response:
        match self.profile:
            case "komga":
                return Response(200, b"", "")
            case "booklore" | "grimmory":
                return js(200, {"status": "progress updated"})
            case "nperez":
                return js(200, {"status": "success"})
            case "kavita" | "dotnet":
                at = datetime.fromtimestamp(stored.at, UTC).isoformat()
                return js(200, {"document": document, "timestamp": at})
            case "stump":
                return js(200, {"document": document, "timestamp": int(stored.at * 1000)})
            case "cwa":
                body: dict[str, object] = {"document": document, "timestamp": int(stored.at)}
                if self.known is None or document in self.known:
                    body = {"calibre_book_id": 2, "calibre_book_format": "EPUB"} | body
                answer = js(200, body)
                answer.headers["X-Content-Type-Options"] = "nosniff"
                return answer
        return js(200, {"document": document, "timestamp": int(stored.at)})

    def _record(self, document: str, stored: Stored) -> dict[str, object]:
        body: dict[str, object] = {
            "document": document,
            "progress": stored.progress,
            "percentage": stored.percentage,
            "device": stored.device,
            "device_id": stored.device_id,
            "timestamp": int(stored.at),
        }
        match self.profile:
            case "komga":
                del body["timestamp"]
            case "booklore":
                body |= {"device": "BookLore", "device_id": "BookLore"}
            case "grimmory" if not self.echoes_device:
                body |= {"device": "BookLore", "device_id": "BookLore"}
            case "stump":
                body["timestamp"] = int(stored.at * 1000)
                body = {name: value for name, value in body.items() if value is not None}
            case "cwa":
                body["timestamp"] = int(stored.at - self.offset_h * 3600)
            case "clone":
                body["device_id"] = uuid.uuid4().hex
            case "official":
                body = {name: value for name, value in body.items() if value is not None}
        return body

    def _nothing(self, document: str) -> Response:
        """The shapes of “no progress yet” for a book the server knows."""
        match self.profile:
            case "booklore" | "grimmory":
                return js(404, {"status": 404, "message": "No progress found for user and book"})
            case "komga":
                said = "No progress found for this book"
                body = {"timestamp": _iso(self.now()), "status": 200, "error": "OK"}
                return js(200, body | {"message": said, "path": f"/koreader/{document}"})
            case "kavita":
                body = {"document": document, "device": "Kavita", "device_id": "A" * 64}
                start = {"progress": "/body/DocFragment[1].0", "percentage": 0}
                return js(200, body | start | {"timestamp": -62135596800})
            case "stump":
                return js(200, {"document": document})
            case "dotnet":
                return js(502, {"message": "Document not found on server"})
            case "clone":
                return js(200, None)
            case "nperez":
                return js(404, {"status": "not found"})
        return js(200, {})

    def _unknown(self, document: str, put: bool) -> Response:
        match self.profile:
            case "booklore" | "grimmory" | "komga":
                return js(404, {"status": 404, "message": f"Book not found for hash {document}"})
            case "kavita":
                return Response(400, b"File does not exist on server", "text/plain; charset=utf-8")
            case "stump" if put:
                return js(404, {"status": 404, "message": "Book not found"})
        return js(200, {}) if put else self._nothing(document)

    def _elsewhere(self, request: Request, path: str) -> Response:
        """Outside the sub-path: the web application, in each server's manner."""
        match self.profile:
            case "cwa" if request.method == "PUT":
                return html(405)
            case "cwa" if path.startswith("/login"):
                return html(200, LOGIN)
            case "cwa" if path.endswith("/users/auth"):
                return Response(308, PAGE, "text/html", {"Location": f"{path}/"})
            case "cwa":
                return Response(302, PAGE, "text/html", {"Location": f"/login?next={path}"})
            case "stump" | "booklore" | "grimmory":
                return html(200) if request.method == "GET" else html(405)
            case "kavita":
                wrong = path.startswith("/api/koreader/")
                return Response(401, b"Unauthorized", "text/plain") if wrong else html(200)
        return html(404)


def _accept(request: Request) -> Response | None:
    """The official server checks this before anything else."""
    accept = request.headers.get("accept")
    if accept is None:
        return js(412, {"message": "Accept header not set.", "code": 100})
    match = re.fullmatch(r"application/vnd\.koreader\.v(\d+)\+json", accept)
    if match is None:
        return js(412, {"message": "Invalid Accept header format.", "code": 101})
    if match[1] != "1":
        said = "Unsupported version specified in the Accept header."
        return js(412, {"message": said, "code": 102})
    return None


def _fragment(progress: str) -> int:
    """The 1-based number of the spine item."""
    match = _FRAGMENT.search(progress)
    if match is None:
        return 1
    return int(match[1]) if match[1] else int(match[2]) + 1


def _element(progress: str) -> str:
    """What Kavita keeps of the path: nothing without a text part."""
    if progress.count("/") < 5 or "/text()" not in progress:
        return ""
    return "/body/" + progress.rpartition("/body/")[2].partition("/text()")[0]


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
