"""Text fields with a hint and an error line; passwords that can be shown while typed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.widgets.focus_ring import restyle
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import label

STORED = "•" * 12  # shown for a stored secret, which itself never enters the field


def line_edit(name: str, placeholder: str = "", field: QLineEdit | None = None) -> QLineEdit:
    """A line edit with an accessible name; with `field`, that one instead of a new one."""
    result = QLineEdit() if field is None else field
    result.setProperty("kind", "field")
    result.setFont(theme.font("body"))
    result.setFixedHeight(theme.control_height())
    result.setAccessibleName(name)
    result.setPlaceholderText(placeholder)
    return result


class Field(QWidget):
    """A line edit, a hint under it, and an error line that takes the hint's place."""

    edited = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = line_edit(name)
        self.edit.textEdited.connect(lambda _text: self.edited.emit())
        self._hint = label("", "small", "muted", wrap=True)
        self._hint.setTextFormat(Qt.TextFormat.RichText)
        self._hint.hide()
        self._error = QWidget()
        row = QHBoxLayout(self._error)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        mark = IconLabel("warning-circle", "danger", theme.icon_px("inline"))
        self._error_text = label("", "small", "danger", wrap=True)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        self._error_text.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._error_text, 1)
        self._error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.edit)
        column.addWidget(self._hint)
        column.addWidget(self._error)
        self._keep_room()

    def text(self) -> str:
        return self.edit.text().strip()

    def set_text(self, text: str) -> None:
        self.edit.setText(text)

    def set_hint(self, html: str, spoken: str = "") -> None:
        """Set the text under the field, which must be our own: it may contain `<b>`."""
        px = theme.line_height("small", self._hint.font())
        self._hint.setText(f'<div style="line-height: {px:.0f}px">{html}</div>' if html else "")
        self._hint.setVisible(bool(html) and self._error.isHidden())
        self._keep_room()
        self.edit.setAccessibleDescription(spoken or html.replace("<b>", "").replace("</b>", ""))

    def set_error(self, text: str) -> None:
        """Mark the field as wrong, with the reason below it; "" removes the mark."""
        self._keep_room()
        self._error_text.setText(text)
        self._error.setVisible(bool(text))
        self._hint.setVisible(not text and bool(self._hint.text()))
        self.edit.setProperty("wrong", bool(text))
        if text:
            self.edit.setAccessibleDescription(text)
        restyle(self.edit)

    def _keep_room(self) -> None:
        """Reserve the height of the hint, or of one line: an error then moves nothing below it."""
        policy = self._error.sizePolicy()
        policy.setRetainSizeWhenHidden(not self._hint.text())
        self._error.setSizePolicy(policy)
        one_line = max(self._error_text.fontMetrics().height(), theme.icon_px("inline"))
        self._hint.setMinimumHeight(one_line)
        if not self._hint.text():
            self._error.setMinimumHeight(one_line)
        elif self._hint.isVisible():
            self._error.setMinimumHeight(max(one_line, self._hint.height()))

    def error(self) -> str:
        return self._error_text.text()


class PasswordField(Field):
    """A field for a secret. A stored one is shown as twelve dots, and typing replaces it whole."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._shown = QAction(self)
        self._shown.triggered.connect(self._toggle)
        self.edit.addAction(self._shown, QLineEdit.ActionPosition.TrailingPosition)
        self._show(False)

    def set_stored(self, stored: bool) -> None:
        """Whether a secret is stored for this field."""
        self.edit.clear()
        self.edit.setPlaceholderText(STORED if stored else "")

    def secret_text(self) -> str:
        """The typed text, not stripped."""
        return self.edit.text()

    def _toggle(self) -> None:
        self._show(self.edit.echoMode() is QLineEdit.EchoMode.Password)

    def _show(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode
        self.edit.setEchoMode(mode.Normal if shown else mode.Password)
        self._shown.setIcon(icon("eye-slash" if shown else "eye", "textMuted"))
        words = tr("Hide password") if shown else self.tr("Show password")
        self._shown.setText(words)
        self._shown.setToolTip(words)
