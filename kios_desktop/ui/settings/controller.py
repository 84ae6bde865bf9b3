"""Opens the settings window, and connects it to what it changes."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.application.catalogs import Catalogs
from kios_desktop.application.credentials import CredentialStore
from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.errors import KiosError, Untrusted
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.source import Preset, Source, SourceKind
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.ui.kit.error_texts import Message, explain
from kios_desktop.ui.kit.tasks import Tasks, WindowTasks
from kios_desktop.ui.settings.accounts.ports import AccountsPort, Examine
from kios_desktop.ui.settings.accounts.presenter import AccountsPresenter
from kios_desktop.ui.settings.data_presenter import DataPresenter, WholeProfilePort
from kios_desktop.ui.settings.library_sync.ports import LibrarySourcesPort
from kios_desktop.ui.settings.library_sync.presenter import LibrarySyncPresenter
from kios_desktop.ui.settings.look_ups.dictionaries_presenter import (
    DictionariesPresenter,
    DictionaryStorePort,
)
from kios_desktop.ui.settings.look_ups.dictionary_list import DictionaryList
from kios_desktop.ui.settings.ports import ConnectionTest, IndexPort, SourcesPort, SyncForm
from kios_desktop.ui.settings.presenter import SettingsPresenter
from kios_desktop.ui.settings.unlock_dialog import UnlockDialog
from kios_desktop.ui.settings.window import SettingsWindow


class _LivePreferenceStore:
    """Adapts the live preferences to `PreferencesPort`."""

    def __init__(self, live: LivePreferences) -> None:
        self._live = live

    async def load(self) -> Preferences:
        return self._live.value

    async def save(self, asked: Preferences) -> None:
        self._live.change(asked)


class SettingsController(QObject):
    """Opens and raises the single settings window, and asks for the passphrase at start."""

    fonts_changed = Signal()  # files of the user's were added or removed
    app_requested = Signal(str)  # a name of `APP_KEYS` whose shortcut was used in the window

    def __init__(
        self,
        library: Path,
        own_fonts: Path,
        computer_name: str,
        live: LivePreferences,
        credentials: CredentialStore,
        servers: SourcesPort,
        test: ConnectionTest,
        catalogs: Catalogs,
        sync: SyncEngine,
        tasks: Tasks,
        library_sources: LibrarySourcesPort,
        sync_presets: Sequence[Preset],
        catalog_presets: Sequence[Preset],
        index: IndexPort,
        whole: WholeProfilePort,
        dictionaries: DictionaryStorePort,
        accounts: AccountsPort,
        examine: Examine,
        quit_kios: Callable[[], None],
    ) -> None:
        """`library` is the library folder, `own_fonts` that of added fonts;
        `computer_name` is the device name if the reader gives none."""
        super().__init__()
        self._computer_name, self._credentials = computer_name, credentials
        self._servers, self._test, self._catalogs = servers, test, catalogs
        self._sync_presets, self._catalog_presets = sync_presets, catalog_presets
        self._library_sources = library_sources
        self._library_sync: LibrarySyncPresenter | None = None
        self._library, self._own_fonts, self._live = library, own_fonts, live
        self._sync, self._tasks, self._index = sync, tasks, index
        self._whole, self._quit_kios = whole, quit_kios
        self._dictionaries = dictionaries
        self._accounts, self._examine = accounts, examine
        self._accounts_presenter: AccountsPresenter | None = None
        self._dictionary_list: DictionariesPresenter | None = None
        self._window: SettingsWindow | None = None
        self._presenter: SettingsPresenter | None = None
        self._data: DataPresenter | None = None
        # the form with unsaved input when the window was closed
        self._unsaved: SyncForm | None = None
        live.listen(self._changed)

    def show(self, page: str = "") -> SettingsWindow:
        """Open or raise the window; `page` is the key of the page to show, "" for the current
        one."""
        window = self._window or self._make()
        window.show()
        window.raise_()
        window.activateWindow()
        if page:
            window.show_page(page)
        return window

    def add_source(self) -> None:
        """Show the empty form for a source. A window opened for it is closed with the form."""
        was_there = self._window is not None and self._window.isVisible()
        window = self.show("library-sync")
        if self._library_sync is None:
            return
        if window.library_sync.form is not None:
            return  # a form is open and in front
        self._library_sync.add()
        if (form := window.library_sync.form) is not None and not was_there:
            form.finished.connect(window.close)

    def set_up_sync(self, form: SyncForm) -> None:
        """Show Progress sync with a prefilled form."""
        window = self.show("sync")
        if self._presenter is not None:

            def shown() -> None:
                window.sync.form.set_typed()
                window.sync.form.focus_next()

            self._presenter.fill(form, shown)

    def edit_source(self, source_id: str) -> None:
        """Show the form of a source, and the question about its certificate if it failed because of
        it."""
        line = next((s for s in self._sync.overview().servers if s.source_id == source_id), None)
        error = line.error if line is not None else None
        certificate = error.certificate if isinstance(error, Untrusted) else None
        if line is not None and line.kind is SourceKind.KOSYNC:
            self.show("sync")
            if self._presenter is not None and certificate is not None:
                self._presenter.ask_about(certificate)
            return
        self.show("library-sync")
        if self._library_sync is not None:
            self._library_sync.edit_when_loaded(source_id, certificate)

    def close(self) -> None:
        if self._window is not None:
            self._window.close()

    def _make(self) -> SettingsWindow:
        window = self._window = SettingsWindow(self._library, self._own_fonts, self._computer_name)
        tasks = WindowTasks(self._tasks)
        self._presenter = SettingsPresenter(
            _LivePreferenceStore(self._live),
            self._servers,
            self._test,
            self._credentials,
            self._sync_presets,
            window,
            tasks,
            on_preferences=self._live.change,
            on_sources=self._sync.accounts_changed,
        )
        self._library_sync = LibrarySyncPresenter(
            self._library_sources,
            self._catalogs.check,
            self._catalogs.find,
            self._credentials,
            self._catalog_presets,
            window.library_sync,
            tasks,
            on_sources=self._sync.accounts_changed,
        )
        window.bind(self._presenter, self._library_sync)
        self._data = DataPresenter(self._whole, window.data, tasks, self._quit_kios)
        window.data.export_requested.connect(self._data.export)
        window.data.restore_requested.connect(self._data.restore)
        self._join_dictionaries(window.data.dictionaries, tasks)
        window.closed.connect(lambda: self._closed(tasks))
        window.library.inside_status.show_progress(self._index.progress)
        stop_watching = self._index.watch(window.library.inside_status.show_progress)
        window.closed.connect(stop_watching)
        window.library.reading_requested.connect(self._index.go_on)
        window.fonts_changed.connect(self.fonts_changed)
        window.app_requested.connect(self.app_requested)
        self._presenter.start()
        self._library_sync.start()
        self._join_accounts(window, tasks)
        if self._unsaved is not None:
            self._presenter.fill(self._unsaved, window.sync.form.set_typed, over_stored=True)
            self._unsaved = None
        return window

    def _join_accounts(self, window: SettingsWindow, tasks: Tasks) -> None:
        presenter = self._accounts_presenter = AccountsPresenter(
            self._accounts,
            self._examine,
            self._credentials,
            window.accounts,
            tasks,
            on_sources=self._sync.accounts_changed,
        )
        window.accounts.bind(presenter)
        window.accounts.catalog_form = self._add_prefilled
        presenter.start()

    def _add_prefilled(self, source: Source) -> None:
        """The form of a catalog that wants a name and a password of its own."""
        window = self.show("library-sync")
        if self._library_sync is not None and window.library_sync.form is None:
            self._library_sync.add(source)

    def _join_dictionaries(self, shown: DictionaryList, tasks: Tasks) -> None:
        # signals keep no presenter alive
        self._dictionary_list = presenter = DictionariesPresenter(self._dictionaries, shown, tasks)
        shown.add_requested.connect(presenter.add)
        shown.remove_requested.connect(presenter.remove)
        shown.move_requested.connect(presenter.move)
        shown.use_requested.connect(presenter.use)
        self._dictionary_list.load()

    def _closed(self, tasks: WindowTasks) -> None:
        """Delete the window after its tasks have finished."""
        window, self._window = self._window, None
        if self._presenter is not None:
            self._presenter.window_closed()
        self._presenter = self._library_sync = self._data = self._dictionary_list = None
        if self._accounts_presenter is not None:
            self._accounts_presenter.end()
        self._accounts_presenter = None
        if window is None:
            return
        if window.sync.form.typed:
            self._unsaved = window.sync.form.form()
        ended = self._tasks.start(tasks.done())
        if ended is None:  # Kios quits, and its tasks have been cancelled
            window.deleteLater()
        else:  # called for a task cancelled before it began, too
            ended.add_done_callback(lambda _: window.deleteLater())

    def _changed(self) -> None:
        if self._presenter is not None:
            self._presenter.preferences_changed(self._live.value)

    def ask_to_unlock(self, parent: QWidget | None, again: Message | None = None) -> None:
        """Ask for the passphrase of the encrypted file; `again` is the error of the last answer."""
        dialog = UnlockDialog(parent, again)
        dialog.entered.connect(lambda words: self._tasks.start(self._unlock(words, parent)))
        dialog.open()

    async def _unlock(self, words: str, parent: QWidget | None) -> None:
        try:
            await self._credentials.seal(words)
        except KiosError as e:
            self.ask_to_unlock(parent, explain(e))
            return
        self._sync.accounts_changed()
