"""No part of a window is shown before it has its place: it would be a window of its own."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QWidget

from kios_desktop.ui.reader.lookup.popover import LookUpPopover
from kios_desktop.ui.reader.lookup.screen import LookUpTab
from tests.gui import screens

pytestmark = pytest.mark.gui

WINDOWS = QMainWindow, QDialog, QMenu


class Shown(QObject):
    """Notes what is shown as a window."""

    def __init__(self) -> None:
        super().__init__()
        self.strays: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget):
            is_stray = watched.isWindow() and not isinstance(watched, WINDOWS)
            if is_stray and watched.windowType() is Qt.WindowType.Window:
                self.strays.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


@pytest.fixture
def shown(qapp: QApplication) -> Iterator[Shown]:
    noted = Shown()
    qapp.installEventFilter(noted)
    yield noted
    qapp.removeEventFilter(noted)


@pytest.mark.parametrize("name", screens.SCREENS)
async def test_a_screen_is_one_window(name: str, shown: Shown) -> None:
    try:
        screens.SCREENS[name](QSize(900, 640))
        assert shown.strays == []
    finally:
        await screens.close_all()


def test_the_popover_of_a_look_up_is_no_window(shown: Shown) -> None:
    made = LookUpPopover([LookUpTab.DICTIONARY], 200, speaks=True)
    assert shown.strays == []
    made.deleteLater()
