"""The widget of the panel: which book this is, the tabs, and the tab that is shown."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.panel_edge import PanelEdge
from kios_desktop.ui.reader.screen import ShownPlace, minutes_text
from kios_desktop.ui.widgets.buttons import IconButton
from kios_desktop.ui.widgets.label import ElidedLabel

_LEADING: Final = 12  # px


class PanelFrame(QWidget):
    """A single tab needs no bar to choose it from."""

    tab_chosen = Signal(int)
    tab_stepped = Signal(int)  # Ctrl+Tab: 1, Ctrl+Shift+Tab: -1
    pinned = Signal(bool)
    close_requested = Signal()

    def __init__(self, titles: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._titles = titles
        self.pin = IconButton("push-pin-simple", tr("Keep open"), checkable=True, px=16, side=28)
        self._close = IconButton("x", tr("Close panel"), px=16, side=28)
        self._place: ShownPlace | None = None
        self._title = ElidedLabel("", "bodyStrong")
        self._authors = ElidedLabel("", "small", "muted")
        self._left = ElidedLabel("", "small", "muted")
        self.tabs = self._dressed_tabs()
        self._stack = QStackedWidget()
        self._widgets: dict[int, QWidget] = {}
        self.edge = PanelEdge(self)
        self._lay_out()
        self.tabs.currentChanged.connect(self.tab_chosen)
        self.pin.toggled.connect(self.pinned)
        self._close.clicked.connect(self.close_requested)
        for keys, by in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda by=by: self.tab_stepped.emit(by))

    def tab_stops(self) -> tuple[QWidget, ...]:
        return self.pin, self._close, self.tabs

    def show_tab(self, number: int, widget: QWidget) -> None:
        """Show a tab, whose widget is `widget`."""
        if self._widgets.get(number) is not widget:
            self._widgets[number] = widget
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        self.setAccessibleName(self._titles[number])
        was = self.tabs.blockSignals(True)
        self.tabs.setCurrentIndex(number)
        self.tabs.blockSignals(was)

    def show_place(self, shown: ShownPlace) -> None:
        """Show title, authors and progress of the book."""
        self._place = shown
        if self.isVisible():  # hidden while pages are turned
            self._fill_head()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill_head()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.edge.place(self.size())

    def _fill_head(self) -> None:
        shown = self._place
        if shown is None:
            return
        self._title.set_text(shown.book_title)
        self._authors.set_text(", ".join(shown.authors))
        self._authors.setVisible(bool(shown.authors))
        self._left.set_text(
            tr(
                "{percent} · {time} left",
                percent=shown.percent,
                time=minutes_text(shown.minutes_in_book),
            )
        )

    def _dressed_tabs(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setProperty("kind", "tabs")
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        tabs.setUsesScrollButtons(False)
        tabs.setElideMode(Qt.TextElideMode.ElideRight)
        tabs.setFont(theme.font("control"))
        tabs.setAccessibleName(tr("What the panel shows"))
        tabs.setFixedHeight(max(40, theme.control_height() + 8))
        for title in self._titles:
            tabs.addTab(title)
        if len(self._titles) == 1:
            tabs.hide()
        return tabs

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        for words in (self._title, self._authors, self._left):
            names.addWidget(words)
        head = QHBoxLayout()
        head.addLayout(names, 1)
        head.addWidget(self.pin, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(_LEADING, 10, 8, 8)
        box.setSpacing(8)
        box.addLayout(head)
        box.addWidget(self.tabs)
        box.addWidget(self._stack, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.of(self)
        painter.fillRect(self.rect(), now.color("base"))
        x = 0 if self.isRightToLeft() else self.width() - 1
        painter.fillRect(x, 0, 1, self.height(), now.color("border"))
        if not self.tabs.isHidden():  # the line that the tabs stand on
            painter.fillRect(0, self.tabs.geometry().bottom(), self.width(), 1, now.color("border"))
        painter.end()
