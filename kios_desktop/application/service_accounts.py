"""The accounts at BookLore and Grimmory servers: connected, run when something is due, and changed.

Source of the moments: a book is closed, a few minutes have passed, or a person asks. Never a page
turn.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from msgspec.structs import replace

from kios_desktop.application.account_library import AccountLibrary, MarksOfBooks, RatedBooks
from kios_desktop.application.account_secrets import (
    StoredAccountSecrets,
    tokens_name,
)
from kios_desktop.application.catalogs import Catalogs
from kios_desktop.application.closing import Closing
from kios_desktop.application.credentials import CredentialStore
from kios_desktop.application.publications import Publications
from kios_desktop.domain.accounts import (
    AccountChoices,
    AccountExamination,
    AccountServer,
    AccountStatus,
)
from kios_desktop.domain.errors import NoKeystore, StorageError
from kios_desktop.domain.library import BookId, Query
from kios_desktop.domain.reading_sessions import SessionId
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.domain.watchers import Watchers
from kios_desktop.outbox.account_sync import AccountSync
from kios_desktop.protocols.booklore import AccountSecrets, BookloreClient
from kios_desktop.protocols.http import Http
from kios_desktop.sources.booklore_account import BookloreAccount
from kios_desktop.sources.booklore_check import UnkeptSecrets, examine
from kios_desktop.storage.account_items import AccountItems
from kios_desktop.storage.accounts import Accounts
from kios_desktop.storage.sources import Sources

log = logging.getLogger(__name__)

TICK_S: Final = 300.0
SOON_S: Final = 3.0  # after a book was closed, for its last session and marks to be on the disk
OPENED_S: Final = 5.0  # after a book was opened, so that its first pages come first
END_S: Final = 2.0  # the longest wait for a request at the end


class ConnectedAccount:
    """An account in use. `client` is for what a person asks of the server."""

    def __init__(
        self,
        source: Source,
        sync: AccountSync,
        library: AccountLibrary,
        client: BookloreClient,
        http: Http,
    ) -> None:
        self.source, self.sync, self.library = source, sync, library
        self.client, self._http = client, http
        self._tasks: set[asyncio.Task[Any]] = set()
        self._has_ended = False

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it, as long as the account is in use."""
        if self._has_ended:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def aclose(self) -> None:
        """A request that does not end in time is in doubt, and looked into next time."""
        self._has_ended = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=END_S)
        await self._http.aclose()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("an account stopped", exc_info=task.exception())


class ServiceAccounts:
    """`growing` are the sessions that go on. `marks_changed` and `rated` are called after what came
    from a server went to the disk.
    """

    def __init__(
        self,
        sources: Sources,
        accounts: Accounts,
        items: AccountItems,
        credentials: CredentialStore,
        books: RatedBooks,
        marks: MarksOfBooks,
        publications: Publications,
        catalogs: Catalogs,
        growing: Callable[[], Collection[SessionId]],
        marks_changed: Callable[[BookId], object],
        rated: Callable[[], object],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.records, self.items, self.sources = accounts, items, sources
        self._credentials, self._books, self._marks = credentials, books, marks
        self._publications, self._catalogs = publications, catalogs
        self._growing, self.marks_changed, self._rated = growing, marks_changed, rated
        self.now = now
        self._connected: dict[str, ConnectedAccount] = {}
        self._withheld: set[str] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._connecting = asyncio.Lock()
        self._watchers = Watchers()
        self._revision = 0
        self._has_ended = False

    # -- the application

    async def start(self) -> None:
        """Connect, and send what an earlier run has left."""
        await self.connect()
        self._after("all", SOON_S, self._tick)

    async def connect(self) -> None:
        """An account for every source of that kind; those that are unchanged stay connected."""
        async with self._connecting:
            try:
                sources, withheld = await self.sources.known()
            except (StorageError, NoKeystore) as error:
                log.warning("the accounts could not be read: %s", error)
                return
            wanted = {
                one.id: one
                for one in sources
                if one.kind is SourceKind.ACCOUNT and one.enabled and one.id not in withheld
            }
            self._withheld = set(withheld)
            for account_id, known in list(self._connected.items()):
                if wanted.get(account_id) != known.source:
                    del self._connected[account_id]
                    await self._closed(known)
            for account_id, source in wanted.items():
                if account_id not in self._connected:
                    self._connected[account_id] = self.made(source)
        self._tell()

    def made(self, source: Source, *, is_kept: bool = True) -> ConnectedAccount:
        """Closed by whoever asks for it. Of one that is not kept, no token is stored."""
        self._credentials.hide(source)
        http = Http(source.pin, [(one.name, one.value.reveal()) for one in source.headers])
        hide, store = self._credentials.hide_secret, self._credentials.secrets
        secrets: AccountSecrets = UnkeptSecrets(source.password)
        if is_kept:
            secrets = StoredAccountSecrets(source.id, source.password, store, hide)
        client = BookloreClient(http, source.url, source.username, secrets, self.now)
        library = AccountLibrary(
            source.url,
            self._books,
            self._marks,
            self._publications,
            self._catalogs.acquisitions,
            self._catalogs.root_of,
            self._growing,
            self.marks_changed,
            self._rated,
            self.now,
        )
        remote = BookloreAccount(client)
        sync = AccountSync(
            source.id, remote, self.records, self.items, library, self.now, self._tell
        )
        return ConnectedAccount(source, sync, library, client, http)

    def book_opened(self, book_id: BookId) -> None:
        """What was made on the server comes soon."""
        self._after(f"open {book_id}", OPENED_S, lambda: self._run_all([book_id]))

    def run_soon(self) -> None:
        """Something was changed that an account may want."""
        self._after("all", SOON_S, self._tick)

    async def aclose(self) -> None:
        self._has_ended = True
        for timer in self._timers.values():
            timer.cancel()
        closing = Closing()
        for one in self._connected.values():
            closing.add("the connection of an account", one.aclose)
        await closing.aclose()

    # -- what there is

    def account(self, account_id: str) -> ConnectedAccount | None:
        return self._connected.get(account_id)

    @property
    def connected(self) -> Sequence[ConnectedAccount]:
        return tuple(self._connected.values())

    def status(self, account_id: str) -> AccountStatus:
        """Of one that is switched off or without a password too."""
        known = self._connected.get(account_id)
        return AccountStatus() if known is None else known.sync.status

    def is_withheld(self, account_id: str) -> bool:
        """Whether its password can't be read."""
        return account_id in self._withheld

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """`changed` is called after any change of accounts; returns what ends that."""
        return self._watchers.watch(lambda: self._revision, lambda _revision: changed())

    # -- what a person asks

    async def all(self) -> list[Source]:
        """Without its password where the keystore is locked."""
        sources, _withheld = await self.sources.known()
        return [one for one in sources if one.kind is SourceKind.ACCOUNT]

    async def save(self, source: Source) -> None:
        """Add or change an account. Raises `NoKeystore`, `StorageError`."""
        before = next((one for one in await self.all() if one.id == source.id), None)
        await self.sources.save(source)
        signs_in_anew = before is None or (before.url, before.username, before.password) != (
            source.url,
            source.username,
            source.password,
        )
        if signs_in_anew:
            await self._credentials.secrets.remove(tokens_name(source.id))
            known = await self.records.server(source.id)
            fresh = replace(known, asks_password=False, locked_until=None, asked_at=None)
            await self.records.save_server(source.id, fresh)
        await self.connect()
        self.run_soon()

    async def remove(self, account_id: str) -> None:
        """Forget an account. Nothing changes on the server, and nobody is signed out there."""
        await self.sources.remove(account_id)
        await self._credentials.secrets.remove(tokens_name(account_id))
        await self.connect()
        await self.records.forget(account_id)
        self._tell()

    async def choose(self, account_id: str, choices: AccountChoices) -> None:
        await self.records.save_choices(account_id, choices)
        self._tell()
        self.run_soon()

    async def server(self, account_id: str) -> AccountServer:
        return await self.records.server(account_id)

    def send_now(self, account_id: str, books: Sequence[BookId] | None = None) -> None:
        known = self._connected.get(account_id)
        if known is not None:
            known.start(known.sync.run(books, asked=True))

    def fetch_all(self, account_id: str) -> None:
        """Everything that is there, of every book of the library."""
        known = self._connected.get(account_id)
        if known is not None:
            known.start(self._fetch_all(known))

    async def _fetch_all(self, account: ConnectedAccount) -> None:
        try:
            books = await self._books.ids(Query())
        except StorageError as error:
            log.warning("nothing is fetched: %s", error)
            return
        await account.sync.run(books, asked=True)

    def changed(self) -> None:
        """Records were changed by a person: whatever shows them shows them anew."""
        self._tell()

    async def examine(self, source: Source) -> AccountExamination:
        """“Test connection”: nothing is stored here, and nothing written there."""
        account = self.made(source, is_kept=False)
        try:
            return await examine(account.client, self.now)
        finally:
            await self._closed(account)

    # -- parts

    async def _closed(self, account: ConnectedAccount) -> None:
        try:
            await account.aclose()
        except Exception:  # it is not used any more
            log.exception("the connection of an account was not closed")

    def _tick(self) -> None:
        self._run_all(None)
        self._after("all", TICK_S, self._tick)

    def _run_all(self, books: Sequence[BookId] | None) -> None:
        for one in self._connected.values():
            one.start(one.sync.run(books))

    def _after(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        """Call once later; an earlier order of the same name is replaced."""
        if self._has_ended:
            return
        if (timer := self._timers.pop(name, None)) is not None:
            timer.cancel()

        def due() -> None:
            self._timers.pop(name, None)
            call()

        self._timers[name] = asyncio.get_running_loop().call_later(seconds, due)

    def _tell(self) -> None:
        self._revision += 1
        self._watchers.changed()
