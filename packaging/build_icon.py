"""The pictures of the program's icon, from `resources/icons/kios.svg`.

Run after a change of the drawing: `python packaging/build_icon.py`. The pictures are kept with the
project, for windows show them without a renderer for vector pictures. Windows' file holds several
sizes as PNG; the format is that of Microsoft's ICONDIR.
"""

import struct
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER: Final = Path(__file__).resolve().parents[1] / "resources" / "icons"
PNG_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)


def picture(renderer: QSvgRenderer, size: int, kind: str = "PNG") -> bytes:
    """The icon, `size` px wide and high, as PNG or ICNS."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, kind)  # type: ignore[call-overload]
    return bytes(content.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Windows' icon file with pictures by their size in px."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(head) + 16 * len(pictures)
    entries, content = b"", b""
    for size, one in pictures.items():
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(one), offset)
        offset += len(one)
        content += one
    return head + entries + content


def main() -> None:
    renderer = QSvgRenderer(str(FOLDER / "kios.svg"))
    pictures = {size: picture(renderer, size) for size in PNG_SIZES}
    for size, one in pictures.items():
        (FOLDER / f"kios-{size}.png").write_bytes(one)
    (FOLDER / "kios.ico").write_bytes(ico(pictures))
    (FOLDER / "kios.icns").write_bytes(picture(renderer, 512, "ICNS"))


if __name__ == "__main__":
    main()
