"""What “Copy” in the viewer puts on the clipboard."""

import asyncio

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageReader

from kios_desktop.ui.reader.engine.wire import ViewCopied

_MEGABYTES = 1024  # of a decoded picture: more than 20 megapixels need, less than a machine has


async def decoded(content: bytes) -> QImage | None:
    """A picture as pixels, upright; None for a drawing, and for what Qt can't read."""
    return await asyncio.to_thread(_decode, content)


def _decode(content: bytes) -> QImage | None:
    if content.lstrip()[:1] == b"<":
        return None  # SVG, which Qt would read with the files that it names
    data = QByteArray(content)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    QImageReader.setAllocationLimit(_MEGABYTES)
    if bytes(reader.format().data()) in (b"svg", b"svgz", b"pdf"):
        return None
    image = reader.read()
    return None if image.isNull() else image


def text_data(copied: ViewCopied) -> QMimeData:
    """A table for a document or a sheet; a formula as TeX, or else as MathML."""
    data = QMimeData()
    if copied.kind == "table":
        data.setHtml(copied.markup)
        data.setText(copied.text)
    else:
        data.setText(copied.text or copied.markup)
        data.setData("application/mathml+xml", copied.markup.encode())
    return data
