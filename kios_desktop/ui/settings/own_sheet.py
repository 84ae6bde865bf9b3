"""The user's own style sheet: an editor, and what of the text is left out."""

import logging
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget

from kios_desktop.domain.own_css import reaches_out
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label

log = logging.getLogger(__name__)

_PAUSE_MS: Final = 600
_WIDTH: Final = 320
_LARGEST: Final = 200_000  # characters


class OwnSheetEditor(QWidget):
    """`changed` carries the text after a pause in typing."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = QPlainTextEdit()
        self._text.setAccessibleName(tr("Own style sheet"))
        self._text.setPlaceholderText(tr("p { letter-spacing: 0.01em; }"))
        self._text.setTabChangesFocus(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setFixedHeight(120)
        self._left_out = label(
            tr("Kios leaves out @import and addresses on the web: a book never goes online."),
            "small",
            "muted",
            wrap=True,
        )
        self._left_out.hide()
        self._problem = label("", "small", "danger", wrap=True)
        self._problem.hide()
        read = button(tr("Read from a file…"), height="controlSmall")
        read.clicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self._text, self._left_out, self._problem, read):
            column.addWidget(part)
        column.setAlignment(read, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(_WIDTH)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._emit)
        self._text.textChanged.connect(self._typed)

    def show_sheet(self, css: str) -> None:
        """Show the style sheet without emitting `changed`, unless the user is typing."""
        if self._pause.isActive() or css == self._text.toPlainText():
            return
        self._text.blockSignals(True)
        self._text.setPlainText(css)
        self._text.blockSignals(False)
        self._left_out.setVisible(reaches_out(css))

    def read(self, file: Path) -> None:
        """Take a file as the style sheet."""
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as e:
            log.warning("a style sheet was not read: %s", e)
            text = None
        if text is None or len(text) > _LARGEST:
            self._problem.setText(tr("Kios can’t read “{name}” as a style sheet.", name=file.name))
            self._problem.show()
            return
        self._problem.hide()
        self._text.setPlainText(text)

    def hideEvent(self, event: object) -> None:
        if self._pause.isActive():
            self._emit()

    def _typed(self) -> None:
        self._left_out.setVisible(reaches_out(self._text.toPlainText()))
        self._pause.start()

    def _emit(self) -> None:
        self._pause.stop()
        self.changed.emit(self._text.toPlainText()[:_LARGEST])

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Read a style sheet"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Style sheets (*.css)"), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.read(Path(names[0])))
        dialog.open()
