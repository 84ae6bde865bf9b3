"""Notices above a list, as banners with links to what helps."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kios_desktop.ui.catalog.ports import Notice
from kios_desktop.ui.kit.error_texts import Action
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.inline_banner import InlineBanner


def action_text(action: Action) -> str:
    """The label of an action that a catalog can perform; "" for other actions."""
    return {
        Action.TRY_AGAIN: tr("Try again"),
        Action.RETRY: tr("Try again"),
        Action.ENTER_AGAIN: tr("Sign in…"),
        Action.LOOK_AT_CERTIFICATE: tr("Look at it…"),
        Action.CHANGE_ADDRESS: tr("Change the address…"),
        Action.USE_LOCATION: tr("Change the address…"),
    }.get(action, "")


class NoticeColumn(QWidget):
    """A column of banners."""

    action_requested = Signal(object)  # Action
    closed = Signal(object)  # Notice

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 6)
        self._column.setSpacing(6)
        self._shown: tuple[Notice, ...] = ()
        self.banners: list[InlineBanner] = []
        self.hide()

    def show_notices(self, notices: Sequence[Notice]) -> None:
        if tuple(notices) == self._shown:
            return
        self._shown = tuple(notices)
        for banner in self.banners:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.banners = [self._banner(notice) for notice in notices]
        self.setVisible(bool(notices))

    def _close(self, notice: Notice) -> None:
        self.closed.emit(notice)
        self.show_notices([one for one in self._shown if one is not notice])

    def _banner(self, notice: Notice) -> InlineBanner:
        wanted = [notice.action]
        if notice.action is Action.ENTER_AGAIN:
            wanted.insert(0, Action.TRY_AGAIN)
        made = InlineBanner(notice.text, notice.tone, closable=notice.closable)
        made.dismissed.connect(partial(self._close, notice))
        for action in wanted:
            if text := action_text(action):
                made.add_link(text, partial(self.action_requested.emit, action))
        self._column.addWidget(made)
        return made
