"""Every question that is asked of a server, by a name, and what is made of the answers.

Above the network the answer is given; over the loopback it comes from whoever listens there.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kios_desktop.domain.accounts import Capabilities
from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Entry,
    Format,
    ProgressionDialect,
    ProgressionLink,
    Search,
)
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.library import BookId, DocumentHashes
from kios_desktop.domain.locator import Place
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.shelf import ReadingState, Spot
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.epub.places import Places
from kios_desktop.protocols.booklore import (
    BookloreClient,
    Evidence,
    NewAnnotation,
    NewBookmark,
    NewBookNote,
    NewPlaceNote,
    NewSession,
    capabilities,
    match,
    server_base,
)
from kios_desktop.protocols.booklore import tokens as booklore_tokens
from kios_desktop.protocols.http import (
    Credentials,
    Http,
    Limits,
    RetryPolicy,
    Session,
    transfer,
)
from kios_desktop.protocols.kobo.client import KoboClient
from kios_desktop.protocols.kosync import KosyncClient
from kios_desktop.protocols.opds import OpdsClient, OwnProgression, Progressions
from kios_desktop.protocols.opds.file_name import file_name
from kios_desktop.sources.catalog_check import check_catalog, find_catalog
from kios_desktop.sources.kobo_check import check_kobo, find_kobo
from kios_desktop.sources.kobo_progress import KoboRemote
from kios_desktop.sources.kosync import KosyncRemote
from kios_desktop.sources.opds_progress import OpdsRemote
from kios_desktop.sources.probe import test_connection
from tests.fakes.given import BASE, GivenHttp, GivenSession
from tests.fakes.sync import FakeNotebook

BOOK = BookId(1)
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HASHES = DocumentHashes("a" * 64, "b" * 32, "c" * 32, "d" * 32)
READIUM, DRAFT = ProgressionDialect.READIUM, ProgressionDialect.DRAFT

Ask = Callable[[], Awaitable[object]]


class EveryClient:
    """Every client, and what is made of its answers."""

    def __init__(self, places: Places, folder: Path) -> None:
        self._places, self._folder = places, folder
        self.http, self.session = GivenHttp(), GivenSession()
        locator = places.locator(Place(1, 2))
        self._mine = [Sent(locator, "/body/DocFragment[2]/body/p[1]/text().1", 0.3, "b" * 32, NOW)]
        wire = '{"value":"kobo.1.1","source":"EPUB/chapter0002.xhtml","percent":30,"chapter":5}'
        self._on_kobo = [Sent(locator, wire, 0.3, "b", NOW)]
        readium = '{"href":"EPUB/chapter0002.xhtml","locations":{"progression":0.5}}'
        self._in_catalog = [Sent(locator, readium, 0.3, "", NOW)]
        self._here = OwnProgression(NOW, "urn:uuid:1", "desk", "One", {"href": "a"}, 0.3, ("a#b",))

    def readers(self) -> dict[str, Ask]:
        """What is asked above the network."""
        kosync = KosyncClient(self.http, BASE)
        kobo, opds = KoboClient(self.session, BASE), OpdsClient(self.session, BASE)
        places = Progressions(self.session)
        url = ServerUrl("http://127.0.0.1:9/opds/v2/books/b/progression")
        links = [ProgressionLink(url, dialect, "a/b") for dialect in (READIUM, DRAFT)]
        state = ReadingState("b", percent=3, spot=Spot("kobo.1.1", "a"))
        indirect = Acquisition(BASE, AcquisitionKind.INDIRECT, Format.EPUB, "", "")
        entry = Entry(key="k", title="t", document=BASE, partial=True)
        asked: dict[str, Ask] = {
            "kosync authorize": kosync.authorize,
            "kosync progress": lambda: kosync.progress("0" * 32),
            "kosync save": lambda: kosync.save("0" * 32, "/body", 0.5, "x", "y"),
            "kobo initialization": kobo.initialization,
            "kobo sync": lambda: kobo.sync(""),
            "kobo metadata": lambda: kobo.metadata("b"),
            "kobo state": lambda: kobo.state("b"),
            "kobo keeps states": lambda: kobo.keeps_states("b"),
            "kobo save": lambda: kobo.save_state(state, NOW),
            "kobo image": lambda: kobo.image(BASE),
            "opds feed": lambda: opds.feed(ServerUrl(BASE.reveal() + "/opds")),
            "opds entry": lambda: opds.entry(entry),
            "opds direct": lambda: opds.direct(indirect),
            "opds search": lambda: opds.search(Search(description=BASE), "words"),
            "opds image": lambda: opds.image(BASE),
            "progression positions": lambda: places.positions(links[0]),
            "place over kobo": self._over_kobo,
        }
        asked |= self._account()
        for link in links:
            asked[f"progression pull {link.dialect}"] = partial(places.pull, link)
            asked[f"progression push {link.dialect}"] = partial(places.push, link, self._here)
            asked[f"place over opds {link.dialect}"] = partial(self._over_opds, link)
        for preset in ("", "komga", "kavita", "booklore", "cwa", "stump"):
            asked[f"place over kosync {preset}"] = partial(self._over_kosync, preset)
        return asked

    def over_the_wire(self, origin: str) -> dict[str, Ask]:
        """What is asked over the loopback."""
        url = ServerUrl(f"{origin}/api/kobo/0f1e2d3c4b5a6978")
        signed = Source(
            "1" * 32, SourceKind.OPDS, "", "Home", url, AuthMethod.BASIC, "alice", Secret("x")
        )
        asked: dict[str, Ask] = {
            "check kobo": lambda: check_kobo(signed),
            "find kobo": lambda: find_kobo(_at(signed, f"{origin}/kobo/0f1e2d3c4b5a6978")),
            "check catalog": lambda: check_catalog(signed),
            "find catalog": lambda: find_catalog(signed),
            "test connection": lambda: _all(test_connection(signed, [HASHES])),
            "single request": lambda: _single(url),
            "file": lambda: self._file(url),
        }
        for auth in AuthMethod:
            asked[f"session {auth.value}"] = partial(_signed, url, auth)
            asked[f"check {auth.value}"] = partial(check_catalog, _signing(signed, auth))
        return asked

    def _account(self) -> dict[str, Ask]:
        """What is asked of BookLore and Grimmory, signed in and not."""
        here = BookloreClient(self.http, BASE, "alice", KeptTokens(BASE), lambda: NOW, _at_once)
        unknown = KeptTokens()
        new = BookloreClient(self.http, BASE, "alice", unknown, lambda: NOW, _at_once)
        span, point = "epubcfi(/6/8!/4,/4/1:5,/6/1:12)", "epubcfi(/6/8!/4/1:5)"
        session = NewSession(NOW, NOW, 0, 0.5, "1", "2")
        evidence = Evidence("t", ("a",), ("9780306406157",), "b" * 32, 7)
        found = Capabilities(by_hash=True, search=True)
        asked: dict[str, Ask] = {
            "account public settings": here.public_settings,
            "account sign in": new.sign_in,
            "account refresh": lambda: here.tokens.renewed(Secret("a.b.c")),
            "account capabilities": lambda: capabilities(here),
            "account match": lambda: match(here.books, found, evidence),
            "account book": lambda: here.books.get(7),
            "account search": lambda: here.books.with_title("t"),
            "account app search": lambda: here.books.containing("t"),
            "account rate": lambda: here.books.rate(7, 3),
            "account session": lambda: here.sessions.save(7, session),
            "account sessions": lambda: here.sessions.save_all(7, [session]),
            "account session list": lambda: here.sessions.page(7),
            "account annotation": lambda: here.annotations.create(NewAnnotation(7, span, "x")),
            "account annotations": lambda: here.annotations.of_book(7),
            "account annotation update": lambda: here.annotations.update(1, note="x"),
            "account annotation delete": lambda: here.annotations.delete(1),
            "account place note": lambda: here.place_notes.create(NewPlaceNote(7, span, "x")),
            "account place notes": lambda: here.place_notes.of_book(7),
            "account book note": lambda: here.book_notes.create(NewBookNote(7, "", "x")),
            "account book notes": lambda: here.book_notes.of_book(7),
            "account bookmark": lambda: here.bookmarks.create(NewBookmark(7, point)),
            "account bookmarks": lambda: here.bookmarks.of_book(7),
            "account shelves": here.shelves.all,
            "account shelf": lambda: here.shelves.create("Kios"),
            "account shelf books": lambda: here.shelves.books(7),
            "account assign": lambda: here.shelves.assign([7], on=[7]),
            "account koreader user": here.koreader.user,
            "account koreader sign in": lambda: here.koreader.sign_in("a", Secret("x")),
            "account koreader by hash": lambda: here.koreader.by_hash("b", "a", Secret("x")),
        }
        return asked

    async def _over_kosync(self, preset: str) -> Report | Sent | None:
        source = Source("1" * 32, SourceKind.KOSYNC, preset, "Home", BASE)
        remote = KosyncRemote(
            source, lambda: "desk", "ID", _book, self._places_of, FakeNotebook(), lambda: NOW
        )
        remote._client = KosyncClient(self.http, BASE)
        return await remote.pull(BOOK, self._mine)

    async def _over_kobo(self) -> Report | Sent | None:
        client = KoboClient(self.session, BASE, lambda: NOW)
        remote = KoboRemote("1" * 32, client, _kobo_id, self._places_of)
        await remote.pull(BOOK, self._on_kobo)
        with contextlib.suppress(RemoteError):
            await remote.push(BOOK, self._on_kobo[0])
        return await remote.pull(BOOK, ())

    async def _over_opds(self, link: ProgressionLink) -> Report | Sent | None:
        async def link_of(_book: BookId) -> ProgressionLink | None:
            return link

        remote = OpdsRemote(
            "1" * 32,
            Progressions(self.session),
            link_of,
            self._places_of,
            lambda: "desk",
            "urn:uuid:1",
            lambda: NOW,
        )
        found = await remote.pull(BOOK, self._in_catalog)
        prepared = await remote.prepare(BOOK, self._places.locator(Place(1, 5)), None, None)
        with contextlib.suppress(RemoteError):
            await remote.push(BOOK, prepared)
        return found

    @asynccontextmanager
    async def _places_of(self, _book: BookId) -> AsyncIterator[Places]:
        yield self._places

    async def _file(self, url: ServerUrl) -> object:
        session = Session(url, retry_policy=RetryPolicy(repeats_s=()))
        limits = Limits(cap_bytes=100_000, silence_s=2.0, free_bytes=lambda _: 10**12)
        part = self._folder / "part"
        try:
            got = await transfer(
                session, url, part, continuation=None, progress=lambda _: None, limits=limits
            )
            name = file_name(got.content_disposition, got.url, "t", ("a",), Format.EPUB)
            return got, name.encode()
        finally:
            await session.aclose()


class KeptTokens:
    """The secrets of “alice” that never change; she is signed in at `at`."""

    def __init__(self, at: ServerUrl | None = None) -> None:
        obtained_at = NOW - timedelta(hours=1)
        pair = booklore_tokens.Tokens(Secret("a.b.c"), Secret("d.e.f"), obtained_at)
        kept = booklore_tokens.KeptTokens(pair)
        base = None if at is None else server_base(at).reveal()
        self._tokens = None if at is None else booklore_tokens.packed(kept, f"alice {base}")

    async def password(self) -> Secret | None:
        return Secret("x")

    async def tokens(self) -> Secret | None:
        return self._tokens

    async def keep_tokens(self, tokens: Secret) -> None:
        """Forgotten: each question is asked as the first one."""


async def _at_once(_seconds: float) -> None:
    """Waits for nothing."""


def _at(source: Source, url: str) -> Source:
    return replace(source, url=ServerUrl(url))


def _signing(source: Source, auth: AuthMethod) -> Source:
    return replace(source, auth=auth)


async def _signed(url: ServerUrl, auth: AuthMethod) -> object:
    session = Session(
        url, Credentials(auth, "alice", Secret("x")), retry_policy=RetryPolicy(repeats_s=())
    )
    try:
        reply = await session.get(url, accept="*/*", cap_bytes=50_000, total_s=3.0)
        await session.put(
            url, accept="*/*", content=b"{}", content_type="a/b", cap_bytes=50_000, total_s=3.0
        )
        return reply
    finally:
        await session.aclose()


async def _single(url: ServerUrl) -> object:
    http = Http()
    try:
        return await http.request("GET", url, route="x", cap_bytes=50_000, total_s=3.0)
    finally:
        await http.aclose()


async def _all(steps: AsyncIterator[object]) -> list[object]:
    return [step async for step in steps]


async def _book(_book: BookId) -> Any:
    from tests.fakes.device import book

    return book(HASHES)


async def _kobo_id(_book: BookId) -> str | None:
    return "b"
