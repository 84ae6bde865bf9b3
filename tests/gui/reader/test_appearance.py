"""The Appearance popover: as high as what is in it, and nothing moves under the hand."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.application.live_preferences import LivePreferences
from kios_desktop.domain.preferences import Preferences, ReadingPreferences
from kios_desktop.ui.kit.overlay import OverlayHost, OverlayKind
from kios_desktop.ui.reader.appearance import AppearancePopover
from kios_desktop.ui.reader.choices import ReadingChoices
from kios_desktop.ui.widgets.slider_row import SliderRow

pytestmark = pytest.mark.gui


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.resize(1000, 420)
        self.opener = QPushButton("Aa", self)
        self.opener.setGeometry(900, 8, 32, 32)
        self.host = OverlayHost(self)
        live = LivePreferences(Preferences(), lambda _value: None, call_soon=lambda call: call())
        choices = ReadingChoices(live, ReadingPreferences(), lambda _own: None)
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
