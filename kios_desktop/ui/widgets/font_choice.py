"""The choice of the font of the page."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit.faces import page_families
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.combo import Combo


class FontChoice(Combo):
    """Lists font families, each in its own font. The key "" stands for “The book’s font”."""

    def __init__(self, parent: QWidget | None = None) -> None:
        families = page_families()
        options = [("", tr("The book’s font")), *((name, name) for name in families)]
        super().__init__(options, tr("Font"), parent)
        for row, name in enumerate(families, start=1):
            self._set_face(row, name)

    def set_value(self, key: str) -> None:
        """Select a family. One that is not offered is added, and marked if not installed."""
        if self.findData(key) < 0:
            there = QFontDatabase.hasFamily(key)
            self.addItem(key if there else tr("{font} (not installed)", font=key), key)
            if there:
                self._set_face(self.count() - 1, key)
        super().set_value(key)

    def _set_face(self, row: int, family: str) -> None:
        face = QFont(self.font())
        face.setFamilies([family, *face.families()])
        self.setItemData(row, face, Qt.ItemDataRole.FontRole)
