"""The back stack, the pace, the look and the choices."""

import pytest
from msgspec.structs import replace

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.locator import Place
from kios_desktop.domain.preferences import (
    Hyphenate,
    Justify,
    OwnTheme,
    PageTheme,
    Preferences,
    ReadingPreferences,
    ReadingSettings,
)
from kios_desktop.ui.reader.choices import ReadingChoices, Scope
from kios_desktop.ui.reader.jump_history import JumpHistory, JumpOrigin
from kios_desktop.ui.reader.page_style import new_page_style
from kios_desktop.ui.reader.reading_speed import USUAL_PER_MIN, ReadingSpeed

COLORS = {"bg": "#FFFFFF", "text": "#000000", "muted": "#333333", "link": "#0000FF"}


def origin(ordinal: int) -> JumpOrigin:
    return JumpOrigin(Place(0, ordinal), f"Back to {ordinal}")


def test_back_and_forward_walk_the_same_road() -> None:
    jumps = JumpHistory()
    jumps.jumped(origin(1))
    jumps.jumped(origin(2))
    assert jumps.back(origin(3)) == origin(2)
    assert jumps.back(origin(2)) == origin(1)
    assert jumps.back(origin(1)) is None
    assert jumps.forward(origin(1)) == origin(2)
    assert jumps.forward(origin(2)) == origin(3)


def test_new_jump_forgets_the_way_forward() -> None:
    jumps = JumpHistory()
    jumps.jumped(origin(1))
    jumps.back(origin(2))
    jumps.jumped(origin(1))
    assert jumps.forward(origin(9)) is None


def test_pill_fades_after_three_turns_but_the_stack_stays() -> None:
    jumps = JumpHistory()
    jumps.jumped(origin(1))
    assert jumps.pill == "Back to 1"
    for _ in range(3):
        jumps.turned()
    assert jumps.pill == ""
    assert jumps.back(origin(5)) == origin(1)


def test_pace_follows_the_reader_after_some_pages() -> None:
    pace = ReadingSpeed()
    assert pace.minutes(int(USUAL_PER_MIN * 10)) == 10
    for n in range(12):
        pace.turned(n * 30.0, 1150)  # twice as fast as usual
    assert pace.minutes(int(USUAL_PER_MIN * 10)) == 5


def test_pace_ignores_leafing_and_pauses() -> None:
    pace = ReadingSpeed()
    for n in range(20):
        pace.turned(n * 0.5, 1150)
    for n in range(20):
        pace.turned(1000.0 + n * 3600, 1150)
    assert pace.minutes(int(USUAL_PER_MIN * 10)) == 10


def test_defaults_yield_to_the_book_and_changes_overrule_it() -> None:
    look = new_page_style(ReadingSettings(), COLORS, PageTheme.PAPER, dim_pictures=True)
    assert look.forced == []
    changed = ReadingSettings(font="Georgia", line_height=2.0)
    look = new_page_style(changed, COLORS, PageTheme.DARK, dim_pictures=True)
    assert look.forced == ["font", "lineHeight"]
    assert look.font.startswith('"Georgia"')


def test_only_dark_pages_dim_pictures_and_only_paper_keeps_the_books_colours() -> None:
    for theme in (PageTheme.PAPER, PageTheme.SEPIA, PageTheme.GREY, PageTheme.DARK):
        look = new_page_style(ReadingSettings(), COLORS, theme, dim_pictures=True)
        assert look.dim_pictures == (theme in (PageTheme.GREY, PageTheme.DARK))


def test_numbers_that_are_left_to_the_book_are_sent_as_such() -> None:
    look = new_page_style(ReadingSettings(), COLORS, PageTheme.PAPER, dim_pictures=True)
    assert (look.line_height, look.weight, look.spacing, look.indent) == (1.58, 0, -1, -1)
    asked = ReadingSettings(line_height=1.58, weight=500, spacing_em=0, indent_em=1.5)
    look = new_page_style(asked, COLORS, PageTheme.PAPER, dim_pictures=True)
    assert look.forced == ["lineHeight"]
    assert (look.line_height, look.weight, look.spacing, look.indent) == (1.58, 500, 0, 1.5)


@pytest.mark.parametrize(
    ("justify", "hyphenate", "divides"),
    [
        (Justify.OFF, Hyphenate.AUTO, False),
        (Justify.PUBLISHER, Hyphenate.AUTO, False),
        (Justify.ON, Hyphenate.AUTO, True),
        (Justify.ON, Hyphenate.OFF, False),
        (Justify.OFF, Hyphenate.ON, True),
    ],
)
def test_justified_text_is_hyphenated_unless_it_was_switched_off(
    justify: Justify, hyphenate: Hyphenate, divides: bool
) -> None:
    asked = ReadingSettings(justify=justify, hyphenate=hyphenate)
    look = new_page_style(asked, COLORS, PageTheme.PAPER, dim_pictures=True)
    assert (look.justify, look.hyphenate) == (justify.value, divides)


@pytest.mark.parametrize(("background", "dims"), [("#D8C8A8", False), ("#102030", True)])
def test_how_light_the_own_theme_is_decides_whether_pictures_are_dimmed(
    background: str, dims: bool
) -> None:
    colors = {**COLORS, "bg": background}
    look = new_page_style(ReadingSettings(), colors, PageTheme.CUSTOM, dim_pictures=True)
    assert look.dim_pictures == dims


def test_high_contrast_pages_do_not_dim() -> None:
    colors = {**COLORS, "bg": "#000000"}
    look = new_page_style(ReadingSettings(), colors, None, dim_pictures=True)
    assert not look.dim_pictures


class Kept:
    """What was saved."""

    def __init__(self) -> None:
        self.books: list[ReadingPreferences] = []
        self.all: list[Preferences] = []
        self.live = LivePreferences(Preferences(), self.all.append, call_soon=lambda call: call())

    def choices(self, book: ReadingPreferences | None = None) -> ReadingChoices:
        return ReadingChoices(self.live, book or ReadingPreferences(), self.books.append)


def test_change_for_all_books_reaches_other_open_books() -> None:
    kept = Kept()
    one, other = kept.choices(), kept.choices()
    told: list[int] = []
    other.on_change(lambda: told.append(other.in_force.size_px))
    one.set("size_px", 24)
    assert told == [24]
    assert kept.all[-1].reading.size_px == 24


def test_change_for_this_book_stays_with_it() -> None:
    kept = Kept()
    one, other = kept.choices(), kept.choices()
    one.scope = Scope.THIS_BOOK
    one.set("theme", PageTheme.SEPIA)
    assert one.in_force.theme is PageTheme.SEPIA
    assert other.in_force.theme is PageTheme.AUTO
    assert kept.all == []
    assert kept.books == [ReadingPreferences(theme=PageTheme.SEPIA)]
    one.use_defaults()
    assert kept.books[-1].empty


def test_change_for_all_books_takes_hold_in_a_book_of_its_own_mind() -> None:
    kept = Kept()
    one = kept.choices(ReadingPreferences(size_px=30))
    one.scope = Scope.ALL_BOOKS
    one.set("size_px", 20)
    assert one.in_force.size_px == 20
    assert kept.books[-1].empty


def test_text_size_stops_at_its_limits() -> None:
    kept = Kept()
    one = kept.choices()
    for _ in range(60):
        one.step_size(1)
    assert one.in_force.size_px == 40
    one.step_size(0)
    assert one.in_force.size_px == 19


def test_the_own_theme_is_among_the_themes_only_once_it_is_made() -> None:
    kept = Kept()
    one = kept.choices()
    one.set("theme", PageTheme.CUSTOM)
    assert one.in_force.theme is PageTheme.AUTO
    assert PageTheme.CUSTOM not in one.themes
    own = OwnTheme("#102030", "#FFEEDD", "#AACCFF")
    kept.live.change(replace(kept.live.value, own_theme=own))
    shown = [one.in_force.theme]
    one.next_theme()
    shown.append(one.in_force.theme)
    assert shown == [PageTheme.CUSTOM, PageTheme.AUTO]
