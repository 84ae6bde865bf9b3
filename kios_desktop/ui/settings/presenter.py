"""The presenter of Settings: preferences and the Progress sync server. No Qt."""

import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from msgspec import structs

from kios_desktop.domain.errors import (
    Certificate,
    NoKeystore,
    StorageError,
    Untrusted,
)
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import (
    AuthMethod,
    ConnectionStep,
    Pin,
    Preset,
    Source,
    SourceKind,
    StepResult,
    StepState,
)
from kios_desktop.ui.kit.error_texts import explain
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.unforeseen import noted
from kios_desktop.ui.settings.form_rules import (
    Trusted,
    errors_of,
    form_of,
    source_of,
    with_preset,
)
from kios_desktop.ui.settings.keystore_choice import apply_keystore_choice
from kios_desktop.ui.settings.login_in_address import without_login
from kios_desktop.ui.settings.ports import (
    Change,
    ConnectionTest,
    KeystorePort,
    PreferencesPort,
    SettingsScreen,
    SourcesPort,
    SyncForm,
    Verdict,
)


class SettingsPresenter:
    """Applies changed preferences at once; saves the server's form on request, after a test."""

    def __init__(
        self,
        preferences: PreferencesPort,
        sources: SourcesPort,
        test: ConnectionTest,
        keystore: KeystorePort,
        presets: Sequence[Preset],
        screen: SettingsScreen,
        tasks: Tasks,
        *,
        on_preferences: Callable[[Preferences], None] = lambda _preferences: None,
        on_sources: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._sources, self._test = preferences, sources, test
        self._keystore, self._screen, self._tasks = keystore, screen, tasks
        self._presets = {preset.key: preset for preset in presets}
        self._on_preferences, self._on_sources = on_preferences, on_sources
        self._preferences = Preferences()
        self._stored: Source | None = None
        self._form = SyncForm(preset=next(iter(self._presets)))
        self._trusted: Trusted | None = None
        self._pending: Source | None = None  # to be saved when the keystore has been chosen
        self._saves_after_test = False  # whether the running test is followed by saving

    def start(self) -> None:
        """Load and show preferences and server."""
        self._tasks.replace("settings-load", self._reporting_storage_errors(self._load))

    def fill(
        self, form: SyncForm, on_shown: Callable[[], None], *, over_stored: bool = False
    ) -> None:
        """Show a form that was filled elsewhere, in place of a stored server only if
        `over_stored`."""

        async def work() -> None:
            await self._load()
            if self._stored is None or over_stored:
                self._show(form)
            on_shown()

        self._tasks.replace("settings-load", self._reporting_storage_errors(work))

    def edit(self, change: Change) -> None:
        """Apply and save a change of the preferences."""
        self._preferences = change(self._preferences)
        self._on_preferences(self._preferences)
        self._screen.show_preferences(self._preferences)
        self._tasks.start(self._reporting_storage_errors(self._save_preferences))

    def preferences_changed(self, preferences: Preferences) -> None:
        """Preferences were changed elsewhere, for instance in the reader."""
        self._preferences = preferences
        self._screen.show_preferences(preferences)

    # -- the form

    def preset_chosen(self, key: str, form: SyncForm) -> None:
        self._show(with_preset(form, self._presets[key]))

    def test(self, form: SyncForm) -> None:
        """Test the form; nothing is stored, and nothing is written to the server."""
        if self._take_over(form):
            self._start_test(then_save=False)

    def save(self, form: SyncForm) -> None:
        """Test the form, and store it if that succeeds."""
        if self._take_over(form):
            self._start_test(then_save=True)

    def save_anyway(self, form: SyncForm) -> None:
        """Store the form although the test has failed."""
        if self._take_over(form):
            self._tasks.cancel("settings-test")
            source = self._source()
            self._tasks.start(self._reporting_storage_errors(lambda: self._save_source(source)))

    def use_address(self, url: str, form: SyncForm) -> None:
        """Test the form with the address that a test has found."""
        self._show(replace(form, url=url))
        self.test(self._form)

    def use_auth(self, auth: AuthMethod, form: SyncForm) -> None:
        """Test the form with another sign-in method."""
        self._show(replace(form, auth=auth))
        self.test(self._form)

    def trust(self, certificate: Certificate, form: SyncForm) -> None:
        """Pin this certificate for the host of the form, and test again."""
        today = datetime.now(UTC).date().isoformat()
        pin = Pin(certificate.sha256, certificate.pem, today)
        self._trusted = (pin, ServerUrl(form.url).host)
        self._show(replace(form, pin=pin))
        self.test(self._form)

    def ask_about(self, certificate: Certificate) -> None:
        """Sync has met this certificate at the stored server: ask about it."""

        async def work() -> None:
            if self._stored is None:
                await self._load_source()
            if (stored := self._stored) is not None:
                since = stored.pin.trusted_at if stored.pin is not None else ""
                self._screen.ask_trust(certificate, since)

        self._tasks.start(self._reporting_storage_errors(work))

    def stop_trusting(self, form: SyncForm) -> None:
        self._show(replace(form, pin=None))

    def forget_server(self) -> None:
        """Remove the server; the reader has confirmed it."""
        if (stored := self._stored) is not None:
            self._tasks.start(self._reporting_storage_errors(lambda: self._forget(stored)))

    def keystore_chosen(self, passphrase: str | None) -> None:
        """Where secrets go: None is in memory, else in a file encrypted with the passphrase."""
        self._tasks.start(self._reporting_storage_errors(lambda: self._choose_keystore(passphrase)))

    def keystore_declined(self) -> None:
        self._pending = None

    def window_closed(self) -> None:
        """Cancel a test, unless the form is to be saved after it."""
        if not self._saves_after_test:
            self._tasks.cancel("settings-test")

    # -- what happens

    def _start_test(self, *, then_save: bool) -> None:
        self._saves_after_test = then_save
        self._tasks.replace("settings-test", self._run_test(self._source(), then_save))

    async def _load(self) -> None:
        self._preferences = await self._store.load()
        self._screen.show_preferences(self._preferences)
        await self._load_source()

    async def _save_preferences(self) -> None:
        await self._store.save(self._preferences)

    async def _load_source(self) -> None:
        servers = [s for s in await self._sources.all() if s.kind is SourceKind.KOSYNC]
        self._stored = servers[0] if servers else None
        if self._stored is not None:
            self._show(form_of(self._stored))
        else:
            first = next(iter(self._presets.values()))
            self._show(with_preset(SyncForm(preset=first.key), first))

    def _show(self, form: SyncForm) -> None:
        self._form = form
        self._screen.show_form(form, list(self._presets.values()), self._stored is not None)

    def _take_over(self, form: SyncForm) -> bool:
        """Take over the form; False when it has errors, which are shown, or is not filled yet."""
        if form.preset not in self._presets:
            return False
        form, moved = without_login(form)
        self._form = form
        if moved:
            self._show(form)
        errors = errors_of(form, self._presets[form.preset], self._stored)
        self._screen.show_errors(errors)
        return not errors

    def _source(self) -> Source:
        return source_of(self._form, self._stored, uuid.uuid4().hex, self._trusted)

    async def _run_test(self, source: Source, then_save: bool) -> None:
        self._screen.show_test_started()
        steps: list[StepResult] = []
        try:
            async for result in self._test(source):
                steps.append(result)
                self._screen.show_step(result, source.username)
        except Exception as unforeseen:  # noqa: BLE001 (noted, and said)
            steps.append(_failed_after(steps, noted(unforeseen)))
            self._screen.show_step(steps[-1], source.username)
        verdict = _verdict(steps)
        self._screen.show_verdict(verdict)
        if verdict.tone != "danger":
            if then_save:
                await self._reporting_storage_errors(lambda: self._save_source(source))
            return
        if then_save:
            self._screen.offer_save_anyway()
        error = steps[-1].error if steps else None
        if isinstance(error, Untrusted) and error.certificate is not None:
            since = source.pin.trusted_at if source.pin is not None else ""
            self._screen.ask_trust(error.certificate, since)

    async def _save_source(self, source: Source) -> None:
        try:
            await self._sources.save(await self._with_stored_id(source))
        except NoKeystore:
            self._pending = source
            self._screen.ask_keystore(None)
            return
        self._pending = None
        await self._load_source()
        self._screen.show_saved()
        self._on_sources()

    async def _with_stored_id(self, source: Source) -> Source:
        """The source with the id of the stored server, which may have become readable only now."""
        if self._stored is not None:
            return source
        servers = [s for s in await self._sources.all() if s.kind is SourceKind.KOSYNC]
        return structs.replace(source, id=servers[0].id) if servers else source

    async def _choose_keystore(self, passphrase: str | None) -> None:
        problem = await apply_keystore_choice(self._keystore, passphrase)
        if problem is not None:
            self._screen.ask_keystore(problem)
            return
        if self._pending is not None:
            await self._save_source(self._pending)

    async def _forget(self, source: Source) -> None:
        await self._sources.remove(source.id)
        await self._load_source()
        self._on_sources()

    async def _reporting_storage_errors(
        self, work: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        try:
            await work()
        except StorageError as error:
            self._screen.show_problem(explain(error))


def _failed_after(steps: Sequence[StepResult], error: Exception) -> StepResult:
    """The failure of the step after the last one that has finished."""
    order = list(ConnectionStep)
    following = order.index(steps[-1].step) + 1 if steps else 0
    return StepResult(order[min(following, len(order) - 1)], StepState.FAILED, error=error)


def _verdict(steps: Sequence[StepResult]) -> Verdict:
    states = {step.state for step in steps}
    if not steps or StepState.FAILED in states:
        return Verdict("danger", tr("Doesn’t work"), steps)
    if StepState.NOTE in states:
        return Verdict("warning", tr("Works, with a note"), steps)
    return Verdict("success", tr("Works"), steps)
