"""A catalog and a queue of downloads in memory, and feeds to show in them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Entry,
    Facet,
    Feed,
    Format,
    Group,
    Navigation,
    NavigationKind,
    Search,
    Shown,
)
from kios_desktop.domain.download import (
    Availability,
    Download,
    DownloadFault,
    DownloadId,
    DownloadState,
    EntryState,
)
from kios_desktop.domain.errors import RemoteError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl

SOURCE = "5" * 32
NOW = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
HOST = "https://books.example.org/opds"
SEARCH = Search(template=ServerUrl(f"{HOST}/search?q={{searchTerms}}"))

_BOOKS = (
    ("Persuasion", "Jane Austen"),
    ("North and South", "Elizabeth Gaskell"),
    ("Crime and Punishment", "Fyodor Dostoevsky"),
    ("Alice’s Adventures in Wonderland", "Lewis Carroll"),
    ("The Age of Innocence", "Edith Wharton"),
    ("A Room with a View", "E. M. Forster"),
    ("Around the World in Eighty Days", "Jules Verne"),
    ("The Turn of the Screw", "Henry James"),
    ("The Secret Garden", "Frances Hodgson Burnett"),
    ("Treasure Island", "Robert Louis Stevenson"),
    ("A Study in Scarlet", "Arthur Conan Doyle"),
    ("Wuthering Heights", "Emily Brontë"),
    ("Twenty Thousand Leagues Under the Seas", "Jules Verne"),
    ("Jane Eyre", "Charlotte Brontë"),
    ("The War of the Worlds", "H. G. Wells"),
)


def url(path: str) -> ServerUrl:
    return ServerUrl(f"{HOST}/{path}")


def epub(key: str, length: int | None = 1_800_000, title: str = "EPUB") -> Acquisition:
    kind = Format.KEPUB if title == "KEPUB" else Format.EPUB
    return Acquisition(
        url(f"get/{key}.{title.lower()}"),
        AcquisitionKind.DOWNLOAD,
        kind,
        title,
        "application/epub+zip",
        length,
    )


def make_entry(number: int, title: str = "", author: str = "Jane Austen") -> Entry:
    """An entry whose every fact follows from its number."""
    key = f"urn:test:{number}"
    return Entry(
        key,
        title or f"Book {number}",
        (author,),
        updated=NOW - timedelta(days=number),
        published=str(1813 + number % 90),
        language="en",
        thumbnail=url(f"cover/{number}"),
        acquisitions=(epub(str(number)),),
    )


def sample_entries(more: int = 0) -> list[Entry]:
    known = [make_entry(n + 1, *facts) for n, facts in enumerate(_BOOKS)]
    return known + [make_entry(len(known) + 1 + n) for n in range(more)]


def rich_entry() -> Entry:
    """An entry with everything its page can show."""
    return replace(
        make_entry(1, "Pride and Prejudice"),
        series="The novels of Jane Austen",
        series_index=2,
        published="1813-01-28",
        publisher="T. Egerton, Whitehall",
        tags=("Fiction", "Courtship", "England", "Sisters"),
        identifiers=("urn:isbn:9780141439518", "urn:uuid:0f8e0b4c-6d0e-4a57-9a0e-2b5b1f6f3a11"),
        description="<p>When the lively <b>Elizabeth Bennet</b> meets the proud Mr Darcy, first "
        "impressions do their worst. Austen’s comedy of manners follows five sisters, two "
        "obstinate hearts, and the long road between a hasty judgement and a just one.</p>"
        '<p>More at <a href="https://standardebooks.org/">Standard Ebooks</a>.</p>'
        '<script>alert(1)</script><img src="https://tracker.example/1.png">',
        acquisitions=(epub("1"), epub("1", 2_100_000, "KEPUB")),
        related=(
            Navigation("Jane Austen", url("authors/1"), kind=NavigationKind.AUTHORS),
            Navigation("The novels of Jane Austen", url("series/1"), kind=NavigationKind.SERIES),
        ),
    )


def root_feed() -> Feed:
    """Navigation above two groups, as Komga has it."""
    return Feed(
        url(""),
        "Home library",
        navigation=(
            Navigation("On deck", url("ondeck"), "Next in your series"),
            Navigation("Latest books", url("new"), "Updated 20 Nov", NavigationKind.NEW),
            Navigation("All series", url("series"), "214 series", NavigationKind.SERIES),
            Navigation("Authors", url("authors"), "", NavigationKind.AUTHORS, 96),
            Navigation("Popular", url("popular"), "", NavigationKind.POPULAR),
            Navigation("Reading lists", url("lists"), "3 lists"),
        ),
        groups=(
            Group("Latest books", url("new"), entries=tuple(sample_entries())),
            Group("On deck", None, entries=tuple(sample_entries()[4:7])),
        ),
        search=SEARCH,
    )


def facets() -> tuple[Facet, ...]:
    sort = [
        Facet("Sort", name, url(f"by/{name}"), name == "Newest")
        for name in ("Newest", "Title", "Author")
    ]
    languages = [
        Facet("Language", name, url(f"language/{name}"), name == "English", count)
        for name, count in (
            ("English", 212),
            ("French", 61),
            ("German", 30),
            ("Latin", 7),
            ("Greek", 2),
        )
    ]
    return (*sort, *languages)


def list_feed(total: int | None = 312, page: int = 50) -> Feed:
    return Feed(
        url("list"),
        "Nineteenth century",
        entries=tuple(sample_entries(page - len(_BOOKS))),
        facets=facets(),
        search=SEARCH,
        next=url("list?page=2"),
        total=total,
        first=1,
    )


@dataclass
class FakeCatalog:
    """`Catalog` over a dictionary of feeds; "" is the root.

    `make` answers for addresses that are in no dictionary. `errors` are raised, by address;
    `kept` ones are answered with the feed and the error, as a copy would be; `copies` are there
    without asking. `silent` keeps answers back until it is
    set.
    """

    feeds: dict[str, Feed] = field(default_factory=dict)
    make: Callable[[str], Feed | None] = lambda _path: None
    found: Callable[[str], Feed] = lambda _words: Feed(url("search"))
    details: dict[str, Entry] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    kept: dict[str, RemoteError] = field(default_factory=dict)
    copies: dict[str, Feed] = field(default_factory=dict)
    images: Callable[[str], bytes] = lambda _path: b""
    source_id: str = SOURCE
    name: str = "Home library"
    delay_s: float = 0.0
    silent: asyncio.Event | None = None
    asked: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    images_asked: list[str] = field(default_factory=list)
    images_stopped: list[str] = field(default_factory=list)

    async def feed(self, url: ServerUrl | None, fresh: bool = False) -> Shown:
        path = _path(url)
        self.asked.append(path)
        if fresh:
            self.fresh.append(path)
        await asyncio.sleep(self.delay_s)
        if self.silent is not None:
            await self.silent.wait()
        if (error := self.errors.get(path)) is not None:
            raise error
        feed = self.feeds.get(path) or self.make(path)
        if feed is None:
            raise KeyError(path)
        if (error := self.kept.get(path)) is not None:
            return Shown(feed, NOW - timedelta(days=1, minutes=2), error)
        return Shown(feed)

    async def copy(self, url: ServerUrl | None) -> Shown | None:
        feed = self.copies.get(_path(url))
        return None if feed is None else Shown(feed, NOW - timedelta(days=1, minutes=2))

    async def search(self, search: Search, words: str) -> Shown:
        self.asked.append(f"search:{words}")
        await asyncio.sleep(self.delay_s)
        if (error := self.errors.get("search")) is not None:
            raise error
        return Shown(self.found(words))

    async def full(self, entry: Entry) -> Entry:
        self.asked.append(f"full:{entry.key}")
        if (error := self.errors.get("full")) is not None:
            raise error
        return self.details.get(entry.key, replace(entry, partial=False))

    async def image(self, url: ServerUrl) -> bytes:
        path = _path(url)
        self.images_asked.append(path)
        try:
            await asyncio.sleep(self.delay_s)
        except asyncio.CancelledError:
            self.images_stopped.append(path)
            raise
        if (error := self.errors.get("image")) is not None:
            raise error
        return self.images(path)


def _path(url: ServerUrl | None) -> str:
    return "" if url is None else url.reveal().removeprefix(HOST).strip("/")


def endless_catalog(entries: int = 100_000, page: int = 50, **more: object) -> FakeCatalog:
    """A list of so many entries, made page by page as it is asked for."""
    last = -(-entries // page)

    def make(path: str) -> Feed | None:
        number = int(path.rpartition("=")[2]) if "=" in path else 1
        first = (number - 1) * page + 1
        count = min(page, entries - first + 1)
        return Feed(
            url(f"list?page={number}"),
            "All books",
            entries=tuple(make_entry(first + n) for n in range(count)),
            next=url(f"list?page={number + 1}") if number < last else None,
            previous=url(f"list?page={number - 1}") if number > 1 else None,
            total=entries,
            first=first,
        )

    return FakeCatalog(make=make, **more)  # type: ignore[arg-type]


@dataclass
class FakeDownloads:
    """`DownloadsPort` whose jobs and states a test sets; what is asked of it is noted."""

    queue: list[Download] = field(default_factory=list)
    states: dict[str, EntryState] = field(default_factory=dict)
    asked: list[tuple[str, object]] = field(default_factory=list)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def jobs(self) -> Sequence[Download]:
        return tuple(self.queue)

    def state_of(self, source_id: str, entry: Entry) -> EntryState:
        known = self.states.get(entry.key)
        if known is not None:
            return known
        if not entry.downloads:
            web = any(a.kind is AcquisitionKind.WEB_PAGE for a in entry.acquisitions)
            return EntryState(Availability.BROWSER_ONLY if web else Availability.NOT_READABLE)
        return EntryState(Availability.NOT_HERE)

    def put(self, *jobs: Download) -> None:
        """Jobs that are new or have changed; everybody who listens is told."""
        by_id = {job.id: job for job in self.queue} | {job.id: job for job in jobs}
        self.queue = list(by_id.values())
        for job in jobs:
            self.states[job.entry.key] = state_of(job)
        self.tell()

    def tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def add(self, source_id: str, entry: Entry, acquisition: Acquisition) -> None:
        self.asked.append(("add", (entry.key, acquisition.title)))
        job = make_download(entry, DownloadState.QUEUED, len(self.queue) + 1)
        self.put(replace(job, source_id=source_id))

    def add_all(self, source_id: str, entries: Sequence[Entry]) -> None:
        self.asked.append(("add_all", [entry.key for entry in entries]))
        for entry in entries:
            self.put(make_download(entry, DownloadState.QUEUED, len(self.queue) + 1))

    def pause(self, download: DownloadId) -> None:
        self.asked.append(("pause", download))

    def resume(self, download: DownloadId) -> None:
        self.asked.append(("resume", download))

    def retry(self, download: DownloadId) -> None:
        self.asked.append(("retry", download))

    def cancel(self, download: DownloadId) -> None:
        self.asked.append(("cancel", download))

    def pause_all(self) -> None:
        self.asked.append(("pause_all", None))

    def retry_failed(self) -> None:
        self.asked.append(("retry_failed", None))

    def clear_finished(self) -> None:
        self.queue = [job for job in self.queue if job.state is not DownloadState.DONE]
        self.asked.append(("clear_finished", None))
        self.tell()

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(tell)
        return lambda: self._listeners.remove(tell)


def state_of(job: Download) -> EntryState:
    if job.state is DownloadState.DONE:
        return EntryState(Availability.HERE, job, job.book_id)
    availability = (
        Availability.FAILED if job.state is DownloadState.FAILED else Availability.UNDER_WAY
    )
    return EntryState(availability, job)


def make_download(entry: Entry, state: DownloadState, number: int = 1, **more: object) -> Download:
    done = state is DownloadState.DONE
    job = Download(
        DownloadId(number),
        SOURCE,
        entry,
        entry.acquisitions[0].href,
        Format.EPUB,
        state,
        NOW,
        total_bytes=1_800_000,
        finished_at=datetime.now(UTC) if done else None,
        book_id=BookId(number) if done else None,
    )
    return replace(job, **more)  # type: ignore[arg-type]


def sample_downloads() -> FakeDownloads:
    """A download in every state the mock-up shows, for the first entries of `sample_entries`."""
    books = sample_entries()
    queue = FakeDownloads()
    queue.put(
        make_download(
            books[2],
            DownloadState.TRANSFERRING,
            1,
            got_bytes=1_116_000,
            bytes_per_s=170_000,
            resumable=True,
        ),
        make_download(books[3], DownloadState.QUEUED, 2),
        make_download(
            books[6],
            DownloadState.FAILED,
            3,
            got_bytes=900_000,
            resumable=True,
            fault=DownloadFault.CUT_OFF,
        ),
        make_download(books[0], DownloadState.DONE, 4, total_bytes=612_000, same_bytes=True),
        make_download(books[5], DownloadState.DONE, 5, total_bytes=540_000),
    )
    queue.states[books[8].key] = EntryState(Availability.HERE, None, BookId(9))
    return queue
