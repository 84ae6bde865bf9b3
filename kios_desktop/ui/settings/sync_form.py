"""The form of Progress sync: kind of server, address, and sign-in."""

from collections.abc import Sequence
from html import escape
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.secret import Secret
from kios_desktop.domain.source import AuthMethod, Preset
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.chips import Chips
from kios_desktop.ui.settings.connection_options import InsecureWarning
from kios_desktop.ui.settings.connection_test_card import auth_title
from kios_desktop.ui.settings.more_options import MoreOptions
from kios_desktop.ui.settings.ports import FieldErrors, SyncForm
from kios_desktop.ui.settings.preset_texts import preset_texts, preset_title
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.field import Field, PasswordField
from kios_desktop.ui.widgets.label import label
from kios_desktop.ui.widgets.segmented import Segmented

_LABEL_WIDTH: Final = 120


def hint_html(preset: Preset) -> str:
    """The hints for the address as HTML, with the path at its end in bold."""
    text = escape(" ".join(preset_texts(preset).url_hints), quote=False)
    if preset.sub_path:
        path = escape(preset.sub_path, quote=False)
        in_one_piece = path.replace("/", "/\u2060")
        text = text.replace(path, f"<b>{in_one_piece}</b>")
    return text


class SyncFormView(QWidget):
    """Emits requests of the reader, each with the whole form."""

    preset_chosen = Signal(str, object)  # key, SyncForm
    test_requested = Signal(object)  # SyncForm
    save_requested = Signal(object)
    save_anyway_requested = Signal(object)
    trust_ended = Signal(object)
    forget_requested = Signal()
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._presets: dict[str, Preset] = {}
        self._preset = ""
        self._stored = False
        self._chips: Chips | None = None
        self._combo: Combo | None = None
        self._narrow = False
        self._saves_anyway = False
        self.typed = False  # whether there is input that is not saved
        self.url = Field(tr("Server URL"))
        self.username = Field(tr("Username"))
        self.password = PasswordField(tr("Password"))
        self.auth = Segmented(
            (
                (AuthMethod.KOREADER_HEADERS, auth_title(AuthMethod.KOREADER_HEADERS)),
                (AuthMethod.BASIC, auth_title(AuthMethod.BASIC)),
            ),
            tr("Auth method"),
        )
        self._insecure = InsecureWarning()
        self.save = button(tr("Save"), "primary")
        self.test = button(tr("Test connection"), "default", "lightning")
        self.more = button(tr("More options"), "quiet", "caret-right")
        self.more.setCheckable(True)
        self.more_options = MoreOptions()
        self.more_options.hide()
        for made in (self.save, self.test, self.more):
            made.setAutoDefault(False)
        self._server = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._server.setSpacing(8)
        self._server_label = label(tr("Your server"), "control")
        self._grid = QGridLayout()
        self._lay_out()
        self._connect()

    def form(self) -> SyncForm:
        typed = self.password.secret_text()
        keep = not typed and self._stored
        return SyncForm(
            preset=self._preset,
            url=self.url.text(),
            username=self.username.text(),
            password=None if keep else Secret(typed),
            auth=AuthMethod(self.auth.value()),
            document_id=self.more_options.document_id(),
            headers=self.more_options.headers(),
            pin=self.more_options.pin(),
            insecure_allowed=self._insecure.allowed(),
        )

    def show_form(self, form: SyncForm, presets: Sequence[Preset], stored: bool) -> None:
        self._stored = stored
        if list(self._presets) != [preset.key for preset in presets]:
            self._presets = {preset.key: preset for preset in presets}
            self._make_server_choice()
        self._preset = form.preset
        self._show_preset()
        self.url.set_text(form.url)
        self.username.set_text(form.username)
        self.password.set_stored(stored and form.password is None)
        if form.password:
            self.password.set_text(form.password.reveal())
        if form.auth in {AuthMethod.KOREADER_HEADERS, AuthMethod.BASIC}:
            self.auth.set_value(form.auth)
        self._insecure.set_allowed(form.insecure_allowed)
        self.more_options.show_values(form.headers, form.document_id, form.pin, stored)
        self.show_errors(FieldErrors())
        self._set_save_anyway(False)

    def show_errors(self, errors: FieldErrors) -> None:
        self.url.set_error(errors.url)
        self.username.set_error(errors.username)
        self.password.set_error(errors.password)
        self._insecure.setVisible(errors.insecure or self._insecure_shown())
        for field, wrong in (
            (self.url, errors.url),
            (self.username, errors.username),
            (self.password, errors.password),
        ):
            if wrong:
                field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
                break

    def set_typed(self, typed: bool = True) -> None:
        """Set whether there is input that would be lost with the window."""
        self.typed = typed

    def focus_next(self) -> None:
        """Focus the first empty field, else Save."""
        fields = (self.url, self.username, self.password)
        empty = (field.edit for field in fields if not field.edit.text())
        next(empty, self.save).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def offer_save_anyway(self) -> None:
        self._set_save_anyway(True)

    def set_narrow(self, narrow: bool) -> None:
        """Show the kinds of server as a list in a narrow window, else as chips."""
        if narrow != self._narrow:
            self._narrow = narrow
            self._make_server_choice()
            self._show_preset()

    # -- how it is put together

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(18)
        self._server.addWidget(self._server_label)
        column.addLayout(self._server)
        grid = self._grid
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(16)
        grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        fields: tuple[tuple[str, QWidget], ...] = (
            (tr("Server URL"), self.url),
            (tr("Username"), self.username),
            (tr("Password"), self.password),
            (tr("Auth method"), self.auth),
        )
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, field) in enumerate(fields):
            text = label(name, "control")
            text.setMinimumHeight(theme.control_height())
            grid.addWidget(text, row, 0, top)
            if isinstance(field, Field):
                text.setBuddy(field.edit)
                grid.addWidget(field, row, 1)
            else:
                grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignLeading)
        grid.addWidget(self._insecure, len(fields), 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for made in (self.save, self.test, self.more):
            buttons.addWidget(made)
        buttons.addStretch(1)
        grid.addLayout(buttons, len(fields) + 1, 1)
        grid.addWidget(self.more_options, len(fields) + 2, 1)
        column.addLayout(grid)
        column.addStretch(1)

    def _connect(self) -> None:
        self.test.clicked.connect(lambda: self.test_requested.emit(self.form()))
        self.save.clicked.connect(self._save)
        self.more.toggled.connect(self._show_more)
        self.more_options.trust_ended.connect(lambda: self.trust_ended.emit(self.form()))
        self.more_options.forget_requested.connect(self.forget_requested)
        for field in (self.url, self.username, self.password):
            field.edited.connect(self._changed)
            field.edit.returnPressed.connect(self._save)
        self.auth.chosen.connect(lambda _key: self._changed())
        self._insecure.toggled.connect(lambda _on: self._changed())

    def _save(self) -> None:
        signal = self.save_anyway_requested if self._saves_anyway else self.save_requested
        signal.emit(self.form())

    def _changed(self) -> None:
        """The input has changed, so the result of the last test does not hold any more."""
        self.typed = True
        self._set_save_anyway(False)
        sender_fields = (self.url, self.username, self.password)
        for field in sender_fields:
            if field.error() and field.edit.hasFocus():
                field.set_error("")
        self.edited.emit()

    def _set_save_anyway(self, anyway: bool) -> None:
        self._saves_anyway = anyway
        self.save.setText(tr("Save anyway") if anyway else tr("Save"))

    def _show_more(self, shown: bool) -> None:
        self.more_options.setVisible(shown)
        self.more.setIcon(icon("caret-down" if shown else "caret-right"))

    def _insecure_shown(self) -> bool:
        return self._insecure.isVisible() and self.url.text().startswith("http://")

    def _make_server_choice(self) -> None:
        for old in (self._chips, self._combo):
            if old is not None:
                self._server.removeWidget(old)
                old.hide()
                old.deleteLater()
        options = [(preset.key, preset_title(preset)) for preset in self._presets.values()]
        self._chips = self._combo = None
        if not options:
            return
        name = tr("Your server")
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._server.setDirection(across if self._narrow else down)
        self._server_label.setMinimumWidth(_LABEL_WIDTH + 8 if self._narrow else 0)
        if self._narrow:
            self._combo = Combo(options, name)
            self._combo.chosen.connect(self._choose)
            self._server.addWidget(self._combo, 1)
        else:
            self._chips = Chips(options, name)
            self._chips.chosen.connect(self._choose)
            self._server.addWidget(self._chips)

    def _choose(self, key: str) -> None:
        self.preset_chosen.emit(key, self.form())

    def _show_preset(self) -> None:
        preset = self._presets.get(self._preset)
        if preset is None:
            return
        choice = self._combo or self._chips
        if choice is not None:
            choice.set_value(preset.key)
        self.url.edit.setPlaceholderText(preset.placeholder_url)
        self.url.set_hint(hint_html(preset))
        texts = preset_texts(preset)
        self.username.set_hint(escape(texts.username_hint, quote=False))
        self.password.set_hint(escape(texts.password_hint, quote=False))
