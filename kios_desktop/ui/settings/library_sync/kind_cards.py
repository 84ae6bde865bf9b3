"""The choice of the kind of source, and whether an e-reader shares it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.source import SourceKind
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.focus_ring import restyle
from kios_desktop.ui.widgets.label import label


class KindCard(QFrame):
    """A radio button with an explanation; all of the card can be clicked."""

    def __init__(self, title: str, text: str, group: QButtonGroup) -> None:
        super().__init__()
        self.setProperty("kind", "choice")
        self.button = QRadioButton(title)
        self.button.setProperty("kind", "option")
        self.button.setFont(theme.font("bodyStrong"))
        self.button.setAccessibleDescription(text)
        self.button.setMinimumHeight(theme.scaled(24))
        group.addButton(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(2)
        column.addWidget(self.button)
        words = label(text, "small", "muted", wrap=True)
        words.setContentsMargins(theme.scaled(26), 0, 0, 0)
        column.addWidget(words)
        column.addStretch(1)
        self.button.toggled.connect(self._show)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.button.click()

    def _show(self, chosen: bool) -> None:
        self.setProperty("chosen", chosen)
        restyle(self)


class KindCards(QWidget):
    """OPDS catalog or Kobo sync. `chosen` is emitted for choices of the reader only."""

    chosen = Signal(object)  # SourceKind

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        texts = {
            SourceKind.OPDS: (
                tr("OPDS catalog"),
                tr("Browse and download. Some servers, like Komga, also keep your place."),
            ),
            SourceKind.KOBO: (
                tr("Kobo sync"),
                tr("Books, covers and your place, as a Kobo e-reader does it."),
            ),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(12)
        self._cards: dict[SourceKind, KindCard] = {}
        for kind, (title, text) in texts.items():
            made = self._cards[kind] = KindCard(title, text, self._group)
            made.button.clicked.connect(lambda _on, chosen=kind: self.chosen.emit(chosen))
            row.addWidget(made, 1)

    def set_value(self, kind: SourceKind) -> None:
        self._cards[kind].button.setChecked(True)


class SharingQuestion(QWidget):
    """“Does a Kobo use this URL?”, “No” by default."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._no, self._yes = QRadioButton(tr("No")), QRadioButton(tr("Yes"))
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addWidget(label(tr("Does a Kobo use this URL?")))
        for button in (self._no, self._yes):
            button.setProperty("kind", "option")
            button.setFont(theme.font("body"))
            button.setFixedHeight(theme.control_height())
            self._group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self._no.setChecked(True)
        self._no.setAccessibleName(tr("No Kobo e-reader uses this URL"))
        self._yes.setAccessibleName(tr("A Kobo e-reader uses this URL"))
        hint = label(
            tr(
                "Calibre-Web tells each book only once. With Yes, Kios leaves the list to the "
                "e-reader and keeps only your places."
            ),
            "small",
            "muted",
            wrap=True,
        )
        hint.setMinimumHeight(2 * hint.fontMetrics().height() + 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(hint)
        # a grid asks for the height at another width than the one the sheet has
        self.setMinimumHeight(self.minimumSizeHint().height() + 8)
        self._group.buttonClicked.connect(lambda _button: self.changed.emit())

    def shared(self) -> bool:
        return self._yes.isChecked()

    def set_shared(self, shared: bool) -> None:
        (self._yes if shared else self._no).setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.set_shared(not self.shared())
            self.changed.emit()
            return
        super().keyPressEvent(event)
