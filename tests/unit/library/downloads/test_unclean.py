"""Downloads whose words can't be written: each fails by itself, and the rest goes on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from kios_desktop.domain.catalog import Format
from kios_desktop.domain.download import DownloadState
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.protocols.opds import file_name
from tests.unit.library.downloads.world import NAS, Shop, World, a_world, numbered

DONE, FAILED, PAUSED = DownloadState.DONE, DownloadState.FAILED, DownloadState.PAUSED
HALF = "a title cut inside an emoji \ud83d"


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def world(tmp_path: Path, shop: Shop) -> AsyncIterator[World]:
    async with a_world(tmp_path, shop) as one:
        yield one


@pytest.fixture
async def reported() -> list[BaseException]:
    """What the loop was told about, which is what a person is told about."""
    told: list[BaseException] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, about: told.append(about["exception"]))
    return told


async def kept(world: World, count: int) -> list[str]:
    """The titles on the disk, once there are so many."""
    async with asyncio.timeout(10):
        while len(found := await world.records.all()) < count:
            await asyncio.sleep(0.01)
    return [one.entry.title for one in found]


async def test_one_that_cannot_be_written_does_not_stop_the_writer(
    world: World, shop: Shop, reported: list[BaseException]
) -> None:
    one, two, three = numbered(shop, world.folder, 3)
    shop.hold = asyncio.Event()
    world.add(replace(one, title=HALF))
    world.add(two)
    assert await kept(world, 1) == [two.title]
    world.add(three)
    assert await kept(world, 2) == [two.title, three.title]
    shop.hold.set()
    assert [job.state for job in await world.ended()] == [FAILED, DONE, DONE]
    assert {type(error) for error in reported} == {UnicodeEncodeError}


async def test_a_listener_with_a_fault_stops_neither_the_queue_nor_the_next_listener(
    world: World, shop: Shop, reported: list[BaseException]
) -> None:
    def faulty() -> None:
        raise ValueError("planned")

    world.queue.listen(faulty)
    [one] = numbered(shop, world.folder, 1)
    world.add(one)
    await world.until(DONE)
    assert {type(error) for error in reported} == {ValueError}


async def test_a_fault_after_a_book_arrived_does_not_make_it_fail(
    tmp_path: Path, shop: Shop, reported: list[BaseException]
) -> None:
    def faulty(_book: BookId) -> None:
        raise ValueError("planned")

    async with a_world(tmp_path, shop) as world:
        world.queue._added = faulty
        [one] = numbered(shop, world.folder, 1)
        world.add(one)
        await world.until(DONE)
        await asyncio.sleep(0)
        assert world.queue.jobs()[0].state is DONE
        assert [type(error) for error in reported] == [ValueError]


@pytest.mark.parametrize(
    ("disposition", "called"),
    [
        ("attachment; filename*=utf-7''caf+2D0-.epub", "caf\ufffd.epub"),
        ("attachment; filename*=raw_unicode_escape''%5cud83d%5cude00.epub", "\U0001f600.epub"),
        ('attachment; filename="=?utf-7?q?caf+2D0-?="', "caf\ufffd.epub"),
    ],
)
async def test_a_file_whose_name_is_half_a_character_comes_in(
    disposition: str, called: str, world: World, shop: Shop
) -> None:
    url = ServerUrl("https://nas.example/1")
    shop.server_name = file_name(disposition, url, HALF, (HALF,), Format.EPUB)
    assert shop.server_name == called
    [one] = numbered(shop, world.folder, 1)
    world.add(one)
    await world.until(DONE)
    assert (await world.books.get(world.added[0])).file_name == called


async def test_no_name_leads_out_of_the_folder_or_is_none(world: World, shop: Shop) -> None:
    [one] = numbered(shop, world.folder, 1)
    shop.server_name = "../\ud83d\x00\u202e"
    world.add(one)
    await world.until(DONE)
    assert world.state(one, NAS).book_id == world.added[0]
