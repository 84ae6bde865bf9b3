"""The ports of the Accounts presenter, and the form it edits."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kios_desktop.application.account_values import (
    AccountLine,
    KoreaderSetup,
    UnknownBook,
    WaitingRecord,
)
from kios_desktop.domain.accounts import (
    AccountChoices,
    AccountExamination,
    BookCandidate,
    FetchCounts,
    Topic,
    UnsentCounts,
)
from kios_desktop.domain.errors import Certificate
from kios_desktop.domain.library import BookId
from kios_desktop.domain.secret import Secret
from kios_desktop.domain.source import Header, Pin, Source
from kios_desktop.outbox.resolving import Decision
from kios_desktop.ui.kit.message import Message
from kios_desktop.ui.settings.ports import SourceErrors


@dataclass(frozen=True, slots=True)
class AccountForm:
    """The fields of the form. `password` None stands for the stored one."""

    url: str = ""
    name: str = ""
    username: str = ""
    password: Secret | None = None
    headers: tuple[Header, ...] = ()
    pin: Pin | None = None
    insecure_allowed: bool = False


class AccountsPort(Protocol):
    """The accounts. Methods raise `StorageError`, those that ask a server `RemoteError`."""

    async def listed(self) -> Sequence[AccountLine]: ...
    async def save(self, source: Source) -> None: ...
    async def remove(self, account_id: str) -> None: ...
    async def choices(self, account_id: str) -> AccountChoices: ...
    async def choose(self, account_id: str, choices: AccountChoices) -> None: ...
    async def unsent(self, account_id: str, topic: Topic) -> UnsentCounts: ...
    async def leave_ratings(self, account_id: str) -> None:
        """Today's ratings are not sent."""

    async def would_come(
        self, account_id: str, told: Callable[[int, int], object]
    ) -> FetchCounts: ...
    def fetch_all(self, account_id: str) -> None: ...
    def send_now(self, account_id: str) -> None: ...
    async def waiting(self, account_id: str) -> Sequence[WaitingRecord]: ...
    async def decide(self, records: Sequence[WaitingRecord], decision: Decision) -> None: ...
    async def unknown_books(self, account_id: str) -> Sequence[UnknownBook]: ...
    async def find(self, account_id: str, words: str) -> Sequence[BookCandidate]: ...
    async def name(
        self, account_id: str, book_id: BookId, candidate: BookCandidate | None
    ) -> None: ...
    async def koreader(self, account_id: str) -> KoreaderSetup: ...
    async def make_koreader_user(self, account_id: str) -> KoreaderSetup: ...
    async def catalog(self, account_id: str) -> tuple[Source, bool]: ...
    async def has_koreader_sync(self) -> bool: ...
    async def save_source(self, source: Source) -> None: ...
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]: ...


Examine = Callable[[Source], Awaitable[AccountExamination]]
"""“Test connection”: changes nothing here and nothing there."""


class AccountsScreen(Protocol):
    """What the presenter needs from the page, and from the sheets over it."""

    def show_accounts(self, lines: Sequence[AccountLine]) -> None: ...

    def open_form(self, form: AccountForm, editing: bool) -> None: ...

    def close_form(self) -> None: ...

    def show_form(self, form: AccountForm) -> None: ...

    def show_errors(self, errors: SourceErrors) -> None: ...

    def show_moved_login(self) -> None: ...

    def show_checking(self) -> None: ...

    def show_idle(self) -> None: ...

    def show_examined(self, found: AccountExamination, name: str) -> None:
        """The account can be used."""

    def show_faults(self, found: AccountExamination) -> None:
        """It can't, or not now; offer to save it all the same."""

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None: ...

    def ask_keystore(self, again: Message | None) -> None: ...

    def ask_to_remove(self, line: AccountLine) -> None: ...

    def ask_before_sending(
        self,
        line: AccountLine,
        topic: Topic,
        counts: UnsentCounts,
        answered: Callable[[bool | None], None],
    ) -> None:
        """True: everything; False: what is made from now on; None: nothing."""

    def show_counting(self, done: int, total: int, stop: Callable[[], None]) -> None: ...

    def hide_counting(self) -> None: ...

    def ask_before_fetching(
        self, line: AccountLine, counts: FetchCounts, answered: Callable[[bool], None]
    ) -> None: ...

    def show_waiting(
        self, account_id: str, records: Sequence[WaitingRecord], *, again: bool = False
    ) -> None:
        """Open the list, or show it anew while it is open; only the latter if `again`."""

    def show_unknown(
        self, account_id: str, books: Sequence[UnknownBook], *, again: bool = False
    ) -> None: ...

    def show_found(self, found: Sequence[BookCandidate] | None) -> None:
        """Books of the server in the open list; None where it has no search."""

    def ask_to_make_koreader_user(self, line: AccountLine, agreed: Callable[[], None]) -> None: ...

    def open_catalog_form(self, source: Source) -> None:
        """The form of a catalog, which wants a name and a password of its own."""

    def say(self, text: str) -> None: ...

    def show_problem(self, message: Message) -> None: ...
