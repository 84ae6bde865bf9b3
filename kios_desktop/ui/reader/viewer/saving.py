"""Saves a picture of a book where the reader says."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from kios_desktop.domain.disk import from_os
from kios_desktop.domain.errors import Full, ReadOnly, StorageError
from kios_desktop.ui.kit.translation import tr


def choose_place(parent: QWidget, name: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Open a dialog that asks where to save, and whether an existing file may be replaced."""
    pictures = QStandardPaths.StandardLocation.PicturesLocation
    dialog = QFileDialog(parent, tr("Save picture"), QStandardPaths.writableLocation(pictures))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
    dialog.selectFile(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog


class NotAFile(StorageError):
    """There is something at the place that is no file, such as a folder or a device."""


async def save(path: Path, content: bytes) -> None:
    """Write the file whole or not at all. Raises StorageError."""
    try:
        await asyncio.to_thread(_write, path, content)
    except OSError as e:
        raise from_os(e) from e


def _write(path: Path, content: bytes) -> None:
    """A file that is replaced stays as it was until the new one is complete; a link stays a link.

    Raises OSError and NotAFile.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise NotAFile
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".kios-", delete=False) as file:
        beside = Path(file.name)
        try:
            file.write(content)
            file.close()
            mode = path.stat().st_mode if path.exists() else 0o644
            beside.chmod(mode & 0o777)
            beside.replace(path)
        except BaseException:
            file.close()
            with contextlib.suppress(OSError):
                beside.unlink()
            raise


def refusal(error: StorageError) -> str:
    """Why a picture was not saved."""
    if isinstance(error, Full):
        return tr("The picture was not saved: there is no space left on this disk.")
    if isinstance(error, ReadOnly):
        return tr("The picture was not saved: Kios may not write there. Choose another folder.")
    if isinstance(error, NotAFile):
        return tr("The picture was not saved: what has this name is no file. Choose another name.")
    return tr("The picture was not saved: the disk did not take it. Choose another folder.")
