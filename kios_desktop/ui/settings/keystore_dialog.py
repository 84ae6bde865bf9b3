"""The question where to keep passwords on a computer without a password store."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QRadioButton, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.field import PasswordField
from kios_desktop.ui.widgets.label import label


class KeystoreDialog(Dialog):
    """`chosen` carries None for “until I quit”, else the passphrase for the encrypted file."""

    chosen = Signal(object)  # str | None

    def __init__(self, parent: QWidget | None, again: Message | None = None) -> None:
        super().__init__(tr("Passwords"), parent, 480)
        self.body.addWidget(
            label(tr("No password store was found on this computer."), "title", wrap=True)
        )
        self.body.addWidget(
            label(tr("Where should Kios keep what it signs in with?"), "body", "muted", wrap=True)
        )
        self.memory = _option(tr("Remember until I quit"))
        self.sealed = _option(tr("Encrypted file with a passphrase"))
        self.memory.setChecked(again is None)
        self.sealed.setChecked(again is not None)
        self.passphrase = PasswordField(tr("Passphrase"))
        self.passphrase.set_hint(
            tr("Kios asks for it at the next start. It can’t be recovered if you forget it.")
        )
        self.body.addWidget(self.memory)
        self.body.addWidget(self.sealed)
        self.body.addWidget(self.passphrase)
        self.passphrase.setVisible(self.sealed.isChecked())
        if again is not None:
            self.passphrase.set_error(again.text)
        self.sealed.toggled.connect(self.passphrase.setVisible)
        self.sealed.toggled.connect(lambda _on: self.adjustSize())
        self.add_button(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        go_on = self.add_button(
            tr("Continue"), QDialogButtonBox.ButtonRole.AcceptRole, "primary", self._go_on
        )
        go_on.setDefault(True)

    def _go_on(self) -> None:
        if self.memory.isChecked():
            self.chosen.emit(None)
        elif text := self.passphrase.secret_text():
            self.chosen.emit(text)
        else:
            self.passphrase.set_error(tr("Enter a passphrase."))
            return
        self.accept()


def _option(text: str) -> QRadioButton:
    made = QRadioButton(text)
    made.setProperty("kind", "option")
    made.setFont(theme.font("body"))
    made.setFixedHeight(theme.control_height(measure="minHit"))
    return made
