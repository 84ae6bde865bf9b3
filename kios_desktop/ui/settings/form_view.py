"""A page of settings with a sheet for one server: what the views of sources and accounts share."""

from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtWidgets import QDialog, QWidget

from kios_desktop.domain.errors import Certificate
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.settings.certificate_dialog import CertificateDialog
from kios_desktop.ui.settings.keystore_dialog import KeystoreDialog
from kios_desktop.ui.settings.ports import SourceErrors
from kios_desktop.ui.settings.server_sheet import ServerSheet


class SheetHost(Protocol):
    """The window over which sheets are opened."""

    overlays: OverlayHost

    def open_sheet(self, dialog: QDialog) -> None: ...


class FormPresenter(Protocol):
    """What the sheet asks for; a `form` is that of the sheet."""

    def address_typed(self, form: Any) -> None: ...
    def test(self, form: Any) -> None: ...
    def save(self, form: Any) -> None: ...
    def save_anyway(self, form: Any) -> None: ...
    def trust(self, certificate: Certificate, form: Any) -> None: ...
    def stop_trusting(self, form: Any) -> None: ...
    def form_closed(self) -> None: ...
    def keystore_chosen(self, passphrase: str | None) -> None: ...
    def keystore_declined(self) -> None: ...


SheetT = TypeVar("SheetT", bound=ServerSheet)
PresenterT = TypeVar("PresenterT", bound=FormPresenter)


class FormView(Generic[SheetT, PresenterT]):
    """Its methods are those of a screen that are about the sheet, which may be closed.

    `host` and `window` are the same object.
    """

    def __init__(self, host: SheetHost, window: QWidget) -> None:
        self.host, self.window = host, window
        self.form: SheetT | None = None
        self.presenter: PresenterT | None = None

    def open_sheet(self, sheet: SheetT, presenter: PresenterT) -> None:
        """Open the sheet of the form, and send its requests to the presenter."""
        self.form = sheet
        sheet.address_typed.connect(presenter.address_typed)
        sheet.test_requested.connect(presenter.test)
        sheet.save_requested.connect(presenter.save)
        sheet.save_anyway_requested.connect(presenter.save_anyway)
        sheet.trust_ended.connect(presenter.stop_trusting)
        sheet.finished.connect(self._form_closed)
        self.host.open_sheet(sheet)
        sheet.url.edit.setFocus()

    def close_form(self) -> None:
        if self.form is not None:
            self.form.accept()

    def show_form(self, form: Any) -> None:
        if self.form is not None:
            self.form.show_form(form)

    def show_errors(self, errors: SourceErrors) -> None:
        if self.form is not None:
            self.form.show_errors(errors)

    def show_moved_login(self) -> None:
        if self.form is not None:
            self.form.show_moved_login()

    def show_checking(self) -> None:
        if self.form is not None:
            self.form.show_checking()

    def show_idle(self) -> None:
        if self.form is not None:
            self.form.show_idle()

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None:
        presenter, form = self.presenter, self.form
        if presenter is None or form is None:
            return
        dialog = CertificateDialog(certificate, form, trusted_since)
        dialog.trusted.connect(lambda: presenter.trust(certificate, form.form()))
        self._open_over_form(dialog)

    def ask_keystore(self, again: Message | None) -> None:
        presenter = self.presenter
        if presenter is None:
            return
        dialog = KeystoreDialog(self.form or self.window, again)
        dialog.chosen.connect(presenter.keystore_chosen)
        dialog.rejected.connect(presenter.keystore_declined)
        self._open_over_form(dialog)

    def show_problem(self, message: Message) -> None:
        self.say(message.line)

    def say(self, text: str) -> None:
        where = self.form.overlays if self.form is not None else self.host.overlays
        where.toast(text)

    def _open_over_form(self, dialog: QDialog) -> None:
        """Open a dialog over the form if it is open, else over the window; what is below is
        dimmed."""
        if self.form is None:
            self.host.open_sheet(dialog)
            return
        overlays = self.form.overlays
        overlays.scrim(True)
        dialog.finished.connect(lambda _result: overlays.scrim(False))
        dialog.open()

    def _form_closed(self) -> None:
        self.form = None
        if self.presenter is not None:
            self.presenter.form_closed()
