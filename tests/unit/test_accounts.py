"""What is asked of a server whose password can't be had: nothing."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked

from kios_desktop.application.publications import Publications
from kios_desktop.application.sync_accounts import Accounts
from kios_desktop.domain.errors import Missing, Refusal, Rejected, StorageError, Unreachable
from kios_desktop.domain.progress import Looked
from kios_desktop.domain.secret import Secret
from kios_desktop.log import RedactingFormatter
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.secrets import InMemory, SecretStore, SystemKeyring
from kios_desktop.sync.ports import Account
from kios_desktop.ui.kit.error_texts import explain
from tests.fakes.device import BOOK, source_of
from tests.fakes.kosync_server import KosyncServer
from tests.unit.storage.conftest import new_book
from tests.unit.storage.test_secrets import FakeBackend


async def accounts_at(
    folder: Path, store: SecretStore | None, formatter: RedactingFormatter | None = None
) -> Accounts:
    database = await Database.open(folder / "library.db")
    return Accounts(
        database,
        Books(database),
        folder / "library",
        folder / "machine",
        formatter or RedactingFormatter(),
        lambda: "desk",
        store,
        folder / "cache",
        Publications(),
    )


async def refusal_of(account: Account) -> Refusal:
    with pytest.raises(Rejected) as caught:
        await account.remote.pull(BOOK, [])
    return caught.value.refusal


async def test_a_password_that_is_not_at_hand_is_missed_and_nothing_is_asked(
    tmp_path: Path,
) -> None:
    async with KosyncServer() as server:
        before = await accounts_at(tmp_path, InMemory())
        await before.sources.save(source_of(server))
        await before.aclose()
        accounts = await accounts_at(tmp_path, None)
        [account] = await accounts.connect()
        assert await refusal_of(account) is Refusal.FORGOTTEN
        await accounts.keep_in_memory()
        [account] = await accounts.connect()
        assert await refusal_of(account) is Refusal.FORGOTTEN
        assert server.fake.requests == []


async def test_a_locked_password_store_is_asked_again_and_then_sync_goes_on(
    tmp_path: Path,
) -> None:
    backend = FakeBackend()
    async with KosyncServer() as server:
        accounts = await accounts_at(tmp_path, SystemKeyring(backend, ""))
        await accounts.sources.save(source_of(server))
        backend.locked = True
        [account] = await accounts.connect()
        assert await refusal_of(account) is Refusal.LOCKED
        assert server.fake.requests == []
        backend.locked = False
        with pytest.raises(Missing):  # the real remote asks for the book, which is not there
            await account.remote.pull(BOOK, [])


async def test_a_locked_password_store_is_said_to_be_locked(tmp_path: Path) -> None:
    backend = FakeBackend()
    backend.locked, backend.says = True, KeyringLocked("x")
    async with KosyncServer() as server:
        accounts = await accounts_at(tmp_path, SystemKeyring(backend, ""))
        with pytest.raises(StorageError) as caught:
            await accounts.sources.save(replace(source_of(server), name="Books"))
    words = explain(caught.value)
    assert words.title == "Your passwords are locked"
    assert words.text == (
        "The password store of this computer is locked. Unlock it, then try again."
    )


async def test_the_servers_in_use_answer_until_nobody_uses_them_any_more(tmp_path: Path) -> None:
    """Making the new accounts takes time: meanwhile no server may seem to be away."""
    looked: list[Looked] = []
    async with KosyncServer() as server:
        accounts = await accounts_at(tmp_path, InMemory())
        await accounts.sources.save(source_of(server))
        [book_id] = await accounts._books.add_all([new_book(1)])
        [before] = await accounts.connect()

        async def meanwhile(_touched: Collection[str]) -> None:
            looked.append(await before.remote.pull(book_id, []))

        accounts.when_sources_change(meanwhile)
        [after] = await accounts.connect()
        assert looked == [Looked()]
        assert await before.remote.pull(book_id, []) == Looked()
        await accounts.release()
        with pytest.raises(Unreachable):
            await before.remote.pull(book_id, [])
        assert await after.remote.pull(book_id, []) == Looked()
        await accounts.aclose()


class Picky(RedactingFormatter):
    """Has a fault of its own with one password, as a mistake of ours would be."""

    def hide(self, secret: str, username: str = "") -> None:
        if secret == "bad":
            raise ValueError("planned")
        super().hide(secret, username)


async def test_a_server_that_cannot_be_connected_costs_no_other(tmp_path: Path) -> None:
    async with KosyncServer() as server:
        accounts = await accounts_at(tmp_path, InMemory(), Picky())
        good = source_of(server)
        await accounts.sources.save(replace(good, id="6" * 32, password=Secret("bad")))
        await accounts.sources.save(good)
        assert [account.source_id for account in await accounts.connect()] == [good.id]
        await accounts.aclose()
