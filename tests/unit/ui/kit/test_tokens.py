"""The tokens keep their promises: contrast, and no colour in the sheet that is not one of them."""

import re

import pytest

from kios_desktop.domain.preferences import PageTheme
from kios_desktop.ui.kit import style_sheet, theme
from kios_desktop.ui.kit.tokens import tokens

THEMES = ("light", "sepia", "dark", "hcLight", "hcDark")
PAIRS = sorted(tokens()["contrast"])


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("pair", PAIRS)
def test_pair_has_its_contrast(pair: str, name: str) -> None:
    upper, lower = pair.split(" on ")
    colors = theme.Theme(name)
    needed = tokens()["contrast"][pair]["min"]
    assert contrast(colors.hex(upper), colors.hex(lower)) >= needed


@pytest.mark.parametrize("name", sorted(tokens()["page"]))
def test_page_text_is_readable(name: str) -> None:
    page = tokens()["page"][name]
    for kind in ("text", "muted", "link"):
        assert contrast(page[kind], page["bg"]) >= 4.5
    assert contrast(page["text"], page["selection"]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_style_sheet_has_only_token_colors(name: str) -> None:
    assert not re.search(r"#[0-9A-Fa-f]{3,8}\b(?!\w)", _without_object_names())
    sheet = style_sheet.style_sheet(tokens()["color"][name], outlined=False)
    assert "$" not in sheet


def _without_object_names() -> str:
    template = style_sheet._TEMPLATE.template
    return re.sub(r"\bQ\w+#\w+", "", template)


def test_style_sheet_scopes_every_rule_to_a_property_or_a_name() -> None:
    template = re.sub(r"\{[^}]*\}", ";", style_sheet._TEMPLATE.template)
    shared = ("QToolTip", "QMenu", "QScrollBar")  # nothing of Qt's own is built from these
    for selector in re.split(r"[;,]", template):
        words = selector.strip()
        if words and not words.startswith(shared):
            assert "[" in words or "#" in words, words


@pytest.mark.parametrize("choice", PageTheme)
@pytest.mark.parametrize("name", THEMES)
def test_every_page_theme_has_colors_in_every_window_theme(name: str, choice: PageTheme) -> None:
    assert theme.Theme(name).page(choice).bg.startswith("#")


def test_a_grey_page_gets_a_dark_window_and_high_contrast_stays() -> None:
    assert theme.for_page(PageTheme.GREY, "light") == "dark"
    assert theme.for_page(PageTheme.SEPIA, "dark") == "sepia"
    assert theme.for_page(PageTheme.PAPER, "hcDark") == "hcDark"
