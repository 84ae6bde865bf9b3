"""“Open this link in your browser?”: a book must not send anybody anywhere unasked."""

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label

SHOWN = 300  # characters of an address


class LinkQuestion(QDialog):
    """Shows the whole address. `on_open` is told whether to go on asking."""

    def __init__(self, url: str, on_open: Callable[[bool], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open this link in your browser?")
        self.setModal(True)
        self._url, self._on_open = url, on_open
        address = label(url if len(url) <= SHOWN else url[:SHOWN] + "…", "body", wrap=True)
        address.setMinimumWidth(380)
        self._ask = QCheckBox("Ask before opening web links")
        self._ask.setChecked(True)
        cancel, go = button("Cancel"), button("Open link", "primary")
        row = QHBoxLayout()
        row.addWidget(self._ask)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(go)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(12)
        box.addWidget(label("The book has a link to this address.", "body", "muted"))
        box.addWidget(address)
        box.addSpacing(8)
        box.addLayout(row)
        cancel.clicked.connect(self.reject)
        go.clicked.connect(self.accept)
        self.accepted.connect(self._open)

    def _open(self) -> None:
        self._on_open(self._ask.isChecked())
        open_in_browser(self._url)


def open_in_browser(url: str) -> None:
    """Hand an http, https or mailto address to the system."""
    QDesktopServices.openUrl(QUrl(url, QUrl.ParsingMode.StrictMode))
