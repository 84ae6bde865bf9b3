"""The servers of a storm, and what they held in turn, as the storm itself has seen it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from kios_desktop.application.open_publication import OpenPublication, open_publication
from kios_desktop.domain.catalog import ProgressionDialect, ProgressionLink
from kios_desktop.domain.errors import Missing
from kios_desktop.domain.library import Book, BookId
from kios_desktop.domain.locator import Locator, Place
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod
from kios_desktop.epub.places import Places
from kios_desktop.protocols.http import Credentials, Session
from kios_desktop.protocols.opds.progression import Progressions
from kios_desktop.sources.kosync import KosyncRemote
from kios_desktop.sources.opds_progress import OpdsRemote
from kios_desktop.sync.ports import ProgressRemote
from tests.books import write_book
from tests.fakes.device import BOOK, HASHES, book, source_of
from tests.fakes.komga import PASSWORD, PROGRESSION, USER, Komga, stamp
from tests.fakes.kosync_server import KosyncServer
from tests.fakes.places import TOTAL, FakePlaces, at
from tests.fakes.sync import FakeNotebook

T0 = datetime(2026, 11, 29, 12, tzinfo=UTC)
THIRD = "third device"
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Held:
    """What the server holds: somebody's place, only a fraction (0…1), or a mark “finished”.

    `number` counts what came to the server, from 1. `slack` is how far (0…1 of the book) the
    place may be off, for what this server keeps of one.
    """

    number: int
    by: str
    fraction: float
    place: Place | None = None
    mark: bool = False
    slack: float = 0.0


@dataclass
class Written:
    """A place a Kios wrote, and what it was written over."""

    now: Held
    before: Held | None


class Conversions(Protocol):
    """What a person needs of the book: places along it."""

    def from_fraction(self, fraction: float) -> Any: ...
    def locator(self, place: Place) -> Locator: ...


@dataclass
class Server:
    """Base: counts, and keeps what was held. `now` is the server's own clock."""

    held: Held | None = None
    count: int = 0
    written: list[Written] = field(default_factory=list)
    now: datetime = T0

    def took(self, by: str, fraction: float, place: Place | None, **more: Any) -> None:
        self.count += 1
        before, self.held = self.held, Held(self.count, by, fraction, place, **more)
        if by != THIRD:
            self.written.append(Written(self.held, before))


class KosyncWorld(Server):
    """A KOReader sync server of one profile, over HTTP."""

    marks = False

    def __init__(self, profile: str) -> None:
        super().__init__()
        self.places: Conversions = FakePlaces()
        self.server = KosyncServer(profile)
        self.server.fake.now = lambda: self.now.timestamp()
        self._seen = 0

    async def start(self) -> None:
        await self.server.start()

    async def stop(self) -> None:
        await self.server.stop()

    def remote(self, name: str, notebook: FakeNotebook, clock: Clock) -> ProgressRemote:
        async def the_book(_id: BookId) -> Book:
            return book(HASHES)

        @asynccontextmanager
        async def the_places(_id: BookId) -> AsyncIterator[FakePlaces]:
            yield FakePlaces()

        return KosyncRemote(
            source_of(self.server),
            lambda: f"Kios Desktop ({name})",
            f"ID{name}".upper().ljust(32, "0"),
            the_book,
            the_places,
            notebook,
            clock,
        )

    def look(self) -> None:
        """Take note of the writes that arrived since the last time."""
        requests = self.server.fake.requests
        for request in requests[self._seen :]:
            record = self.server.fake.records.get(HASHES.partial_md5)
            if request.method != "PUT" or record is None or not _is_json(request.body):
                continue
            body = request.json
            name = str(body["device"]).partition("(")[2].partition(")")[0]
            place = FakePlaces().from_xpointer(body["progress"] or "").place
            self.took(name, body["percentage"], place)
        self._seen = len(requests)

    def third(self, fraction: float, exact: bool) -> None:
        """Another device was here: with a place, or with a percentage only."""
        place = at(int(fraction * TOTAL)).place
        text = FakePlaces().xpointer(place) if exact else ""
        self.server.fake.put_elsewhere(HASHES.partial_md5, text, fraction, "Kobo")
        self.took(THIRD, fraction, place if exact else None)

    def mark(self) -> None:
        raise NotImplementedError

    def trouble(self, mode: str) -> None:
        self.server.mode = mode


class KomgaWorld(Server):
    """A Komga whose catalog keeps places, over HTTP, with a real book and its grid."""

    marks = True

    def __init__(self, file: Path, opened: OpenPublication) -> None:
        super().__init__()
        self._opened = opened
        self.places: Conversions = opened.places
        self.server = Komga([file])
        self.server.now = lambda: self.now
        [self._book] = self.server.books.values()
        self._sessions: list[Session] = []
        self._mode, self._seen = "ok", 0
        usual = self.server.handler

        def troubled(asked: Any) -> Any:
            from tests.fakes.loopback import Says

            if self._mode == "broken":
                return Says(500, b"")
            if self._mode == "wrong":
                return Says(
                    200, b"<html><body>Sign in</body></html>", {"Content-Type": "text/html"}
                )
            said = usual(asked)
            if self._mode == "lost":
                return Says(200, b"x", {}, length=100, cut_at=1)
            return said

        self.server.handler = troubled

    async def start(self) -> None:
        await self.server.__aenter__()

    async def stop(self) -> None:
        for session in self._sessions:
            await session.aclose()
        await self.server.__aexit__(None, None, None)

    def remote(self, name: str, _notebook: FakeNotebook, clock: Clock) -> ProgressRemote:
        session = Session(
            ServerUrl(self.server.url), Credentials(AuthMethod.BASIC, USER, Secret(PASSWORD))
        )
        self._sessions.append(session)
        url = f"{self.server.origin}/opds/v2/books/{self._book.id}/progression"
        link = ProgressionLink(ServerUrl(url), ProgressionDialect.READIUM, PROGRESSION)

        async def link_of(book_id: BookId) -> ProgressionLink | None:
            return link if book_id == BOOK else None

        @asynccontextmanager
        async def places_of(book_id: BookId) -> AsyncIterator[Places]:
            if book_id != BOOK:
                raise Missing("another book")
            yield self._opened.places

        return OpdsRemote(
            "5" * 32,
            Progressions(session),
            link_of,
            places_of,
            lambda: name,
            name.encode().hex().ljust(32, "0")[:32],
            clock,
        )

    def look(self) -> None:
        for stored in self._book.written[self._seen :]:
            found = self._opened.places.from_locator(stored["locator"])
            name = stored["device"]["name"].partition(" ")[0]
            self.took(name, self._fraction(found.place), found.place, slack=SLOT)
        self._seen = len(self._book.written)

    def _fraction(self, place: Place | None) -> float:
        return 0.0 if place is None else self._opened.places.total_progression(place)

    def third(self, fraction: float, exact: bool) -> None:
        place = self._opened.places.from_fraction(fraction).place
        assert place is not None
        locator = self._opened.places.komga_locator(place)
        if not exact:  # as Komga's web reader leaves it
            locations: dict[str, Any] = locator["locations"]  # type: ignore[assignment]
            kept = {k: locations[k] for k in ("progression", "position", "totalProgression")}
            locator = {"href": locator["href"], "type": locator["type"], "locations": kept}
        self._put({"id": "kobo", "name": "Kobo"}, locator)
        self.took(THIRD, fraction, place if exact else None, slack=SLOT)

    def mark(self) -> None:
        self._book.mark_as_read(self.now)
        self.took(THIRD, 1.0, None, mark=True)

    def _put(self, device: dict[str, str], locator: dict[str, Any]) -> None:
        self._book.progression = {
            "modified": stamp(self.now),
            "device": device,
            "locator": locator,
        }

    def trouble(self, mode: str) -> None:
        self._mode = mode


SLOT = 0.004  # of the book below: what a position of Komga's grid may hide


def storm_book(folder: Path) -> tuple[Path, OpenPublication]:
    """A book of some 300 KB in twelve chapters."""
    chapter = "<h1>{0}</h1>" + "".join(
        f"<p>{' '.join('word{0}' + f'x{i}x{j}' for j in range(40))}</p>" for i in range(50)
    )
    file = write_book(folder / "storm.epub", *(chapter.format(n) for n in range(12)))
    opened = open_publication(file, None)
    opened.weigh(opened.places.measure())
    return file, opened


def later(world: Server, seconds: float) -> None:
    """Time passes for the server."""
    world.now += timedelta(seconds=seconds)


def _is_json(body: bytes) -> bool:
    return body.startswith(b"{")
