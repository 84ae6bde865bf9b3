"""The sheet to add a source, also used to edit one."""

from collections.abc import Sequence
from html import escape
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QWidget,
)

from kios_desktop.domain.errors import SignInFields
from kios_desktop.domain.secret import Secret
from kios_desktop.domain.source import CatalogCheck, Preset, SourceKind
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import AskDialog, Dialog
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.connection_options import InsecureWarning
from kios_desktop.ui.settings.library_sync.check_result import CheckResultBanner
from kios_desktop.ui.settings.library_sync.help_card import HelpCard
from kios_desktop.ui.settings.library_sync.kind_cards import KindCards, SharingQuestion
from kios_desktop.ui.settings.library_sync.ports import Remedy, SourceErrors, SourceForm
from kios_desktop.ui.settings.library_sync.source_options import SourceOptions
from kios_desktop.ui.settings.preset_texts import preset_texts, preset_title
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.field import Field, PasswordField
from kios_desktop.ui.widgets.label import label

_LABEL_WIDTH: Final = 120
_WIDTH: Final = 640


class SourceDialog(Dialog):
    """Emits requests of the reader, each with the whole form."""

    preset_chosen = Signal(str, object)  # key, SourceForm
    address_typed = Signal(object)  # SourceForm
    test_requested = Signal(object)
    save_requested = Signal(object)
    save_anyway_requested = Signal(object)
    remedy_chosen = Signal(object, object)  # SourceForm, Remedy
    trust_ended = Signal(object)

    kind_chosen = Signal(object, object)  # SourceKind, SourceForm

    def __init__(self, presets: Sequence[Preset], editing: bool, parent: QWidget | None) -> None:
        """`presets` of all kinds; the form offers those of its kind."""
        title = tr("Edit source") if editing else tr("Add source")
        super().__init__(title, parent, theme.scaled(_WIDTH))
        self._presets = {preset.key: preset for preset in presets}
        self._editing, self._saves_anyway = editing, False
        self._typed = False
        self._form = SourceForm(next(iter(self._presets)))
        self._fields: SignInFields | None = None  # None: the usual labels
        self.kinds = KindCards()
        self.server = Combo((), tr("Server"))
        self.sharing = SharingQuestion()
        self.catalog_url = Field(tr("Catalog URL of the same server"))
        self.url = Field(tr("Catalog URL"))
        self.name = Field(tr("Display name"))
        self.username = Field(tr("Username"))
        self.password = PasswordField(tr("Password"))
        self.insecure = InsecureWarning()
        self.more = button(tr("More options"), "quiet", "caret-right")
        self.more.setCheckable(True)
        self.more.setAutoDefault(False)
        self.options = SourceOptions()
        self.options.hide()
        self.check_result = CheckResultBanner()
        self.body.addWidget(label(title, "section"))
        self.body.addWidget(self.kinds)
        self._lay_out()
        self._buttons()
        self._connect()
        self.overlays = OverlayHost(self)

    def form(self) -> SourceForm:
        typed = self.password.secret_text()
        keep = not typed and self._editing
        return SourceForm(
            preset=self.server.value(),
            kind=self._form.kind,
            shared=self.sharing.shared(),
            catalog_url=self.catalog_url.text(),
            url=self.url.text(),
            name=self.name.text(),
            username=self.username.text(),
            password=None if keep else Secret(typed),
            auth=self.options.auth(),
            headers=self.options.headers(),
            pin=self.options.pin(),
            insecure_allowed=self.insecure.allowed(),
        )

    def show_form(self, form: SourceForm) -> None:
        self._form = form
        self._show_kind(form)
        offered = [one for one in self._presets.values() if one.kind is form.kind]
        self.server.set_options([(one.key, preset_title(one)) for one in offered])
        preset = self._presets.get(form.preset) or offered[-1]
        self.server.set_value(preset.key)
        self.url.edit.setPlaceholderText(preset.placeholder_url)
        texts = preset_texts(preset)
        self.url.set_hint(escape(" ".join(texts.url_hints), quote=False))
        self.username.set_hint(escape(texts.username_hint, quote=False))
        for field, text in (
            (self.url, form.url),
            (self.name, form.name),
            (self.username, form.username),
            (self.catalog_url, form.catalog_url),
        ):
            if field.text() != text:
                field.set_text(text)
        if form.password is not None and form.password.reveal() != self.password.secret_text():
            self.password.set_text(form.password.reveal())
        self.options.show_values(form.auth, form.headers, form.pin)
        self.insecure.set_allowed(form.insecure_allowed)
        self.help.setVisible(bool(texts.where))

    def show_stored(self, stored: bool) -> None:
        """Set whether a password is stored for this source."""
        self.password.set_stored(stored)

    def show_address(self, typed: str, address: str) -> None:
        if self.url.text() == typed:
            self.url.set_text(address)

    def show_errors(self, errors: SourceErrors) -> None:
        self.insecure.setVisible(errors.insecure or self._insecure_shown())
        wrong = (
            (self.url, errors.url),
            (self.name, errors.name),
            (self.username, errors.username),
            (self.password, errors.password),
            (self.catalog_url, errors.catalog_url),
        )
        for field, text in wrong:
            field.set_error(text)
        first = next((field for field, text in wrong if text), None)
        if first is not None:
            first.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        if errors:
            self.check_result.clear()
        self.fit()

    def show_moved_login(self) -> None:
        self.overlays.toast(tr("Moved the login out of the address."))

    def show_checking(self) -> None:
        self.check_result.show_checking()
        self.fit()

    def show_found(self, check: CatalogCheck) -> None:
        newer = Remedy(check.newer)
        self.check_result.show_found(check, lambda: self._use(newer))
        self._set_save_anyway(False)
        self.fit()

    def show_failed(self, message: Message, remedy: Remedy | None) -> None:
        self.check_result.show_failed(message, remedy, lambda: self._use(remedy))
        self._set_save_anyway(True)
        self.fit()

    def show_fields(self, fields: SignInFields) -> None:
        """Label the credentials as the server does, until another address is entered."""
        self._fields = fields
        if not fields.password:
            self.password.set_text("")
        self._show_kind(self._form)
        self.username.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_idle(self) -> None:
        self.check_result.clear()
        self.fit()

    # -- how it is put together

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(14)
        grid.setColumnMinimumWidth(0, theme.scaled(_LABEL_WIDTH))
        grid.setColumnStretch(1, 1)
        fields: tuple[tuple[str, QWidget], ...] = (
            (tr("Server"), self.server),
            (tr("Catalog URL"), self.url),
            (tr("Display name"), self.name),
            (tr("E-reader"), self.sharing),
            (tr("Its catalog"), self.catalog_url),
            (tr("Username"), self.username),
            (tr("Password"), self.password),
        )
        self._labels: dict[QWidget, QLabel] = {}
        for row, (text, field) in enumerate(fields):
            words = self._labels[field] = label(text, "control")
            words.setMinimumHeight(theme.control_height())
            words.setBuddy(field.edit if isinstance(field, Field) else field)
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
        self.catalog_url.set_hint(
            tr("Its OPDS catalog shows your books here without taking them from the e-reader.")
        )
        self.name.set_hint(tr("Suggested from the address. Change it to anything you like."))
        grid.addWidget(self.insecure, len(fields), 1)
        about = QHBoxLayout()
        about.setSpacing(8)
        about.addWidget(self.more)
        self._about_more = label("", "body", "muted")
        about.addWidget(self._about_more)
        about.addStretch(1)
        grid.addLayout(about, len(fields) + 1, 1)
        grid.addWidget(self.options, len(fields) + 2, 1)
        self.body.addLayout(grid)
        self.body.addWidget(self.check_result)
        self.help_card = HelpCard()
        self.body.addWidget(self.help_card)

    def _buttons(self) -> None:
        self.help = self.add_left(tr("Where do I find this?"), "quiet", "question")
        self.help.setCheckable(True)
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
        return tr("Add anyway") if self._saves_anyway else tr("Add source")

    def _connect(self) -> None:
        self.server.chosen.connect(lambda key: self.preset_chosen.emit(key, self.form()))
        self.kinds.chosen.connect(lambda kind: self.kind_chosen.emit(kind, self.form()))
        self.sharing.changed.connect(self._sharing_changed)
        self.url.edited.connect(self._address_typed)
        for field in (self.url, self.name, self.username, self.password, self.catalog_url):
            field.edited.connect(self._changed)
        self.options.auth_changed.connect(self._changed)
        self.insecure.toggled.connect(lambda _on: self._changed())
        self.more.toggled.connect(self._show_more)
        self.help.toggled.connect(self._show_help)
        self.server.chosen.connect(lambda _key: self._show_help(self.help.isChecked()))
        self.options.trust_ended.connect(lambda: self.trust_ended.emit(self.form()))

    def reject(self) -> None:
        """Called for Esc and the close button: ask before input is discarded."""
        if not self._typed:
            super().reject()
            return
        asking = AskDialog(
            tr("Throw away what you typed?"),
            tr("This source is not saved yet."),
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

    def _address_typed(self) -> None:
        """Another server may want other credentials: show the usual labels again."""
        if self._fields is not None:
            self._fields = None
            self._show_kind(self._form)
        self.address_typed.emit(self.form())

    def _changed(self) -> None:
        """The input has changed, so the result of the last check does not hold any more."""
        self._typed = True
        self._set_save_anyway(False)
        self.check_result.clear()
        for field in (self.url, self.name, self.username, self.password):
            if field.error() and field.edit.hasFocus():
                field.set_error("")

    def _set_save_anyway(self, anyway: bool) -> None:
        self._saves_anyway = anyway
        self.save.setText(self._verb())

    def _use(self, remedy: Remedy | None) -> None:
        if remedy is not None:
            self.remedy_chosen.emit(self.form(), remedy)

    def _show_kind(self, form: SourceForm) -> None:
        """Show the fields of the form's kind of source."""
        kobo = form.kind is SourceKind.KOBO
        self.kinds.set_value(form.kind)
        self.kinds.setVisible(not self._editing)
        self.sharing.set_shared(form.shared)
        name = tr("Kobo sync URL") if kobo else tr("Catalog URL")
        self._labels[self.url].setText(name)
        fields = self._fields or SignInFields(tr("Username"), tr("Password"))
        self._labels[self.username].setText(fields.name)
        self._labels[self.password].setText(fields.password)
        may_be_empty = tr("Leave it empty where the server asks for a name alone.")
        self.password.set_hint("" if self._fields is not None else may_be_empty)
        self.url.edit.setAccessibleName(name)
        shown = {
            self.sharing: kobo,
            self.catalog_url: kobo and form.shared,
            self.username: not kobo or form.shared,
            self.password: (not kobo or form.shared) and bool(fields.password),
        }
        for field, visible in shown.items():
            field.setVisible(visible)
            self._labels[field].setVisible(visible)
        self.options.show_auth(not kobo)
        self._about_more.setText(
            tr("custom headers") if kobo else tr("custom headers, HTTP Digest")
        )
        self.fit()

    def _sharing_changed(self) -> None:
        self._form = self.form()
        self._show_kind(self._form)
        self._changed()

    def _show_more(self, shown: bool) -> None:
        self.options.setVisible(shown)
        self.more.setIcon(icon("caret-down" if shown else "caret-right"))
        self.fit()

    def _show_help(self, shown: bool) -> None:
        preset = self._presets[self.server.value()]
        self.help_card.show_text(preset_texts(preset).where if shown else ())
        self.fit()

    def _insecure_shown(self) -> bool:
        return self.insecure.isVisible() and self.url.text().startswith("http://")
