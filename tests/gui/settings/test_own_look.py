"""Settings → Appearance: the own page theme, the own style sheet, what is left to the book."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from kios_desktop.domain.preferences import (
    AS_PUBLISHER,
    Hyphenate,
    Justify,
    OwnTheme,
    PageTheme,
    Preferences,
)
from kios_desktop.ui.settings.appearance_page import AppearancePage
from kios_desktop.ui.settings.ports import Change

pytestmark = pytest.mark.gui


class Shown:
    """The page, whose changes are put in force at once."""

    def __init__(self, qtbot: QtBot, fonts: Path) -> None:
        self.preferences = Preferences()
        self.page = AppearancePage(fonts)
        qtbot.addWidget(self.page)
        self.page.edited.connect(self.take)
        self.page.show_preferences(self.preferences)

    def take(self, change: Change) -> None:
        self.preferences = change(self.preferences)
        self.page.show_preferences(self.preferences)


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Shown:
    return Shown(qtbot, tmp_path / "fonts")


def test_an_own_theme_is_made_used_judged_and_removed(shown: Shown) -> None:
    editor, choice = shown.page._own_theme, shown.page._page
    assert choice.findData(PageTheme.CUSTOM) < 0
    editor._make.click()
    assert shown.preferences.own_theme is not None
    assert choice.value() == PageTheme.CUSTOM == shown.preferences.reading.theme
    assert editor._judgement.isHidden()
    editor.set_color("background", "#777777")
    editor.set_color("text", "#888888")
    assert "1.3 to 1" in editor._judgement.text()
    assert editor._judgement.text().startswith("Text is hard")
    editor.set_color("text", "#000000")
    assert editor._judgement.text().startswith("Links are hard")
    assert shown.preferences.own_theme == OwnTheme("#777777", "#000000", "#1D6A61")
    editor._remove.click()
    assert shown.preferences.own_theme is None
    assert shown.preferences.reading.theme is PageTheme.AUTO
    assert choice.findData(PageTheme.CUSTOM) < 0


def test_removing_an_own_theme_that_is_not_used_changes_no_page(shown: Shown) -> None:
    shown.page._own_theme._make.click()
    reading = replace(shown.preferences.reading, theme=PageTheme.SEPIA)
    shown.take(lambda now: replace(now, reading=reading))
    shown.page._own_theme._remove.click()
    assert shown.preferences.own_theme is None
    assert shown.preferences.reading.theme is PageTheme.SEPIA == shown.page._page.value()


def test_the_own_style_sheet_is_kept_after_a_pause(shown: Shown, qtbot: QtBot) -> None:
    editor = shown.page._sheet
    with qtbot.waitSignal(editor.changed):
        editor._text.setPlainText("p { color: red }")
    assert shown.preferences.own_css == "p { color: red }"
    assert editor._left_out.isHidden()
    editor._text.setPlainText("@import 'https://example.org/a.css';")
    assert not editor._left_out.isHidden()


def test_a_file_that_is_no_text_is_named(shown: Shown, tmp_path: Path) -> None:
    (tmp_path / "picture.css").write_bytes(b"\xff\xfe\xfa")
    shown.page._sheet.read(tmp_path / "picture.css")
    assert "“picture.css”" in shown.page._sheet._problem.text()
    (tmp_path / "good.css").write_bytes(b"\xef\xbb\xbfp { margin: 0 }")
    shown.page._sheet.read(tmp_path / "good.css")
    assert shown.page._sheet._problem.isHidden()
    assert shown.page._sheet._text.toPlainText() == "p { margin: 0 }"


def test_numbers_can_be_left_to_the_book_again(shown: Shown) -> None:
    shown.page._weight.slider.setValue(3)
    assert shown.preferences.reading.weight == 400
    shown.page._height.slider.setValue(5)
    assert shown.preferences.reading.line_height == 1.6
    shown.page._weight.slider.setValue(0)
    assert shown.preferences.reading.weight == AS_PUBLISHER


def test_hyphenation_shows_what_is_in_force(shown: Shown) -> None:
    shown.page._justify.segment(Justify.ON).click()
    assert shown.page._hyphenate.isChecked()
    shown.page._hyphenate.click()
    assert shown.preferences.reading.hyphenate is Hyphenate.OFF
    assert shown.preferences.reading.justify is Justify.ON
