"""A first cover that nobody sees, painted in the GUI thread.

PySide makes its classes and enumerations when they are first used. Two threads that do so at once
end the process, and pictures are decoded in two.
"""

from functools import cache

from PySide6.QtCore import QBuffer, QSize
from PySide6.QtGui import QColor, QImage

from kios_desktop.ui.library.cover_decoding import decode_cover, draw_edge


@cache
def warm_up_cover_painting() -> None:
    """Use all that covers are made with. In the GUI thread, before covers are made in others."""
    size = QSize(8, 12)
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    draw_edge(image)
    file = QBuffer()
    file.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(file, "PNG")  # type: ignore[call-overload]
    decode_cover(bytes(file.data().data()), size, QColor("white"))
