"""Excerpts in a few lines, with what was searched for in bold."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextCharFormat, QTextLayout, QTextOption

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import runs_right_to_left

_KEPT: Final = 200  # layouts
_ELLIPSIS: Final = "…"


class Excerpted(Hashable, Protocol):
    """What stands before a match, the match, and what stands behind it.

    `begins_inside` says that there is more text before that.
    """

    @property
    def before(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def begins_inside(self) -> bool: ...


class ExcerptLayouts:
    """Lays out what is painted, and keeps it. `height` is that of all `lines`, in px."""

    def __init__(self, lines: int) -> None:
        self._lines = lines
        self._plain, self._bold = theme.font("body"), theme.font("bodyStrong")
        self._line = theme.line_height("body", self._plain)
        self.height = round(lines * self._line)
        self._laid_out: OrderedDict[tuple[Excerpted, int], QTextLayout] = OrderedDict()

    def layout(self, excerpt: Excerpted, width: int) -> QTextLayout:
        """An excerpt in lines of `width` px."""
        key = (excerpt, width)
        layout = self._laid_out.get(key)
        if layout is None:
            layout = self._laid_out[key] = self._new_layout(excerpt, width)
            if len(self._laid_out) > _KEPT:
                self._laid_out.popitem(last=False)
        return layout

    def _new_layout(self, excerpt: Excerpted, width: int) -> QTextLayout:
        before = self._beginning(excerpt, width)
        end = len(before) + len(excerpt.text)
        text = before + excerpt.text + excerpt.after
        layout = self._broken(text, len(before), end, width, excerpt)
        shown = sum(layout.lineAt(n).textLength() for n in range(layout.lineCount()))
        if shown >= _units(text):
            return layout
        last = _characters(text, layout.lineAt(self._lines - 1).textStart())
        rest = QFontMetrics(self._bold).elidedText(text[last:], Qt.TextElideMode.ElideRight, width)
        return self._broken(text[:last] + rest, len(before), end, width, excerpt)

    def _broken(
        self, text: str, start: int, end: int, width: int, excerpt: Excerpted
    ) -> QTextLayout:
        """A text in lines, its characters [start, end) in bold."""
        layout = QTextLayout(text, self._plain)
        bold = QTextLayout.FormatRange()
        bold.start, bold.length = _units(text[:start]), _units(text[start:end])
        strong = QTextCharFormat()
        strong.setFontWeight(QFont.Weight.DemiBold)
        bold.format = strong
        layout.setFormats([bold])
        layout.setTextOption(_option(excerpt))
        layout.beginLayout()
        for number in range(self._lines):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, number * self._line))
        layout.endLayout()
        return layout

    def _beginning(self, excerpt: Excerpted, width: int) -> str:
        """What stands before a match, as far as that leaves the match in the first line."""
        metrics = QFontMetrics(self._plain)
        room = width - min(width // 2, QFontMetrics(self._bold).horizontalAdvance(excerpt.text))
        before = _ELLIPSIS + excerpt.before if excerpt.begins_inside else excerpt.before
        if metrics.horizontalAdvance(before) <= room:
            return before
        shown = metrics.elidedText(excerpt.before, Qt.TextElideMode.ElideLeft, room)
        words = shown.removeprefix(_ELLIPSIS)
        space = words.find(" ")
        return _ELLIPSIS + (words[space + 1 :] if 0 <= space < len(words) - 1 else words)


def _units(text: str) -> int:
    """Its length as Qt counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    """How many characters so many units of Qt are."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def _option(excerpt: Excerpted) -> QTextOption:
    """Aligned as the text runs, whatever way the interface does."""
    option = QTextOption()
    to_left = runs_right_to_left(excerpt.before + excerpt.text)
    rtl, ltr = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
    option.setTextDirection(rtl if to_left else ltr)
    option.setAlignment(Qt.AlignmentFlag.AlignRight if to_left else Qt.AlignmentFlag.AlignLeft)
    return option
