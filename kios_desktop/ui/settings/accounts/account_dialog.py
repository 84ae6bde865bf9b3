"""The sheet to add an account, also used to edit one."""

from typing import Final

from PySide6.QtWidgets import QWidget

from kios_desktop.domain.accounts import AccountExamination
from kios_desktop.domain.source import AuthMethod
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.accounts.examined import ExaminedBanner
from kios_desktop.ui.settings.accounts.ports import AccountForm
from kios_desktop.ui.settings.server_sheet import ServerSheet

_PLACEHOLDER: Final = "https://your-server:6062"


class AccountDialog(ServerSheet):
    """Its requests carry an `AccountForm`."""

    def __init__(self, editing: bool, parent: QWidget | None) -> None:
        banner = ExaminedBanner()
        title = tr("Edit account") if editing else tr("Add account")
        super().__init__(title, banner, editing, parent)
        self.examined = banner
        self.url.edit.setPlaceholderText(_PLACEHOLDER)
        self.url.set_hint(tr("The address of its web page, for Grimmory and BookLore."))
        self.username.set_hint(tr("The one that you use on the web page."))
        self.options.show_auth(False)  # there is one way to sign in
        self.about_more.setText(tr("custom headers"))
        self.assemble(
            (
                (tr("Server URL"), self.url),
                (tr("Username"), self.username),
                (tr("Password"), self.password),
                (tr("Display name"), self.name),
            )
        )

    def add_text(self) -> str:
        return tr("Add account")

    def unsaved_text(self) -> str:
        return tr("This account is not saved yet.")

    def form(self) -> AccountForm:
        return AccountForm(
            url=self.url.text(),
            name=self.name.text(),
            username=self.username.text(),
            password=self.password_typed(),
            headers=self.options.headers(),
            pin=self.options.pin(),
            insecure_allowed=self.insecure.allowed(),
        )

    def show_form(self, form: AccountForm) -> None:
        self.show_typed(form)
        self.options.show_values(AuthMethod.AUTOMATIC, form.headers, form.pin)
        self.insecure.set_allowed(form.insecure_allowed)
        self.fit()

    def show_checking(self) -> None:
        super().show_checking()
        self._set_busy(True)

    def show_idle(self) -> None:
        super().show_idle()
        self._set_busy(False)

    def show_examined(self, found: AccountExamination, name: str) -> None:
        self.examined.show_good(found, name)
        self._set_busy(False)

    def show_faults(self, found: AccountExamination) -> None:
        self.examined.show_faults(found)
        self._set_busy(False)
        self.set_save_anyway(True)

    def _set_busy(self, busy: bool) -> None:
        for made in (self.test, self.save):
            made.setEnabled(not busy)
        self.fit()
