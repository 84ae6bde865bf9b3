"""The question for the passphrase of the encrypted password file, at start."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.field import PasswordField
from kios_desktop.ui.widgets.label import label


class UnlockDialog(Dialog):
    """`entered` carries the passphrase. “Not now” pauses sync until the next start."""

    entered = Signal(str)

    def __init__(self, parent: QWidget | None, again: Message | None = None) -> None:
        super().__init__(tr("Passwords"), parent, 440)
        self.body.addWidget(label(tr("Unlock your passwords"), "title", wrap=True))
        text = tr("They are in an encrypted file. Until it is open, your place waits here.")
        self.body.addWidget(label(text, "body", "muted", wrap=True))
        self.passphrase = PasswordField(tr("Passphrase"))
        if again is not None:
            self.passphrase.set_error(again.text)
        self.body.addWidget(self.passphrase)
        self.add_button(tr("Not now"), QDialogButtonBox.ButtonRole.RejectRole)
        unlock = self.add_button(tr("Unlock"), QDialogButtonBox.ButtonRole.AcceptRole, "primary")
        unlock.setDefault(True)
        self.accepted.connect(lambda: self.entered.emit(self.passphrase.secret_text()))
