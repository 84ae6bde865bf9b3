"""The native dialogs that ask where to export to, and what to import. Opened, never run."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from kios_desktop.ui.kit.translation import tr


def choose_place(parent: QWidget, name: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask where to write, and whether an existing file may be replaced."""
    dialog = _dialog(parent, tr("Export highlights"), chosen)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
    dialog.selectFile(name)
    dialog.open()
    return dialog


def choose_file(parent: QWidget, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask which file to read."""
    dialog = _dialog(parent, tr("Import highlights"), chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [tr("Files of marks (*.json *.jsonld *.annotation *.lua)"), tr("All files (*)")]
    )
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str, chosen: Callable[[Path], object]) -> QFileDialog:
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    dialog = QFileDialog(parent, title, QStandardPaths.writableLocation(documents))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    return dialog
