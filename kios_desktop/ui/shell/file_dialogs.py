"""The native dialogs that choose books to add. Opened, never run with `exec`."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from kios_desktop.ui.kit.translation import tr

Chosen = Callable[[list[Path]], object]


def choose_files(parent: QWidget, chosen: Chosen) -> None:
    """Open a dialog for EPUB files; `chosen` gets them."""
    dialog = QFileDialog(parent, tr("Add files"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters([tr("EPUB books (*.epub)"), tr("All files (*)")])
    _open(dialog, chosen)


def choose_folder(parent: QWidget, chosen: Chosen) -> None:
    """Open a dialog for a folder; `chosen` gets it as the only path."""
    dialog = QFileDialog(parent, tr("Add a folder"))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _open(dialog, chosen)


def _open(dialog: QFileDialog, chosen: Chosen) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: chosen([Path(name) for name in names]))
    dialog.open()
