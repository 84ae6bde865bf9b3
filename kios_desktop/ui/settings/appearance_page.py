"""Settings → Appearance: theme and typography of the windows and of the book page."""

from collections.abc import Callable
from dataclasses import replace

from kios_desktop.domain.preferences import (
    LINE_HEIGHT,
    MARGIN_PX,
    SIZE_PX,
    PageTheme,
    Preferences,
    WindowTheme,
)
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.reading_page import with_reading
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.font_choice import FontChoice
from kios_desktop.ui.widgets.slider_row import SliderRow
from kios_desktop.ui.widgets.switch import Switch


class AppearancePage(SettingsPage):
    """Changes apply at once."""

    def __init__(self) -> None:
        super().__init__("appearance", tr("Appearance"), icon_name="palette")
        self._theme = Combo(
            (
                (WindowTheme.SYSTEM, tr("Follow system")),
                (WindowTheme.LIGHT, tr("Light")),
                (WindowTheme.SEPIA, tr("Sepia")),
                (WindowTheme.DARK, tr("Dark")),
                (WindowTheme.HC_LIGHT, tr("High contrast light")),
                (WindowTheme.HC_DARK, tr("High contrast dark")),
            ),
            tr("Theme"),
        )
        self._page = Combo(
            (
                (PageTheme.AUTO, tr("Auto")),
                (PageTheme.PAPER, tr("Paper")),
                (PageTheme.SEPIA, tr("Sepia")),
                (PageTheme.GREY, tr("Grey")),
                (PageTheme.DARK, tr("Dark")),
                (PageTheme.BLACK, tr("Black")),
            ),
            tr("Page theme"),
        )
        self._match = Switch(tr("Match the window to the page"))
        self._dim = Switch(tr("Dim pictures in dark themes"))
        self._motion = Switch(tr("Reduce motion"))
        self._font = FontChoice()
        self._font.setMaximumWidth(320)
        self._size = _slider(tr("Text size"), SIZE_PX, 19, lambda n: tr("{n} px", n=n))
        low, high = LINE_HEIGHT
        self._height = _slider(
            tr("Line height"), (round(low * 10), round(high * 10)), 16, lambda n: f"{n / 10:.1f}"
        )
        self._margin = _slider(tr("Margins"), MARGIN_PX, 48, lambda n: tr("{n} px", n=n))
        self._justify = Switch(tr("Justify text"))
        self._own = Switch(tr("Use the book’s own styles"))
        self._add_rows()
        self._connect()

    def show_preferences(self, preferences: Preferences) -> None:
        reading = preferences.reading
        self._theme.set_value(preferences.window_theme)
        self._page.set_value(reading.theme)
        self._match.setChecked(preferences.match_page)
        self._dim.setChecked(preferences.dim_pictures)
        self._motion.setChecked(preferences.reduce_motion)
        self._font.set_value(reading.font)
        self._size.set_value(reading.size_px)
        self._height.set_value(round(reading.line_height * 10))
        self._margin.set_value(reading.margin_px)
        self._justify.setChecked(reading.justify)
        self._own.setChecked(reading.publisher_styles)

    def _add_rows(self) -> None:
        self.add_section(tr("Windows"))
        self.add_row(tr("Theme"), self._theme)
        self.add_row(tr("Reduce motion"), self._motion, tr("Nothing slides or spins."))
        self.add_section(tr("Page"))
        self.add_row(tr("Page theme"), self._page, tr("Auto goes with the window."))
        self.add_row(
            tr("Match the window to the page"),
            self._match,
            tr("The reading window takes the colours of the page."),
        )
        self.add_row(tr("Dim pictures in dark themes"), self._dim)
        self.add_section(tr("Type"))
        self.add_row(tr("Font"), self._font)
        self.add_row(tr("Text size"), self._size)
        self.add_row(tr("Line height"), self._height)
        self.add_row(tr("Margins"), self._margin)
        self.add_row(tr("Justify text"), self._justify)
        self.add_row(
            tr("Use the book’s own styles"),
            self._own,
            tr("Off gives every book the same plain look."),
        )
        self.end()

    def _connect(self) -> None:
        self._theme.chosen.connect(
            lambda key: self.change(lambda p: replace(p, window_theme=WindowTheme(key)))
        )
        self._page.chosen.connect(
            lambda key: self.change(lambda p: with_reading(p, theme=PageTheme(key)))
        )
        self._match.clicked.connect(lambda on: self.change(lambda p: replace(p, match_page=on)))
        self._dim.clicked.connect(lambda on: self.change(lambda p: replace(p, dim_pictures=on)))
        self._motion.clicked.connect(lambda on: self.change(lambda p: replace(p, reduce_motion=on)))
        self._font.chosen.connect(lambda key: self.change(lambda p: with_reading(p, font=key)))
        self._size.moved.connect(lambda n: self.change(lambda p: with_reading(p, size_px=n)))
        self._height.moved.connect(
            lambda n: self.change(lambda p: with_reading(p, line_height=n / 10))
        )
        self._margin.moved.connect(lambda n: self.change(lambda p: with_reading(p, margin_px=n)))
        self._justify.clicked.connect(lambda on: self.change(lambda p: with_reading(p, justify=on)))
        self._own.clicked.connect(
            lambda on: self.change(lambda p: with_reading(p, publisher_styles=on))
        )


def _slider(
    name: str, limits: tuple[int, int], default: int, words: Callable[[int], str]
) -> SliderRow:
    row = SliderRow(name, limits, default, words)
    row.caption.hide()  # the settings row shows the name
    row.setFixedWidth(320)
    return row
