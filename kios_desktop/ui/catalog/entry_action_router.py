"""Carries an action on an entry, chosen in the grid, a menu or its page, to who performs it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from kios_desktop.domain.catalog import Acquisition, AcquisitionKind, Entry
from kios_desktop.domain.download import EntryState
from kios_desktop.ui.catalog.action_row import EntryAction
from kios_desktop.ui.catalog.model import EntryModel
from kios_desktop.ui.catalog.presenter import CatalogPresenter
from kios_desktop.ui.catalog.texts import format_text, title_of
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.removal import removal_question


class EntryActionRouter(QObject):
    """Passes actions to the presenter, and those that need the window on as signals."""

    sign_in_requested = Signal()
    link_requested = Signal(str)
    remove_book_requested = Signal(object)  # BookId; the reader has confirmed it

    def __init__(
        self, parent: QWidget, model: EntryModel, state_of: Callable[[Entry], EntryState]
    ) -> None:
        super().__init__(parent)
        self._parent, self._model, self._state_of = parent, model, state_of
        self.presenter: CatalogPresenter | None = None

    def open(self, entry: Entry) -> None:
        """Open the page of an entry."""
        if self.presenter is not None:
            self.presenter.open_entry(entry)

    def perform(self, action: EntryAction, entry: Entry, at: QPoint) -> None:
        """Perform an action; `at` is the global position of a menu, if it opens one."""
        if action is EntryAction.SIGN_IN:
            self.sign_in_requested.emit()
        elif action is EntryAction.BROWSE:
            for acquisition in entry.acquisitions:
                if acquisition.kind is AcquisitionKind.WEB_PAGE:
                    self.link_requested.emit(acquisition.href.reveal())
                    return
        elif action is EntryAction.REMOVE:
            self._ask_removal(entry)
        elif (
            action is EntryAction.KEEP
            and self.presenter is not None
            and self.presenter.shelf is not None
        ):
            self.presenter.shelf.keep(entry)
        elif action is EntryAction.CHOOSE:
            menu = QMenu(self._parent)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._add_formats(menu, entry)
            menu.popup(at)
        elif self.presenter is not None:
            self.presenter.entry_actions.perform(action, entry)

    def _ask_removal(self, entry: Entry) -> None:
        presenter, book_id = self.presenter, self._state_of(entry).book_id
        if presenter is None or presenter.shelf is None or book_id is None:
            return
        shelf = presenter.shelf
        dialog = removal_question(title_of(entry), self._parent.window())
        dialog.accepted.connect(lambda: shelf.expect_removal(entry))
        dialog.accepted.connect(lambda: self.remove_book_requested.emit(book_id))
        dialog.open()

    def _add_formats(self, menu: QMenu, entry: Entry) -> None:
        for acquisition in entry.downloads:
            action = menu.addAction(format_text(acquisition).replace("&", "&&"))
            action.triggered.connect(
                lambda _=False, chosen=acquisition: self._download(entry, chosen)
            )

    def _download(self, entry: Entry, acquisition: Acquisition) -> None:
        if self.presenter is not None:
            self.presenter.entry_actions.download(entry, acquisition)

    def menu(self, entry: Entry) -> QMenu:
        """The context menu of an entry, with the actions of its action row."""
        menu = QMenu(self._parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = self._model.action_row(entry)
        details = menu.addAction(icon("info", "textMuted"), tr("Details"))
        details.triggered.connect(lambda: self.open(entry))
        menu.addSeparator()
        if row.action is EntryAction.KEEP:
            read = menu.addAction(icon("book-open", "textMuted"), tr("Open"))
            read.triggered.connect(lambda: self.perform(EntryAction.OPEN, entry, QPoint()))
        if row.action is EntryAction.CHOOSE:
            self._add_formats(menu.addMenu(row.text), entry)
        elif row.action is not EntryAction.NONE:
            first = menu.addAction(icon(row.icon, "textMuted"), row.text)
            first.triggered.connect(lambda: self.perform(row.action, entry, QPoint()))
        if row.second_action is not EntryAction.NONE:
            text = row.second_text or tr("Cancel download")
            second = menu.addAction(text)
            second.triggered.connect(lambda: self.perform(row.second_action, entry, QPoint()))
        return menu
