"""A first cover that nobody sees, painted in the GUI thread.

PySide makes its classes and enumerations when they are first used. Two threads that do so at once
end the process, and covers are painted in two.
"""

from functools import cache

from PySide6.QtCore import QBuffer, QSize
from PySide6.QtGui import QColor

from kios_desktop.ui.library.generated_cover import generated_cover
from kios_desktop.ui.library.picture import decode_cover, draw_edge


@cache
def paint_first_cover() -> None:
    """Use all that covers are made with. In the GUI thread, before covers are made in others."""
    size = QSize(8, 12)
    image = generated_cover("A", "B", size)
    draw_edge(image)
    file = QBuffer()
    file.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(file, "PNG")  # type: ignore[call-overload]
    decode_cover(bytes(file.data().data()), size, QColor("white"))
