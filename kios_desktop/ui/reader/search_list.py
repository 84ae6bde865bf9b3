"""The list of the results of a search: chapters as headings, excerpts with the match in bold."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from kios_desktop.epub.search import Match
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.search_model import COUNT_ROLE, MATCH_ROLE, SearchModel
from kios_desktop.ui.widgets.excerpts import ExcerptLayouts
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

LINES: Final = 2  # of an excerpt
_HEADING: Final = 34  # px
_PAD, _SIDE = 6, 8  # px above and below, and beside the text of a result
_COUNT: Final = 56  # px

_Index = QModelIndex | QPersistentModelIndex


class _ResultDelegate(QStyledItemDelegate):
    """Rows of two heights, whatever their text: nothing is measured but what is painted."""

    def __init__(self, model: SearchModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._bold = theme.font("bodyStrong")
        self._excerpts = ExcerptLayouts(LINES)
        self._heading = QSize(200, max(_HEADING, QFontMetrics(self._bold).height() + 12))
        self._result = QSize(200, self._excerpts.height + 2 * _PAD)

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
            paint_focus_ring(painter, now, surface, 6)
        text = QRectF(option.rect).adjusted(_SIDE, _PAD, -_SIDE, -_PAD)
        painter.setPen(now.color("selectedText" if here else "text"))
        painter.setClipRect(text)
        self._excerpts.layout(match, round(text.width())).draw(painter, text.topLeft())


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
