"""Paints a cover in the GUI thread, unseen, before worker threads decode covers.

PySide creates its classes and enumerations at their first use. When two threads do that at the same
time, the process crashes; covers are decoded in two threads.
"""

from functools import cache

from PySide6.QtCore import QBuffer, QSize
from PySide6.QtGui import QColor, QImage

from kios_desktop.ui.library.cover_decoding import decode_cover, draw_edge


@cache
def warm_up_cover_painting() -> None:
    """Use every PySide class that decoding a cover needs. Call it in the GUI thread."""
    size = QSize(8, 12)
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    draw_edge(image)
    file = QBuffer()
    file.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(file, "PNG")  # type: ignore[call-overload]
    decode_cover(bytes(file.data().data()), size, QColor("white"))
