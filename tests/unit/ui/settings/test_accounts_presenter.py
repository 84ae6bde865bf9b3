"""The form of an account, where passwords are locked away."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import structs

from kios_desktop.application.account_values import AccountLine
from kios_desktop.domain.accounts import (
    AccountChoices,
    AccountExamination,
    AccountServer,
    AccountStatus,
)
from kios_desktop.domain.errors import NoKeystore
from kios_desktop.domain.secret import Secret, ServerUrl
from kios_desktop.domain.source import AuthMethod, Source, SourceKind
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.settings.accounts.form_rules import form_of
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.accounts.presenter import AccountsPresenter

KNOWN = Source(
    "a", SourceKind.ACCOUNT, "booklore", "Home", ServerUrl("https://books.example.org"),
    AuthMethod.AUTOMATIC, "ana", Secret("hunter2"),
)  # fmt: skip
LOCKED = structs.replace(KNOWN, username="", password=Secret(""))


class Rig:
    """Accounts, screen and keystore: the file has `KNOWN`, and is locked."""

    def __init__(self) -> None:
        self.sources = [LOCKED]
        self.is_locked = True
        self.form: AccountForm | None = None
        self.asked = self.changes = 0
        self.tasks = Tasks(self._failed)
        self.presenter = AccountsPresenter(
            self, self.examine, self, self, self.tasks, on_sources=self._changed
        )

    def __getattr__(self, name: str) -> Any:
        """What a screen is told besides."""
        if not name.startswith(("show_", "close_")):
            raise AttributeError(name)
        return lambda *_told: None

    async def listed(self) -> Sequence[AccountLine]:
        known = AccountChoices(), AccountServer(), AccountStatus()
        return [AccountLine(one, *known, self.is_locked, {}, 0, 0) for one in self.sources]

    async def save(self, source: Source) -> None:
        if self.is_locked:
            raise NoKeystore
        self.sources = [source]

    async def examine(self, source: Source) -> AccountExamination:
        raise AssertionError(source)

    async def seal(self, passphrase: str) -> None:
        self.is_locked, self.sources = False, [KNOWN]

    async def keep_in_memory(self) -> None:
        self.is_locked = False

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    def open_form(self, form: AccountForm, editing: bool) -> None:
        self.form = form

    def ask_keystore(self, again: object) -> None:
        self.asked += 1

    def _changed(self) -> None:
        self.changes += 1

    def _failed(self, error: Exception) -> None:
        raise AssertionError(error)

    async def settle(self) -> None:
        while self.tasks._running:
            await asyncio.wait(set(self.tasks._running))


async def test_an_account_that_was_locked_away_is_not_overwritten_when_it_is_unlocked() -> None:
    rig = Rig()
    rig.presenter.start()
    await rig.settle()
    rig.presenter.pause(LOCKED.id, paused=True)
    await rig.settle()
    assert rig.asked == 1
    rig.presenter.keystore_chosen("a passphrase")
    await rig.settle()
    assert rig.sources == [KNOWN]
    assert rig.form == form_of(KNOWN)
    assert rig.changes == 1


async def test_what_is_kept_in_memory_alone_is_saved_as_it_was_asked() -> None:
    rig = Rig()
    rig.presenter.start()
    await rig.settle()
    rig.presenter.pause(LOCKED.id, paused=True)
    await rig.settle()
    rig.presenter.keystore_chosen(None)
    await rig.settle()
    assert rig.sources == [structs.replace(LOCKED, enabled=False)]
