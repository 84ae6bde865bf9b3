"""Settings → Library: the library folder, and what the library shows."""

from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices

from kios_desktop.domain.preferences import Preferences
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.inside_books_status import InsideBooksStatus
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.switch import Switch


class LibrarySettingsPage(SettingsPage):
    """`folder` is the library folder."""

    reading_requested = Signal()  # of books, after a problem

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
        self._inside = Switch(tr("Also search inside books"))
        self.add_row(
            tr("Also search inside books"),
            self._inside,
            tr(
                "Kios reads your books once, in the background, and keeps their text on this "
                "computer to find words in it. Switched off, that is deleted."
            ),
        )
        self.inside_status = InsideBooksStatus()
        self.column.addWidget(self.inside_status)
        self.end()
        self._continue_reading.clicked.connect(
            lambda on: self.change(lambda p: replace(p, show_continue_reading=on))
        )

        self._inside.clicked.connect(
            lambda on: self.change(
                lambda p: replace(p, search_inside_books=on, inside_books_paused=False)
            )
        )
        self.inside_status.pause_requested.connect(
            lambda paused: self.change(lambda p: replace(p, inside_books_paused=paused))
        )
        self.inside_status.retry_requested.connect(self.reading_requested)

    def show_preferences(self, preferences: Preferences) -> None:
        self._continue_reading.setChecked(preferences.show_continue_reading)
        self._inside.setChecked(preferences.search_inside_books)
