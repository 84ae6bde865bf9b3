"""The sheet to add a source, also used to edit one."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from kios_desktop.domain.errors import SignInFields
from kios_desktop.domain.source import CatalogCheck, Preset, SourceKind
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.library_sync.check_result import CheckResultBanner
from kios_desktop.ui.settings.library_sync.help_card import HelpCard
from kios_desktop.ui.settings.library_sync.kind_cards import KindCards, SharingQuestion
from kios_desktop.ui.settings.library_sync.ports import Remedy, SourceForm
from kios_desktop.ui.settings.preset_texts import preset_texts, preset_title
from kios_desktop.ui.settings.server_sheet import ServerSheet
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.field import Field


class SourceDialog(ServerSheet):
    """Its requests carry a `SourceForm`."""

    preset_chosen = Signal(str, object)  # key, SourceForm
    remedy_chosen = Signal(object, object)  # SourceForm, Remedy
    kind_chosen = Signal(object, object)  # SourceKind, SourceForm

    def __init__(self, presets: Sequence[Preset], editing: bool, parent: QWidget | None) -> None:
        """`presets` of all kinds; the form offers those of its kind."""
        banner = CheckResultBanner()
        title = tr("Edit source") if editing else tr("Add source")
        super().__init__(title, banner, editing, parent)
        self.check_result = banner
        self._presets = {preset.key: preset for preset in presets}
        self._form = SourceForm(next(iter(self._presets)))
        self._sign_in: SignInFields | None = None  # None: the usual labels
        self.kinds = KindCards()
        self.server = Combo((), tr("Server"))
        self.sharing = SharingQuestion()
        self.catalog_url = Field(tr("Catalog URL of the same server"))
        self.catalog_url.set_hint(
            tr("Its OPDS catalog shows your books here without taking them from the e-reader.")
        )
        self.fields["catalog_url"] = self.catalog_url
        self.body.addWidget(self.kinds)
        self.help = self.add_left(tr("Where do I find this?"), "quiet", "question")
        self.help.setCheckable(True)
        self.assemble(
            (
                (tr("Server"), self.server),
                (tr("Catalog URL"), self.url),
                (tr("Display name"), self.name),
                (tr("E-reader"), self.sharing),
                (tr("Its catalog"), self.catalog_url),
                (tr("Username"), self.username),
                (tr("Password"), self.password),
            )
        )
        self.help_card = HelpCard()
        self.body.addWidget(self.help_card)
        self.server.chosen.connect(lambda key: self.preset_chosen.emit(key, self.form()))
        self.kinds.chosen.connect(lambda kind: self.kind_chosen.emit(kind, self.form()))
        self.sharing.changed.connect(self._sharing_changed)
        self.help.toggled.connect(self._show_help)
        self.server.chosen.connect(lambda _key: self._show_help(self.help.isChecked()))

    def add_text(self) -> str:
        return tr("Add source")

    def unsaved_text(self) -> str:
        return tr("This source is not saved yet.")

    def form(self) -> SourceForm:
        return SourceForm(
            preset=self.server.value(),
            kind=self._form.kind,
            shared=self.sharing.shared(),
            catalog_url=self.catalog_url.text(),
            url=self.url.text(),
            name=self.name.text(),
            username=self.username.text(),
            password=self.password_typed(),
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
        self.show_typed(form)
        self.options.show_values(form.auth, form.headers, form.pin)
        self.insecure.set_allowed(form.insecure_allowed)
        self.help.setVisible(bool(texts.where))

    def show_stored(self, stored: bool) -> None:
        """Set whether a password is stored for this source."""
        self.password.set_stored(stored)

    def show_address(self, typed: str, address: str) -> None:
        if self.url.text() == typed:
            self.url.set_text(address)

    def show_found(self, check: CatalogCheck) -> None:
        newer = Remedy(check.newer)
        self.check_result.show_found(check, lambda: self._use(newer))
        self.set_save_anyway(False)
        self.fit()

    def show_failed(self, message: Message, remedy: Remedy | None) -> None:
        self.check_result.show_failed(message, remedy, lambda: self._use(remedy))
        self.set_save_anyway(True)
        self.fit()

    def show_fields(self, fields: SignInFields) -> None:
        """Label the credentials as the server does, until another address is entered."""
        self._sign_in = fields
        if not fields.password:
            self.password.set_text("")
        self._show_kind(self._form)
        self.username.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- parts

    def address_changed(self) -> None:
        """Another server may want other credentials: show the usual labels again."""
        if self._sign_in is not None:
            self._sign_in = None
            self._show_kind(self._form)
        super().address_changed()

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
        self.labels[self.url].setText(name)
        fields = self._sign_in or SignInFields(tr("Username"), tr("Password"))
        self.labels[self.username].setText(fields.name)
        self.labels[self.password].setText(fields.password)
        may_be_empty = tr("Leave it empty where the server asks for a name alone.")
        self.password.set_hint("" if self._sign_in is not None else may_be_empty)
        self.url.edit.setAccessibleName(name)
        shown = {
            self.sharing: kobo,
            self.catalog_url: kobo and form.shared,
            self.username: not kobo or form.shared,
            self.password: (not kobo or form.shared) and bool(fields.password),
        }
        for field, visible in shown.items():
            field.setVisible(visible)
            self.labels[field].setVisible(visible)
        self.options.show_auth(not kobo)
        self.about_more.setText(tr("custom headers") if kobo else tr("custom headers, HTTP Digest"))
        self.fit()

    def _sharing_changed(self) -> None:
        self._form = self.form()
        self._show_kind(self._form)
        self.changed()

    def _show_help(self, shown: bool) -> None:
        preset = self._presets[self.server.value()]
        self.help_card.show_text(preset_texts(preset).where if shown else ())
        self.fit()
