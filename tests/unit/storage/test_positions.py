"""Places, the timeline and sync records."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from kios_desktop.domain.library import BookId, Visit
from kios_desktop.domain.locator import Chapter, Locator, Place, Position, Precision, Quote
from kios_desktop.domain.preferences import Answer
from kios_desktop.domain.progress import Lead, Offer, Report, Sent, SyncRecord
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.position_changes import VISITS_KEPT
from kios_desktop.storage.positions import Positions
from kios_desktop.storage.tables import sync_records
from kios_desktop.sync.events import Ask, Opened, Pulled
from kios_desktop.sync.machine import step
from kios_desktop.sync.state import State
from tests.unit.storage.conftest import new_book

NOW = datetime(2026, 11, 21, 12, 0, 0, 123000, tzinfo=UTC)
HERE = Locator(Place(3, 41), "c3.xhtml", 900, 0.25, Chapter(-4, "Three"), Quote("ab", "cd"))
REPORT = Report("s", "key", HERE, Precision.ELEMENT, 0.3, NOW, "Kobo", "/body/DocFragment[4].0")
EARLIER = Locator(Place(0, 5), "c0.xhtml", 900, 0.01, Chapter(-1, "One"))
FULL = SyncRecord(
    source_id="s",
    on_server=HERE,
    received=REPORT,
    sent=Sent(HERE, "/body", 0.25, "doc", NOW),
    attempt=Sent(HERE, "/body", 0.25),
    dirty=True,
    since=NOW,
    moved_at=NOW,
    noted=("a",),
    settled=("b", "c"),
    offer=Offer(REPORT, Lead.FURTHER, False),
    answer=Answer.CONTINUE,
    peak=0.3,
    ended=True,
)


# written by Kios before “asked” meant nothing; the report `key` was asked about and not answered
ASKED = """
{"source_id":"s","on_server":{"place":{"spine_index":3,"ordinal":41},"href":"c3.xhtml","ordinal_total":900,"total_progression":0.25,
"chapter":{"index":-4,"title":"Three"},
"quote":{"before":"ab","after":"cd"}},
"received":{"source_id":"s","key":"key","locator":{"place":{"spine_index":3,"ordinal":41},"href":"c3.xhtml","ordinal_total":900,"total_progression":0.25,
"chapter":{"index":-4,"title":"Three"},
"quote":{"before":"ab","after":"cd"}},
"precision":"element","fraction":0.3,"at":"2026-11-21T12:00:00.123000Z","device":"Kobo","raw":"/body/DocFragment[4].0","finished":false},
"sent":{"locator":{"place":{"spine_index":3,"ordinal":41},"href":"c3.xhtml","ordinal_total":900,"total_progression":0.25,
"chapter":{"index":-4,"title":"Three"},
"quote":{"before":"ab","after":"cd"}},"raw":"/body","fraction":0.25,"document":"doc","at":"2026-11-21T12:00:00.123000Z"},"attempt":null,
"dirty":false,"since":"2026-11-21T12:00:00.123000Z","asked":["key"],"settled":["b"],
"offer":{"report":{"source_id":"s","key":"key","locator":{"place":{"spine_index":3,"ordinal":41},"href":"c3.xhtml","ordinal_total":900,"total_progression":0.25,
"chapter":{"index":-4,"title":"Three"},
"quote":{"before":"ab","after":"cd"}},
"precision":"element","fraction":0.3,"at":"2026-11-21T12:00:00.123000Z","device":"Kobo","raw":"/body/DocFragment[4].0","finished":false},"lead":"further","same_chapter":false,"suspicious":false},"answer":null,"peak":0.3,"told":false}
"""


@pytest.fixture
async def book_id(database: Database) -> BookId:
    return (await Books(database).add_all([new_book(1)]))[0]


async def test_the_last_place_is_the_last_one_saved(database: Database, book_id: BookId) -> None:
    positions = Positions(database)
    assert await positions.last(book_id) is None
    for ordinal in range(5):
        locator = replace(HERE, place=Place(3, ordinal))
        await positions.save(book_id, Position(locator, NOW, "Kobo"))
    last = await positions.last(book_id)
    assert last == Position(replace(HERE, place=Place(3, 4)), NOW, "Kobo")


async def test_a_record_survives_whole(database: Database, book_id: BookId) -> None:
    positions = Positions(database)
    assert await positions.record(book_id, "s") is None
    await positions.save(book_id, record=FULL)
    await positions.settle()
    assert await positions.record(book_id, "s") == FULL
    await positions.forget(book_id, "s")
    assert await positions.record(book_id, "s") is None


async def test_what_an_older_kios_asked_without_an_answer_is_asked_again(
    database: Database, book_id: BookId
) -> None:
    values = {"book_id": book_id, "source_id": "s", "waiting": 0, "record": ASKED}
    await database.run(lambda c: c.execute(insert(sync_records).values(values)).close())
    record = await Positions(database).record(book_id, "s")
    assert record is not None and record.settled == ("b",) and record.peak == 0.3
    state, _ = step(State(record=record, local=EARLIER), Opened(EARLIER, 40))
    _, effects = step(state, Pulled(state.token, REPORT, None, NOW))
    assert [effect for effect in effects if isinstance(effect, Ask)]


async def test_what_waits_is_found_with_its_place(database: Database, book_id: BookId) -> None:
    positions, place = Positions(database), Position(HERE, NOW, "")
    await positions.save(book_id, place, record=FULL)
    [waiting] = await positions.waiting()
    assert (waiting.book_id, waiting.title) == (book_id, "Book 1")
    assert (waiting.position, waiting.record) == (place, FULL)
    await positions.save(book_id, record=replace(FULL, dirty=False, offer=None))
    assert await positions.waiting() == []


async def test_the_timeline_is_newest_first_and_bounded(
    database: Database, book_id: BookId
) -> None:
    positions = Positions(database)
    for n in range(VISITS_KEPT + 3):
        at = NOW + timedelta(minutes=n)
        await positions.save(book_id, visits=[Visit(Position(HERE, at, "Kobo"), "elsewhere")])
    history = await positions.history(book_id)
    assert len(history) == VISITS_KEPT
    assert history[0] == Visit(
        Position(HERE, NOW + timedelta(minutes=VISITS_KEPT + 2), "Kobo"), "elsewhere"
    )


async def test_a_place_its_record_and_a_visit_are_saved_together(
    database: Database, book_id: BookId
) -> None:
    positions, place = Positions(database), Position(HERE, NOW, "")
    await positions.save(book_id, place, record=FULL, visits=[Visit(place, "moved by sync")])
    assert await positions.last(book_id) == place
    assert await positions.record(book_id, "s") == FULL
    assert await positions.history(book_id) == [Visit(place, "moved by sync")]
