"""Downloads and origins come back whole, and no key of an address is ever on the disk."""

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
    Continuation,
    Download,
    DownloadFault,
    DownloadId,
    DownloadState,
    Fetched,
    Origin,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.downloads import DownloadRecords
from kios_desktop.storage.origins import Origins
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


def origin(book_id: BookId, key: str = "1", source_id: str = KAVITA, keeps: bool = False) -> Origin:
    one = entry(key, keeps)
    return Origin(source_id, one, url("/file.epub"), Format.EPUB, book_id, '"e"', "m", 9, AT)


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
    await Origins(database, ROOTS.get).save(origin(book_id, key=f"urn:{KEY}:7"))
    await database.aclose()
    assert KEY.encode() not in all_bytes(tmp_path)


async def test_a_key_stays_hidden_when_its_source_is_switched_off_or_gets_another(
    tmp_path: Path,
) -> None:
    roots = dict(ROOTS)
    database = await Database.open(tmp_path / "library.db")
    [book_id] = await Books(database).add_all([new_book(1)])
    records, origins = DownloadRecords(database, roots.get), Origins(database, roots.get)
    await records.save([download(1)])
    await origins.save(origin(book_id))
    del roots[KAVITA]
    await records.save([replace(download(1), state=DownloadState.QUEUED)])
    roots[KAVITA] = ServerUrl(ROOTS[KAVITA].reveal().replace(KEY, "f" * 31 + "1"))
    await records.save([replace(download(1), state=DownloadState.FAILED)])
    await origins.save(replace(origin(book_id), etag="other"))
    await database.aclose()
    assert KEY.encode() not in all_bytes(tmp_path)


async def test_origins_of_a_book_come_in_the_order_of_their_downloads(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    origins = Origins(database, ROOTS.get)
    later = replace(origin(book_id, "k", KOMGA, keeps=True), downloaded_at=AT.replace(hour=13))
    await origins.save(later)
    await origins.save(origin(book_id))
    await origins.save(replace(origin(book_id), etag="new"))
    assert await origins.of_book(book_id) == [replace(origin(book_id), etag="new"), later]
    assert await origins.keepers(book_id) == (KOMGA,)
    assert await origins.of_book(BookId(99)) == []


async def test_a_removed_book_leaves_its_mark(database: Database) -> None:
    books = Books(database)
    [book_id] = await books.add_all([new_book(1)])
    origins = Origins(database, ROOTS.get)
    await origins.save(origin(book_id))
    [mark] = await origins.marks()
    assert (mark.entry_key, mark.book_id, mark.file) == ("1", book_id, (9, "m"))
    assert KEY not in mark.url
    await books.remove(book_id)
    assert [mark.book_id for mark in await origins.marks()] == [None]
    await books.add_all([new_book(1)])
    assert [mark.book_id for mark in await origins.marks()] == [book_id]


async def test_an_origin_of_a_source_that_is_gone_is_not_written(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    origins = Origins(database, lambda _: None)
    await origins.save(origin(book_id))
    assert await origins.marks() == []


async def test_a_source_that_is_added_again_finds_its_books(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    roots = dict(ROOTS)
    sources = Sources(database, Secrets(InMemory()))
    kavita = Source(KAVITA, SourceKind.OPDS, "kavita", "K", ROOTS[KAVITA], AuthMethod.NONE)
    await sources.save(kavita)
    origins = Origins(database, roots.get)
    await origins.save(origin(book_id, keeps=True))
    again = "c" * 32
    renewed = ServerUrl(ROOTS[KAVITA].reveal().replace(KEY, "f" * 31 + "1"))
    roots[again] = renewed
    assert await origins.adopt(again, renewed) == 0, "its own source is still there"
    await sources.remove(KAVITA)
    assert await origins.adopt(again, ROOTS[KOMGA]) == 0
    assert await origins.adopt(again, renewed) == 1
    [found] = await origins.of_book(book_id)
    assert found.source_id == again
    assert found.url.reveal() == renewed.reveal() + "/file.epub"
    assert await origins.keepers(book_id) == (again,)


async def test_a_choice_is_kept_and_can_be_taken_back(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    origins = Origins(database, ROOTS.get)
    assert await origins.chosen(book_id) is None
    for choice in (KOMGA, "", None):
        await origins.choose(book_id, choice)
        assert await origins.chosen(book_id) == choice


async def test_only_what_a_source_alone_brought_goes_with_it(database: Database) -> None:
    sources = Sources(database, Secrets(InMemory()))
    for source_id, root in ROOTS.items():
        await sources.save(Source(source_id, SourceKind.OPDS, "other", "One", root))
    mine, theirs, own = await Books(database).add_all([new_book(n) for n in (1, 2, 3)])
    origins = Origins(database, ROOTS.get)
    await origins.save(origin(mine, "1"))
    await origins.save(origin(theirs, "2"))
    await origins.save(replace(origin(theirs, "2", KOMGA), was_here=True))
    await origins.save(replace(origin(own, "3"), was_here=True))
    await origins.save(origin(own, "3"))  # downloaded again
    assert sorted(await origins.books_of(KAVITA)) == [mine, theirs, own]
    assert await origins.only_of(KAVITA) == [mine]
    await sources.remove(KOMGA)
    assert await origins.only_of(KAVITA) == [mine, theirs]
