"""The bar at the lower edge of the list, as long as several highlights are selected."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from kios_desktop.domain.marks import MarkColour
from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.menu import add_export_actions
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import number
from kios_desktop.ui.kit.translation import counted, tr
from kios_desktop.ui.reader.marks.colours import ColourDot
from kios_desktop.ui.widgets.buttons import IconButton, MenuButton, button
from kios_desktop.ui.widgets.label import label

HEIGHT = 56  # px
MARGIN = 12  # px between the bar and what is around it
_NARROW = 620  # px; under it buttons have no words


class SelectedBar(QWidget):
    """“3 selected”, and what can be done with them."""

    coloured = Signal(object)  # MarkColour
    copied = Signal()
    deleted = Signal()
    all_wanted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget, export: Callable[[ExportFormat], object]) -> None:
        super().__init__(parent)
        self.count = label("", "bodyStrong", tabular=True)
        self.all = button("", "link", height="controlSmall")
        self.dots = {colour: ColourDot(colour) for colour in MarkColour}
        self.copy = button("", "quiet", "copy")
        self.export = MenuButton("", "quiet", "export")
        self.delete = button("", "danger", "trash")
        self.close_ = IconButton("x", tr("Clear selection"), px=16)
        for colour, dot in self.dots.items():
            dot.setAccessibleName(dot.toolTip())
            dot.clicked.connect(lambda _=False, it=colour: self.coloured.emit(it))
        menu = QMenu(self)
        add_export_actions(menu, export, self.copied.emit)
        self.export.set_menu(menu)
        self.copy.clicked.connect(lambda: self.copied.emit())
        self.delete.clicked.connect(lambda: self.deleted.emit())
        self.all.clicked.connect(lambda: self.all_wanted.emit())
        self.close_.clicked.connect(lambda: self.left.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.count)
        row.addWidget(self.all)
        row.addStretch(1)
        dots = QHBoxLayout()
        dots.setSpacing(0)
        for dot in self.dots.values():
            dots.addWidget(dot)
        row.addLayout(dots)
        for one in (self.copy, self.export, self.delete, self.close_):
            row.addWidget(one)
        self.hide()

    def show_count(self, n: int, total: int) -> None:
        """`n` of the highlights that are listed are selected."""
        self.count.setText(counted("%Ln selected", "", n, one="%Ln selected"))
        self.all.setText(tr("Select all {n}", n=number(total)))
        self.all.setVisible(n < total)

    def place(self, width: int, bottom: int) -> None:
        """Put it above `bottom`, in a parent of that width. The height follows the text's size."""
        height = max(HEIGHT, theme.control_height() + 16)
        box_width = max(0, width - 2 * MARGIN)
        narrow = box_width < theme.scaled(_NARROW)
        for shown, words in (
            (self.copy, tr("Copy")),
            (self.export, tr("Export")),
            (self.delete, tr("Delete")),
        ):
            shown.setText("" if narrow else words)
            shown.setAccessibleName(words)
            shown.setToolTip(words if narrow else "")
        self.setGeometry(MARGIN, bottom - height - MARGIN, box_width, height)

    @property
    def room(self) -> int:
        """The px that it takes of the list."""
        return 0 if self.isHidden() else self.height() + MARGIN

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(now.color("border"), 1))
        painter.setBrush(now.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()
