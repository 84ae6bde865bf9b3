"""What the tab with the table of contents shows."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.own_keys import claims_key
from kios_desktop.ui.kit.tips import tip
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.book_map import PercentOf
from kios_desktop.ui.reader.contents_line import ContentsLine
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring
from kios_desktop.ui.widgets.label import label

ROW = 34
FILTER_FROM = 40  # entries; a shorter list needs no filter

_Index = QModelIndex | QPersistentModelIndex


class ContentsModel(QAbstractItemModel):
    """The list of entries as a tree. `UserRole` is the entry, `UserRole + 1` its percentage."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[ContentsLine] = ()
        self._percent_of: PercentOf | None = None
        self._parent: list[int] = []
        self._children: dict[int, list[int]] = {}
        self._row: list[int] = []
        self.current: int | None = None

    def show(self, lines: Sequence[ContentsLine], percent_of: PercentOf) -> None:
        self._percent_of = percent_of
        if lines is self._lines:
            return
        self.beginResetModel()
        self._lines = lines
        self._parent, self._row, self._children = [], [], {-1: []}
        open_at: list[int] = []
        for number, line in enumerate(lines):
            del open_at[line.depth :]
            parent = open_at[-1] if open_at else -1
            self._parent.append(parent)
            siblings = self._children.setdefault(parent, [])
            self._row.append(len(siblings))
            siblings.append(number)
            open_at.append(number)
        self.endResetModel()

    def index_of(self, number: int) -> QModelIndex:
        return self.createIndex(self._row[number], 0, number)

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        siblings = self._children.get(int(parent.internalId()) if parent.isValid() else -1, ())
        if column or not 0 <= row < len(siblings):
            return QModelIndex()
        return self.createIndex(row, 0, siblings[row])

    def parent(self, index: _Index) -> QModelIndex:  # type: ignore[override]
        if not index.isValid():
            return QModelIndex()
        number = self._parent[int(index.internalId())]
        return QModelIndex() if number < 0 else self.index_of(number)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._children.get(int(parent.internalId()) if parent.isValid() else -1, ()))

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        number = int(index.internalId())
        line = self._lines[number]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line.title)
        if role == Qt.ItemDataRole.UserRole:
            return line
        if role == Qt.ItemDataRole.UserRole + 1:
            return self._percent(line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            percent = self._percent(line)
            here = tr("you are here") if number == self.current else ""
            return ", ".join(part for part in (line.title, percent, here) if part)
        return None

    def _percent(self, line: ContentsLine) -> str:
        return self._percent_of(line) if self._percent_of is not None else ""

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self._lines[int(index.internalId())].spine_index is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _RowDelegate(QStyledItemDelegate):
    """34 px rows: title, percent at the end, read chapters muted."""

    def __init__(self, model: ContentsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, max(ROW, option.fontMetrics.height() + 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        now = theme.of(option.widget)
        line: ContentsLine = index.data(Qt.ItemDataRole.UserRole)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        here = line.index == self._model.current
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        surface = box.adjusted(2, 1, -2, -1)
        if here:
            painter.setBrush(now.color("selected"))
            painter.drawRoundedRect(surface, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(now.color("hover"))
            painter.drawRoundedRect(surface, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus and has_ring(option.widget):
            paint_focus_ring(painter, now, surface, 6)
        read = self._model.current is not None and line.index < self._model.current
        color = "selectedText" if here else "textMuted" if read else "text"
        painter.setPen(now.color(color))
        painter.setFont(theme.font("bodyStrong" if here else "body"))
        percent = str(index.data(Qt.ItemDataRole.UserRole + 1) or "")
        text = box.adjusted(8, 0, -56, 0)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        title = painter.fontMetrics().elidedText(
            line.title, Qt.TextElideMode.ElideRight, text.width()
        )
        direction = option.direction
        painter.drawText(QStyle.visualRect(direction, box, text), flags, title)
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(now.color("selectedText" if here else "textFaint"))
        end = box.adjusted(box.width() - 56, 0, -12, 0)
        painter.drawText(
            QStyle.visualRect(direction, box, end),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            percent,
        )
        painter.restore()


class _Tree(QTreeView):
    """Enter acts as a click. The delegate paints rows over their whole width."""

    def drawBranches(self, painter: QPainter, rect: QRect, index: _Index) -> None:
        """A caret before entries that have others below them."""
        if not index.model().hasChildren(index):
            return
        side = 12
        opened = self.isExpanded(index)
        x = rect.left() + 3 if self.isRightToLeft() else rect.right() - side - 2
        box = QRect(x, rect.center().y() - side // 2, side, side)
        with theme.painting(self):
            icon("caret-down" if opened else "caret-right", "textMuted").paint(painter, box)

    def event(self, event: QEvent) -> bool:
        """A letter finds an entry, also where it is a key of the window."""
        return claims_key(event, _is_letter) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _Filter(QLineEdit):
    """Esc clears the text; without text the window handles Esc and closes the panel."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class ContentsTab(QWidget):
    """The contents, with a filter for long ones. `chosen` carries a `ContentsLine`."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._model = ContentsModel()
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._model)
        self._shown.setRecursiveFilteringEnabled(True)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._filter = _Filter()
        self._filter.setProperty("kind", "field")
        self._filter.setPlaceholderText(tr("Find a chapter"))
        self._filter.setAccessibleName(tr("Find a chapter"))
        self._filter.setFixedHeight(theme.control_height())
        self._filter.setClearButtonEnabled(True)
        self._empty = label(tr("This book has no table of contents."), "body", "muted", wrap=True)
        self.list = _Tree()
        self.list.setProperty("kind", "contents")
        self.list.setModel(self._shown)
        self.list.setItemDelegate(_RowDelegate(self._model, self.list))
        self.list.setHeaderHidden(True)
        self.list.setFrameShape(QTreeView.Shape.NoFrame)
        self.list.setUniformRowHeights(True)
        self.list.setIndentation(18)
        self.list.setMouseTracking(True)
        self.list.setExpandsOnDoubleClick(False)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("Contents"))
        palette = self.list.palette()
        palette.setColor(self.list.viewport().backgroundRole(), Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        self.list.setPalette(palette)
        self.list.viewport().setAutoFillBackground(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self._filter)
        box.addWidget(self._empty)
        box.addWidget(self.list, 1)
        self.list.clicked.connect(self._clicked)
        self._filter.textChanged.connect(self._filtered)
        self._filter.returnPressed.connect(self._first_match)

    def tab_stops(self) -> tuple[QWidget, ...]:
        return self._filter, self.list

    def show_contents(
        self, lines: Sequence[ContentsLine], percent_of: PercentOf, own: bool
    ) -> None:
        self._model.show(lines, percent_of)
        self._filter.setVisible(len(lines) > FILTER_FROM)
        self._empty.setVisible(not own)
        self.list.viewport().update()

    def mark(self, index: int | None) -> None:
        """Mark the entry of the current place."""
        if index != self._model.current:
            self._model.current = index
            if self.isVisible():
                self.reveal()

    def reveal(self) -> None:
        """Expand the tree to the current entry and scroll it to the middle."""
        current = self._model.current
        if current is None:
            return
        index = self._shown.mapFromSource(self._model.index_of(current))
        above = index.parent()
        while above.isValid():
            self.list.expand(above)
            above = above.parent()
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index, QTreeView.ScrollHint.PositionAtCenter)

    def clear_filter(self) -> None:
        """Show every entry again."""
        self._filter.clear()

    def choose(self, number: int) -> None:
        """What a click on an entry does."""
        self._clicked(self._shown.mapFromSource(self._model.index_of(number)))

    def _clicked(self, index: QModelIndex) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(line, ContentsLine):
            return
        if line.spine_index is not None:
            self.chosen.emit(line)
        else:  # a heading
            self.list.setExpanded(index, not self.list.isExpanded(index))

    def _filtered(self, words: str) -> None:
        self._shown.setFilterFixedString(words)
        if words:
            self.list.expandAll()
        else:
            self.list.collapseAll()
            self.reveal()

    def _first_match(self) -> None:
        index = self._shown.index(0, 0)
        words = self._filter.text().casefold()
        while index.isValid() and words not in str(index.data()).casefold():
            index = self.list.indexBelow(index)
        if index.isValid():
            self._clicked(index)


def _is_letter(event: QKeyEvent) -> bool:
    plain = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    return event.modifiers() in plain and event.text().isalpha()
