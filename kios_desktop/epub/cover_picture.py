"""The cover of a book as a picture to store: its bytes and their format."""

import base64
import binascii
import re
from typing import Final

from kios_desktop.domain.errors import PublicationError
from kios_desktop.domain.publication import Publication
from kios_desktop.epub import content_type, href, xml
from kios_desktop.epub.container import Container

MAX_COVER_BYTES: Final = 16 * 1024 * 1024
_EXTENSIONS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
}
_VECTOR: Final = "image/svg+xml"
_DATA: Final = re.compile(r"data:(image/[a-z+]+);base64,", re.IGNORECASE)


def cover_picture(container: Container, publication: Publication) -> tuple[str, bytes] | None:
    """(file extension, bytes) of the cover; None when there is none that can be stored.

    An SVG is never drawn, for it may hold anything. Most are one picture with text over it: that
    picture is taken.
    """
    link = publication.resources.get(publication.cover_href)
    if link is None:
        return None
    try:
        if container.size(link.href) > MAX_COVER_BYTES:
            return None
        if link.media_type == _VECTOR:
            return _painting(container, publication, link.href)
        data = container.read(link.href)
        extension = _EXTENSIONS.get(content_type.of(data[: content_type.HEAD_BYTES]))
        return None if extension is None else (extension, data)
    except PublicationError:
        return None


def _painting(
    container: Container, publication: Publication, path: str
) -> tuple[str, bytes] | None:
    """The first picture that a vector picture shows."""
    try:
        root, _ = xml.parse(container.read(path))
    except xml.Broken:
        return None
    for element in xml.descendants(root, "image"):
        source = xml.attribute(element, "href")
        if (inside := _DATA.match(source)) is not None:
            extension = _EXTENSIONS.get(inside[1].lower())
            data = _decoded(source[inside.end() :])
        else:
            target, _ = href.resolve(path, source)
            link = publication.resources.get(target)
            extension = _EXTENSIONS.get(link.media_type) if link is not None else None
            data = container.read(target) if extension else b""
        if extension and data:
            return extension, data
    return None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""
