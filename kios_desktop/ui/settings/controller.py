"""The settings window, joined to what it changes.

Part of the composition root, apart from `app.py` only for its size.
"""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.application.sync_accounts import KINDS, Accounts
from kios_desktop.domain.errors import KiosError, Untrusted
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.source import SourceKind
from kios_desktop.sources.catalog_presets import CATALOG_PRESETS
from kios_desktop.sources.kobo_presets import KOBO_PRESETS
from kios_desktop.sources.presets import PRESETS
from kios_desktop.storage.device import default_device_name
from kios_desktop.sync.engine import SyncEngine
from kios_desktop.ui.kit.error_texts import Message, explain
from kios_desktop.ui.kit.tasks import Tasks, WindowTasks
from kios_desktop.ui.settings.library_sync.ports import LibrarySources
from kios_desktop.ui.settings.library_sync.presenter import LibrarySyncPresenter
from kios_desktop.ui.settings.ports import SyncForm
from kios_desktop.ui.settings.presenter import SettingsPresenter
from kios_desktop.ui.settings.unlock import UnlockDialog
from kios_desktop.ui.settings.window import SettingsWindow


class _Kept:
    """The live preferences as the store that Settings asks for."""

    def __init__(self, live: LivePreferences) -> None:
        self._live = live

    async def load(self) -> Preferences:
        return self._live.value

    async def save(self, asked: Preferences) -> None:
        self._live.change(asked)


class Settings(QObject):
    """Opens and raises the one settings window, and asks for the passphrase at start."""

    app_requested = Signal(str)  # a name of `APP_KEYS`, by its keys in the window

    def __init__(
        self,
        library: Path,
        live: LivePreferences,
        accounts: Accounts,
        sync: SyncEngine,
        tasks: Tasks,
        library_sources: LibrarySources,
    ) -> None:
        super().__init__()
        self._library_sources = library_sources
        self._library_sync: LibrarySyncPresenter | None = None
        self._library, self._live, self._accounts = library, live, accounts
        self._sync, self._tasks = sync, tasks
        self._window: SettingsWindow | None = None
        self._presenter: SettingsPresenter | None = None
        self._unsaved: SyncForm | None = None  # was typed when the window was closed
        live.listen(self._changed)

    def show(self, page: str = "") -> SettingsWindow:
        """Open at a page by its key, or raise the window as it is."""
        window = self._window or self._make()
        window.show()
        window.raise_()
        window.activateWindow()
        if page:
            window.show_page(page)
        return window

    def add_source(self) -> None:
        """Library sync, with the empty form open; a window that was not there goes with it."""
        was_there = self._window is not None and self._window.isVisible()
        window = self.show("library-sync")
        if self._library_sync is None:
            return
        if window.library_sync.form is not None:
            return  # one is being filled in; it is in front now
        self._library_sync.add()
        if (form := window.library_sync.form) is not None and not was_there:
            form.finished.connect(window.close)

    def set_up_sync(self, form: SyncForm) -> None:
        """Progress sync with a form that is filled as far as is known."""
        window = self.show("sync")
        if self._presenter is not None:

            def shown() -> None:
                window.sync.form.set_typed()
                window.sync.form.focus_next()

            self._presenter.fill(form, shown)

    def edit_source(self, source_id: str) -> None:
        """The form of that source; over it the question about its certificate, if it has one."""
        line = next((s for s in self._sync.overview().servers if s.source_id == source_id), None)
        error = line.error if line is not None else None
        certificate = error.certificate if isinstance(error, Untrusted) else None
        if line is not None and line.kind == KINDS[SourceKind.KOSYNC]:
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
        window = self._window = SettingsWindow(self._library, default_device_name())
        tasks = WindowTasks(self._tasks)
        self._presenter = SettingsPresenter(
            _Kept(self._live),
            self._accounts.sources,
            self._accounts.test,
            self._accounts,
            PRESETS,
            window,
            tasks,
            on_preferences=self._live.change,
            on_sources=self._sync.accounts_changed,
        )
        self._library_sync = LibrarySyncPresenter(
            self._library_sources,
            self._accounts.catalogs.check,
            self._accounts.catalogs.find,
            self._accounts,
            (*CATALOG_PRESETS, *KOBO_PRESETS),
            window.library_sync,
            tasks,
            on_sources=self._sync.accounts_changed,
        )
        window.bind(self._presenter, self._library_sync)
        window.closed.connect(lambda: self._closed(tasks))
        window.app_requested.connect(self.app_requested)
        self._presenter.start()
        self._library_sync.start()
        if self._unsaved is not None:
            self._presenter.fill(self._unsaved, window.sync.form.set_typed, over_stored=True)
            self._unsaved = None
        return window

    def _closed(self, tasks: WindowTasks) -> None:
        """What the window began is brought to its end; until then it stays, unseen."""
        window, self._window = self._window, None
        if self._presenter is not None:
            self._presenter.window_closed()
        self._presenter = self._library_sync = None
        if window is None:
            return
        if window.sync.form.typed:
            self._unsaved = window.sync.form.form()
        ended = self._tasks.start(tasks.done())
        if ended is None:  # Kios ends, and its tasks have
            window.deleteLater()
        else:  # also when it is cancelled before it has begun
            ended.add_done_callback(lambda _: window.deleteLater())

    def _changed(self) -> None:
        if self._presenter is not None:
            self._presenter.preferences_changed(self._live.value)

    def ask_to_unlock(self, parent: QWidget | None, again: Message | None = None) -> None:
        """The passphrase of the encrypted file; asked again until it fits or is put off."""
        dialog = UnlockDialog(parent, again)
        dialog.entered.connect(lambda words: self._tasks.start(self._unlock(words, parent)))
        dialog.open()

    async def _unlock(self, words: str, parent: QWidget | None) -> None:
        try:
            await self._accounts.seal(words)
        except KiosError as e:
            self.ask_to_unlock(parent, explain(e))
            return
        self._sync.accounts_changed()
