"""Book files are opened once, and never closed under somebody who converts."""

import asyncio
import contextlib
import sys
import threading
from pathlib import Path

import pytest

from kios_desktop.application.open_files import OpenFiles
from kios_desktop.application.open_publication import open_publication
from kios_desktop.application.publications import Publications
from kios_desktop.domain.errors import Missing, PublicationError
from kios_desktop.domain.locator import Place
from kios_desktop.epub.counting import Counting
from kios_desktop.epub.places import Places
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from tests.books import BookDraft, write_book, write_zip
from tests.unit.storage.conftest import new_book

WORDS = "".join(f"<p>{' '.join(f'word{n}x{k}' for k in range(40))}</p>" for n in range(60))


def open_count(path: Path) -> int:
    """How often this process holds a file open."""
    if not sys.platform.startswith("linux"):
        pytest.skip("elsewhere nothing lists the files held open")
    found = 0
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found += link.resolve() == path
    return found


def book(folder: Path, chapters: int = 4) -> Path:
    return write_book(folder / "book.epub", *[f"<h1>{n}</h1>{WORDS}" for n in range(chapters)])


async def test_a_file_is_opened_once_and_closed_after_the_last_lease(tmp_path: Path) -> None:
    path, registry = book(tmp_path), OpenFiles()
    window, conversion = await asyncio.gather(registry.lease(path), registry.lease(path))
    assert window.publication is conversion.publication
    assert open_count(path) == 1
    window.give_back()
    window.give_back()  # once more is not somebody else's
    assert conversion.publication.places.excerpt(Place(1, 0), 4)
    conversion.give_back()
    assert open_count(path) == 0
    with await registry.lease(path) as opened:
        assert opened is not window.publication
    assert open_count(path) == 0


async def test_a_user_has_the_file_until_its_block_ends(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    database = await Database.open(tmp_path / "library.db")
    books = Books(database)
    [book_id] = await books.add_all([new_book(1)])
    file = tmp_path / (await books.get(book_id)).file
    file.parent.mkdir(parents=True, exist_ok=True)
    path = book(tmp_path).rename(file)
    publications = Publications(books, tmp_path)

    async def look() -> str:
        async with publications.use(book_id) as opened:
            await go_on.wait()
            async with publications.places(book_id) as places:
                assert places is opened.places
            return await asyncio.to_thread(opened.excerpt, Place(2, 0), 10)

    window = await publications.lease(await books.get(book_id))
    looking = asyncio.create_task(look())
    while not publications._files._shared[path].leases > 1:
        await asyncio.sleep(0)
    window.give_back()  # the window is closed while the file is used
    go_on.set()
    assert await looking
    await asyncio.sleep(0)
    assert open_count(path) == 0
    await publications.count(book_id, None)
    assert await books.weights(book_id) is not None
    assert open_count(path) == 0
    await publications.aclose()
    await database.aclose()


async def test_closing_a_window_does_not_touch_a_conversion_that_runs(tmp_path: Path) -> None:
    path, registry = book(tmp_path), OpenFiles()
    window = await registry.lease(path)
    begun, closed = threading.Event(), threading.Event()

    def convert(places: Places) -> tuple[str, str]:
        first = places.xpointer(Place(0, 500))
        begun.set()
        assert closed.wait(10)
        return first, places.xpointer(Place(3, 500))

    with window.duplicate() as opened:
        running = asyncio.create_task(asyncio.to_thread(convert, opened.places))
        assert await asyncio.to_thread(begun.wait, 10)
        window.give_back()
        closed.set()
        first, last = await running
    assert first.partition("]")[2] == last.partition("]")[2]  # the paragraph, not the start
    assert open_count(path) == 0


async def test_a_file_that_cannot_be_opened_is_asked_for_again(tmp_path: Path) -> None:
    registry = OpenFiles()
    for _ in range(2):
        with pytest.raises(Missing):
            await registry.lease(tmp_path / "book.epub")
    path = book(tmp_path)
    (await registry.lease(path)).give_back()
    assert open_count(path) == 0


async def test_who_gives_up_waiting_leaves_the_file_to_the_others(tmp_path: Path) -> None:
    path, registry = book(tmp_path), OpenFiles()
    impatient = asyncio.create_task(registry.lease(path))
    patient = asyncio.create_task(registry.lease(path))
    await asyncio.sleep(0)
    impatient.cancel()
    lease = await patient
    assert lease.publication.places.excerpt(Place(0, 0), 4)
    registry.close()
    assert open_count(path) == 0
    lease.give_back()


@pytest.mark.parametrize("how", ["closed", "cut off", "overwritten"])
def test_a_file_that_cannot_be_read_now_gives_no_place_at_all(how: str, tmp_path: Path) -> None:
    """It once looked like a book of empty chapters: a coarse place was sent as an exact one."""
    path = book(tmp_path)
    opened = open_publication(path, None)
    places, place = opened.places, Place(2, 500)
    exact = places.xpointer(place)
    counting = Counting(opened.totals)
    if how == "closed":
        opened.close()
    elif how == "cut off":
        with path.open("r+b") as file:
            file.truncate(200)
    else:
        path.write_bytes(bytes(path.stat().st_size + 1))
    fresh = open_places_of(opened)
    for convert in (
        lambda: fresh.xpointer(place),
        lambda: fresh.cfi(place),
        lambda: fresh.kobo_span(place),
        lambda: fresh.komga_locator(place),
        lambda: fresh.from_xpointer(exact, 0.6),
        lambda: fresh.from_locator({"href": "EPUB/chapter0003.xhtml", "locations": {}}),
        lambda: fresh.locator(place),
        lambda: fresh.from_fraction(0.6),
        fresh.measure,
        counting.go_on,
    ):
        with pytest.raises(PublicationError):
            convert()
    assert not counting.done
    assert counting.found == []
    assert fresh.weights is None
    opened.close()


def test_a_chapter_with_a_wrong_checksum_has_its_places(tmp_path: Path) -> None:
    """The reader shows what can be read of it, too."""
    path = write_zip(tmp_path / "book.epub", BookDraft(chapters=[WORDS] * 3).entries(), stored=True)
    data = path.read_bytes()
    at = data.rindex(b"word59x39")
    path.write_bytes(data[:at] + b"w0rd" + data[at + 4 :])
    opened = open_publication(path, None)
    assert [bool(total) for total in opened.totals()] == [True, True, True]
    assert opened.places.xpointer(Place(2, 0)).startswith("/body/DocFragment[3]")
    opened.close()


def open_places_of(opened: object) -> Places:
    """Conversions of the same file that have kept no chapter yet."""
    container, publication = opened._container, opened.publication  # type: ignore[attr-defined]
    return Places(container, publication)


async def test_a_visit_that_converts_several_places_opens_the_file_once(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "library.db")
    books = Books(database)
    [book_id] = await books.add_all([new_book(1)])
    file = tmp_path / (await books.get(book_id)).file
    file.parent.mkdir(parents=True, exist_ok=True)
    book(tmp_path).rename(file)
    publications = Publications(books, tmp_path)

    async def visit() -> None:
        async with publications.places(book_id) as pulled:
            pass
        async with publications.places(book_id) as prepared:
            assert prepared is pulled

    await asyncio.create_task(visit())
    await asyncio.sleep(0)
    assert open_count(file) == 0
    await publications.aclose()
    await database.aclose()
