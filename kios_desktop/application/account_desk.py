"""All that Settings asks about accounts, in one place."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from kios_desktop.application.account_previews import count_what_would_come
from kios_desktop.application.account_review import AccountReview
from kios_desktop.application.account_setup import catalog_setup, koreader_setup, make_koreader_user
from kios_desktop.application.account_values import (
    AccountLine,
    KoreaderSetup,
    UnknownBook,
    WaitingRecord,
)
from kios_desktop.application.service_accounts import ConnectedAccount, ServiceAccounts
from kios_desktop.domain.accounts import (
    AccountChoices,
    BookCandidate,
    FetchCounts,
    Topic,
    UnsentCounts,
)
from kios_desktop.domain.errors import Refusal, Rejected
from kios_desktop.domain.library import BookId, Query
from kios_desktop.domain.source import Source, SourceKind
from kios_desktop.outbox.resolving import Decision
from kios_desktop.storage.books import Books

T = TypeVar("T")


class AccountDesk:
    """Methods raise `StorageError`, those that ask a server `RemoteError`."""

    def __init__(self, accounts: ServiceAccounts, review: AccountReview, books: Books) -> None:
        self._accounts, self._review, self._books = accounts, review, books

    async def listed(self) -> Sequence[AccountLine]:
        return await self._review.listed()

    async def save(self, source: Source) -> None:
        await self._accounts.save(source)

    async def remove(self, account_id: str) -> None:
        await self._accounts.remove(account_id)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        return self._accounts.watch(changed)

    # -- what is switched on

    async def choices(self, account_id: str) -> AccountChoices:
        return await self._accounts.records.choices(account_id)

    async def choose(self, account_id: str, choices: AccountChoices) -> None:
        await self._accounts.choose(account_id, choices)

    async def unsent(self, account_id: str, topic: Topic) -> UnsentCounts:
        return await self._accounts.items.unsent(account_id, topic)

    async def leave_ratings(self, account_id: str) -> None:
        await self._accounts.items.leave_ratings(account_id)

    async def would_come(self, account_id: str, told: Callable[[int, int], object]) -> FetchCounts:
        books = await self._books.ids(Query())
        return await count_what_would_come(self._accounts, self._account(account_id), books, told)

    def fetch_all(self, account_id: str) -> None:
        """Everything that is there, of every book of the library."""
        self._accounts.fetch_all(account_id)

    def send_now(self, account_id: str) -> None:
        self._accounts.send_now(account_id)

    # -- what waits

    async def waiting(self, account_id: str) -> Sequence[WaitingRecord]:
        return await self._review.waiting(account_id)

    async def decide(self, records: Sequence[WaitingRecord], decision: Decision) -> None:
        await self._review.decide(records, decision)

    async def unknown_books(self, account_id: str) -> Sequence[UnknownBook]:
        return await self._review.unknown_books(account_id)

    async def find(self, account_id: str, words: str) -> Sequence[BookCandidate]:
        return await self._review.find(account_id, words)

    async def name(self, account_id: str, book_id: BookId, candidate: BookCandidate | None) -> None:
        await self._review.name(account_id, book_id, candidate)

    # -- what else one sign-in sets up

    async def koreader(self, account_id: str) -> KoreaderSetup:
        return await koreader_setup(self._account(account_id))

    async def make_koreader_user(self, account_id: str) -> KoreaderSetup:
        return await make_koreader_user(self._account(account_id))

    async def catalog(self, account_id: str) -> tuple[Source, bool]:
        return await catalog_setup(self._account(account_id))

    async def has_koreader_sync(self) -> bool:
        sources = await self._accounts.sources.all()
        return any(one.kind is SourceKind.KOSYNC for one in sources)

    async def save_source(self, source: Source) -> None:
        await self._accounts.sources.save(source)

    def _account(self, account_id: str) -> ConnectedAccount:
        """Raises `Rejected` for one that is paused, or whose password can't be read."""
        found = self._accounts.account(account_id)
        if found is None:
            raise Rejected(Refusal.FORGOTTEN)
        return found
