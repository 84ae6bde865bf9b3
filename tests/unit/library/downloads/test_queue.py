"""What a person sees of downloads: they arrive, wait, go on, and are never lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from kios_desktop.domain.download import Availability, DownloadFault, DownloadState
from kios_desktop.domain.errors import (
    Fault,
    Faulty,
    Full,
    KiosError,
    NotMatched,
    ReadOnly,
    Redirected,
    Refusal,
    Rejected,
    Throttled,
    Unreachable,
    Untrusted,
    WebPage,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.library.importer import Importer
from tests.unit.library.downloads.world import (
    NAS,
    ROOT,
    Shop,
    World,
    a_world,
    book_bytes,
    entry,
    numbered,
)

DONE, FAILED, PAUSED = DownloadState.DONE, DownloadState.FAILED, DownloadState.PAUSED
CUT_OFF = Unreachable(Fault.CUT_OFF, "nas.example")
OFFLINE = Unreachable(Fault.OFFLINE, "nas.example")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop()
    made.files["1"] = book_bytes(tmp_path)
    return made


@pytest.fixture
async def world(tmp_path: Path, shop: Shop) -> AsyncIterator[World]:
    async with a_world(tmp_path, shop) as one:
        yield one


async def test_an_entry_becomes_a_book_of_the_same_bytes(world: World, shop: Shop) -> None:
    one = entry(length=999, modified="long ago")
    assert world.state(one).availability is Availability.NOT_HERE
    world.add(one)
    assert world.state(one).availability is Availability.UNDER_WAY
    job = await world.until(DONE)
    assert world.state(one).availability is Availability.HERE
    assert job.book_id == world.state(one).book_id == world.added[0]
    assert (job.same_bytes, job.fraction, job.fault) == (True, 1.0, None)
    book = await world.books.get(world.added[0])
    assert (book.title, book.file_name) == ("Emma", "The Name.epub")
    assert (world.folder / "library" / book.file).read_bytes() == shop.files["1"]
    [acquisition] = await world.acquisitions.of_book(book.id)
    assert (
        acquisition.entry,
        acquisition.etag,
        acquisition.modified,
        acquisition.length_bytes,
    ) == (
        one,
        '"1"',
        "long ago",
        999,
    )
    assert world.files() == [], "nothing is left lying about"


async def test_two_at_a_time_and_in_order(tmp_path: Path, world: World, shop: Shop) -> None:
    entries = numbered(shop, tmp_path, 5)
    world.queue.add_all(NAS, entries)
    assert [job.state for job in await world.ended()] == [DONE] * 5
    assert [name for name, _ in shop.asked] == ["1", "2", "3", "4", "5"]
    assert shop.most == 2


async def test_what_is_here_or_under_way_is_not_fetched_again(world: World, shop: Shop) -> None:
    one = entry()
    for _ in range(3):
        world.add(one)
    await world.until(DONE)
    world.add(one)
    assert len(world.queue.jobs()) == len(shop.asked) == 1


async def test_the_same_bytes_from_two_sources_are_one_book_with_two_records(
    world: World, shop: Shop
) -> None:
    other = "b" * 32
    shop.roots[other] = ROOT
    world.add(entry())
    await world.until(DONE)
    world.add(entry(key="another key"), other)
    await world.ended()
    assert world.added[0] == world.added[1]
    acquisitions = await world.acquisitions.of_book(world.added[0])
    assert [acquisition.source_id for acquisition in acquisitions] == [NAS, other]


async def test_a_book_that_was_added_by_hand_before_stays_the_readers_own(
    tmp_path: Path, world: World, shop: Shop
) -> None:
    mine = tmp_path / "mine.epub"
    mine.write_bytes(shop.files["1"])
    importer = Importer(world.books, tmp_path / "library")
    [added] = (
        await importer.add([mine], progress=lambda _d, _a: None, cancelled=lambda: False)
    ).items
    world.add(entry())
    job = await world.until(DONE)
    assert job.book_id == added.book_id
    [acquisition] = await world.acquisitions.of_book(world.added[0])
    assert acquisition.was_here


async def test_a_pause_keeps_what_came_and_goes_on_from_there(world: World, shop: Shop) -> None:
    shop.hold = asyncio.Event()
    world.add(entry())
    job = await world.until(DownloadState.TRANSFERRING)
    world.queue.pause(job.id)
    paused = await world.until(PAUSED)
    assert (paused.fault, paused.resumable, paused.bytes_per_s) == (None, True, None)
    await asyncio.sleep(0.05)
    assert world.queue.jobs()[0].state is PAUSED
    shop.hold = None
    world.queue.resume(job.id)
    await world.until(DONE)
    assert shop.asked == [("1", 0), ("1", len(shop.files["1"]) // 2)]


async def test_pausing_and_resuming_in_one_breath_does_no_harm(world: World, shop: Shop) -> None:
    shop.hold = asyncio.Event()
    world.add(entry())
    job = await world.until(DownloadState.TRANSFERRING)
    for _ in range(5):
        world.queue.pause(job.id)
        world.queue.resume(job.id)
    shop.hold = None
    await world.until(DONE)
    assert shop.most == 1


async def test_a_cancelled_download_leaves_nothing(world: World, shop: Shop) -> None:
    shop.hold = asyncio.Event()
    world.add(entry())
    job = await world.until(DownloadState.TRANSFERRING)
    world.queue.cancel(job.id)
    assert world.queue.jobs() == []
    assert world.state(entry()).availability is Availability.NOT_HERE
    await asyncio.sleep(0.05)
    assert world.files() == []
    await world.queue.sources_changed()
    assert await world.records.all() == []


async def test_pausing_all_and_resuming_each(tmp_path: Path, world: World, shop: Shop) -> None:
    shop.hold = asyncio.Event()
    world.queue.add_all(NAS, numbered(shop, tmp_path, 4))
    await world.until(DownloadState.TRANSFERRING, number=0)
    world.queue.pause_all()
    assert {job.state for job in world.queue.jobs()} == {PAUSED}
    shop.hold = None
    for job in world.queue.jobs():
        world.queue.resume(job.id)
    assert {job.state for job in await world.ended()} == {DONE}
    world.queue.clear_finished()
    assert world.queue.jobs() == []
    assert world.state(entry("1")).availability is Availability.HERE


async def test_what_passes_by_itself_is_tried_again_by_itself(world: World, shop: Shop) -> None:
    shop.faults = [CUT_OFF, OFFLINE]
    world.add(entry())
    waiting = await world.until(PAUSED)
    assert waiting.fault is DownloadFault.CUT_OFF
    assert waiting.retry_at is not None
    job = await world.until(DONE)
    assert (job.fault, job.attempts) == (None, 0)
    assert [had for _, had in shop.asked] == [0, *[len(shop.files["1"]) // 2] * 2]


@pytest.mark.parametrize(
    ("error", "state", "fault", "detail"),
    [
        (CUT_OFF, FAILED, DownloadFault.CUT_OFF, ""),
        (OFFLINE, PAUSED, DownloadFault.UNREACHABLE, ""),
        (Untrusted("nas.example", None), PAUSED, DownloadFault.UNTRUSTED, ""),
        (Rejected(Refusal.CREDENTIALS), PAUSED, DownloadFault.SIGN_IN, ""),
        (Rejected(Refusal.FORBIDDEN), FAILED, DownloadFault.NOT_ALLOWED, ""),
        (NotMatched(), FAILED, DownloadFault.GONE, ""),
        (Throttled(0.01), PAUSED, DownloadFault.BUSY, ""),
        (Faulty(500), FAILED, DownloadFault.SERVER, "500"),
        (Redirected("a", "https://b", False), FAILED, DownloadFault.REDIRECTED, "https://b"),
        (WebPage("Sign in"), FAILED, DownloadFault.WEB_PAGE, "Sign in"),
        (Full(), PAUSED, DownloadFault.NO_SPACE, ""),
        (ReadOnly(), PAUSED, DownloadFault.READ_ONLY, ""),
    ],
)
async def test_what_does_not_pass_has_a_reason_and_a_way_on(
    world: World,
    shop: Shop,
    error: KiosError,
    state: DownloadState,
    fault: DownloadFault,
    detail: str,
) -> None:
    shop.faults = [error] * 3
    world.add(entry())
    [job] = await world.ended()
    assert (job.state, job.fault, job.detail) == (state, fault, detail)
    availability = Availability.FAILED if state is FAILED else Availability.UNDER_WAY
    assert world.state(entry()).availability is availability
    shop.faults = []
    world.queue.retry(job.id)
    assert (await world.until(DONE)).fault is None


async def test_a_failed_entry_can_simply_be_asked_for_again(world: World, shop: Shop) -> None:
    shop.faults = [NotMatched()]
    world.add(entry())
    await world.until(FAILED)
    world.add(entry())
    await world.until(DONE)
    assert len(world.queue.jobs()) == 1


@pytest.mark.parametrize(
    ("content", "fault", "detail"),
    [
        (b"%PDF-1.7 and so on", DownloadFault.NOT_A_BOOK, "PDF"),
        (b"nothing we know", DownloadFault.NOT_A_BOOK, ""),
        (b"", DownloadFault.NOT_A_BOOK, ""),
        (b"<!doctype html><title>x</title>", DownloadFault.WEB_PAGE, ""),
    ],
)
async def test_what_is_no_book_is_not_kept(
    world: World, shop: Shop, content: bytes, fault: DownloadFault, detail: str
) -> None:
    shop.files["1"] = content
    world.add(entry())
    job = await world.until(FAILED)
    assert (job.fault, job.detail) == (fault, detail)
    await asyncio.sleep(0.02)
    assert world.files() == []
    assert world.added == []


async def test_a_book_with_a_wrong_checksum_is_damaged(world: World, shop: Shop) -> None:
    content = bytearray(shop.files["1"])
    at = content.find(b"EPUB/chapter0002.xhtml") + 40
    content[at] ^= 0xFF
    shop.files["1"] = bytes(content)
    world.add(entry())
    assert (await world.until(FAILED)).fault is DownloadFault.DAMAGED
    assert world.added == []


async def test_a_book_put_together_wrongly_is_fetched_whole_once(
    world: World, shop: Shop, tmp_path: Path
) -> None:
    shop.faults = [Rejected(Refusal.CREDENTIALS)]
    world.add(entry())
    job = await world.until(PAUSED)
    part = tmp_path / "downloads" / "1.part"
    part.write_bytes(b"PK\x03\x04" + bytes(part.stat().st_size - 4))
    world.queue.resume(job.id)
    await world.until(DONE)
    assert [had > 0 for _, had in shop.asked] == [False, True, False]


async def test_drm_is_named(world: World, shop: Shop, tmp_path: Path) -> None:
    chapters = ["EPUB/chapter0001.xhtml", "EPUB/chapter0002.xhtml"]
    data = "".join(
        "<enc:EncryptedData>"
        '<enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
        f'<enc:CipherData><enc:CipherReference URI="{name}"/></enc:CipherData>'
        "</enc:EncryptedData>"
        for name in chapters
    )
    rights = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
        f'xmlns:enc="http://www.w3.org/2001/04/xmlenc#">{data}</encryption>'
    )
    files: dict[str, bytes | str] = {
        "META-INF/encryption.xml": rights,
        "META-INF/rights.xml": "<rights/>",
        **dict.fromkeys(chapters, bytes(range(128, 256))),
    }
    shop.files["1"] = book_bytes(tmp_path, files=files)
    world.add(entry())
    assert (await world.until(FAILED)).fault is DownloadFault.ENCRYPTED


@pytest.mark.parametrize("name", ["../../evil.epub", "/etc/passwd", "..", "", "a\0b", "x" * 5000])
async def test_no_name_of_a_server_leads_out_of_our_folder(
    world: World, shop: Shop, name: str, tmp_path: Path
) -> None:
    before = names(tmp_path)
    shop.server_name = name
    world.add(entry())
    await world.until(DONE)
    assert names(tmp_path) - before <= {"library"}
    book = await world.books.get(world.added[0])
    assert "/" not in book.file_name and book.file_name not in ("", "..")


async def test_everything_survives_a_restart(tmp_path: Path, shop: Shop) -> None:
    entries = numbered(shop, tmp_path, 4)
    shop.hold = asyncio.Event()
    async with a_world(tmp_path, shop) as world:
        world.queue.add_all(NAS, entries)
        await world.until(DownloadState.TRANSFERRING, number=1)
        world.queue.pause(world.queue.jobs()[3].id)
    shop.hold, half = None, len(shop.files["1"]) // 2
    shop.asked.clear()
    async with a_world(tmp_path, shop) as world:
        assert [job.state for job in await world.ended()] == [DONE, DONE, DONE, PAUSED]
        assert shop.asked[0] == ("1", half)
        world.queue.cancel(world.queue.jobs()[3].id)
    async with a_world(tmp_path, shop) as world:
        assert [job.state for job in world.queue.jobs()] == [DONE] * 3
        assert [world.state(one).availability for one in entries] == [
            *[Availability.HERE] * 3,
            Availability.NOT_HERE,
        ]


async def test_what_waited_for_the_network_is_tried_at_the_next_start(
    tmp_path: Path, shop: Shop
) -> None:
    shop.faults = [OFFLINE] * 3
    async with a_world(tmp_path, shop) as world:
        world.add(entry())
        await world.ended()
    async with a_world(tmp_path, shop) as world:
        await world.until(DONE)


async def test_a_file_that_was_complete_is_not_fetched_again(tmp_path: Path, shop: Shop) -> None:
    async with a_world(tmp_path, shop) as world:
        world.add(entry())
        job = await world.until(DONE)
        await world.books.remove(world.added[0])
        part = world.folder / "downloads" / f"{job.id}.part"
        part.write_bytes(shop.files["1"])
        await world.records.save([replace(job, state=DownloadState.VERIFYING, book_id=None)])
    async with a_world(tmp_path, shop) as world:
        await world.until(DONE)
        assert len(shop.asked) == 1
        assert world.state(entry()).availability is Availability.HERE


async def test_without_its_source_a_download_waits_and_loses_nothing(
    tmp_path: Path, shop: Shop
) -> None:
    key = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    root = ServerUrl(f"https://kavita.example/api/opds/{key}")
    shop.roots[NAS] = root
    one = entry()
    url = ServerUrl(root.reveal() + "/1")
    one = replace(one, acquisitions=(replace(one.acquisitions[0], href=url),))
    shop.faults = [Rejected(Refusal.CREDENTIALS)]
    async with a_world(tmp_path, shop) as world:
        world.add(one)
        await world.until(PAUSED)
    del shop.roots[NAS]  # the keystore is locked
    async with a_world(tmp_path, shop) as world:
        world.queue.resume(world.queue.jobs()[0].id)
        assert (await world.until(PAUSED)).fault is DownloadFault.SOURCE_GONE
        shop.roots[NAS] = root
        await world.queue.sources_changed()
        await world.until(DONE)
        assert world.state(one).availability is Availability.HERE


async def test_a_source_switched_off_stops_its_downloads(world: World, shop: Shop) -> None:
    shop.hold = asyncio.Event()
    world.add(entry())
    await world.until(DownloadState.TRANSFERRING)
    shop.off = {NAS}
    await world.queue.sources_changed()
    assert (await world.until(PAUSED)).fault is DownloadFault.SOURCE_GONE
    shop.off, shop.hold = set(), None
    await world.queue.sources_changed()
    await world.until(DONE)


async def test_a_new_password_lets_what_waited_for_it_go_on(world: World, shop: Shop) -> None:
    shop.faults = [Rejected(Refusal.CREDENTIALS)]
    world.add(entry())
    assert (await world.until(PAUSED)).fault is DownloadFault.SIGN_IN
    await world.queue.sources_changed(["another"])
    await asyncio.sleep(0.02)
    assert world.queue.jobs()[0].state is PAUSED
    await world.queue.sources_changed([NAS])
    await world.until(DONE)


async def test_what_is_under_way_goes_on_with_the_new_settings(world: World, shop: Shop) -> None:
    shop.hold = asyncio.Event()
    world.add(entry())
    await world.until(DownloadState.TRANSFERRING)
    await world.queue.sources_changed([NAS])
    shop.hold = None
    await world.until(DONE)
    assert [had > 0 for _, had in shop.asked] == [False, True]


async def test_a_removed_book_can_be_downloaded_again(world: World, shop: Shop) -> None:
    world.add(entry())
    await world.until(DONE)
    await world.books.remove(world.added[0])
    await world.queue.books_changed()
    assert world.state(entry()).availability is Availability.REMOVED
    world.add(entry())
    await world.ended()
    assert world.state(entry()).availability is Availability.HERE
    assert len(shop.asked) == 2


async def test_a_newer_file_can_be_fetched_although_the_old_one_is_here(
    world: World, shop: Shop, tmp_path: Path
) -> None:
    world.add(entry(length=100))
    await world.until(DONE)
    newer = entry(length=120)
    assert world.state(newer).availability is Availability.NEWER
    shop.files["1"] = book_bytes(tmp_path, "Emma, revised")
    world.add(newer)
    await world.ended()
    assert world.state(newer).availability is Availability.HERE
    assert world.state(newer).book_id != world.added[0]


async def test_listeners_are_told_until_they_stop_listening(world: World, shop: Shop) -> None:
    told: list[DownloadState] = []
    stop = world.queue.listen(lambda: told.append(world.queue.jobs()[0].state))
    world.add(entry())
    await world.until(DONE)
    await asyncio.sleep(0.01)
    assert told[-1] is DONE and DownloadState.TRANSFERRING in told
    stop()
    count = len(told)
    world.queue.clear_finished()
    await asyncio.sleep(0.01)
    assert len(told) == count


async def test_a_mistake_of_ours_stops_one_download_and_not_the_queue(
    world: World, shop: Shop, tmp_path: Path
) -> None:
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    entries = numbered(shop, tmp_path, 3)
    del shop.files["1"]  # the fetcher itself will stumble
    world.queue.add_all(NAS, entries)
    jobs = await world.ended()
    assert [job.state for job in jobs] == [FAILED, DONE, DONE]
    assert len(reported) == 1
