"""Facts and routes of one book, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from msgspec import structs

from kios_desktop.application.book_routes import BookAccount, CameFrom, Channel, Routing
from kios_desktop.domain.errors import Fault, StorageError, Unreachable
from kios_desktop.domain.library import Book, BookId, Visit
from kios_desktop.domain.locator import Chapter, Locator, Place, Position, Precision
from kios_desktop.domain.progress import Report, Sent, SyncRecord
from kios_desktop.domain.source import SourceKind
from kios_desktop.sync.route import RouteReason
from tests.fakes_ui import sample_books

KOMGA, HOME = "7" * 32, "5" * 32
AWAY = Unreachable(Fault.TIMEOUT, "komga.example.org:443", 10)


_BEGUN = datetime.now(UTC)


def now() -> datetime:
    """One moment for all that is compared: a long run must not age what was made at its start."""
    return _BEGUN


def locator(number: int, fraction: float) -> Locator:
    chapter = Chapter(number, f"Chapter {number}")
    return Locator(Place(number, 0), f"c{number}.xhtml", 1000, fraction, chapter)


def visit(
    number: int, fraction: float, ago: timedelta, device: str = "", how: str = "read"
) -> Visit:
    return Visit(Position(locator(number, fraction), now() - ago, device), how)


def sample_visits() -> list[Visit]:
    hours = [timedelta(hours=h) for h in (0, 13, 22, 75, 121, 150, 180)]
    return [
        visit(9, 0.15, hours[0]),
        visit(12, 0.18, hours[1], "Kobo Libra", "stayed"),
        visit(8, 0.13, hours[2]),
        visit(7, 0.11, hours[3], "Pixel phone", "moved by sync"),
        visit(5, 0.06, hours[4]),
        visit(5, 0.05, hours[4] + timedelta(minutes=4)),
        visit(4, 0.04, hours[5]),
        visit(1, 0.01, hours[6]),
    ]


def sent(fraction: float, ago: timedelta) -> SyncRecord:
    return SyncRecord(HOME, sent=Sent(locator(9, fraction), "raw", fraction, at=now() - ago))


def received(fraction: float, device: str, ago: timedelta) -> SyncRecord:
    report = Report(
        HOME, "k", locator(9, fraction), Precision.EXACT, fraction, now() - ago, device, "raw"
    )
    return SyncRecord(HOME, received=report)


def waiting(ago: timedelta) -> SyncRecord:
    return SyncRecord(KOMGA, dirty=True, since=now() - ago)


def sample_routing() -> Routing:
    return Routing(
        (
            Channel(
                KOMGA,
                "Komga",
                SourceKind.OPDS,
                waiting(timedelta(minutes=8)),
                AWAY,
                now() + timedelta(minutes=4),
            ),
            Channel(HOME, "Home library", SourceKind.KOSYNC, sent(0.15, timedelta(minutes=2))),
        ),
        KOMGA,
        RouteReason.ORIGIN,
    )


@dataclass
class FakeBooks:
    """`BookFacts` and `BookRoutes` for a few books that share everything."""

    books: list[Book] = field(default_factory=sample_books)
    route: Routing = field(default_factory=sample_routing)
    history: Sequence[Visit] = field(default_factory=sample_visits)
    origins: Sequence[CameFrom] = ()
    of_accounts: Sequence[BookAccount] = ()
    broken: StorageError | None = None
    asked: list[tuple[str, object]] = field(default_factory=list)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    async def book(self, book_id: BookId) -> Book:
        self._fail()
        return next(book for book in self.books if book.id == book_id)

    async def rate(self, book_id: BookId, rating: int | None) -> None:
        self._fail()
        self.asked.append(("rate", rating))
        self.books = [
            structs.replace(one, rating=rating) if one.id == book_id else one for one in self.books
        ]

    async def visits(self, book_id: BookId) -> Sequence[Visit]:
        self._fail()
        return self.history

    async def accounts(self, book_id: BookId) -> Sequence[BookAccount]:
        return self.of_accounts

    async def match_again(self, account_id: str, book_id: BookId) -> None:
        self.asked.append(("match again", account_id))

    async def never_send(self, account_id: str, book_id: BookId) -> None:
        self.asked.append(("never send", account_id))

    async def came_from(self, book_id: BookId) -> Sequence[CameFrom]:
        self._fail()
        return self.origins

    async def routing(self, book_id: BookId) -> Routing:
        self._fail()
        return self.route

    async def choose(self, book_id: BookId, source_id: str | None) -> None:
        self._fail()
        self.asked.append(("choose", source_id))
        used = source_id if source_id != "" else None
        reason = RouteReason.SWITCHED_OFF if source_id == "" else RouteReason.CHOSEN
        if source_id is None:
            used, reason = KOMGA, RouteReason.ORIGIN
        self.route = replace(self.route, used=used, reason=reason, chosen=source_id)

    def sync_now(self, book_id: BookId) -> None:
        self.asked.append(("sync", book_id))

    def watch(self, book_id: BookId, changed: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed)

    def tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def _fail(self) -> None:
        if self.broken is not None:
            raise self.broken
