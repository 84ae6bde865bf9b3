"""What is asked of a server whose password can't be had: nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked
from msgspec.structs import replace

from kios_desktop.application.catalogs import Catalogs
from kios_desktop.application.credentials import CredentialStore
from kios_desktop.application.device import Device
from kios_desktop.application.publications import Publications
from kios_desktop.application.sync_accounts import SyncAccounts
from kios_desktop.domain.errors import Missing, Refusal, Rejected, StorageError, Unreachable
from kios_desktop.domain.progress import Report, Sent
from kios_desktop.domain.secret import Secret
from kios_desktop.log import RedactingFormatter
from kios_desktop.sources.place_support import PlaceSupport
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.secrets import InMemory, SecretStore, SystemKeyring
from kios_desktop.storage.sources import Sources
from kios_desktop.sync.ports import Account
from kios_desktop.ui.kit.error_texts import explain
from tests.fakes.device import BOOK, source_of
from tests.fakes.kosync_server import KosyncServer
from tests.unit.storage.conftest import new_book
from tests.unit.storage.test_secrets import FakeBackend


@dataclass(frozen=True)
class World:
    """What accounts are made of, on a database of their own."""

    accounts: SyncAccounts
    sources: Sources
    books: Books
    credentials: CredentialStore
    publications: Publications

    async def aclose(self) -> None:
        await self.accounts.aclose()
        await self.publications.aclose()


async def world_at(
    folder: Path, store: SecretStore | None, formatter: RedactingFormatter | None = None
) -> World:
    database = await Database.open(folder / "library.db")
    books = Books(database)
    credentials = CredentialStore(folder / "machine", formatter or RedactingFormatter(), store)
    sources = Sources(database, credentials.secrets)
    catalogs = Catalogs(database, books, folder / "cache", credentials.hide, PlaceSupport(sources))
    publications = Publications(books, folder / "library")
    device = Device(folder / "machine", lambda: "desk")
    accounts = SyncAccounts(sources, catalogs, credentials, publications, books, device)
    return World(accounts, sources, books, credentials, publications)


async def refusal_of(account: Account) -> Refusal:
    with pytest.raises(Rejected) as caught:
        await account.remote.pull(BOOK, [])
    return caught.value.refusal


async def test_a_password_that_is_not_at_hand_is_missed_and_nothing_is_asked(
    tmp_path: Path,
) -> None:
    async with KosyncServer() as server:
        before = await world_at(tmp_path, InMemory())
        await before.sources.save(source_of(server))
        await before.aclose()
        world = await world_at(tmp_path, None)
        [account] = await world.accounts.connect()
        assert await refusal_of(account) is Refusal.FORGOTTEN
        await world.credentials.keep_in_memory()
        [account] = await world.accounts.connect()
        assert await refusal_of(account) is Refusal.FORGOTTEN
        assert server.fake.requests == []


async def test_a_locked_password_store_is_asked_again_and_then_sync_goes_on(
    tmp_path: Path,
) -> None:
    backend = FakeBackend()
    async with KosyncServer() as server:
        world = await world_at(tmp_path, SystemKeyring(backend, ""))
        await world.sources.save(source_of(server))
        backend.locked = True
        [account] = await world.accounts.connect()
        assert await refusal_of(account) is Refusal.LOCKED
        assert server.fake.requests == []
        backend.locked = False
        with pytest.raises(Missing):  # the real remote asks for the book, which is not there
            await account.remote.pull(BOOK, [])


async def test_a_locked_password_store_is_said_to_be_locked(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.locked, backend.says = True, KeyringLocked("x")
    async with KosyncServer() as server:
        world = await world_at(tmp_path, SystemKeyring(backend, ""))
        with pytest.raises(StorageError) as caught:
            await world.sources.save(replace(source_of(server), name="Books"))
    words = explain(caught.value)
    assert words.title == "Your passwords are locked"
    assert words.text == (
        "The password store of this computer is locked. Unlock it, then try again."
    )


async def test_the_servers_in_use_answer_until_nobody_uses_them_any_more(tmp_path: Path) -> None:
    """Making the new accounts takes time: meanwhile no server may seem to be away."""
    looked: list[Report | Sent | None] = []
    async with KosyncServer() as server:
        world = await world_at(tmp_path, InMemory())
        await world.sources.save(source_of(server))
        [book_id] = await world.books.add_all([new_book(1)])
        [before] = await world.accounts.connect()

        async def meanwhile(_touched: Collection[str]) -> None:
            looked.append(await before.remote.pull(book_id, []))

        world.accounts.when_sources_change(meanwhile)
        [after] = await world.accounts.connect()
        assert looked == [None]
        assert await before.remote.pull(book_id, []) is None
        await world.accounts.release()
        with pytest.raises(Unreachable):
            await before.remote.pull(book_id, [])
        assert await after.remote.pull(book_id, []) is None
        await world.aclose()


class Picky(RedactingFormatter):
    """Has a fault of its own with one password, as a mistake of ours would be."""

    def hide(self, secret: str, username: str = "") -> None:
        if secret == "bad":
            raise ValueError("planned")
        super().hide(secret, username)


async def test_a_server_that_cannot_be_connected_costs_no_other(tmp_path: Path) -> None:
    async with KosyncServer() as server:
        world = await world_at(tmp_path, InMemory(), Picky())
        good = source_of(server)
        await world.sources.save(replace(good, id="6" * 32, password=Secret("bad")))
        await world.sources.save(good)
        assert [account.source_id for account in await world.accounts.connect()] == [good.id]
        await world.aclose()
