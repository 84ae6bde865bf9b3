"""The fonts that the user added: their families, each with “Remove”, and “Add a font…”."""

import logging
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.ui.kit.own_fonts import SUFFIXES, NotAFont, add_font, own_fonts, remove_family
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label

log = logging.getLogger(__name__)


class OwnFontsList(QWidget):
    """`changed` is emitted when a font was added or removed."""

    changed = Signal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._rows = QVBoxLayout()
        self._problem = label("", "small", "danger", wrap=True)
        self._problem.hide()
        self.add_button = button(tr("Add a font…"), height="controlSmall")
        self.add_button.clicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._rows)
        column.addWidget(self._problem)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignRight)
        self._fill()

    def add(self, files: list[Path]) -> None:
        """Add font files; those that are none are named."""
        refused: list[str] = []
        for file in files:
            try:
                add_font(self._folder, file)
            except NotAFont:
                refused.append(file.name)
            except OSError as e:
                log.warning("a font was not added: %s", e)
                refused.append(file.name)
        self._show_refused(refused)
        self._fill()
        self.changed.emit()

    def remove(self, family: str) -> None:
        """Delete the files of a family from the profile."""
        self._problem.hide()
        try:
            remove_family(self._folder, family)
        except OSError as e:
            log.warning("a font was not removed: %s", e)
            self._say(tr("“{name}” could not be removed. Is it open elsewhere?", name=family))
        self._fill()
        self.changed.emit()

    def _show_refused(self, names: list[str]) -> None:
        if not names:
            self._problem.hide()
            return
        self._say(
            tr(
                "Kios can’t read “{name}” as a font. A TTF or OTF file of the same font may help.",
                name="”, “".join(names),
            )
        )

    def _say(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()

    def _fill(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.hide()
                row.deleteLater()
        for family in dict.fromkeys(font.family for font in own_fonts(self._folder)):
            self._rows.addWidget(self._row(family))

    def _row(self, family: str) -> QWidget:
        row = QWidget()
        words = label(family)
        face = QFont(words.font())
        face.setFamilies([family, *face.families()])
        words.setFont(face)
        remove = button(tr("Remove"), "quiet", height="controlSmall")
        remove.setAccessibleName(tr("Remove {font}", font=family))
        remove.clicked.connect(lambda: self.remove(family))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(words, 1)
        line.addWidget(remove)
        return row

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Add a font"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        kinds = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog.setNameFilters([tr("Fonts ({kinds})", kinds=kinds), tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        dialog.open()
