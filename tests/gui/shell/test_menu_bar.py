"""The menu bar of macOS, built here: what it asks for happens, and Qt knows what goes where."""

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from kios_desktop.startup.desktop import Desktop
from kios_desktop.ui.kit.shortcut_list import ShortcutList
from kios_desktop.ui.settings.window import SettingsWindow
from kios_desktop.ui.shell.menu_bar import MenuBar
from tests.books import BookDraft
from tests.gui.kios import Kios
from tests.gui.waiting import until

pytestmark = pytest.mark.gui


def menus(bar: MenuBar) -> dict[str, QMenu]:
    return {menu.title(): menu for menu in bar.findChildren(QMenu)}


def action(bar: MenuBar, text: str) -> QAction:
    return next(a for menu in menus(bar).values() for a in menu.actions() if a.text() == text)


async def test_roles_are_given_and_never_guessed(qapp: QApplication) -> None:
    bar = MenuBar()
    roles = {a.text(): a.menuRole() for menu in menus(bar).values() for a in menu.actions()}
    role = QAction.MenuRole
    assert {text: of for text, of in roles.items() if of is not role.NoRole and text} == {
        "About Kios": role.AboutRole,
        "Settings…": role.PreferencesRole,
        "Quit": role.QuitRole,
    }
    assert bar.parent() is None, "then it is the bar of every window"
    keys = [a.text() for menu in menus(bar).values() for a in menu.actions() if a.shortcuts()]
    assert keys == [], "the same key twice works in neither place"


async def test_it_edits_the_field_that_has_the_focus(qapp: QApplication) -> None:
    bar = MenuBar()
    field = QLineEdit("a word")
    field.show()
    field.activateWindow()
    field.setFocus()
    await until(lambda: QApplication.focusWidget() is field)
    menus(bar)["Edit"].aboutToShow.emit()
    assert action(bar, "Copy").isEnabled()
    action(bar, "Select all").trigger()
    assert field.selectedText() == "a word"
    action(bar, "Cut").trigger()
    assert field.text() == ""
    action(bar, "Undo").trigger()
    assert field.text() == "a word"
    field.hide()
    field.deleteLater()


async def test_in_kios_it_does_what_it_says(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, Desktop(has_menu_bar=True)) as kios:
        bar = kios.app.menu_bar
        opened = await kios.open(
            await kios.add(
                BookDraft(title="Emma", chapters=["<p>a</p>"]).write(tmp_path / "e.epub")
            )
        )
        kios.app.parts.window.hide()
        action(bar, "Library").trigger()
        assert kios.app.parts.window.isVisible()
        action(bar, "Settings…").trigger()
        assert any(isinstance(w, SettingsWindow) and w.isVisible() for w in _windows())
        kios.app.parts.settings.close()
        opened.window.activateWindow()
        await until(lambda: QApplication.activeWindow() is opened.window)
        menus(bar)["Window"].aboutToShow.emit()
        assert action(bar, opened.window.windowTitle()).isChecked()
        action(bar, "Keyboard shortcuts").trigger()
        listed = opened.window.findChild(ShortcutList)
        assert listed is not None
        listed.reject()
        opened.window.activateWindow()
        await until(lambda: QApplication.activeWindow() is opened.window)
        action(bar, "Close window").trigger()
        await until(lambda: not kios.app.parts.readers.windows())
        action(bar, "Quit").trigger()
        assert kios.app.finished.is_set()


async def test_other_desktops_have_none(qapp: QApplication, tmp_path: Path) -> None:
    async with Kios(qapp, tmp_path, Desktop()) as kios:
        assert not hasattr(kios.app, "menu_bar")


def _windows() -> list[QWidget]:
    return QApplication.topLevelWidgets()
