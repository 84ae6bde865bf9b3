"""The question before a source is removed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import AskDialog
from kios_desktop.ui.kit.translation import counted, tr


class RemoveSourceDialog(AskDialog):
    """`confirmed` carries whether to remove its downloaded books as well."""

    confirmed = Signal(bool)

    def __init__(self, name: str, downloaded: int, parent: QWidget | None) -> None:
        stay = counted(
            "%Ln downloaded books stay on this computer with their places.",
            "",
            downloaded,
            one="%Ln downloaded book stays on this computer with its place.",
        )
        forget = tr("Kios forgets the address and password.")
        super().__init__(
            tr("Remove {source}?", source=name),
            f"{stay} {forget}" if downloaded else forget,
            tr("Remove source"),
            parent,
            dangerous=True,
        )
        self.with_books = QCheckBox(tr("Also remove the downloaded books"))
        self.with_books.setProperty("kind", "option")
        self.with_books.setFont(theme.font("body"))
        self.body.addWidget(self.with_books)
        self.with_books.setVisible(downloaded > 0)
        self.accepted.connect(lambda: self.confirmed.emit(self.with_books.isChecked()))
