"""The base of our dialogs: a text and a row of buttons. Opened, never run with `exec`."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label, line


class Dialog(QDialog):
    """A window-modal dialog: a body to fill, and a row of buttons in the platform's order."""

    def __init__(self, title: str, parent: QWidget | None, width: int | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("window")
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._width = width or theme.size("dialog")
        self.setFixedWidth(self._width)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(24, 24, 24, 24)
        self.body.setSpacing(12)
        self._left = QHBoxLayout()
        self._box = QDialogButtonBox()
        self._foot = foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 12)
        foot.addLayout(self._left)
        foot.addStretch(1)
        foot.addWidget(self._box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.body)
        column.addWidget(line())
        column.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        """Make room for the buttons, whatever the size of text."""
        self.setFixedWidth(max(self._width, self._foot.minimumSize().width()))
        self.fit()
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self.fit(grow_only=True)  # a text was added or became longer
        return handled

    def fit(self, *, grow_only: bool = False) -> None:
        """Set the height that the contents need now.

        `adjustSize` would stop at two thirds of the screen and squeeze the text.
        """
        layout = self.layout()
        if layout is not None:
            layout.activate()
            least = layout.totalMinimumSize().height()
            height = max(least, layout.totalHeightForWidth(self.width()))
            self.resize(self.width(), max(height, self.height()) if grow_only else height)

    def add_button(
        self,
        text: str,
        role: QDialogButtonBox.ButtonRole,
        kind: str = "default",
        on_click: Callable[[], None] | None = None,
    ) -> QPushButton:
        """Add a button to the row. It closes the dialog, or calls `on_click` if there is one."""
        made = button(text, kind)
        self._box.addButton(made, role)
        if on_click is not None:
            made.clicked.connect(on_click)
        elif role is QDialogButtonBox.ButtonRole.RejectRole:
            made.clicked.connect(self.reject)
        elif role is QDialogButtonBox.ButtonRole.AcceptRole:
            made.clicked.connect(self.accept)
        return made

    def add_made(self, made: QPushButton) -> None:
        """Add a button that was made, and connected, elsewhere."""
        self._box.addButton(made, QDialogButtonBox.ButtonRole.ActionRole)

    def add_left(self, text: str, kind: str = "quiet", icon_name: str = "") -> QPushButton:
        """Add a button at the leading end; it does not close the dialog."""
        made = button(text, kind, icon_name)
        made.setAutoDefault(False)
        self._left.addWidget(made)
        return made


class AskDialog(Dialog):
    """A question with Cancel and a verb; `accepted` is emitted for the verb."""

    def __init__(
        self,
        title: str,
        text: str,
        verb: str,
        parent: QWidget | None,
        *,
        dangerous: bool = False,
        refuse: str = "",
    ) -> None:
        """`refuse` is the text of the other button in place of “Cancel”."""
        super().__init__(title, parent, 440)
        self.body.addWidget(label(title, "title", wrap=True))
        self.body.addWidget(label(text, "body", "muted", wrap=True))
        cancel = self.add_button(refuse or tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.verb = self.add_button(
            verb,
            QDialogButtonBox.ButtonRole.AcceptRole,
            "dangerFilled" if dangerous else "primary",
        )
        (cancel if dangerous else self.verb).setDefault(True)


_open_dialogs: set[Dialog] = set()  # keeps dialogs without a parent alive


def tell(title: str, text: str, parent: QWidget | None) -> Dialog:
    """Open a dialog with one message and a button to close it."""
    dialog = Dialog(title, parent, 440)
    dialog.body.addWidget(label(title, "title", wrap=True))
    dialog.body.addWidget(label(text, "body", "muted", wrap=True))
    dialog.add_button(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole, "primary")
    _open_dialogs.add(dialog)
    dialog.finished.connect(lambda _: _open_dialogs.discard(dialog))
    dialog.open()
    return dialog
