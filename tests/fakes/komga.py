"""A Komga on the loopback device: OPDS 2.0, downloads and its own grid of positions.

It accepts positions exactly as Komga does: they are counted from the zip,
the date is checked first, an equal date is too old, and what is not on the grid is refused.
"""

import base64
import json
import math
import posixpath
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote_plus, urlsplit

from lxml import etree

from tests.books import PIXEL_PNG
from tests.fakes.loopback import Asked, Loopback, Says

USER: Final = "ana@example.org"
PASSWORD: Final = "hunter2"
API_KEY: Final = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PAGE: Final = 20
FEED: Final = "application/opds+json"
PUBLICATION: Final = "application/opds-publication+json"
PROGRESSION: Final = "application/vnd.readium.progression+json"
_REL: Final = "http://www.cantook.com/api/progression"
_ACQUISITION: Final = "http://opds-spec.org/acquisition"


@dataclass(frozen=True)
class Position:
    """One of the server's places: a file by its path in the zip, and a 32-bit float of it."""

    href: str
    progression: float
    fixed: bool = False

    @property
    def encoded(self) -> str:
        return quote(self.href, safe="/~")


@dataclass
class Shelved:
    """One book of the server, and what it holds of it."""

    id: str
    title: str
    path: Path
    grid: list[Position]
    progression: dict[str, Any] | None = None
    read_progress: dict[str, Any] | None = None
    written: list[dict[str, Any]] = field(default_factory=list)

    @property
    def positions(self) -> list[dict[str, Any]]:
        """As the server lists them. Of spans only those that say nothing are told."""
        found: list[dict[str, Any]] = []
        for number, position in enumerate(self.grid, 1):
            locations = {
                "progression": shortest(position.progression),
                "position": number,
                "totalProgression": shortest(float32(number / len(self.grid))),
            }
            one = {"href": position.encoded, "type": "application/xhtml+xml"}
            span = {"koboSpan": "kobo.1.1"} if says_nothing(position) else {}
            found.append({**one, "locations": locations, **span})
        return found

    def mark_as_read(self, at: datetime) -> None:
        """As in the web page: a record without a place and without a device."""
        device = {"id": "", "name": ""}
        self.progression = {"modified": stamp(at), "device": device, "locator": {}}
        self.read_progress = {"page": len(self.grid), "completed": True, "readDate": stamp(at)}


class Komga(Loopback):
    """`books` are EPUB files. `titles` replace what they are called."""

    def __init__(self, books: Sequence[Path], titles: Sequence[str] = ()) -> None:
        super().__init__(self.dated)
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        named = [*titles, *(path.stem for path in books[len(titles) :])]
        self.books = {
            f"0B{number:011d}": Shelved(f"0B{number:011d}", title, path, grid_of(path))
            for number, (path, title) in enumerate(zip(books, named, strict=True))
        }

    @property
    def url(self) -> str:
        """The address to type in."""
        return f"{self.origin}/opds/v2/catalog"

    @property
    def writes(self) -> list[dict[str, Any]]:
        """Every position that was accepted, of all books."""
        return [written for book in self.books.values() for written in book.written]

    def dated(self, asked: Asked) -> Says:
        says = self.answer(asked)
        says.headers["Date"] = format_datetime(self.now(), usegmt=True)
        return says

    def answer(self, asked: Asked) -> Says:
        parts = urlsplit(asked.path)
        if parts.path == "/opds/v2/auth":
            return self._challenge(200)
        if not self._signed_in(asked):
            return self._challenge(401)
        path = parts.path.removeprefix("/opds/v2")
        query = parse_qs(parts.query)
        match = re.fullmatch(r"(?:/opds/v2|/api/v1)/books/([^/]+)(?:/(\w+))?", parts.path)
        if match:
            book = self.books.get(match[1])
            return self._of_book(asked, book, match[2] or "") if book else problem(404, "Not found")
        if path == "/catalog":
            return feed(self._root())
        if path in ("/books/latest", "/libraries/0L1/books"):
            return feed(self._list(int(query.get("page", ["0"])[0])))
        if path == "/search":
            return feed(self._found(query.get("query", [""])[0]))
        return problem(404, "Not found")

    # -- who asks

    def _signed_in(self, asked: Asked) -> bool:
        if asked.headers.get("x-api-key") == API_KEY:
            return True
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return asked.headers.get("authorization") == f"Basic {pair}"

    def _challenge(self, status: int) -> Says:
        document = {
            "id": f"{self.origin}/opds/v2/auth",
            "title": "Komga",
            "description": "Enter your email and password to authenticate.",
            "links": [{"rel": "help", "href": "https://komga.org"}],
            "authentication": [
                {
                    "type": "http://opds-spec.org/auth/basic",
                    "labels": {"login": "Email", "password": "Password"},
                }
            ],
        }
        headers = {
            "Content-Type": "application/opds-authentication+json",
            "WWW-Authenticate": 'Basic realm="Realm"',
            "Link": (
                f'<{self.origin}/opds/v2/auth>; rel="http://opds-spec.org/auth/document"; '
                'type="application/opds-authentication+json"'
            ),
        }
        return Says(status, json.dumps(document).encode(), headers)

    # -- feeds

    def _root(self) -> dict[str, Any]:
        latest = list(self.books.values())[:5]
        return {
            "metadata": {"title": "Komga OPDS catalog", "modified": stamp(datetime.now(UTC))},
            "links": [self._link("self", "/catalog"), *self._common()],
            "navigation": [
                {"title": "Recommended", "href": f"{self.origin}/opds/v2/catalog", "type": FEED},
                {
                    "title": "Browse",
                    "href": f"{self.origin}/opds/v2/libraries/0L1/books",
                    "type": FEED,
                },
            ],
            "groups": [
                {
                    "metadata": {"title": "Latest Books"},
                    "links": [self._link("self", "/books/latest")],
                    "publications": [self._publication(book) for book in latest],
                }
            ],
        }

    def _list(self, page: int) -> dict[str, Any]:
        books = list(self.books.values())
        shown = books[page * PAGE : (page + 1) * PAGE]
        links = [self._link("self", f"/books/latest?page={page}"), *self._common()]
        if (page + 1) * PAGE < len(books):
            links.append(self._link("next", f"/books/latest?page={page + 1}"))
        if page:
            links.append(self._link("previous", f"/books/latest?page={page - 1}"))
        return {
            "metadata": {
                "title": "Latest Books",
                "numberOfItems": len(books),
                "itemsPerPage": PAGE,
                "currentPage": page + 1,
            },
            "links": links,
            "publications": [self._publication(book) for book in shown],
        }

    def _found(self, words: str) -> dict[str, Any]:
        hits = [book for book in self.books.values() if words.lower() in book.title.lower()]
        groups = [
            {
                "metadata": {"title": "Books"},
                "publications": [self._publication(book) for book in hits[:PAGE]],
            }
        ]
        return {
            "metadata": {"title": "Search results"},
            "links": self._common(),
            "groups": groups if hits else [],
        }

    def _common(self) -> list[dict[str, Any]]:
        search = self._link("search", "/search{?query}")
        return [self._link("start", "/catalog"), {**search, "templated": True}]

    def _publication(self, book: Shelved) -> dict[str, Any]:
        base = f"{self.origin}/opds/v2/books/{book.id}"
        authenticate = {
            "authenticate": {
                "href": f"{self.origin}/opds/v2/auth",
                "type": "application/opds-authentication+json",
            }
        }
        return {
            "context": "https://readium.org/webpub-manifest/context.jsonld",
            "metadata": {
                "title": book.title,
                "modified": "2024-05-01T10:00:00Z",
                "author": [{"name": "Ann Author"}],
                "belongsTo": {"series": [{"name": book.title, "position": 1}]},
                "numberOfPages": len(book.positions),
            },
            "links": [
                {
                    "rel": "self",
                    "href": f"{base}/manifest",
                    "type": "application/webpub+json",
                    "properties": authenticate,
                },
                {
                    "rel": _ACQUISITION,
                    "href": f"{base}/file",
                    "type": "application/epub+zip",
                    "properties": authenticate,
                },
                {
                    "rel": _REL,
                    "href": f"{base}/progression",
                    "type": PROGRESSION,
                    "properties": authenticate,
                },
            ],
            "images": [
                {
                    "href": f"{base}/thumbnail",
                    "type": "image/png",
                    "properties": authenticate,
                }
            ],
        }

    def _link(self, rel: str, path: str) -> dict[str, Any]:
        return {"rel": rel, "href": f"{self.origin}/opds/v2{path}", "type": FEED}

    # -- one book

    def _of_book(self, asked: Asked, book: Shelved, what: str) -> Says:
        match (asked.method, what):
            case ("GET", "manifest"):
                return Says(
                    200,
                    json.dumps(self._publication(book)).encode(),
                    {"Content-Type": PUBLICATION},
                )
            case ("GET", "file"):
                name = quote(book.path.name)
                return Says(
                    200,
                    book.path.read_bytes(),
                    {
                        "Content-Type": "application/epub+zip",
                        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                    },
                )
            case ("GET", "thumbnail"):
                return Says(200, PIXEL_PNG, {"Content-Type": "image/png"})
            case ("GET", "") if asked.path.startswith("/api/"):
                told = {"id": book.id, "name": book.title, "readProgress": book.read_progress}
                return Says(200, json.dumps(told).encode(), {"Content-Type": "application/json"})
            case ("GET", "positions"):
                body = {"total": len(book.positions), "positions": book.positions}
                return Says(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
            case ("GET", "progression"):
                if book.progression is None:
                    return Says(204, b"", {}, length=False)
                text = json.dumps(book.progression).encode()
                return Says(200, text, {"Content-Type": PROGRESSION})
            case ("PUT", "progression"):
                return self._put(book, json.loads(asked.body))
        return problem(405, "Method not allowed")

    def _put(self, book: Shelved, sent: dict[str, Any]) -> Says:
        locator = sent["locator"]
        if "type" not in locator or not sent["device"].get("name"):
            return problem(400, "JSON parse error: a value that is missing")
        at = datetime.fromisoformat(sent["modified"])
        if book.progression is not None:
            held = datetime.fromisoformat(book.progression["modified"])
            if not at > held:
                return problem(409, "Progression is older than existing")
        href = unquote_plus(locator["href"].partition("#")[0])
        known = [(n, p) for n, p in enumerate(book.grid) if p.href == href]
        if not known:
            return problem(400, f"Resource does not exist in book: {href}")
        progression = locator.get("locations", {}).get("progression")
        if progression is None:
            return problem(400, "location.progression is required")
        asked = float32(progression)
        matched = [pair for pair in known if pair[1].progression == asked]
        below = [pair for pair in known if pair[1].progression < asked]
        above = any(position.progression > asked for _, position in known)
        if known[0][1].fixed:
            matched = known[:1]
        elif not matched and not (below and above):
            return problem(400, "Invalid progression")
        index, position = matched[0] if matched else below[-1]
        total = float32((index + 1) / len(book.grid))
        stored = json.loads(json.dumps(sent))
        kept = stored["locator"]["locations"]
        stored["locator"]["type"] = "application/xhtml+xml"
        kept |= {"progression": shortest(asked), "totalProgression": shortest(total)}
        for dropped in ("cssSelector", "partialCfi"):
            kept.pop(dropped, None)
        if says_nothing(position):
            stored["locator"].setdefault("koboSpan", "kobo.1.1")
        book.progression = stored
        book.read_progress = {
            "page": index + 1,
            "completed": total >= 0.99,
            "readDate": sent["modified"],
        }
        book.written.append(stored)
        return Says(204, b"", {}, length=False)


def says_nothing(position: Position) -> bool:
    """Whether the server gives it the first span, wherever it is."""
    return position.fixed or position.progression == 0


def float32(value: float) -> float:
    """The nearest number with 32 bits, as Komga keeps them."""
    found: float = struct.unpack("f", struct.pack("f", value))[0]
    return found


def shortest(value: float) -> float:
    """A 32-bit number with no more digits than it takes to know it again, as it is told."""
    texts = (f"{value:.{digits}g}" for digits in range(6, 10))
    return next(float(text) for text in texts if float32(float(text)) == value)


def grid_of(path: Path) -> list[Position]:
    """Every position of a book: one for each started KiB of a file of the spine, as it is in the
    zip; none for a file that is missing; in a fixed layout one for each file.
    """
    with zipfile.ZipFile(path) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        container: Any = etree.fromstring(archive.read("META-INF/container.xml"))
        package_path = container.xpath("string(//*[local-name()='rootfile']/@full-path)")
        package: Any = etree.fromstring(archive.read(package_path))
    layout = package.xpath("//*[local-name()='meta'][@property='rendition:layout']/text()")
    fixed = [text.strip() for text in layout][:1] == ["pre-paginated"]
    folder = posixpath.dirname(package_path)
    items = {
        item.get("id"): item.get("href")
        for item in package.xpath("//*[local-name()='manifest']/*[local-name()='item']")
    }
    grid: list[Position] = []
    for itemref in package.xpath("//*[local-name()='spine']/*[local-name()='itemref']"):
        href = items.get(itemref.get("idref"))
        if href is None:
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote_plus(href)))
        if name not in sizes:
            continue
        count = 1 if fixed else max(1, math.ceil(sizes[name] / 1024))
        grid += [Position(name, float32(k / count), fixed) for k in range(count)]
    return grid


def feed(document: dict[str, Any]) -> Says:
    return Says(200, json.dumps(document).encode(), {"Content-Type": FEED})


def problem(status: int, message: str) -> Says:
    body = {"status": status, "error": "Error", "message": message, "path": "/opds/v2"}
    return Says(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
