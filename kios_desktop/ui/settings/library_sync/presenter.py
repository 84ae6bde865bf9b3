"""The presenter of Library sync: the list of sources, and the form for one. No Qt."""

import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from msgspec import structs

from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.errors import (
    BadAddress,
    Certificate,
    Malformed,
    NoKeystore,
    Refusal,
    Refused,
    Rejected,
    StorageError,
    Unsupported,
    Untrusted,
)
from kios_desktop.domain.secret import ServerUrl
from kios_desktop.domain.source import AuthMethod, CatalogCheck, Pin, Preset, Source, SourceKind
from kios_desktop.ui.kit.error_texts import explain, explain_test
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.unforeseen import noted
from kios_desktop.ui.settings.form_rules import Trusted
from kios_desktop.ui.settings.keystore_choice import apply_keystore_choice
from kios_desktop.ui.settings.library_sync.form_rules import (
    errors_of,
    form_of,
    source_of,
    suggested_name,
)
from kios_desktop.ui.settings.library_sync.ports import (
    CheckSource,
    FindAddress,
    LibrarySourcesPort,
    LibrarySyncScreen,
    Remedy,
    SourceForm,
)
from kios_desktop.ui.settings.login_in_address import without_login
from kios_desktop.ui.settings.ports import KeystorePort
from kios_desktop.ui.settings.preset_texts import preset_short_title

_TESTING = "library-sync-test"
_CREDENTIAL_REFUSALS = frozenset({Refusal.CREDENTIALS, Refusal.API_KEY, Refusal.NAME_OR_OFF})


class LibrarySyncPresenter:
    """Lists sources; checks and saves the form while it is open."""

    def __init__(
        self,
        sources: LibrarySourcesPort,
        check: CheckSource,
        find: FindAddress,
        keystore: KeystorePort,
        presets: Sequence[Preset],
        screen: LibrarySyncScreen,
        tasks: Tasks,
        *,
        on_sources: Callable[[], None] = lambda: None,
    ) -> None:
        self._sources, self._check, self._find = sources, check, find
        self._keystore, self._screen, self._tasks = keystore, screen, tasks
        self._presets = {preset.key: preset for preset in presets}
        self._on_sources = on_sources
        self._listed: list[ListedSource] = []
        self._stored: Source | None = None  # the source that is being edited
        self._form = SourceForm(next(iter(self._presets)))
        self._checked: tuple[Source, CatalogCheck] | None = None
        self._new_id = uuid.uuid4().hex
        self._trusted: Trusted | None = None
        self._pending: Source | None = None  # to be saved when the keystore has been chosen

    def start(self) -> None:
        """Load and show the list."""
        self._tasks.replace("library-sync-load", self._reporting_storage_errors(self._load))

    # -- the list

    def add(self, begun: Source | None = None) -> None:
        """Open the empty form, or one with what is known of a source."""
        form = SourceForm(next(iter(self._presets))) if begun is None else form_of(begun)
        self._open(form, None)

    def edit(self, source_id: str) -> None:
        line = self._listed_source(source_id)
        if line is not None:
            self._open(form_of(line.source), line.source)

    def edit_when_loaded(self, source_id: str, certificate: Certificate | None = None) -> None:
        """Open the form of a source after loading the list, and ask about a `certificate` met
        there."""

        async def work() -> None:
            await self._load()
            self.edit(source_id)
            if certificate is not None and (stored := self._stored) is not None:
                since = stored.pin.trusted_at if stored.pin is not None else ""
                self._screen.ask_trust(certificate, since)

        self._tasks.start(self._reporting_storage_errors(work))

    def check_now(self, source_id: str) -> None:
        """Check a source; the list shows the result."""
        if (line := self._listed_source(source_id)) is not None:
            source = line.source
            self._tasks.start(
                self._reporting_storage_errors(lambda: self._check_and_report(source))
            )

    def set_enabled(self, source_id: str, on: bool) -> None:
        """Enable or disable a source."""
        if (line := self._listed_source(source_id)) is not None:
            source = structs.replace(line.source, enabled=on)
            self._tasks.start(self._reporting_storage_errors(lambda: self._save_source(source)))

    def remove(self, source_id: str) -> None:
        if (line := self._listed_source(source_id)) is not None:
            self._screen.ask_to_remove(line)

    def remove_confirmed(self, source_id: str, with_books: bool) -> None:
        self._tasks.start(
            self._reporting_storage_errors(lambda: self._remove(source_id, with_books))
        )

    def reordered(self, source_ids: Sequence[str]) -> None:
        self._tasks.start(self._reporting_storage_errors(lambda: self._reorder(source_ids)))

    # -- the form

    def preset_chosen(self, key: str, form: SourceForm) -> None:
        """Another kind of server was chosen: show its hints, and its name unless one was
        entered."""
        before = self._presets[self._form.preset]
        named = form.name and form.name != suggested_name(form.url, preset_short_title(before))
        title = preset_short_title(self._presets[key])
        name = form.name if named else suggested_name(form.url, title)
        self._show(replace(form, preset=key, name=name))

    def kind_chosen(self, kind: SourceKind, form: SourceForm) -> None:
        """OPDS or Kobo sync was chosen: show an empty form of that kind."""
        first = next(key for key, preset in self._presets.items() if preset.kind is kind)
        self._show(SourceForm(first, kind, headers=form.headers, pin=form.pin))

    def address_typed(self, form: SourceForm) -> None:
        """Suggest a name as long as none was entered."""
        title = preset_short_title(self._presets[form.preset])
        if not form.name or form.name == suggested_name(self._form.url, title):
            self._show(replace(form, name=suggested_name(form.url, title)))
        else:
            self._form = form

    def test(self, form: SourceForm) -> None:
        """Check the form; nothing is stored."""
        self._start_test(form, then_save=False)

    def save(self, form: SourceForm) -> None:
        """Store the form, after a check unless it was checked already."""
        self._start_test(form, then_save=True)

    def save_anyway(self, form: SourceForm) -> None:
        """Store the form although the check has failed."""
        if self._take_over(form):
            self._tasks.cancel(_TESTING)
            source = self._source()
            self._tasks.start(self._reporting_storage_errors(lambda: self._save_and_close(source)))

    def use_remedy(self, form: SourceForm, remedy: Remedy) -> None:
        """Check the form with another address or sign-in method."""
        url = remedy.url.reveal() if remedy.url is not None else form.url
        self._show(replace(form, url=url, auth=remedy.auth or form.auth))
        self.test(self._form)

    def trust(self, certificate: Certificate, form: SourceForm) -> None:
        """Pin this certificate for the host of the form, and check again."""
        today = datetime.now(UTC).date().isoformat()
        pin = Pin(certificate.sha256, certificate.pem, today)
        self._trusted = (pin, ServerUrl(form.url).host)
        self._show(replace(form, pin=pin))
        self.test(self._form)

    def stop_trusting(self, form: SourceForm) -> None:
        self._show(replace(form, pin=None))

    def form_closed(self) -> None:
        self._tasks.cancel(_TESTING)
        self._stored = self._pending = self._checked = None

    def keystore_chosen(self, passphrase: str | None) -> None:
        """Where secrets go: None is in memory, else in a file encrypted with the passphrase."""
        self._tasks.start(self._reporting_storage_errors(lambda: self._choose_keystore(passphrase)))

    def keystore_declined(self) -> None:
        self._pending = None
        self._screen.show_idle()

    # -- what happens

    def _listed_source(self, source_id: str) -> ListedSource | None:
        return next((line for line in self._listed if line.source.id == source_id), None)

    async def _load(self) -> None:
        self._listed = list(await self._sources.listed())
        self._screen.show_sources(self._listed)

    def _open(self, form: SourceForm, stored: Source | None) -> None:
        self._stored, self._form, self._checked = stored, form, None
        self._trusted = None
        # the same id for all checks of one form, so that what they detect is kept
        self._new_id = uuid.uuid4().hex
        self._screen.open_form(form, list(self._presets.values()), stored is not None)

    def _show(self, form: SourceForm) -> None:
        self._form = form
        self._screen.show_form(form)

    def _take_over(self, form: SourceForm) -> bool:
        """Take over the form; False when it has errors, which are shown."""
        form, moved = without_login(form)
        self._form = form
        if moved:
            self._show(form)
            self._screen.show_moved_login()
        errors = errors_of(form, self._stored)
        self._screen.show_errors(errors)
        return not errors

    def _source(self) -> Source:
        return source_of(self._form, self._stored, self._new_id, self._trusted)

    def _start_test(self, form: SourceForm, then_save: bool) -> None:
        if not self._take_over(form):
            return
        source = self._source()
        if then_save and self._checked is not None:
            asked, check = self._checked
            as_asked = structs.replace(asked, id=source.id, name=source.name, url=source.url)
            if as_asked == source and source.url in (asked.url, check.source.url):
                settled = structs.replace(check.source, id=source.id, name=source.name)
                self._tasks.start(
                    self._reporting_storage_errors(lambda: self._save_and_close(settled))
                )
                return
        self._screen.show_checking()
        self._tasks.replace(_TESTING, self._run_test(source, then_save))

    async def _run_test(self, source: Source, then_save: bool) -> None:
        self._checked = None
        try:
            check = await self._check(source)
        except Exception as error:  # noqa: BLE001 (noted, and said)
            await self._failed(noted(error), source)
            return
        if check.source.url != source.url:  # the server answers without the trailing slash
            self._screen.show_address(source.url.reveal(), check.source.url.reveal())
        self._checked = (source, check)
        if then_save:
            await self._reporting_storage_errors(lambda: self._save_and_close(check.source))
        else:
            self._screen.show_found(check)

    async def _failed(self, error: Exception, source: Source) -> None:
        """Show an error and, if one is found, what may work instead."""
        message = explain_test(error, source.name, catalog=source.kind is SourceKind.OPDS)
        self._screen.show_failed(message, await self._remedy(error, source))
        if isinstance(error, Rejected) and error.fields is not None:
            self._screen.show_fields(error.fields)
        if isinstance(error, Untrusted) and error.certificate is not None:
            since = source.pin.trusted_at if source.pin is not None else ""
            self._screen.ask_trust(error.certificate, since)

    async def _remedy(self, error: Exception, source: Source) -> Remedy | None:
        """The address that was probably meant, else the sign-in method that may work."""
        if _may_be_elsewhere(error):
            try:
                if (found := await self._find(source)) is not None:
                    return Remedy(url=found)
            except Exception as unforeseen:  # noqa: BLE001 (noted; said is why the test failed)
                noted(unforeseen)
        chosen = source.auth not in (AuthMethod.AUTOMATIC, AuthMethod.NONE)
        wrong = isinstance(error, Rejected) and error.refusal in _CREDENTIAL_REFUSALS
        return Remedy(auth=AuthMethod.AUTOMATIC) if chosen and wrong else None

    async def _check_and_report(self, source: Source) -> None:
        try:
            await self._check(source)
        except Exception as error:  # noqa: BLE001 (noted, and said)
            message = explain(noted(error), source.name)
            self._screen.say(message.line)
        else:
            self._screen.say(tr("“{name}” answers.", name=source.name))
            self._on_sources()  # syncs positions that waited for the server
        await self._load()

    async def _save_and_close(self, source: Source) -> None:
        if await self._save_source(source):
            self._screen.close_form()

    async def _save_source(self, source: Source) -> bool:
        try:
            await self._sources.save(source)
        except NoKeystore:
            self._pending = source
            self._screen.ask_keystore(None)
            return False
        self._pending = None
        await self._load()
        self._on_sources()
        return True

    async def _choose_keystore(self, passphrase: str | None) -> None:
        problem = await apply_keystore_choice(self._keystore, passphrase)
        if problem is not None:
            self._screen.ask_keystore(problem)
            return
        asked, before = self._pending, [line.source for line in self._listed]
        if asked is None:
            return
        await self._load()
        known = self._listed_source(asked.id)
        if known is None or known.source in before:
            await self._save_and_close(asked)
            return
        # the file has the stored credentials, which saving this form would overwrite
        self._pending = None
        self._on_sources()
        self.edit(asked.id)

    async def _remove(self, source_id: str, with_books: bool) -> None:
        await self._sources.remove(source_id, with_books)
        await self._load()
        self._on_sources()

    async def _reorder(self, source_ids: Sequence[str]) -> None:
        await self._sources.reorder(source_ids)
        await self._load()
        self._on_sources()

    async def _reporting_storage_errors(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        try:
            await work()
        except StorageError as error:
            self._screen.show_problem(explain(error))


def _may_be_elsewhere(error: Exception) -> bool:
    """Whether the server has answered, but not as the kind of server that was expected."""
    answered = isinstance(error, Unsupported | Malformed | Rejected | Refused)
    return answered and not isinstance(error, BadAddress)
