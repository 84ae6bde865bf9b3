"""Settings → Library: the library folder, and what the library shows."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from kios_desktop.domain.preferences import Preferences
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.switch import Switch


class LibrarySettingsPage(SettingsPage):
    """`folder` is the library folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__("library", tr("Library"), icon_name="books")
        show = button(tr("Open folder"), "default", "folder-open")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        self._continue_reading = Switch(tr("Show Continue reading"))
        self.add_row(tr("Books are kept in"), show, str(folder))
        self.add_row(
            tr("Show Continue reading"),
            self._continue_reading,
            tr("The books on the go, above all others."),
        )
        self.end()
        self._continue_reading.clicked.connect(
            lambda on: self.change(lambda p: replace(p, show_continue_reading=on))
        )

    def show_preferences(self, preferences: Preferences) -> None:
        self._continue_reading.setChecked(preferences.show_continue_reading)
