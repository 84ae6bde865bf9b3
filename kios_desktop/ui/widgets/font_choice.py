"""The choice of the face a page is set in."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.faces import page_families
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.wording import tr


class FontChoice(Combo):
    """A list of families, each in its own face. The key "" is “The book’s font”."""

    def __init__(self, parent: QWidget | None = None) -> None:
        families = page_families()
        options = [("", tr("The book’s font")), *((name, name) for name in families)]
        super().__init__(options, tr("Font"), parent)
        for row, name in enumerate(families, start=1):
            face = QFont(self.font())
            face.setFamilies([name, *face.families()])
            self.setItemData(row, face, Qt.ItemDataRole.FontRole)

    def set_value(self, key: str) -> None:
        """A family that was chosen and is not installed any more is listed as that."""
        if self.findData(key) < 0:
            self.addItem(tr("{font} (not installed)", font=key), key)
        super().set_value(key)
