"""The presenter of Library sync: the list of sources, and the form for one. No Qt."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from msgspec import structs

from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.errors import (
    BadAddress,
    Certificate,
    Malformed,
    Refusal,
    Refused,
    Rejected,
    StorageError,
    Unsupported,
    Untrusted,
)
from kios_desktop.domain.source import AuthMethod, CatalogCheck, Preset, Source, SourceKind
from kios_desktop.ui.kit.error_texts import explain, explain_test
from kios_desktop.ui.kit.tasks import Tasks
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.kit.unforeseen import noted
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
from kios_desktop.ui.settings.ports import KeystorePort
from kios_desktop.ui.settings.preset_texts import preset_short_title
from kios_desktop.ui.settings.server_form_presenter import FormRules, ServerFormPresenter, Work

_TESTING = "library-sync-test"
_CREDENTIAL_REFUSALS = frozenset({Refusal.CREDENTIALS, Refusal.API_KEY, Refusal.NAME_OR_OFF})
_RULES = FormRules(errors_of, source_of)


class LibrarySyncPresenter(ServerFormPresenter[SourceForm]):
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
        self._presets = {preset.key: preset for preset in presets}
        form = SourceForm(next(iter(self._presets)))
        super().__init__(form, _RULES, screen, keystore, tasks, _TESTING, on_sources)
        self._sources, self._check, self._find = sources, check, find
        self._screen = screen
        self._listed: list[ListedSource] = []
        self._checked: tuple[Source, CatalogCheck] | None = None

    def start(self) -> None:
        """Load and show the list."""
        self._tasks.replace("library-sync-load", self._reporting_storage_errors(self.load))

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
            await self.load()
            self.edit(source_id)
            if certificate is not None and (stored := self._stored) is not None:
                since = stored.pin.trusted_at if stored.pin is not None else ""
                self._screen.ask_trust(certificate, since)

        self.run(work)

    def check_now(self, source_id: str) -> None:
        """Check a source; the list shows the result."""
        if (line := self._listed_source(source_id)) is not None:
            source = line.source
            self.run(lambda: self._check_and_report(source))

    def set_enabled(self, source_id: str, on: bool) -> None:
        """Enable or disable a source."""
        if (line := self._listed_source(source_id)) is not None:
            source = structs.replace(line.source, enabled=on)
            self.run(lambda: self._save_source(source))

    def remove(self, source_id: str) -> None:
        if (line := self._listed_source(source_id)) is not None:
            self._screen.ask_to_remove(line)

    def remove_confirmed(self, source_id: str, with_books: bool) -> None:
        self.run(lambda: self._remove(source_id, with_books))

    def reordered(self, source_ids: Sequence[str]) -> None:
        self.run(lambda: self._reorder(source_ids))

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

    def use_remedy(self, form: SourceForm, remedy: Remedy) -> None:
        """Check the form with another address or sign-in method."""
        url = remedy.url.reveal() if remedy.url is not None else form.url
        self._show(replace(form, url=url, auth=remedy.auth or form.auth))
        self.test(self._form)

    # -- what the form needs

    def listed_sources(self) -> list[Source]:
        return [line.source for line in self._listed]

    def run(self, work: Work) -> None:
        self._tasks.start(self._reporting_storage_errors(work))

    def run_test(self, source: Source, *, then_save: bool) -> None:
        if then_save and self._checked is not None:
            asked, check = self._checked
            as_asked = structs.replace(asked, id=source.id, name=source.name, url=source.url)
            if as_asked == source and source.url in (asked.url, check.source.url):
                settled = structs.replace(check.source, id=source.id, name=source.name)
                self.run(lambda: self._save_and_close(settled))
                return
        self._screen.show_checking()
        self._tasks.replace(_TESTING, self._run_test(source, then_save))

    def forget_test(self) -> None:
        self._checked = None

    async def load(self) -> None:
        self._listed = list(await self._sources.listed())
        self._screen.show_sources(self._listed)

    async def store(self, source: Source) -> None:
        await self._sources.save(source)

    def was_stored(self) -> None:
        self._on_sources()

    # -- what happens

    def _listed_source(self, source_id: str) -> ListedSource | None:
        return next((line for line in self._listed if line.source.id == source_id), None)

    def _open(self, form: SourceForm, stored: Source | None) -> None:
        self._begin(form, stored)
        self._screen.open_form(form, list(self._presets.values()), stored is not None)

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
        await self.load()

    async def _remove(self, source_id: str, with_books: bool) -> None:
        await self._sources.remove(source_id, with_books)
        await self.load()
        self._on_sources()

    async def _reorder(self, source_ids: Sequence[str]) -> None:
        await self._sources.reorder(source_ids)
        await self.load()
        self._on_sources()

    async def _reporting_storage_errors(self, work: Work) -> None:
        try:
            await work()
        except StorageError as error:
            self._screen.show_problem(explain(error))


def _may_be_elsewhere(error: Exception) -> bool:
    """Whether the server has answered, but not as the kind of server that was expected."""
    answered = isinstance(error, Unsupported | Malformed | Rejected | Refused)
    return answered and not isinstance(error, BadAddress)
