"""Settings → About: versions of Kios and of what it runs on."""

import platform
from collections.abc import Sequence

from PySide6.QtCore import QLibraryInfo, QSysInfo, Qt
from PySide6.QtGui import QGuiApplication

from kios_desktop import __version__
from kios_desktop.ui.kit.translation import tr
from kios_desktop.ui.settings.settings_page import SettingsPage
from kios_desktop.ui.widgets.buttons import button
from kios_desktop.ui.widgets.label import label


def system_details() -> Sequence[tuple[str, str]]:
    """Names and values: versions and platform, nothing about the reader or the books."""
    from PySide6.QtWebEngineCore import qWebEngineChromiumVersion

    return (
        ("Kios", __version__),
        ("Qt", QLibraryInfo.version().toString()),
        ("Chromium", str(qWebEngineChromiumVersion())),
        ("Python", platform.python_version()),
        (tr("System"), QSysInfo.prettyProductName()),
        (tr("Display"), QGuiApplication.platformName()),
    )


class AboutPage(SettingsPage):
    """Facts that can be selected and copied."""

    def __init__(self) -> None:
        super().__init__(
            "about",
            tr("About"),
            tr("A desktop reader that keeps your place in step with the library you already run."),
            "info",
        )
        self._filled = False
        copy = button(tr("Copy system details"), "default", "copy")
        copy.clicked.connect(self._copy)
        self._copy_button = copy

    def fill(self) -> None:
        """Fill the page when it is first shown: asking for Chromium's version takes a while."""
        if self._filled:
            return
        self._filled = True
        for name, value in system_details():
            text = label(value, tabular=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.add_row(name, text)
        licence = label(
            tr(
                "Kios is free software under the GNU Affero General Public License, version 3 or "
                "later. It is built on Qt, Chromium and Phosphor Icons. Its faces are Inter, "
                "Literata and Noto Sans Math, under the SIL Open Font License."
            ),
            "small",
            "muted",
            wrap=True,
        )
        self.column.addSpacing(8)
        self.column.addWidget(licence)
        self.column.addSpacing(12)
        self.column.addWidget(self._copy_button)
        self.end()

    def _copy(self) -> None:
        lines = [f"{name}: {value}" for name, value in system_details()]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
