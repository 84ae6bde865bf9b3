"""The Appearance popover: as high as what is in it, and nothing moves under the hand."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.preferences import (
    AS_PUBLISHER,
    OwnTheme,
    PageTheme,
    Preferences,
    ReadingPreferences,
)
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.reader.appearance import AppearancePopover
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.reader.theme_dots import ThemeDot
from kios_desktop.ui.widgets.slider_row import SliderRow

pytestmark = pytest.mark.gui


def live_preferences() -> LivePreferences:
    return LivePreferences(
        Preferences(), lambda _value: None, lambda call: QTimer.singleShot(0, call)
    )


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.resize(1000, 420)
        self.opener = QPushButton("Aa", self)
        self.opener.setGeometry(900, 8, 32, 32)
        self.host = OverlayHost(self)
        self.live = live_preferences()
        choices = ReadingChoices(self.live, ReadingPreferences(), lambda _own: None)
        self.popover = AppearancePopover(choices)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    shown = Window()
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    shown.host.popover(shown.popover, shown.opener, width=380)
    return shown


def height(window: Window) -> int:
    shown = window.host.shown(OverlayKind.POPOVER)
    assert shown is not None
    return shown.box().height()


def needed(window: Window) -> int:
    return window.popover.sizeHint().height() + 2


def test_it_grows_with_the_window_until_all_of_it_is_there(window: Window, qtbot: QtBot) -> None:
    assert height(window) < needed(window), "it scrolls inside"
    window.resize(1000, 900)
    qtbot.waitUntil(lambda: height(window) >= needed(window))


def test_it_grows_with_the_scope_and_a_slider_stays_where_the_hand_is(
    window: Window, qtbot: QtBot
) -> None:
    window.resize(1000, 900)
    qtbot.waitUntil(lambda: height(window) >= needed(window))
    before = height(window)
    window.popover._scope.segment("book").click()
    qtbot.waitUntil(lambda: before < height(window) == needed(window))
    sliders = window.popover.findChildren(SliderRow)

    def corners() -> list[QPoint]:
        return [one.mapTo(window, QPoint()) for one in sliders]

    at, high = corners(), height(window)
    sliders[0].slider.setValue(sliders[0].slider.value() + 3)
    window.popover._apply()
    assert window.popover._choices.book_differs
    qtbot.wait(50)
    assert corners() == at
    assert height(window) == high


def test_what_is_left_to_the_book_is_the_first_position_of_its_slider(window: Window) -> None:
    popover = window.popover
    slider = popover._fine.sliders["indent_em"]
    assert (slider.number(), slider.value()) == (AS_PUBLISHER, 0)
    assert slider.slider.accessibleDescription() == "The book’s"
    slider.slider.setValue(1)
    popover._apply()
    assert popover._choices.in_force.indent_em == 0
    slider.slider.setValue(0)
    popover._apply()
    assert popover._choices.in_force.indent_em == AS_PUBLISHER


def test_hyphenation_goes_on_with_justification_and_off_by_itself(window: Window) -> None:
    popover = window.popover
    assert not popover._hyphenate.isChecked()
    popover._justify.segment("on").click()
    assert popover._hyphenate.isChecked()
    popover._hyphenate.click()
    assert not popover._choices.in_force.hyphenates
    popover._justify.segment("publisher").click()
    popover._justify.segment("on").click()
    assert not popover._hyphenate.isChecked()


def test_a_language_without_patterns_is_named(qtbot: QtBot) -> None:
    choices = ReadingChoices(live_preferences(), ReadingPreferences(), lambda _own: None)
    popover = AppearancePopover(choices, "Basque")
    qtbot.addWidget(popover)
    assert not popover._hyphenate.isEnabled()
    assert popover._hyphenate.accessibleDescription() == "No hyphenation for Basque."


def test_large_text_cuts_no_caption_and_no_value(qtbot: QtBot, qapp: QApplication) -> None:
    usual = qapp.font()
    large = QFont(usual)
    large.setPointSizeF(2 * usual.pointSizeF())
    qapp.setFont(large)
    try:
        choices = ReadingChoices(live_preferences(), ReadingPreferences(), lambda _own: None)
        popover = AppearancePopover(choices)
        qtbot.addWidget(popover)
        popover.show()
        popover.resize(popover.minimumSizeHint())
        for row in popover.findChildren(SliderRow):
            for words in (row.caption, row._value):
                needed = words.fontMetrics().horizontalAdvance(words.text())
                assert words.width() >= needed or not words.isVisible(), words.text()
    finally:
        qapp.setFont(usual)


def test_what_settings_change_meanwhile_is_shown(window: Window, qtbot: QtBot) -> None:
    popover, live = window.popover, window.live
    custom = popover._dots.findChildren(ThemeDot)[-1]
    assert custom.text() == "Custom"
    assert custom.isHidden()
    reading = replace(live.value.reading, theme=PageTheme.CUSTOM, size_px=30)
    live.change(
        replace(live.value, own_theme=OwnTheme("#112233", "#FFFFFF", "#AAAAFF"), reading=reading)
    )
    qtbot.waitUntil(lambda: not custom.isHidden())
    assert custom.isChecked()
    assert popover._size.value() == 30
    popover._size.slider.setValue(31)  # its value is put in force after a pause
    live.change(replace(live.value, own_theme=None))
    QApplication.processEvents()
    assert popover._size.value() == 31, "it was taken out of the hand"
    popover._apply()
    assert popover._choices.in_force.size_px == 31
    qtbot.waitUntil(custom.isHidden)


def test_a_popover_that_is_gone_is_told_nothing(
    window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    window.host.close(OverlayKind.POPOVER)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(window.popover)
    reading = replace(window.live.value.reading, size_px=30)
    window.live.change(replace(window.live.value, reading=reading))
    QApplication.processEvents()
    assert not caplog.records
