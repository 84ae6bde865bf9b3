"""Settings → Accounts: the accounts, each as a card."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from kios_desktop.application.account_values import AccountLine
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.accounts.account_card import AccountCard
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.empty_state import EmptyState


class AccountsPage(SettingsPage):
    """Emits requests of the reader, with the id of the account that they are about."""

    add_requested = Signal()
    edit_requested = Signal(str)
    test_requested = Signal(str)
    topic_switched = Signal(str, object, bool)  # id, Topic
    fetch_switched = Signal(str, bool)
    notes_to_chosen = Signal(str, object)  # id, NotesTo
    send_requested = Signal(str)
    paused = Signal(str, bool)
    koreader_requested = Signal(str)
    catalog_requested = Signal(str)
    waiting_requested = Signal(str)
    unknown_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            "accounts",
            tr("Accounts"),
            tr(
                "Sends what you switch on to your Grimmory or BookLore server, and nothing else. "
                "Without an account, highlights, notes and statistics stay on this computer."
            ),
            "user-circle",
        )
        self._add = button(tr("Add account"), "primary", "plus")
        self._add.clicked.connect(self.add_requested)
        self.add_to_head(self._add)
        self.cards: list[AccountCard] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.column.addLayout(self._list)
        self._empty = EmptyState(
            tr("No accounts yet"),
            tr("Add the account that you use on your server’s web page."),
            "user-circle",
            primary=(tr("Add account"), self.add_requested.emit),
        )
        self.column.addWidget(self._empty, 1)
        self.end()
        self.show_accounts([])

    def show_accounts(self, lines: Sequence[AccountLine]) -> None:
        """Cards are kept, so that the focus stays where it is."""
        known = {made.line.source.id: made for made in self.cards if made.line is not None}
        wanted = [known.get(one.source.id) or self._card(one) for one in lines]
        for gone in set(known.values()) - set(wanted):
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self.cards = wanted
        for number, (made, one) in enumerate(zip(wanted, lines, strict=True)):
            self._list.insertWidget(number, made)
            made.show_line(one)
        self._empty.setVisible(not lines)
        self._add.setVisible(bool(lines))

    def _card(self, line: AccountLine) -> AccountCard:
        made, account_id = AccountCard(), line.source.id
        made.edit_requested.connect(lambda: self.edit_requested.emit(account_id))
        made.test_requested.connect(lambda: self.test_requested.emit(account_id))
        made.topic_switched.connect(
            lambda topic, on: self.topic_switched.emit(account_id, topic, on)
        )
        made.fetch_switched.connect(lambda on: self.fetch_switched.emit(account_id, on))
        made.notes_to_chosen.connect(lambda where: self.notes_to_chosen.emit(account_id, where))
        made.send_requested.connect(lambda: self.send_requested.emit(account_id))
        made.paused.connect(lambda paused: self.paused.emit(account_id, paused))
        made.koreader_requested.connect(lambda: self.koreader_requested.emit(account_id))
        made.catalog_requested.connect(lambda: self.catalog_requested.emit(account_id))
        made.waiting_requested.connect(lambda: self.waiting_requested.emit(account_id))
        made.unknown_requested.connect(lambda: self.unknown_requested.emit(account_id))
        made.remove_requested.connect(lambda: self.remove_requested.emit(account_id))
        return made
