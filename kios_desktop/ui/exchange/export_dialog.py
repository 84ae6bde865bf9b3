"""A dialog that asks what of the marks is exported, and how."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDialogButtonBox, QRadioButton, QWidget

from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.export_choice import PAGES, ExportAnswer, ExportHow
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.check_box import CheckBox
from kios_desktop.ui.widgets.label import label


class ExportDialog(Dialog):
    """`scopes` are the texts of what may be exported; a single one is not asked about.

    `answered` is emitted for “Export…”.
    """

    answered = Signal(object)  # ExportAnswer

    def __init__(
        self,
        file_format: ExportFormat,
        scopes: Sequence[str],
        last: ExportHow,
        parent: QWidget | None,
    ) -> None:
        title = tr("Export highlights")
        super().__init__(title, parent, theme.scaled(440))
        self.body.addWidget(label(title, "title", wrap=True))
        self._scopes = QButtonGroup(self)
        if len(scopes) > 1:
            for number, words in enumerate(scopes):
                self.body.addWidget(self._scope(number, words))
            self.body.addSpacing(4)
        self.notes = self._option(tr("Include notes"), last.include_notes)
        self.chapters = self._option(tr("Group by chapter"), last.group_by_chapter)
        self.chapters.setVisible(file_format in PAGES)
        self.add_button(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.verb = self.add_button(
            tr("Export…"), QDialogButtonBox.ButtonRole.AcceptRole, "primary"
        )
        self.verb.setDefault(True)
        self.verb.setFocus()
        self.accepted.connect(self._answer)

    def _scope(self, number: int, words: str) -> QRadioButton:
        made = QRadioButton(words)
        made.setProperty("kind", "option")
        made.setFont(theme.font("body"))
        made.setMinimumHeight(theme.scaled(24))
        made.setChecked(number == 0)
        self._scopes.addButton(made, number)
        return made

    def _option(self, words: str, on: bool) -> QCheckBox:
        made = CheckBox(words)
        made.setFont(theme.font("body"))
        made.setChecked(on)
        self.body.addWidget(made)
        return made

    def _answer(self) -> None:
        self.answered.emit(
            ExportAnswer(
                max(0, self._scopes.checkedId()),
                ExportHow(self.notes.isChecked(), self.chapters.isChecked()),
            )
        )
