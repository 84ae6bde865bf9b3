"""Contrast as WCAG has it, and the colours of the user's own theme."""

import pytest

from kios_desktop.domain.preferences import OwnTheme, PageTheme
from kios_desktop.ui.kit import theme
from kios_desktop.ui.kit.page_colors import contrast, is_dark, own_page_colors
from kios_desktop.ui.kit.tokens import tokens


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


def test_own_colors_are_taken_as_they_are_and_the_others_lie_between() -> None:
    found = own_page_colors(OwnTheme("#000000", "#FFFFFF", "#4080C0"))
    assert (found.bg, found.text, found.link) == ("#000000", "#FFFFFF", "#4080C0")
    assert found.muted == "#BFBFBF"
    assert found.selection == "#102030"


@pytest.mark.parametrize("choice", [one for one in PageTheme if one.value in tokens()["page"]])
def test_which_of_our_themes_are_dark(choice: PageTheme) -> None:
    background = theme.Theme("light").page(choice).bg
    assert is_dark(background) == (choice in (PageTheme.GREY, PageTheme.DARK, PageTheme.BLACK))


def test_a_window_goes_with_the_own_page() -> None:
    night = OwnTheme("#101010", "#DDDDDD", "#88AAFF")
    assert theme.for_page(PageTheme.CUSTOM, "light", night) == "dark"
    assert theme.for_page(PageTheme.CUSTOM, "hcLight", night) == "hcLight"
    assert theme.for_page(PageTheme.CUSTOM, "sepia") == "sepia"
    assert theme.Theme("dark").page(PageTheme.CUSTOM) == theme.Theme("dark").page(PageTheme.AUTO)
