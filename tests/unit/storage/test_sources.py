"""Sources keep everything, and the database file keeps no secret."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from kios_desktop.domain.errors import NoKeystore, Refusal
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, DocumentId, Header, Pin, Source, SourceKind
from kios_desktop.storage.database import Database
from kios_desktop.storage.secrets import InMemory, Secrets
from kios_desktop.storage.sources import Sources
from kios_desktop.storage.tables import sources

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
KAVITA = Source(
    id="a" * 32,
    kind=SourceKind.KOSYNC,
    preset="kavita",
    name="Books",
    url=ServerUrl(f"https://books.example:5000/api/koreader/{KEY}"),
    auth=AuthMethod.KOREADER_HEADERS,
    username="canary-user-name",
    password=Secret("canary-password"),
    headers=(Header("X-Proxy", Secret("canary-header")),),
    pin=Pin("f" * 64, "pem", "2026-11-21"),
    enabled=False,
    document_id=DocumentId.FILE_NAME,
    shared=True,
    catalog_url=ServerUrl(f"https://books.example:5000/opds/{KEY}"),
)


async def test_a_source_comes_back_whole_and_in_order(database: Database) -> None:
    sources = Sources(database, Secrets(InMemory()))
    second = replace(KAVITA, id="b" * 32, pin=None)
    await sources.save(KAVITA)
    await sources.save(second)
    changed = replace(KAVITA, name="Renamed")
    await sources.save(changed)
    assert await sources.all() == [changed, second]
    await sources.remove(KAVITA.id)
    assert await sources.all() == [second]


async def test_the_reader_decides_about_the_order(database: Database) -> None:
    sources = Sources(database, Secrets(InMemory()))
    a, b, c = (replace(KAVITA, id=letter * 32) for letter in "abc")
    for source in (a, b, c):
        await sources.save(source)
    await sources.reorder([c.id, a.id, b.id])
    assert await sources.all() == [c, a, b]
    await sources.save(replace(KAVITA, id="d" * 32))
    await sources.reorder([b.id, a.id])
    assert [source.id[0] for source in await sources.all()] == ["b", "a", "c", "d"]


async def test_the_file_holds_no_secret(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "library.db")
    await Sources(database, Secrets(InMemory())).save(KAVITA)
    await database.aclose()
    content = (tmp_path / "library.db").read_bytes()
    for canary in (KEY, "canary-user-name", "canary-password", "canary-header"):
        assert canary.encode() not in content


async def test_without_a_password_store_nothing_is_saved_by_half(database: Database) -> None:
    sources = Sources(database, Secrets(None))
    with pytest.raises(NoKeystore):
        await sources.save(KAVITA)
    assert await sources.all() == []


CALIBRE = Source(
    "c" * 32, SourceKind.OPDS, "calibre", "Home", ServerUrl("http://calibre.lan:8080/opds")
)


async def test_a_source_without_a_secret_needs_no_password_store(database: Database) -> None:
    """Neither to be kept, nor to be changed, nor after a restart."""
    sources = Sources(database, Secrets(None))
    await sources.save(replace(CALIBRE, auth=AuthMethod.AUTOMATIC))
    paused = replace(CALIBRE, enabled=False)
    await sources.save(paused)
    assert await sources.all() == [paused]
    assert await sources.known() == ([paused], {})


@pytest.mark.parametrize(
    "secret",
    [
        replace(CALIBRE, auth=AuthMethod.BASIC, username="ana@example.org"),
        replace(CALIBRE, headers=(Header("CF-Access-Client-Secret", Secret("word")),)),
        replace(CALIBRE, url=ServerUrl(f"http://kavita.lan/api/opds/{KEY}")),
    ],
    ids=["name alone", "header", "key in the address"],
)
async def test_whatever_could_be_a_secret_does(database: Database, secret: Source) -> None:
    with pytest.raises(NoKeystore):
        await Sources(database, Secrets(None)).save(secret)
    await Sources(database, Secrets(InMemory())).save(secret)
    forgotten = await Sources(database, Secrets(None)).known()
    assert forgotten[1] == {secret.id: Refusal.FORGOTTEN}
    with pytest.raises(NoKeystore):  # what was kept under lock is not replaced unseen
        await Sources(database, Secrets(None)).save(replace(secret, name="Other"))
    with pytest.raises(NoKeystore):  # nor by what was read without it
        await Sources(database, Secrets(None)).save(replace(forgotten[0][0], enabled=False))


async def test_a_source_whose_secret_is_gone_is_still_listed(database: Database) -> None:
    await Sources(database, Secrets(InMemory())).save(KAVITA)
    [bare] = await Sources(database, Secrets(None)).all()
    assert bare.url.reveal() == KAVITA.url.shown
    assert not bare.password and not bare.username


async def test_what_was_learned_about_a_server_is_remembered(database: Database) -> None:
    sources = Sources(database, Secrets(InMemory()))
    await sources.save(KAVITA)
    assert await sources.remembered(KAVITA.id) == ""
    await sources.remember(KAVITA.id, "{}")
    await sources.save(KAVITA)
    assert await sources.remembered(KAVITA.id) == "{}"


async def test_a_key_that_an_older_kios_left_in_the_table_is_taken_out(database: Database) -> None:
    known = Sources(database, Secrets(InMemory()))
    await known.save(KAVITA)
    old = "https://books.example:5000/api/koreader/Abcd1234efgh"
    await database.run(
        lambda connection: connection.execute(sources.update().values(url_shown=old)).close()
    )
    await known.known()
    kept = await database.read(
        lambda connection: connection.execute(select(sources.c.url_shown)).scalar()
    )
    assert kept == "https://books.example:5000/api/koreader/••••"
