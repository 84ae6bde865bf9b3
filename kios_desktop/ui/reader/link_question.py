"""The question before a web link of a book is opened."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.dialog import Dialog
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.label import label

SHOWN = 300  # characters of an address
BREAK_AFTER = "/?&=-._"  # an address has no spaces to break a line at


class LinkQuestion(Dialog):
    """Shows the whole address. `on_open` is called with whether to ask the next time.

    `said` says where the link comes from; without it, from the book.
    """

    def __init__(
        self,
        url: str,
        on_open: Callable[[bool], None],
        parent: QWidget,
        said: str = "",
    ) -> None:
        super().__init__(tr("Open this link in your browser?"), parent)
        self._url, self._on_open = url, on_open
        address = label(_breakable(url), "bodyStrong", wrap=True)
        self._ask = QCheckBox(tr("Ask before opening web links"))
        self._ask.setProperty("kind", "option")
        self._ask.setFont(theme.font("body"))
        self._ask.setChecked(True)
        self.body.addWidget(
            label(said or tr("The book has a link to this address."), "body", "muted")
        )
        self.body.addWidget(address)
        self.body.addWidget(self._ask)
        role = QDialogButtonBox.ButtonRole
        self.add_button(tr("Cancel"), role.RejectRole)
        self.add_button(tr("Open link"), role.AcceptRole, "primary")
        self.accepted.connect(self._open)

    def _open(self) -> None:
        self._on_open(self._ask.isChecked())
        open_in_browser(self._url)


def _breakable(url: str) -> str:
    """The address with places to break a line at, shortened to `SHOWN` characters."""
    shown = url if len(url) <= SHOWN else url[:SHOWN] + "…"
    return "".join(f"{c}\u200b" if c in BREAK_AFTER else c for c in shown)


def open_in_browser(url: str) -> None:
    """Open an http, https or mailto address with the system's program."""
    QDesktopServices.openUrl(QUrl(url, QUrl.ParsingMode.StrictMode))


class WebLinks:
    """Opens web addresses that a book links to, after asking if `ask` says so."""

    def __init__(
        self, window: QWidget, ask: Callable[[], bool], stop_asking: Callable[[], None]
    ) -> None:
        self._window, self._ask, self._stop_asking = window, ask, stop_asking

    def open(self, url: str) -> None:
        if not self._ask():
            open_in_browser(url)
            return
        question = LinkQuestion(url, self._answered, self._window)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.open()

    def _answered(self, ask_again: bool) -> None:
        if not ask_again:
            self._stop_asking()
