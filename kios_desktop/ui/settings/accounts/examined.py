"""The result of testing an account: what the server can do, or each fault with its remedy."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kios_desktop.domain.accounts import AccountExamination, Capabilities
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import isolated
from kios_desktop.ui.kit.server_faults import faults_of
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.focus_ring import restyle
from kios_desktop.ui.widgets.icon_label import IconLabel, Spinner
from kios_desktop.ui.widgets.label import label

_ICONS: Final = {"success": "check-circle", "danger": "warning-circle", "info": "info"}


def good_text(found: AccountExamination, name: str) -> tuple[str, str]:
    """(heading, text) of an account that can be used."""
    head = tr("“{name}” answers. It is {product}.", name=isolated(name), product=found.product)
    missing = _missing(found.capabilities or Capabilities())
    if not missing:
        return head, tr("It can keep everything that Kios offers to send.")
    return head, tr("It does not have: {names}.", names=", ".join(missing))


def _missing(found: Capabilities) -> list[str]:
    there = (
        (found.sessions, tr("reading sessions")),
        (found.rating, tr("ratings")),
        (found.annotations, tr("highlights")),
        (found.notes_v1, tr("notes on the book’s page")),
        (found.bookmarks, tr("bookmarks")),
        (found.shelves, tr("shelves")),
    )
    return [name for is_there, name in there if not is_there]


class ExaminedBanner(QFrame):
    """Hidden until a test has been started."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 10, 14, 10)
        self._row.setSpacing(12)
        self._parts: list[QWidget] = []
        self.hide()

    def clear(self) -> None:
        for part in self._parts:
            self._row.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        self.hide()

    def show_checking(self) -> None:
        self._begin("info", Spinner(theme.icon_px("nav")))
        self._say([(tr("Asking the server…"), "")])

    def show_good(self, found: AccountExamination, name: str) -> None:
        self._begin("success")
        notes = [(one.sentence, one.remedy) for one in faults_of(found)]
        self._say([good_text(found, name), *notes])

    def show_faults(self, found: AccountExamination) -> None:
        self._begin("danger")
        self._say([(one.sentence, one.remedy) for one in faults_of(found)])

    def _begin(self, tone: str, mark: QWidget | None = None) -> None:
        self.clear()
        self.setProperty("tone", tone)
        restyle(self)
        self._add(mark or IconLabel(_ICONS[tone], tone, theme.icon_px("nav")))
        self.show()

    def _say(self, lines: list[tuple[str, str]]) -> None:
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for head, text in lines:
            column.addWidget(label(head, "bodyStrong", wrap=True))
            if text:
                column.addWidget(label(text, wrap=True))
        self._row.addWidget(words, 1)
        words.show()  # a hidden widget would not count when the sheet is measured
        self._parts.append(words)
        self.setAccessibleName(" ".join(text for one in lines for text in one if text))

    def _add(self, widget: QWidget) -> None:
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        widget.show()
        self._parts.append(widget)
