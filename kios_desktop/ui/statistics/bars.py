"""What was read in each day, month or year of a period, as bars with their values."""

from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from kios_desktop.domain.statistics import Span
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.statistics.cells import Index, PaintedCells
from kios_desktop.ui.statistics.summary import Summary, TimeBar, Unit
from kios_desktop.ui.statistics.texts import bar_label, bar_text, bar_value
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

HEIGHT: Final = 220  # px at the usual size of text
_WIDEST: Final = 28  # px of a bar
_SHARE: Final = 0.62  # of its room, at most
_USUAL: Final = 2  # step of the heat map
_BAR_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_Role = Qt.ItemDataRole


class BarModel(QAbstractTableModel):
    """One row, with a column for each bar."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: Summary | None = None

    def show(self, shown: Summary) -> None:
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    @property
    def bars(self) -> tuple[TimeBar, ...]:
        return () if self.shown is None else self.shown.bars

    @property
    def unit(self) -> Unit:
        return Unit.DAY if self.shown is None else self.shown.unit

    def value(self, bar: TimeBar) -> str:
        return bar_value(self.unit, bar)

    def label(self, bar: TimeBar) -> str:
        numbered = self.shown is not None and self.shown.bars_of.span is Span.MONTH
        return bar_label(self.unit, bar, numbered=numbered)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else 1

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.bars)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        bar = self.bars[index.column()]
        if role == _BAR_ROLE:
            return bar
        if role in (_Role.ToolTipRole, _Role.AccessibleTextRole) and self.shown is not None:
            return bar_text(self.unit, bar, self.shown.today)
        return None


class _Bars(QStyledItemDelegate):
    def __init__(self, model: BarModel, parent: PaintedCells) -> None:
        super().__init__(parent)
        self._model, self._chart = model, parent
        self._faces = {
            False: theme.font("small", tabular=True),
            True: theme.font("smallStrong", tabular=True),
        }
        self._line = QFontMetrics(self._faces[True]).height() + 4

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(1, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Texts may be wider than the room of their bar, and stay within the chart."""
        bar = index.data(_BAR_ROLE)
        with theme.painting(option.widget) as now:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            room = QRect(option.rect)
            box = self._box(room, bar)
            if not bar.is_ahead:
                painter.fillPath(
                    _rounded(box), now.color("accent") if bar.is_now else now.heat(_USUAL)
                )
                if now.high_contrast:
                    painter.setPen(QPen(now.color("border"), 1))
                    painter.drawPath(_rounded(box))
            self._paint_texts(painter, room, box, bar, index.column())
            state: QStyle.StateFlag = option.state
            if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
                paint_focus_ring(painter, now, QRectF(room).adjusted(1, 1, -1, -1), 4)
            painter.restore()

    def _box(self, room: QRect, bar: TimeBar) -> QRectF:
        most = max((one.read_s for one in self._model.bars), default=0.0) or 1.0
        full = room.height() - 2 * self._line - 6
        height = max(2.0, full * bar.read_s / most)
        width = min(_WIDEST, room.width() * _SHARE)
        bottom = room.bottom() + 1 - self._line - 2
        middle = room.left() + room.width() / 2
        return QRectF(middle - width / 2, bottom - height, width, height)

    def _paint_texts(
        self, painter: QPainter, room: QRect, box: QRectF, bar: TimeBar, column: int
    ) -> None:
        now, face = theme.painted(), self._faces[bar.is_now]
        bars, model = self._model.bars, self._model
        painter.setFont(face)
        painter.setPen(now.color("text" if bar.is_now else "textMuted"))
        values = self._widest([model.value(one) for one in bars]) <= room.width()
        middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        if values or bar.read_s == max(one.read_s for one in bars) > 0:  # all, or the most alone
            at = self._around(box, model.value(bar)).translated(0, box.top() - self._line)
            painter.drawText(at, int(middle), model.value(bar))
        every = -(-self._widest([model.label(one) for one in bars]) // max(1, room.width()))
        if column % every == 0:
            at = self._around(box, model.label(bar)).translated(0, box.bottom() + 2)
            painter.drawText(at, int(middle), model.label(bar))

    def _around(self, box: QRectF, words: str) -> QRectF:
        """Where a text has room, centred on its bar as far as the chart allows."""
        width = self._widest([words])
        left = min(box.center().x() - width / 2, self._chart.viewport().width() - width)
        return QRectF(max(0.0, left), 0, width, self._line)

    def _widest(self, texts: list[str]) -> int:
        metrics = QFontMetrics(self._faces[True])
        return max(1, *map(metrics.horizontalAdvance, texts)) + 4


def _rounded(box: QRectF) -> QPainterPath:
    """With round corners at the top."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    corner = min(3.0, box.height() / 2)
    path.addRoundedRect(box, corner, corner)
    path.addRect(box.adjusted(0, corner, 0, 0))
    return path.simplified()


class BarChart(PaintedCells):
    """Left and Right lead from bar to bar."""

    def __init__(self) -> None:
        super().__init__(tr("Time read"))
        self.model_ = BarModel()
        self.setModel(self.model_)
        self.setItemDelegate(_Bars(self.model_, self))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme.scaled(HEIGHT))

    def show_bars(self, shown: Summary) -> None:
        """The current bar is that of today, else the first."""
        self.model_.show(shown)
        bars = self.model_.bars
        now = next((n for n, bar in enumerate(bars) if bar.is_now), 0)
        self.setCurrentIndex(self.model_.index(0, now))

    def moved(self, action: QAbstractItemView.CursorAction) -> QModelIndex:
        kind = QAbstractItemView.CursorAction
        last = self.model_.columnCount() - 1
        to = self.currentIndex().column() + self.by_columns(action)
        to = {kind.MoveHome: 0, kind.MoveEnd: last}.get(action, to)
        return self.model_.index(0, max(0, min(last, to)))
