"""Settings → Appearance: theme and typography of the windows and of the book page."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace
from PySide6.QtCore import Signal

from kios_desktop.domain.preferences import (
    LINE_HEIGHT,
    MARGIN_PX,
    SIZE_PX,
    Hyphenate,
    Justify,
    OwnTheme,
    PageTheme,
    Preferences,
    WindowTheme,
)
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.reader.fine_tuning import indent_slider, spacing_slider, weight_slider
from kios_desktop.ui.settings.own_sheet import OwnSheetEditor
from kios_desktop.ui.settings.own_theme import OwnThemeEditor
from kios_desktop.ui.settings.reading_page import with_reading
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.book_slider import BookSlider
from kios_desktop.ui.widgets.combo import Combo
from kios_desktop.ui.widgets.font_choice import FontChoice
from kios_desktop.ui.widgets.own_fonts_list import OwnFontsList
from kios_desktop.ui.widgets.segmented import Segmented
from kios_desktop.ui.widgets.slider_row import SliderRow
from kios_desktop.ui.widgets.switch import Switch

SomeSlider = TypeVar("SomeSlider", bound=SliderRow)


class AppearancePage(SettingsPage):
    """Changes apply at once."""

    fonts_changed = Signal()  # files of the user's were added or removed

    def __init__(self, own_fonts: Path) -> None:
        """`own_fonts` is the folder of the fonts that the user added."""
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
        self._own_theme, self._sheet = OwnThemeEditor(), OwnSheetEditor()
        self._own_fonts = OwnFontsList(own_fonts)
        self._match = Switch(tr("Match the window to the page"))
        self._dim = Switch(tr("Dim pictures in dark themes"))
        self._motion = Switch(tr("Reduce motion"))
        self._font = FontChoice()
        self._font.setMaximumWidth(320)
        self._size = _slider(tr("Text size"), SIZE_PX, 19, lambda n: tr("{n} px", n=n))
        self._height = _in_row(
            BookSlider(tr("Line height"), LINE_HEIGHT, 0.1, lambda n: f"{n:.1f}")
        )
        self._margin = _slider(tr("Margins"), MARGIN_PX, 48, lambda n: tr("{n} px", n=n))
        self._weight, self._spacing = _in_row(weight_slider()), _in_row(spacing_slider())
        self._indent = _in_row(indent_slider())
        self._justify = Segmented(
            ((Justify.PUBLISHER, tr("Book")), (Justify.OFF, tr("Off")), (Justify.ON, tr("On"))),
            tr("Justify text"),
        )
        self._hyphenate = Switch(tr("Hyphenate"))
        self._own = Switch(tr("Use the book’s own styles"))
        self._add_rows()
        self._connect()

    def show_preferences(self, preferences: Preferences) -> None:
        reading = preferences.reading
        self._theme.set_value(preferences.window_theme)
        self._show_page_themes(preferences)
        self._own_theme.show_theme(preferences.own_theme)
        self._sheet.show_sheet(preferences.own_css)
        self._match.setChecked(preferences.match_page)
        self._dim.setChecked(preferences.dim_pictures)
        self._motion.setChecked(preferences.reduce_motion)
        self._font.set_value(reading.font)
        self._size.set_value(reading.size_px)
        self._height.set_number(reading.line_height)
        self._margin.set_value(reading.margin_px)
        self._weight.set_number(reading.weight)
        self._spacing.set_number(reading.spacing_em)
        self._indent.set_number(reading.indent_em)
        self._justify.set_value(reading.justify)
        self._hyphenate.setChecked(reading.hyphenates)
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
        self.add_row(
            tr("Own page theme"), self._own_theme, tr("It appears as “Custom” among the themes.")
        )
        self.add_row(tr("Dim pictures in dark themes"), self._dim)
        self.add_section(tr("Type"))
        self.add_row(tr("Font"), self._font)
        self.add_row(
            tr("Own fonts"), self._own_fonts, tr("TTF, OTF, WOFF and WOFF2 files, copied by Kios.")
        )
        self.add_row(tr("Text size"), self._size)
        self.add_row(tr("Line height"), self._height)
        self.add_row(tr("Margins"), self._margin)
        self.add_row(tr("Weight"), self._weight)
        self.add_row(tr("Paragraph spacing"), self._spacing)
        self.add_row(tr("First-line indent"), self._indent)
        self.add_row(
            tr("Justify text"), self._justify, tr("Book leaves each paragraph as it was published.")
        )
        self.add_row(
            tr("Hyphenate"),
            self._hyphenate,
            tr("In the languages that Kios has patterns for. Justified text looks better with it."),
        )
        self.add_row(
            tr("Use the book’s own styles"),
            self._own,
            tr("Off gives every book the same plain look."),
        )
        self.add_row(tr("Own style sheet"), self._sheet, tr("CSS rules of yours, for every book."))
        self.end()

    def _show_page_themes(self, preferences: Preferences) -> None:
        """“Custom” is there once it was made."""
        at = self._page.findData(PageTheme.CUSTOM)
        if preferences.own_theme is None and at >= 0:
            self._page.removeItem(at)
        elif preferences.own_theme is not None and at < 0:
            self._page.addItem(tr("Custom"), PageTheme.CUSTOM)
        self._page.set_value(preferences.reading.theme)

    def _set_own_theme(self, own: OwnTheme | None) -> None:
        """A theme is used as soon as it is made; when it is removed, only who used it gets another.

        Books with settings of their own that use it go back to it when there is one again.
        """

        def changed(preferences: Preferences) -> Preferences:
            made = replace(preferences, own_theme=own)
            if own is None:
                used = preferences.reading.theme is PageTheme.CUSTOM
                return with_reading(made, theme=PageTheme.AUTO) if used else made
            is_new = preferences.own_theme is None
            return with_reading(made, theme=PageTheme.CUSTOM) if is_new else made

        self.change(changed)

    def _connect(self) -> None:
        self._own_theme.changed.connect(self._set_own_theme)
        self._sheet.changed.connect(lambda css: self.change(lambda p: replace(p, own_css=css)))
        self._own_fonts.changed.connect(self._font.fill)
        self._own_fonts.changed.connect(self.fonts_changed)
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
        for slider, name in (
            (self._height, "line_height"),
            (self._weight, "weight"),
            (self._spacing, "spacing_em"),
            (self._indent, "indent_em"),
        ):
            slider.changed.connect(partial(self._change_number, name))
        self._margin.moved.connect(lambda n: self.change(lambda p: with_reading(p, margin_px=n)))
        self._justify.chosen.connect(
            lambda key: self.change(lambda p: with_reading(p, justify=Justify(key)))
        )
        self._hyphenate.clicked.connect(
            lambda on: self.change(
                lambda p: with_reading(p, hyphenate=Hyphenate.ON if on else Hyphenate.OFF)
            )
        )
        self._own.clicked.connect(
            lambda on: self.change(lambda p: with_reading(p, publisher_styles=on))
        )

    def _change_number(self, name: str, value: float) -> None:
        number = round(value) if name == "weight" else value
        self.change(lambda p: with_reading(p, **{name: number}))


def _in_row(slider: SomeSlider) -> SomeSlider:
    slider.caption.hide()  # the settings row shows the name
    slider.setFixedWidth(320)
    return slider


def _slider(
    name: str, limits: tuple[int, int], default: int, words: Callable[[int], str]
) -> SliderRow:
    return _in_row(SliderRow(name, limits, default, words))
