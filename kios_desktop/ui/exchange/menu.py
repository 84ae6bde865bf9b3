"""The formats of an export as actions of a menu."""

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from kios_desktop.exchange.writers import ExportFormat
from kios_desktop.ui.exchange.export_texts import FORMATS
from kios_desktop.ui.kit.icons import icon
from kios_desktop.ui.kit.translation import tr

_ICONS: Final = {
    ExportFormat.MARKDOWN: "file-text",
    ExportFormat.HTML: "file-text",
    ExportFormat.JSON: "brackets-curly",
    ExportFormat.CSV: "rows",
}


def add_export_actions(
    menu: QMenu, export: Callable[[ExportFormat], object], copy: Callable[[], object]
) -> list[QAction]:
    """The actions, so that they can be switched off."""
    actions: list[QAction] = []
    for file_format, words in FORMATS.items():
        action = menu.addAction(icon(_ICONS[file_format]), tr(words))
        action.triggered.connect(lambda _=False, it=file_format: export(it))
        actions.append(action)
    action = menu.addAction(icon("copy"), tr("Copy as text"))
    action.triggered.connect(lambda: copy())
    return [*actions, action]
