"""Makes the sync accounts of the configured sources, replaces and closes them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from kios_desktop.application.catalogs import Catalogs
from kios_desktop.application.closing import Closing
from kios_desktop.application.credentials import CredentialStore
from kios_desktop.application.device import Device
from kios_desktop.application.publications import Publications
from kios_desktop.domain.errors import NoKeystore, Refusal, Rejected, StorageError
from kios_desktop.domain.library import DocumentHashes, Query
from kios_desktop.domain.source import Source, SourceKind, StepResult
from kios_desktop.sources.kosync import KosyncRemote
from kios_desktop.sources.locked_remote import LockedRemote
from kios_desktop.sources.probe import test_connection
from kios_desktop.storage.books import Books
from kios_desktop.storage.sources import Sources
from kios_desktop.sync.ports import Account, ProgressRemote

logger = logging.getLogger(__name__)

ASKED_ABOUT = 14  # books a connection test may ask the server about


class SyncAccounts:
    """Makes the accounts of sync from the sources; `catalogs` makes those that deliver books."""

    def __init__(
        self,
        sources: Sources,
        catalogs: Catalogs,
        credentials: CredentialStore,
        publications: Publications,
        books: Books,
        device: Device,
    ) -> None:
        self._sources, self._catalogs, self._credentials = sources, catalogs, credentials
        self._publications, self._books, self._device = publications, books, device
        self._on_sources: Callable[[Collection[str]], Awaitable[None]] = _ignore
        self._remotes: list[KosyncRemote] = []
        self._replaced: list[KosyncRemote] = []

    async def connect(self) -> Sequence[Account]:
        """An account for every source that keeps places.

        Former connections keep working until `release`.
        """
        self._replaced += self._remotes
        self._remotes = []
        try:
            sources, withheld = await self._sources.known()
        except (StorageError, NoKeystore) as e:
            logger.warning("the sources could not be read: %s", e)
            return ()
        device_id = await self._device.id()
        sources = await asyncio.gather(
            *(self._with_sign_in(one, one.id in withheld) for one in sources)
        )
        changed = await self._catalogs.use(sources)
        accounts: list[Account] = []
        try:
            await self._on_sources(changed)
            kept = await self._catalogs.accounts(
                self._publications.places, self._device.name, device_id
            )
            accounts += [_without_password(account, withheld) for account in kept]
        except StorageError as e:
            logger.warning("where books came from could not be read: %s", e)
        for source in sources:
            try:
                account = self._account(source, source.id in withheld, device_id)
            except Exception:  # a source that fails does not affect the others
                logger.exception("a server could not be connected")
                continue
            if account is not None:
                accounts.append(account)
        return [replace(account, count=self._publications.count) for account in accounts]

    def when_sources_change(self, notify: Callable[[Collection[str]], Awaitable[None]]) -> None:
        """`notify` gets the ids of sources that came, went or changed, after every connect."""
        self._on_sources = notify

    async def release(self) -> None:
        """Close the connections that the last `connect` replaced."""
        closing = Closing()
        closing.add("replaced catalogs", self._catalogs.release)
        while self._replaced:
            closing.add("a replaced connection", self._replaced.pop().aclose)
        await closing.aclose()

    async def test(self, source: Source) -> AsyncIterator[StepResult]:
        """Run “Test connection”, asking about the books read last."""
        self._credentials.hide(source)
        async for step in test_connection(source, await self._hashes()):
            yield step

    async def aclose(self) -> None:
        closing = Closing()
        closing.add("catalogs", self._catalogs.aclose)
        for remote in (*self._replaced, *self._remotes):
            closing.add("the connection to a server", remote.aclose)
        await closing.aclose()

    def _account(self, source: Source, withheld: bool, device_id: str) -> Account | None:
        """The account of a KOReader sync source; None for others and for disabled ones."""
        self._credentials.hide(source)
        if source.kind is not SourceKind.KOSYNC or not source.enabled:
            return None
        if withheld:
            waiting = LockedRemote(partial(self._remote_with_password, source.id, device_id))
            return Account(source.id, source.name, source.kind, waiting)
        remote = self._remote(source, device_id)
        return Account(source.id, source.name, source.kind, remote, check=remote.check)

    def _remote(self, source: Source, device_id: str) -> KosyncRemote:
        remote = KosyncRemote(
            source,
            self._device.name,
            device_id,
            self._books.get,
            self._publications.places,
            self._sources,
        )
        self._remotes.append(remote)
        return remote

    async def _remote_with_password(self, source_id: str, device_id: str) -> ProgressRemote:
        """The remote of a source, once its password is readable. Raises `Rejected` until then."""
        sources, withheld = await self._sources.known()
        source = next((one for one in sources if one.id == source_id), None)
        if source is None or source_id in withheld:
            raise Rejected(withheld.get(source_id, Refusal.FORGOTTEN))
        self._credentials.hide(source)
        return self._remote(source, device_id)

    async def _with_sign_in(self, source: Source, withheld: bool) -> Source:
        """Find out how to sign in to a catalog that was added while its server was away."""
        if withheld or source.kind is not SourceKind.OPDS or not source.enabled:
            return source
        found = await self._catalogs.with_sign_in(source)
        if found != source:
            try:
                await self._sources.save(found)
            except (StorageError, NoKeystore) as e:
                logger.warning("the way to sign in could not be kept: %s", e)
        return found

    async def _hashes(self) -> list[DocumentHashes]:
        ids = await self._books.ids(Query())
        return [book.hashes for book in await self._books.load(ids[:ASKED_ABOUT])]


def _without_password(account: Account, withheld: Mapping[str, Refusal]) -> Account:
    """The account, with a remote that refuses while the password is not readable."""
    if (why := withheld.get(account.source_id)) is None:
        return account

    async def refuse() -> ProgressRemote:
        raise Rejected(why)

    return replace(account, remote=LockedRemote(refuse))


async def _ignore(_changed: Collection[str]) -> None:
    return
