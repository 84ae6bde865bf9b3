"""Servers that speak Kobo sync, on the loopback device, each with its own rules.

What a client must never do is written down in `crimes`: deletions, other hosts, cookies, headers
that a server would pass on to a shop.
"""

import base64
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import unquote, unquote_plus, urlsplit

from kios_desktop.domain.secret import ServerUrl
from tests.books import PIXEL_PNG
from tests.fakes.komga import float32
from tests.fakes.loopback import Asked, Loopback, Says

TOKEN: Final = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
START: Final = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
SECTIONS: Final = ("CurrentBookmark", "Statistics", "StatusInfo")


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def exact(at: datetime, digits: int) -> str:
    """With so many digits of a second."""
    second = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return second.ljust(27, "0")[: 20 + digits] + "Z"


@dataclass
class Offered:
    """One book of the server. `files` are format → path below the base."""

    id: str
    title: str
    files: dict[str, str] = field(default_factory=dict)
    content: bytes = b"PK\x03\x04 not really"
    removed: bool = False
    state: dict[str, Any] | None = None
    written: list[dict[str, Any]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)  # of its documents; for Komga
    changed: int = 0  # when its state was, in a time that only counts changes
    read_at: datetime | None = None  # Komga: the time that decides, which it never shows


class KoboServer(Loopback):
    """Calibre-Web: who is told a book is remembered per user, and the last write wins.

    `offer` adds books. `now` is the server's clock, which every answer tells; `lose` is how many
    answers to a sync are built, and then lost on the way. `says` replaces the answer to single
    routes.
    """

    prefix = "/kobo"
    no_token = 401  # the status for a token it does not know
    page = 100
    template = "{origin}{base}/{{ImageId}}/{{width}}/{{height}}/false/image.jpg"

    def __init__(self) -> None:
        super().__init__(self._dated)
        self.books: dict[str, Offered] = {}
        self.collections: dict[str, tuple[str, list[str]]] = {}
        self.announced: set[str] = set()
        self.now: Callable[[], datetime] = lambda: START
        self.lose = 0
        self.says: dict[str, Says] = {}
        self.crimes: list[str] = []
        self._changes = 0
        self.said_origin = "http://library.example:8083"  # in its addresses: wrong, as usual

    @property
    def base_path(self) -> str:
        return f"{self.prefix}/{TOKEN}"

    @property
    def base(self) -> ServerUrl:
        return ServerUrl(f"{self.origin}{self.base_path}")

    def offer(self, number: int, **changes: Any) -> Offered:
        book_id = self.id_of(number)
        files = {"EPUB3": f"download/{number}/epub", "EPUB": f"download/{number}/epub"}
        one = Offered(book_id, f"Book {number:05d}", files)
        for name, value in changes.items():
            setattr(one, name, value)
        self.books[book_id] = one
        return one

    def id_of(self, number: int) -> str:
        return f"00000000-0000-4000-8000-{number:012d}"

    # -- requests

    def _dated(self, asked: Asked) -> Says:
        says = self.answer(asked)
        date = format_datetime(self.now(), usegmt=True)
        return replace(says, headers={"Date": date, **says.headers})

    def answer(self, asked: Asked) -> Says:
        self._judge(asked)
        path = unquote(urlsplit(asked.path).path)
        if not path.startswith(self.base_path + "/"):
            return html(self.no_token if path.startswith(self.prefix) else 404)
        route = path[len(self.base_path) + 1 :]
        if route in self.says:
            return self.says[route]
        if route == "v1/initialization":
            return self._initialization()
        if route == "v1/library/sync":
            return self._sync(asked.headers.get("x-kobo-synctoken", ""))
        if match := re.fullmatch(r"v1/library/([^/]+)/(metadata|state)", route):
            book = self.books.get(match[1])
            if not self.is_id(match[1]):
                return self.of_the_shop()
            if match[2] == "metadata":
                return said([self.metadata(book)]) if book else self.no_book()
            return self._state(asked, book)
        if route.endswith("image.jpg"):
            return Says(200, PIXEL_PNG, {"Content-Type": "image/jpeg"})
        for book in self.books.values():
            if route in book.files.values():
                return Says(200, book.content, {"Content-Type": "application/epub+zip"})
        return html(404)

    def _judge(self, asked: Asked) -> None:
        if asked.method not in ("GET", "PUT"):
            self.crimes.append(asked.method)
        allowed = ("x-kobo-synctoken",)
        for name in asked.headers:
            if name in ("cookie", "authorization", "referer"):
                self.crimes.append(name)
            if name.startswith("x-kobo") and name not in allowed:
                self.crimes.append(name)
        if asked.method == "PUT" and asked.headers.get("content-type") != "application/json":
            self.crimes.append("no Content-Type")

    def _initialization(self) -> Says:
        template = self.template.format(origin=self.said_origin, base=self.base_path)
        resources = {
            "image_url_template": template,
            "reading_state": "https://storeapi.kobo.com/v1/library/{Ids}/state",
        }
        headers = {**JSON, "Set-Cookie": "session=login; Path=/", "X-Kobo-Apitoken": "e30="}
        return said({"Resources": resources}, headers)

    def no_book(self) -> Says:
        return said({})

    def is_id(self, book_id: str) -> bool:
        """Whether it could be one of this server; all others are asked of the shop."""
        return True

    def of_the_shop(self) -> Says:
        """As the shop answers to whoever has no account there, passed on by the server."""
        refused = {"ResponseStatus": {"ErrorCode": "Unauthorized", "Message": "…"}}
        return Says(401, json.dumps(refused).encode(), dict(JSON))

    # -- the shelf

    def metadata(self, book: Offered) -> dict[str, Any]:
        urls = [
            {"Format": form, "Size": 1, "Url": f"{self.said_origin}{self.base_path}/{path}"}
            for form, path in book.files.items()
        ]
        return {
            "EntitlementId": book.id,
            "Title": book.title,
            "Contributors": ["Ann Author"],
            "ContributorRoles": [{"Name": "Ann Author"}],
            "Description": "<p>A book.</p>" * 10,
            "CoverImageId": book.id,
            "DownloadUrls": urls,
            "Series": {"Name": "Tales", "Number": 1.0},
        }

    def entitlement(self, book: Offered) -> dict[str, Any]:
        return {
            "NewEntitlement": {
                "BookEntitlement": {"Id": book.id, "IsRemoved": book.removed},
                "BookMetadata": self.metadata(book),
            }
        }

    def tags(self) -> list[dict[str, Any]]:
        return [
            {
                "NewTag": {
                    "Tag": {"Id": tag, "Name": name, "Items": [{"RevisionId": one} for one in ids]}
                }
            }
            for tag, (name, ids) in self.collections.items()
        ]

    def _sync(self, token: str) -> Says:
        items, headers = self.sync_page(token)
        if self.lose:
            self.lose -= 1
            return Says(200, json.dumps(items).encode(), {**JSON, **headers}, cut_at=20)
        return said(items, {**JSON, **headers})

    def sync_page(self, token: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Told once to a user: building the page is enough to count as told.

        States come by their age, a page of them at a time; the token only remembers the newest one
        that was sent, so that one that came with a new book hides older ones that still wait.
        """
        told = json.loads(base64.b64decode(token))["data"]["states"] if token else 0
        waiting = [one for one in self.books.values() if one.id not in self.announced]
        page = waiting[: self.page]
        items = [self.entitlement(book) for book in page]
        for book in page:
            self.announced.add(book.id)
            if book.state is None:
                self.keep(book, self.empty_state(book))
        changed = [one for one in self.books.values() if one.state and one.changed > told]
        changed = sorted((one for one in changed if one not in page), key=lambda one: one.changed)
        sent = changed[: self.page]
        items += [{"ChangedReadingState": {"ReadingState": one.state}} for one in sent]
        items += self.tags() if not token else []
        newest = max((one.changed for one in [*page, *sent]), default=told)
        data = {"data": {"states": max(told, newest)}, "version": "1-1-0"}
        headers = {"X-Kobo-Synctoken": base64.b64encode(json.dumps(data).encode()).decode()}
        if len(waiting) > len(page) or len(changed) > len(sent):
            headers["x-kobo-sync"] = "continue"
        return items, headers

    # -- reading states

    def keep(self, book: Offered, state: dict[str, Any]) -> None:
        """A state is stored."""
        self._changes += 1
        book.state, book.changed = state, self._changes

    def device_writes(self, book: Offered, state: dict[str, Any]) -> None:
        """An e-reader was here, with a clock of its own; this server keeps what it says."""
        book.state = state

    def percentage_only(self, book: Offered, percent: float) -> None:
        """KOReader or a web reader was here: the percentage and the time are new, and no more."""
        assert book.state is not None
        bookmark = book.state["CurrentBookmark"]
        new = {**bookmark, "ProgressPercent": percent, "LastModified": stamp(self.now())}
        book.state = {**book.state, "CurrentBookmark": new}

    def empty_state(self, book: Offered) -> dict[str, Any]:
        at = stamp(self.now())
        return {
            "EntitlementId": book.id,
            "LastModified": at,
            "StatusInfo": {"LastModified": at, "Status": "ReadyToRead", "TimesStartedReading": 0},
            "Statistics": {"LastModified": at},
            "CurrentBookmark": {"LastModified": at},
        }

    def _state(self, asked: Asked, book: Offered | None) -> Says:
        if book is None:
            return self.no_book()
        if asked.method == "GET":
            return said([book.state] if book.state else [])
        sent = json.loads(asked.body)["ReadingStates"][0]
        complete = all(isinstance(sent.get(name), Mapping) for name in SECTIONS)
        location = sent.get("CurrentBookmark", {}).get("Location") or {}
        if not complete or not location.get("Source"):
            return html(400)
        return self.store(book, sent)

    def store(self, book: Offered, sent: dict[str, Any]) -> Says:
        """The last one wins, and every time in it is the server's."""
        at = stamp(self.now())
        stored = {**sent, "LastModified": at, "PriorityTimestamp": at}
        for name in SECTIONS:
            stored[name] = {**sent[name], "LastModified": at}
        self.keep(book, stored)
        book.written.append(stored)
        update = {"EntitlementId": book.id, "LastModified": at, "PriorityTimestamp": at}
        return said({"RequestResult": "Success", "UpdateResults": [update]})


class KoboKomga(KoboServer):
    """Everything comes again without a token; only strictly newer places on its grid are taken.

    As recorded of 1.26.3: a state that is read has the server's own time; the time that decides is
    the one the last client sent, and never shown. `Source` is decoded as a form's value, the
    percentage of the book is worked out anew, and a finished book has no sentence any more.
    """

    template = "{origin}{base}/v1/books/{{ImageId}}/thumbnail/{{Width}}/{{Height}}/false/image.jpg"
    no_token = 403

    def id_of(self, number: int) -> str:
        return f"0B{number:011d}"

    def no_book(self) -> Says:
        return html(404)

    def sync_page(self, token: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        begun = int(token.removeprefix("KOMGA.")) if token else 0
        known = list(self.books.values())
        page = known[begun : begun + self.page]
        end = begun + len(page)
        headers = {"x-kobo-synctoken": f"KOMGA.{end}"}
        if end < len(known):
            headers["x-kobo-sync"] = "Continue"
        tags = self.tags() if page and end == len(known) else []
        return [self.entitlement(book) for book in page] + tags, headers

    def store(self, book: Offered, sent: dict[str, Any]) -> Says:
        sent_at, bookmark = when(sent["LastModified"]), sent["CurrentBookmark"]
        stale = book.read_at is not None and sent_at <= book.read_at
        path = form_decoded(bookmark["Location"]["Source"].partition("#")[0])
        wanted = bookmark["ContentSourceProgressPercent"] / 100
        if stale or path not in book.sizes or not on_grid(book.sizes[path], wanted):
            return self._answer(book, "Failure", "Failure")
        if sent["StatusInfo"]["Status"] == "Finished":
            path, size = list(book.sizes.items())[-1]
            wanted = (positions(size) - 1) / positions(size)
            location = {"Value": None, "Type": "KoboSpan", "Source": path}
        else:
            location = bookmark["Location"]
        self._keep(book, sent["StatusInfo"]["Status"], location, path, wanted)
        book.read_at = sent_at
        assert book.state is not None
        book.written.append(book.state)
        return self._answer(book, "Success", "Ignored")

    def device_writes(self, book: Offered, state: dict[str, Any]) -> None:
        """Through the same door, but for the grid: devices that are taken are on it."""
        bookmark = state["CurrentBookmark"]
        location = bookmark["Location"]
        within = (bookmark.get("ContentSourceProgressPercent") or 0) / 100
        path = form_decoded(location["Source"].partition("#")[0])
        self._keep(book, state["StatusInfo"]["Status"], location, path, within)
        book.read_at = when(state["LastModified"])
        assert book.state is not None
        book.state["Statistics"] |= {
            name: value for name, value in state["Statistics"].items() if name != "LastModified"
        }

    def mark_as_read(self, book: Offered) -> None:
        """On its web page: neither a percentage nor a place is left."""
        self._keep(book, "Finished", None, "", 0)
        book.read_at = self.now()

    def _keep(
        self, book: Offered, status: str, location: dict[str, Any] | None, path: str, within: float
    ) -> None:
        moment = exact(self.now(), 3)
        bookmark: dict[str, Any] = {"LastModified": moment}
        if location is not None:
            total, before = sum(map(positions, book.sizes.values())), 0
            for name, size in book.sizes.items():
                if name == path:
                    before += int(within * positions(size)) + 1
                    break
                before += positions(size)
            bookmark |= {
                "ProgressPercent": float32(100 * before / total),
                "ContentSourceProgressPercent": float32(100 * within),
                "Location": location,
            }
        book.state = {
            "Created": moment,
            "CurrentBookmark": bookmark,
            "EntitlementId": book.id,
            "LastModified": moment,
            "PriorityTimestamp": moment,
            "Statistics": {"LastModified": moment},
            "StatusInfo": {"LastModified": moment, "Status": status, "TimesStartedReading": 1},
        }

    def _answer(self, book: Offered, result: str, statistics: str) -> Says:
        update = {
            "EntitlementId": book.id,
            "CurrentBookmarkResult": {"Result": result},
            "StatisticsResult": {"Result": statistics},
            "StatusInfoResult": {"Result": result},
        }
        return said({"RequestResult": result, "UpdateResults": [update]})


def form_decoded(text: str) -> str:
    """As Java does it: a per cent sign that begins nothing is an error, so no file."""
    return "" if re.search(r"%(?![0-9A-Fa-f]{2})", text) else unquote_plus(text)


def positions(size: int) -> int:
    """How many positions Komga counts in a file."""
    return max(1, math.ceil(size / 1024))


def on_grid(size: int, value: float) -> bool:
    """Exactly one of its positions, or strictly between the first and the last."""
    count = positions(size)
    places = [number / count for number in range(count)]
    return value in places or places[0] < value < places[-1]


@dataclass
class SyncPoint:
    """BookLore's snapshot of the shelf. `told` grows as pages are built, heard or not."""

    books: list[str]
    added: list[str]
    removed: list[str]
    told: set[str] = field(default_factory=set)


class KoboBookLore(KoboServer):
    """Five books to a page; of each section the newest stays, and the answer is always Success.

    As recorded of BookLore 2.3 and Grimmory 2.6: the last page of a sync asks the Kobo store, and
    is an error for ever where that can't be reached (`internet`); and when the number of books that
    were added is a multiple of five, those that were removed are never told.
    """

    prefix = "/api/kobo"
    page = 5
    template = "{origin}{base}/v1/books/{{ImageId}}/thumbnail/{{Width}}/{{Height}}/false/image.jpg"
    internet = True

    def __init__(self) -> None:
        super().__init__()
        self.points: dict[str, SyncPoint] = {}
        self._points_made = 0

    def id_of(self, number: int) -> str:
        return str(number)

    def is_id(self, book_id: str) -> bool:
        return book_id.isdigit()

    def no_book(self) -> Says:
        return said([])

    def _sync(self, token: str) -> Says:
        says = super()._sync(token)
        last = says.headers["x-kobo-sync"] == ""
        if last and not self.internet:
            body = {"message": "An unexpected error occurred.", "status": 500, "timestamp": "…"}
            return Says(500, json.dumps(body).encode(), dict(JSON))
        return says

    def sync_page(self, token: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        known = json.loads(token.removeprefix("BOOKLORE.")) if token else {}
        name, before = known.get("ongoing"), known.get("last")
        if name not in self.points:
            name = self._made_point(self.points.get(before or ""))
        point = self.points[name]
        new = [one for one in point.added if one not in point.told]
        gone = [one for one in point.removed if one not in point.told]
        page = new[: self.page]
        room = self.page - len(page)
        page += gone[:room]
        # Whether there is more to tell of those who had no room is not looked at: so they get lost
        goes_on = len(new) > self.page or (room > 0 and len(gone) > room)
        point.told.update(page)
        items = [self._told(one, one in point.removed) for one in page]
        if goes_on:
            after, more = {"ongoing": name, "last": before}, "continue"
        else:
            after, more = {"ongoing": None, "last": name}, ""
            items += self.tags()
            if self.internet:
                self.points.pop(before or "", None)
        return items, {"x-kobo-synctoken": f"BOOKLORE.{json.dumps(after)}", "x-kobo-sync": more}

    def _made_point(self, before: SyncPoint | None) -> str:
        shelf = [one.id for one in self.books.values() if not one.removed]
        had = before.books if before is not None else []
        added = [one for one in shelf if one not in had]
        self._points_made += 1
        name = f"point{self._points_made}"
        self.points[name] = SyncPoint(shelf, added, [one for one in had if one not in shelf])
        return name

    def _told(self, book_id: str, removed: bool) -> dict[str, Any]:
        if not removed:
            return self.entitlement(self.books[book_id])
        metadata = {"EntitlementId": book_id, "Title": book_id}
        entitlement = {"Id": book_id, "IsRemoved": True}
        return {"ChangedEntitlement": {"BookEntitlement": entitlement, "BookMetadata": metadata}}

    def store(self, book: Offered, sent: dict[str, Any]) -> Says:
        before = book.state or {}
        merged = {**sent}
        for name in SECTIONS:
            old = before.get(name)
            if old and when(old["LastModified"]) > when(sent[name]["LastModified"]):
                merged[name] = old
        times = [when(merged[name]["LastModified"]) for name in SECTIONS]
        merged["LastModified"] = exact(max(times), 7)
        for name in SECTIONS:
            at = when(merged[name]["LastModified"])
            merged[name] = {**merged[name], "LastModified": exact(at, 7)}
        book.state = merged
        book.written.append(merged)
        return said({"requestResult": "Success", "updateResults": [{"entitlementId": book.id}]})


class KoboStump(KoboServer):
    """Delivers books, and answers `{}` to everything about places."""

    template = "{origin}{base}/v1/books/{{ImageId}}/thumbnail/{{Width}}/{{Height}}/false/image.jpg"

    def _state(self, asked: Asked, book: Offered | None) -> Says:
        return said({})


def device_state(
    book_id: str, at: datetime, value: str, source: str, percent: float, chapter: float
) -> dict[str, Any]:
    """As an e-reader writes it."""
    moment = stamp(at)
    return {
        "EntitlementId": book_id,
        "Created": moment,
        "LastModified": moment,
        "PriorityTimestamp": moment,
        "StatusInfo": {"LastModified": moment, "Status": "Reading", "TimesStartedReading": 1},
        "Statistics": {
            "LastModified": moment,
            "SpentReadingMinutes": 14,
            "RemainingTimeMinutes": 55,
        },
        "CurrentBookmark": {
            "LastModified": moment,
            "ProgressPercent": percent,
            "ContentSourceProgressPercent": chapter,
            "Location": {"Value": value, "Type": "KoboSpan", "Source": source},
        },
    }


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def said(document: object, headers: dict[str, str] | None = None) -> Says:
    return Says(200, json.dumps(document).encode(), headers or dict(JSON))


def html(status: int) -> Says:
    return Says(status, b"<html><body>Sorry</body></html>", {"Content-Type": "text/html"})
