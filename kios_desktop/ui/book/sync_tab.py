"""The Sync tab: where a book syncs and why, and where it was read."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.application.book_routes import BookAccount, Routing
from kios_desktop.domain.accounts import LinkState
from kios_desktop.domain.locator import Locator
from kios_desktop.sync.route import RouteReason
from kios_desktop.ui.book.ports import BookShown
from kios_desktop.ui.book.texts import (
    ChannelTexts,
    Moment,
    account_texts,
    channel_texts,
    choices,
    origin_text,
    reason_text,
    timeline,
)
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.badge import Badge
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import ElidedLabel, label, line
from kios_desktop.ui.widgets.layouts import clear

AUTOMATIC: Final = "auto"
_FIRST: Final = 5  # rows of the timeline before “Show all”
_MOST: Final = 200
_MARK_AIR: Final = 7  # px between the icon of a device and the circle around it


class ChannelRow(QWidget):
    """One server: its state, and the place it holds."""

    def __init__(self, words: ChannelTexts) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 10, 0, 10)
        row.setSpacing(12)
        mark = IconLabel(words.icon, words.tone, theme.icon_px("nav"))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(words.title, "bodyStrong"), 1)
        head.addWidget(label(words.value, "small", tabular=True))
        column.addLayout(head)
        column.addWidget(label(words.line, "small", "muted", wrap=True))
        row.addLayout(column, 1)
        self.setAccessibleName(", ".join(w for w in (words.title, words.line, words.value) if w))


class MomentRow(QWidget):
    """A place of the timeline; `go` asks to open the book there.

    `joined`: whether a line connects it to a newer row above, and to an older row below.
    """

    def __init__(
        self, moment: Moment, go: Callable[[Locator], None], joined: tuple[bool, bool]
    ) -> None:
        super().__init__()
        self._here = moment.here
        self._newer, self._older = joined
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(12)
        self._mark = IconLabel(moment.icon, "accent" if moment.here else "textMuted", 18)
        row.addSpacing(_MARK_AIR)
        row.addWidget(self._mark)
        row.addSpacing(_MARK_AIR)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(ElidedLabel(moment.place, "bodyStrong"))
        column.addWidget(ElidedLabel(moment.line, "small", "muted"))
        row.addLayout(column, 1)
        if moment.tag:
            row.addWidget(Badge(moment.tag, "success" if moment.here else "neutral"))
        if not moment.here:
            there = button(tr("Go there"), height="controlSmall")
            there.setAccessibleName(tr("{place}, Go there", place=moment.spoken))
            there.clicked.connect(lambda: go(moment.position.locator))
            row.addWidget(there)
        self.setAccessibleName(moment.spoken)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        around = QRectF(self._mark.geometry()).adjusted(
            -_MARK_AIR, -_MARK_AIR, _MARK_AIR, _MARK_AIR
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(now.color("border"), 2))
        middle = around.center().x()
        if self._newer:
            painter.drawLine(QPointF(middle, 0), QPointF(middle, around.top()))
        if self._older:
            painter.drawLine(QPointF(middle, around.bottom()), QPointF(middle, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.color("accentSoft" if self._here else "sunken"))
        painter.drawEllipse(around)
        painter.end()


class SyncTab(QWidget):
    """`choice` is emitted with a source id, "" for no server, or None for “automatic”."""

    choice = Signal(object)
    sync_requested = Signal()
    set_up_requested = Signal()
    go_requested = Signal(object)  # Locator
    match_requested = Signal(str)  # id of an account: look anew which book it is there
    never_requested = Signal(str)  # id of an account that gets nothing of this book

    def __init__(self) -> None:
        super().__init__()
        self._routing: Routing | None = None
        self._shown_accounts: Sequence[BookAccount] = ()
        self._accounts = QVBoxLayout()
        self._accounts.setSpacing(0)
        self._moments: list[Moment] = []
        self._all = False
        self._reason = label("", "body", "muted", wrap=True)
        self.combo: Combo | None = None
        self._chosen = QVBoxLayout()
        self._channels = QVBoxLayout()
        self._channels.setSpacing(0)
        self._origin = label("", "small", "muted", wrap=True)
        self._history = QVBoxLayout()
        self._history.setSpacing(0)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._columns.setContentsMargins(0, 16, 0, 0)
        self._columns.setSpacing(32)
        self._columns.addLayout(self._left(), 3)
        self._columns.addLayout(self._right(), 2)

    def set_narrow(self, narrow: bool) -> None:
        """In a window below 1000 px the columns are stacked."""
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(down if narrow else across)

    def show_book(self, shown: BookShown, now: datetime) -> None:
        if shown.routing != self._routing:
            self._show_choice(shown.routing)
        self._show_channels(shown.routing, now)
        self._show_accounts(shown.accounts)
        self._origin.setText(origin_text(shown.came_from, now))
        moments = timeline(shown.visits[:_MOST], now)
        if moments != self._moments:
            self._moments = moments
            self._show_moments()

    # -- left column: where it syncs

    def _left(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.addWidget(label(tr("Where this book syncs"), "section"))
        head.addStretch(1)
        self.sync = button(tr("Sync now"), icon_name="arrows-clockwise", height="controlSmall")
        self.sync.clicked.connect(self.sync_requested)
        head.addWidget(self.sync)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(IconLabel("fingerprint", "textMuted", 16), 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._origin, 1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._reason)
        column.addLayout(self._chosen)
        column.addLayout(self._channels)
        column.addLayout(self._accounts)
        column.addSpacing(6)
        column.addLayout(foot)
        column.addStretch(1)
        return column

    def _show_choice(self, routing: Routing) -> None:
        self._routing = routing
        self._reason.setText(reason_text(routing))
        options = choices(routing)
        focused = self.combo is not None and self.combo.hasFocus()
        clear(self._chosen)
        self.combo = None
        self.sync.setVisible(routing.used is not None)
        if not routing.channels:
            if routing.reason in (RouteReason.NOWHERE, RouteReason.KEEPS_NONE):
                set_up = button(tr("Set up…"), "link", height="controlSmall")
                set_up.setProperty("flush", True)
                set_up.clicked.connect(self.set_up_requested)
                self._chosen.addWidget(set_up)
            return
        self.combo = Combo(options, tr("Sync this book with"))
        known = {key for key, _text in options}
        now = AUTOMATIC if routing.chosen is None else routing.chosen
        self.combo.set_value(now if now in known else AUTOMATIC)
        self.combo.chosen.connect(self._choose)
        self._chosen.addWidget(self.combo, 0, Qt.AlignmentFlag.AlignLeading)
        if focused:
            self.combo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, key: str) -> None:
        self.choice.emit(None if key == AUTOMATIC else key)

    def _show_accounts(self, accounts: Sequence[BookAccount]) -> None:
        """The rows are made anew only if they differ, so that the focus stays."""
        if accounts == self._shown_accounts:
            return
        self._shown_accounts = accounts
        clear(self._accounts)
        for account in accounts:
            self._accounts.addWidget(ChannelRow(account_texts(account)))
            links = QHBoxLayout()
            links.setContentsMargins(theme.icon_px("nav") + 12, 0, 0, 8)
            for text, signal in self._account_links(account):
                link = button(text, "link", height="controlSmall")
                link.setProperty("flush", True)
                link.clicked.connect(lambda _on=False, s=signal, a=account.account_id: s.emit(a))
                links.addWidget(link)
            links.addStretch(1)
            self._accounts.addLayout(links)
            self._accounts.addWidget(line())

    def _account_links(self, account: BookAccount) -> list[tuple[str, SignalInstance]]:
        if account.link is not None and account.link.state is LinkState.OFF:
            return [(tr("Send it again"), self.match_requested)]
        return [
            (tr("Look for it again"), self.match_requested),
            (tr("Don’t send this book"), self.never_requested),
        ]

    def _show_channels(self, routing: Routing, now: datetime) -> None:
        clear(self._channels)
        for channel in routing.channels:
            words = channel_texts(channel, channel.source_id == routing.used, now)
            self._channels.addWidget(ChannelRow(words))
            self._channels.addWidget(line())

    # -- right column: the timeline

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(label(tr("Where you have been"), "section"))
        column.addLayout(self._history)
        column.addStretch(1)
        self._show_moments()
        return column

    def _show_moments(self) -> None:
        clear(self._history)
        if not self._moments:
            empty = tr("Your places will appear here as you read.")
            self._history.addWidget(label(empty, "body", "muted", wrap=True))
            return
        shown = self._moments if self._all else self._moments[:_FIRST]
        for number, moment in enumerate(shown):
            joined = (number > 0, number < len(shown) - 1)
            self._history.addWidget(MomentRow(moment, self.go_requested.emit, joined))
        if len(shown) < len(self._moments):
            text = tr("Show all {n}", n=len(self._moments))
            more = button(text, "link", height="controlSmall")
            more.setProperty("flush", True)
            more.clicked.connect(self._show_all)
            self._history.addWidget(more)

    def _show_all(self) -> None:
        self._all = True
        self._show_moments()
