"""The sheet to add or edit a server: what the forms of sources and of accounts share."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QWidget,
)

from kios_desktop.domain.secret import Secret
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import AskDialog, Dialog
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.connection_options import InsecureWarning
from kios_desktop.ui.settings.ports import SourceErrors
from kios_desktop.ui.settings.result_banner import ResultBanner
from kios_desktop.ui.settings.source_options import SourceOptions
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.field import Field, PasswordField
from kios_desktop.ui.widgets.label import label

_LABEL_WIDTH: Final = 120
_WIDTH: Final = 640


class ServerSheet(Dialog):
    """Emits requests of the reader, each with the whole form.

    A subclass makes its own fields, then calls `assemble`.
    """

    address_typed = Signal(object)
    test_requested = Signal(object)
    save_requested = Signal(object)
    save_anyway_requested = Signal(object)
    trust_ended = Signal(object)

    def __init__(
        self, title: str, result: ResultBanner, editing: bool, parent: QWidget | None
    ) -> None:
        super().__init__(title, parent, theme.scaled(_WIDTH))
        self._result, self._editing = result, editing
        self._saves_anyway = self._typed = False
        self.url = Field(tr("Server URL"))
        self.name = Field(tr("Display name"))
        self.name.set_hint(tr("Suggested from the address. Change it to anything you like."))
        self.username = Field(tr("Username"))
        self.password = PasswordField(tr("Password"))
        # by what they are called in the form and in its errors
        self.fields: dict[str, Field] = {
            "url": self.url,
            "name": self.name,
            "username": self.username,
            "password": self.password,
        }
        self.labels: dict[QWidget, QLabel] = {}
        self.insecure = InsecureWarning()
        self.more = button(tr("More options"), "quiet", "caret-right")
        self.more.setCheckable(True)
        self.more.setAutoDefault(False)
        self.about_more = label("", "body", "muted")
        self.options = SourceOptions()
        self.options.hide()
        self.body.addWidget(label(title, "section"))

    # -- what a subclass tells

    def form(self) -> object:
        raise NotImplementedError

    def show_form(self, form: Any) -> None:
        raise NotImplementedError

    def add_text(self) -> str:
        """What the button says that adds it."""
        raise NotImplementedError

    def unsaved_text(self) -> str:
        """What is told before input is discarded."""
        raise NotImplementedError

    # -- what is shown

    def show_typed(self, form: object) -> None:
        """The texts of the form's fields."""
        for name, field in self.fields.items():
            value = getattr(form, name)
            text = value.reveal() if isinstance(value, Secret) else value
            shown = self.password.secret_text() if field is self.password else field.text()
            if text is not None and text != shown:  # None: the stored password
                field.set_text(text)

    def show_errors(self, errors: SourceErrors) -> None:
        plain = self.insecure.isVisible() and self.url.text().startswith("http://")
        self.insecure.setVisible(errors.insecure or plain)
        wrong = [(field, getattr(errors, name)) for name, field in self.fields.items()]
        for field, text in wrong:
            field.set_error(text)
        first = next((field for field, text in wrong if text), None)
        if first is not None:
            first.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        if errors:
            self._result.clear()
        self.fit()

    def show_moved_login(self) -> None:
        self.overlays.toast(tr("Moved the login out of the address."))

    def show_checking(self) -> None:
        self._result.show_checking()
        self.fit()

    def show_idle(self) -> None:
        self._result.clear()
        self.fit()

    def set_save_anyway(self, anyway: bool) -> None:
        self._saves_anyway = anyway
        self.save.setText(self._verb())

    def password_typed(self) -> Secret | None:
        """None is the stored one."""
        typed = self.password.secret_text()
        return None if not typed and self._editing else Secret(typed)

    # -- how it is put together

    def assemble(self, rows: Sequence[tuple[str, QWidget]]) -> None:
        """Lay out the fields, each with its label, and connect them."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(14)
        grid.setColumnMinimumWidth(0, theme.scaled(_LABEL_WIDTH))
        grid.setColumnStretch(1, 1)
        for row, (text, field) in enumerate(rows):
            words = self.labels[field] = label(text, "control")
            words.setMinimumHeight(theme.control_height())
            words.setBuddy(field.edit if isinstance(field, Field) else field)
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
        about = QHBoxLayout()
        about.setSpacing(8)
        about.addWidget(self.more)
        about.addWidget(self.about_more)
        about.addStretch(1)
        grid.addWidget(self.insecure, len(rows), 1)
        grid.addLayout(about, len(rows) + 1, 1)
        grid.addWidget(self.options, len(rows) + 2, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self._result)
        self.body.addStretch(1)  # the fields stay where they are while a result comes and goes
        self._buttons()
        self._connect()
        self.overlays = OverlayHost(self)

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
        return tr("Add anyway") if self._saves_anyway else self.add_text()

    def _connect(self) -> None:
        self.url.edited.connect(self.address_changed)
        for field in self.fields.values():
            field.edited.connect(self.changed)
        self.options.auth_changed.connect(self.changed)
        self.insecure.toggled.connect(lambda _on: self.changed())
        self.more.toggled.connect(self._show_more)
        self.options.trust_ended.connect(lambda: self.trust_ended.emit(self.form()))

    # -- what a reader does

    def reject(self) -> None:
        """Called for Esc and the close button: ask before input is discarded."""
        if not self._typed:
            super().reject()
            return
        asking = AskDialog(
            tr("Throw away what you typed?"),
            self.unsaved_text(),
            tr("Throw away"),
            self,
            dangerous=True,
            refuse=tr("Keep editing"),
        )
        asking.accepted.connect(self._give_up)
        asking.open()

    def address_changed(self) -> None:
        self.address_typed.emit(self.form())

    def changed(self) -> None:
        """The input has changed, so the result of the last test does not hold any more."""
        self._typed = True
        self.set_save_anyway(False)
        self._result.clear()
        for field in self.fields.values():
            if field.error() and field.edit.hasFocus():
                field.set_error("")

    def _give_up(self) -> None:
        self._typed = False
        self.reject()

    def _save(self) -> None:
        signal = self.save_anyway_requested if self._saves_anyway else self.save_requested
        signal.emit(self.form())

    def _show_more(self, shown: bool) -> None:
        self.options.setVisible(shown)
        self.more.setIcon(icon("caret-down" if shown else "caret-right"))
        self.fit()
