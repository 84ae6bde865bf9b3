"""Downloads and acquisitions come back whole, and no key of an address is ever on the disk."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kios_desktop.domain.catalog import (
    Acquisition,
    AcquisitionKind,
    Entry,
    Format,
    Navigation,
    ProgressionDialect,
    ProgressionLink,
)
from kios_desktop.domain.download import (
    BookAcquisition,
    Continuation,
    Download,
    DownloadFault,
    DownloadId,
    DownloadState,
    Fetched,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.storage.acquisitions import BookAcquisitions
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.downloads import DownloadRecords
from kios_desktop.storage.secrets import InMemory, Secrets
from kios_desktop.storage.sources import Sources
from tests.unit.storage.conftest import new_book

KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
KAVITA, KOMGA = "a" * 32, "b" * 32
ROOTS = {
    KAVITA: ServerUrl(f"https://books.example:5000/api/opds/{KEY}"),
    KOMGA: ServerUrl("https://komga.example/opds/v2/catalog"),
}
AT = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)


def url(tail: str) -> ServerUrl:
    return ServerUrl(ROOTS[KAVITA].reveal() + tail)


def entry(key: str = "1", progression: bool = False) -> Entry:
    link = ProgressionLink(url("/progress"), ProgressionDialect.READIUM, "a/b")
    return Entry(
        key=key,
        title="Emma",
        authors=("Jane Austen",),
        updated=AT,
        cover=ServerUrl(f"https://books.example:5000/api/image?apiKey={KEY}"),
        acquisitions=(
            Acquisition(
                url("/file.epub"), AcquisitionKind.DOWNLOAD, Format.EPUB, "EPUB", "x/y", 9, "m"
            ),
        ),
        progression=link if progression else None,
        related=(Navigation("Series", url("/series/1")),),
    )


def download(number: int, source_id: str = KAVITA) -> Download:
    return Download(
        DownloadId(number),
        source_id,
        entry(),
        url("/file.epub"),
        Format.EPUB,
        DownloadState.PAUSED,
        AT,
        got_bytes=5,
        total_bytes=9,
        resumable=True,
        fault=DownloadFault.SIGN_IN,
        detail="why",
        retry_at=AT,
        continuation=Continuation('"etag"', 9),
        attempts=2,
        fetched=Fetched("name.epub", 9, same_bytes=True),
    )


def acquisition(
    book_id: BookId, key: str = "1", source_id: str = KAVITA, keeps: bool = False
) -> BookAcquisition:
    one = entry(key, keeps)
    return BookAcquisition(
        source_id, one, url("/file.epub"), Format.EPUB, book_id, '"e"', "m", 9, AT
    )


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_queue_comes_back_whole_and_in_order(database: Database) -> None:
    records = DownloadRecords(database, ROOTS.get)
    await records.save([download(2), download(1, KOMGA)])
    await records.save([])
    await records.save([replace(download(2), state=DownloadState.DONE)])
    assert await records.all() == [
        download(1, KOMGA),
        replace(download(2), state=DownloadState.DONE),
    ]
    await records.remove([DownloadId(1)])
    assert [one.id for one in await records.all()] == [2]


async def test_a_download_of_an_unknown_source_survives_being_saved(database: Database) -> None:
    roots = dict(ROOTS)
    records = DownloadRecords(database, roots.get)
    await records.save([download(1)])
    del roots[KAVITA]
    [locked] = await records.all()
    assert KEY not in locked.url.reveal()
    await records.save([replace(locked, fault=DownloadFault.SOURCE_GONE)])
    roots.update(ROOTS)
    assert await records.all() == [replace(download(1), fault=DownloadFault.SOURCE_GONE)]


async def test_a_key_that_was_renewed_is_the_one_that_is_used(database: Database) -> None:
    roots = dict(ROOTS)
    records = DownloadRecords(database, roots.get)
    await records.save([download(1)])
    roots[KAVITA] = ServerUrl(ROOTS[KAVITA].reveal().replace(KEY, "f" * 31 + "1"))
    [one] = await records.all()
    assert one.url.reveal() == roots[KAVITA].reveal() + "/file.epub"


async def test_no_key_reaches_the_disk(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "library.db")
    [book_id] = await Books(database).add_all([new_book(1)])
    await DownloadRecords(database, ROOTS.get).save([download(1)])
    await BookAcquisitions(database, ROOTS.get).save(acquisition(book_id, key=f"urn:{KEY}:7"))
    await database.aclose()
    assert KEY.encode() not in all_bytes(tmp_path)


async def test_a_key_stays_hidden_when_its_source_is_switched_off_or_gets_another(
    tmp_path: Path,
) -> None:
    roots = dict(ROOTS)
    database = await Database.open(tmp_path / "library.db")
    [book_id] = await Books(database).add_all([new_book(1)])
    records, acquisitions = (
        DownloadRecords(database, roots.get),
        BookAcquisitions(database, roots.get),
    )
    await records.save([download(1)])
    await acquisitions.save(acquisition(book_id))
    del roots[KAVITA]
    await records.save([replace(download(1), state=DownloadState.QUEUED)])
    roots[KAVITA] = ServerUrl(ROOTS[KAVITA].reveal().replace(KEY, "f" * 31 + "1"))
    await records.save([replace(download(1), state=DownloadState.FAILED)])
    await acquisitions.save(replace(acquisition(book_id), etag="other"))
    await database.aclose()
    assert KEY.encode() not in all_bytes(tmp_path)


async def test_origins_of_a_book_come_in_the_order_of_their_downloads(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    acquisitions = BookAcquisitions(database, ROOTS.get)
    later = replace(acquisition(book_id, "k", KOMGA, keeps=True), downloaded_at=AT.replace(hour=13))
    await acquisitions.save(later)
    await acquisitions.save(acquisition(book_id))
    await acquisitions.save(replace(acquisition(book_id), etag="new"))
    assert await acquisitions.of_book(book_id) == [replace(acquisition(book_id), etag="new"), later]
    assert await acquisitions.place_sources(book_id) == (KOMGA,)
    assert await acquisitions.of_book(BookId(99)) == []


async def test_a_removed_book_leaves_its_mark(database: Database) -> None:
    books = Books(database)
    [book_id] = await books.add_all([new_book(1)])
    acquisitions = BookAcquisitions(database, ROOTS.get)
    await acquisitions.save(acquisition(book_id))
    [acquired] = await acquisitions.acquired_entries()
    assert (acquired.entry_key, acquired.book_id, acquired.file) == ("1", book_id, (9, "m"))
    assert KEY not in acquired.url
    await books.remove(book_id)
    assert [acquired.book_id for acquired in await acquisitions.acquired_entries()] == [None]
    await books.add_all([new_book(1)])
    assert [acquired.book_id for acquired in await acquisitions.acquired_entries()] == [book_id]


async def test_the_record_of_a_source_that_is_gone_is_not_written(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    acquisitions = BookAcquisitions(database, lambda _: None)
    await acquisitions.save(acquisition(book_id))
    assert await acquisitions.acquired_entries() == []


async def test_a_source_that_is_added_again_finds_its_books(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    roots = dict(ROOTS)
    sources = Sources(database, Secrets(InMemory()))
    kavita = Source(KAVITA, SourceKind.OPDS, "kavita", "K", ROOTS[KAVITA], AuthMethod.NONE)
    await sources.save(kavita)
    acquisitions = BookAcquisitions(database, roots.get)
    await acquisitions.save(acquisition(book_id, keeps=True))
    again = "c" * 32
    renewed = ServerUrl(ROOTS[KAVITA].reveal().replace(KEY, "f" * 31 + "1"))
    roots[again] = renewed
    assert await acquisitions.adopt(again, renewed) == 0, "its own source is still there"
    await sources.remove(KAVITA)
    assert await acquisitions.adopt(again, ROOTS[KOMGA]) == 0
    assert await acquisitions.adopt(again, renewed) == 1
    [found] = await acquisitions.of_book(book_id)
    assert found.source_id == again
    assert found.url.reveal() == renewed.reveal() + "/file.epub"
    assert await acquisitions.place_sources(book_id) == (again,)


async def test_a_choice_is_kept_and_can_be_taken_back(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    acquisitions = BookAcquisitions(database, ROOTS.get)
    assert await acquisitions.chosen(book_id) is None
    for choice in (KOMGA, "", None):
        await acquisitions.choose(book_id, choice)
        assert await acquisitions.chosen(book_id) == choice


async def test_only_what_a_source_alone_brought_goes_with_it(database: Database) -> None:
    sources = Sources(database, Secrets(InMemory()))
    for source_id, root in ROOTS.items():
        await sources.save(Source(source_id, SourceKind.OPDS, "other", "One", root))
    mine, theirs, own = await Books(database).add_all([new_book(n) for n in (1, 2, 3)])
    acquisitions = BookAcquisitions(database, ROOTS.get)
    await acquisitions.save(acquisition(mine, "1"))
    await acquisitions.save(acquisition(theirs, "2"))
    await acquisitions.save(replace(acquisition(theirs, "2", KOMGA), was_here=True))
    await acquisitions.save(replace(acquisition(own, "3"), was_here=True))
    await acquisitions.save(acquisition(own, "3"))  # downloaded again
    assert sorted(await acquisitions.books_from(KAVITA)) == [mine, theirs, own]
    assert await acquisitions.books_only_from(KAVITA) == [mine]
    await sources.remove(KOMGA)
    assert await acquisitions.books_only_from(KAVITA) == [mine, theirs]
