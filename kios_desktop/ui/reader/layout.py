"""The positions of a reader window's parts. The page never moves when the bars are shown."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from kios_desktop.ui.kit import theme

PANEL_BESIDE = 1000  # px; in a narrower window a pinned panel floats over the page
PANEL_LEAST, PANEL_MOST = 280, 480  # px of its width, as its edge is dragged


class ReaderLayout(QWidget):
    """Places page, header, footer, panel and back pill; all but the page float over it."""

    resized = Signal()
    panel_resized = Signal(int)  # px, when its edge was let go

    def __init__(self) -> None:
        super().__init__()
        self.page_color = theme.current().hex("window")
        self._view: QWidget | None = None
        self._header: QWidget | None = None
        self._footer: QWidget | None = None
        self._panel: QWidget | None = None
        self._pill: QWidget | None = None
        self._aloud: QWidget | None = None
        self.pinned = False
        self._panel_width = theme.size("panel")
        self._page_beside = self._panel_width  # px of the panel, as the page knows them
        self._before = self._panel_width  # its edge was grabbed

    def hold(self, view: QWidget, header: QWidget, footer: QWidget, pill: QWidget) -> None:
        self._view, self._header, self._footer, self._pill = view, header, footer, pill
        self.place()

    def hold_panel(self, panel: QWidget) -> None:
        """Add the panel, which is made later."""
        self._panel = panel
        self.place()

    def hold_aloud(self, bar: QWidget) -> None:
        """Add the bar of reading aloud, which is made later; the footer makes way for it."""
        self._aloud = bar
        self.place()

    def pin(self, pinned: bool) -> None:
        """Whether the panel may be beside the page instead of over it."""
        self.pinned = pinned
        self.place()

    def set_panel_width(self, px: int) -> None:
        self._panel_width = self._page_beside = max(PANEL_LEAST, min(PANEL_MOST, px))
        self.place()

    def begin_resizing_panel(self) -> None:
        self._before = self._panel_width

    def resize_panel(self, by: int) -> None:
        """The page follows when the edge is let go: its chapter is laid out anew."""
        self._panel_width = max(PANEL_LEAST, min(PANEL_MOST, self._before + by))
        self.place()

    def end_resizing_panel(self) -> None:
        self.set_panel_width(self._panel_width)
        self.panel_resized.emit(self._panel_width)

    def place(self) -> None:
        """Set the geometry of all parts."""
        view, header, footer = self._view, self._header, self._footer
        panel, pill = self._panel, self._pill
        if not (view and header and footer and pill):
            return
        width, height = self.width(), self.height()
        panel_width = min(self._panel_width, width - 40)
        page = QRect(0, 0, width, height)
        if panel and self.pinned and not panel.isHidden() and width >= PANEL_BESIDE:
            page.setLeft(min(self._page_beside, width - 40))
        view.setGeometry(self._mirrored(page))
        header.setGeometry(0, 0, width, header.height())
        footer.setGeometry(0, height - footer.height(), width, footer.height())
        top = 0 if header.isHidden() else header.height()
        bottom = 0 if footer.isHidden() else footer.height()
        if aloud := self._aloud:
            aloud.setGeometry(0, height - aloud.height(), width, aloud.height())
            bottom = bottom if aloud.isHidden() else aloud.height()
        if panel:
            panel.setGeometry(self._mirrored(QRect(0, top, panel_width, height - top - bottom)))
        corner = QRect(24, height - 10 - pill.height(), pill.width(), pill.height())
        pill.setGeometry(self._mirrored(corner))

    def _mirrored(self, box: QRect) -> QRect:
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            box.moveLeft(self.width() - box.x() - box.width())
        return box

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.place()
        self.resized.emit()

    def sizeHint(self) -> QSize:
        return QSize(1000, 800)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.transparent)
        painter.fillRect(self.rect(), self.page_color)
        painter.end()
