"""Reading sessions on the disk."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import update

from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.sessions import Sessions
from kios_desktop.storage.tables import sessions as table
from tests.sessions import session
from tests.unit.storage.conftest import new_book

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


async def test_sessions_come_back_whole_the_oldest_first(database: Database) -> None:
    first, second = await Books(database).add_all([new_book(1), new_book(2)])
    kept = [session(first, AT + timedelta(hours=n), printed_pages=n) for n in range(3)]
    kept.append(session(second, AT + timedelta(hours=9)))
    sessions = Sessions(database)
    await sessions.save(kept[2:])
    await sessions.save(kept[:2])
    assert await sessions.all() == kept
    assert await sessions.newest(2) == [kept[3], kept[2]]
    assert await sessions.of_book(first) == kept[:3]


async def test_a_session_grows_and_goes(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    sessions, begun = Sessions(database), session(book_id, AT)
    await sessions.save([begun])
    grown = replace(begun, read_s=900.5, ended_at=AT + timedelta(seconds=901), turns=12)
    await sessions.save([grown])
    assert await sessions.all() == [grown]
    await sessions.delete([grown.id, grown.id])
    assert await sessions.all() == []
    await sessions.save([begun, session(book_id, AT)])
    await sessions.delete_all()
    assert await sessions.all() == []


async def test_sessions_of_a_removed_book_stay(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    await Sessions(database).save([one := session(book_id, AT)])
    await Books(database).remove(book_id)
    assert await Sessions(database).all() == [one]


async def test_a_session_of_a_book_that_is_not_there_costs_no_other(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    await Sessions(database).save([session(77, AT), one := session(book_id, AT)])
    assert await Sessions(database).all() == [one]


async def test_a_damaged_session_costs_no_other(database: Database) -> None:
    [book_id] = await Books(database).add_all([new_book(1)])
    sessions, one, two = Sessions(database), session(book_id, AT), session(book_id, AT)
    for name, value in (
        ("read_ms", -1),
        ("turns", "many"),
        ("started_at", 10**15),
        ("end_spine", -1),
    ):
        await sessions.save([one, two])
        statement = update(table).where(table.c.id == one.id).values({name: value})
        await database.run(lambda connection, it=statement: connection.execute(it).close())  # type: ignore[misc]
        assert await sessions.all() == [two], name
