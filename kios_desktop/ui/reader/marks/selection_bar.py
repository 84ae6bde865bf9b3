"""The bar beside selected text, or beside a highlight."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from kios_desktop.domain.marks import Mark, MarkColour, MarkStyle
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.marks.colours import ColourDot
from kios_desktop.ui.widgets.buttons import IconButton


class SelectionBar(QWidget):
    """Colours, underline, note and copy; of a highlight also its deletion."""

    coloured = Signal(object)  # MarkColour
    underlined = Signal(bool)
    note_wanted = Signal()
    copied = Signal()
    search_wanted = Signal()
    look_up_wanted = Signal()
    deleted = Signal()

    def __init__(self, mark: Mark | None, last: tuple[MarkColour, MarkStyle]) -> None:
        """`mark` is the highlight that it is about, None for a selection; `last` was used last."""
        super().__init__()
        self.setAccessibleName(tr("Highlight") if mark is None else tr("This highlight"))
        colour, style = (mark.colour, mark.style) if mark is not None else last
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 7, 8, 7)  # 46 px high
        row.setSpacing(0)
        self.dots = {one: ColourDot(one) for one in MarkColour}
        for one, dot in self.dots.items():
            dot.setChecked(one is colour)
            dot.clicked.connect(lambda _=False, one=one: self.coloured.emit(one))
            row.addWidget(dot)
        row.addSpacing(6)
        self.underline = _button("text-underline", tr("Underline"), "U", checkable=True)
        self.underline.setChecked(style is MarkStyle.UNDERLINE)
        self.underline.clicked.connect(self.underlined)
        row.addWidget(self.underline)
        row.addSpacing(6)
        row.addWidget(_line())
        row.addSpacing(6)
        has_note = mark is not None and bool(mark.note)
        words = tr("Edit note") if has_note else tr("Add note")
        self.note = _button("note-pencil", words, "N")
        self.note.clicked.connect(self.note_wanted)
        self.copy = _button("copy", tr("Copy"), "Ctrl+C")
        self.copy.clicked.connect(self.copied)
        self.look_up = _button("book-bookmark", tr("Look up"), "L")
        self.look_up.clicked.connect(self.look_up_wanted)
        self.search = _button("magnifying-glass", tr("Search in book"))
        self.search.clicked.connect(self.search_wanted)
        self.delete = _button("trash", tr("Delete highlight"), "Del")
        self.delete.clicked.connect(self.deleted)
        for action in (self.note, self.copy, self.look_up, self.search, self.delete):
            row.addWidget(action)
        self.delete.setVisible(mark is not None)


def _button(icon: str, name: str, key: str = "", *, checkable: bool = False) -> IconButton:
    keys = QKeySequence(key) if key else None
    return IconButton(icon, name, keys, checkable=checkable, px=18)


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("kind", "line")
    line.setFixedSize(1, 24)
    return line
