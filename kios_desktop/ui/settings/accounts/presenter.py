"""The presenter of Accounts: the list, the form for one, the switches, and what waits. No Qt."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from msgspec import structs

from kios_desktop.application.account_values import AccountLine, KoreaderSetup, WaitingRecord
from kios_desktop.domain.accounts import (
    AccountChoices,
    BookCandidate,
    KoreaderUserState,
    NotesTo,
    Topic,
    TopicChoice,
)
from kios_desktop.domain.errors import (
    KiosError,
    Unsupported,
    Untrusted,
)
from kios_desktop.domain.library import BookId
from kios_desktop.domain.source import Source
from kios_desktop.outbox.resolving import Decision
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.accounts.form_rules import errors_of, form_of, source_of
from kios_desktop.ui.settings.accounts.ports import (
    AccountForm,
    AccountsPort,
    AccountsScreen,
    Examine,
)
from kios_desktop.ui.settings.library_sync.form_rules import suggested_name
from kios_desktop.ui.settings.ports import KeystorePort
from kios_desktop.ui.settings.server_form_presenter import FormRules, ServerFormPresenter, Work

_TESTING, _LOADING, _COUNTING = "account-test", "accounts-load", "account-count"
_KIND = "Grimmory"  # a name for an account whose address says nothing
_RULES = FormRules(errors_of, source_of)


class AccountsPresenter(ServerFormPresenter[AccountForm]):
    """`on_sources` is called after a source of another kind was added."""

    def __init__(
        self,
        accounts: AccountsPort,
        examine: Examine,
        keystore: KeystorePort,
        screen: AccountsScreen,
        tasks: Tasks,
        *,
        on_sources: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(AccountForm(), _RULES, screen, keystore, tasks, _TESTING, on_sources, now)
        self._accounts, self._examine, self._screen = accounts, examine, screen
        self._choosing = asyncio.Lock()
        self._lines: list[AccountLine] = []
        self._tested: Source | None = None  # as it was found to work
        self._stop_watching: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Load and show the list, and follow it."""
        self._stop_watching = self._accounts.watch(self.refresh)
        self.refresh()

    def end(self) -> None:
        self._stop_watching()

    def refresh(self) -> None:
        self._tasks.replace(_LOADING, self._saying(self.load))

    # -- the list

    def add(self) -> None:
        self._open(AccountForm(), None)

    def edit(self, account_id: str) -> None:
        if (line := self._line(account_id)) is not None:
            self._open(form_of(line.source), line.source)

    def edit_and_test(self, account_id: str) -> None:
        self.edit(account_id)
        if self._stored is not None:
            self.test(self._form)

    def pause(self, account_id: str, paused: bool) -> None:
        if (line := self._line(account_id)) is not None:
            source = structs.replace(line.source, enabled=not paused)
            self.run(lambda: self._save_source(source))

    def send_now(self, account_id: str) -> None:
        self._accounts.send_now(account_id)

    def remove(self, account_id: str) -> None:
        if (line := self._line(account_id)) is not None:
            self._screen.ask_to_remove(line)

    def remove_confirmed(self, account_id: str) -> None:
        self.run(lambda: self._accounts.remove(account_id))

    # -- what is switched on

    def topic_switched(self, account_id: str, topic: Topic, on: bool) -> None:
        """On: what would be sent is told before. Off: what was sent stays there."""
        line = self._line(account_id)
        if line is None:
            return
        if not on:
            self.run(lambda: self._choose(account_id, topic, None))
            return

        async def ask() -> None:
            counts = await self._accounts.unsent(account_id, topic)
            if not counts.records:
                await self._choose(account_id, topic, TopicChoice())
                return
            self._screen.ask_before_sending(
                line, topic, counts, lambda answer: self._answered(account_id, topic, answer)
            )

        self.run(ask)

    def _answered(self, account_id: str, topic: Topic, everything: bool | None) -> None:
        if everything is None:
            self.refresh()  # the switch goes back
            return
        since = None if everything else self._now()

        async def switch_on() -> None:
            if topic is Topic.RATINGS and not everything:
                await self._accounts.leave_ratings(account_id)
            await self._choose(account_id, topic, TopicChoice(since))

        self.run(switch_on)

    def notes_go_to(self, account_id: str, where: NotesTo) -> None:
        self.run(lambda: self._change(account_id, lambda it: structs.replace(it, notes_to=where)))

    def fetch_switched(self, account_id: str, on: bool) -> None:
        """On: what would come is counted and told before. Off: what came stays."""
        line = self._line(account_id)
        if line is None:
            return
        if not on:
            self.run(lambda: self._fetch(account_id, on=False))
            return

        async def count() -> None:
            try:
                counts = await self._accounts.would_come(
                    account_id,
                    lambda done, total: self._screen.show_counting(
                        done, total, self._stop_counting
                    ),
                )
            finally:
                self._screen.hide_counting()
            self._screen.ask_before_fetching(
                line, counts, lambda agreed: self._fetch_answered(account_id, agreed)
            )

        self._tasks.replace(_COUNTING, self._saying(count, then=self.refresh))

    def _stop_counting(self) -> None:
        self._tasks.cancel(_COUNTING)
        self.refresh()

    def _fetch_answered(self, account_id: str, agreed: bool) -> None:
        if not agreed:
            self.refresh()
            return
        self.run(lambda: self._fetch(account_id, on=True))

    async def _fetch(self, account_id: str, *, on: bool) -> None:
        await self._change(account_id, lambda it: structs.replace(it, fetches=on))
        if on:
            self._accounts.fetch_all(account_id)

    async def _choose(self, account_id: str, topic: Topic, choice: TopicChoice | None) -> None:
        def chosen(choices: AccountChoices) -> AccountChoices:
            sends = {one: known for one, known in choices.sends.items() if one is not topic}
            if choice is not None:
                sends[topic] = choice
            changed: AccountChoices = structs.replace(choices, sends=sends)
            return changed

        await self._change(account_id, chosen)

    async def _change(
        self, account_id: str, change: Callable[[AccountChoices], AccountChoices]
    ) -> None:
        """One after the other: of two switches that are used at once, both count."""
        async with self._choosing:
            choices = await self._accounts.choices(account_id)
            await self._accounts.choose(account_id, change(choices))

    # -- what waits

    def review(self, account_id: str) -> None:
        self.run(lambda: self._show_waiting(account_id))

    def decide(self, account_id: str, records: Sequence[WaitingRecord], decision: Decision) -> None:
        async def work() -> None:
            await self._accounts.decide(records, decision)
            waiting = await self._accounts.waiting(account_id)
            self._screen.show_waiting(account_id, waiting, again=True)

        self.run(work)

    def name_books(self, account_id: str) -> None:
        self.run(lambda: self._show_unknown(account_id))

    def name(self, account_id: str, book_id: BookId, candidate: BookCandidate | None) -> None:
        async def work() -> None:
            await self._accounts.name(account_id, book_id, candidate)
            unknown = await self._accounts.unknown_books(account_id)
            self._screen.show_unknown(account_id, unknown, again=True)

        self.run(work)

    def seek(self, account_id: str, words: str) -> None:
        async def work() -> None:
            try:
                found = await self._accounts.find(account_id, words)
            except Unsupported:
                self._screen.show_found(None)
            else:
                self._screen.show_found(found)

        if words.strip():
            self._tasks.replace("account-seek", self._saying(work))

    async def _show_waiting(self, account_id: str) -> None:
        self._screen.show_waiting(account_id, await self._accounts.waiting(account_id))

    async def _show_unknown(self, account_id: str) -> None:
        self._screen.show_unknown(account_id, await self._accounts.unknown_books(account_id))

    # -- what else one sign-in sets up

    def set_up_koreader(self, account_id: str) -> None:
        """Use the account's user of KOReader sync; make one only if a person agrees."""
        line = self._line(account_id)
        if line is None:
            return

        async def work() -> None:
            if await self._accounts.has_koreader_sync():
                self._screen.say(tr("KOReader sync is set up already: see Progress sync."))
                return
            found = await self._accounts.koreader(account_id)
            if found.source is None:
                self._screen.ask_to_make_koreader_user(
                    line, lambda: self.run(lambda: self._make_koreader_user(account_id))
                )
                return
            await self._use_koreader(found)

        self.run(work)

    async def _make_koreader_user(self, account_id: str) -> None:
        await self._use_koreader(await self._accounts.make_koreader_user(account_id))

    async def _use_koreader(self, found: KoreaderSetup) -> None:
        if found.source is None:
            return
        await self._accounts.save_source(found.source)
        self._on_sources()
        if found.state is KoreaderUserState.SWITCHED_OFF:
            self._screen.say(
                tr(
                    "KOReader sync is set up here, but switched off on the server: switch it on in "
                    "the server’s settings."
                )
            )
        else:
            self._screen.say(tr("KOReader sync is set up: your place stays in step."))

    def add_catalog(self, account_id: str) -> None:
        async def work() -> None:
            source, opens = await self._accounts.catalog(account_id)
            if not opens:
                self._screen.open_catalog_form(source)
                return
            await self._accounts.save_source(source)
            self._on_sources()
            self._screen.say(tr("Its catalog is in the sidebar."))

        self.run(work)

    # -- the form

    def address_typed(self, form: AccountForm) -> None:
        """Suggest a name as long as none was entered."""
        if not form.name or form.name == suggested_name(self._form.url, _KIND):
            self._show(replace(form, name=suggested_name(form.url, _KIND)))
        else:
            self._form = form

    # -- what the form needs

    def listed_sources(self) -> list[Source]:
        return [line.source for line in self._lines]

    def run(self, work: Work) -> None:
        self._tasks.start(self._saying(work, then=self.refresh))

    def run_test(self, source: Source, *, then_save: bool) -> None:
        if then_save and self._tested == source:
            self.run(lambda: self._save_and_close(source))
            return
        self._screen.show_checking()
        self._tasks.replace(
            _TESTING,
            self._saying(lambda: self._run_test(source, then_save), self._screen.show_idle),
        )

    def forget_test(self) -> None:
        self._tested = None

    async def load(self) -> None:
        self._lines = list(await self._accounts.listed())
        self._screen.show_accounts(self._lines)

    async def store(self, source: Source) -> None:
        await self._accounts.save(source)

    # -- parts

    def _line(self, account_id: str) -> AccountLine | None:
        return next((one for one in self._lines if one.source.id == account_id), None)

    def _open(self, form: AccountForm, stored: Source | None) -> None:
        self._begin(form, stored)
        self._screen.open_form(form, stored is not None)

    async def _run_test(self, source: Source, then_save: bool) -> None:
        found = await self._examine(source)
        if found.signed_in and found.error is None:
            self._tested = source
            self._screen.show_examined(found, source.name)
            if then_save:
                await self._save_and_close(source)
            return
        self._screen.show_faults(found)
        error = found.error
        if isinstance(error, Untrusted) and error.certificate is not None:
            since = source.pin.trusted_at if source.pin is not None else ""
            self._screen.ask_trust(error.certificate, since)

    async def _saying(
        self,
        work: Work,
        otherwise: Callable[[], None] = lambda: None,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Do it, and say what went wrong. `otherwise` after a failure, `then` in both cases."""
        try:
            await work()
        except KiosError as error:
            self._screen.show_problem(explain(error))
            otherwise()
        then()
