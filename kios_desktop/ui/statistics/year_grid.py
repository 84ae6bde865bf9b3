"""A year as weeks side by side, each day darker the more was read."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from kios_desktop.domain.statistics import week_start
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.statistics.cells import Index, PaintedCells
from kios_desktop.ui.statistics.summary import DayLine, Summary
from kios_desktop.ui.statistics.texts import day_text, short_month, short_weekday
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

CELL, PITCH = 16, 20  # px of a day, and from one to the next
_STEPS: Final = 5
_DAY_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_STEP_ROLE: Final = _DAY_ROLE + 1  # None for a day to come
_Role = Qt.ItemDataRole


class YearModel(QAbstractTableModel):
    """A column for each week, a row for each day of the week. Days outside the year are empty."""

    def __init__(self) -> None:
        super().__init__()
        self.today = self.first = self.last = date(2000, 1, 1)
        self._start = self.first
        self._weeks = 0
        self._days: Mapping[date, DayLine] = {}

    def show(self, shown: Summary) -> None:
        self.beginResetModel()
        self.today, self._days = shown.today, shown.days
        self.first, self.last = date(shown.year, 1, 1), date(shown.year, 12, 31)
        self._start = week_start(self.first, shown.week_starts)
        self._weeks = (self.last - self._start).days // 7 + 1
        self.endResetModel()

    @property
    def end(self) -> date:
        """The last day that has come."""
        return min(self.last, self.today)

    def day(self, row: int, column: int) -> date | None:
        day = self._start + timedelta(days=7 * column + row)
        return day if self.first <= day <= self.last else None

    def line(self, day: date) -> DayLine | None:
        return self._days.get(day)

    def place(self, day: date) -> QModelIndex:
        weeks, row = divmod((day - self._start).days, 7)
        return self.index(row, weeks)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own signature
        return 0 if parent.isValid() else 7

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._weeks

    def flags(self, index: Index) -> Qt.ItemFlag:
        day = self.day(index.row(), index.column())
        enabled = day is not None and day <= self.today
        return Qt.ItemFlag.ItemIsEnabled if enabled else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        day = self.day(index.row(), index.column())
        if day is None:
            return None
        if role == _DAY_ROLE:
            return day
        if role == _STEP_ROLE:
            line = self._days.get(day)
            step = 0 if line is None else line.read.step
            return None if day > self.today else step
        if role in (_Role.ToolTipRole, _Role.AccessibleTextRole) and day <= self.today:
            words = day_text(day, self._days.get(day), self.today)
            return tip(words) if role == _Role.ToolTipRole else words
        return None


class _Days(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(PITCH, PITCH)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.data(_DAY_ROLE) is None:
            return
        state: QStyle.StateFlag = option.state
        cell = QRect(0, 0, CELL, CELL)
        cell.moveCenter(option.rect.center())
        with theme.painting(option.widget):
            paint_day(painter, cell, index.data(_STEP_ROLE))
            if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
                paint_focus_ring(painter, theme.painted(), QRectF(cell).adjusted(-1, -1, 1, 1), 4)


def paint_day(painter: QPainter, cell: QRect, step: int | None) -> None:
    """`step` 0…4; None for a day to come, which is an outline.

    In high contrast a day without reading is one, and a day to come is nothing.
    """
    now = theme.painted()
    if step is None and now.high_contrast:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush if step is None else now.heat(step))
    outlined = step is None or now.high_contrast
    painter.setPen(QPen(now.color("border"), 1) if outlined else Qt.PenStyle.NoPen)
    inset = 0.5 if outlined else 0.0
    painter.drawRoundedRect(QRectF(cell).adjusted(inset, inset, -inset, -inset), 3, 3)


class _Head(QHeaderView):
    """The names of months above the weeks that have their first days, or every other weekday."""

    def __init__(self, orientation: Qt.Orientation, model: YearModel, grid: PaintedCells) -> None:
        super().__init__(orientation, grid)
        self._year = model
        self._face = theme.font("micro")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setDefaultSectionSize(PITCH)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(1)
        metrics = QFontMetrics(self._face)
        if orientation is Qt.Orientation.Horizontal:
            self.setFixedHeight(max(PITCH, metrics.height() + 6))
        else:
            week = [short_weekday(date(2024, 1, n)) for n in range(1, 8)]
            self.setFixedWidth(max(map(metrics.horizontalAdvance, week)) + 14)
        self.viewport().setAutoFillBackground(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(self._face)
        painter.setPen(theme.of(self).color("textMuted"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        right = self.isRightToLeft()
        flags |= Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        for section in range(self.count()):
            words = self._words(section)
            if not words:
                continue
            at, size = self.sectionViewportPosition(section), self.sectionSize(section)
            if self.orientation() is Qt.Orientation.Vertical:
                box = QRect(0, at, self.viewport().width(), size)
            else:
                room = 3 * PITCH
                edge = (PITCH - CELL) // 2
                left = at + size - edge - room if right else at + edge
                box = QRect(left, 0, room, self.viewport().height())
            painter.drawText(box, int(flags), words)
        painter.end()

    def _words(self, section: int) -> str:
        year = self._year
        if self.orientation() is Qt.Orientation.Vertical:
            day = year.day(section, 1)
            return short_weekday(day) if day is not None and section % 2 == 0 else ""
        days = (year.day(row, section) for row in range(7))
        first = next((day for day in days if day is not None and day.day == 1), None)
        return "" if first is None else short_month(first)


class YearGrid(PaintedCells):
    """Up and Down lead by a day, Left and Right by a week. Without room it scrolls sideways."""

    menu_wanted = Signal(object, QPoint)  # date, where on the screen

    def __init__(self) -> None:
        super().__init__(tr("Your year"))
        self.days = YearModel()
        self.setModel(self.days)
        self.setItemDelegate(_Days(self))
        self.setHorizontalHeader(_Head(Qt.Orientation.Horizontal, self.days, self))
        self.setVerticalHeader(_Head(Qt.Orientation.Vertical, self.days, self))
        self.horizontalHeader().setAccessibleName(tr("Months"))
        self.verticalHeader().setAccessibleName(tr("Days of the week"))
        for corner in self.findChildren(QAbstractButton):  # Qt puts one between its headers
            corner.setAccessibleName(self.accessibleName())
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    def show_year(self, shown: Summary) -> None:
        """The day that the reader was at stays the current one, as long as its year is shown."""
        before = self.current_day
        self.days.show(shown)
        for header, size in ((self.horizontalHeader(), PITCH), (self.verticalHeader(), PITCH)):
            header.setDefaultSectionSize(size)
        is_there = before is not None and self.days.first <= before <= self.days.end
        self.go_to(before if is_there and before is not None else self.days.end)
        self._fit()

    @property
    def current_day(self) -> date | None:
        day = self.currentIndex().data(_DAY_ROLE) if self.currentIndex().isValid() else None
        return day if isinstance(day, date) else None

    def go_to(self, day: date) -> None:
        self.setCurrentIndex(self.days.place(day))

    def moved(self, action: QAbstractItemView.CursorAction) -> QModelIndex:
        day, year = self.current_day or self.days.end, self.days
        kind = QAbstractItemView.CursorAction
        if action is kind.MoveHome:
            return year.place(year.first)
        if action is kind.MoveEnd:
            return year.place(year.end)
        by = 7 * self.by_columns(action) + {kind.MoveUp: -1, kind.MoveDown: 1}.get(action, 0)
        to = day + timedelta(days=by)
        return year.place(to if year.first <= to <= year.end else day)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at_pointer = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if at_pointer else self.currentIndex()
        day = index.data(_DAY_ROLE) if index.isValid() else None
        if isinstance(day, date) and self.days.line(day) is not None:
            self.setCurrentIndex(index)
            self.menu_wanted.emit(day, event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.scrollTo(self.currentIndex())  # the current week stays in sight

    def sizeHint(self) -> QSize:
        return QSize(self._width(), self.height())

    def _width(self) -> int:
        return self.verticalHeader().width() + PITCH * self.days.columnCount()

    def _fit(self) -> None:
        bar = theme.size("scrollbar") if self.width() < self._width() else 0
        self.setFixedHeight(self.horizontalHeader().height() + 7 * PITCH + bar)


class Legend(QWidget):
    """The five steps, between “Less” and “More”."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_STEPS * PITCH - 4, CELL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        with theme.painting(self):
            for step in range(_STEPS):
                at = _STEPS - 1 - step if self.isRightToLeft() else step
                paint_day(painter, QRect(at * PITCH + 2, 2, 12, 12), step)
        painter.end()
