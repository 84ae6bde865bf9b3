"""The list of the results of a search: chapters as headings, excerpts with the match in bold."""

from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPalette,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from kios_desktop.epub.search import Match
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.formats import runs_right_to_left
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.search_model import COUNT_ROLE, MATCH_ROLE, SearchModel
from kios_desktop.ui.widgets.focus_ring import has_ring

LINES: Final = 2  # of an excerpt
_HEADING: Final = 34  # px
_PAD, _SIDE = 6, 8  # px above and below, and beside the text of a result
_COUNT: Final = 56  # px
_KEPT: Final = 200  # laid-out excerpts
_ELLIPSIS: Final = "…"

_Index = QModelIndex | QPersistentModelIndex


class _ResultDelegate(QStyledItemDelegate):
    """Rows of two heights, whatever their text: nothing is measured but what is painted."""

    def __init__(self, model: SearchModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._plain, self._bold = theme.font("body"), theme.font("bodyStrong")
        self._line = theme.line_height("body", self._plain)
        self._heading = QSize(200, max(_HEADING, QFontMetrics(self._bold).height() + 12))
        self._result = QSize(200, round(LINES * self._line) + 2 * _PAD)
        self._laid_out: OrderedDict[tuple[Match, int], QTextLayout] = OrderedDict()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return self._heading if self._model.result(index) is None else self._result

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match = index.data(MATCH_ROLE)
        if isinstance(match, Match):
            here = self._model.result(index) == self._model.current
            self._paint_result(painter, option, match, here)
        else:
            self._paint_heading(painter, option, str(index.data()), str(index.data(COUNT_ROLE)))
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, title: str, count: str
    ) -> None:
        now = theme.of(option.widget)
        box: QRect = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
        direction = option.direction
        words = box.adjusted(0, 0, -_COUNT, 0)
        painter.setFont(self._bold)
        painter.setPen(now.color("text"))
        painter.drawText(
            QStyle.visualRect(direction, box, words),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
            theme.elided(title, self._bold, words.width()),
        )
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(now.color("textFaint"))
        painter.drawText(
            QStyle.visualRect(direction, box, box.adjusted(box.width() - _COUNT, 0, 0, 0)),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            count,
        )

    def _paint_result(
        self, painter: QPainter, option: QStyleOptionViewItem, match: Match, here: bool
    ) -> None:
        now = theme.of(option.widget)
        state: QStyle.StateFlag = option.state
        surface: QRect = option.rect.adjusted(2, 1, -2, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if here or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(now.color("selected" if here else "hover"))
            painter.drawRoundedRect(surface, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(now.color("focus"), 2))
            painter.drawRoundedRect(surface, 6, 6)
        text = QRectF(option.rect).adjusted(_SIDE, _PAD, -_SIDE, -_PAD)
        painter.setPen(now.color("selectedText" if here else "text"))
        painter.setClipRect(text)
        self._layout(match, round(text.width())).draw(painter, text.topLeft())

    def _layout(self, match: Match, width: int) -> QTextLayout:
        key = (match, width)
        layout = self._laid_out.get(key)
        if layout is None:
            layout = self._laid_out[key] = self._new_layout(match, width)
            if len(self._laid_out) > _KEPT:
                self._laid_out.popitem(last=False)
        return layout

    def _new_layout(self, match: Match, width: int) -> QTextLayout:
        before = self._beginning(match, width)
        end = len(before) + len(match.text)
        text = before + match.text + match.after
        layout = self._broken(text, len(before), end, width, match)
        shown = sum(layout.lineAt(n).textLength() for n in range(layout.lineCount()))
        if shown >= _units(text):
            return layout
        last = _characters(text, layout.lineAt(LINES - 1).textStart())
        rest = QFontMetrics(self._bold).elidedText(text[last:], Qt.TextElideMode.ElideRight, width)
        return self._broken(text[:last] + rest, len(before), end, width, match)

    def _broken(self, text: str, start: int, end: int, width: int, match: Match) -> QTextLayout:
        """A text in lines, its characters [start, end) in bold."""
        layout = QTextLayout(text, self._plain)
        bold = QTextLayout.FormatRange()
        bold.start, bold.length = _units(text[:start]), _units(text[start:end])
        strong = QTextCharFormat()
        strong.setFontWeight(QFont.Weight.DemiBold)
        bold.format = strong
        layout.setFormats([bold])
        layout.setTextOption(_option(match))
        layout.beginLayout()
        for number in range(LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, number * self._line))
        layout.endLayout()
        return layout

    def _beginning(self, match: Match, width: int) -> str:
        """What stands before a match, as far as that leaves the match in the first line."""
        metrics = QFontMetrics(self._plain)
        room = width - min(width // 2, QFontMetrics(self._bold).horizontalAdvance(match.text))
        before = _ELLIPSIS + match.before if match.begins_inside else match.before
        if metrics.horizontalAdvance(before) <= room:
            return before
        shown = metrics.elidedText(match.before, Qt.TextElideMode.ElideLeft, room)
        words = shown.removeprefix(_ELLIPSIS)
        space = words.find(" ")
        return _ELLIPSIS + (words[space + 1 :] if 0 <= space < len(words) - 1 else words)


def _units(text: str) -> int:
    """Its length as Qt counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    """How many characters so many units of Qt are."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def _option(match: Match) -> QTextOption:
    """Aligned as the text runs, whatever way the interface does."""
    option = QTextOption()
    to_left = runs_right_to_left(match.before + match.text)
    rtl, ltr = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
    option.setTextDirection(rtl if to_left else ltr)
    return option


class SearchList(QListView):
    """Enter acts as a click."""

    def __init__(self, model: SearchModel) -> None:
        super().__init__()
        self.setProperty("kind", "contents")
        self.setModel(model)
        self.setItemDelegate(_ResultDelegate(model, self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Search results"))
        palette = self.palette()
        palette.setColor(self.viewport().backgroundRole(), Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self.viewport().setAutoFillBackground(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)
