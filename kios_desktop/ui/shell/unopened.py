"""The dialog about a book that can't be opened: why, and what can be done."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QPlainTextEdit, QWidget

from kios_desktop.domain.errors import PublicationError
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.error_texts import details, explain
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.library.removal import removal_question
from kios_desktop.ui.widgets.label import label

_DETAIL_LINES: Final = 4


def unopened_title(title: str) -> str:
    return tr("‘{title}’ can’t be opened", title=isolated(title))


class UnopenedDialog(Dialog):
    """Offers to add the file again, or to remove the book; either closes the dialog.

    `file` is the book's file in the library.
    """

    file_chosen = Signal(Path)
    removal_chosen = Signal()

    def __init__(
        self, title: str, file: Path, error: PublicationError, parent: QWidget | None
    ) -> None:
        head = unopened_title(title)
        super().__init__(head, parent, 560)
        self._title = title
        self.body.addWidget(label(head, "title", wrap=True))
        self.body.addWidget(label(explain(error).text, "body", "muted", wrap=True))
        remedy = tr("If you have the file elsewhere, add it again: your place in the book is kept.")
        self.body.addWidget(label(remedy, "body", "muted", wrap=True))
        self.details = _details(f"{file}\n{details(error)}")
        self.body.addWidget(self.details)
        self.more = self.add_left(tr("Show details"))
        self.more.clicked.connect(self._toggle_details)
        self.add_button(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        remove = QDialogButtonBox.ButtonRole.DestructiveRole
        self.remove = self.add_button(tr("Remove…"), remove, "danger", self._ask_to_remove)
        again = QDialogButtonBox.ButtonRole.ActionRole
        self.again = self.add_button(tr("Add the file again…"), again, "primary", self._choose)
        self.again.setDefault(True)
        self.again.setFocus()

    def _toggle_details(self) -> None:
        shown = self.details.isVisibleTo(self)
        self.details.setVisible(not shown)
        self.more.setText(tr("Show details") if shown else tr("Hide details"))
        self.adjustSize()

    def _ask_to_remove(self) -> None:
        question = removal_question(self._title, self)
        question.accepted.connect(self.removal_chosen)
        question.accepted.connect(self.accept)
        question.open()

    def _choose(self) -> None:
        files = QFileDialog(self, tr("Add the file again"))
        files.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        files.setFileMode(QFileDialog.FileMode.ExistingFile)
        files.setNameFilters([tr("EPUB books (*.epub)"), tr("All files (*)")])
        files.fileSelected.connect(self.take)
        files.open()

    def take(self, chosen: str) -> None:
        """Take the chosen file and close."""
        self.file_chosen.emit(Path(chosen))
        self.accept()


def _details(text: str) -> QPlainTextEdit:
    """Details for support. Lines break anywhere, because a path is one long word."""
    made = QPlainTextEdit(text)
    made.setReadOnly(True)
    made.setAccessibleName(tr("Details"))
    made.setFont(theme.font("small"))
    made.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
    lines = _DETAIL_LINES * made.fontMetrics().lineSpacing()
    made.setFixedHeight(lines + 2 * made.frameWidth() + 8)
    made.hide()
    return made
