"""The base of all settings pages: a title, an introduction, and rows."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from kios_desktop.domain.preferences import Preferences
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.scroll_page import dress_as_page
from kios_desktop.ui.settings.ports import Change
from kios_desktop.ui.widgets.label import label, line
from kios_desktop.ui.widgets.settings_row import SettingsRow

_MAX_WIDTH: Final = 960
_FLASH_MS: Final = 600


class FlashingRow(QWidget):
    """Holds a row and can highlight it: filled, or with a ring when motion is reduced."""

    def __init__(self, row: SettingsRow) -> None:
        super().__init__()
        self.row = row
        self._lit = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row)

    def flash(self) -> None:
        self._lit = True
        self.update()
        QTimer.singleShot(_FLASH_MS, self._fade)

    def _fade(self) -> None:
        self._lit = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._lit:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.of(self)
        box = self.rect().adjusted(1, 1, -1, -1)
        if theme.motion_reduced() or now.high_contrast:
            painter.setPen(QPen(now.color("focus"), 2))
            painter.setBrush(QColor(Qt.GlobalColor.transparent))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.color("accentSoft"))
        painter.drawRoundedRect(box, 6, 6)
        painter.end()


class SettingsPage(QScrollArea):
    """A page of settings. `edited` carries a change of the preferences; search finds its `rows`."""

    edited = Signal(object)  # Change

    def __init__(self, key: str, title: str, intro: str = "", icon_name: str = "") -> None:
        super().__init__()
        self.key, self.title, self.icon_name = key, title, icon_name
        self.rows: list[FlashingRow] = []
        dress_as_page(self)
        inner = QWidget()
        inner.setObjectName("scrolled")
        outer = QHBoxLayout(inner)
        outer.setContentsMargins(40, 28, 40, 40)
        holder = QWidget()
        holder.setMaximumWidth(_MAX_WIDTH)
        outer.addWidget(holder, 100)
        outer.addStretch(1)
        self.column = QVBoxLayout(holder)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self._head = QHBoxLayout()
        self._head.addWidget(label(title, "heading"), 1)
        self.column.addLayout(self._head)
        self._intro = label(intro, "body", "muted", wrap=True)
        self._intro.setMaximumWidth(theme.scaled(620))
        if not intro:
            self._intro.hide()
        # without this row the layout asks the wrapped text for its height at the wrong width
        intro_row = QHBoxLayout()
        intro_row.addWidget(self._intro, 1)
        intro_row.addStretch(0)
        self.column.addLayout(intro_row)
        self.column.addSpacing(12)
        self._outer, self._holder = outer, holder
        self.setWidget(inner)
        self.setAccessibleName(title)

    def add_to_head(self, widget: QWidget) -> None:
        """Add a widget at the top right, beside the title."""
        self._head.addWidget(widget)

    def set_max_width(self, width: int) -> None:
        self._holder.setMaximumWidth(width)

    def set_margins(self, side: int, top: int) -> None:
        self._outer.setContentsMargins(side, top, side, 24)

    def show_intro(self, shown: bool) -> None:
        self._intro.setVisible(shown and bool(self._intro.text()))

    def add_row(
        self, name: str, control: QWidget, hint: str = "", into: QVBoxLayout | None = None
    ) -> SettingsRow:
        """Add a row that search can find."""
        row = SettingsRow(name, control, hint)
        flashing = FlashingRow(row)
        (into or self.column).addWidget(flashing)
        self.rows.append(flashing)
        return row

    def add_section(self, title: str) -> None:
        """Add a heading between groups of rows."""
        if self.rows:
            self.column.addSpacing(12)
            self.column.addWidget(line())
            self.column.addSpacing(12)
        self.column.addWidget(label(title, "section"))

    def end(self) -> None:
        """Call after the last row: rows stay at the top."""
        self.column.addStretch(1)

    def show_preferences(self, preferences: Preferences) -> None:
        """Show the preferences in the rows, without emitting `edited`."""

    def change(self, change: Change) -> None:
        self.edited.emit(change)

    def reveal(self, row: FlashingRow) -> None:
        """Scroll to a row, highlight and focus it."""
        self.ensureWidgetVisible(row, 0, 60)
        row.flash()
        row.row.control.setFocus(Qt.FocusReason.ShortcutFocusReason)
