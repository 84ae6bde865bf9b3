"""The settings window: a list of pages with search, and the pages."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.errors import Certificate
from kios_desktop.domain.preferences import Preferences
from kios_desktop.domain.source import Preset, StepResult
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.actions import add_app_keys
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.error_texts import Message
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.menu_key import add_menu_key
from kios_desktop.ui.kit.overlay import OverlayHost
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.about_page import AboutPage
from kios_desktop.ui.settings.accounts.page import AccountsPage
from kios_desktop.ui.settings.accounts.view import AccountsView
from kios_desktop.ui.settings.appearance_page import AppearancePage
from kios_desktop.ui.settings.certificate_dialog import CertificateDialog
from kios_desktop.ui.settings.data_page import DataPage
from kios_desktop.ui.settings.keystore_dialog import KeystoreDialog
from kios_desktop.ui.settings.library_settings_page import LibrarySettingsPage
from kios_desktop.ui.settings.library_sync.page import LibrarySyncPage
from kios_desktop.ui.settings.library_sync.presenter import LibrarySyncPresenter
from kios_desktop.ui.settings.library_sync.view import LibrarySyncView
from kios_desktop.ui.settings.ports import FieldErrors, SyncForm, Verdict
from kios_desktop.ui.settings.presenter import SettingsPresenter
from kios_desktop.ui.settings.progress_sync_page import ProgressSyncPage
from kios_desktop.ui.settings.reading_page import ReadingPage
from kios_desktop.ui.settings.search_results import SearchResults
from kios_desktop.ui.settings.settings_page import FlashingRow, SettingsPage
from kios_desktop.ui.widgets.field import line_edit

LEAST: Final = QSize(760, 520)
DEFAULT: Final = QSize(1040, 720)
_NARROW_UNDER: Final = 1000


class SettingsWindow(QDialog):
    """The single settings window; not modal. Implements `SettingsScreen`."""

    closed = Signal()
    fonts_changed = Signal()  # files of the user's were added or removed
    app_requested = Signal(str)  # a name of `APP_KEYS` for an action outside this window

    def __init__(self, library_folder: Path, own_fonts: Path, default_device: str) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(tr("Kios Settings"))
        self.setMinimumSize(LEAST)
        self.resize(DEFAULT)
        self._presenter: SettingsPresenter | None = None
        self.sync = ProgressSyncPage(default_device)
        self._about = AboutPage()
        self.data = DataPage()
        library_sync = LibrarySyncPage()
        appearance = AppearancePage(own_fonts)
        appearance.fonts_changed.connect(self.fonts_changed)
        self.library = LibrarySettingsPage(library_folder)
        accounts = AccountsPage()
        self._pages: list[SettingsPage] = [
            ReadingPage(),
            appearance,
            self.library,
            self.sync,
            library_sync,
            accounts,
            self.data,
            self._about,
        ]
        self._list = self._make_list()
        self._search = line_edit(tr("Search settings"), tr("Search settings"))
        self._search.addAction(
            icon("magnifying-glass", "textMuted"), self._search.ActionPosition.LeadingPosition
        )
        self._results = SearchResults()
        self._stack = QStackedWidget()
        self._stack.setObjectName("pages")
        for page in self._pages:
            self._stack.addWidget(page)
        self._stack.addWidget(self._results)
        self._side = QWidget()
        self._area = QWidget()
        self.overlays = OverlayHost(self._area)
        self.data.said.connect(self.overlays.toast)
        self.library_sync = LibrarySyncView(library_sync, self, self)
        self.accounts = AccountsView(accounts, self, self)
        self._lay_out()
        self._connect()
        self._list.setCurrentRow(0)
        self._list.setFocus()

    def bind(self, presenter: SettingsPresenter, library_sync: LibrarySyncPresenter) -> None:
        """Connect the reader's actions to the presenters."""
        self._presenter = presenter
        self.library_sync.bind(library_sync)
        for page in self._pages:
            page.edited.connect(presenter.edit)
        form, card = self.sync.form, self.sync.card
        form.preset_chosen.connect(presenter.preset_chosen)
        form.test_requested.connect(presenter.test)
        form.save_requested.connect(presenter.save)
        form.save_anyway_requested.connect(presenter.save_anyway)
        form.trust_ended.connect(presenter.stop_trusting)
        form.forget_requested.connect(self._ask_to_forget)
        card.address_chosen.connect(lambda url: presenter.use_address(url, form.form()))
        card.auth_chosen.connect(lambda auth: presenter.use_auth(auth, form.form()))
        card.certificate_requested.connect(lambda c: self.ask_trust(c, ""))

    def show_page(self, key: str) -> None:
        """Show the page with this key; an unknown key changes nothing."""
        for row, page in enumerate(self._pages):
            if page.key == key:
                self._search.clear()
                self._list.setCurrentRow(row)

    def pages(self) -> Sequence[SettingsPage]:
        return self._pages

    # -- SettingsScreen

    def show_preferences(self, preferences: Preferences) -> None:
        for page in self._pages:
            page.show_preferences(preferences)

    def show_form(self, form: SyncForm, presets: Sequence[Preset], stored: bool) -> None:
        self.sync.form.show_form(form, presets, stored)

    def show_errors(self, errors: FieldErrors) -> None:
        self.sync.form.show_errors(errors)
        if errors:
            self.sync.card.stop()

    def show_test_started(self) -> None:
        self.sync.hide_saved()
        self.sync.card.start()

    def show_step(self, result: StepResult, username: str) -> None:
        self.sync.card.add(result, username)

    def show_verdict(self, verdict: Verdict) -> None:
        self.sync.card.finish(verdict)

    def offer_save_anyway(self) -> None:
        self.sync.form.offer_save_anyway()

    def show_saved(self) -> None:
        self.sync.form.set_typed(False)
        self.sync.show_saved()

    def show_problem(self, message: Message) -> None:
        self.overlays.toast(message.line)

    def ask_keystore(self, again: Message | None) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        dialog = KeystoreDialog(self, again)
        dialog.chosen.connect(presenter.keystore_chosen)
        dialog.rejected.connect(presenter.keystore_declined)
        self.open_sheet(dialog)

    def ask_trust(self, certificate: Certificate, trusted_since: str) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        dialog = CertificateDialog(certificate, self, trusted_since)
        dialog.trusted.connect(lambda: presenter.trust(certificate, self.sync.form.form()))
        self.open_sheet(dialog)

    # -- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < _NARROW_UNDER
        self._side.setFixedWidth(196 if narrow else theme.size("sidebar"))
        for page in self._pages:
            page.set_margins(24 if narrow else 40, 20 if narrow else 28)
        self.sync.set_shape(self.width())

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return  # Qt would press the default button of a dialog
        if event.key() == Qt.Key.Key_Escape and self._search.text():
            self._search.clear()
            return
        super().keyPressEvent(event)

    # -- how it is put together

    def _make_list(self) -> QListWidget:
        made = QListWidget()
        made.setProperty("kind", "pages")
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setAccessibleName(tr("Pages"))
        made.setIconSize(QSize(theme.icon_px("nav"), theme.icon_px("nav")))
        made.setFont(theme.font("body"))
        for page in self._pages:
            item = QListWidgetItem(icon(page.icon_name, "textMuted"), page.title)
            item.setSizeHint(QSize(0, theme.control_height(measure="row")))
            made.addItem(item)
        return made

    def _lay_out(self) -> None:
        self._side.setObjectName("sidebar")
        self._side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side = QVBoxLayout(self._side)
        side.setContentsMargins(12, 12, 12, 12)
        side.setSpacing(12)
        side.addWidget(self._search)
        side.addWidget(self._list, 1)
        edge = QFrame()
        edge.setObjectName("sidebarEdge")
        edge.setFixedWidth(1)
        row = QHBoxLayout(self._area)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addWidget(edge)
        row.addWidget(self._stack, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    def _connect(self) -> None:
        self._list.currentRowChanged.connect(self._go_to)
        self._search.textChanged.connect(self._find)
        self._search.returnPressed.connect(self._results.take_first)
        self._results.chosen.connect(self._reveal)
        for keys, act in (
            ("Ctrl+F", self._focus_search),
            ("Ctrl+W", self.close),
            ("F6", self._next_region),
            ("Shift+F6", self._next_region),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        add_menu_key(self)
        asked = ("add_files", "add_source", "sync_now", "downloads", "quit")
        add_app_keys(self, asked, self.app_requested.emit)
        add_app_keys(self, ("shortcuts",), lambda _name: self._show_shortcuts())

    def _show_shortcuts(self) -> None:
        from kios_desktop.ui.kit.shortcut_list import show_shortcuts

        show_shortcuts(self)

    def _go_to(self, row: int) -> None:
        if 0 <= row < len(self._pages):
            for other in range(len(self._pages)):
                style = "bodyStrong" if other == row else "body"
                self._list.item(other).setFont(theme.font(style))
            if self._pages[row] is self._about:
                self._about.fill()
            self._stack.setCurrentIndex(row)

    def _find(self, words: str) -> None:
        query = words.strip()
        matches = self._results.search(query, self._pages) if query else set()
        for row, page in enumerate(self._pages):
            self._list.item(row).setHidden(bool(query) and page.key not in matches)
        if query:
            self._stack.setCurrentWidget(self._results)
        else:
            self._go_to(self._list.currentRow())

    def _reveal(self, page: SettingsPage, row: FlashingRow) -> None:
        self.show_page(page.key)
        page.reveal(row)

    def _focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _next_region(self) -> None:
        focus = self.focusWidget()
        in_side = focus is not None and self._side.isAncestorOf(focus)
        reason = Qt.FocusReason.ShortcutFocusReason
        if not in_side:
            self._list.setFocus(reason)
            return
        page = self._stack.currentWidget()
        for child in page.findChildren(QWidget) if page is not None else []:
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible():
                child.setFocus(reason)
                return

    def _ask_to_forget(self) -> None:
        presenter = self._presenter
        if presenter is None:
            return
        dialog = AskDialog(
            tr("Forget this server?"),
            tr("Kios forgets the address and password. Your books and places stay."),
            tr("Forget server"),
            self,
            dangerous=True,
        )
        dialog.accepted.connect(lambda: self.sync.form.set_typed(False))
        dialog.accepted.connect(presenter.forget_server)
        self.open_sheet(dialog)

    def open_sheet(self, dialog: QDialog) -> None:
        """Open a dialog over this window; the window is dimmed while it is open."""
        self.overlays.scrim(True)
        dialog.finished.connect(lambda _result: self.overlays.scrim(False))
        dialog.open()
