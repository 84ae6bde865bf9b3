"""The actions of the main window: one object each for menus, buttons and shortcuts."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from kios_desktop.ui.icons import icon
from kios_desktop.ui.wording import tr


@dataclass(frozen=True)
class Actions:
    """What can be asked of Kios as a whole; `triggered` is wired where the answer is."""

    add_files: QAction
    add_folder: QAction
    add_source: QAction
    search: QAction
    sync_now: QAction
    sync_menu: QAction
    downloads: QAction
    settings: QAction
    full_screen: QAction
    guide: QAction
    about: QAction
    close: QAction
    quit: QAction


def make_actions(window: QWidget) -> Actions:
    """The actions, working in `window` with the keys of design.md 5.1."""

    def action(text: str, icon_name: str = "", *keys: str) -> QAction:
        made = QAction(text, window)
        if icon_name:
            made.setIcon(icon(icon_name, "textMuted"))
        made.setShortcuts([QKeySequence(key) for key in keys])
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        made.setIconVisibleInMenu(True)
        window.addAction(made)
        return made

    full_screen = action(tr("Full screen"), "corners-out", "F11")
    full_screen.setCheckable(True)
    downloads = action(tr("Downloads"), "download-simple", "Ctrl+J")
    downloads.setCheckable(True)
    add_source = action(tr("Add source…"), "hard-drives", "Ctrl+Shift+N")
    for later in (downloads, add_source):
        later.setEnabled(False)  # until there is something to show them with
        later.setVisible(False)
    settings = action(tr("Settings…"), "gear-six", "Ctrl+,")
    settings.setMenuRole(QAction.MenuRole.PreferencesRole)
    about = action(tr("About Kios"), "info")
    about.setMenuRole(QAction.MenuRole.AboutRole)
    leave = action(tr("Quit"), "", "Ctrl+Q")
    leave.setMenuRole(QAction.MenuRole.QuitRole)
    return Actions(
        add_files=action(tr("Add files…"), "plus", "Ctrl+O"),
        add_folder=action(tr("Add a folder…"), "folder-open"),
        add_source=add_source,
        search=action(tr("Search your library"), "magnifying-glass", "Ctrl+F"),
        sync_now=action(tr("Sync now"), "arrows-clockwise", "Ctrl+R", "F5"),
        sync_menu=action(tr("Sync status"), "clock-counter-clockwise", "Ctrl+Shift+S"),
        downloads=downloads,
        settings=settings,
        full_screen=full_screen,
        guide=action(tr("Getting to know Kios"), "question"),
        about=about,
        close=action(tr("Close window"), "", "Ctrl+W"),
        quit=leave,
    )


def main_menu(actions: Actions, parent: QWidget) -> QMenu:
    """What is behind the ⋮ of the header."""
    menu = QMenu(parent)
    menu.addActions([actions.add_files, actions.add_folder, actions.add_source])
    menu.addSeparator()
    menu.addActions([actions.sync_now, actions.sync_menu, actions.downloads])
    menu.addSeparator()
    menu.addActions([actions.full_screen, actions.settings])
    menu.addSeparator()
    menu.addActions([actions.guide, actions.about])
    menu.addSeparator()
    menu.addActions([actions.close, actions.quit])
    return menu
