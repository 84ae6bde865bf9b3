"""Preferences, what the user asked for, and settings, what is in force."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum


class PageTheme(StrEnum):
    """Colours of the page; `AUTO` follows the window."""

    AUTO = "auto"
    PAPER = "paper"
    SEPIA = "sepia"
    GREY = "grey"
    DARK = "dark"
    BLACK = "black"


class Layout(StrEnum):
    """Pages or one long scroll."""

    PAGES = "pages"
    SCROLL = "scroll"


class Columns(StrEnum):
    """How many columns a page has; `AUTO` takes two where two measures fit."""

    AUTO = "auto"
    ONE = "1"
    TWO = "2"


SIZE_PX = (12, 40)
LINE_HEIGHT = (1.2, 2.2)
MEASURE_CH = (45, 90)
MARGIN_PX = (0, 160)


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """How a page looks. `font` is a family; "" is the book's own, else the reading serif."""

    theme: PageTheme = PageTheme.AUTO
    font: str = ""
    size_px: int = 19
    line_height: float = 1.58
    measure_ch: int = 66
    margin_px: int = 48
    layout: Layout = Layout.PAGES
    columns: Columns = Columns.AUTO
    justify: bool = False
    publisher_styles: bool = True

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be within {low} and {high}")


_RANGES: dict[str, tuple[float, float]] = {
    "size_px": SIZE_PX,
    "line_height": LINE_HEIGHT,
    "measure_ch": MEASURE_CH,
    "margin_px": MARGIN_PX,
}


@dataclass(frozen=True, slots=True)
class ReadingPreferences:
    """Where one book differs from the defaults; None means the default."""

    theme: PageTheme | None = None
    font: str | None = None
    size_px: int | None = None
    line_height: float | None = None
    measure_ch: int | None = None
    margin_px: int | None = None
    layout: Layout | None = None
    columns: Columns | None = None
    justify: bool | None = None
    publisher_styles: bool | None = None

    @property
    def empty(self) -> bool:
        return all(getattr(self, f.name) is None for f in fields(self))


def resolve(defaults: ReadingSettings, book: ReadingPreferences) -> ReadingSettings:
    """The settings in force for one book."""
    asked = {f.name: getattr(book, f.name) for f in fields(book)}
    return replace(defaults, **{name: value for name, value in asked.items() if value is not None})


class WindowTheme(StrEnum):
    """Colours of the windows."""

    SYSTEM = "system"
    LIGHT = "light"
    SEPIA = "sepia"
    DARK = "dark"
    HC_LIGHT = "hcLight"
    HC_DARK = "hcDark"


class Answer(StrEnum):
    """What to do when another device is elsewhere."""

    ASK = "ask"
    CONTINUE = "continue"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class SyncPreferences:
    """Progress sync. `device` "" means the default name, “Kios Desktop (host)”."""

    enabled: bool = True
    when_further: Answer = Answer.ASK
    when_behind: Answer = Answer.STAY
    device: str = ""


@dataclass(frozen=True, slots=True)
class Preferences:
    """All that Settings changes. Stored as JSON; unknown keys are ignored when read."""

    window_theme: WindowTheme = WindowTheme.SYSTEM
    match_page: bool = True  # “Match the window to the page”
    reduce_motion: bool = False
    reading: ReadingSettings = ReadingSettings()
    sync: SyncPreferences = SyncPreferences()
    click_turns_page: bool = True
    ask_before_web_links: bool = True
    dim_pictures: bool = True
    show_continue_reading: bool = True
    finish_at_end: bool = True
    onboarded: bool = False  # “Skip for now” was chosen
