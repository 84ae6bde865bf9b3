"""Preferences, what the user asked for, and settings, what is in force."""

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace


class PageTheme(StrEnum):
    """Colours of the page; `AUTO` follows the window, `CUSTOM` are the user's `OwnTheme`."""

    AUTO = "auto"
    PAPER = "paper"
    SEPIA = "sepia"
    GREY = "grey"
    DARK = "dark"
    BLACK = "black"
    CUSTOM = "custom"


class Layout(StrEnum):
    """Pages or one long scroll."""

    PAGES = "pages"
    SCROLL = "scroll"


class Columns(StrEnum):
    """How many columns a page has; `AUTO` takes two where two measures fit."""

    AUTO = "auto"
    ONE = "1"
    TWO = "2"


class Justify(StrEnum):
    """Whether lines end at one edge; `OFF` also where the publisher justified them."""

    PUBLISHER = "publisher"
    ON = "on"
    OFF = "off"


class Hyphenate(StrEnum):
    """Whether words are divided at line ends; `AUTO` does it in justified text."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


AS_PUBLISHER: Final = -1
"""Stands for a number that is left to the book: a line height, weight, spacing or indent."""

SIZE_PX = (12, 40)
LINE_HEIGHT = (1.2, 2.2)
WEIGHT = (200, 900)
SPACING_EM = (0, 2)
INDENT_EM = (0, 4)
MEASURE_CH = (45, 90)
MARGIN_PX = (0, 160)


class ReadingSettings(Struct, frozen=True):
    """How a page looks. `font` is a family; "" is the book's own, else the reading serif.

    `line_height`, `weight` of running text, `spacing_em` between paragraphs and `indent_em` of
    their first lines may be `AS_PUBLISHER`.
    """

    theme: PageTheme = PageTheme.AUTO
    font: str = ""
    size_px: int = 19
    line_height: float = AS_PUBLISHER
    measure_ch: int = 66
    margin_px: int = 48
    layout: Layout = Layout.PAGES
    columns: Columns = Columns.AUTO
    justify: Justify = Justify.OFF
    hyphenate: Hyphenate = Hyphenate.AUTO
    weight: int = AS_PUBLISHER
    spacing_em: float = AS_PUBLISHER
    indent_em: float = AS_PUBLISHER
    publisher_styles: bool = True

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            left_to_the_book = name in _PUBLISHERS and value == AS_PUBLISHER
            if not (left_to_the_book or low <= value <= high):
                raise ValueError(f"{name} must be within {low} and {high}")

    @property
    def hyphenates(self) -> bool:
        """Whether words are to be divided, where their language has patterns."""
        automatic = self.hyphenate is Hyphenate.AUTO and self.justify is Justify.ON
        return automatic or self.hyphenate is Hyphenate.ON


_RANGES: dict[str, tuple[float, float]] = {
    "size_px": SIZE_PX,
    "line_height": LINE_HEIGHT,
    "measure_ch": MEASURE_CH,
    "margin_px": MARGIN_PX,
    "weight": WEIGHT,
    "spacing_em": SPACING_EM,
    "indent_em": INDENT_EM,
}
_PUBLISHERS: Final = frozenset(("line_height", "weight", "spacing_em", "indent_em"))


class ReadingPreferences(Struct, frozen=True):
    """Where one book differs from the defaults; None means the default."""

    theme: PageTheme | None = None
    font: str | None = None
    size_px: int | None = None
    line_height: float | None = None
    measure_ch: int | None = None
    margin_px: int | None = None
    layout: Layout | None = None
    columns: Columns | None = None
    justify: Justify | None = None
    hyphenate: Hyphenate | None = None
    weight: int | None = None
    spacing_em: float | None = None
    indent_em: float | None = None
    publisher_styles: bool | None = None

    @property
    def empty(self) -> bool:
        return all(getattr(self, f) is None for f in self.__struct_fields__)


def resolve(defaults: ReadingSettings, book: ReadingPreferences) -> ReadingSettings:
    """The settings in force for one book."""
    asked = {name: getattr(book, name) for name in book.__struct_fields__}
    return replace(defaults, **{name: value for name, value in asked.items() if value is not None})


_HEX: Final = re.compile(r"#[0-9A-Fa-f]{6}")


class OwnTheme(Struct, frozen=True):
    """The user's page theme: three colours as #RRGGBB. Raises ValueError for other texts."""

    background: str
    text: str
    link: str

    def __post_init__(self) -> None:
        for color in (self.background, self.text, self.link):
            if not _HEX.fullmatch(color):
                raise ValueError("a colour must be #RRGGBB")


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


class SyncPreferences(Struct, frozen=True):
    """Progress sync. `device` "" means the default name, “Kios Desktop (host)”."""

    enabled: bool = True
    when_further: Answer = Answer.ASK
    when_behind: Answer = Answer.STAY
    device: str = ""


STATISTICS_RANGES: Final = {
    "min_s": (10, 300),
    "min_turns": (0, 20),
    "day_starts_h": (0, 12),
    "daily_goal_min": (0, 1440),
}


class StatisticsPreferences(Struct, frozen=True):
    """Reading sessions. `enabled`: they are recorded. `daily_goal_min` is 0 without a goal.

    Raises ValueError outside `STATISTICS_RANGES`.
    """

    enabled: bool = True
    min_s: int = 30  # seconds from which a session is kept
    min_turns: int = 1  # turned pages from which it is kept
    day_starts_h: int = 4
    daily_goal_min: int = 0

    def __post_init__(self) -> None:
        for name, (least, most) in STATISTICS_RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must be between {least} and {most}")


ALOUD_RATE: Final = (0.5, 2.0)


class AloudPreferences(Struct, frozen=True):
    """Reading aloud. `rate` 1.0 is the usual speed; `voices` are (language, name of a voice).

    A language is the first part of a BCP 47 tag. Raises ValueError outside `ALOUD_RATE`.
    """

    rate: float = 1.0
    voices: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not ALOUD_RATE[0] <= self.rate <= ALOUD_RATE[1]:
            raise ValueError("rate must be between 0.5 and 2")

    def voice_for(self, language: str) -> str:
        """The name of the voice that was chosen for a language; "" for the usual one."""
        return dict(self.voices).get(language, "")

    def with_voice(self, language: str, name: str) -> "AloudPreferences":
        others = tuple(pair for pair in self.voices if pair[0] != language)
        return replace(self, voices=(*others, (language, name)) if name else others)


class WebLookUp(Struct, frozen=True):
    """A look-up at a web address with {word} and, if wanted, {language}. Off until switched on.

    `allowed` is the address to which the reader agreed that words are sent; another one asks again.
    """

    address: str
    enabled: bool = False
    allowed: str = ""


WIKIPEDIA: Final = "https://{language}.wikipedia.org/api/rest_v1/page/summary/{word}"
TRANSLATION: Final = "https://translate.google.com/?sl={language}&op=translate&text={word}"


class LookUpPreferences(Struct, frozen=True):
    """`order` has ids of dictionaries, the first one first; `off` those that are not in use."""

    order: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    wikipedia: WebLookUp = WebLookUp(WIKIPEDIA)
    translation: WebLookUp = WebLookUp(TRANSLATION)


class Preferences(Struct, frozen=True):
    """All that Settings changes. Stored as JSON; unknown keys are ignored when read."""

    window_theme: WindowTheme = WindowTheme.SYSTEM
    match_page: bool = True  # “Match the window to the page”
    reduce_motion: bool = False
    reading: ReadingSettings = ReadingSettings()
    own_theme: OwnTheme | None = None
    own_css: str = ""  # the user's style sheet for all books
    sync: SyncPreferences = SyncPreferences()
    click_turns_page: bool = True
    ask_before_web_links: bool = True
    dim_pictures: bool = True
    show_continue_reading: bool = True
    search_inside_books: bool = False  # “Also search inside books”
    inside_books_paused: bool = False  # reading them for that
    finish_at_end: bool = True
    statistics: StatisticsPreferences = StatisticsPreferences()
    look_ups: LookUpPreferences = LookUpPreferences()
    aloud: AloudPreferences = AloudPreferences()
    onboarded: bool = False  # “Skip for now” was chosen
