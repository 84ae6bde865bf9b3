"""The banner for a page that stopped working too often."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label


class StoppedBanner(QWidget):
    """Offers to try again, or to choose another chapter in the contents."""

    again = Signal()
    contents = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = tr("The page keeps stopping. Your place is safe.")
        self.remedy = tr(
            "This part of the book may be too much for the web engine: choose another part in the "
            "contents. Or close other programs, so that there is more memory, and try again."
        )
        again = button(tr("Try again"), "primary")
        again.clicked.connect(self.again)
        contents = button(tr("Contents"))
        contents.clicked.connect(self.contents)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(again)
        buttons.addWidget(contents)
        buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(8)
        box.addWidget(label(self.title, "section", wrap=True))
        box.addWidget(label(self.remedy, wrap=True))
        box.addLayout(buttons)
