"""Colours, fonts and sizes: design tokens turned into a palette and a style sheet.

`resources/tokens.json` is the source. The application has one theme, which only `apply_theme`
changes. A reader window may have another, to match its page, so painting code uses `of(self)`.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QFontMetrics,
    QGuiApplication,
    QPalette,
    QPixmapCache,
)
from PySide6.QtWidgets import QApplication, QWidget

from kios_desktop.domain.preferences import OwnTheme, PageTheme, WindowTheme
from kios_desktop.ui.kit.faces import use_own_face, use_reading_face
from kios_desktop.ui.kit.page_colors import PageColors, is_dark, own_page_colors
from kios_desktop.ui.kit.style_sheet import style_sheet
from kios_desktop.ui.kit.tokens import tokens

READING_SERIFS: Final = ("Literata", "Charter", "Georgia", "Noto Serif", "DejaVu Serif")

# type style → (token of the ratio to the platform's font size, weight, letter spacing in px)
_STYLES: Final[Mapping[str, tuple[str, QFont.Weight, float]]] = {
    "micro": ("micro", QFont.Weight.Medium, 0),
    "microStrong": ("micro", QFont.Weight.DemiBold, 0),
    "small": ("small", QFont.Weight.Normal, 0),
    "smallStrong": ("small", QFont.Weight.DemiBold, 0),
    "body": ("body", QFont.Weight.Normal, 0),
    "bodyStrong": ("body", QFont.Weight.DemiBold, 0),
    "control": ("body", QFont.Weight.Medium, 0),
    "bodyLarge": ("bodyLarge", QFont.Weight.Normal, 0),
    "section": ("bodyLarge", QFont.Weight.DemiBold, 0),
    "title": ("title", QFont.Weight.DemiBold, 0),
    "heading": ("heading", QFont.Weight.DemiBold, -0.2),
    "display": ("display", QFont.Weight.DemiBold, -0.4),
}

_ROLES: Final[Mapping[QPalette.ColorRole, str]] = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.Base: "base",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Button: "base",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "borderControl",
    QPalette.ColorRole.Highlight: "selected",
    QPalette.ColorRole.HighlightedText: "selectedText",
    QPalette.ColorRole.PlaceholderText: "textFaint",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.ToolTipBase: "tooltipBg",
    QPalette.ColorRole.ToolTipText: "tooltipText",
}


def size(name: str) -> int:
    """A measure of the `size` table, in device-independent pixels."""
    return int(tokens()["size"][name])


def icon_px(name: str) -> int:
    """The side of an icon: inline, small, nav, toolbar, tile or empty."""
    return int(tokens()["icon"]["px"][name])


def motion_ms(name: str, reduced: bool) -> int:
    """A duration of the `motion` table; 0 for movement when motion is reduced."""
    motion = tokens()["motion"]
    return int(motion["reduced"].get(name, motion[name]) if reduced else motion[name])


@dataclass(frozen=True, slots=True)
class Theme:
    """One of light, sepia, dark, hcLight, hcDark."""

    name: str

    def hex(self, token: str) -> str:
        """`#RRGGBB` of a colour token; KeyError for a name that is not one."""
        return str(tokens()["color"][self.name][token])

    def color(self, token: str) -> QColor:
        return QColor(self.hex(token))

    def heat(self, step: int) -> QColor:
        """The colour of a day with little to much reading, 0…4."""
        return QColor(tokens()["heatmap"][self.name][step])

    @property
    def dark(self) -> bool:
        return self.name in {"dark", "hcDark"}

    @property
    def high_contrast(self) -> bool:
        return self.name.startswith("hc")

    def page(self, choice: PageTheme, own: OwnTheme | None = None) -> PageColors:
        """The page's colours for a choice; `AUTO` matches the window, as does a lacking `own`."""
        if choice is PageTheme.CUSTOM:
            return own_page_colors(own) if own is not None else self.page(PageTheme.AUTO)
        if self.high_contrast and choice is PageTheme.AUTO:
            name = self.name
        elif choice is PageTheme.AUTO:
            name = "dark" if self.dark else "paper"
        else:
            name = str(choice)
        return PageColors(**tokens()["page"][name])

    def palette(self) -> QPalette:
        palette = QPalette()
        for role, token in _ROLES.items():
            palette.setColor(role, self.color(token))
        disabled = QPalette.ColorGroup.Disabled
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(disabled, role, self.color("textDisabled"))
        return palette


_LONGEST_LINE: Final = 1000  # characters; no window is wider
_ELIDED_KEPT: Final = 2000
_elided: dict[tuple[str, str, int, bool], str] = {}

_WINDOW_THEME: Final = "kiosTheme"  # dynamic property of a window with a theme of its own
_in_force = Theme("light")
_painting: Theme | None = None
_reduced_motion = False


def current() -> Theme:
    """The application's theme."""
    return _in_force


def of(widget: QWidget) -> Theme:
    """The theme of a widget's window, else of that window's owner, else of the application."""
    window = widget.window()
    while not (name := window.property(_WINDOW_THEME)):
        owner = window.parentWidget()
        if owner is None:
            return _in_force
        window = owner.window()
    return Theme(str(name))


def set_window_theme(window: QWidget, name: str) -> None:
    """Give a window a theme of its own; the application's theme removes it."""
    own = "" if name == _in_force.name else name
    if own == (window.property(_WINDOW_THEME) or ""):
        return
    window.setProperty(_WINDOW_THEME, own)
    window.setPalette(Theme(own).palette() if own else QPalette())
    window.setStyleSheet(_sheet(own) if own else "")


@contextmanager
def painting(widget: QWidget) -> Iterator[Theme]:
    """Within the block, paint in this widget's theme.

    For icons and shadows, which do not know the widget they are painted on.
    """
    global _painting
    before, _painting = _painting, of(widget)
    try:
        yield _painting
    finally:
        _painting = before


def painted() -> Theme:
    """The theme to paint in: inside `painting` that widget's, else the application's."""
    return _painting or _in_force


@cache
def _sheet(name: str) -> str:
    return style_sheet(tokens()["color"][name], Theme(name).high_contrast)


def apply_theme(app: QApplication, name: str) -> Theme:
    """Apply a theme and our font to the application. `name` is a key of the colour tokens."""
    global _in_force
    use_own_face(app)
    _in_force = Theme(name)
    QPixmapCache.clear()
    app.setPalette(_in_force.palette())
    app.setStyleSheet(_sheet(name))
    return _in_force


def resolve_name(choice: WindowTheme) -> str:
    """The theme for a choice; `SYSTEM` asks the platform for scheme and contrast."""
    if choice is not WindowTheme.SYSTEM:
        return str(choice)
    hints = QGuiApplication.styleHints()
    dark = hints.colorScheme() is Qt.ColorScheme.Dark
    if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
        return "hcDark" if dark else "hcLight"
    return "dark" if dark else "light"


def for_page(choice: PageTheme, window: str, own: OwnTheme | None = None) -> str:
    """The theme of a reader window that matches its page."""
    if choice is PageTheme.AUTO or window.startswith("hc"):
        return window
    if choice is PageTheme.CUSTOM:
        return window if own is None else "dark" if is_dark(own.background) else "light"
    if choice is PageTheme.PAPER:
        return "light"
    return "sepia" if choice is PageTheme.SEPIA else "dark"


def reduce_motion(reduced: bool) -> None:
    """Switch animations off or on."""
    global _reduced_motion
    _reduced_motion = reduced


def motion_reduced() -> bool:
    return _reduced_motion


def font(style: str, tabular: bool = False) -> QFont:
    """The interface's font in a type style."""
    ratio, weight, spacing = _STYLES[style]
    result = QFont(QApplication.font())
    factor = float(tokens()["type"]["ratio"][ratio])
    if result.pointSizeF() > 0:
        result.setPointSizeF(result.pointSizeF() * factor)
    else:
        result.setPixelSize(round(result.pixelSize() * factor))
    result.setWeight(weight)
    if spacing:
        result.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    if tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def line_height(style: str, face: QFont) -> float:
    """The line height of a type style in px, for texts of several lines."""
    px = tokens()["type"]["px"]
    height, line, _weight = px[style if style in px else _STYLES[style][0]]
    return float(QFontInfo(face).pixelSize() * line / height)


@cache
def reading_serif() -> str:
    """The first of the serifs for reading that there is."""
    use_reading_face()
    installed = set(QFontDatabase.families())
    return next((name for name in READING_SERIFS if name in installed), "serif")


def scaled(px: int) -> int:
    """A width designed for text of 13 px, scaled to the platform's size of text."""
    return round(px * max(1.0, QFontInfo(QApplication.font()).pixelSize() / 13))


def elided(words: str, face: QFont, width: int) -> str:
    """A line of text, elided at its own end, whatever the direction of the layout.

    Cached, because a scrolling list asks for the same lines again.
    """
    key = (words, face.key(), width, QGuiApplication.isRightToLeft())
    shown = _elided.get(key)
    if shown is None:
        if len(_elided) >= _ELIDED_KEPT:
            _elided.clear()
        shown = _elided[key] = _cut(words[:_LONGEST_LINE], face, width)
    return shown


def _cut(words: str, face: QFont, width: int) -> str:
    own_mirrored = _right_to_left(words)
    # Qt elides at the logical end, on the side of the text's own direction
    shown = QFontMetrics(face).elidedText(words, Qt.TextElideMode.ElideRight, width)
    if QGuiApplication.isRightToLeft() and not own_mirrored:
        return f"\u200e{shown}\u200e"
    return shown


def _right_to_left(words: str) -> bool:
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in words)


def control_height(style: str = "control", measure: str = "control") -> int:
    """A control's height: its token, or more for larger text."""
    return max(size(measure), QFontMetrics(font(style)).height() + 12)
