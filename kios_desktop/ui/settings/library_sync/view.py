"""Library sync in the settings window: the page, and the sheets over it."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtWidgets import QDialog, QWidget

from kios_desktop.application.listed_source import ListedSource
from kios_desktop.domain.errors import Certificate, SignInFields
from kios_desktop.domain.source import CatalogCheck, Preset
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.settings.certificate_dialog import CertificateDialog
from kios_desktop.ui.settings.keystore_dialog import KeystoreDialog
from kios_desktop.ui.settings.library_sync.page import LibrarySyncPage
from kios_desktop.ui.settings.library_sync.ports import Remedy, SourceForm
from kios_desktop.ui.settings.library_sync.presenter import LibrarySyncPresenter
from kios_desktop.ui.settings.library_sync.removal_dialog import RemoveSourceDialog
from kios_desktop.ui.settings.library_sync.source_dialog import SourceDialog
from kios_desktop.ui.settings.ports import SourceErrors


class SheetHost(Protocol):
    """The window over which sheets are opened."""

    overlays: OverlayHost

    def open_sheet(self, dialog: QDialog) -> None: ...


class LibrarySyncView:
    """Implements `LibrarySyncScreen`. `host` and `window` are the same object."""

    def __init__(self, page: LibrarySyncPage, host: SheetHost, window: QWidget) -> None:
        self.page, self._host, self._window = page, host, window
        self.form: SourceDialog | None = None
        self._presenter: LibrarySyncPresenter | None = None

    def bind(self, presenter: LibrarySyncPresenter) -> None:
        self._presenter = presenter
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
        presenter = self._presenter
        if presenter is None:
            return
        made = self.form = SourceDialog(presets, editing, self._window)
        made.show_form(form)
        made.show_stored(editing and bool(form.username or form.headers))
        made.kind_chosen.connect(presenter.kind_chosen)
        made.preset_chosen.connect(presenter.preset_chosen)
        made.address_typed.connect(presenter.address_typed)
        made.test_requested.connect(presenter.test)
        made.save_requested.connect(presenter.save)
        made.save_anyway_requested.connect(presenter.save_anyway)
        made.remedy_chosen.connect(presenter.use_remedy)
        made.trust_ended.connect(presenter.stop_trusting)
        made.finished.connect(self._form_closed)
        self._host.open_sheet(made)
        made.url.edit.setFocus()

    def close_form(self) -> None:
        if self.form is not None:
            self.form.accept()

    def show_form(self, form: SourceForm) -> None:
        if self.form is not None:
            self.form.show_form(form)

    def show_address(self, typed: str, address: str) -> None:
        if self.form is not None:
            self.form.show_address(typed, address)

    def show_errors(self, errors: SourceErrors) -> None:
        if self.form is not None:
            self.form.show_errors(errors)

    def show_moved_login(self) -> None:
        if self.form is not None:
            self.form.show_moved_login()

    def show_checking(self) -> None:
        if self.form is not None:
            self.form.show_checking()

    def show_found(self, check: CatalogCheck) -> None:
        if self.form is not None:
            self.form.show_found(check)

    def show_failed(self, message: Message, remedy: Remedy | None) -> None:
        if self.form is not None:
            self.form.show_failed(message, remedy)

    def show_fields(self, fields: SignInFields) -> None:
        if self.form is not None:
            self.form.show_fields(fields)

    def show_idle(self) -> None:
        if self.form is not None:
            self.form.show_idle()

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None:
        presenter, form = self._presenter, self.form
        if presenter is None or form is None:
            return
        dialog = CertificateDialog(certificate, form, trusted_since)
        dialog.trusted.connect(lambda: presenter.trust(certificate, form.form()))
        self._open_over_form(dialog)

    def ask_keystore(self, again: Message | None) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        dialog = KeystoreDialog(self.form or self._window, again)
        dialog.chosen.connect(presenter.keystore_chosen)
        dialog.rejected.connect(presenter.keystore_declined)
        self._open_over_form(dialog)

    def ask_to_remove(self, line: ListedSource) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        source = line.source
        dialog = RemoveSourceDialog(source.name, line.downloaded, self._window)
        dialog.confirmed.connect(
            lambda with_books: presenter.remove_confirmed(source.id, with_books)
        )
        self._host.open_sheet(dialog)

    def show_problem(self, message: Message) -> None:
        self.say(message.line)

    def say(self, text: str) -> None:
        where = self.form.overlays if self.form is not None else self._host.overlays
        where.toast(text)

    def _open_over_form(self, dialog: QDialog) -> None:
        """Open a dialog over the form if it is open, else over the window; what is below is
        dimmed."""
        if self.form is None:
            self._host.open_sheet(dialog)
            return
        overlays = self.form.overlays
        overlays.scrim(True)
        dialog.finished.connect(lambda _result: overlays.scrim(False))
        dialog.open()

    def _form_closed(self) -> None:
        self.form = None
        if self._presenter is not None:
            self._presenter.form_closed()
