"""A dialog that tells what was imported, and asks about the marks that differ."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from kios_desktop.domain.mark_differences import Keep
from kios_desktop.ui.exchange.import_summary import ImportSummary
from kios_desktop.ui.exchange.summary_dialog import SummaryDialog
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.label import label


class KeepDialog(SummaryDialog):
    """`answered` is emitted once; closing the dialog keeps what is here."""

    answered = Signal(object)  # Keep

    def __init__(self, summary: ImportSummary, parent: QWidget) -> None:
        super().__init__(summary, parent)
        self.body.addWidget(label(tr("Which of them do you want to keep?"), "body", wrap=True))
        action = QDialogButtonBox.ButtonRole.ActionRole
        self.both = self.add_button(
            tr("Keep both"), action, on_click=lambda: self._answer(Keep.BOTH)
        )
        self.theirs = self.add_button(
            tr("Take theirs"), action, on_click=lambda: self._answer(Keep.THEIRS)
        )
        self.mine = self.add_button(
            tr("Keep mine"), QDialogButtonBox.ButtonRole.RejectRole, "primary"
        )
        self.mine.setDefault(True)
        self.mine.setFocus()
        self.rejected.connect(lambda: self.answered.emit(Keep.MINE))

    def _answer(self, keep: Keep) -> None:
        self.answered.emit(keep)
        self.accept()
