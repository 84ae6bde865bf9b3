"""One account: how it stands, what is switched on, and what waits."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from kios_desktop.application.account_values import AccountLine
from kios_desktop.domain.accounts import NotesTo, Topic
from kios_desktop.ui.kit.formats import books, isolated
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.settings.accounts import texts
from kios_desktop.ui.widgets.badge import Badge, card, tile
from kios_desktop.ui.widgets.buttons import IconButton
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.inline_banner import InlineBanner
from kios_desktop.ui.widgets.label import ElidedLabel, label, line
from kios_desktop.ui.widgets.layouts import clear
from kios_desktop.ui.widgets.settings_row import SettingsRow
from kios_desktop.ui.widgets.switch import Switch

_SIDES: Final = 16


class AccountCard(QWidget):
    """It is filled anew by `show_line`; the switches stay, and with them the focus."""

    topic_switched = Signal(object, bool)  # Topic
    fetch_switched = Signal(bool)
    notes_to_chosen = Signal(object)  # NotesTo
    edit_requested = Signal()
    test_requested = Signal()
    send_requested = Signal()
    paused = Signal(bool)
    koreader_requested = Signal()
    catalog_requested = Signal()
    waiting_requested = Signal()
    unknown_requested = Signal()
    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line: AccountLine | None = None
        self.menu = QMenu(self)
        self.switches: dict[Topic, Switch] = {}
        self._amounts: dict[Topic, QLabel] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 12)
        frame = card()
        outer.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(_SIDES, 12, _SIDES, 12)
        column.setSpacing(2)
        column.addLayout(self._head())
        self._banners = QVBoxLayout()
        self._banners.setSpacing(6)
        self._banners.setContentsMargins(0, 0, 0, 6)
        column.addLayout(self._banners)
        column.addWidget(line())
        for topic in Topic:
            column.addWidget(self._topic(topic))
            if topic is Topic.HIGHLIGHTS:
                column.addWidget(self._notes())
        column.addWidget(line())
        self.fetches = Switch(tr("Fetch from the server"))
        self.fetches.clicked.connect(self.fetch_switched)
        column.addWidget(
            SettingsRow(
                tr("Fetch from the server"),
                self.fetches,
                tr("Highlights, notes, bookmarks and ratings made there come here."),
            )
        )

    def show_line(self, shown: AccountLine) -> None:
        self.line = shown
        now = datetime.now(UTC)
        self._name.set_text(isolated(shown.source.name))
        self._facts.set_text(texts.facts_of(shown, now))
        words, tone, mark = texts.state_of(shown)
        clear(self._badge)
        self._badge.addWidget(Badge(words, tone, mark))
        for topic, switch in self.switches.items():
            switch.setChecked(shown.choices.wants(topic))
            lacks = texts.lacks_text(topic, shown)
            switch.setEnabled(not lacks or switch.isChecked())
            self._amounts[topic].setText(lacks or texts.sent_text(shown.sent[topic]))
        self.fetches.setChecked(shown.choices.fetches)
        self.notes_to.set_value(shown.choices.notes_to.value)
        self._notes_row.setVisible(shown.choices.wants(Topic.HIGHLIGHTS))
        self._show_banners(shown, now)
        self._fill_menu(shown)
        self.setAccessibleName(f"{shown.source.name}, {words}")

    # -- parts

    def _head(self) -> QHBoxLayout:
        self._name = ElidedLabel("", "bodyStrong")
        self._facts = ElidedLabel("", "small", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._facts)
        self._badge = QHBoxLayout()
        self.more = IconButton("dots-three-vertical", tr("More about this account"))
        self.more.clicked.connect(
            lambda: self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))
        )
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 8)
        head.setSpacing(14)
        head.addWidget(tile("user-circle", "plain"))
        head.addLayout(words, 1)
        head.addLayout(self._badge)
        head.addWidget(self.more)
        return head

    def _topic(self, topic: Topic) -> SettingsRow:
        name = tr(texts.TITLES[topic])
        switch = self.switches[topic] = Switch(name)
        switch.clicked.connect(lambda on: self.topic_switched.emit(topic, on))
        control = QWidget()
        row = QHBoxLayout(control)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        amount = self._amounts[topic] = label("", "small", "muted", tabular=True)
        row.addWidget(amount)
        row.addWidget(switch)
        switch.setAccessibleDescription(tr(texts.HINTS[topic]))
        control.setFocusProxy(switch)
        return SettingsRow(name, control, tr(texts.HINTS[topic]))

    def _notes(self) -> SettingsRow:
        name = tr("Keep notes")
        self.notes_to = Combo(
            (
                (NotesTo.BOOK.value, tr("In the book")),
                (NotesTo.PAGE.value, tr("On the book’s page")),
            ),
            name,
        )
        self.notes_to.chosen.connect(lambda key: self.notes_to_chosen.emit(NotesTo(key)))
        hint = tr("Beside the highlight in the server’s reader, or with the book’s description.")
        self._notes_row = SettingsRow(name, self.notes_to, hint)
        return self._notes_row

    def _show_banners(self, shown: AccountLine, now: datetime) -> None:
        clear(self._banners)
        trouble = texts.trouble_text(shown, now)
        if trouble:
            self._add_banner(trouble, "warning", tr("Try again"), self.send_requested.emit)
        if shown.waiting:
            text = counted(
                "%Ln records wait for you.", "", shown.waiting, one="%Ln record waits for you."
            )
            self._add_banner(text, "warning", tr("Show…"), self.waiting_requested.emit)
        if shown.unknown_books:
            text = tr(
                "{books}: not found on the server for certain. Nothing of them is sent.",
                books=books(shown.unknown_books),
            )
            self._add_banner(text, "info", tr("Name them…"), self.unknown_requested.emit)

    def _add_banner(self, text: str, tone: str, link: str, act: Callable[[], None]) -> None:
        banner = InlineBanner(text, tone, closable=False)
        banner.add_link(link, act)
        self._banners.addWidget(banner)

    def _fill_menu(self, shown: AccountLine) -> None:
        on = shown.source.enabled
        self.menu.clear()
        entries: Sequence[tuple[str, Callable[[], None]]] = (
            (tr("Edit…"), self.edit_requested.emit),
            (tr("Test connection"), self.test_requested.emit),
            (tr("Send now"), self.send_requested.emit),
            (tr("Pause") if on else tr("Go on"), lambda: self.paused.emit(on)),
            (tr("Set up KOReader sync with it…"), self.koreader_requested.emit),
            (tr("Add its catalog…"), self.catalog_requested.emit),
            (tr("Remove…"), self.remove_requested.emit),
        )
        for text, act in entries:
            action = QAction(text, self.menu)
            action.triggered.connect(lambda _checked=False, act=act: act())
            self.menu.addAction(action)
