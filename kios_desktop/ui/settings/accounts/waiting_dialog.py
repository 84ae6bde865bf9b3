"""What waits at an account, each with its reason and what a person can decide."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kios_desktop.application.account_values import WaitingRecord
from kios_desktop.domain.account_items import ItemState
from kios_desktop.outbox.resolving import Decision
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.settings.accounts import texts
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label, line
from kios_desktop.ui.widgets.layouts import clear

_WIDTH: Final = 620
_HEIGHT: Final = 380
_LEAST: Final = 96
_AROUND: Final = 260  # px of its window that the rest of the sheet needs
_SIDES: Final = 64  # px beside the list
SHOWN: Final = 50  # records that are listed; the others follow when these are decided


class WaitingDialog(Dialog):
    """It closes itself when nothing waits any more."""

    decided = Signal(object, object)  # list of WaitingRecord, Decision

    def __init__(self, server: str, parent: QWidget | None) -> None:
        title = tr("What waits for you")
        super().__init__(title, parent, theme.scaled(_WIDTH))
        self._server = isolated(server)
        self.rows: list[WaitingRow] = []
        self.body.addWidget(label(title, "title", wrap=True))
        self._intro = label("", "body", "muted", wrap=True)
        self.body.addWidget(self._intro)
        self._retry = button(tr("Try all again"), height="controlSmall")
        self._retry.setAutoDefault(False)
        self._retry.clicked.connect(self._retry_all)
        self.body.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignLeading)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(0)
        scroll = QScrollArea()
        dress_as_page(scroll, by_keys=True)
        scroll.setWidget(inner)
        scroll.setAccessibleName(title)
        self._most = theme.scaled(_HEIGHT)
        if parent is not None:
            self._most = min(self._most, max(_LEAST, parent.height() - _AROUND))
        self._scroll, self._inner = scroll, inner
        self.body.addWidget(scroll)
        self.add_button(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole, "primary")

    def show_records(self, records: Sequence[WaitingRecord]) -> None:
        if not records:
            self.accept()
            return
        self._records = list(records)
        self._intro.setText(
            counted(
                "%Ln records. Nothing of them is lost.",
                "",
                len(records),
                one="%Ln record. Nothing of it is lost.",
            )
        )
        self._retry.setVisible(any(Decision.RETRY in one.decisions for one in records))
        clear(self._column)
        self.rows = []
        for number, record in enumerate(records[:SHOWN]):
            if number:
                self._column.addWidget(line())
            row = WaitingRow(record, self._server)
            row.decided.connect(lambda what, one=record: self.decided.emit([one], what))
            self.rows.append(row)
            self._column.addWidget(row)
        rest = len(records) - SHOWN
        if rest > 0:
            self._column.addWidget(label(tr("and {n} more", n=rest), "small", "muted"))
        self._column.addStretch(1)
        self._column.activate()
        wanted = self._inner.heightForWidth(self._width - _SIDES)
        self._scroll.setFixedHeight(max(_LEAST, min(self._most, wanted)))
        self.fit()

    def _retry_all(self) -> None:
        tried = [one for one in self._records if Decision.RETRY in one.decisions]
        self.decided.emit(tried, Decision.RETRY)


class WaitingRow(QWidget):
    """One record."""

    decided = Signal(object)  # Decision

    def __init__(self, record: WaitingRecord, server: str) -> None:
        super().__init__()
        self.buttons = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 10)
        column.setSpacing(4)
        title = texts.record_title(record)
        column.addWidget(label(title, "bodyStrong", wrap=True))
        if record.text and record.item.state is not ItemState.DONE:
            column.addWidget(label(f"“{isolated(record.text)}”", "small", "muted", wrap=True))
        reason = texts.record_reason(record, server)
        column.addWidget(label(reason, "body", wrap=True))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for decision in record.decisions:
            made = button(tr(texts.DECISIONS[decision]), height="controlSmall")
            made.setAutoDefault(False)
            made.clicked.connect(lambda _checked=False, what=decision: self.decided.emit(what))
            made.setAccessibleDescription(title)
            self.buttons[decision] = made
            foot.addWidget(made)
        foot.addStretch(1)
        column.addLayout(foot)
