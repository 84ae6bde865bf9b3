"""The bar of the select mode: how many books are chosen, and buttons for them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.overlay import announce
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.widgets.buttons import IconButton, button
from kios_desktop.ui.widgets.label import label


class SelectBar(QFrame):
    """Shown at the bottom of the list."""

    download_requested = Signal()
    all_requested = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("selectBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(max(theme.size("header"), theme.control_height() + 20))
        self._words = label("", "bodyStrong", tabular=True)
        self.all = button("", "quiet")
        self.download = button("", "primary", "download-simple")
        self._close = IconButton("x", tr("Stop selecting"))
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self._words)
        row.addWidget(self.all)
        row.addStretch(1)
        row.addWidget(self.download)
        row.addWidget(self._close)
        self.all.clicked.connect(self.all_requested)
        self.download.clicked.connect(self.download_requested)
        self._close.clicked.connect(self.closed)
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.activated.connect(self.closed)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.hide()

    def show_count(self, chosen: int, loaded: int) -> None:
        """Show the number of chosen entries; `loaded` is the number that “Select all” chooses."""
        text = counted("%Ln books selected", "", chosen, one="%Ln book selected")
        self._words.setText(text)
        self.all.setText(counted("Select all %Ln", "", loaded, one="Select %Ln book"))
        self.download.setText(tr("Download {n}", n=f"{chosen:n}"))
        self.download.setEnabled(chosen > 0)
        self.download.setToolTip("" if chosen else tr("Choose books first"))
        if self.isVisible():
            announce(self, text)
