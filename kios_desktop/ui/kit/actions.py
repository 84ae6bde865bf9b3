"""The actions of the main window: one object each for menus, buttons and shortcuts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import marked, tr

# action of the whole app → (text, keys), the same in all its windows
APP_KEYS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "add_files": (marked("Add files…"), ("Ctrl+O",)),
    "add_source": (marked("Add source…"), ("Ctrl+Shift+N",)),
    "sync_now": (marked("Sync now"), ("Ctrl+R", "F5")),
    "sync_menu": (marked("Sync status"), ("Ctrl+Shift+S",)),
    "downloads": (marked("Downloads"), ("Ctrl+J",)),
    "settings": (marked("Settings…"), ("Ctrl+,",)),
    "shortcuts": (marked("Keyboard shortcuts"), ("F1", "?")),
    "quit": (marked("Quit"), ("Ctrl+Q",)),
}


def add_app_keys(window: QWidget, names: Iterable[str], ask: Callable[[str], object]) -> None:
    """Add the app's shortcuts of these names to a window that has no actions for them."""
    for name in names:
        for key in APP_KEYS[name][1]:
            QShortcut(QKeySequence(key), window).activated.connect(lambda name=name: ask(name))


@dataclass(frozen=True)
class Actions:
    """The actions of the whole app; who carries one out connects its `triggered`."""

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
    shortcuts: QAction
    about: QAction
    close: QAction
    quit: QAction


def make_actions(window: QWidget) -> Actions:
    """The actions, with their shortcuts in `window`."""

    def action(text: str, icon_name: str = "", *keys: str) -> QAction:
        made = QAction(text, window)
        if icon_name:
            made.setIcon(icon(icon_name, "textMuted"))
        made.setShortcuts([QKeySequence(key) for key in keys])
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        made.setIconVisibleInMenu(True)
        window.addAction(made)
        return made

    def for_all(name: str, icon_name: str = "") -> QAction:
        text, keys = APP_KEYS[name]
        return action(tr(text), icon_name, *keys)

    full_screen = action(tr("Full screen"), "corners-out", "F11")
    full_screen.setCheckable(True)
    downloads = for_all("downloads", "download-simple")
    downloads.setCheckable(True)
    add_source = for_all("add_source", "hard-drives")
    for later in (downloads, add_source):
        later.setEnabled(False)  # shown when there are catalogs
        later.setVisible(False)
    settings = for_all("settings", "gear-six")
    settings.setMenuRole(QAction.MenuRole.PreferencesRole)
    about = action(tr("About Kios"), "info")
    about.setMenuRole(QAction.MenuRole.AboutRole)
    leave = for_all("quit")
    leave.setMenuRole(QAction.MenuRole.QuitRole)
    return Actions(
        add_files=for_all("add_files", "plus"),
        add_folder=action(tr("Add a folder…"), "folder-open"),
        add_source=add_source,
        search=action(tr("Search your library"), "magnifying-glass", "Ctrl+F"),
        sync_now=for_all("sync_now", "arrows-clockwise"),
        sync_menu=for_all("sync_menu", "clock-counter-clockwise"),
        downloads=downloads,
        settings=settings,
        full_screen=full_screen,
        guide=action(tr("Getting to know Kios"), "question"),
        shortcuts=for_all("shortcuts", "keyboard"),
        about=about,
        close=action(tr("Close window"), "", "Ctrl+W"),
        quit=leave,
    )


def main_menu(actions: Actions, parent: QWidget) -> QMenu:
    """The menu of the header's ⋮ button."""
    menu = QMenu(parent)
    menu.addActions([actions.add_files, actions.add_folder, actions.add_source])
    menu.addSeparator()
    menu.addActions([actions.sync_now, actions.sync_menu, actions.downloads])
    menu.addSeparator()
    menu.addActions([actions.full_screen, actions.settings])
    menu.addSeparator()
    menu.addActions([actions.guide, actions.shortcuts, actions.about])
    menu.addSeparator()
    menu.addActions([actions.close, actions.quit])
    return menu
