"""The servers that are set up: where their secrets are, and what sync makes of them.

Part of the composition root, apart from `app.py` only for its size.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from kios_desktop.application.catalogs import Catalogs
from kios_desktop.application.closing import Closing
from kios_desktop.application.publications import Publications
from kios_desktop.domain.errors import NoKeystore, Refusal, Rejected, StorageError
from kios_desktop.domain.library import BookId, DocumentHashes, Query
from kios_desktop.domain.secret import keys_of
from kios_desktop.domain.source import Source, SourceKind, StepResult
from kios_desktop.epub.places import Places
from kios_desktop.log import RedactingFormatter
from kios_desktop.sources.keeping import Keeping
from kios_desktop.sources.kosync import KosyncRemote
from kios_desktop.sources.probe import test_connection
from kios_desktop.sources.withheld import Withheld
from kios_desktop.storage.books import Books
from kios_desktop.storage.database import Database
from kios_desktop.storage.device import (
    default_device_name,
    device_id,
    host_fingerprint,
    wire_name,
)
from kios_desktop.storage.secrets import (
    InMemory,
    SealedFile,
    Secrets,
    SecretStore,
    system_keyring,
)
from kios_desktop.storage.sources import Sources
from kios_desktop.sync.ports import Account, ProgressRemote

logger = logging.getLogger(__name__)

ASKED_ABOUT = 14  # books a connection test may ask the server about
KEY_LENGTH = 20
KINDS = {SourceKind.KOSYNC: "KOReader sync"}


class Accounts:
    """Sources, their secrets, and the remotes made of them."""

    def __init__(
        self,
        database: Database,
        books: Books,
        library: Path,
        machine: Path,
        formatter: RedactingFormatter,
        device_name: Callable[[], str],
        store: SecretStore | None,
        cache: Path,
        publications: Publications,
    ) -> None:
        self._books, self._formatter = books, formatter
        self._library, self._publications = library, publications
        self._asked_name = device_name
        self._sealed = machine.parent / "passwords.sealed"
        self._machine = machine
        self._store = store
        self._secrets = Secrets(store)
        self.sources = Sources(database, self._secrets)
        self.catalogs = Catalogs(database, books, cache, self._hide, Keeping(self.sources))
        self._counts: dict[BookId, asyncio.Task[None]] = {}
        self._on_sources: Callable[[Collection[str]], Awaitable[None]] = _nobody_asks
        self._remotes: list[KosyncRemote] = []
        self._left: list[KosyncRemote] = []  # of accounts that were replaced

    # -- secrets

    async def find_keystore(self) -> bool:
        """Use the system's password store; False when somebody has to be asked."""
        if self._store is None:
            self._store = await asyncio.to_thread(system_keyring, self._machine.parent.name)
            if self._store is not None:
                self._secrets.use(self._store)
        return self._store is not None or not self._sealed.exists()

    async def keep_in_memory(self) -> None:
        """Secrets are remembered until Kios quits."""
        self._use(InMemory())

    async def seal(self, passphrase: str) -> None:
        """Secrets go to an encrypted file. Raises `WrongPassphrase` for one that is there."""
        self._use(await asyncio.to_thread(SealedFile, self._sealed, passphrase))

    def _use(self, store: SecretStore) -> None:
        self._store = store
        self._secrets.use(store)

    # -- sync

    async def connect(self) -> Sequence[Account]:
        """Every source that keeps places, ready to use.

        What was connected before goes on answering until `release`.
        """
        self._left += self._remotes
        self._remotes = []
        try:
            sources, withheld = await self.sources.known()
        except (StorageError, NoKeystore) as e:
            logger.warning("the sources could not be read: %s", e)
            return ()
        identity = await asyncio.to_thread(
            device_id, self._machine / "device.json", host_fingerprint()
        )
        sources = await asyncio.gather(*(self._settled(one, one.id in withheld) for one in sources))
        touched = await self.catalogs.use(sources)
        accounts: list[Account] = []
        try:
            await self._on_sources(touched)
            device = partial(self.device_name, identity)
            kept = await self.catalogs.accounts(self.places, device, identity)
            accounts += [_waiting(account, withheld) for account in kept]
        except StorageError as e:
            logger.warning("where books came from could not be read: %s", e)
        for source in sources:
            try:
                account = self._account(source, source.id in withheld, identity)
            except Exception:  # one that can't be connected costs no other
                logger.exception("a server could not be connected")
                continue
            if account is not None:
                accounts.append(account)
        return [replace(account, count=self.count) for account in accounts]

    def _account(self, source: Source, withheld: bool, identity: str) -> Account | None:
        """None for a source that is no server of this kind, or is switched off."""
        self._hide(source)
        if source.kind is not SourceKind.KOSYNC or not source.enabled:
            return None
        name, kind = source.name, KINDS[source.kind]
        if withheld:
            keeper = Withheld(partial(self._found, source.id, identity))
            return Account(source.id, name, kind, keeper)
        remote = self._remote(source, identity)
        return Account(source.id, name, kind, remote, check=remote.check)

    async def release(self) -> None:
        """Nobody uses any longer what was connected before the last `connect`."""
        closing = Closing()
        closing.add("catalogs of before", self.catalogs.release)
        while self._left:
            closing.add("a connection of before", self._left.pop().aclose)
        await closing.aclose()

    def _remote(self, source: Source, identity: str) -> KosyncRemote:
        device = partial(self.device_name, identity)
        remote = KosyncRemote(source, device, identity, self._books.get, self.places, self.sources)
        self._remotes.append(remote)
        return remote

    async def _found(self, source_id: str, identity: str) -> ProgressRemote:
        """A server whose password could not be had. Raises `Rejected` as long as that is so."""
        sources, withheld = await self.sources.known()
        source = next((one for one in sources if one.id == source_id), None)
        if source is None or source_id in withheld:
            raise Rejected(withheld.get(source_id, Refusal.FORGOTTEN))
        self._hide(source)
        return self._remote(source, identity)

    async def _settled(self, source: Source, withheld: bool) -> Source:
        """A catalog added while its server was away: how to sign in is found out now."""
        if withheld or source.kind is not SourceKind.OPDS or not source.enabled:
            return source
        found = await self.catalogs.settle(source)
        if found != source:
            try:
                await self.sources.save(found)
            except (StorageError, NoKeystore) as e:
                logger.warning("the way to sign in could not be kept: %s", e)
        return found

    def when_sources_change(self, tell: Callable[[Collection[str]], Awaitable[None]]) -> None:
        """`tell` gets the ids of sources that came, went or changed, after every connect."""
        self._on_sources = tell

    def device_name(self, identity: str) -> str:
        """What servers call this computer: the name in the settings, and its mark."""
        return wire_name(self._asked_name() or default_device_name(), identity)

    async def places(self, book_id: BookId) -> Places:
        """The conversions of a book, for as long as the task that asks goes on.

        Raises `PublicationError`.
        """
        path, weights = await self._file(book_id)
        opened = await self._publications.for_this_task(path, weights, ours=True)
        return opened.places

    async def _file(self, book_id: BookId) -> tuple[Path, tuple[int, ...] | None]:
        """Where a book's file is, and its counts where there are any."""
        book = await self._books.get(book_id)
        return self._library / book.file, await self._books.weights(book_id)

    async def count(self, book_id: BookId, patience_s: float | None) -> None:
        """Its characters are counted by then: a percentage of a server means nothing without.

        With `patience_s` counting goes on by itself after so long, which happens to giants only:
        their percentages are estimates until then. Raises `PublicationError`.
        """
        task = self._counts.get(book_id)
        if task is None:
            task = self._counts[book_id] = asyncio.get_running_loop().create_task(
                self._count(book_id)
            )
            task.add_done_callback(lambda _done: self._counts.pop(book_id, None))
        done, _ = await asyncio.wait([task], timeout=patience_s)
        if done:
            task.result()

    async def _count(self, book_id: BookId) -> None:
        path, weights = await self._file(book_id)
        if weights is not None:  # as before every look but a book's first
            return
        with await self._publications.lease(path, ours=True) as opened:
            if opened.weights is not None:
                return
            counts = await asyncio.to_thread(opened.count)
            opened.weigh(counts)
        try:
            await self._books.save_weights(book_id, counts)
        except StorageError as e:
            logger.warning("the counts of a book were not saved: %s", e)

    async def test(self, source: Source) -> AsyncIterator[StepResult]:
        """“Test connection”, with the books last read."""
        self._hide(source)
        async for step in test_connection(source, await self._hashes()):
            yield step

    async def _hashes(self) -> list[DocumentHashes]:
        ids = await self._books.ids(Query())
        return [book.hashes for book in await self._books.load(ids[:ASKED_ABOUT])]

    def _hide(self, source: Source) -> None:
        """From here on no log line shows these."""
        for secret in (source.password, *(header.value for header in source.headers)):
            self._formatter.hide(secret.reveal(), source.username)
        if len(source.username) >= KEY_LENGTH:  # Komga's user name is an API key
            self._formatter.hide(source.username)
        if source.url.reveal() != source.url.shown:
            self._formatter.hide(source.url.reveal().rstrip("/").rpartition("/")[2])
        for key in keys_of(source.url):
            self._formatter.hide(key)

    async def aclose(self) -> None:
        for count in tuple(self._counts.values()):
            count.cancel()
        closing = Closing()
        closing.add("catalogs", self.catalogs.aclose)
        for remote in (*self._left, *self._remotes):
            closing.add("the connection to a server", remote.aclose)
        closing.add("open books", self._publications.close)
        await closing.aclose()


def _waiting(account: Account, withheld: Mapping[str, Refusal]) -> Account:
    """Nothing is asked of a source without its password."""
    if (why := withheld.get(account.source_id)) is None:
        return account

    async def find() -> ProgressRemote:
        raise Rejected(why)

    return replace(account, remote=Withheld(find))


async def _nobody_asks(_touched: Collection[str]) -> None:
    return
