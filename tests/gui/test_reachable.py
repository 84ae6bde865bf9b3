"""Every screen: names for what can be pressed, and everything reachable by keyboard."""

import asyncio

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QSlider,
    QWidget,
)

from kios_desktop.ui.kit import theme
from tests.gui import screens

pytestmark = pytest.mark.gui

CATALOGS = ("book-sync", "catalog-books", "catalog-details", "catalog-groups", "catalog-selecting")
CONTROLS = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QSlider)


def controls(window: QWidget) -> list[QWidget]:
    """What can be worked in a window, without the insides of Qt's own widgets."""
    found: list[QWidget] = []
    for widget in window.findChildren(QWidget):
        inside_own = isinstance(widget.parent(), QLineEdit | QComboBox)
        of_scroll_bar = type(widget.parent()).__name__ == "QScrollBar"
        if (
            isinstance(widget, CONTROLS)
            and widget.isVisible()
            and not (inside_own or of_scroll_bar)
            and "QComboBox" not in type(widget.parent()).__name__
        ):
            found.append(widget)
    return found


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


@pytest.mark.parametrize("name", sorted(screens.SCREENS))
async def test_every_control_has_a_name_and_a_hit_target(qapp: QApplication, name: str) -> None:
    window = screens.SCREENS[name](QSize(1200, 800))
    window.show()
    await asyncio.sleep(0.15)
    for widget in controls(window):
        assert name_of(widget), f"{name}: {type(widget).__name__} without a name"
        if isinstance(widget, QAbstractButton):
            assert min(widget.width(), widget.height()) >= 20, name_of(widget)
    window.hide()
    await screens.close_all()


@pytest.mark.parametrize("name", ["library", "first-run", "settings-sync", "sync-menu", *CATALOGS])
async def test_everything_can_be_reached_by_tab_or_arrow_keys(
    qapp: QApplication, name: str
) -> None:
    window = screens.SCREENS[name](QSize(1200, 800))
    window.show()
    await asyncio.sleep(0.15)
    stranded = [
        name_of(widget)
        for widget in controls(window)
        if widget.isEnabled()
        and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not _by_arrows(widget)
    ]
    assert stranded == []
    window.hide()
    await screens.close_all()


def _by_arrows(widget: QWidget) -> bool:
    """A radio group is one tab stop: its other buttons are reached with the arrow keys."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.ClickFocus)


@pytest.mark.parametrize("colors", ["light", "sepia", "dark", "hcLight", "hcDark"])
async def test_every_theme_can_be_put_on_an_open_window(qapp: QApplication, colors: str) -> None:
    window = screens.SCREENS["library"](QSize(900, 640))
    window.show()
    await asyncio.sleep(0.1)
    theme.apply_theme(qapp, colors)
    await asyncio.sleep(0.05)
    image = window.grab().toImage()
    corner = image.pixelColor(image.width() - 40, image.height() - 1)
    assert corner.isValid()
    assert theme.current().name == colors
    window.hide()
    await screens.close_all()
