"""The menu bar of macOS, one for all windows.

Qt moves actions with a role (about, settings, quit) to the application menu, and gives them the
system's shortcuts. The other actions have no shortcuts here, because the windows have the same
ones, and an ambiguous shortcut works nowhere.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMetaObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

from kios_desktop.ui.kit.translation import tr

_EDITS = ("undo", "redo", "", "cut", "copy", "paste", "", "selectAll")


class MenuBar(QMenuBar):
    """Emits signals for actions of the whole app; the others act on the active window."""

    library_requested = Signal()
    add_files_requested = Signal()
    add_folder_requested = Signal()
    sync_now_requested = Signal()
    settings_requested = Signal(str)  # page key, "" for the last one
    guide_requested = Signal()
    quit_requested = Signal()

    def __init__(self) -> None:
        super().__init__(None)  # without a parent it belongs to all windows
        role = QAction.MenuRole
        file = self.addMenu(tr("File"))
        _add(file, tr("Add files…"), self.add_files_requested.emit)
        _add(file, tr("Add a folder…"), self.add_folder_requested.emit)
        file.addSeparator()
        _add(file, tr("Sync now"), self.sync_now_requested.emit)
        file.addSeparator()
        self._close = _add(file, tr("Close window"), lambda: _active(QWidget.close))
        _add(file, tr("About Kios"), lambda: self.settings_requested.emit("about"), role.AboutRole)
        _add(file, tr("Settings…"), lambda: self.settings_requested.emit(""), role.PreferencesRole)
        _add(file, tr("Quit"), self.quit_requested.emit, role.QuitRole)
        self._add_edits(self.addMenu(tr("Edit")))
        window = self.addMenu(tr("Window"))
        self._minimize = _add(window, tr("Minimize"), lambda: _active(QWidget.showMinimized))
        self._full = _add(window, tr("Full screen"), lambda: _active(_toggle_full_screen))
        window.addSeparator()
        _add(window, tr("Library"), self.library_requested.emit)
        self._windows = window
        self._named: list[QAction] = []
        window.aboutToShow.connect(self._refresh)
        file.aboutToShow.connect(self._refresh)
        help_ = self.addMenu(tr("Help"))
        _add(help_, tr("Getting to know Kios"), self.guide_requested.emit)
        _add(help_, tr("Keyboard shortcuts"), lambda: _active(_show_shortcuts))

    def _add_edits(self, menu: QMenu) -> None:
        """Add the actions of text fields, which call the slots of the focused widget."""
        words = {
            "undo": tr("Undo"),
            "redo": tr("Redo"),
            "cut": tr("Cut"),
            "copy": tr("Copy"),
            "paste": tr("Paste"),
            "selectAll": tr("Select all"),
        }
        self._edits: dict[str, QAction] = {}
        for name in _EDITS:
            if not name:
                menu.addSeparator()
                continue
            self._edits[name] = _add(menu, words[name], partial(_edit, name))
        menu.aboutToShow.connect(self._refresh)

    def _refresh(self) -> None:
        """Disable what is not possible now, and list the windows."""
        active = QApplication.activeWindow()
        for action in (self._close, self._minimize, self._full):
            action.setEnabled(active is not None)
        field = QApplication.focusWidget()
        for name, action in self._edits.items():
            action.setEnabled(field is not None and _can(field, name))
        for old in self._named:
            self._windows.removeAction(old)
            old.deleteLater()
        self._named = []
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and window.isWindow() and window.windowTitle():
                named = _add(self._windows, window.windowTitle(), partial(_raise, window))
                named.setCheckable(True)
                named.setChecked(window is active)
                self._named.append(named)


def _add(
    menu: QMenu,
    text: str,
    do: Callable[[], object],
    role: QAction.MenuRole = QAction.MenuRole.NoRole,
) -> QAction:
    """Add an action. The role is explicit, or Qt would guess one from the text."""
    action = QAction(text.replace("&", "&&"), menu)
    action.setMenuRole(role)
    action.triggered.connect(lambda _=False: do())
    menu.addAction(action)
    return action


def _active(do: Callable[[QWidget], object]) -> None:
    if (window := QApplication.activeWindow()) is not None:
        do(window)


def _toggle_full_screen(window: QWidget) -> None:
    window.showNormal() if window.isFullScreen() else window.showFullScreen()


def _show_shortcuts(window: QWidget) -> None:
    from kios_desktop.ui.kit.shortcut_list import show_shortcuts

    show_shortcuts(window)


def _raise(window: QWidget) -> None:
    if window.isMinimized():
        window.showNormal()
    window.raise_()
    window.activateWindow()


def _can(field: QWidget, name: str) -> bool:
    return field.metaObject().indexOfSlot(f"{name}()") >= 0


def _edit(name: str) -> None:
    field = QApplication.focusWidget()
    if field is not None and _can(field, name):
        QMetaObject.invokeMethod(field, name, Qt.ConnectionType.DirectConnection)
