"""Overlays: where they go, what closes them, and where focus goes then."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from kios_desktop.ui.kit.overlay import SHADOW, OverlayHost, OverlayKind

pytestmark = pytest.mark.gui


class Window(QWidget):
    """An area with a button that opens things and a field that takes focus."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(800, 600)
        self.opener = QPushButton("Open", self)
        self.opener.setCheckable(True)
        self.opener.setGeometry(700, 10, 80, 32)
        self.field = QLineEdit(self)
        self.field.setGeometry(10, 10, 200, 32)
        self.host = OverlayHost(self)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[Window]:
    shown = Window()
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    shown.activateWindow()
    yield shown
    shown.hide()


def click(window: Window, target: QWidget) -> None:
    """A click as the platform delivers it: to the window, which finds the widget."""
    at = target.mapTo(window, target.rect().center())
    handle = window.windowHandle()
    assert handle is not None
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def press(window: Window, key: Qt.Key) -> None:
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, key)


def content() -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.addWidget(QPushButton("First"))
    column.addWidget(QPushButton("Second"))
    return made


def test_a_popover_takes_focus_and_gives_it_back(qtbot: QtBot, window: Window) -> None:
    inside = content()
    window.host.popover(inside, window.opener)
    assert window.opener.isChecked()
    qtbot.waitUntil(lambda: inside.isAncestorOf(window.focusWidget() or window))
    window.host.close(OverlayKind.POPOVER)
    assert window.focusWidget() is window.opener
    assert not window.opener.isChecked()


def test_escape_closes_exactly_one_thing(qtbot: QtBot, window: Window) -> None:
    window.host.banner(QLabel("Another device is elsewhere"))
    window.host.popover(content(), window.opener)
    press(window, Qt.Key.Key_Escape)
    assert window.host.shown(OverlayKind.POPOVER) is None
    assert window.host.shown(OverlayKind.BANNER) is not None


def test_a_click_elsewhere_closes_and_does_nothing_else(qtbot: QtBot, window: Window) -> None:
    clicked: list[bool] = []
    other = QPushButton("Other", window)
    other.setGeometry(10, 400, 100, 32)
    other.show()
    other.clicked.connect(lambda: clicked.append(True))
    window.host.popover(content(), window.opener)
    click(window, other)
    assert window.host.shown(OverlayKind.POPOVER) is None
    assert clicked == []
    click(window, other)
    assert len(clicked) == 1


def test_a_click_inside_reaches_what_it_hits(qtbot: QtBot, window: Window) -> None:
    inside = content()
    clicked: list[bool] = []
    first = inside.findChildren(QPushButton)[0]
    first.clicked.connect(lambda: clicked.append(True))
    window.host.popover(inside, window.opener)
    click(window, first)
    assert len(clicked) == 1
    assert window.host.shown(OverlayKind.POPOVER) is not None


def test_a_report_stays_until_it_is_closed(qtbot: QtBot, window: Window) -> None:
    window.host.popover(content(), window.opener, sticky=True)
    click(window, window.field)
    assert window.host.shown(OverlayKind.POPOVER) is not None


def test_toggling_the_opener_closes_its_popover(window: Window) -> None:
    assert window.host.toggle_popover(content, window.opener) is not None
    assert window.host.toggle_popover(content, window.opener) is None
    assert window.host.shown(OverlayKind.POPOVER) is None


def test_overlays_stay_inside_a_window_that_shrinks(qtbot: QtBot, window: Window) -> None:
    shown = window.host.popover(content(), window.opener, width=300)
    banner = window.host.banner(QLabel("Banner"))
    window.opener.move(300, 10)
    window.resize(420, 300)
    qtbot.waitUntil(lambda: shown.geometry().right() - SHADOW < 420)
    for overlay in (shown, banner):
        box = overlay.box().translated(overlay.pos())
        assert window.rect().contains(box)


def test_the_newest_toast_replaces_the_older_and_undoes_once(qtbot: QtBot, window: Window) -> None:
    undone: list[str] = []
    window.host.toast("First")
    shown = window.host.toast("Second", "Undo", lambda: undone.append("second"))
    click(window, shown.findChildren(QPushButton)[0])
    assert undone == ["second"]
    assert window.host.shown(OverlayKind.TOAST) is None


def test_a_banner_does_not_take_focus(window: Window) -> None:
    window.field.setFocus()
    window.host.banner(content())
    assert window.focusWidget() is window.field


def test_a_banner_keeps_its_distance_and_its_largest_width(window: Window) -> None:
    window.resize(1200, 600)
    shown = window.host.banner(QLabel("Banner"), top=lambda: 12)
    assert shown.box().width() == 760
    assert shown.mapToParent(shown.box().topLeft()).y() == 12


def test_closing_is_told_once(window: Window) -> None:
    told: list[int] = []
    shown = window.host.popover(content(), window.opener)
    shown.closed.connect(lambda: told.append(1))
    window.host.close(OverlayKind.POPOVER)
    window.host.close(OverlayKind.POPOVER)
    assert told == [1]


def test_the_scrim_covers_the_window_and_goes(window: Window) -> None:
    window.host.scrim(True)
    at_corner = window.childAt(QPoint(5, 590))
    assert type(at_corner).__name__ == "Scrim"
    window.host.scrim(False)
    assert window.childAt(QPoint(5, 590)) is None


def test_a_popover_grows_with_its_content_and_with_the_window(window: Window, qtbot: QtBot) -> None:
    made = content()
    column = made.layout()
    assert isinstance(column, QVBoxLayout)
    overlay = window.host.popover(made, window.opener)
    before = overlay.box().height()
    tall = QLabel("A card that came later")
    tall.setMinimumHeight(200)
    column.addWidget(tall)
    qtbot.waitUntil(lambda: overlay.box().height() >= before + 200)
    tall.setMinimumHeight(900)  # more than the window has: it scrolls inside
    qtbot.waitUntil(lambda: overlay.box().height() > window.height() - 80)
    cut = overlay.box().height()
    window.resize(800, 1200)
    qtbot.waitUntil(lambda: overlay.box().height() >= cut + 300)
    column.removeWidget(tall)
    tall.hide()
    qtbot.waitUntil(lambda: overlay.box().height() <= before + 4)


def test_a_title_in_a_toast_is_no_markup(window: Window) -> None:
    plain = window.host.toast("It is about <h1>Emma</h1>.").sizeHint().height()
    assert plain == window.host.toast("It is about Emma.").sizeHint().height()
