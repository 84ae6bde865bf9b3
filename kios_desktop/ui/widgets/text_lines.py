"""Texts in a fixed number of lines, laid out once: what a list of thousands paints."""

from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextLayout, QTextOption

from kios_desktop.ui.kit.formats import runs_right_to_left

_KEPT: Final = 200  # layouts
_MEASURED: Final = 5_000  # texts
_LONGEST: Final = 160  # characters of a line; no line of a list is longer


class TextLines:
    """Breaks texts into lines of one font, and elides the last line."""

    def __init__(self, face: QFont, line_px: float) -> None:
        self._face, self._line_px = face, line_px
        self._average = QFontMetrics(face).averageCharWidth()
        self._measured: dict[tuple[str, int, int], int] = {}
        self._kept: OrderedDict[tuple[str, int, int], QTextLayout] = OrderedDict()

    def lines_of(self, text: str, width: int, most: int) -> int:
        """How many lines a text takes, estimated: of thousands of texts none is measured."""
        letters = len(text) * (2 if text[:1] >= "\u2e80" else 1)  # ideographs are twice as wide
        return self.lines_for(letters, width, most)

    def lines_for(self, letters: int, width: int, most: int) -> int:
        """How many lines so many letters take, estimated."""
        return max(1, min(most, -(-round(letters * self._average * 1.1) // max(1, width))))

    def measured(self, text: str, width: int, most: int) -> int:
        """How many lines a text takes, exactly, and remembered."""
        key = (text, width, most)
        found = self._measured.get(key)
        if found is None:
            # what is measured will soon be painted
            found = self._measured[key] = max(1, self.layout(text, width, most).lineCount())
            if len(self._measured) > _MEASURED:
                self._measured.pop(next(iter(self._measured)))
        return found

    def layout(self, text: str, width: int, lines: int) -> QTextLayout:
        """A text of at most so many lines, `width` px wide."""
        key = (text, width, lines)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._new(text[: lines * _LONGEST], width, lines)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def _new(self, text: str, width: int, lines: int) -> QTextLayout:
        layout = self._broken(text, width, lines)
        if layout.lineCount() < lines:
            return layout
        last = layout.lineAt(lines - 1).textStart()
        head, rest = _split(text, last)
        cut = QFontMetrics(self._face).elidedText(rest, Qt.TextElideMode.ElideRight, width)
        return layout if cut == rest else self._broken(head + cut, width, lines)

    def _broken(self, text: str, width: int, lines: int) -> QTextLayout:
        layout = QTextLayout(text, self._face)
        option = QTextOption()
        to_left = runs_right_to_left(text)
        rtl, ltr = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
        option.setTextDirection(rtl if to_left else ltr)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        for number in range(lines):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, number * self._line_px))
        layout.endLayout()
        return layout


def _split(text: str, units: int) -> tuple[str, str]:
    """A text before and from a position that Qt counts, in UTF-16."""
    raw = text.encode("utf-16-le", "surrogatepass")
    head = raw[: 2 * units].decode("utf-16-le", "surrogatepass")
    return head, raw[2 * units :].decode("utf-16-le", "surrogatepass")
