"""The choice of the font of the page."""

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QListView, QWidget

from kios_desktop.ui.kit.faces import page_families
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.combo import Combo


class FontChoice(Combo):
    """Lists font families, each in its own font. The key "" stands for “The book’s font”."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((), tr("Font"), parent)
        # Rows of one height: only those in sight load their fonts, of which there may be hundreds.
        cast(QListView, self.view()).setUniformItemSizes(True)
        self._plain = QFont(self.font())
        self._families: list[str] = []
        self.currentIndexChanged.connect(self._show_face)
        self.fill()

    def fill(self) -> None:
        """List the families that there are now; the choice stays."""
        chosen = self.currentData()
        families = self._families = page_families()
        self.set_options([("", tr("The book’s font")), *((name, name) for name in families)])
        self.setItemData(0, self._plain, Qt.ItemDataRole.FontRole)
        for row, name in enumerate(families, start=1):
            self._set_face(row, name)
        if chosen is not None:
            self.set_value(chosen)

    def showPopup(self) -> None:
        """Fonts may have been added or removed since, here or in the system."""
        if page_families() != self._families:
            self.fill()
        super().showPopup()

    def set_value(self, key: str) -> None:
        """Select a family. One that is not offered is added, and marked if not installed."""
        if self.findData(key) < 0:
            there = QFontDatabase.hasFamily(key)
            self.addItem(key if there else tr("{font} (not installed)", font=key), key)
            if there:
                self._set_face(self.count() - 1, key)
        super().set_value(key)

    def _show_face(self, row: int) -> None:
        """Write the chosen family in its own font."""
        face = self.itemData(row, Qt.ItemDataRole.FontRole)
        self.setFont(face if isinstance(face, QFont) else self._plain)

    def _set_face(self, row: int, family: str) -> None:
        face = QFont(self._plain)
        face.setFamilies([family, *face.families()])
        self.setItemData(row, face, Qt.ItemDataRole.FontRole)
