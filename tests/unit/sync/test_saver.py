"""What is saved when the disk is slow to confirm it, or refuses it."""

import asyncio

from msgspec.structs import replace

from kios_desktop.domain.errors import Full, StorageError
from kios_desktop.domain.library import BookId
from kios_desktop.domain.locator import Position
from kios_desktop.domain.progress import SyncRecord
from kios_desktop.sync.events import Save
from kios_desktop.sync.saver import Saver
from tests.fakes.places import locator
from tests.fakes.sync import T0, FakeStore

BOOK = BookId(1)
RECORD = SyncRecord("source")


def turn(ordinal: int) -> Save:
    return Save(Position(locator(1, ordinal), T0, ""))


def saver_of(store: FakeStore) -> tuple[Saver, list[StorageError | None]]:
    outcomes: list[StorageError | None] = []
    return Saver(store, BOOK, outcomes.append), outcomes


async def test_pages_turned_while_the_disk_confirms_an_attempt_are_saved_at_once() -> None:
    store = FakeStore(slow=True)
    saver, _outcomes = saver_of(store)
    saver.put(Save(record=replace(RECORD, dirty=True), durable=True))
    await asyncio.sleep(0.02)
    confirmed = asyncio.ensure_future(saver.tried())
    for ordinal in (100, 200, 300):
        saver.put(turn(ordinal))
        await asyncio.sleep(0.02)
        assert store.positions[BOOK].locator == locator(1, ordinal)
    assert not confirmed.done() and not saver.idle
    store.slow = False
    await confirmed
    await saver.written()
    assert saver.idle


async def test_what_need_not_be_durable_does_not_wait_for_the_disk() -> None:
    store = FakeStore(slow=True)
    saver, outcomes = saver_of(store)
    saver.put(turn(100))
    await asyncio.wait_for(saver.tried(), 1)
    assert saver.idle and outcomes == [None]


async def test_a_place_is_unkept_while_neither_the_disk_nor_a_note_has_it() -> None:
    store = FakeStore(error=Full())
    saver, _outcomes = saver_of(store)
    assert not saver.unkept
    saver.put(turn(100))
    saver.put(Save(record=RECORD))
    await saver.tried()
    assert saver.unkept
    store.notes = True
    assert not saver.unkept, "the next start puts it back"
    store.notes, store.error = False, None
    saver.try_again()
    await saver.written()
    assert not saver.unkept


async def test_a_disk_that_refuses_is_said_and_tried_again() -> None:
    store = FakeStore(error=Full())
    saver, outcomes = saver_of(store)
    saver.put(turn(100))
    await saver.tried()
    assert isinstance(outcomes[-1], Full) and not saver.idle
    saver.put(turn(200))
    store.error = None
    saver.try_again()
    await saver.written()
    assert outcomes[-1] is None
    assert store.positions[BOOK].locator == locator(1, 200)


async def test_a_record_that_cannot_be_written_costs_neither_its_place_nor_the_next() -> None:
    store = FakeStore(bad_records=True)
    saver, outcomes = saver_of(store)
    saver.put(Save(turn(100).position, RECORD))
    await saver.tried()
    assert store.positions[BOOK].locator == locator(1, 100)
    assert isinstance(outcomes[0], StorageError) and saver.idle
    saver.put(turn(200))
    await saver.tried()
    assert store.positions[BOOK].locator == locator(1, 200)
