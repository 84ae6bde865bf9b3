"""The sheet to add an account, also used to edit one."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QGridLayout, QHBoxLayout, QWidget

from kios_desktop.domain.accounts import AccountExamination
from kios_desktop.domain.secret import Secret
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import AskDialog, Dialog
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.accounts.examined import ExaminedBanner
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.connection_options import (
    HeaderList,
    InsecureWarning,
    TrustedCertificate,
)
from kios_desktop.ui.settings.library_sync.ports import SourceErrors
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.field import Field, PasswordField
from kios_desktop.ui.widgets.label import label

_LABEL_WIDTH: Final = 120
_WIDTH: Final = 640
_PLACEHOLDER: Final = "https://your-server:6062"


class AccountDialog(Dialog):
    """Emits requests of the reader, each with the whole form."""

    address_typed = Signal(object)  # AccountForm
    test_requested = Signal(object)
    save_requested = Signal(object)
    save_anyway_requested = Signal(object)
    trust_ended = Signal(object)

    def __init__(self, editing: bool, parent: QWidget | None) -> None:
        title = tr("Edit account") if editing else tr("Add account")
        super().__init__(title, parent, theme.scaled(_WIDTH))
        self._editing, self._saves_anyway, self._typed = editing, False, False
        self.url = Field(tr("Server URL"))
        self.url.edit.setPlaceholderText(_PLACEHOLDER)
        self.url.set_hint(tr("The address of its web page, for Grimmory and BookLore."))
        self.name = Field(tr("Display name"))
        self.name.set_hint(tr("Suggested from the address. Change it to anything you like."))
        self.username = Field(tr("Username"))
        self.username.set_hint(tr("The one that you use on the web page."))
        self.password = PasswordField(tr("Password"))
        self.insecure = InsecureWarning()
        self.more = button(tr("More options"), "quiet", "caret-right")
        self.more.setCheckable(True)
        self.more.setAutoDefault(False)
        self.headers, self.certificate = HeaderList(), TrustedCertificate()
        for hidden in (self.headers, self.certificate):
            hidden.hide()
        self.examined = ExaminedBanner()
        self.body.addWidget(label(title, "section"))
        self._lay_out()
        self._buttons()
        self._connect()
        self.overlays = OverlayHost(self)

    def form(self) -> AccountForm:
        typed = self.password.secret_text()
        keep = not typed and self._editing
        return AccountForm(
            url=self.url.text(),
            name=self.name.text(),
            username=self.username.text(),
            password=None if keep else Secret(typed),
            headers=self.headers.headers(),
            pin=self.certificate.pin(),
            insecure_allowed=self.insecure.allowed(),
        )

    def show_form(self, form: AccountForm) -> None:
        for field, text in (
            (self.url, form.url),
            (self.name, form.name),
            (self.username, form.username),
        ):
            if field.text() != text:
                field.set_text(text)
        if form.password is not None and form.password.reveal() != self.password.secret_text():
            self.password.set_text(form.password.reveal())
        self.headers.show_headers(form.headers)
        self.certificate.show_pin(form.pin)
        self.insecure.set_allowed(form.insecure_allowed)
        self._show_more(self.more.isChecked())

    def show_errors(self, errors: SourceErrors) -> None:
        plain = self.insecure.isVisible() and self.url.text().startswith("http://")
        self.insecure.setVisible(errors.insecure or plain)
        wrong = (
            (self.url, errors.url),
            (self.name, errors.name),
            (self.username, errors.username),
            (self.password, errors.password),
        )
        for field, text in wrong:
            field.set_error(text)
        first = next((field for field, text in wrong if text), None)
        if first is not None:
            first.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit()

    def show_moved_login(self) -> None:
        self.overlays.toast(tr("Moved the login out of the address."))

    def show_checking(self) -> None:
        self.examined.show_checking()
        self._set_busy(True)

    def show_idle(self) -> None:
        self.examined.clear()
        self._set_busy(False)

    def show_examined(self, found: AccountExamination, name: str) -> None:
        self.examined.show_good(found, name)
        self._set_busy(False)

    def show_faults(self, found: AccountExamination) -> None:
        self.examined.show_faults(found)
        self._set_busy(False)
        self._set_save_anyway(True)

    # -- how it is put together

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.setColumnMinimumWidth(0, theme.scaled(_LABEL_WIDTH))
        grid.setColumnStretch(1, 1)
        fields: tuple[tuple[str, Field], ...] = (
            (tr("Server URL"), self.url),
            (tr("Username"), self.username),
            (tr("Password"), self.password),
            (tr("Display name"), self.name),
        )
        for row, (text, field) in enumerate(fields):
            words = label(text, "control")
            words.setMinimumHeight(theme.control_height())
            words.setBuddy(field.edit)
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.insecure, len(fields), 1)
        about = QHBoxLayout()
        about.setSpacing(8)
        about.addWidget(self.more)
        about.addWidget(label(tr("custom headers"), "body", "muted"))
        about.addStretch(1)
        grid.addLayout(about, len(fields) + 1, 1)
        grid.addWidget(self.headers, len(fields) + 2, 1)
        grid.addWidget(self.certificate, len(fields) + 3, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self.examined)

    def _buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole
        self.add_button(tr("Cancel"), role.RejectRole, on_click=self._give_up)
        self.test = self.add_button(
            tr("Test"), role.ActionRole, "default", lambda: self.test_requested.emit(self.form())
        )
        self.test.setAutoDefault(False)
        self.save = self.add_button(self._verb(), role.AcceptRole, "primary", self._save)
        self.save.setDefault(True)

    def _verb(self) -> str:
        if self._editing:
            return tr("Save anyway") if self._saves_anyway else tr("Save")
        return tr("Add anyway") if self._saves_anyway else tr("Add account")

    def _connect(self) -> None:
        self.url.edited.connect(lambda: self.address_typed.emit(self.form()))
        for field in (self.url, self.name, self.username, self.password):
            field.edited.connect(self._changed)
        self.insecure.toggled.connect(lambda _on: self._changed())
        self.more.toggled.connect(self._show_more)
        self.certificate.trust_ended.connect(lambda: self.trust_ended.emit(self.form()))

    def reject(self) -> None:
        """Called for Esc and the close button: ask before input is discarded."""
        if not self._typed:
            super().reject()
            return
        asking = AskDialog(
            tr("Throw away what you typed?"),
            tr("This account is not saved yet."),
            tr("Throw away"),
            self,
            dangerous=True,
            refuse=tr("Keep editing"),
        )
        asking.accepted.connect(self._give_up)
        asking.open()

    def _give_up(self) -> None:
        self._typed = False
        self.reject()

    def _save(self) -> None:
        signal = self.save_anyway_requested if self._saves_anyway else self.save_requested
        signal.emit(self.form())

    def _changed(self) -> None:
        """The input has changed, so the result of the last test does not hold any more."""
        self._typed = True
        self._set_save_anyway(False)
        self.examined.clear()
        for field in (self.url, self.name, self.username, self.password):
            if field.error() and field.edit.hasFocus():
                field.set_error("")

    def _set_save_anyway(self, anyway: bool) -> None:
        self._saves_anyway = anyway
        self.save.setText(self._verb())

    def _set_busy(self, busy: bool) -> None:
        for made in (self.test, self.save):
            made.setEnabled(not busy)
        self.fit()

    def _show_more(self, shown: bool) -> None:
        self.headers.setVisible(shown)
        self.certificate.setVisible(shown and self.certificate.pin() is not None)
        self.more.setIcon(icon("caret-down" if shown else "caret-right"))
        self.fit()
