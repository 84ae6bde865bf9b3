"""The surfaces of the page: a tile with a number, and a card with a chart."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.statistics.value_table import ValueTable
from kios_desktop.ui.widgets.buttons import IconButton
from kios_desktop.ui.widgets.icon_label import IconLabel
from kios_desktop.ui.widgets.label import ElidedLabel, label


class Tile(QFrame):
    """A name, a large value, and a note under it."""

    def __init__(self, icon_name: str, name: str) -> None:
        super().__init__()
        self._name = name
        self.setProperty("kind", "card")
        self.value = ElidedLabel("", "display")
        self.note = ElidedLabel("", "small", "muted")
        for words in (self.value, self.note):  # whatever the direction of their own letters is
            side = "AlignRight" if self.isRightToLeft() else "AlignLeft"
            words.setAlignment(Qt.AlignmentFlag[side] | Qt.AlignmentFlag.AlignAbsolute)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(icon_name, "textMuted", theme.icon_px("small")))
        head.addWidget(label(name, "small", "muted"))
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(19, 16, 19, 16)
        column.setSpacing(2)
        column.addLayout(head)
        column.addSpacing(4)
        column.addWidget(self.value)
        column.addWidget(self.note)

    def show_value(self, value: str, note: str) -> None:
        self.value.set_text(value)
        self.note.set_text(note)
        self.setAccessibleName(", ".join(filter(None, (self._name, value, note))))


class Card(QFrame):
    """A title with a note, and a content."""

    def __init__(
        self, title: str, content: QWidget, *, ends: Sequence[QWidget] = (), hanging: int = 0
    ) -> None:
        """`ends` stand at the end of the title's line, where without them the note does.

        `hanging`: px by which the content reaches beyond its title, at both sides.
        """
        super().__init__()
        self.setProperty("kind", "card")
        self.title = label(title, "section")
        self.note = label("", "small", "muted")
        head = QWidget()
        head.setFixedHeight(max(theme.size("minHit"), self.title.sizeHint().height()))
        self._head = QHBoxLayout(head)
        self._head.setContentsMargins(hanging, 0, hanging, 0)
        self._head.setSpacing(10)
        self._head.addWidget(self.title)
        if not ends:
            self._head.addStretch(1)
        self._head.addWidget(self.note)
        if ends:
            self._head.addStretch(1)
        for widget in ends:
            self._head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(20 - hanging, 12, 20 - hanging, 16)
        column.setSpacing(8)
        column.addWidget(head)
        self._inside = QVBoxLayout()
        self._inside.addWidget(content)
        column.addLayout(self._inside, 1)


class ChartCard(Card):
    """In place of the chart, its table is shown on demand."""

    def __init__(
        self, title: str, chart: QWidget, table: ValueTable, *, ends: Sequence[QWidget] = ()
    ) -> None:
        super().__init__(title, chart, ends=ends)
        self.chart, self.table = chart, table
        self._inside.addWidget(table)
        table.hide()
        self.more = IconButton(
            "dots-three-vertical", "", px=16, side=theme.size("minHit"), color="textMuted"
        )
        menu = QMenu(self)
        self.as_table = menu.addAction(tr("Show as table"))
        self.as_table.setCheckable(True)
        self.as_table.toggled.connect(self._show_table)
        self.more.setMenu(menu)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self._head.addWidget(self.more)
        self.show_title(title)

    def show_title(self, title: str) -> None:
        self.title.setText(title)
        self.more.set_name(tr("More about “{title}”", title=title))

    def _show_table(self, shown: bool) -> None:
        had_focus = self.chart.hasFocus() or self.table.hasFocus()
        self.chart.setVisible(not shown)
        self.table.setVisible(shown)
        if had_focus:
            (self.table if shown else self.chart).setFocus(Qt.FocusReason.OtherFocusReason)
