"""The appearance popover: how the page looks, live."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kios_desktop.domain.preferences import (
    LINE_HEIGHT,
    MARGIN_PX,
    MEASURE_CH,
    SIZE_PX,
    Columns,
    Layout,
    PageTheme,
    ReadingSettings,
)
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import marked, tr
from kios_desktop.ui.reader.choices import THEME_ORDER, ReadingChoices, Scope
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.focus_ring import has_ring
from kios_desktop.ui.widgets.font_choice import FontChoice
from kios_desktop.ui.widgets.label import label, line
from kios_desktop.ui.widgets.segmented import Segmented
from kios_desktop.ui.widgets.settings_row import SettingsRow
from kios_desktop.ui.widgets.slider_row import SliderRow
from kios_desktop.ui.widgets.switch import Switch

DEBOUNCE_MS = 120
THEME_NAMES: Final = {
    PageTheme.AUTO: marked("Auto"),
    PageTheme.PAPER: marked("Paper"),
    PageTheme.SEPIA: marked("Sepia"),
    PageTheme.GREY: marked("Grey"),
    PageTheme.DARK: marked("Dark"),
    PageTheme.BLACK: marked("Black"),
}
_DEFAULT = ReadingSettings()


class ThemeDot(QAbstractButton):
    """A round sample of a page theme, with its name below it."""

    def __init__(self, choice: PageTheme) -> None:
        super().__init__()
        self._choice = choice
        self.setCheckable(True)
        self.setText(tr(THEME_NAMES[choice]))
        self.setAccessibleName(tr("{theme} page", theme=self.text()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(52, 52 + self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(self.width() / 2, 25)
        if self.isChecked():
            painter.setPen(QPen(now.color("accent"), 2))
            painter.drawEllipse(centre, 24, 24)
        if has_ring(self):
            painter.setPen(QPen(now.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 0, -1, 0), 6, 6)
        painter.setPen(QPen(now.color("borderControl"), 1))
        disc = QRectF(centre.x() - 20.5, centre.y() - 20.5, 41, 41)
        if self._choice is PageTheme.AUTO:
            painter.setBrush(QColor(now.page(PageTheme.PAPER).bg))
            painter.drawEllipse(disc)
            painter.setBrush(QColor(now.page(PageTheme.DARK).bg))
            painter.drawChord(disc, 225 * 16, 180 * 16)
        else:
            colors = now.page(self._choice)
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

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._dots = {choice: ThemeDot(choice) for choice in THEME_ORDER}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for choice, dot in self._dots.items():
            self._group.addButton(dot)
            row.addWidget(dot)
            dot.clicked.connect(lambda _=False, choice=choice: self.chosen.emit(choice))

    def set_value(self, choice: PageTheme) -> None:
        self._dots[choice].setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        at = next(i for i, c in enumerate(THEME_ORDER) if self._dots[c].isChecked())
        at = max(0, min(len(THEME_ORDER) - 1, at + step))
        dot = self._dots[THEME_ORDER[at]]
        dot.setChecked(True)
        dot.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.chosen.emit(THEME_ORDER[at])


class AppearancePopover(QWidget):
    """Changes apply at once; those of a slider after a pause, so that a drag lays out once."""

    more_requested = Signal()

    def __init__(self, choices: ReadingChoices) -> None:
        super().__init__()
        self.setAccessibleName(tr("Appearance"))
        self._choices = choices
        self._pending: dict[str, object] = {}
        self._timer = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._timer.timeout.connect(self._apply)
        self._scope = Segmented(
            (("all", tr("All books")), ("book", tr("This book"))), tr("Applies to")
        )
        self._differs = label("", "small", "muted")
        self._defaults = button(tr("Use the defaults"), "link", height="controlSmall")
        self._dots = ThemeDots()
        self._font = FontChoice()
        self._font.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._size = SliderRow(tr("Text size"), SIZE_PX, _DEFAULT.size_px, _px)
        self._height = SliderRow(
            tr("Line height"), _tenths(LINE_HEIGHT), 16, lambda v: f"{v / 10:.1f}"
        )
        self._measure = SliderRow(tr("Line length"), MEASURE_CH, _DEFAULT.measure_ch, _characters)
        self._margin = SliderRow(tr("Margins"), MARGIN_PX, _DEFAULT.margin_px, _px)
        self._layout = Segmented((("pages", tr("Pages")), ("scroll", tr("Scroll"))), tr("Layout"))
        self._columns = Segmented((("auto", tr("Auto")), ("1", "1"), ("2", "2")), tr("Columns"))
        self._justify = Switch(tr("Justify text"))
        self._styles = Switch(tr("Use the book’s own styles"))
        self._build()
        self._join()
        self.refresh()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 12)
        box.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label(tr("Appearance"), "section"))
        head.addStretch(1)
        head.addWidget(self._scope)
        box.addLayout(head)
        self._own = QWidget()
        own = QHBoxLayout(self._own)
        own.setContentsMargins(0, 0, 0, 0)
        own.addWidget(self._differs)
        own.addStretch(1)
        own.addWidget(self._defaults)
        self._own.setFixedHeight(
            self._defaults.height()
        )  # the same height with the link and without
        box.addWidget(self._own)
        box.addWidget(self._dots)
        box.addWidget(line())
        font = QHBoxLayout()
        caption = label(tr("Font"))
        caption.setMinimumWidth(96)
        font.addWidget(caption)
        font.addSpacing(6)
        font.addWidget(self._font, 1)
        box.addLayout(font)
        for slider in (self._size, self._height, self._measure, self._margin):
            box.addWidget(slider)
        box.addWidget(line())
        for name, control in (
            (tr("Layout"), self._layout),
            (tr("Columns"), self._columns),
            (tr("Justify text"), self._justify),
            (tr("Use the book’s own styles"), self._styles),
        ):
            row = SettingsRow(name, control)
            row.setMinimumHeight(36)
            row.caption.setFont(theme.font("body"))
            box.addWidget(row)
        box.addWidget(line())
        foot = QHBoxLayout()
        self._reset = button(tr("Reset"), "quiet")
        more = button(tr("More settings…"), "link")
        foot.addWidget(self._reset)
        foot.addStretch(1)
        foot.addWidget(more)
        box.addLayout(foot)
        more.clicked.connect(self.more_requested)

    def _join(self) -> None:
        self._scope.chosen.connect(self._scope_chosen)
        self._defaults.clicked.connect(self._use_defaults)
        self._reset.clicked.connect(self._reset_all)
        self._dots.chosen.connect(lambda choice: self._set("theme", choice))
        self._font.chosen.connect(lambda family: self._set("font", family))
        self._size.moved.connect(lambda v: self._later("size_px", v))
        self._height.moved.connect(lambda v: self._later("line_height", v / 10))
        self._measure.moved.connect(lambda v: self._later("measure_ch", v))
        self._margin.moved.connect(lambda v: self._later("margin_px", v))
        self._layout.chosen.connect(lambda key: self._set("layout", Layout(key)))
        self._columns.chosen.connect(lambda key: self._set("columns", Columns(key)))
        self._justify.toggled.connect(lambda on: self._set("justify", on))
        self._styles.toggled.connect(lambda on: self._set("publisher_styles", on))

    def refresh(self) -> None:
        """Show what is in force now."""
        now = self._choices.in_force
        self._scope.set_value(self._choices.scope.value)
        self._show_own()
        self._dots.set_value(now.theme)
        self._font.set_value(now.font)
        self._size.set_value(now.size_px)
        self._height.set_value(round(now.line_height * 10))
        self._measure.set_value(now.measure_ch)
        self._margin.set_value(now.margin_px)
        self._layout.set_value(now.layout.value)
        self._columns.set_value(now.columns.value)
        self._columns.setEnabled(now.layout is Layout.PAGES)
        for switch, on in ((self._justify, now.justify), (self._styles, now.publisher_styles)):
            switch.blockSignals(True)
            switch.setChecked(on)
            switch.blockSignals(False)
            switch.update()

    def _show_own(self) -> None:
        """Show the line about this book, unless “All books” is chosen and nothing differs."""
        differs = self._choices.book_differs
        words = tr("This book has its own settings.") if differs else tr("Only this book changes.")
        self._differs.setText(words)
        self._defaults.setVisible(differs)
        self._own.setVisible(differs or self._choices.scope is Scope.THIS_BOOK)

    def hideEvent(self, event: QEvent) -> None:
        self._apply()

    def _set(self, name: str, value: object) -> None:
        self._choices.set(name, value)
        self.refresh()

    def _later(self, name: str, value: object) -> None:
        self._pending[name] = value
        self._timer.start()

    def _apply(self) -> None:
        pending, self._pending = self._pending, {}
        self._timer.stop()
        for name, value in pending.items():
            self._choices.set(name, value)
        if pending:
            self._show_own()

    def _scope_chosen(self, key: str) -> None:
        self._choices.scope = Scope(key)
        self.refresh()

    def _use_defaults(self) -> None:
        self._choices.use_defaults()
        self.refresh()

    def _reset_all(self) -> None:
        self._choices.reset()
        self.refresh()


def _tenths(limits: tuple[float, float]) -> tuple[int, int]:
    return round(limits[0] * 10), round(limits[1] * 10)


def _px(value: int) -> str:
    return tr("{n} px", n=value)


def _characters(value: int) -> str:
    return tr("{n} characters", n=value)
