"""Library sync in the settings window: the page, and the sheets over it."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.errors import SignInFields
from kios_desktop.domain.source import CatalogCheck, Preset
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.settings.form_view import FormView, SheetHost
from kios_desktop.ui.settings.library_sync.page import LibrarySyncPage
from kios_desktop.ui.settings.library_sync.ports import Remedy, SourceForm
from kios_desktop.ui.settings.library_sync.presenter import LibrarySyncPresenter
from kios_desktop.ui.settings.library_sync.removal_dialog import RemoveSourceDialog
from kios_desktop.ui.settings.library_sync.source_dialog import SourceDialog


class LibrarySyncView(FormView[SourceDialog, LibrarySyncPresenter]):
    """Implements `LibrarySyncScreen`. `host` and `window` are the same object."""

    def __init__(self, page: LibrarySyncPage, host: SheetHost, window: QWidget) -> None:
        super().__init__(host, window)
        self.page = page

    def bind(self, presenter: LibrarySyncPresenter) -> None:
        self.presenter = presenter
        self.page.add_requested.connect(lambda: presenter.add())
        self.page.edit_requested.connect(presenter.edit)
        self.page.check_requested.connect(presenter.check_now)
        self.page.enabled_changed.connect(presenter.set_enabled)
        self.page.remove_requested.connect(presenter.remove)
        self.page.reordered.connect(presenter.reordered)

    # -- LibrarySyncScreen

    def show_sources(self, lines: Sequence[ListedSource]) -> None:
        self.page.show_sources(lines)

    def open_form(self, form: SourceForm, presets: Sequence[Preset], editing: bool) -> None:
        presenter = self.presenter
        if presenter is None:
            return
        made = SourceDialog(presets, editing, self.window)
        made.show_form(form)
        made.show_stored(editing and bool(form.username or form.headers))
        made.kind_chosen.connect(presenter.kind_chosen)
        made.preset_chosen.connect(presenter.preset_chosen)
        made.remedy_chosen.connect(presenter.use_remedy)
        self.open_sheet(made, presenter)

    def show_address(self, typed: str, address: str) -> None:
        if self.form is not None:
            self.form.show_address(typed, address)

    def show_found(self, check: CatalogCheck) -> None:
        if self.form is not None:
            self.form.show_found(check)

    def show_failed(self, message: Message, remedy: Remedy | None) -> None:
        if self.form is not None:
            self.form.show_failed(message, remedy)

    def show_fields(self, fields: SignInFields) -> None:
        if self.form is not None:
            self.form.show_fields(fields)

    def ask_to_remove(self, line: ListedSource) -> None:
        presenter = self.presenter
        if presenter is None:
            return
        source = line.source
        dialog = RemoveSourceDialog(source.name, line.downloaded, self.window)
        dialog.confirmed.connect(
            lambda with_books: presenter.remove_confirmed(source.id, with_books)
        )
        self.host.open_sheet(dialog)
