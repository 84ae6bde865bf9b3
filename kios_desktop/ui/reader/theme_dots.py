"""The page themes as round samples, one of which is chosen."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from kios_desktop.domain.preferences import OwnTheme, PageTheme
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import marked, tr
from kios_desktop.ui.widgets.focus_ring import has_ring, paint_focus_ring

THEME_NAMES: Final = {
    PageTheme.AUTO: marked("Auto"),
    PageTheme.PAPER: marked("Paper"),
    PageTheme.SEPIA: marked("Sepia"),
    PageTheme.GREY: marked("Grey"),
    PageTheme.DARK: marked("Dark"),
    PageTheme.BLACK: marked("Black"),
    PageTheme.CUSTOM: marked("Custom"),
}


class ThemeDot(QAbstractButton):
    """A round sample of a page theme, with its name below it."""

    def __init__(self, choice: PageTheme, own: OwnTheme | None) -> None:
        super().__init__()
        self._choice, self._own = choice, own
        self.setCheckable(True)
        self.setText(tr(THEME_NAMES[choice]))
        self.setAccessibleName(tr("{theme} page", theme=self.text()))
        if choice is PageTheme.AUTO and theme.current().high_contrast:
            self.setAccessibleName(tr("High contrast page"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_own(self, own: OwnTheme | None) -> None:
        self._own = own
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(48, 52 + self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() / 2, 25)
        if self.isChecked():
            painter.setPen(QPen(now.color("accent"), 2))
            painter.drawEllipse(centre, 23, 23)
        if has_ring(self):
            paint_focus_ring(painter, now, QRectF(self.rect()).adjusted(1, 0, -1, 0), 6)
        painter.setPen(QPen(now.color("borderControl"), 1))
        disc = QRectF(centre.x() - 20, centre.y() - 20, 40, 40)
        if self._choice is PageTheme.AUTO and not theme.current().high_contrast:
            painter.setBrush(QColor(now.page(PageTheme.PAPER).bg))
            painter.drawEllipse(disc)
            painter.setBrush(QColor(now.page(PageTheme.DARK).bg))
            painter.drawChord(disc, 225 * 16, 180 * 16)
        else:
            colors = theme.current().page(self._choice, self._own)
            painter.setBrush(QColor(colors.bg))
            painter.drawEllipse(disc)
            face = QFont(theme.reading_serif())
            face.setPixelSize(16)
            painter.setFont(face)
            painter.setPen(QColor(colors.text))
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, "Aa")
        painter.setFont(theme.font("microStrong" if self.isChecked() else "micro"))
        painter.setPen(now.color("text" if self.isChecked() else "textMuted"))
        below = QRectF(0, 51, self.width(), self.height() - 51)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self.text())
        painter.end()


class ThemeDots(QWidget):
    """The page themes as a radio group; arrow keys choose."""

    chosen = Signal(object)

    def __init__(self, themes: Sequence[PageTheme], own: OwnTheme | None) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._dots = {choice: ThemeDot(choice, own) for choice in THEME_NAMES}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for choice, dot in self._dots.items():
            self._group.addButton(dot)
            row.addWidget(dot)
            dot.clicked.connect(lambda _=False, choice=choice: self.chosen.emit(choice))

        self.show_themes(themes, own)

    def show_themes(self, themes: Sequence[PageTheme], own: OwnTheme | None) -> None:
        """Which there are, and the colours of the user's own; then the chosen one is to be set."""
        self._themes = tuple(themes)
        for choice, dot in self._dots.items():
            dot.setVisible(choice in self._themes)
        self._dots[PageTheme.CUSTOM].show_own(own)

    def set_value(self, choice: PageTheme) -> None:
        self._dots[choice].setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        at = next(i for i, c in enumerate(self._themes) if self._dots[c].isChecked())
        at = max(0, min(len(self._themes) - 1, at + step))
        dot = self._dots[self._themes[at]]
        dot.setChecked(True)
        dot.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.chosen.emit(self._themes[at])
