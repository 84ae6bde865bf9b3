"""The appearance popover: how the page looks, live."""

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kios_desktop.domain.preferences import (
    LINE_HEIGHT,
    MARGIN_PX,
    MEASURE_CH,
    SIZE_PX,
    Columns,
    Hyphenate,
    Justify,
    Layout,
    ReadingSettings,
)
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.choices import ReadingChoices, Scope
from kios_desktop.ui.reader.fine_tuning import FineTuning
from kios_desktop.ui.reader.theme_dots import ThemeDots
from kios_desktop.ui.widgets.book_slider import BookSlider
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.font_choice import FontChoice
from kios_desktop.ui.widgets.label import label, line
from kios_desktop.ui.widgets.segmented import Segmented
from kios_desktop.ui.widgets.settings_row import SettingsRow
from kios_desktop.ui.widgets.slider_row import SliderRow
from kios_desktop.ui.widgets.switch import Switch

DEBOUNCE_MS = 120
_DEFAULT = ReadingSettings()


class AppearancePopover(QWidget):
    """Changes apply at once; those of a slider after a pause, so that a drag lays out once.

    `unhyphenated` is the name of the book's language where no word of it can be divided, else "".
    """

    more_requested = Signal()

    def __init__(self, choices: ReadingChoices, unhyphenated: str = "") -> None:
        super().__init__()
        self.setAccessibleName(tr("Appearance"))
        self._choices, self._unhyphenated = choices, unhyphenated
        self._pending: dict[str, object] = {}
        self._timer = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._timer.timeout.connect(self._apply)
        self._scope = Segmented(
            (("all", tr("All books")), ("book", tr("This book"))), tr("Applies to")
        )
        self._differs = label("", "small", "muted")
        self._defaults = button(tr("Use the defaults"), "link", height="controlSmall")
        self._dots = ThemeDots(choices.themes, choices.own_theme)
        self._font = FontChoice()
        self._font.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._size = SliderRow(tr("Text size"), SIZE_PX, _DEFAULT.size_px, _px)
        self._height = BookSlider(tr("Line height"), LINE_HEIGHT, 0.1, lambda v: f"{v:.1f}")
        self._measure = SliderRow(tr("Line length"), MEASURE_CH, _DEFAULT.measure_ch, _characters)
        self._margin = SliderRow(tr("Margins"), MARGIN_PX, _DEFAULT.margin_px, _px)
        self._layout = Segmented((("pages", tr("Pages")), ("scroll", tr("Scroll"))), tr("Layout"))
        self._columns = Segmented((("auto", tr("Auto")), ("1", "1"), ("2", "2")), tr("Columns"))
        self._justify = Segmented(
            ((Justify.PUBLISHER, tr("Book")), (Justify.OFF, tr("Off")), (Justify.ON, tr("On"))),
            tr("Justify text"),
        )
        self._hyphenate = Switch(tr("Hyphenate"))
        self._hyphenate.setEnabled(not unhyphenated)
        self._fine = FineTuning()
        self._styles = Switch(tr("Use the book’s own styles"))
        self._build()
        self._join()
        self.refresh()
        stop = choices.on_change(self._changed)
        self.destroyed.connect(lambda: stop())

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
        sliders = (self._size, self._height, self._measure, self._margin)
        for slider in sliders:
            box.addWidget(slider)
        captions = (caption, *(one.caption for one in (*sliders, *self._fine.sliders.values())))
        width = max(one.sizeHint().width() for one in captions)
        for one in captions:
            one.setMinimumWidth(width)
        box.addWidget(self._fine)
        box.addWidget(line())
        no_patterns = (
            tr("No hyphenation for {language}.", language=self._unhyphenated)
            if self._unhyphenated
            else ""
        )
        for name, control, hint in (
            (tr("Layout"), self._layout, ""),
            (tr("Columns"), self._columns, ""),
            (tr("Justify text"), self._justify, ""),
            (tr("Hyphenate"), self._hyphenate, no_patterns),
            (tr("Use the book’s own styles"), self._styles, ""),
        ):
            row = SettingsRow(name, control, hint)
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
        self._height.changed.connect(lambda v: self._later("line_height", v))
        self._measure.moved.connect(lambda v: self._later("measure_ch", v))
        self._margin.moved.connect(lambda v: self._later("margin_px", v))
        self._layout.chosen.connect(lambda key: self._set("layout", Layout(key)))
        self._columns.chosen.connect(lambda key: self._set("columns", Columns(key)))
        self._justify.chosen.connect(lambda key: self._set("justify", Justify(key)))
        self._hyphenate.toggled.connect(self._hyphenation_chosen)
        self._fine.changed.connect(self._later)
        self._styles.toggled.connect(lambda on: self._set("publisher_styles", on))

    def refresh(self) -> None:
        """Show what is in force now."""
        now = self._choices.in_force
        self._scope.set_value(self._choices.scope.value)
        self._show_own()
        self._dots.show_themes(self._choices.themes, self._choices.own_theme)
        self._dots.set_value(now.theme)
        self._font.set_value(now.font)
        self._size.set_value(now.size_px)
        self._height.set_number(now.line_height)
        self._measure.set_value(now.measure_ch)
        self._margin.set_value(now.margin_px)
        self._layout.set_value(now.layout.value)
        self._columns.set_value(now.columns.value)
        self._columns.setEnabled(now.layout is Layout.PAGES)
        self._justify.set_value(now.justify)
        self._fine.show_settings(now)
        hyphenates = now.hyphenates and not self._unhyphenated
        for switch, on in ((self._hyphenate, hyphenates), (self._styles, now.publisher_styles)):
            switch.blockSignals(True)
            switch.setChecked(on)
            switch.blockSignals(False)
            switch.update()

    def _changed(self) -> None:
        """Something changed, here or in Settings; what a slider is being moved to is kept."""
        if not self._pending:
            self.refresh()

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

    def _hyphenation_chosen(self, on: bool) -> None:
        self._set("hyphenate", Hyphenate.ON if on else Hyphenate.OFF)

    def _scope_chosen(self, key: str) -> None:
        self._choices.scope = Scope(key)
        self.refresh()

    def _use_defaults(self) -> None:
        self._choices.use_defaults()
        self.refresh()

    def _reset_all(self) -> None:
        self._choices.reset()
        self.refresh()


def _px(value: int) -> str:
    return tr("{n} px", n=value)


def _characters(value: int) -> str:
    return tr("{n} characters", n=value)
